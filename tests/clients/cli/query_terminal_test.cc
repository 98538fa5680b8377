// Charts of the program itself in a terminal: its size, its colours, and the wish for none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/output/safe_text.h"
#include "tests/clients/cli/fake_query_server.h"
#include "tests/clients/cli/terminal.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

FakeAnswers TwoDisks() {
  FakeAnswers answers;
  answers.range.mutable_start_time()->set_seconds(1'700'000'000);
  answers.range.mutable_step()->set_seconds(15);
  answers.range.set_step_count(3);
  for (const char* device : {"sda", "sdb"}) {
    v1::GridSeries* const series = answers.range.add_series();
    (*series->mutable_labels())["device"] = device;
    for (const double value : {1.0, 2.0, 3.0}) series->add_values(value);
  }
  return answers;
}

// Returns what the program writes for a chart in a terminal of this size.
std::string ChartIn(int width, int height, std::map<std::string, std::string> variables) {
  const FakeQueryServer server(TwoDisks());
  variables["TERM"] = "xterm";
  variables["LC_ALL"] = "C.UTF-8";
  Terminal terminal(
      {SYSPULSE_BINARY, "--server", server.address(), "query", "x", "--start=-1h", "-o", "chart"},
      variables, width, height);
  const int status = terminal.WaitForEnd();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << terminal.output();
  return terminal.output();
}

TEST(ChartInATerminal, LeavesOneRowForThePromptAtAnySize) {
  for (const auto& [width, height] : {std::pair{80, 24}, std::pair{200, 50}}) {
    const std::string chart = ChartIn(width, height, {{"NO_COLOR", "1"}});
    EXPECT_EQ(std::ranges::count(chart, '\n'), height - 1) << chart;
    EXPECT_THAT(chart, HasSubstr("b"));
    int widest = 0;
    for (std::string_view rest = chart; !rest.empty();) {
      const auto end = std::min(rest.find('\n'), rest.size() - 1);
      widest = std::max(widest, DisplayWidth(rest.substr(0, end)) - 1);  // without the return
      rest.remove_prefix(end + 1);
    }
    EXPECT_EQ(widest, width);
  }
}

TEST(ChartInATerminal, HasColourUnlessTheUserWantsNone) {
  EXPECT_THAT(ChartIn(80, 24, {{"NO_COLOR", ""}}), HasSubstr("\x1b[36m"));
  EXPECT_THAT(ChartIn(80, 24, {{"NO_COLOR", "1"}}), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace syspulse
