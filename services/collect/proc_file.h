// A file of the kernel's that is read again and again.
//
// It stays open and is read again from its start: that costs a third of opening it.
#ifndef SERVICES_COLLECT_PROC_FILE_H_
#define SERVICES_COLLECT_PROC_FILE_H_

#include <fcntl.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/collect/file_descriptor.h"

namespace syspulse {

// For opening any file to read it. Without O_NONBLOCK, opening a pipe waits for somebody who writes
// to it.
inline constexpr int kReadFileFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

// How the end of a file shows. Asking once more, to be told that nothing is left, costs as much as
// reading a small file. It can be saved where a short read tells the end already, which depends on
// how the kernel writes the file (its fs/seq_file.c): it collects whole records, as many as fit
// into a buffer of at least a page, and hands them out. So a short read means either the end, or
// that the next record did not fit behind what was given.
enum class FileEnd {
  // A read that gives nothing is the end. Right for every file.
  kEmptyRead,
  // So is one of less than half a page: whatever is no longer than that would have fit behind it.
  // For files whose records are all short. Not diskstats (a record is a disk with all its
  // partitions), interrupts or schedstat (a record grows with the processors).
  kHalfPage,
  // So is one that does not fill the buffer. For what is a single record: all attributes of sysfs,
  // all of /proc/sys, and the files of procfs that are made in one go, such as stat and meminfo.
  kShortRead,
};

// Opened by the first Read, and again after a failure. Only
// regular files are read, as all of procfs and sysfs are: opening or reading others may block.
// Confined to one thread at a time.
class ProcFile {
 public:
  explicit ProcFile(std::string path, FileEnd end = FileEnd::kEmptyRead)
      : path_(std::move(path)), end_(end) {}

  // Returns the whole file, in a buffer that the next Read overwrites. NotFound if it is absent,
  // PermissionDenied if it may not be read, FailedPrecondition if it is no regular file,
  // ResourceExhausted if it is larger than 8 MiB, and else what errno says; the message names the
  // path.
  absl::StatusOr<std::string_view> Read();

  // Passes the lines to `visit` one by one, without their line breaks, until it does not return OK,
  // which is then returned. For files of any length: only a piece of one is in memory. DataLoss if
  // the file does not end with a line break, ResourceExhausted if a line is longer than 64 KiB,
  // and else the errors of Read; the lines before it have been visited then.
  absl::Status ReadLines(const std::function<absl::Status(std::string_view line)>& visit);

  const std::string& path() const { return path_; }

 private:
  absl::Status Open();
  absl::Status Failed(int error);

  const std::string path_;
  const FileEnd end_;
  FileDescriptor file_;
  std::string buffer_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_PROC_FILE_H_
