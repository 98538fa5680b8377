// The only place that opens /proc, /sys and files of the host's root.
//
// Where the three stand is given once, so that an agent in a container reads its host and a test
// reads a directory of plain files; nothing can get around it.
#ifndef SERVICES_COLLECT_PROCFS_H_
#define SERVICES_COLLECT_PROCFS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/mutex.h"
#include "services/collect/file_descriptor.h"
#include "services/collect/proc_file.h"

namespace syspulse {

// Where the kernel's trees are mounted.
struct Roots {
  std::string procfs = "/proc";
  std::string sysfs = "/sys";
  std::string rootfs = "/";  // the host's root directory
  std::string udev_data;     // empty: run/udev/data below rootfs
};

// What statfs(2) says of a filesystem.
struct FilesystemUsage {
  int error = 0;  // errno, 0 = the rest is known
  double size_bytes = 0;
  double free_bytes = 0;
  double available_bytes = 0;  // for users other than root
  double files = 0;            // inodes
  double files_free = 0;
  bool read_only = false;
};

// Thread-safe.
class ProcFs {
 public:
  explicit ProcFs(Roots roots = {});

  const Roots& roots() const { return roots_; }

  // Returns OK if procfs and sysfs are directories: without them hardly anything could be said.
  // NotFound, or what errno says, with the flag that tells where they are.
  absl::Status CheckRoots() const;

  // Returns whether procfs is mounted there by the kernel that runs this, whose files of sys/kernel
  // say what uname(2) does; a copy of it on disk is not.
  bool IsOfThisKernel() const;

  // Return files by their path below the root, such as "net/dev".
  ProcFile Proc(std::string_view path, FileEnd end = FileEnd::kEmptyRead) const;
  ProcFile Sys(std::string_view path) const;
  ProcFile Root(std::string_view path) const;
  ProcFile Udev(std::string_view path) const;  // below udev's data

  // Return the text of a file that is read once or seldom, with the errors of ProcFile::Read. What
  // is read every second is better kept open as a ProcFile. Whoever goes on without a file that may
  // not be read leaves saying so to Denied.
  absl::StatusOr<std::string> ReadProc(std::string_view path) const;
  absl::StatusOr<std::string> ReadSys(std::string_view path) const;
  absl::StatusOr<std::string> ReadRoot(std::string_view path) const;

  // Returns the path of the first file that a Read… could not read for want of permission;
  // empty as long as there was none.
  std::string Denied() const;

  // Returns what a symbolic link of sysfs points to, as it stands there; NotFound if it is absent.
  absl::StatusOr<std::string> ReadSysLink(std::string_view path) const;
  // Returns the path, free of symbolic links, of what a path of sysfs leads to; NotFound if that is
  // absent.
  absl::StatusOr<std::string> ResolveSys(std::string_view path) const;

  // Returns where a directory of sysfs is, for who reads many files in it.
  std::string SysDirectory(std::string_view path) const;
  // Returns where a socket of the host is.
  std::string RootPath(std::string_view path) const;

  // Opens a directory of sysfs; NotFound if it is absent.
  absl::StatusOr<FileDescriptor> OpenSysDirectory(std::string_view path) const;
  // Opens a directory of the host, for ioctl(2).
  absl::StatusOr<FileDescriptor> OpenRootDirectory(std::string_view path) const;
  // Returns the text of an attribute in a directory that was opened by its `path`, with the errors
  // of ProcFile::Read. That costs half of what it costs by the whole path.
  absl::StatusOr<std::string> ReadAttribute(const FileDescriptor& directory, std::string_view path,
                                            const std::string& attribute) const;

  // Return the names in a directory, sorted; NotFound if it is absent.
  absl::StatusOr<std::vector<std::string>> ListProc(std::string_view path) const;
  absl::StatusOr<std::vector<std::string>> ListSys(std::string_view path) const;
  absl::StatusOr<std::vector<std::string>> ListRoot(std::string_view path) const;

  // Asks for the usage of what is mounted at `mount_point` of the host. May block for as long as
  // the filesystem hangs.
  FilesystemUsage StatFilesystem(std::string_view mount_point) const;

 private:
  absl::StatusOr<std::string> ReadOnce(ProcFile file) const;
  // Returns `status`; keeps the path if that is PermissionDenied.
  absl::Status Noted(absl::Status status, std::string_view path) const;

  const Roots roots_;
  mutable Mutex mutex_;
  mutable std::string denied_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_PROCFS_H_
