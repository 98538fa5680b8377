#include "services/collect/network/softnet_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/services/collect/collected.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
constexpr auto kDataLoss = absl::StatusCode::kDataLoss;

TEST(ParseSoftnet, NumbersCpusByLineWhereTheKernelDoesNotNameThem) {
  const auto cpus = ParseSoftnet("0a 1 2 0 0 0 0 0 3\nff 0 0 0 0 0 0 0 0 4 5\n");
  ASSERT_THAT(cpus, IsOk());
  EXPECT_THAT(
      *cpus,
      ElementsAre(SoftnetStats{.processed = 10, .dropped = 1, .squeezed = 2, .collisions = 3},
                  SoftnetStats{.cpu = 1, .processed = 255, .rps = 4, .flow_limits = 5}));
}

TEST(ParseSoftnet, TakesTheNameOfTheCpuAndIgnoresNewerColumns) {
  const auto cpus = ParseSoftnet("1 2 3 0 0 0 0 0 0 4 5 6 1f ffffffff 0\n");
  ASSERT_THAT(cpus, IsOk());
  EXPECT_THAT(*cpus, ElementsAre(SoftnetStats{.cpu = 31,
                                              .processed = 1,
                                              .dropped = 2,
                                              .squeezed = 3,
                                              .rps = 4,
                                              .flow_limits = 5,
                                              .backlog = 6}));
}

TEST(ParseSoftnet, RefusesOtherLines) {
  for (const char* text :
       {"", "\n", "1 2 3 4 5 6 7 8\n", "1 2 3 4 5 6 7 8 g\n", "1 2 3 4 5 6 7 8 100000000\n",
        "1 2 3 4 5 6 7 8 9 a", "0x1 2 3 4 5 6 7 8 9\n", "1 2 3 4 5 6 7 8 9 a b c d z\n"}) {
    EXPECT_THAT(ParseSoftnet(text), StatusIs(kDataLoss, HasSubstr("/proc/net/softnet_stat")))
        << text;
  }
}

TEST(SoftnetCollector, NamesCpusAsTheKernelDoesWhenOneIsOffline) {
  const FixtureTree tree;
  SoftnetCollector collector{ProcFs(tree.roots())};
  const Collected got = CollectOnce(&collector);
  ASSERT_THAT(got.status, IsOk());
  EXPECT_THAT(got.text,
              HasSubstr("# HELP node_softnet_processed_total Number of processed packets\n"
                        "# TYPE node_softnet_processed_total counter\n"
                        "node_softnet_processed_total{cpu=\"0\"} 310442901\n"
                        "node_softnet_processed_total{cpu=\"1\"} 190233118\n"
                        "node_softnet_processed_total{cpu=\"3\"} 4294967295\n"));
  EXPECT_THAT(got.text, HasSubstr("\nnode_softnet_backlog_len{cpu=\"1\"} 14\n"));
}

TEST(SoftnetCollector, FollowsACpuThatComesBack) {
  const FixtureTree tree;
  SoftnetCollector collector{ProcFs(tree.roots())};
  EXPECT_THAT(CollectOnce(&collector).text, Not(HasSubstr("cpu=\"2\"")));
  tree.Write("proc/net/softnet_stat",
             tree.Read("proc/net/softnet_stat") + "0000000f 0 0 0 0 0 0 0 0 0 0 0 00000002\n");
  EXPECT_THAT(CollectOnce(&collector).text,
              HasSubstr("\nnode_softnet_processed_total{cpu=\"2\"} 15\n"));
}

}  // namespace
}  // namespace syspulse
