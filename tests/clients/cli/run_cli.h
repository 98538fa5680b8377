// Runs `syspulse` in this process, from its arguments to its exit code.
#ifndef TESTS_CLIENTS_CLI_RUN_CLI_H_
#define TESTS_CLIENTS_CLI_RUN_CLI_H_

#include <algorithm>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clients/cli/cli.h"
#include "tests/clients/cli/fake_server.h"
#include "tests/testing/fake_clock.h"

namespace syspulse {

struct Outcome {
  int code;
  std::string out;
  std::string told;
};

// Stops the stream after it has written `lines` lines.
class CountingSink final : public TextSink {
 public:
  CountingSink(int lines, std::stop_source stop) : lines_(lines), stop_(std::move(stop)) {}
  absl::Status Write(std::string_view text) override {
    text_ += text;
    if (std::ranges::count(text_, '\n') >= lines_) stop_.request_stop();
    return absl::OkStatus();
  }
  const std::string& text() const { return text_; }

 private:
  const int lines_;
  std::stop_source stop_;
  std::string text_;
};

inline Outcome RunSyspulse(std::vector<const char*> arguments, const std::string& server,
                           int stop_after_lines = 1'000'000) {
  arguments.insert(arguments.begin(), {"syspulse", "--server", server.c_str()});
  std::stop_source stop;
  CountingSink sink(stop_after_lines, stop);
  const FakeClock clock(absl::FromUnixSeconds(1'700'000'002));
  std::string told;
  const int code = RunCli(static_cast<int>(arguments.size()), arguments.data(),
                          {.out = &sink,
                           .tell_user = [&](std::string_view text) { told += text; },
                           .clock = &clock,
                           .zone = absl::UTCTimeZone(),
                           .stop_by_signal = [&] { return stop.get_token(); }});
  return {.code = code, .out = sink.text(), .told = told};
}

// Returns a fleet of `web-1`, which is online, and `db-1`, which is not.
inline FakeFleet TwoHosts() {
  FakeFleet fleet = SmallFleet();
  fleet.hosts.push_back(fleet.hosts[0]);
  fleet.hosts[1].set_name("hosts/db-1");
  fleet.hosts[1].set_hostname("db-1");
  fleet.hosts[1].set_state(v1::HOST_STATE_OFFLINE);
  return fleet;
}

}  // namespace syspulse

#endif  // TESTS_CLIENTS_CLI_RUN_CLI_H_
