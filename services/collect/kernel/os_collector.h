// Which operating system it is; source: /etc/os-release or /usr/lib/os-release of the host,
// os-release(5).
#ifndef SERVICES_COLLECT_KERNEL_OS_COLLECTOR_H_
#define SERVICES_COLLECT_KERNEL_OS_COLLECTOR_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// The assignments of the file by name, without quotes.
using OsRelease = std::map<std::string, std::string, std::less<>>;

// Returns the assignments. Empty lines and comments are skipped. DataLoss if a line is neither, or
// a quote does not end.
absl::StatusOr<OsRelease> ParseOsRelease(std::string_view os_release);

// Returns the number at the start of a version: 12.5 of "12.5.1 (bookworm)"; nothing if it starts
// otherwise.
std::optional<double> MajorMinor(std::string_view version);

class OsCollector final : public Collector {
 public:
  // `procfs` must outlive this.
  explicit OsCollector(const ProcFs* procfs) : procfs_(procfs) {}

  std::string_view name() const override { return "os"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  absl::StatusOr<std::string> Read() const;

  const ProcFs* const procfs_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_KERNEL_OS_COLLECTOR_H_
