// Which collectors a scrape asks for, in the query of its URL as node_exporter takes it:
//
//   ?collect[]=cpu&collect[]=meminfo   these alone
//   ?exclude[]=netdev                  all but this
#ifndef SERVICES_EXPORTER_COLLECTOR_QUERY_H_
#define SERVICES_EXPORTER_COLLECTOR_QUERY_H_

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/collect/collector_settings.h"
#include "services/model/frame.h"

namespace syspulse {

// A value.
class CollectorQuery {
 public:
  // Reads the query of a URL, encoded as it came; whatever else it asks is ignored. InvalidArgument
  // if a collector is wanted that does not exist, or does not run by `settings`, or if both kinds
  // of parameter are given.
  static absl::StatusOr<CollectorQuery> Parse(std::string_view query,
                                              const CollectorSettings& settings);

  // Returns whether nothing is left out.
  bool TakesAll() const { return names_.empty(); }

  // Returns the frame with the values of other collectors as not measured. What is of no collector
  // stays.
  FramePtr Narrowed(const FramePtr& frame) const;

 private:
  bool Takes(std::string_view collector) const { return names_.contains(collector) == wanted_; }

  std::set<std::string, std::less<>> names_;  // with the parts of each
  bool wanted_ = false;                       // these and no others, or all but these
};

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_COLLECTOR_QUERY_H_
