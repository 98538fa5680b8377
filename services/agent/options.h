// What the agent is told on its command line.
#ifndef SERVICES_AGENT_OPTIONS_H_
#define SERVICES_AGENT_OPTIONS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "services/base/options.h"
#include "services/collect/collector_settings.h"
#include "services/collect/procfs.h"

namespace syspulse {

struct AgentOptions {
  CommonOptions common;
  std::string server = "127.0.0.1:50051";                 // empty: none
  absl::Duration interval = absl::Seconds(1);             // 100 ms to 1 h
  absl::Duration min_interval = absl::Milliseconds(100);  // that readers may ask for, 100 ms to 1 h
  std::string host_id;                                    // empty: derived from the machine
  std::map<std::string, std::string> labels;
  Roots roots;
  absl::Duration slow_interval = absl::Seconds(10);  // of all that is not read in every tick
  absl::Duration mount_timeout = absl::Seconds(5);   // until a filesystem counts as hanging
  int process_top = 50;  // rows by CPU, as many by memory, as many by I/O; 0 to 10,000
  CollectorSettings collectors;
  std::string exporter_listen;  // empty: off; an empty host stands for all addresses
  std::string telemetry_path = "/metrics";
  bool exporter_metrics = true;          // what the agent says of itself is on its page
  bool insecure = false;                 // the page may be reached from other machines
  std::int64_t buffer_bytes = 32 << 20;  // of samples that wait for the service
  std::string spool_dir;                 // for those that memory has no place for; empty: none
  std::int64_t spool_bytes = 256 << 20;
  absl::Duration spool_age = absl::Hours(24);
};

// Fills `options` from command line, environment and file. Returns nothing if the program should go
// on, else the code to exit with, after printing what there is to say.
std::optional<int> ParseAgentOptions(int argc, const char* const* argv, AgentOptions* options);

}  // namespace syspulse

#endif  // SERVICES_AGENT_OPTIONS_H_
