// Which hosts a request means, as PromQL selects series: by their labels, and by their state,
// hostname and id as if those were labels; and by what they are doing, in comparisons between them.
#ifndef SERVICES_API_HOST_FILTER_H_
#define SERVICES_API_HOST_FILTER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/api/host_summary.h"
#include "services/model/host.h"
#include "services/promql/matcher.h"

namespace syspulse {

// A value. Thread-safe.
class HostFilter {
 public:
  // Means every host.
  HostFilter() = default;

  // Returns the filter of ListHostsRequest. InvalidArgument, which says what is wrong with it, if
  // it is none.
  static absl::StatusOr<HostFilter> Parse(const std::string& text);

  // Returns whether the host may be meant, as far as its labels tell. If not, it is not.
  bool MeansLabels(const Host& host) const;

  // Returns whether what the host is doing is meant.
  bool MeansSummary(const HostSummary& summary) const;

  // Returns whether MeansSummary depends on the summary.
  bool NeedsSummary() const { return !comparisons_.empty(); }

  // Returns it as it was written.
  const std::string& text() const { return text_; }

 private:
  enum class Comparator { kMore, kAtLeast, kLess, kAtMost, kEqual };
  struct Comparison {
    HostQuantity quantity;
    Comparator comparator;
    double limit;

    bool Holds(std::optional<double> value) const;
  };

  absl::Status TakeComparisons(std::string* text);
  absl::StatusOr<Comparison> ParseComparison(std::string_view name, std::string_view rest,
                                             std::size_t offset) const;

  std::string text_;
  std::vector<Comparison> comparisons_;
  std::vector<promql::Matcher> matchers_;
};

}  // namespace syspulse

#endif  // SERVICES_API_HOST_FILTER_H_
