#include "services/api/host_order.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"

namespace syspulse {

struct HostOrder::FieldName {
  std::string_view name;
  Field field;
};

const HostOrder::FieldName HostOrder::kFields[] = {{"hostname", Field::kHostname},
                                                   {"display_name", Field::kDisplayName},
                                                   {"name", Field::kName},
                                                   {"state", Field::kState},
                                                   {"last_seen_time", Field::kLastSeen}};

namespace {

constexpr std::size_t kMostKeys = 4;         // nobody sees what comes after ties in four values
constexpr std::size_t kLongestOrder = 1024;  // more than four of the longest names
constexpr std::size_t kShownOrder = 200;     // bytes of an order in a sentence

int CompareValues(const HostRank::Value& a, const HostRank::Value& b, bool descending) {
  if (!a.known || !b.known) return static_cast<int>(b.known) - static_cast<int>(a.known);
  if (a.number != b.number) return (a.number < b.number) == descending ? 1 : -1;
  if (a.text != b.text) return (a.text < b.text) == descending ? 1 : -1;
  return 0;
}

}  // namespace

// Each value as `1:<number's bits in hexadecimal>:<length of the text>:<text>`.
std::string HostRank::ToText() const {
  std::string text;
  for (const Value& value : values) {
    text += absl::StrFormat("%d:%x:%d:", value.known, std::bit_cast<std::uint64_t>(value.number),
                            value.text.size());
    text += value.text;
  }
  return text;
}

std::optional<HostRank> HostRank::FromText(std::string_view text) {
  HostRank rank;
  while (!text.empty()) {
    const auto known = ParseNumber<int>(TakeUntil(&text, ':'));
    const auto bits = ParseHex<std::uint64_t>(TakeUntil(&text, ':'));
    const auto length = ParseNumber<std::size_t>(TakeUntil(&text, ':'));
    if (!known || !bits || !length || *length > text.size()) return std::nullopt;
    rank.values.push_back({.known = *known != 0,
                           .number = std::bit_cast<double>(*bits),
                           .text = std::string(text.substr(0, *length))});
    text.remove_prefix(*length);
  }
  return rank;
}

absl::StatusOr<HostOrder> HostOrder::Parse(const std::string& text) {
  HostOrder order;
  if (Trim(text).empty()) return order;
  if (text.size() > kLongestOrder) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "order_by has %d bytes; it may have %d at most", text.size(), kLongestOrder));
  }
  const std::vector<std::string_view> parts = Split(text, ',');
  if (parts.size() > kMostKeys) {
    return absl::InvalidArgumentError(
        absl::StrFormat("order_by has %d fields; it may have %d at most", parts.size(), kMostKeys));
  }
  for (const std::string_view part : parts) {
    absl::StatusOr<Key> key = ParseKey(part);
    if (!key.ok()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("order_by '%s': %s", std::string_view(text).substr(0, kShownOrder),
                          std::string(key.status().message())));
    }
    order.keys_.push_back(*key);
    std::string_view rest = part;
    order.canonical_ += std::string(TakeField(&rest)) + (key->descending ? " desc," : ",");
  }
  return order;
}

absl::StatusOr<HostOrder::Key> HostOrder::ParseKey(std::string_view text) {
  std::string_view rest = text;
  const std::string_view name = TakeField(&rest);
  const std::string_view direction = Trim(rest);
  const auto* const found =
      std::ranges::find_if(kFields, [&](const FieldName& one) { return one.name == name; });
  const HostQuantity quantity = HostQuantityOf(name);
  const bool known = found != std::end(kFields) || quantity != nullptr;
  if (!known || (!direction.empty() && direction != "desc")) {
    std::string names;
    for (const FieldName& one : kFields) names += std::string(one.name) + ", ";
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' is none of %s%s, with ' desc' for the greatest first", Trim(text),
                        names, HostQuantityNames()));
  }
  return Key{.field = quantity != nullptr ? Field::kQuantity : found->field,
             .quantity = quantity,
             .descending = direction == "desc"};
}

HostRank::Value HostOrder::ValueOf(const Key& key, const Host& host, const HostSummary& summary) {
  switch (key.field) {
    case Field::kHostname:
      return {.text = host.hostname};
    case Field::kDisplayName:
      return {.text = host.display_name.empty() ? host.hostname : host.display_name};
    case Field::kName:
      return {.text = host.id};
    case Field::kState:
      return {.number = static_cast<double>(host.state)};
    case Field::kLastSeen:
      return {.known = host.last_seen != absl::InfinitePast(),
              .number = absl::ToDoubleSeconds(host.last_seen - absl::UnixEpoch())};
    case Field::kQuantity:
      break;
  }
  const std::optional<double> value = summary.*key.quantity;
  return {.known = value && std::isfinite(*value), .number = value.value_or(0)};
}

HostRank HostOrder::RankOf(const Host& host, const HostSummary& summary) const {
  HostRank rank;
  rank.values.reserve(keys_.size() + 2);
  for (const Key& key : keys_) rank.values.push_back(ValueOf(key, host, summary));
  rank.values.push_back({.text = host.hostname});
  rank.values.push_back({.text = host.id});
  return rank;
}

bool HostOrder::Before(const HostRank& a, const HostRank& b) const {
  const std::size_t count = std::min(a.values.size(), b.values.size());
  for (std::size_t i = 0; i < count; ++i) {
    const bool descending = i < keys_.size() && keys_[i].descending;
    const int compared = CompareValues(a.values[i], b.values[i], descending);
    if (compared != 0) return compared < 0;
  }
  return false;
}

bool HostOrder::NeedsSummary() const {
  return std::ranges::any_of(keys_, [](const Key& key) { return key.field == Field::kQuantity; });
}

}  // namespace syspulse
