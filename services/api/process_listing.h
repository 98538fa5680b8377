// One call of ListProcesses: its request, checked, and the page that answers it.
#ifndef SERVICES_API_PROCESS_LISTING_H_
#define SERVICES_API_PROCESS_LISTING_H_

#include <cstddef>
#include <set>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/api/process_query.h"
#include "services/hub/hub.h"
#include "syspulse/v1/process_service.pb.h"

namespace syspulse {

// Tables that are worth waiting for.
struct MissingTables {
  std::set<std::string> host_ids;  // hosts that are online and whose table is partial
  absl::Duration patience;         // how long to wait: the slowest of them has had three chances
};

// A value.
class ProcessListing {
 public:
  // InvalidArgument for what ListProcesses says.
  static absl::StatusOr<ProcessListing> Create(const v1::ListProcessesRequest& request);

  // Returns whether the page can only be told from all processes.
  bool NeedsAll() const {
    return arguments_.host().empty() ? query_.NeedsAllOfFleet() : query_.NeedsAll(range_);
  }

  // Returns the id of the host that is asked about, empty for all; NotFound if it is not known.
  absl::StatusOr<std::string> HostId(const Hub& hub) const;

  // Returns what is missing of the hosts that are asked about.
  MissingTables Missing(const Hub& hub) const;

  // Returns the page, from the newest tables; NotFound if the host is not known.
  absl::StatusOr<v1::ListProcessesResponse> Answer(const Hub& hub) const;

 private:
  ProcessListing(v1::ListProcessesRequest arguments, ProcessQuery query, RowRange range)
      : arguments_(std::move(arguments)), query_(std::move(query)), range_(range) {}

  v1::ListProcessesRequest arguments_;  // without page size and token
  ProcessQuery query_;
  RowRange range_;
};

}  // namespace syspulse

#endif  // SERVICES_API_PROCESS_LISTING_H_
