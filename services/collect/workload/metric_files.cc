#include "services/collect/workload/metric_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/collect/errno_status.h"
#include "services/collect/procfs.h"

namespace syspulse {
namespace {

constexpr std::string_view kSuffix = ".prom";

absl::StatusOr<FileStamp> StampOf(const struct stat& status, const std::string& path) {
  if (!S_ISREG(status.st_mode)) {
    return absl::FailedPreconditionError(absl::StrFormat("%s is not a regular file", path));
  }
  if (status.st_size > static_cast<off_t>(kMostMetricFileBytes)) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("%s is larger than %d bytes", path, kMostMetricFileBytes));
  }
  return FileStamp{.device = status.st_dev,
                   .inode = status.st_ino,
                   .size = status.st_size,
                   .modify_time = absl::TimeFromTimespec(status.st_mtim),
                   .change_time = absl::TimeFromTimespec(status.st_ctim)};
}

// Returns the directories that a pattern names; the pattern itself if there are none.
std::vector<std::string> Directories(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> directories;
  if (glob(pattern.c_str(), GLOB_NOCHECK, nullptr, &found) == 0) {
    directories.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  } else {
    directories.push_back(pattern);
  }
  globfree(&found);
  return directories;
}

// Returns the paths of the files in a directory, sorted.
absl::StatusOr<std::vector<std::string>> List(std::string directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> opened(opendir(directory.c_str()), closedir);
  if (opened == nullptr) return ErrnoStatus(errno, "open", directory);
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  if (directory == "/") directory.clear();
  std::vector<std::string> paths;
  while (const dirent* entry = readdir(opened.get())) {
    const std::string_view name = entry->d_name;
    if (name.ends_with(kSuffix)) paths.push_back(absl::StrFormat("%s/%s", directory, name));
  }
  std::ranges::sort(paths);
  return paths;
}

}  // namespace

MetricFileList FindMetricFiles(const std::vector<std::string>& directories) {
  MetricFileList list;
  std::set<std::string> seen;
  for (const std::string& pattern : directories) {
    if (pattern.empty()) continue;
    for (const std::string& directory : Directories(pattern)) {
      const absl::StatusOr<std::vector<std::string>> paths = List(directory);
      if (!paths.ok()) {
        list.errors.emplace_back(paths.status().message());
        continue;
      }
      for (const std::string& path : *paths) {
        if (list.paths.size() == kMostMetricFiles) {
          list.errors.push_back(absl::StrFormat("there are more than %d files; %s is left out",
                                                kMostMetricFiles, path));
          return list;
        }
        if (seen.insert(path).second) list.paths.push_back(path);
      }
    }
  }
  return list;
}

absl::StatusOr<FileStamp> StampMetricFile(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return ErrnoStatus(errno, "find", path);
  return StampOf(status, path);
}

absl::StatusOr<MetricFile> ReadMetricFile(const std::string& path) {
  // Opening a device can do something already, so it is looked at first. O_NONBLOCK is for the
  // FIFO that takes the file's place in between.
  RETURN_IF_ERROR(StampMetricFile(path).status());
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.valid()) return ErrnoStatus(errno, "open", path);
  struct stat status {};
  if (fstat(file.get(), &status) != 0) return ErrnoStatus(errno, "find", path);
  MetricFile read;
  ASSIGN_OR_RETURN(read.stamp, StampOf(status, path));
  // A byte more than it has shows whether it grows.
  read.text.resize(static_cast<std::size_t>(read.stamp.size) + 1);
  std::size_t size = 0;
  while (size < read.text.size()) {
    const ssize_t got = ::read(file.get(), read.text.data() + size, read.text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus(errno, "read", path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size != static_cast<std::size_t>(read.stamp.size)) {
    return absl::UnavailableError(absl::StrFormat("%s is just being written", path));
  }
  read.text.resize(size);
  return read;
}

}  // namespace syspulse
