#include "services/collect/kernel/sysctl_collectors.h"

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr Family kAllocated{"node_filefd_allocated", MetricType::kGauge, "",
                            "File descriptor statistics: allocated."};
constexpr Family kMaximum{"node_filefd_maximum", MetricType::kGauge, "",
                          "File descriptor statistics: maximum."};
constexpr Family kEntropy{"node_entropy_available_bits", MetricType::kGauge, "bits",
                          "Bits of available entropy."};
constexpr Family kPoolSize{"node_entropy_pool_size_bits", MetricType::kGauge, "bits",
                           "Bits of entropy pool."};
constexpr Family kHungTasks{
    "node_kernel_hung_tasks_total", MetricType::kCounter, "",
    "Total number of tasks that have been detected as hung since the system booted."};
// The name that dashboard 1860 asks for, which node_exporter does not have.
constexpr Family kHungTasksNow{"node_kernel_hung_tasks", MetricType::kGauge, "",
                               "The same as node_kernel_hung_tasks_total."};

absl::StatusOr<double> ReadSysctl(ProcFile* file) {
  ASSIGN_OR_RETURN(const std::string_view text, file->Read());
  ASSIGN_OR_RETURN(const std::uint64_t number, ParseSysctl(text, file->path()));
  return static_cast<double>(number);
}

}  // namespace

absl::StatusOr<std::uint64_t> ParseSysctl(std::string_view text, std::string_view file) {
  RETURN_IF_ERROR(CheckWholeLines(text, file));
  const auto number = ParseNumber<std::uint64_t>(Trim(text));
  if (!number) return BadLine(file, Trim(text));
  return *number;
}

absl::StatusOr<FileHandles> ParseFileHandles(std::string_view file_nr) {
  constexpr std::string_view kFile = "/proc/sys/fs/file-nr";
  RETURN_IF_ERROR(CheckWholeLines(file_nr, kFile));
  std::string_view line = TakeUntil(&file_nr, '\n');
  const std::string_view whole = line;
  const auto allocated = ParseNumber<std::uint64_t>(TakeField(&line));
  const auto unused = ParseNumber<std::uint64_t>(TakeField(&line));  // 0 since Linux 2.6
  const auto maximum = ParseNumber<std::uint64_t>(TakeField(&line));
  if (!allocated || !unused || !maximum || !TakeField(&line).empty() || !file_nr.empty()) {
    return BadLine(kFile, whole);
  }
  return FileHandles{.allocated = *allocated, .maximum = *maximum};
}

absl::Status FilefdCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view text, file_nr_.Read());
  ASSIGN_OR_RETURN(const FileHandles handles, ParseFileHandles(text));
  writer->Add(kAllocated, static_cast<double>(handles.allocated));
  writer->Add(kMaximum, static_cast<double>(handles.maximum));
  return absl::OkStatus();
}

absl::Status EntropyCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const double available, ReadSysctl(&available_));
  ASSIGN_OR_RETURN(const double pool_size, ReadSysctl(&pool_size_));
  writer->Add(kEntropy, available);
  writer->Add(kPoolSize, pool_size);
  return absl::OkStatus();
}

absl::Status KernelHungCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const double tasks, ReadSysctl(&count_));
  writer->Add(kHungTasks, tasks);
  writer->Add(kHungTasksNow, tasks);
  return absl::OkStatus();
}

}  // namespace syspulse
