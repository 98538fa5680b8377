// Hosts by what they are doing: orders, filters, pages and live lists.
#include "services/api/host_listing.h"

#include <gmock/gmock.h>

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/api/host_filter.h"
#include "services/api/host_order.h"
#include "syspulse/v1/host_service.grpc.pb.h"
#include "tests/testing/frames.h"
#include "tests/testing/service.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Returns what a host has on a machine of one core: load, and how much of 100 bytes is in use.
std::vector<Sample> Doing(double load, double used_bytes) {
  return {{"node_load1", {}, load},
          {"node_cpu_seconds_total", {{"cpu", "0"}, {"mode", "idle"}}, 1},
          {"node_memory_MemTotal_bytes", {}, 100},
          {"node_memory_MemAvailable_bytes", {}, 100 - used_bytes}};
}

// Agents whose frames say what each host is doing.
class HostListingTest : public ::testing::Test {
 protected:
  void Push(TestAgent* agent, int second, const std::vector<Sample>& samples) {
    v1::PushFramesRequest request;
    request.mutable_batch()->set_sequence(second);
    std::vector<double> values;
    for (const Sample& sample : samples) values.push_back(sample.value);
    agent->AddFrame(request.mutable_batch(), "system", SchemaOf(samples), second, values);
    agent->Push(request);
  }
  void Add(const std::string& id, double load, double used_bytes) {
    agents_.push_back(std::make_unique<TestAgent>(&service_, id));
    Push(agents_.back().get(), 1, Doing(load, used_bytes));
  }
  // Returns the ids of the hosts, in order; or the sentence that refuses the request.
  std::vector<std::string> List(const std::string& order_by, const std::string& filter = "",
                                int page_size = 0) {
    v1::ListHostsRequest request;
    request.set_order_by(order_by);
    request.set_filter(filter);
    request.set_page_size(page_size);
    std::vector<std::string> ids;
    do {
      TestContext context;
      const grpc::Status status = stub_->ListHosts(&context, request, &page_);
      if (!status.ok()) return {status.error_message()};
      for (const v1::Host& host : page_.hosts()) ids.push_back(host.name().substr(6));
      request.set_page_token(page_.next_page_token());
    } while (!request.page_token().empty() && ids.size() < 100);
    return ids;
  }

  TestService service_;
  std::unique_ptr<v1::HostService::Stub> stub_ = service_.Stub<v1::HostService>();
  std::vector<std::unique_ptr<TestAgent>> agents_;
  v1::ListHostsResponse page_;
};

TEST_F(HostListingTest, SortsByWhatHostsAreDoingWithThoseLastThatDoNotSay) {
  service_.hub.Restore({Host{.id = "gone", .hostname = "gone"}});
  Add("web-1", 0.5, 90);
  Add("web-2", 2, 10);
  Add("web-3", 0.5, 50);
  EXPECT_THAT(List("load"), ElementsAre("web-1", "web-3", "web-2", "gone"));
  EXPECT_THAT(List("load desc"), ElementsAre("web-2", "web-1", "web-3", "gone"));
  EXPECT_THAT(List("summary.memory_utilization_ratio desc"),
              ElementsAre("web-1", "web-3", "web-2", "gone"));
  EXPECT_THAT(List(" load , memory.utilization desc "),
              ElementsAre("web-1", "web-3", "web-2", "gone"));
  EXPECT_THAT(List("state desc, load desc"), ElementsAre("gone", "web-2", "web-1", "web-3"));
  EXPECT_THAT(List("hostname desc"), ElementsAre("web-3", "web-2", "web-1", "gone"));
}

TEST_F(HostListingTest, SortsByTheNameThatPeopleSee) {
  Add("a", 1, 1);
  Add("b", 1, 1);
  ASSERT_TRUE(service_.hub.UpdateHost("a", "Zebra", std::nullopt).ok());
  EXPECT_THAT(List("display_name"), ElementsAre("a", "b")) << "capitals come first";
  ASSERT_TRUE(service_.hub.UpdateHost("a", "zebra", std::nullopt).ok());
  EXPECT_THAT(List("display_name"), ElementsAre("b", "a"));
}

TEST_F(HostListingTest, EveryHostIsOnOnePageInAnyOrder) {
  for (int i = 0; i < 7; ++i) Add(absl::StrFormat("web-%d", i), i % 3, 10 * i);
  for (const char* order : {"", "load desc", "load,memory.utilization", "state", "name desc",
                            "last_seen_time", "pressure desc"}) {
    const std::vector<std::string> whole = List(order);
    EXPECT_EQ(whole.size(), 7u) << order;
    EXPECT_EQ(page_.total_size(), 7);
    EXPECT_EQ(List(order, "", 2), whole) << order;
  }
}

