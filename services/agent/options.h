// What the agent is told on its command line.
#ifndef SERVICES_AGENT_OPTIONS_H_
#define SERVICES_AGENT_OPTIONS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "services/base/options.h"
#include "services/collect/procfs.h"

namespace syspulse {

struct AgentOptions {
  CommonOptions common;
  std::string server = "127.0.0.1:50051";
  absl::Duration interval = absl::Seconds(1);  // 100 ms to 1 h
  std::string host_id;                         // empty: derived from the machine
  std::map<std::string, std::string> labels;
  Roots roots;
  std::int64_t buffer_bytes = 32 << 20;  // of samples that wait for the service
};

// Fills `options` from command line, environment and file. Returns nothing if the program should go
// on, else the code to exit with, after printing what there is to say.
std::optional<int> ParseAgentOptions(int argc, const char* const* argv, AgentOptions* options);

}  // namespace syspulse

#endif  // SERVICES_AGENT_OPTIONS_H_
