// A directory of the kernel's with many small files, read one by one by their names in it.
//
// Opening a file relative to its directory saves the kernel the way there, which for files this
// small is half the cost. No symbolic link is followed.
#ifndef SERVICES_COLLECT_DIRECTORY_H_
#define SERVICES_COLLECT_DIRECTORY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/collect/file_descriptor.h"

namespace syspulse {

// What reading a file of a directory gave.
struct FileText {
  int error = 0;          // errno, 0 = read
  std::string_view text;  // in the buffer that was passed
};

// What stat(2) says of a directory.
struct DirectoryStatus {
  std::uint64_t inode = 0;
  absl::Time modified;
  bool has_subdirectories = true;  // may be true although there are none
};

// Confined to one thread.
class Directory {
 public:
  // NotFound if there is none, else what errno says.
  static absl::StatusOr<Directory> Open(const std::string& path);

  // Returns a directory below, by its path from here; nothing if it is gone or cannot be opened.
  std::optional<Directory> OpenBelow(const std::string& path) const;

  // Reads a whole file of this directory into `*buffer`; EFBIG if it is larger than 1 MiB.
  FileText Read(const char* file, std::string* buffer) const;

  // Returns nothing if the directory is gone.
  std::optional<DirectoryStatus> Status() const;
  // Returns when a file of this directory was modified; nothing if it is absent.
  std::optional<absl::Time> Modified(const char* file) const;

  // Returns the names of the directories in it, sorted; none once it is gone.
  std::vector<std::string> Subdirectories() const;

 private:
  explicit Directory(FileDescriptor directory) : directory_(std::move(directory)) {}

  FileDescriptor directory_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_DIRECTORY_H_
