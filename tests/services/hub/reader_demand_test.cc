#include "services/hub/reader_demand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

#include "services/hub/hub.h"
#include "tests/testing/fake_clock.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Notes what it is told.
class Ear final : public DemandListener {
 public:
  Ear(ReaderDemand* demand, std::string host_id) : demand_(demand), host_id_(std::move(host_id)) {
    demand_->AddListener(host_id_, this);
  }
  ~Ear() override { demand_->RemoveListener(host_id_, this); }

  void OnDemand(const Demand& demand) override { heard_.push_back(demand.all_processes); }
  std::vector<bool> TakeHeard() { return std::exchange(heard_, {}); }

 private:
  ReaderDemand* const demand_;
  const std::string host_id_;
  std::vector<bool> heard_;
};

class ReaderDemandTest : public ::testing::Test {
 protected:
  void Pass(absl::Duration time) {
    clock_.Advance(time);
    demand_.Expire();
  }

  FakeClock clock_;
  ReaderDemand demand_{&clock_};
};

TEST_F(ReaderDemandTest, TellsAListenerWhatIsWantedOfItsHost) {
  Ear web(&demand_, "web-1");
  Ear db(&demand_, "db-1");
  EXPECT_THAT(web.TakeHeard(), ElementsAre(false));
  EXPECT_THAT(db.TakeHeard(), ElementsAre(false));
  const ReaderDemand::Lease lease = demand_.WantAll("web-1");
  EXPECT_THAT(web.TakeHeard(), ElementsAre(true));
  EXPECT_THAT(db.TakeHeard(), IsEmpty());
  EXPECT_TRUE(demand_.Of("web-1").all_processes);
  EXPECT_FALSE(demand_.Of("db-1").all_processes);
}

TEST_F(ReaderDemandTest, TellsAnAgentThatConnectsLaterAtOnce) {
  const ReaderDemand::Lease lease = demand_.WantAll("web-1");
  Ear web(&demand_, "web-1");
  EXPECT_THAT(web.TakeHeard(), ElementsAre(true));
}

TEST_F(ReaderDemandTest, HoldsForAsLongAsAnyLeaseAndAWhileLonger) {
  Ear web(&demand_, "web-1");
  std::optional one = demand_.WantAll("web-1");
  std::optional two = demand_.WantAll("web-1");
  EXPECT_THAT(web.TakeHeard(), ElementsAre(false, true));
  one.reset();
  Pass(absl::Hours(1));
  EXPECT_TRUE(demand_.Of("web-1").all_processes);
  two.reset();
  Pass(ReaderDemand::kAfterlife - absl::Seconds(1));
  EXPECT_TRUE(demand_.Of("web-1").all_processes);
  EXPECT_THAT(web.TakeHeard(), IsEmpty());
  Pass(absl::Seconds(1));
  EXPECT_FALSE(demand_.Of("web-1").all_processes);
  EXPECT_THAT(web.TakeHeard(), ElementsAre(false));
}

TEST_F(ReaderDemandTest, ALeaseThatFollowsSoonKeepsTheDemandUp) {
  Ear web(&demand_, "web-1");
  for (int i = 0; i < 5; ++i) {
    demand_.WantAll("web-1");
    Pass(absl::Seconds(9));
  }
  EXPECT_THAT(web.TakeHeard(), ElementsAre(false, true));
}

TEST_F(ReaderDemandTest, ALeaseOfAllHostsIsForEachOfThem) {
  Ear web(&demand_, "web-1");
  Ear db(&demand_, "db-1");
  demand_.WantAll("");
  EXPECT_TRUE(demand_.Of("web-1").all_processes);
  EXPECT_THAT(web.TakeHeard(), ElementsAre(false, true));
  EXPECT_THAT(db.TakeHeard(), ElementsAre(false, true));
  const ReaderDemand::Lease web_only = demand_.WantAll("web-1");
  web.TakeHeard();
  Pass(absl::Minutes(1));
  EXPECT_EQ(web.TakeHeard().back(), true);
  EXPECT_THAT(db.TakeHeard(), ElementsAre(false));
}

TEST_F(ReaderDemandTest, AMovedLeaseCountsOnce) {
  ReaderDemand::Lease held;
  {
    ReaderDemand::Lease lease = demand_.WantAll("web-1");
    held = std::move(lease);
  }
  Pass(absl::Minutes(1));
  EXPECT_TRUE(demand_.Of("web-1").all_processes);
  held = demand_.WantAll("db-1");
  Pass(absl::Minutes(1));
  EXPECT_FALSE(demand_.Of("web-1").all_processes);
  EXPECT_TRUE(demand_.Of("db-1").all_processes);
}

TEST_F(ReaderDemandTest, AListenerThatWasRemovedHearsNothing) {
  const ReaderDemand::Lease lease = [&] {
    Ear gone(&demand_, "web-1");
    return demand_.WantAll("db-1");
  }();
  demand_.WantAll("web-1");  // would call what is gone
  EXPECT_TRUE(demand_.Of("web-1").all_processes);
}

TEST(HubDemand, EndsWithTheHubsClock) {
  FakeClock clock;
  Hub hub(&clock, {});
  hub.reader_demand().WantAll("web-1");
  hub.UpdateStates();
  EXPECT_TRUE(hub.reader_demand().Of("web-1").all_processes);
  clock.Advance(ReaderDemand::kAfterlife);
  hub.UpdateStates();
  EXPECT_FALSE(hub.reader_demand().Of("web-1").all_processes);
}

}  // namespace
}  // namespace syspulse
