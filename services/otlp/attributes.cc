#include "services/otlp/attributes.h"

#include <bit>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/otlp/metric_names.h"
#include "services/otlp/number_text.h"
#include "services/remote_write/wire_reader.h"

namespace syspulse {
namespace {

constexpr int kDeepest = 8;
constexpr std::size_t kLongestQuote = 80;

absl::Status Unreadable() { return absl::InvalidArgumentError("an attribute cannot be read"); }

std::string JsonText(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      json += absl::StrFormat("\\u%04x", static_cast<int>(c));
    } else {
      json += c;
    }
  }
  return json + "\"";
}

absl::StatusOr<std::string> ValueText(std::string_view any_value, int depth, bool json);

// Returns a list, or a map, in JSON.
absl::StatusOr<std::string> ManyText(std::string_view many, int depth, bool named) {
  if (depth == 0) return absl::InvalidArgumentError("an attribute is nested too deep");
  std::string text(1, named ? '{' : '[');
  WireReader reader(many);
  while (reader.Next()) {
    if (!reader.Is(1, WireType::kBytes)) continue;
    if (text.size() > 1) text += ',';
    std::string_view value = reader.bytes();
    if (named) {
      std::string_view key;
      WireReader member(reader.bytes());
      value = {};
      while (member.Next()) {
        if (member.Is(1, WireType::kBytes)) key = member.bytes();
        if (member.Is(2, WireType::kBytes)) value = member.bytes();
      }
      if (!member.ok()) return Unreadable();
      text += JsonText(key) + ":";
    }
    ASSIGN_OR_RETURN(const std::string inner, ValueText(value, depth - 1, /*json=*/true));
    text += inner;
    if (text.size() > kMostAttributeBytes) {
      return absl::InvalidArgumentError("the value of an attribute is too long");
    }
  }
  if (!reader.ok()) return Unreadable();
  return text + (named ? "}" : "]");
}

// Returns an AnyValue as text.
absl::StatusOr<std::string> ValueText(std::string_view any_value, int depth, bool json) {
  absl::StatusOr<std::string> text = std::string(json ? "null" : "");
  WireReader reader(any_value);
  while (reader.Next()) {
    if (reader.Is(1, WireType::kBytes)) {
      text = json ? JsonText(reader.bytes()) : std::string(reader.bytes());
    } else if (reader.Is(2, WireType::kVarint)) {
      text = reader.value() != 0 ? "true" : "false";
    } else if (reader.Is(3, WireType::kVarint)) {
      text = absl::StrFormat("%d", static_cast<std::int64_t>(reader.value()));
    } else if (reader.Is(4, WireType::kFixed64)) {
      text = PlainNumberText(std::bit_cast<double>(reader.value()));
    } else if (reader.Is(5, WireType::kBytes) || reader.Is(6, WireType::kBytes)) {
      text = ManyText(reader.bytes(), depth, reader.Is(6, WireType::kBytes));
    } else if (reader.Is(7, WireType::kBytes)) {
      const std::string_view bytes = reader.bytes();
      const std::string base64 = absl::Base64Escape({bytes.data(), bytes.size()});
      text = json ? JsonText(base64) : base64;
    }
  }
  if (!reader.ok()) return Unreadable();
  return text;
}

absl::Status CheckSize(std::string_view key, std::string_view value, const Attributes& others) {
  const std::string shown = ToUtf8(key.substr(0, kLongestQuote));
  if (key.size() > kLongestAttributeName) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the name of attribute %s… has %d bytes, and may have %d", shown,
                        key.size(), kLongestAttributeName));
  }
  if (value.size() > kLongestAttributeValue) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the value of attribute %s has %d bytes, and may have %d", shown,
                        value.size(), kLongestAttributeValue));
  }
  std::size_t bytes = key.size() + value.size();
  for (const auto& [name, text] : others) bytes += name.size() + text.size();
  if (others.size() >= kMostAttributes || bytes > kMostAttributeBytes) {
    return absl::InvalidArgumentError(
        absl::StrFormat("there are more than %d attributes, or they have more than %d bytes",
                        kMostAttributes, kMostAttributeBytes));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AddAttribute(std::string_view key_value, Attributes* attributes) {
  std::string_view key;
  std::string_view value;
  WireReader reader(key_value);
  while (reader.Next()) {
    if (reader.Is(1, WireType::kBytes)) key = reader.bytes();
    if (reader.Is(2, WireType::kBytes)) value = reader.bytes();
  }
  if (!reader.ok()) return Unreadable();
  ASSIGN_OR_RETURN(std::string text, ValueText(value, kDeepest, /*json=*/false));
  RETURN_IF_ERROR(CheckSize(key, text, *attributes));
  attributes->emplace(key, std::move(text));
  return absl::OkStatus();
}

std::map<std::string, std::string> LabelsOfAttributes(const Attributes& attributes) {
  std::map<std::string, std::string> labels;
  for (const auto& [name, value] : attributes) {
    const std::string label = PrometheusLabelName(name);
    if (label.empty() || value.empty()) continue;
    std::string& joined = labels[label];
    joined += (joined.empty() ? "" : ";") + value;
  }
  return labels;
}

}  // namespace syspulse
