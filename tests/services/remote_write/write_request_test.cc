#include "services/remote_write/write_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/remote_write/wire_reader.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/write_request.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const TestLabels kUp = {{"__name__", "up"}, {"job", "node"}};

// Returns the only field of a request.
std::string OnlyField(const std::string& request) {
  WireReader reader(request);
  EXPECT_TRUE(reader.Next());
  return std::string(reader.bytes());
}

TEST(WriteRequest, ASeriesHasItsLabelFieldsAndItsSamples) {
  const std::string bytes = OnlyField(TestWrite().Series(kUp, {{1.5, 1000}, {0, -2000}}).request());
  SeriesMessage message;
  ASSERT_TRUE(ParseSeriesMessage(bytes, &message));
  EXPECT_EQ(message.labels, LabelFields(kUp));
  EXPECT_THAT(message.samples, ElementsAre(WrittenSample{1.5, 1000}, WrittenSample{0, -2000}));
}

TEST(WriteRequest, WhatIsZeroNeedNotBeSaid) {
  std::string bytes = LabelFields(kUp);
  PutWireBytes(2, "", &bytes);
  SeriesMessage message;
  ASSERT_TRUE(ParseSeriesMessage(bytes, &message));
  EXPECT_THAT(message.samples, ElementsAre(WrittenSample{0, 0}));
}

TEST(WriteRequest, LabelsMayStandApart) {
  std::string bytes = LabelFields({kUp[0]});
  PutWireBytes(2, "", &bytes);
  bytes += LabelFields({kUp[1]});
  PutWireBytes(3, "an exemplar", &bytes);
  PutWireBytes(4, "a histogram", &bytes);
  bytes += LabelFields({{"z", "1"}});
  SeriesMessage message;
  for (int i = 0; i < 2; ++i) {  // its memory is used again
    ASSERT_TRUE(ParseSeriesMessage(bytes, &message));
    EXPECT_EQ(message.labels, LabelFields({kUp[0], kUp[1], {"z", "1"}}));
    EXPECT_EQ(message.exemplars, 1);
    EXPECT_EQ(message.histograms, 1);
  }
}

TEST(WriteRequest, ASeriesThatIsCutOffIsNone) {
  std::string bytes = OnlyField(TestWrite().Series(kUp, {{1.5, 1000}}).request());
  const std::size_t labels = LabelFields(kUp).size();
  SeriesMessage message;
  for (std::size_t size = labels + 1; size < bytes.size(); ++size) {
    EXPECT_FALSE(ParseSeriesMessage(std::string_view(bytes).substr(0, size), &message)) << size;
  }
  bytes[labels + 1] = 3;  // bytes of the sample, whose value has eight
  EXPECT_FALSE(ParseSeriesMessage(bytes, &message));
}

TEST(WriteRequest, FieldsThatMakeNoSenseEndAMessage) {
  for (const std::string_view bytes :
       {std::string_view("\x00", 1), std::string_view("\x0b"), std::string_view("\x0a\xff"),
        std::string_view("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
        std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
        std::string_view("\x0d")}) {
    WireReader reader(bytes);
    EXPECT_FALSE(reader.Next());
    EXPECT_FALSE(reader.ok());
  }
}

TEST(WriteRequest, MetadataSaysWhatAMetricMeans) {
  const std::string bytes = OnlyField(TestWrite().Metadata(3, "a", "Help.", "seconds").request());
  MetadataMessage message;
  ASSERT_TRUE(ParseMetadataMessage(bytes, &message));
  EXPECT_EQ(message.type, 3U);
  EXPECT_EQ(message.family, "a");
  EXPECT_EQ(message.help, "Help.");
  EXPECT_EQ(message.unit, "seconds");
}

TEST(WriteRequest, ABodyIsDecompressed) {
  const TestWrite write = TestWrite().Series(kUp, {{1, 1}});
  std::string request;
  ASSERT_THAT(DecompressBody(write.Body(), &request), IsOk());
  EXPECT_EQ(request, write.request());
}

TEST(WriteRequest, ABodyThatClaimsTooMuchIsNotBelieved) {
  std::string request;
  std::string bomb;
  PutWireVarint(kMostRequestBytes + 1, &bomb);
  const absl::Status large = DecompressBody(bomb, &request);
  EXPECT_TRUE(absl::IsOutOfRange(large));
  EXPECT_THAT(std::string(large.message()), HasSubstr("send smaller requests"));
  EXPECT_THAT(request, IsEmpty());
  std::string false_size;
  PutWireVarint(kMostRequestBytes, &false_size);
  EXPECT_THAT(std::string(DecompressBody(false_size, &request).message()),
              HasSubstr("cannot become the 33554432 that it claims"));
  false_size.clear();
  PutWireVarint(50, &false_size);
  false_size += "abc";
  EXPECT_TRUE(absl::IsInvalidArgument(DecompressBody(false_size, &request)));
  EXPECT_TRUE(absl::IsInvalidArgument(DecompressBody("", &request)));
  EXPECT_TRUE(absl::IsInvalidArgument(DecompressBody("\xff\xff\xff\xff\xff\xff", &request)));
}

}  // namespace
}  // namespace syspulse
