#include "clients/cli/output/series_text.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "clients/cli/output/safe_text.h"
#include "clients/cli/output/units.h"

namespace syspulse {
namespace {

// QueryService's GridSeries.values.
constexpr std::uint64_t kGapBits = 0x7ff0'0000'0000'0002;

// Without an exponent where people still read it: between a millionth and a quadrillion.
constexpr double kLeastPlain = 1e-6;
constexpr double kMostPlain = 1e15;

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (c == '\n') {
      quoted += "\\n";
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace

SortedLabels Sorted(const LabelMap& labels) { return {labels.begin(), labels.end()}; }

std::string SeriesText(const SortedLabels& labels) {
  std::string name;
  std::string inside;
  for (const auto& [label, value] : labels) {
    if (label == kNameLabel) {
      name = value;
      continue;
    }
    inside += (inside.empty() ? "" : ", ") + label + "=" + Quoted(value);
  }
  if (name.empty() || !inside.empty()) name += "{" + inside + "}";
  return SafeText(name);
}

SeriesNames NamesOf(const std::vector<SortedLabels>& series) {
  SeriesNames names;
  SortedLabels shared;
  if (series.size() > 1) shared = series.front();
  for (const SortedLabels& labels : series) {
    std::erase_if(shared, [&](const auto& label) {
      const auto found = labels.find(label.first);
      return found == labels.end() || found->second != label.second;
    });
  }
  if (!shared.empty()) names.shared = SeriesText(shared);
  for (SortedLabels labels : series) {
    std::erase_if(labels, [&](const auto& label) { return shared.contains(label.first); });
    names.names.push_back(SeriesText(labels));
  }
  return names;
}

std::string ValueText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  const double size = std::abs(value);
  if (size != 0 && (size < kLeastPlain || size >= kMostPlain)) return ExactNumber(value);
  std::array<char, 64> buffer;
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  return error == std::errc() ? std::string(buffer.data(), end) : ExactNumber(value);
}

bool IsGap(double value) { return std::bit_cast<std::uint64_t>(value) == kGapBits; }

}  // namespace syspulse