TEST_F(HostListingTest, APageGoesOnWhereTheOneBeforeEndedThoughHostsCame) {
  for (const char* id : {"b", "d", "f"}) Add(id, 1, 1);
  v1::ListHostsRequest request;
  request.set_page_size(2);
  TestContext first;
  ASSERT_TRUE(stub_->ListHosts(&first, request, &page_).ok());
  Add("a", 1, 1);
  Add("e", 1, 1);
  request.set_page_token(page_.next_page_token());
  TestContext second;
  ASSERT_TRUE(stub_->ListHosts(&second, request, &page_).ok());
  ASSERT_EQ(page_.hosts_size(), 2);
  EXPECT_EQ(page_.hosts(0).name(), "hosts/e");
  EXPECT_EQ(page_.hosts(1).name(), "hosts/f");
  request.set_order_by("load");
  TestContext foreign;
  EXPECT_EQ(stub_->ListHosts(&foreign, request, &page_).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT)
      << "a token is of one order";
}

TEST_F(HostListingTest, FiltersByWhatHostsAreDoing) {
  service_.hub.Restore({Host{.id = "gone", .hostname = "gone"}});
  Add("web-1", 0.5, 90);
  Add("web-2", 2, 10);
  Add("web-3", 0.5, 50);
  EXPECT_THAT(List("", "memory.utilization>0.8"), ElementsAre("web-1"));
  EXPECT_THAT(List("", "memory.utilization >= 50%"), ElementsAre("web-1", "web-3"));
  EXPECT_THAT(List("", "host=~\"web.*\", load<1,"), ElementsAre("web-1", "web-3"));
  EXPECT_THAT(List("", "{load<=0.5,host!=\"web-1\",memory.utilization<1}"), ElementsAre("web-3"));
  EXPECT_THAT(List("", "load==2"), ElementsAre("web-2"));
  EXPECT_THAT(List("", "load.per_core>1.5"), ElementsAre("web-2"));
  EXPECT_THAT(List("", "summary.load_one_minute>1"), ElementsAre("web-2"));
  EXPECT_THAT(List("", "pressure>=0"), IsEmpty()) << "it was not measured";
  EXPECT_THAT(List("", "pressure<1"), IsEmpty());
  EXPECT_EQ(page_.total_size(), 0);
}

TEST_F(HostListingTest, TellsWhatAHostIsDoingUnlessItIsOffline) {
  Add("web-1", 0.5, 90);
  List("");
  EXPECT_EQ(page_.hosts(0).summary().load_per_core_ratio(), 0.5);
  EXPECT_EQ(page_.hosts(0).summary().memory_utilization_ratio(), 0.9);
  EXPECT_FALSE(page_.hosts(0).summary().has_cpu_utilization_ratio()) << "of one sample";
  EXPECT_EQ(page_.hosts(0).summary().sample_time().seconds(), absl::ToUnixSeconds(TestTime(1)));
  agents_.clear();
  v1::ListHostsRequest offline;
  offline.set_filter("state=\"offline\"");
  do {
    TestContext context;
    ASSERT_TRUE(stub_->ListHosts(&context, offline, &page_).ok());
  } while (page_.hosts().empty());
  EXPECT_FALSE(page_.hosts(0).has_summary());
}

TEST(HostFilter, KeepsWhatLooksLikeAComparisonInAString) {
  const auto filter = HostFilter::Parse("a=\"x,load>1\",b='\\',load>2',c=`\\`,load>3");
  ASSERT_THAT(filter, IsOk());
  EXPECT_TRUE(filter->MeansLabels({.labels = {{"a", "x,load>1"}, {"b", "',load>2"}, {"c", "\\"}}}));
  EXPECT_TRUE(filter->MeansSummary({.load_one_minute = 4}));
  EXPECT_FALSE(filter->MeansSummary({.load_one_minute = 3}));
  EXPECT_FALSE(filter->MeansSummary({}));
}

