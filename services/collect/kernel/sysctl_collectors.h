// Single numbers below /proc/sys: open files, randomness, tasks that hang; source: proc(5),
// https://docs.kernel.org/admin-guide/sysctl/.
#ifndef SERVICES_COLLECT_KERNEL_SYSCTL_COLLECTORS_H_
#define SERVICES_COLLECT_KERNEL_SYSCTL_COLLECTORS_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Returns the number that the text is, ended by a newline. DataLoss, which names `file`, for
// anything else.
absl::StatusOr<std::uint64_t> ParseSysctl(std::string_view text, std::string_view file);

// /proc/sys/fs/file-nr.
struct FileHandles {
  std::uint64_t allocated = 0;
  std::uint64_t maximum = 0;

  bool operator==(const FileHandles&) const = default;
};

// DataLoss if the text is not three numbers in a line.
absl::StatusOr<FileHandles> ParseFileHandles(std::string_view file_nr);

class FilefdCollector final : public Collector {
 public:
  explicit FilefdCollector(const ProcFs& procfs)
      : file_nr_(procfs.Proc("sys/fs/file-nr", FileEnd::kShortRead)) {}

  std::string_view name() const override { return "filefd"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  ProcFile file_nr_;
};

class EntropyCollector final : public Collector {
 public:
  explicit EntropyCollector(const ProcFs& procfs)
      : available_(procfs.Proc("sys/kernel/random/entropy_avail", FileEnd::kShortRead)),
        pool_size_(procfs.Proc("sys/kernel/random/poolsize", FileEnd::kShortRead)) {}

  std::string_view name() const override { return "entropy"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  ProcFile available_;
  ProcFile pool_size_;
};

// Kernels before 6.13 do not count them.
class KernelHungCollector final : public Collector {
 public:
  explicit KernelHungCollector(const ProcFs& procfs)
      : count_(procfs.Proc("sys/kernel/hung_task_detect_count", FileEnd::kShortRead)) {}

  std::string_view name() const override { return "kernel_hung"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  ProcFile count_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_KERNEL_SYSCTL_COLLECTORS_H_
