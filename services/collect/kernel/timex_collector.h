// How well the clock is kept; source: adjtimex(2).
#ifndef SERVICES_COLLECT_KERNEL_TIMEX_COLLECTOR_H_
#define SERVICES_COLLECT_KERNEL_TIMEX_COLLECTOR_H_

#include <sys/timex.h>

#include <functional>
#include <string_view>
#include <utility>

#include "services/collect/collector.h"

namespace syspulse {

// Fills what adjtimex(2) fills without changing the clock, and returns what it returns; on failure
// -1 and errno.
using ReadTimex = std::function<int(timex*)>;

class TimexCollector final : public Collector {
 public:
  explicit TimexCollector(ReadTimex read) : read_(std::move(read)) {}

  std::string_view name() const override { return "timex"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  const ReadTimex read_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_KERNEL_TIMEX_COLLECTOR_H_