TEST(HostFilter, SaysWhereItIsWrong) {
  const auto refusal = [](const std::string& text) {
    const auto filter = HostFilter::Parse(text);
    EXPECT_FALSE(filter.ok()) << text;
    return std::string(filter.status().message());
  };
  EXPECT_THAT(refusal("env=\"prod\", beauty>1"), HasSubstr("byte 13: 'beauty' cannot be compared"));
  EXPECT_THAT(refusal("beauty>1"), HasSubstr("there are cpu.utilization, memory.utilization"));
  EXPECT_THAT(refusal("load>much"), HasSubstr("byte 1: 'load' is compared with 'much'"));
  EXPECT_THAT(refusal("load>"), HasSubstr("compared with ''"));
  EXPECT_THAT(refusal("load>1>2"), HasSubstr("'1>2'"));
  EXPECT_THAT(refusal("load>nan"), HasSubstr("no number"));
  EXPECT_THAT(refusal("load>inf"), HasSubstr("no number"));
  EXPECT_THAT(refusal("load>\"1\""), HasSubstr("no number"));
  constexpr const char* kComparators = "numbers are compared by ==, <, <=, > and >=";
  EXPECT_THAT(refusal("a=\"b\", cpu.utilization=1"),
              HasSubstr("byte 8: cpu.utilization is a number; "));
  for (const char* wrong : {"cpu.utilization=1", "load=1", "load!=1", "cpu.utilization=~\"1\""}) {
    EXPECT_THAT(refusal(wrong), HasSubstr(kComparators)) << wrong;
  }
  EXPECT_TRUE(HostFilter::Parse("load=\"a label of that name\"").ok());
  EXPECT_THAT(refusal("env=prod"), HasSubstr("filter 'env=prod': 1:5: "));
  EXPECT_THAT(refusal("load>1,env=prod"), HasSubstr(": 1:12: "));
  EXPECT_THAT(refusal("env="), HasSubstr("filter 'env=': it ends where string is expected"));
  EXPECT_THAT(refusal("env"), HasSubstr("filter 'env': it ends where label matching operator is"));
  EXPECT_THAT(refusal(",load>1"), HasSubstr(": 1:1: "));
  EXPECT_THAT(refusal("}"), HasSubstr("there is a } too many"));
  EXPECT_THAT(refusal("{"), HasSubstr("1:"));
  EXPECT_THAT(refusal(std::string(4097, 'a')), HasSubstr("the filter has 4097 bytes"));
}

TEST(HostFilter, TakesNothingHostileFromAnyone) {
  for (const char bracket : {'(', '{', '[', '"', '\'', '`', ',', '\\', '>', '='}) {
    for (const std::size_t count : {1u, 4000u, 10'000u, 65'536u}) {
      EXPECT_FALSE(HostFilter::Parse(std::string(count, bracket)).ok()) << bracket << count;
    }
  }
}

