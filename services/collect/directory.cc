#include "services/collect/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "services/collect/errno_status.h"

namespace syspulse {
namespace {

constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
// O_NONBLOCK: opening a pipe must not wait for somebody who writes to it.
constexpr int kFileFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
constexpr std::size_t kFirstBuffer = 4096;
constexpr std::size_t kMostBytes = 1 << 20;  // cgroup.procs of 100,000 processes

bool IsDirectory(int parent, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
  struct stat status {};
  return fstatat(parent, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISDIR(status.st_mode);
}

}  // namespace

absl::StatusOr<Directory> Directory::Open(const std::string& path) {
  FileDescriptor directory(open(path.c_str(), kDirectoryFlags));
  if (directory.valid()) return Directory(std::move(directory));
  return ErrnoStatus(errno, "open", path);
}

std::optional<Directory> Directory::OpenBelow(const std::string& path) const {
  FileDescriptor directory(openat(directory_.get(), path.c_str(), kDirectoryFlags | O_NOFOLLOW));
  if (!directory.valid()) return std::nullopt;
  return Directory(std::move(directory));
}

FileText Directory::Read(const char* file, std::string* buffer) const {
  const FileDescriptor opened(openat(directory_.get(), file, kFileFlags));
  if (!opened.valid()) return {.error = errno};
  if (buffer->size() < kFirstBuffer) buffer->resize(kFirstBuffer);
  std::size_t size = 0;
  while (true) {
    const ssize_t got = read(opened.get(), buffer->data() + size, buffer->size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return {.error = errno};
    if (got == 0) return {.text = std::string_view(*buffer).substr(0, size)};
    size += static_cast<std::size_t>(got);
    if (size < buffer->size()) continue;
    if (size >= kMostBytes) return {.error = EFBIG};
    buffer->resize(size * 2);
  }
}

std::optional<DirectoryStatus> Directory::Status() const {
  struct stat status {};
  if (fstat(directory_.get(), &status) != 0) return std::nullopt;
  return DirectoryStatus{
      .inode = status.st_ino,
      .modified = absl::TimeFromTimespec(status.st_mtim),
      // Two links are its name and its own "."; filesystems that do not count them say 1.
      .has_subdirectories = status.st_nlink != 2,
  };
}

std::optional<absl::Time> Directory::Modified(const char* file) const {
  struct stat status {};
  if (fstatat(directory_.get(), file, &status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  return absl::TimeFromTimespec(status.st_mtim);
}

std::vector<std::string> Directory::Subdirectories() const {
  std::vector<std::string> names;
  // A descriptor of its own: reading moves its position, and closedir closes it.
  const int fd = openat(directory_.get(), ".", kDirectoryFlags);
  if (fd < 0) return names;
  const std::unique_ptr<DIR, int (*)(DIR*)> opened(fdopendir(fd), closedir);
  if (opened == nullptr) {
    close(fd);
    return names;
  }
  while (const dirent* entry = readdir(opened.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != ".." && IsDirectory(fd, *entry)) names.emplace_back(name);
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace syspulse
