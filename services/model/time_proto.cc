#include <algorithm>
#include <cstdint>

#include "absl/strings/str_format.h"
#include "services/model/proto.h"

namespace syspulse {
namespace {

// Bounds of google.protobuf.Timestamp and Duration; see timestamp.proto and duration.proto.
constexpr std::int64_t kFirstSecond = -62135596800;
constexpr std::int64_t kLastSecond = 253402300799;
constexpr std::int64_t kMostSeconds = 315576000000;
constexpr std::int32_t kNanosPerSecond = 1'000'000'000;

}  // namespace

void ToProto(absl::Time time, google::protobuf::Timestamp* out) {
  const absl::Time clamped =
      std::clamp(time, absl::FromUnixSeconds(kFirstSecond), absl::FromUnixSeconds(kLastSecond));
  const std::int64_t seconds = absl::ToUnixSeconds(clamped);
  out->set_seconds(seconds);
  out->set_nanos(static_cast<std::int32_t>(
      absl::ToInt64Nanoseconds(clamped - absl::FromUnixSeconds(seconds))));
}

void ToProto(absl::Duration duration, google::protobuf::Duration* out) {
  const absl::Duration clamped =
      std::clamp(duration, -absl::Seconds(kMostSeconds), absl::Seconds(kMostSeconds));
  absl::Duration rest;
  out->set_seconds(absl::IDivDuration(clamped, absl::Seconds(1), &rest));
  out->set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(rest)));
}

absl::StatusOr<absl::Time> FromProto(const google::protobuf::Timestamp& in) {
  if (in.seconds() < kFirstSecond || in.seconds() > kLastSecond || in.nanos() < 0 ||
      in.nanos() >= kNanosPerSecond) {
    return absl::InvalidArgumentError(
        absl::StrFormat("timestamp %d s %d ns is out of range", in.seconds(), in.nanos()));
  }
  return absl::FromUnixSeconds(in.seconds()) + absl::Nanoseconds(in.nanos());
}

absl::StatusOr<absl::Duration> FromProto(const google::protobuf::Duration& in) {
  const bool mixed_signs =
      (in.seconds() > 0 && in.nanos() < 0) || (in.seconds() < 0 && in.nanos() > 0);
  if (in.seconds() < -kMostSeconds || in.seconds() > kMostSeconds || mixed_signs ||
      in.nanos() <= -kNanosPerSecond || in.nanos() >= kNanosPerSecond) {
    return absl::InvalidArgumentError(
        absl::StrFormat("duration %d s %d ns is out of range", in.seconds(), in.nanos()));
  }
  return absl::Seconds(in.seconds()) + absl::Nanoseconds(in.nanos());
}

}  // namespace syspulse
