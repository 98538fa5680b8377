#include "services/promql/labels.h"

#include <algorithm>
#include <cstring>
#include <functional>

#include "absl/strings/str_format.h"
#include "services/promql/quote.h"

namespace syspulse::promql {

Labels Labels::Of(std::initializer_list<Label> labels) {
  return Of(std::span<const Label>(labels.begin(), labels.size()));
}

Labels Labels::Of(std::span<const Label> labels) {
  LabelsBuilder builder;
  for (const Label& label : labels) builder.Set(label.name, label.value);
  return builder.Build();
}

Labels Labels::OfSorted(std::span<const Label> labels) {
  if (labels.empty()) return Labels();
  std::size_t size = labels.size() * sizeof(Ends);
  for (const Label& label : labels) size += label.name.size() + label.value.size();
  auto block = std::make_shared<Block>();
  block->count = labels.size();
  block->bytes.resize(labels.size() * sizeof(Ends));
  block->bytes.reserve(size);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    Ends ends;
    block->bytes.append(labels[i].name);
    ends.name = static_cast<std::uint32_t>(block->bytes.size());
    block->bytes.append(labels[i].value);
    ends.value = static_cast<std::uint32_t>(block->bytes.size());
    std::memcpy(block->bytes.data() + i * sizeof(Ends), &ends, sizeof(Ends));
  }
  block->hash = std::hash<std::string_view>()(block->bytes);
  return Labels(std::move(block));
}

Labels::Ends Labels::EndsAt(std::size_t index) const {
  Ends ends;
  std::memcpy(&ends, block_->bytes.data() + index * sizeof(Ends), sizeof(Ends));
  return ends;
}

Label Labels::operator[](std::size_t index) const {
  const std::string_view text = block_->bytes;
  const std::size_t start = index == 0 ? block_->count * sizeof(Ends) : EndsAt(index - 1).value;
  const Ends ends = EndsAt(index);
  return {.name = text.substr(start, ends.name - start),
          .value = text.substr(ends.name, ends.value - ends.name)};
}

std::string_view Labels::Get(std::string_view name) const {
  for (std::size_t i = 0; i < size(); ++i) {
    const Label label = (*this)[i];
    if (label.name == name) return label.value;
    if (label.name > name) break;
  }
  return {};
}

Labels Labels::WithoutName() const {
  if (name().empty()) return *this;
  std::vector<Label> rest;
  rest.reserve(size());
  for (std::size_t i = 0; i < size(); ++i) {
    if (const Label label = (*this)[i]; label.name != kMetricName) rest.push_back(label);
  }
  return OfSorted(rest);
}

std::string Labels::ToString() const {
  std::string text(name());
  std::string inner;
  for (std::size_t i = 0; i < size(); ++i) {
    const Label label = (*this)[i];
    if (label.name == kMetricName) continue;
    inner += absl::StrFormat("%s%s=%s", inner.empty() ? "" : ", ", label.name, Quote(label.value));
  }
  if (!inner.empty() || text.empty()) text += "{" + inner + "}";
  return text;
}

std::string Labels::InBraces() const {
  std::string inner;
  for (std::size_t i = 0; i < size(); ++i) {
    const Label label = (*this)[i];
    inner += absl::StrFormat("%s%s=%s", i == 0 ? "" : ", ", label.name, Quote(label.value));
  }
  return "{" + inner + "}";
}

bool Labels::operator==(const Labels& other) const {
  if (block_ == other.block_) return true;
  if (block_ == nullptr || other.block_ == nullptr) return false;
  return block_->hash == other.block_->hash && block_->bytes == other.block_->bytes;
}

std::strong_ordering Labels::operator<=>(const Labels& other) const {
  const std::size_t both = std::min(size(), other.size());
  for (std::size_t i = 0; i < both; ++i) {
    if (const auto order = (*this)[i] <=> other[i]; order != 0) return order;
  }
  return size() <=> other.size();
}

LabelsBuilder::LabelsBuilder(const Labels& base) {
  labels_.reserve(base.size() + 1);
  for (std::size_t i = 0; i < base.size(); ++i) {
    labels_.emplace_back(base[i].name, base[i].value);
  }
}

LabelsBuilder& LabelsBuilder::Set(std::string_view name, std::string_view value) {
  const auto place = std::ranges::lower_bound(
      labels_, name, {}, [](const auto& label) { return std::string_view(label.first); });
  const bool there = place != labels_.end() && place->first == name;
  if (value.empty()) {
    if (there) labels_.erase(place);
  } else if (there) {
    place->second = value;
  } else {
    labels_.emplace(place, name, value);
  }
  return *this;
}

LabelsBuilder& LabelsBuilder::Keep(std::span<const std::string> names) {
  std::erase_if(labels_, [&](const auto& label) {
    return std::ranges::find(names, label.first) == names.end();
  });
  return *this;
}

LabelsBuilder& LabelsBuilder::DeleteAll(std::span<const std::string> names) {
  std::erase_if(labels_, [&](const auto& label) {
    return std::ranges::find(names, label.first) != names.end();
  });
  return *this;
}

Labels LabelsBuilder::Build() const {
  std::vector<Label> labels;
  labels.reserve(labels_.size());
  for (const auto& [name, value] : labels_) labels.push_back({.name = name, .value = value});
  return Labels::OfSorted(labels);
}

}  // namespace syspulse::promql
