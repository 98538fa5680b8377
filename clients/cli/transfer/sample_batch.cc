#include "clients/cli/transfer/sample_batch.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <numeric>

namespace syspulse {
namespace {

constexpr std::size_t kBytesAroundLabels = 16;  // of a message, about

// Returns places in the order of time; of one time in the order they have.
std::vector<std::size_t> OrderOf(const std::vector<std::int64_t>& times_ms) {
  std::vector<std::size_t> order(times_ms.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return times_ms[i]; });
  return order;
}

bool AreSame(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

}  // namespace

std::size_t SampleBatch::PlaceOf(const SeriesLabels& labels) {
  const auto [found, is_new] = places_.try_emplace(labels, lists_.size());
  if (is_new) {
    lists_.emplace_back();
    for (const auto& [name, value] : labels) {
      label_bytes_ += name.size() + value.size() + kBytesAroundLabels;
    }
  }
  return found->second;
}

void SampleBatch::Add(std::size_t place, std::int64_t time_ms, double value) {
  lists_[place].times_ms.push_back(time_ms);
  lists_[place].values.push_back(value);
  ++samples_;
}

void SampleBatch::Describe(const v1::MetricFamily& family) {
  const auto [known, is_new] = families_.insert_or_assign(family.name(), family);
  if (is_new) label_bytes_ += family.ByteSizeLong();
}

void SampleBatch::PutInOrder(const SampleList& list, v1::MatrixSeries* series) {
  for (const std::size_t i : OrderOf(list.times_ms)) {
    const int count = series->times_ms_size();
    if (count > 0 && series->times_ms(count - 1) == list.times_ms[i]) {
      if (!AreSame(series->values(count - 1), list.values[i])) ++conflicting_samples_;
      continue;
    }
    series->add_times_ms(list.times_ms[i]);
    series->add_values(list.values[i]);
  }
}

v1::ImportSeriesRequest SampleBatch::Take() {
  v1::ImportSeriesRequest request;
  for (const auto& [name, family] : families_) *request.add_families() = family;
  for (const auto& [labels, place] : places_) {
    SampleList& list = lists_[place];
    v1::MatrixSeries* const series = request.add_series();
    series->mutable_labels()->insert(labels.begin(), labels.end());
    if (std::ranges::adjacent_find(list.times_ms, std::greater_equal<>()) == list.times_ms.end()) {
      series->mutable_times_ms()->Add(list.times_ms.begin(), list.times_ms.end());
      series->mutable_values()->Add(list.values.begin(), list.values.end());
    } else {
      PutInOrder(list, series);
    }
    list = {};  // one copy at a time
  }
  places_.clear();
  lists_.clear();
  families_.clear();
  samples_ = 0;
  label_bytes_ = 0;
  return request;
}

}  // namespace syspulse
