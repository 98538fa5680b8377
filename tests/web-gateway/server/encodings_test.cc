// The pure parts: base64, percent-encoding, frames, timeouts, codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"
#include "web-gateway/server/base64.h"
#include "web-gateway/server/compression.h"
#include "web-gateway/server/frame.h"
#include "web-gateway/server/http_message.h"
#include "web-gateway/server/metadata.h"
#include "web-gateway/server/percent_encoding.h"
#include "web-gateway/server/rpc_status.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(Base64, KnowsTheVectorsOfRfc4648) {
  const std::pair<std::string, std::string> kVectors[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : kVectors) {
    EXPECT_EQ(EncodeBase64(plain), encoded);
    EXPECT_EQ(DecodeBase64(encoded), plain);
    EXPECT_EQ(DecodeBase64(EncodeBase64(plain, false)), plain);
  }
  EXPECT_EQ(DecodeBase64("-_-_"), DecodeBase64("+/+/"));
}

TEST(Base64, RefusesWhatIsNotBase64) {
  for (const char* text : {"Z", "Zg=a", "Zm9v Zm9v", "Zm9*", "====", "\xff\xff\xff\xff"}) {
    EXPECT_EQ(DecodeBase64(text), std::nullopt) << text;
  }
}

TEST(Base64, DecoderTakesPiecesAndPaddingInTheMiddle) {
  Base64Decoder decoder;
  EXPECT_EQ(decoder.Feed("Zg"), "");
  EXPECT_FALSE(decoder.complete());
  EXPECT_EQ(decoder.Feed("==Zm8=Zm9v"), "ffofoo");
  EXPECT_TRUE(decoder.complete());
  EXPECT_EQ(decoder.Feed("Z=9v"), std::nullopt);
}

TEST(PercentEncoding, DecodesPathsAndQueries) {
  EXPECT_EQ(PercentDecode("a%2Fb%20c+d"), "a/b c+d");
  EXPECT_EQ(PercentDecode("%"), std::nullopt);
  EXPECT_EQ(PercentDecode("%g0"), std::nullopt);
  EXPECT_THAT(*ParseQuery("a=1&b=x+y%26&&c&d=="),
              ElementsAre(Pair("a", "1"), Pair("b", "x y&"), Pair("c", ""), Pair("d", "=")));
  EXPECT_EQ(ParseQuery("a=%zz"), std::nullopt);
}

TEST(PercentEncoding, GrpcMessagesKeepPrintableAscii) {
  EXPECT_EQ(EncodeGrpcMessage("no 'x' at 5%\r\n\xc3\xa9"), "no 'x' at 5%25%0D%0A%C3%A9");
}

TEST(Frame, SurvivesBeingCutAnywhere) {
  const std::string bytes = EncodeFrame(0, "one") + EncodeFrame(0x80, "");
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    FrameDecoder decoder;
    std::vector<std::string> payloads;
    for (const auto& piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
      decoder.Feed(piece);
      for (auto frame = decoder.Next(); frame.ok() && *frame; frame = decoder.Next()) {
        payloads.push_back((*frame)->payload);
      }
    }
    EXPECT_THAT(payloads, ElementsAre("one", "")) << cut;
    EXPECT_TRUE(decoder.empty());
  }
}

TEST(Frame, RefusesALengthBeyondTheLimitBeforeItsBytesCome) {
  FrameDecoder decoder;
  decoder.Feed(std::string("\0\x00\x40\x00\x01", 5));
  EXPECT_THAT(decoder.Next(), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("4194305")));
}

TEST(RpcStatus, CodesAreNamedAndMapped) {
  EXPECT_EQ(HttpStatusOf(grpc::StatusCode::OK), 200);
  EXPECT_EQ(HttpStatusOf(grpc::StatusCode::CANCELLED), 499);
  EXPECT_EQ(HttpStatusOf(grpc::StatusCode::UNAUTHENTICATED), 401);
  EXPECT_EQ(CodeName(grpc::StatusCode::RESOURCE_EXHAUSTED), "RESOURCE_EXHAUSTED");
  EXPECT_EQ(ConnectCodeName(grpc::StatusCode::CANCELLED), "canceled");
  EXPECT_EQ(ConnectCodeName(grpc::StatusCode::DEADLINE_EXCEEDED), "deadline_exceeded");
}

TEST(RpcStatus, TimeoutsHaveUnits) {
  EXPECT_EQ(*ParseGrpcTimeout("2H"), absl::Hours(2));
  EXPECT_EQ(*ParseGrpcTimeout("100m"), absl::Milliseconds(100));
  EXPECT_EQ(*ParseGrpcTimeout("99999999n"), absl::Nanoseconds(99999999));
  for (const char* text : {"", "1", "S", "-1S", "1s", "999999999S", "1.5S"}) {
    EXPECT_FALSE(ParseGrpcTimeout(text).ok()) << text;
  }
  EXPECT_EQ(*ParseConnectTimeout("1500"), absl::Milliseconds(1500));
  EXPECT_FALSE(ParseConnectTimeout("12345678901").ok());
  EXPECT_FALSE(ParseConnectTimeout("").ok());
}

TEST(RpcStatus, JsonStringsCannotBreakOut) {
  EXPECT_EQ(JsonString("a\"\\\n</script>\xff"),
            "\"a\\\"\\\\\\u000a\\u003c/script\\u003e\xef\xbf\xbd\"");
}

TEST(HttpMessage, HeaderListsHaveWeights) {
  EXPECT_TRUE(ListsToken("br;q=0.9, GZIP", "gzip"));
  EXPECT_FALSE(ListsToken("gzip;q=0, br", "gzip"));
  EXPECT_FALSE(ListsToken("x-gzip", "gzip"));
  EXPECT_EQ(MediaType("Application/JSON ; charset=utf-8"), "application/json");
}

TEST(Metadata, KeepsWhatIsNotOfHttp) {
  const auto metadata = ToMetadata({{"authorization", "k"},
                                    {"host", "x"},
                                    {"te", "trailers"},
                                    {"grpc-timeout", "1S"},
                                    {"if-none-match", "e"},
                                    {"x-forwarded-for", "1.2.3.4"},
                                    {":path", "/"}});
  EXPECT_THAT(*metadata, ElementsAre(Pair("authorization", "k")));
  EXPECT_THAT(ToMetadata({{"x-a-bin", "!"}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("x-a-bin")));
  EXPECT_THAT(ToMetadata({{"x-a", std::string(8000, 'a')}}),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("metadata")));
  EXPECT_THAT(ToMetadata({{"x-a", "\xff"}}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("x-a")));
}

TEST(Metadata, OfAnAnswerCannotLoosenItsHeaders) {
  EXPECT_THAT(ToHeaders({{"content-security-policy", "x"},
                         {"access-control-allow-origin", "*"},
                         {"set-cookie", "a=b"},
                         {"x-ok", "1"},
                         {"x-b-bin", "\1"}}),
              ElementsAre(Pair("x-ok", "1"), Pair("x-b-bin", "AQ")));
}

TEST(Compression, RoundTripsWithinItsLimit) {
  const std::string text(10'000, 'x');
  const auto compressed = Gzip(text, 6);
  ASSERT_TRUE(compressed);
  EXPECT_LT(compressed->size(), 100u);
  EXPECT_EQ(Gunzip(*compressed, 10'000), text);
  EXPECT_EQ(Gunzip(*compressed, 9'999), std::nullopt);
  EXPECT_EQ(Gunzip("not gzip", 100), std::nullopt);
}

}  // namespace
}  // namespace syspulse
