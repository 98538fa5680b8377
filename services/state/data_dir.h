// The directory that holds everything the service keeps, and the lock that makes it its own.
#ifndef SERVICES_STATE_DATA_DIR_H_
#define SERVICES_STATE_DATA_DIR_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace syspulse {

// A data directory in use by this process, until it is destroyed.
class DataDir {
 public:
  // Creates the directory, its parents too, for its owner only (mode 0700), and locks it.
  // FailedPrecondition if another process uses it; PermissionDenied, Unavailable or others, with a
  // sentence, if it cannot be made or written.
  static absl::StatusOr<DataDir> Open(const std::string& path);

  ~DataDir();
  DataDir(DataDir&& other) noexcept;
  DataDir& operator=(DataDir&&) = delete;

  const std::string& path() const { return path_; }

  // Replaces a file by `content`, all or nothing: whatever happens, a crash or a power cut, there
  // is either the old content or the new.
  absl::Status WriteFile(const std::string& name, const std::string& content) const;

  // Returns the content of a file. NotFound if there is none, DataLoss if it is larger than any
  // that we write.
  absl::StatusOr<std::string> ReadFile(const std::string& name) const;

  // Renames a file that cannot be read, to `{name}.corrupt`, so that it is neither lost nor in the
  // way.
  absl::Status SetAside(const std::string& name) const;

 private:
  DataDir(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_;  // descriptor of the lock file; -1 once moved from
};

}  // namespace syspulse

#endif  // SERVICES_STATE_DATA_DIR_H_
