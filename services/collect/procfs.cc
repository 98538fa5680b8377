#include "services/collect/procfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr std::size_t kFirstBuffer = 4096;
constexpr std::size_t kMostBytes = 8 << 20;     // /proc/stat of the largest machines is below 1 MiB
constexpr std::size_t kMostOfAttribute = 4096;  // a page; sysfs(5)
constexpr std::size_t kPiece = 64 << 10;        // of a file that is read line by line
constexpr std::size_t kEntryBuffer = 64 << 10;
constexpr long kReadOnlyFlag = 1;  // ST_RDONLY, statfs(2)

// What linux/dirent.h calls linux_dirent64; see getdents(2). The name follows it.
struct EntryHead {
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t length;
  std::uint8_t type;
};
constexpr std::size_t kNameOffset = 19;  // the head without its padding

absl::Status ErrnoStatus(int error, std::string_view what, std::string_view path) {
  const std::string message = absl::StrFormat("%s %s: %s", what, path, std::strerror(error));
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENODEV:  // the device of a sysfs file was removed
    case ESRCH:   // the process ended
      return absl::NotFoundError(message);
    case EACCES:
    case EPERM:
      return absl::PermissionDeniedError(message);
    case EOPNOTSUPP:  // pressure information that is switched off
      return absl::FailedPreconditionError(message);
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

std::string Join(std::string_view root, std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  return root.ends_with('/') ? absl::StrFormat("%s%s", root, path)
                             : absl::StrFormat("%s/%s", root, path);
}

// Reads the whole file from its start. Returns its size, or -errno.
std::int64_t ReadAll(int fd, std::string* buffer, std::size_t limit) {
  if (buffer->size() < std::min(kFirstBuffer, limit)) buffer->resize(std::min(kFirstBuffer, limit));
  std::size_t size = 0;
  while (true) {
    const ssize_t got =
        pread(fd, buffer->data() + size, buffer->size() - size, static_cast<off_t>(size));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -errno;
    size += static_cast<std::size_t>(got);
    // Files of the kernel end with an empty read only: a short one may just end a record.
    if (got == 0) return static_cast<std::int64_t>(size);
    if (size == buffer->size()) {
      if (size >= limit) return static_cast<std::int64_t>(size);
      buffer->resize(std::min(size * 2, limit));
    }
  }
}

std::optional<pid_t> PidOf(const char* name) {
  const std::optional<pid_t> pid = ParseNumber<pid_t>(std::string_view(name));
  return pid && *pid > 0 ? pid : std::nullopt;
}

absl::StatusOr<std::vector<std::string>> ListDirectory(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> opened(opendir(directory.c_str()), closedir);
  if (opened == nullptr) return ErrnoStatus(errno, "open", directory);
  std::vector<std::string> names;
  while (const dirent* entry = readdir(opened.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    Close();
    fd_ = other.Release();
  }
  return *this;
}

void FileDescriptor::Close() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

int FileDescriptor::Release() { return std::exchange(fd_, -1); }

absl::Status ProcFile::Open() {
  if (file_.valid()) return absl::OkStatus();
  file_ = FileDescriptor(open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  return file_.valid() ? absl::OkStatus() : ErrnoStatus(errno, "open", path_);
}

absl::Status ProcFile::Failed(int error) {
  file_.Close();
  return ErrnoStatus(error, "read", path_);
}

absl::StatusOr<std::string_view> ProcFile::Read() {
  RETURN_IF_ERROR(Open());
  // One byte more than allowed tells a file of the limit from a larger one.
  const std::int64_t size = ReadAll(file_.get(), &buffer_, kMostBytes + 1);
  if (size < 0) return Failed(static_cast<int>(-size));
  if (static_cast<std::size_t>(size) > kMostBytes) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("read %s: it is larger than %d bytes", path_, kMostBytes));
  }
  return std::string_view(buffer_).substr(0, static_cast<std::size_t>(size));
}

absl::Status ProcFile::ReadLines(const std::function<absl::Status(std::string_view line)>& visit) {
  RETURN_IF_ERROR(Open());
  buffer_.resize(kPiece);
  std::size_t kept = 0;  // bytes of a line that goes on in the next piece
  for (off_t at = 0;;) {
    if (kept == buffer_.size()) {
      return absl::ResourceExhaustedError(
          absl::StrFormat("read %s: a line is longer than %d bytes", path_, kPiece));
    }
    const ssize_t got = pread(file_.get(), buffer_.data() + kept, buffer_.size() - kept, at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failed(errno);
    if (got == 0) break;
    at += got;
    std::string_view piece =
        std::string_view(buffer_).substr(0, kept + static_cast<std::size_t>(got));
    for (auto end = piece.find('\n'); end != piece.npos; end = piece.find('\n')) {
      RETURN_IF_ERROR(visit(piece.substr(0, end)));
      piece.remove_prefix(end + 1);
    }
    kept = piece.size();
    std::memmove(buffer_.data(), piece.data(), kept);
  }
  if (kept == 0) return absl::OkStatus();
  return absl::DataLossError(absl::StrFormat("parse %s: its last line is cut", path_));
}

absl::Status PidDirectory::Rewind() {
  if (directory_.valid() && lseek(directory_.get(), 0, SEEK_SET) == 0) return absl::OkStatus();
  directory_ = FileDescriptor(open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return directory_.valid() ? absl::OkStatus() : ErrnoStatus(errno, "open", path_);
}

absl::StatusOr<const std::vector<pid_t>*> PidDirectory::List() {
  RETURN_IF_ERROR(Rewind());
  entries_.resize(kEntryBuffer);
  pids_.clear();
  while (true) {
    const long got = syscall(SYS_getdents64, directory_.get(), entries_.data(), entries_.size());
    if (got < 0) {
      const int error = errno;
      directory_.Close();
      return ErrnoStatus(error, "list", path_);
    }
    if (got == 0) break;
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      EntryHead head;
      std::memcpy(&head, entries_.data() + at, kNameOffset);
      if (const auto pid = PidOf(entries_.data() + at + kNameOffset)) pids_.push_back(*pid);
      at += head.length;
    }
  }
  // procfs lists ascending already; plain directories do not.
  if (!std::ranges::is_sorted(pids_)) std::ranges::sort(pids_);
  return &pids_;
}

PidFileText PidDirectory::ReadFrom(const FileDescriptor& file, std::size_t limit) {
  if (buffer_.size() < limit) buffer_.resize(limit);
  ssize_t got = 0;
  do {
    got = pread(file.get(), buffer_.data(), limit, 0);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return PidFileText{.error = errno};
  return PidFileText{.text = std::string_view(buffer_).substr(0, static_cast<std::size_t>(got))};
}

PidFileText PidDirectory::Read(pid_t pid, const char* file, std::size_t limit, FileDescriptor* kept,
                               bool keep) {
  if (kept != nullptr && kept->valid()) {
    const PidFileText text = ReadFrom(*kept, limit);
    if (text.error == 0) return text;
    kept->Close();  // the process ended; another may have its pid
  }
  std::array<char, 64> path;
  char* end = std::to_chars(path.data(), path.data() + 16, pid).ptr;
  *end++ = '/';
  std::strncpy(end, file, static_cast<std::size_t>(path.data() + path.size() - end) - 1);
  path.back() = '\0';
  FileDescriptor opened(openat(directory_.get(), path.data(), O_RDONLY | O_CLOEXEC));
  if (!opened.valid()) return PidFileText{.error = errno};
  const PidFileText text = ReadFrom(opened, limit);
  if (text.error == 0 && kept != nullptr && keep) *kept = std::move(opened);
  return text;
}

std::int64_t PidDirectory::Owner(pid_t pid) const {
  std::array<char, 16> name{};
  std::to_chars(name.data(), name.data() + name.size() - 1, pid);
  struct stat status {};
  if (fstatat(directory_.get(), name.data(), &status, 0) != 0) return -1;
  return static_cast<std::int64_t>(status.st_uid);
}

ProcFs::ProcFs(Roots roots) : roots_(std::move(roots)) {}

ProcFile ProcFs::Proc(std::string_view path) const { return ProcFile(Join(roots_.procfs, path)); }
ProcFile ProcFs::Sys(std::string_view path) const { return ProcFile(Join(roots_.sysfs, path)); }
ProcFile ProcFs::Root(std::string_view path) const { return ProcFile(Join(roots_.rootfs, path)); }
ProcFile ProcFs::Udev(std::string_view path) const {
  if (roots_.udev_data.empty()) return Root(Join("run/udev/data", path));
  return ProcFile(Join(roots_.udev_data, path));
}

std::string ProcFs::SysDirectory(std::string_view path) const { return Join(roots_.sysfs, path); }

std::string ProcFs::RootPath(std::string_view path) const { return Join(roots_.rootfs, path); }

PidDirectory ProcFs::Pids() const { return PidDirectory(roots_.procfs); }

absl::StatusOr<std::vector<std::string>> ProcFs::ListProc(std::string_view path) const {
  return ListDirectory(Join(roots_.procfs, path));
}

absl::StatusOr<std::vector<std::string>> ProcFs::ListSys(std::string_view path) const {
  return ListDirectory(Join(roots_.sysfs, path));
}

absl::StatusOr<std::vector<std::string>> ProcFs::ListRoot(std::string_view path) const {
  return ListDirectory(Join(roots_.rootfs, path));
}

absl::StatusOr<std::string> ProcFs::ReadOnce(ProcFile file) const {
  const absl::StatusOr<std::string_view> text = file.Read();
  if (text.ok()) return std::string(*text);
  return Noted(text.status(), file.path());
}

absl::Status ProcFs::Noted(absl::Status status, std::string_view path) const {
  if (absl::IsPermissionDenied(status)) {
    const MutexLock lock(mutex_);
    if (denied_.empty()) denied_ = path;
  }
  return status;
}

std::string ProcFs::Denied() const {
  const MutexLock lock(mutex_);
  return denied_;
}

absl::StatusOr<std::string> ProcFs::ReadProc(std::string_view path) const {
  return ReadOnce(Proc(path));
}

absl::StatusOr<std::string> ProcFs::ReadSys(std::string_view path) const {
  return ReadOnce(Sys(path));
}

absl::StatusOr<std::string> ProcFs::ReadRoot(std::string_view path) const {
  return ReadOnce(Root(path));
}

absl::StatusOr<FileDescriptor> ProcFs::OpenSysDirectory(std::string_view path) const {
  const std::string joined = Join(roots_.sysfs, path);
  FileDescriptor directory(open(joined.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid()) return ErrnoStatus(errno, "open", joined);
  return directory;
}

absl::StatusOr<FileDescriptor> ProcFs::OpenRootDirectory(std::string_view path) const {
  const std::string joined = Join(roots_.rootfs, path);
  FileDescriptor directory(open(joined.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid()) return ErrnoStatus(errno, "open", joined);
  return directory;
}

absl::StatusOr<std::string> ProcFs::ReadAttribute(const FileDescriptor& directory,
                                                  std::string_view path,
                                                  const std::string& attribute) const {
  const auto failed = [&](std::string_view what) {
    const int error = errno;
    const std::string joined = Join(Join(roots_.sysfs, path), attribute);
    return Noted(ErrnoStatus(error, what, joined), joined);
  };
  const FileDescriptor file(openat(directory.get(), attribute.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return failed("open");
  // The kernel gives all of an attribute, a page at most, at once: no second read looks for its
  // end.
  std::array<char, kMostOfAttribute> buffer;
  ssize_t got = 0;
  do {
    got = read(file.get(), buffer.data(), buffer.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) return failed("read");
  return std::string(buffer.data(), static_cast<std::size_t>(got));
}

absl::StatusOr<std::string> ProcFs::ReadSysLink(std::string_view path) const {
  const std::string link = Join(roots_.sysfs, path);
  std::array<char, 4096> target;  // PATH_MAX
  const ssize_t size = readlink(link.c_str(), target.data(), target.size());
  if (size < 0) return ErrnoStatus(errno, "read link", link);
  return std::string(target.data(), static_cast<std::size_t>(size));
}

absl::StatusOr<std::string> ProcFs::ResolveSys(std::string_view path) const {
  const std::string unresolved = Join(roots_.sysfs, path);
  const std::unique_ptr<char, void (*)(void*)> resolved(realpath(unresolved.c_str(), nullptr),
                                                        std::free);
  if (resolved == nullptr) return ErrnoStatus(errno, "resolve", unresolved);
  return std::string(resolved.get());
}

FilesystemUsage ProcFs::StatFilesystem(std::string_view mount_point) const {
  const std::string path = Join(roots_.rootfs, mount_point);
  struct statfs status {};
  if (statfs(path.c_str(), &status) != 0) return FilesystemUsage{.error = errno};
  const auto block = static_cast<double>(status.f_bsize);
  return FilesystemUsage{.size_bytes = static_cast<double>(status.f_blocks) * block,
                         .free_bytes = static_cast<double>(status.f_bfree) * block,
                         .available_bytes = static_cast<double>(status.f_bavail) * block,
                         .files = static_cast<double>(status.f_files),
                         .files_free = static_cast<double>(status.f_ffree),
                         .read_only = (status.f_flags & kReadOnlyFlag) != 0};
}

}  // namespace syspulse
