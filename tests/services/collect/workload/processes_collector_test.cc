#include "services/collect/workload/processes_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

TEST(ProcessesCollector, FailsWhereNobodyCounts) {
  const FixtureTree tree;
  MetricWriter writer;
  EXPECT_THAT(ProcessesCollector(ProcFs(tree.roots()), nullptr).Collect(&writer),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("not counted")));
  const ProcessCounts before_the_first;
  EXPECT_THAT(ProcessesCollector(ProcFs(tree.roots()), &before_the_first).Collect(&writer),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("not counted yet")));
}

TEST(ProcessesCollector, SaysNothingIfALimitCannotBeRead) {
  const ProcessCounts counts{.status = absl::OkStatus(), .processes = 2, .threads = 3};
  for (const char* text : {"", "12", "x\n", "-1\n"}) {
    const FixtureTree tree;
    tree.Write("proc/sys/kernel/pid_max", text);
    MetricWriter writer;
    EXPECT_THAT(ProcessesCollector(ProcFs(tree.roots()), &counts).Collect(&writer),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("pid_max")));
    EXPECT_TRUE(writer.Finish()->values.empty());
  }
}

}  // namespace
}  // namespace syspulse
