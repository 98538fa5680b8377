#include "services/collect/procfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/collect/errno_status.h"

namespace syspulse {
namespace {

constexpr std::size_t kMostOfAttribute = 4096;  // a page; sysfs(5)
constexpr long kReadOnlyFlag = 1;               // ST_RDONLY, statfs(2)

std::string Join(std::string_view root, std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  return root.ends_with('/') ? absl::StrFormat("%s%s", root, path)
                             : absl::StrFormat("%s/%s", root, path);
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

ProcFs::ProcFs(Roots roots) : roots_(std::move(roots)) {}

absl::Status ProcFs::CheckRoots() const {
  const std::pair<std::string_view, std::string_view> roots[] = {{"procfs", roots_.procfs},
                                                                 {"sysfs", roots_.sysfs}};
  for (const auto& [name, path] : roots) {
    struct stat status {};
    const bool there = stat(std::string(path).c_str(), &status) == 0;
    if (there && S_ISDIR(status.st_mode)) continue;
    return ErrnoStatus(there ? ENOTDIR : errno, absl::StrFormat("open %s at", name),
                       absl::StrFormat("%s (where it is says --path.%s)", path, name));
  }
  return absl::OkStatus();
}

bool ProcFs::IsOfThisKernel() const {
  struct statfs status {};
  return statfs(roots_.procfs.c_str(), &status) == 0 && status.f_type == PROC_SUPER_MAGIC;
}

ProcFile ProcFs::Proc(std::string_view path, FileEnd end) const {
  return ProcFile(Join(roots_.procfs, path), end);
}
ProcFile ProcFs::Sys(std::string_view path) const {
  return ProcFile(Join(roots_.sysfs, path), FileEnd::kShortRead);
}
ProcFile ProcFs::Root(std::string_view path) const { return ProcFile(Join(roots_.rootfs, path)); }
ProcFile ProcFs::Udev(std::string_view path) const {
  if (roots_.udev_data.empty()) return Root(Join("run/udev/data", path));
  return ProcFile(Join(roots_.udev_data, path));
}

std::string ProcFs::SysDirectory(std::string_view path) const { return Join(roots_.sysfs, path); }

std::string ProcFs::RootPath(std::string_view path) const { return Join(roots_.rootfs, path); }

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
  const FileDescriptor file(openat(directory.get(), attribute.c_str(), kReadFileFlags));
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
