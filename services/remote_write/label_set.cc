#include "services/remote_write/label_set.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "services/base/metric_name.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/remote_write/wire_reader.h"

namespace syspulse {
namespace {

constexpr std::string_view kMetricLabel = "__name__";
constexpr std::size_t kMostQuotedBytes = 200;

std::string Quote(std::string_view text) { return ToUtf8(text.substr(0, kMostQuotedBytes)); }

bool IsUtf8(std::string_view text) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  return std::ranges::all_of(text, is_ascii) || ToUtf8(text) == text;
}

absl::StatusOr<LabelView> ParseLabel(std::string_view bytes) {
  LabelView label;
  WireReader reader(bytes);
  while (reader.Next()) {
    if (reader.Is(1, WireType::kBytes)) label.name = reader.bytes();
    if (reader.Is(2, WireType::kBytes)) label.value = reader.bytes();
  }
  if (!reader.ok()) return absl::InvalidArgumentError("a label cannot be read");
  return label;
}

absl::Status CheckLabel(const LabelView& label) {
  if (!IsLabelName(label.name)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' is not a label name", Quote(label.name)));
  }
  if (!IsUtf8(label.value)) {
    return absl::InvalidArgumentError(absl::StrFormat("the value '%s' of label %s is not UTF-8",
                                                      Quote(label.value), Quote(label.name)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LabelSet> ParseLabelSet(std::string_view fields) {
  if (fields.size() > kMostLabelBytes) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "the labels of a series take %d bytes, and may take %d", fields.size(), kMostLabelBytes));
  }
  LabelSet set;
  WireReader reader(fields);
  while (reader.Next()) {
    if (!reader.Is(1, WireType::kBytes)) continue;
    ASSIGN_OR_RETURN(const LabelView label, ParseLabel(reader.bytes()));
    RETURN_IF_ERROR(CheckLabel(label));
    set.labels.push_back(label);
  }
  if (!reader.ok()) return absl::InvalidArgumentError("the labels of a series cannot be read");
  if (set.labels.size() > kMostLabels) {
    return absl::InvalidArgumentError(
        absl::StrFormat("a series has %d labels, and may have %d", set.labels.size(), kMostLabels));
  }
  std::ranges::stable_sort(set.labels, {}, &LabelView::name);
  const auto twice = std::ranges::adjacent_find(set.labels, {}, &LabelView::name);
  if (twice != set.labels.end()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("label %s of a series stands twice", Quote(twice->name)));
  }
  const auto metric = std::ranges::find(set.labels, kMetricLabel, &LabelView::name);
  if (metric != set.labels.end()) {
    set.metric = metric->value;
    set.labels.erase(metric);
  }
  std::erase_if(set.labels, [](const LabelView& label) { return label.value.empty(); });
  if (set.metric.empty()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "a series has no __name__: %s", set.labels.empty() ? "{}" : DescribeLabels(set)));
  }
  if (!IsMetricName(set.metric)) {
    return absl::InvalidArgumentError(absl::StrFormat("'%s' is not a metric name, in %s",
                                                      Quote(set.metric), DescribeLabels(set)));
  }
  return set;
}

void AppendLabelField(const LabelView& label, std::string* fields) {
  const auto put_size = [fields](std::size_t size) {
    for (; size >= 0x80; size >>= 7) fields->push_back(static_cast<char>(size | 0x80));
    fields->push_back(static_cast<char>(size));
  };
  const auto bytes_of_size = [](std::size_t size) {
    std::size_t bytes = 1;
    for (; size >= 0x80; size >>= 7) ++bytes;
    return bytes;
  };
  fields->push_back('\x0a');  // field 1, bytes
  put_size(2 + bytes_of_size(label.name.size()) + label.name.size() +
           bytes_of_size(label.value.size()) + label.value.size());
  fields->push_back('\x0a');
  put_size(label.name.size());
  fields->append(label.name);
  fields->push_back('\x12');  // field 2, bytes
  put_size(label.value.size());
  fields->append(label.value);
}

std::string SpellLabelSet(const LabelSet& set) {
  std::string fields;
  const auto behind = std::ranges::lower_bound(set.labels, kMetricLabel, {}, &LabelView::name);
  for (auto label = set.labels.begin(); label != behind; ++label) AppendLabelField(*label, &fields);
  AppendLabelField({.name = kMetricLabel, .value = set.metric}, &fields);
  for (auto label = behind; label != set.labels.end(); ++label) AppendLabelField(*label, &fields);
  return fields;
}

std::string DescribeFields(std::string_view fields) {
  LabelSet set;
  WireReader reader(fields);
  while (reader.Next() && set.labels.size() < kMostLabels) {
    if (!reader.Is(1, WireType::kBytes)) continue;
    const absl::StatusOr<LabelView> label = ParseLabel(reader.bytes());
    if (!label.ok()) break;
    if (label->name == kMetricLabel) {
      set.metric = label->value;
    } else {
      set.labels.push_back(*label);
    }
  }
  return set.metric.empty() && set.labels.empty() ? "{}" : DescribeLabels(set);
}

std::string DescribeLabels(const LabelSet& set) {
  std::string text(set.metric);
  for (std::size_t i = 0; i < set.labels.size() && text.size() < kMostQuotedBytes; ++i) {
    text +=
        absl::StrFormat("%s%s=\"%s\"", i == 0 ? "{" : ",", set.labels[i].name, set.labels[i].value);
  }
  if (!set.labels.empty()) text += "}";
  return Quote(text);
}

}  // namespace syspulse
