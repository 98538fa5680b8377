// What UpdateHost is asked to change, checked.
#ifndef SERVICES_API_HOST_UPDATE_H_
#define SERVICES_API_HOST_UPDATE_H_

#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "syspulse/v1/host_service.pb.h"

namespace syspulse {

struct HostUpdate {
  std::string name;  // which host, as the caller wrote it
  std::optional<std::string> display_name;
  std::optional<std::map<std::string, std::string>> labels;
};

// Returns OK if a host may have these labels. InvalidArgument for a key that is not valid, or more
// than anyone needs.
absl::Status CheckHostLabels(const google::protobuf::Map<std::string, std::string>& labels);

// Returns the change. InvalidArgument for a host without a name, another path in the mask, a label
// key that is not valid, or more than anyone needs.
absl::StatusOr<HostUpdate> ParseHostUpdate(const v1::UpdateHostRequest& request);

}  // namespace syspulse

#endif  // SERVICES_API_HOST_UPDATE_H_
