#include "services/state/data_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"

namespace syspulse {
namespace {

constexpr const char* kLockName = "lock";
constexpr mode_t kPrivateDir = 0700;
constexpr mode_t kPrivateFile = 0600;
constexpr std::size_t kChunk = 64 << 10;

// Ten thousand hosts take less than a tenth of it; what is larger is not ours, or never ends.
constexpr std::size_t kLargestFile = 256 << 20;

absl::Status ErrnoStatus(int error, const std::string& what) {
  return absl::ErrnoToStatus(error, what);
}

// A descriptor that is closed at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

absl::Status WriteAll(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus(errno, absl::StrFormat("write %s", path));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return absl::OkStatus();
}

// Makes a file with this content that survives a crash. After an error any part of it stands there.
absl::Status WriteWhole(const std::string& path, std::string_view content) {
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kPrivateFile));
  if (file.get() < 0) return ErrnoStatus(errno, absl::StrFormat("create %s", path));
  RETURN_IF_ERROR(WriteAll(file.get(), content, path));
  if (fsync(file.get()) != 0) return ErrnoStatus(errno, absl::StrFormat("sync %s", path));
  return absl::OkStatus();
}

// Makes renames in the directory last. Some filesystems of containers cannot; they are no worse off
// than before.
absl::Status SyncDir(const std::string& path) {
  const Descriptor dir(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (dir.get() < 0) return ErrnoStatus(errno, absl::StrFormat("open %s", path));
  if (fsync(dir.get()) != 0 && errno != EINVAL) {
    return ErrnoStatus(errno, absl::StrFormat("sync %s", path));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DataDir> DataDir::Open(const std::string& path) {
  const std::filesystem::path dir(path);
  std::error_code error;
  if (dir.has_parent_path()) std::filesystem::create_directories(dir.parent_path(), error);
  if (!error && mkdir(path.c_str(), kPrivateDir) != 0 && errno != EEXIST) {
    error = std::error_code(errno, std::generic_category());
  }
  if (error) {
    return ErrnoStatus(error.value(),
                       absl::StrFormat("cannot create %s; choose another with --data-dir", path));
  }
  const std::string lock_path = path + "/" + kLockName;
  Descriptor lock(open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kPrivateFile));
  if (lock.get() < 0) {
    return ErrnoStatus(errno,
                       absl::StrFormat("cannot write to %s; choose another with --data-dir", path));
  }
  if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return ErrnoStatus(errno, absl::StrFormat("lock %s", lock_path));
    return absl::FailedPreconditionError(
        absl::StrFormat("%s is in use by another syspulsed; choose another with --data-dir", path));
  }
  return DataDir(path, lock.Release());
}

DataDir::DataDir(DataDir&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

DataDir::~DataDir() {
  if (lock_ >= 0) close(lock_);
}

absl::Status DataDir::WriteFile(const std::string& name, const std::string& content) const {
  const std::string path = path_ + "/" + name;
  const std::string next = path + ".new";
  if (absl::Status written = WriteWhole(next, content); !written.ok()) {
    unlink(next.c_str());  // on a full disk its bytes are what others need
    return written;
  }
  if (rename(next.c_str(), path.c_str()) != 0) {
    return ErrnoStatus(errno, absl::StrFormat("rename %s to %s", next, path));
  }
  return SyncDir(path_);
}

absl::StatusOr<std::string> DataDir::ReadFile(const std::string& name) const {
  const std::string path = path_ + "/" + name;
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return ErrnoStatus(errno, absl::StrFormat("open %s", path));
  std::string content;
  std::string chunk(kChunk, '\0');
  while (true) {
    const ssize_t count = read(file.get(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus(errno, absl::StrFormat("read %s", path));
    if (count == 0) return content;
    content.append(chunk, 0, static_cast<std::size_t>(count));
    if (content.size() > kLargestFile) {
      return absl::DataLossError(
          absl::StrFormat("%s is larger than %d MiB", path, kLargestFile >> 20));
    }
  }
}

absl::Status DataDir::SetAside(const std::string& name) const {
  const std::string path = path_ + "/" + name;
  if (rename(path.c_str(), (path + ".corrupt").c_str()) != 0) {
    return ErrnoStatus(errno, absl::StrFormat("rename %s", path));
  }
  return SyncDir(path_);
}

}  // namespace syspulse
