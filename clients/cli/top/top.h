// `syspulse top`: a host, or all of them, live, on a full screen.
#ifndef CLIENTS_CLI_TOP_TOP_H_
#define CLIENTS_CLI_TOP_TOP_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clients/cli/command/session.h"

namespace syspulse {

struct TopArguments {
  std::string host;        // empty = the first that is online
  bool all_hosts = false;  // begin with all of them
  absl::Duration interval;
  std::string sort = "cpu";  // as OrderBy takes it
  std::string filter;
};

// Runs until the user quits or the session is stopped; returns OK then. Returns a sentence if there
// is no service, no such host or no terminal to begin with; later losses are shown and waited out.
// Signals that end it must be blocked.
absl::Status RunTop(const Session& session, const TopArguments& arguments, bool color);

}  // namespace syspulse

#endif  // CLIENTS_CLI_TOP_TOP_H_
