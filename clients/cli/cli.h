// The program `syspulse`, from its arguments to its exit code.
#ifndef CLIENTS_CLI_CLI_H_
#define CLIENTS_CLI_CLI_H_

#include <functional>
#include <stop_token>
#include <string_view>

#include "absl/time/time.h"
#include "clients/cli/output/sink.h"
#include "services/base/clock.h"

namespace syspulse {

// The world around the program.
struct CliEnvironment {
  TextSink* out = nullptr;                          // takes the answers
  std::function<void(std::string_view)> tell_user;  // says a sentence beside them, or several lines
  // Shows how far a long command is, in a line that the next one replaces; null without a terminal.
  std::function<void(std::string_view)> show_progress;
  const Clock* clock = nullptr;
  absl::TimeZone zone;
  bool color = false;  // whether `out` is a terminal that has colour
  bool ascii = false;  // whether that terminal has no other characters
  int width = 0;       // columns of that terminal; 0 = no terminal
  int height = 0;      // its rows
  // Called before a stream begins; returns what ends it: Ctrl-C, SIGTERM, SIGHUP.
  std::function<std::stop_token()> stop_by_signal;
};

// Runs one command. Returns the exit code: 0 done, 1 failed, 2 usage.
int RunCli(int argc, const char* const* argv, const CliEnvironment& environment);

}  // namespace syspulse

#endif  // CLIENTS_CLI_CLI_H_
