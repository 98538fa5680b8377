#include "clients/cli/transfer/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

constexpr mode_t kMode = 0666;  // less what the user's umask takes away

absl::Status FileError(const std::string& path) {
  return absl::FailedPreconditionError(
      absl::StrFormat("cannot write %s: %s", path, strerror(errno)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<OutputFile>> OutputFile::Create(const std::string& path) {
  struct stat known {};
  std::string written_path;
  int descriptor = -1;
  if (stat(path.c_str(), &known) == 0 && !S_ISREG(known.st_mode)) {
    descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  } else {
    written_path = absl::StrFormat("%s.%d.part", path, getpid());
    descriptor = open(written_path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode);
  }
  if (descriptor < 0) return FileError(path);
  return std::unique_ptr<OutputFile>(new OutputFile(path, std::move(written_path), descriptor));
}

OutputFile::~OutputFile() {
  close(descriptor_);
  if (!written_path_.empty()) unlink(written_path_.c_str());
}

absl::Status OutputFile::Write(std::string_view text) {
  const absl::Status status = sink_.Write(text);
  if (status.ok()) return status;
  return absl::FailedPreconditionError(absl::StrFormat("%s (%s)", status.message(), path_));
}

absl::Status OutputFile::Commit() {
  if (written_path_.empty()) return absl::OkStatus();
  if (fsync(descriptor_) != 0 || rename(written_path_.c_str(), path_.c_str()) != 0) {
    return FileError(path_);
  }
  written_path_.clear();
  return absl::OkStatus();
}

}  // namespace syspulse
