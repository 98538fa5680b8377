#include "services/otlp/attributes.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

#include "opentelemetry/proto/common/v1/common.pb.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using Code = absl::StatusCode;

std::string Encoded(const std::string& text) {
  opentelemetry::proto::common::v1::KeyValue attribute;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &attribute)) << text;
  return attribute.SerializeAsString();
}

// Returns the text of a value.
std::string TextOf(const std::string& value) {
  Attributes attributes;
  EXPECT_THAT(AddAttribute(Encoded("key: 'k' value { " + value + " }"), &attributes), IsOk());
  return attributes["k"];
}

TEST(OtlpAttributes, ValuesOfAnyKindAreTexts) {
  EXPECT_EQ(TextOf("string_value: 'a\"b'"), "a\"b");
  EXPECT_EQ(TextOf("bool_value: true"), "true");
  EXPECT_EQ(TextOf("int_value: -7"), "-7");
  EXPECT_EQ(TextOf("double_value: 1e6"), "1000000");
  EXPECT_EQ(TextOf("double_value: 0.1"), "0.1");
  EXPECT_EQ(TextOf("bytes_value: 'abc'"), "YWJj");
  EXPECT_EQ(
      TextOf("array_value { values { string_value: 'a\"\\n' } values { int_value: 1 } values {} }"),
      R"(["a\"\u000a",1,null])");
  EXPECT_EQ(TextOf("kvlist_value { values { key: 'x' value { bool_value: false } } }"),
            R"({"x":false})");
  EXPECT_EQ(TextOf(""), "");
}

TEST(OtlpAttributes, BecomeLabelsAndThoseThatBecomeOneAreJoined) {
  EXPECT_THAT(LabelsOfAttributes({{"a.b", "1"}, {"a_b", "2"}, {"empty", ""}, {"__name__", "x"}}),
              ElementsAre(Pair("a_b", "1;2")));
}

TEST(OtlpAttributes, AreBounded) {
  Attributes attributes;
  EXPECT_THAT(AddAttribute("\x0a\x7f", &attributes),
              StatusIs(Code::kInvalidArgument, HasSubstr("cannot be read")));
  const std::string huge(64 << 10, 'x');
  EXPECT_THAT(AddAttribute(Encoded("key: '" + huge + "'"), &attributes),
              StatusIs(Code::kInvalidArgument, HasSubstr("has 65536 bytes, and may have 512")));
  EXPECT_THAT(AddAttribute(Encoded("key: 'k' value { string_value: '" + huge + "' }"), &attributes),
              StatusIs(Code::kInvalidArgument, HasSubstr("attribute k has 65536 bytes")));
  std::string deep;
  for (int i = 0; i < 50; ++i) {
    std::string list = deep;
    const auto wrapped = [](char tag, const std::string& bytes) {
      return std::string(1, tag) + static_cast<char>(bytes.size()) + bytes;
    };
    deep = i > 20 ? deep : wrapped('\x2a', wrapped('\x0a', list));
  }
  EXPECT_THAT(
      AddAttribute("\x12" + std::string(1, static_cast<char>(deep.size())) + deep, &attributes),
      StatusIs(Code::kInvalidArgument, HasSubstr("too deep")));
  EXPECT_TRUE(attributes.empty());
  absl::Status status;
  for (int i = 0; i < 200 && status.ok(); ++i) {
    status = AddAttribute(Encoded("key: 'k" + std::to_string(i) + "'"), &attributes);
  }
  EXPECT_THAT(status, StatusIs(Code::kInvalidArgument, HasSubstr("more than 128 attributes")));
}

}  // namespace
}  // namespace syspulse
