#include "services/model/metric.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

const MetricFamily kCpu{.name = "node_cpu_seconds_total",
                        .type = MetricType::kCounter,
                        .unit = "seconds",
                        .help = "Seconds.",
                        .label_names = {"cpu", "mode"}};

TEST(Schema, SameContentHasTheSameId) {
  const auto a = Schema::Create({kCpu}, {{0, {"0", "user"}}});
  const auto b = Schema::Create({kCpu}, {{0, {"0", "user"}}});
  const auto c = Schema::Create({kCpu}, {{0, {"0u", "ser"}}});
  ASSERT_THAT(a, IsOk());
  EXPECT_EQ((*a)->id(), (*b)->id());
  EXPECT_NE((*a)->id(), (*c)->id());
}

TEST(Schema, RefusesWhatIsNotASchema) {
  const auto refused = [](std::vector<MetricFamily> families, std::vector<Series> series,
                          const char* why) {
    EXPECT_THAT(Schema::Create(std::move(families), std::move(series)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(why)));
  };
  refused({{.name = "1st"}}, {}, "'1st' is not a metric name");
  refused({{.name = "a", .label_names = {"x:y"}}}, {}, "'x:y' of metric a is not a label name");
  refused({kCpu, kCpu}, {}, "stands twice");
  refused({{.name = "a", .label_names = {"x", "y", "x"}}}, {}, "label x of metric a stands twice");
  refused({kCpu}, {{1, {}}}, "family 1");
  refused({kCpu}, {{-1, {}}}, "family -1");
  refused({kCpu}, {{0, {"0"}}}, "1 label values");
  refused({kCpu}, {{0, {"0", "user"}}, {0, {"0", "user"}}}, "stands twice");
}

// Whoever compares each name with each needs minutes for as many as fit into one message.
TEST(Schema, TakesManyLabelNames) {
  MetricFamily family{.name = "a"};
  for (int i = 0; i < 500'000; ++i) family.label_names.push_back("l" + std::to_string(i));
  EXPECT_THAT(Schema::Create({family}, {}), IsOk());
  family.label_names.push_back("l7");
  EXPECT_THAT(Schema::Create({family}, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("label l7 of metric a")));
}

}  // namespace
}  // namespace syspulse
