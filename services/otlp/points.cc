#include "services/otlp/points.h"

#include <bit>
#include <cstring>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/remote_write/wire_reader.h"

namespace syspulse {
namespace {

constexpr std::uint64_t kNoRecordedValue = 1;  // of the flags
constexpr std::uint64_t kNanosOfMilli = 1'000'000;

// Numbers of fields that are not the same in all points.
struct Fields {
  std::uint32_t attributes = 0;
  std::uint32_t flags = 0;
};

absl::Status Wrong(const char* sentence) { return absl::InvalidArgumentError(sentence); }
absl::Status Unreadable() { return Wrong("a point cannot be read"); }

// Takes the field at hand if all points have it.
absl::Status TakeCommon(const WireReader& reader, const Fields& fields, OtlpPoint* point) {
  if (reader.Is(fields.attributes, WireType::kBytes)) {
    return AddAttribute(reader.bytes(), &point->attributes);
  }
  if (reader.Is(3, WireType::kFixed64)) {
    point->time_ms = static_cast<std::int64_t>(reader.value() / kNanosOfMilli);
  }
  if (reader.Is(fields.flags, WireType::kVarint)) {
    point->ended = (reader.value() & kNoRecordedValue) != 0;
  }
  return absl::OkStatus();
}

double AsDouble(std::uint64_t bits) { return std::bit_cast<double>(bits); }
double AsCount(std::uint64_t bits) { return static_cast<double>(bits); }

// Takes the field at hand if it is one or more of the numbers of a repeated field, packed or not.
absl::Status TakeNumbers(const WireReader& reader, std::uint32_t field,
                         double (*number_of)(std::uint64_t bits), std::vector<double>* numbers) {
  if (reader.Is(field, WireType::kFixed64)) numbers->push_back(number_of(reader.value()));
  if (reader.Is(field, WireType::kBytes)) {
    if (reader.bytes().size() % 8 != 0) return Unreadable();
    for (std::size_t i = 0; i < reader.bytes().size() && numbers->size() <= kMostBuckets; i += 8) {
      std::uint64_t bits = 0;
      std::memcpy(&bits, reader.bytes().data() + i, sizeof(bits));
      numbers->push_back(number_of(bits));
    }
  }
  if (numbers->size() > kMostBuckets) return Wrong("a point has more than 1000 buckets");
  return absl::OkStatus();
}

absl::StatusOr<std::pair<double, double>> ParseQuantile(std::string_view message) {
  std::pair<double, double> quantile;
  WireReader reader(message);
  while (reader.Next()) {
    if (reader.Is(1, WireType::kFixed64)) quantile.first = AsDouble(reader.value());
    if (reader.Is(2, WireType::kFixed64)) quantile.second = AsDouble(reader.value());
  }
  if (!reader.ok()) return Unreadable();
  return quantile;
}

absl::Status CheckBuckets(const OtlpHistogram& point) {
  const std::size_t buckets = point.bucket_counts.size();
  if (buckets == 0 && point.bounds.empty()) return absl::OkStatus();
  if (buckets != point.bounds.size() + 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("a point has %d bounds and %d buckets", point.bounds.size(), buckets));
  }
  // NaN is neither less nor equal, so it does not pass.
  for (std::size_t i = 0; i < point.bounds.size(); ++i) {
    if (i == 0 ? point.bounds[i] != point.bounds[i] : !(point.bounds[i - 1] < point.bounds[i])) {
      return Wrong("the bounds of a point do not ascend");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OtlpNumber> ParseOtlpNumber(std::string_view message) {
  OtlpNumber point;
  WireReader reader(message);
  while (reader.Next()) {
    RETURN_IF_ERROR(TakeCommon(reader, {.attributes = 7, .flags = 8}, &point));
    if (reader.Is(4, WireType::kFixed64)) point.value = AsDouble(reader.value());
    if (reader.Is(6, WireType::kFixed64)) {
      point.value = static_cast<double>(static_cast<std::int64_t>(reader.value()));
    }
    point.has_value |= reader.Is(4, WireType::kFixed64) || reader.Is(6, WireType::kFixed64);
  }
  if (!reader.ok()) return Unreadable();
  if (!point.has_value && !point.ended) return Wrong("a point has no value");
  return point;
}

absl::StatusOr<OtlpHistogram> ParseOtlpHistogram(std::string_view message) {
  OtlpHistogram point;
  WireReader reader(message);
  while (reader.Next()) {
    RETURN_IF_ERROR(TakeCommon(reader, {.attributes = 9, .flags = 10}, &point));
    if (reader.Is(4, WireType::kFixed64)) point.count = AsCount(reader.value());
    if (reader.Is(5, WireType::kFixed64)) {
      point.sum = AsDouble(reader.value());
      point.has_sum = true;
    }
    RETURN_IF_ERROR(TakeNumbers(reader, 6, AsCount, &point.bucket_counts));
    RETURN_IF_ERROR(TakeNumbers(reader, 7, AsDouble, &point.bounds));
  }
  if (!reader.ok()) return Unreadable();
  RETURN_IF_ERROR(CheckBuckets(point));
  return point;
}

absl::StatusOr<OtlpSummary> ParseOtlpSummary(std::string_view message) {
  OtlpSummary point;
  WireReader reader(message);
  while (reader.Next()) {
    RETURN_IF_ERROR(TakeCommon(reader, {.attributes = 7, .flags = 8}, &point));
    if (reader.Is(4, WireType::kFixed64)) point.count = AsCount(reader.value());
    if (reader.Is(5, WireType::kFixed64)) point.sum = AsDouble(reader.value());
    if (reader.Is(6, WireType::kBytes)) {
      ASSIGN_OR_RETURN(const auto quantile, ParseQuantile(reader.bytes()));
      point.quantiles.push_back(quantile);
      if (point.quantiles.size() > kMostBuckets) return Wrong("a point has over 1000 quantiles");
    }
  }
  if (!reader.ok()) return Unreadable();
  return point;
}

}  // namespace syspulse
