// The hosts that the service knows, in a file: JSON, so that an operator can read it.
//
// A file that cannot be read is never the end of the start: it is kept aside, and the hosts come
// back with their agents.
#ifndef SERVICES_STATE_HOST_FILE_H_
#define SERVICES_STATE_HOST_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/model/host.h"
#include "services/state/data_dir.h"

namespace syspulse {

inline constexpr const char* kHostFileName = "hosts.json";

// Returns the hosts as the file holds them: one JSON object of the API's Host messages, with the
// labels that were assigned by UpdateHost beside them.
std::string FormatHosts(const std::vector<HostPtr>& hosts);

// Returns the hosts in the text of a file. DataLoss with the reason if it is not such a text.
absl::StatusOr<std::vector<Host>> ParseHosts(std::string_view text);

// Returns the hosts of the directory's file; none if there is no file. A file that is not valid is
// set aside with a warning, and stands for none.
std::vector<Host> LoadHosts(const DataDir& dir);

}  // namespace syspulse

#endif  // SERVICES_STATE_HOST_FILE_H_
