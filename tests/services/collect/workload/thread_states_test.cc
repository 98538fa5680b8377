#include "services/collect/workload/thread_states.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/collect/workload/process_tracker.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(ScaleCounts, AddsUpAndLosesNoState) {
  EXPECT_THAT(ScaleCounts({{'R', 1}, {'S', 3}}, 4), ElementsAre(Pair('R', 1), Pair('S', 3)));
  EXPECT_THAT(ScaleCounts({{'R', 1}, {'S', 3}}, 8), ElementsAre(Pair('R', 2), Pair('S', 6)));
  EXPECT_THAT(ScaleCounts({{'D', 1}, {'S', 255}}, 10), ElementsAre(Pair('D', 1), Pair('S', 9)));
  EXPECT_THAT(ScaleCounts({{'D', 5}, {'S', 6}}, 1), ElementsAre(Pair('D', 1)));
  EXPECT_THAT(ScaleCounts({}, 4), IsEmpty());
  EXPECT_THAT(ScaleCounts({{'S', 2}}, 0), IsEmpty());
}

TEST(ThreadWalker, LooksIntoProcessesWithSeveralThreadsOneAfterTheOther) {
  const FixtureTree tree;
  const ProcFs procfs(tree.roots());
  const FakeClock clock;
  ProcessTracker tracker(&procfs, &clock, absl::Seconds(1));
  ASSERT_THAT(tracker.Measure(), IsOk());
  const auto find = [&](int pid) -> const TrackedProcess& {
    return **std::ranges::find_if(tracker.processes(),
                                  [&](const auto& process) { return process->pid == pid; });
  };
  ThreadWalker walker(tracker.files(), 1);
  walker.Walk(tracker.processes());
  EXPECT_THAT(find(412).threads, ElementsAre(Pair('D', 1), Pair('R', 1), Pair('S', 2)));
  EXPECT_THAT(find(1).threads, IsEmpty());
  tree.Write("proc/412/task/416/stat", tree.Read("proc/412/task/415/stat"));
  tree.Remove("proc/412/task/414");
  walker.Walk(tracker.processes());
  EXPECT_THAT(find(412).threads, ElementsAre(Pair('R', 1), Pair('S', 2)));
}

}  // namespace
}  // namespace syspulse
