// promql-test [--left-closed] FILE…: runs scripts of Prometheus' promqltest on SysPulse's engine.
//
// Prints each case that fails, then what was skipped and why, then `N passed, M failed`. Exit code:
// 0 if none failed, 1 if some did, 2 if it was called wrongly. Ranges leave out their earlier end,
// and what Prometheus 3 corrected is as there, as its scripts expect; with --left-closed all is as
// in Prometheus 2.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "services/base/clock.h"
#include "tests/promql_script/runner.h"

int main(int argc, char** argv) {
  syspulse::promql::EngineOptions options{.left_open = true, .later_corrections = true};
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--left-closed") {
      options = {};
    } else if (argument.starts_with('-')) {
      files.clear();
      break;
    } else {
      files.push_back(argument);
    }
  }
  if (files.empty()) {
    std::fprintf(stderr, "usage: promql-test [--left-closed] FILE...\n");
    return 2;
  }
  const syspulse::SystemClock clock;
  syspulse::promql::Runner runner(options, clock);
  for (const std::string& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
      std::fprintf(stderr, "cannot read %s\n", file.c_str());
      return 2;
    }
    const std::string script{std::istreambuf_iterator<char>(in), {}};
    for (const std::string& failure : runner.Run(file, script)) std::puts(failure.c_str());
  }
  std::string skipped;
  for (const auto& [reason, count] : runner.tally().skipped) {
    skipped += (skipped.empty() ? "skipped: " : ", ") + std::to_string(count) + " " + reason;
  }
  if (!skipped.empty()) std::puts(skipped.c_str());
  std::printf("%d passed, %d failed\n", runner.tally().passed, runner.tally().failed);
  return runner.tally().failed == 0 ? 0 : 1;
}
