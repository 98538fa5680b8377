#include "clients/cpp/status.h"

#include <gtest/gtest.h>

#include "clients/cpp/channel.h"
#include "syspulse/v1/metrics_service.grpc.pb.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

constexpr std::string_view kServer = "10.0.0.5:50051";

absl::Status Told(grpc::StatusCode code, const char* message) {
  return FromGrpc(grpc::Status(code, message), kServer);
}

TEST(FromGrpc, OkStaysOk) { EXPECT_THAT(FromGrpc(grpc::Status::OK, kServer), IsOk()); }

TEST(FromGrpc, NobodyListeningSaysHowToStartTheService) {
  // A real refusal, so that the words of the installed gRPC are what is recognised. Nothing can
  // listen on port 1 of this address: it is not one of the tests' servers.
  grpc::ClientContext context;
  v1::GetSnapshotResponse response;
  const auto stub = v1::MetricsService::NewStub(MakeChannel({.server = "127.0.0.1:1"}));
  const grpc::Status status = stub->GetSnapshot(&context, {}, &response);
  EXPECT_THAT(FromGrpc(status, "127.0.0.1:1"),
              StatusIs(absl::StatusCode::kUnavailable,
                       "cannot reach syspulsed at 127.0.0.1:1: is it running? (services/up starts "
                       "it)"));
}

TEST(FromGrpc, UnknownNameIsToldApart) {
  EXPECT_THAT(Told(grpc::StatusCode::UNAVAILABLE, "DNS resolution failed for web-1:50051: C-ares"),
              StatusIs(absl::StatusCode::kUnavailable,
                       "cannot reach syspulsed at 10.0.0.5:50051: the name is not known"));
}

TEST(FromGrpc, AGatewayIsNoService) {
  const absl::Status status =
      Told(grpc::StatusCode::UNKNOWN, "Received http2 header with status: 415");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable,
                               "what listens at 10.0.0.5:50051 does not speak gRPC: is that the "
                               "gateway's port?"));
  EXPECT_TRUE(IsNobodyThere(status));
}

TEST(FromGrpc, LostConnectionIsToldApart) {
  EXPECT_THAT(Told(grpc::StatusCode::UNAVAILABLE, "Socket closed"),
              StatusIs(absl::StatusCode::kUnavailable,
                       "lost the connection to syspulsed at 10.0.0.5:50051"));
}

TEST(FromGrpc, WordsOfTheServiceStay) {
  EXPECT_THAT(Told(grpc::StatusCode::UNAVAILABLE, "the service is stopping"),
              StatusIs(absl::StatusCode::kUnavailable, "the service is stopping"));
  EXPECT_THAT(Told(grpc::StatusCode::NOT_FOUND, "no host 'x'; there is web-1"),
              StatusIs(absl::StatusCode::kNotFound, "no host 'x'; there is web-1"));
}

TEST(FromGrpc, AQueryThatTakesTooLongIsNoServerThatIsAway) {
  EXPECT_THAT(Told(grpc::StatusCode::DEADLINE_EXCEEDED, "query timed out after 30s"),
              StatusIs(absl::StatusCode::kDeadlineExceeded, "query timed out after 30s"));
}

TEST(FromGrpc, SlowAnswerNamesTheServer) {
  EXPECT_THAT(Told(grpc::StatusCode::DEADLINE_EXCEEDED, "Deadline Exceeded"),
              StatusIs(absl::StatusCode::kDeadlineExceeded,
                       "syspulsed at 10.0.0.5:50051 did not answer in time"));
}

TEST(IsTransportFailure, IsToldByTheTransportsWords) {
  const auto unavailable = [](const char* message) {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, message);
  };
  EXPECT_TRUE(IsTransportFailure(unavailable("failed to connect to all addresses")));
  EXPECT_TRUE(IsTransportFailure(unavailable("Broken pipe")));  // a service that just ended
  EXPECT_TRUE(IsTransportFailure(unavailable("recvmsg:Connection reset by peer")));
  EXPECT_FALSE(IsTransportFailure(unavailable("the service is stopping")));
  EXPECT_FALSE(IsTransportFailure({grpc::StatusCode::INTERNAL, "Socket closed"}));
}

TEST(IsTransient, TellsWhatTimeHeals) {
  EXPECT_TRUE(IsTransient(absl::UnavailableError("")));
  EXPECT_TRUE(IsTransient(absl::InternalError("")));
  EXPECT_FALSE(IsTransient(absl::InvalidArgumentError("")));
  EXPECT_FALSE(IsTransient(absl::PermissionDeniedError("")));
  EXPECT_FALSE(IsTransient(absl::UnimplementedError("")));
}

}  // namespace
}  // namespace syspulse