TEST(HostOrder, SaysWhatIsWrong) {
  const auto refusal = [](const std::string& text) {
    const auto order = HostOrder::Parse(text);
    EXPECT_FALSE(order.ok()) << text;
    return std::string(order.status().message());
  };
  EXPECT_THAT(refusal("beauty"), HasSubstr("'beauty' is none of hostname, display_name, "));
  EXPECT_THAT(refusal("load up"), HasSubstr("order_by 'load up': 'load up' is none of"));
  EXPECT_THAT(refusal("load,"), HasSubstr("'' is none of"));
  EXPECT_THAT(refusal("name desc desc"), HasSubstr("'name desc desc'"));
  EXPECT_THAT(refusal("a,b,c,d,e"), HasSubstr("5 fields; it may have 4"));
  EXPECT_THAT(refusal(std::string(65'536, '(')), HasSubstr("65536 bytes; it may have 1024"));
}

TEST(HostOrder, IsTheSameForOrdersThatAreWrittenDifferently) {
  EXPECT_EQ(HostOrder::Parse("load desc,name")->canonical(),
            HostOrder::Parse("  load   desc ,  name ")->canonical());
  EXPECT_NE(HostOrder::Parse("load desc")->canonical(), HostOrder::Parse("load")->canonical());
  EXPECT_EQ(HostOrder::Parse("  ")->canonical(), "");
}

TEST(HostRank, IsTheSameAfterAPageToken) {
  HostRank rank;
  rank.values = {{.known = false, .number = -0.1},
                 {.number = std::numeric_limits<double>::infinity()},
                 {.text = std::string("1:2:\0:3", 7)},
                 {.text = ""}};
  const auto read = HostRank::FromText(rank.ToText());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->ToText(), rank.ToText());
  EXPECT_EQ(read->values.size(), 4u);
}

TEST(HostRank, IsNoneOfTextThatIsNone) {
  for (const char* text : {"x", "1:0:9:short", "1:0:-1:", "1:zz:0:", "1:0", ":::", "1:0:1"}) {
    EXPECT_FALSE(HostRank::FromText(text).has_value()) << text;
  }
}

// Live lists.

class WatchHostsTest : public HostListingTest {
 protected:
  TestStream<v1::WatchHostsResponse> Watch(const v1::WatchHostsRequest& request) {
    return TestStream<v1::WatchHostsResponse>(
        [&](grpc::ClientContext* context) { return stub_->WatchHosts(context, request); });
  }
  grpc::Status Refusal(const v1::WatchHostsRequest& request) { return Watch(request).End(); }
};

TEST_F(WatchHostsTest, SendsAPartOfTheListAndCountsTheRest) {
  service_.hub.Restore({Host{.id = "gone", .hostname = "gone"}});
  for (int i = 0; i < 5; ++i) Add(absl::StrFormat("web-%d", i), i, 1);
  v1::WatchHostsRequest request;
  request.set_order_by("load desc");
  request.set_skip(1);
  request.set_limit(2);
  auto stream = Watch(request);
  const v1::WatchHostsResponse list = stream.Next();
  ASSERT_EQ(list.hosts_size(), 2);
  EXPECT_EQ(list.hosts(0).name(), "hosts/web-3");
  EXPECT_EQ(list.hosts(1).name(), "hosts/web-2");
  EXPECT_EQ(list.hosts(1).summary().load_one_minute(), 2);
  EXPECT_EQ(list.matched_count(), 6);
  EXPECT_EQ(list.online_count(), 5);
  EXPECT_EQ(list.offline_count(), 1);
}

TEST_F(WatchHostsTest, FollowsWhatHostsDoAtThePaceAskedFor) {
  Add("web-1", 1, 1);
  v1::WatchHostsRequest request;
  request.mutable_summary_interval()->set_nanos(200'000'000);
  auto stream = Watch(request);
  EXPECT_EQ(stream.Next().hosts(0).summary().load_one_minute(), 1);
  Push(agents_[0].get(), 2, Doing(2, 1));  // the first change is told at once
  EXPECT_EQ(stream.Next().hosts(0).summary().load_one_minute(), 2);
  Push(agents_[0].get(), 3, Doing(3, 1));
  Push(agents_[0].get(), 4, Doing(4, 1));
  Watch({}).Next();  // no list is being made while the clock moves
  service_.clock.Advance(absl::Seconds(1));
  EXPECT_EQ(stream.Next().hosts(0).summary().load_one_minute(), 4) << "the one between is left out";
}

TEST_F(WatchHostsTest, DoesNotFollowWhatHostsDoUnlessItIsAsked) {
  Add("web-1", 1, 1);
  auto stream = Watch({});
  EXPECT_FALSE(stream.Next().hosts(0).has_summary());
  Push(agents_[0].get(), 2, Doing(2, 1));
  ASSERT_TRUE(service_.hub.UpdateHost("web-1", "Front door", std::nullopt).ok());
  EXPECT_EQ(stream.Next().hosts(0).display_name(), "Front door") << "the sample was no news";
}

TEST_F(WatchHostsTest, RefusesWhatMakesNoSense) {
  v1::WatchHostsRequest limit, skip, order, fast, slow, negative;
  limit.set_limit(-1);
  skip.set_skip(-1);
  order.set_order_by("beauty");
  fast.mutable_summary_interval()->set_nanos(1);
  slow.mutable_summary_interval()->set_seconds(61);
  negative.mutable_summary_interval()->set_seconds(-1);
  for (const auto& request : {limit, skip, order, fast, slow, negative}) {
    EXPECT_EQ(Refusal(request).error_code(), grpc::StatusCode::INVALID_ARGUMENT)
        << request.DebugString();
  }
  EXPECT_THAT(Refusal(fast).error_message(), HasSubstr("it is from 100ms to 1m"));
}

TEST_F(WatchHostsTest, HasNothingToShowBehindTheLastHost) {
  Add("web-1", 1, 1);
  v1::WatchHostsRequest request;
  request.set_skip(100);
  auto stream = Watch(request);
  const v1::WatchHostsResponse list = stream.Next();
  EXPECT_EQ(list.hosts_size(), 0);
  EXPECT_EQ(list.matched_count(), 1);
}

}  // namespace
}  // namespace syspulse
