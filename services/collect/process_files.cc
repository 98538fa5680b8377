#include "services/collect/process_files.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/collect/errno_status.h"

namespace syspulse {
namespace {

constexpr std::size_t kEntryBuffer = 64 << 10;
constexpr std::size_t kMostLink = 4096;  // PATH_MAX

// What linux/dirent.h calls linux_dirent64; see getdents(2). The name follows it.
struct EntryHead {
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t length;
  std::uint8_t type;
};
constexpr std::size_t kNameOffset = 19;  // the head without its padding

std::optional<pid_t> PidOf(const char* name) {
  const std::optional<pid_t> pid = ParseNumber<pid_t>(std::string_view(name));
  return pid && *pid > 0 ? pid : std::nullopt;
}

// Calls `visit` with each name in the directory. Returns 0, or errno.
template <typename Visit>
int VisitEntries(int directory, std::vector<char>* buffer, const Visit& visit) {
  buffer->resize(kEntryBuffer);
  while (true) {
    const long got = syscall(SYS_getdents64, directory, buffer->data(), buffer->size());
    if (got < 0) return errno;
    if (got == 0) return 0;
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      EntryHead head;
      std::memcpy(&head, buffer->data() + at, kNameOffset);
      visit(buffer->data() + at + kNameOffset);
      at += head.length;
    }
  }
}

// The path of a process' file below procfs, on the stack.
class PidPath {
 public:
  PidPath(pid_t pid, const char* file) {
    Append(pid);
    Append(file);
  }
  PidPath(pid_t pid, pid_t thread, const char* file) {
    Append(pid);
    Append("task");
    *end_++ = '/';
    Append(thread);
    Append(file);
  }
  const char* c_str() const { return path_.data(); }

 private:
  void Append(pid_t number) { end_ = std::to_chars(end_, end_ + 12, number).ptr; }
  void Append(std::string_view name) {
    *end_++ = '/';
    end_ = std::copy_n(name.data(), std::min<std::size_t>(name.size(), 32), end_);
  }

  std::array<char, 128> path_{};
  char* end_ = path_.data();
};

ProcessText ReadFrom(int file, std::string* buffer, std::size_t limit) {
  if (buffer->size() < limit) buffer->resize(limit);
  ssize_t got = 0;
  do {
    got = pread(file, buffer->data(), limit, 0);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return ProcessText{.error = errno};
  return ProcessText{.text = std::string_view(*buffer).substr(0, static_cast<std::size_t>(got))};
}

}  // namespace

bool ProcessText::denied() const { return error == EACCES || error == EPERM; }

absl::Status ProcessFiles::Rewind() {
  if (directory_.valid() && lseek(directory_.get(), 0, SEEK_SET) == 0) return absl::OkStatus();
  directory_ = FileDescriptor(open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return directory_.valid() ? absl::OkStatus() : ErrnoStatus(errno, "open", path_);
}

absl::StatusOr<const std::vector<pid_t>*> ProcessFiles::List() {
  RETURN_IF_ERROR(Rewind());
  pids_.clear();
  const int error = VisitEntries(directory_.get(), &entries_, [&](const char* name) {
    if (const auto pid = PidOf(name)) pids_.push_back(*pid);
  });
  if (error != 0) {
    directory_.Close();
    return ErrnoStatus(error, "list", path_);
  }
  // procfs lists ascending already; plain directories do not.
  if (!std::ranges::is_sorted(pids_)) std::ranges::sort(pids_);
  return &pids_;
}

ProcessText ProcessFiles::ReadKept(const FileDescriptor& kept, std::size_t limit) {
  return ReadFrom(kept.get(), &buffer_, limit);
}

ProcessText ProcessFiles::Read(pid_t pid, const char* file, std::size_t limit, FileDescriptor* kept,
                               bool keep) {
  if (kept != nullptr && kept->valid()) {
    const ProcessText text = ReadFrom(kept->get(), &buffer_, limit);
    if (text.error == 0) return text;
    kept->Close();  // the process ended; another may have its pid
  }
  FileDescriptor opened(
      openat(directory_.get(), PidPath(pid, file).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened.valid()) return ProcessText{.error = errno};
  const ProcessText text = ReadFrom(opened.get(), &buffer_, limit);
  if (text.error == 0 && kept != nullptr && keep) *kept = std::move(opened);
  return text;
}

ProcessText ProcessFiles::ReadThread(pid_t pid, pid_t thread, const char* file, std::size_t limit) {
  const FileDescriptor opened(openat(directory_.get(), PidPath(pid, thread, file).c_str(),
                                     O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened.valid()) return ProcessText{.error = errno};
  return ReadFrom(opened.get(), &buffer_, limit);
}

ProcessText ProcessFiles::Link(pid_t pid, const char* link) {
  if (buffer_.size() < kMostLink) buffer_.resize(kMostLink);
  const ssize_t size =
      readlinkat(directory_.get(), PidPath(pid, link).c_str(), buffer_.data(), kMostLink);
  if (size < 0) return ProcessText{.error = errno};
  return ProcessText{.text = std::string_view(buffer_).substr(0, static_cast<std::size_t>(size))};
}

const std::vector<pid_t>& ProcessFiles::Threads(pid_t pid) {
  threads_.clear();
  const FileDescriptor opened(
      openat(directory_.get(), PidPath(pid, "task").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.valid()) return threads_;
  VisitEntries(opened.get(), &entries_, [&](const char* name) {
    if (const auto thread = PidOf(name)) threads_.push_back(*thread);
  });
  return threads_;
}

// Whether the size of a directory `fd` is how many files are open, as it is since Linux 6.2; before
// that it is zero. This process has files open, so its own size tells.
bool ProcessFiles::SizesCountFiles() {
  if (sizes_count_files_) return *sizes_count_files_;
  struct statfs filesystem {};
  struct stat own {};
  sizes_count_files_ = fstatfs(directory_.get(), &filesystem) == 0 &&
                       filesystem.f_type == PROC_SUPER_MAGIC &&
                       fstatat(directory_.get(), "self/fd", &own, 0) == 0 && own.st_size > 0;
  return *sizes_count_files_;
}

ProcessFileCount ProcessFiles::CountEntries(const char* directory) {
  const FileDescriptor opened(
      openat(directory_.get(), directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.valid()) return ProcessFileCount{.error = errno};
  ProcessFileCount files;
  files.error = VisitEntries(opened.get(), &entries_, [&](const char* name) {
    if (name[0] != '.') ++files.count;
  });
  return files;
}

ProcessFileCount ProcessFiles::OpenFiles(pid_t pid) {
  const PidPath path(pid, "fd");
  if (!SizesCountFiles()) return CountEntries(path.c_str());
  struct stat status {};
  if (fstatat(directory_.get(), path.c_str(), &status, 0) != 0)
    return ProcessFileCount{.error = errno};
  return ProcessFileCount{.count = static_cast<std::int32_t>(status.st_size)};
}

std::int64_t ProcessFiles::Owner(pid_t pid) const {
  std::array<char, 16> name{};
  std::to_chars(name.data(), name.data() + name.size() - 1, pid);
  struct stat status {};
  if (fstatat(directory_.get(), name.data(), &status, 0) != 0) return -1;
  return static_cast<std::int64_t>(status.st_uid);
}

}  // namespace syspulse
