#include "services/collect/storage/nfs_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/collect/storage/rpc_stats.h"
#include "tests/services/collect/collected_values.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(ParseRpcStats, ReadsNumbersAndChecksHowManyProceduresThereAre) {
  const auto stats = ParseRpcStats("net 1 2\nproc3 2 7 8\nth 4 0 0.000 0.120\nnew 9\n", "nfs");
  ASSERT_THAT(stats, IsOk());
  EXPECT_THAT(*stats, ElementsAre(Pair("net", ElementsAre(1, 2)), Pair("new", ElementsAre(9)),
                                  Pair("proc3", ElementsAre(7, 8)), Pair("th", ElementsAre(4, 0))));
}

TEST(ParseRpcStats, RefusesOtherLines) {
  for (const char* text : {"", "\n", "net 1 2", "net\n", "net x\n", "net 1\nnet 1\n",
                           "net 1\nproc3 3 7 8\n", "net 1\nproc3 1 7 8\n", "net 1 -2\n",
                           "rpc 1 2 3\n", "net 18446744073709551616\n", "net 1\nth 0.1 2\n"}) {
    EXPECT_THAT(ParseRpcStats(text, "rpc/nfs"),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("rpc/nfs")))
        << text;
  }
}

class NfsTest : public ::testing::Test {
 protected:
  FixtureTree tree_;
  ProcFs procfs_{tree_.roots()};
  NfsCollector nfs_{procfs_};
  NfsdCollector nfsd_{procfs_};
};

TEST_F(NfsTest, TheClientSaysWhatItAsked) {
  const auto values = CollectedValues(&nfs_);
  EXPECT_EQ(values.at("node_nfs_packets_total{udp,}"), 12);
  EXPECT_EQ(values.at("node_nfs_connections_total{}"), 3);
  EXPECT_EQ(values.at("node_nfs_rpc_retransmissions_total{}"), 17);
  EXPECT_EQ(values.at("node_nfs_requests_total{3,Null,}"), 4);
  EXPECT_EQ(values.at("node_nfs_requests_total{3,Commit,}"), 13990);
  EXPECT_EQ(values.at("node_nfs_requests_total{4,Read,}"), 5120);
  EXPECT_EQ(values.at("node_nfs_requests_total{4,Clone,}"), 1);       // number 59 of 61
  EXPECT_FALSE(values.contains("node_nfs_requests_total{2,Read,}"));  // no line of version 2
}

TEST_F(NfsTest, AnOlderClientNeverCalledWhatItDoesNotKnow) {
  tree_.Write("proc/net/rpc/nfs", "net 1 2 3 4\nproc4 2 5 6\n");
  const auto values = CollectedValues(&nfs_);
  EXPECT_EQ(values.at("node_nfs_requests_total{4,Read,}"), 6);
  EXPECT_EQ(values.at("node_nfs_requests_total{4,Clone,}"), 0);
  EXPECT_FALSE(values.contains("node_nfs_rpcs_total{}"));
}

TEST_F(NfsTest, TheServerSaysWhatItWasAsked) {
  const auto values = CollectedValues(&nfsd_);
  EXPECT_EQ(values.at("node_nfsd_server_threads{}"), 16);
  EXPECT_EQ(values.at("node_nfsd_disk_bytes_read_total{}"), 73400320);
  EXPECT_EQ(values.at("node_nfsd_read_ahead_cache_not_found_total{}"), 7);
  EXPECT_EQ(values.at("node_nfsd_rpc_errors_total{fmt,}"), 2);
  EXPECT_EQ(values.at("node_nfsd_rpc_errors_total{cInt,}"), 3);
  EXPECT_EQ(values.at("node_nfsd_requests_total{3,GetAttr,}"), 210);
  EXPECT_EQ(values.at("node_nfsd_requests_total{4,Access,}"), 5210);
  EXPECT_EQ(values.at("node_nfsd_requests_total{4,Read,}"), 9110);
  EXPECT_EQ(values.at("node_nfsd_requests_total{4,RelLockOwner,}"), 11);
  EXPECT_EQ(values.at("node_nfsd_requests_total{4,WdelegGetattr,}"), 6);
  EXPECT_FALSE(values.contains("node_nfsd_requests_total{3,Null,}"));
}

TEST_F(NfsTest, HostsWithoutNfsHaveNoFiles) {
  tree_.Remove("proc/net/rpc");
  MetricWriter writer;
  EXPECT_THAT(nfs_.Collect(&writer),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("No such file")));
  EXPECT_THAT(nfsd_.Collect(&writer),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("No such file")));
}

}  // namespace
}  // namespace syspulse
