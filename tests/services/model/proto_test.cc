#include "services/model/proto.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

const absl::Time kTime = absl::FromUnixMillis(1'700'000'000'250);

SchemaPtr TestSchema() {
  return *Schema::Create({{.name = "node_load1", .type = MetricType::kGauge}}, {{0, {}}});
}

TEST(Proto, FramesSurviveTheWire) {
  const Frame frame{"web-1", "system", TestSchema(), kTime, {std::nan("")}};
  v1::Frame wire;
  ToProto(frame, &wire);
  EXPECT_EQ(wire.host(), "hosts/web-1");
  const auto back = FromProto(wire, "web-1", [&](std::uint64_t) { return frame.schema; });
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ((*back)->time, kTime);
  EXPECT_EQ((*back)->source, "system");
  EXPECT_TRUE(std::isnan((*back)->values.at(0)));
}

TEST(Proto, FramesOfAnotherHostSchemaOrSizeAreRefused) {
  v1::Frame wire;
  ToProto(Frame{"web-1", "system", TestSchema(), kTime, {1}}, &wire);
  const auto known = [](std::uint64_t) { return TestSchema(); };
  const auto unknown = [](std::uint64_t) { return SchemaPtr(); };
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(FromProto(wire, "web-2", known), StatusIs(kInvalid, HasSubstr("hosts/web-2")));
  EXPECT_THAT(FromProto(wire, "web-1", unknown), StatusIs(kInvalid, HasSubstr("not sent")));
  wire.add_values(2);
  EXPECT_THAT(FromProto(wire, "web-1", known), StatusIs(kInvalid, HasSubstr("2 values")));
}

TEST(Proto, SchemasSurviveTheWireAndForgedIdsDoNot) {
  v1::Schema wire;
  ToProto(*TestSchema(), &wire);
  ASSERT_THAT(FromProto(wire), IsOk());
  EXPECT_EQ((*FromProto(wire))->families(), TestSchema()->families());
  wire.set_id(7);
  EXPECT_THAT(FromProto(wire), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("hashes")));
}

TEST(Proto, HostsSurviveTheWire) {
  const Host host{.id = "web-1",
                  .hostname = "web",
                  .labels = {{"rack", "7"}},
                  .core_count = 2,
                  .boot_time = kTime,
                  .sample_interval = absl::Milliseconds(500),
                  .state = HostState::kStale,
                  .limitations = {"no root"}};
  v1::Host wire;
  ToProto(host, &wire);
  EXPECT_FALSE(wire.has_last_seen_time());
  const auto back = FromProto(wire);
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(*back, host);
}

TEST(Proto, HostNamesAreDnsSafe) {
  for (const char* name : {"", "hosts/", "hosts/A", "hosts/a b", "hosts/-a", "hosts/../x"}) {
    v1::Host wire;
    wire.set_name(name);
    EXPECT_THAT(FromProto(wire),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("host name")));
  }
}

TEST(Proto, ProcessTablesSurviveTheWire) {
  const ProcessTable table{.host = "web-1",
                           .time = kTime,
                           .totals = {.processes = 1, .threads = 4, .zombie = 1},
                           .processes = {{.pid = 7,
                                          .start_time = kTime,
                                          .state = 'Z',
                                          .user = "www",
                                          .command = "nginx",
                                          .cpu_utilization_ratio = 0.5,
                                          .executable = "/usr/sbin/nginx (deleted)",
                                          .shared_bytes = 4096,
                                          .swap_bytes = 0,
                                          .open_file_count = 12,
                                          .container = "0123456789ab",
                                          .unit = "nginx.service"}},
                           .partial = true};
  v1::ProcessTable wire;
  ToProto(table, &wire);
  EXPECT_EQ(wire.processes(0).name(), "hosts/web-1/processes/7");
  const auto back = FromProto(wire, "web-1");
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ((*back)->processes, table.processes);
  EXPECT_EQ((*back)->totals, table.totals);
  EXPECT_TRUE((*back)->partial);
}

TEST(Proto, WhatWasNotReadOfAProcessStaysAbsent) {
  v1::ProcessTable wire;
  ToProto(
      ProcessTable{.host = "web-1", .time = kTime, .processes = {{.pid = 7, .start_time = kTime}}},
      &wire);
  EXPECT_FALSE(wire.processes(0).has_shared_bytes());
  EXPECT_FALSE(wire.processes(0).has_swap_bytes());
  EXPECT_FALSE(wire.processes(0).has_open_file_count());
  const auto back = FromProto(wire, "web-1");
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ((*back)->processes[0].shared_bytes, std::nullopt);
  EXPECT_EQ((*back)->processes[0].swap_bytes, std::nullopt);
  EXPECT_EQ((*back)->processes[0].open_file_count, std::nullopt);
  EXPECT_FALSE((*back)->partial);
}

TEST(Proto, TimesOutOfRangeAreRefusedOrClamped) {
  google::protobuf::Timestamp wire;
  ToProto(absl::InfiniteFuture(), &wire);
  EXPECT_EQ(wire.seconds(), 253402300799);
  wire.set_seconds(std::numeric_limits<std::int64_t>::max());
  EXPECT_THAT(FromProto(wire), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("range")));
}

}  // namespace
}  // namespace syspulse
