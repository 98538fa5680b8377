// Files of metrics that scripts leave in directories.
//
// Anybody may write there, so nothing of it is trusted: what is not a regular file (a FIFO would
// make the reader wait, a device may do anything) is never opened, and what is read is bounded.
#ifndef SERVICES_COLLECT_WORKLOAD_METRIC_FILES_H_
#define SERVICES_COLLECT_WORKLOAD_METRIC_FILES_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace syspulse {

inline constexpr std::size_t kMostMetricFiles = 1'000;
inline constexpr std::size_t kMostMetricFileBytes = 4 << 20;  // 20,000 series of 200 bytes

// What tells one state of a file from another.
struct FileStamp {
  dev_t device = 0;
  ino_t inode = 0;
  std::int64_t size = 0;
  absl::Time modify_time;  // of the content
  absl::Time change_time;  // of that or the inode

  bool operator==(const FileStamp&) const = default;
};

struct MetricFile {
  FileStamp stamp;
  std::string text;
};

// What was found.
struct MetricFileList {
  std::vector<std::string> paths;   // none twice, those of a directory sorted by name
  std::vector<std::string> errors;  // sentences
};

// Returns the files *.prom in the directories, which may be patterns; see glob(7). A pattern that
// matches nothing is an error, and so is what cannot be listed or has too many files.
MetricFileList FindMetricFiles(const std::vector<std::string>& directories);

// Returns the state of a file. FailedPrecondition if it is not a regular file, ResourceExhausted if
// it is too large, and else what errno says.
absl::StatusOr<FileStamp> StampMetricFile(const std::string& path);

// Returns the content of a file and the state that it was read in; never waits for a writer. Errors
// as StampMetricFile.
absl::StatusOr<MetricFile> ReadMetricFile(const std::string& path);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_METRIC_FILES_H_
