// Which hosts a request means, as PromQL selects series: by their labels, and by their state,
// hostname and id as if those were labels.
#ifndef SERVICES_API_HOST_FILTER_H_
#define SERVICES_API_HOST_FILTER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
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

  // Returns whether the host is meant.
  bool Means(const Host& host) const;

  // Returns it as it was written.
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::vector<promql::Matcher> matchers_;
};

}  // namespace syspulse

#endif  // SERVICES_API_HOST_FILTER_H_
