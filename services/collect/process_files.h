// The processes of procfs: who there is, and their files.
//
// Files are opened relative to the directory, and those that are read in every tick stay open:
// reading one again costs a fraction of opening it, and never reads another process that got the
// same pid.
#ifndef SERVICES_COLLECT_PROCESS_FILES_H_
#define SERVICES_COLLECT_PROCESS_FILES_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/collect/file_descriptor.h"
#include "services/collect/procfs.h"

namespace syspulse {

// What reading a file of a process gave.
struct ProcessText {
  int error = 0;          // errno, 0 = read
  std::string_view text;  // valid until the next read

  // Whether the file is there and only others may read it.
  bool denied() const;
};

// How many entries a directory of a process has.
struct ProcessFileCount {
  int error = 0;  // errno, 0 = counted
  std::int32_t count = 0;
};

// Confined to one thread.
class ProcessFiles {
 public:
  explicit ProcessFiles(const ProcFs& procfs) : path_(procfs.roots().procfs) {}

  // Returns the pids there are, ascending, in a buffer that the next call overwrites.
  absl::StatusOr<const std::vector<pid_t>*> List();

  // Reads `file`, such as "stat", of a process; at most `limit` bytes of it. Call List before.
  // A descriptor in `*kept` is used. Where it does not work any more, or is not open, the file is
  // opened, and left open in it if `keep`.
  ProcessText Read(pid_t pid, const char* file, std::size_t limit, FileDescriptor* kept = nullptr,
                   bool keep = false);

  // Reads a descriptor that Read left open; fails once the process has ended.
  ProcessText ReadKept(const FileDescriptor& kept, std::size_t limit);

  // Reads `file` of one thread of a process.
  ProcessText ReadThread(pid_t pid, pid_t thread, const char* file, std::size_t limit);

  // Returns what a symbolic link of a process, such as "exe", points to.
  ProcessText Link(pid_t pid, const char* link);

  // Returns the threads of a process, in a buffer that the next call overwrites; none once it has
  // ended.
  const std::vector<pid_t>& Threads(pid_t pid);

  // Returns how many files a process has open.
  ProcessFileCount OpenFiles(pid_t pid);

  // Returns the user that owns the process' directory: its effective user, proc(5). Negative if
  // the process is gone.
  std::int64_t Owner(pid_t pid) const;

 private:
  absl::Status Rewind();
  bool SizesCountFiles();
  ProcessFileCount CountEntries(const char* directory);

  const std::string path_;
  FileDescriptor directory_;
  std::vector<char> entries_;  // of getdents64
  std::vector<pid_t> pids_;
  std::vector<pid_t> threads_;
  std::string buffer_;
  std::optional<bool> sizes_count_files_;  // see SizesCountFiles
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_PROCESS_FILES_H_
