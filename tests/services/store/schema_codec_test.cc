#include "services/store/schema_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/frames.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

std::string Encoded(const Schema& schema) {
  std::string bytes;
  AppendSchema(schema, &bytes);
  return bytes;
}

// A schema of many families without labels ends with an index that is larger than what is left.
SchemaPtr ManyFamilies() {
  std::vector<Sample> samples;
  for (int i = 0; i < 300; ++i) samples.push_back({.name = absl::StrFormat("m_%d", i)});
  return SchemaOf(samples);
}

TEST(SchemaCodec, ASchemaComesBackAsItWas) {
  const SchemaPtr small =
      SchemaOf({{"a_total", {{"cpu", "0"}, {"mode", "idle"}}, 0, MetricType::kCounter},
                {"a_total", {{"cpu", "1"}, {"mode", ""}}, 0, MetricType::kCounter},
                {"b", {}, 0, MetricType::kUntyped}});
  for (const SchemaPtr& schema : {small, ManyFamilies(), SchemaOf({})}) {
    const auto decoded = DecodeSchema(Encoded(*schema));
    ASSERT_THAT(decoded, IsOk());
    EXPECT_EQ((*decoded)->id(), schema->id());
    EXPECT_EQ((*decoded)->families(), schema->families());
    EXPECT_EQ((*decoded)->series(), schema->series());
  }
}

TEST(SchemaCodec, NoPartOfASchemaIsOne) {
  const std::string bytes = Encoded(*ManyFamilies());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_FALSE(DecodeSchema(bytes.substr(0, size)).ok()) << size;
  }
  EXPECT_THAT(DecodeSchema(bytes + "x"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("decode schema")));
}

TEST(SchemaCodec, DamageIsNoticedAtEveryByte) {
  const std::string bytes = Encoded(*SchemaOf({{"a", {{"cpu", "0"}}}, {"b", {}}}));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x80);
    EXPECT_EQ(DecodeSchema(damaged).status().code(), absl::StatusCode::kDataLoss) << i;
  }
}

}  // namespace
}  // namespace syspulse
