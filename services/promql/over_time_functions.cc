#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "services/promql/exact_sum.h"
#include "services/promql/sliding_sum.h"
#include "services/promql/window_functions.h"

namespace syspulse::promql {
namespace {

std::span<const double> ValuesIn(const WindowedSeries& series, Window window) {
  return series.values.subspan(window.first, window.size());
}

double SumOf(const ExactSum& sum, std::span<const double> values) {
  const double total = sum.Total();
  if (std::isfinite(total)) return total;
  // If it is too large for a double, the order matters: that of time decides between infinities.
  ExactSum in_order;
  for (const double value : values) in_order.Add(value);
  return in_order.Total();
}

double MeanOf(const ExactSum& sum, std::span<const double> values) {
  const auto count = static_cast<double>(values.size());
  if (!std::isinf(sum.sum) && !std::isnan(sum.sum)) return sum.sum / count + sum.lost / count;
  // Too large for a sum, but perhaps not for a mean.
  ExactMean mean;
  for (const double value : values) mean.Add(value);
  return mean.Total();
}

template <double (*kOf)(const ExactSum&, std::span<const double>)>
absl::Status OfSums(const WindowedSeries& series, std::span<double> out) {
  const SlidingSum sums(series.values, series.windows, series.finder->Cuts());
  return ForEachWindow(series, out, [&](std::size_t step, Window window) {
    return kOf(sums.Of(step), ValuesIn(series, window));
  });
}

bool Greater(double a, double b) { return a > b; }
bool Less(double a, double b) { return a < b; }

// The greatest or least value of windows that slide over a column: each value is looked at once,
// however many windows hold it. A number wins over NaN, and the first of equal ones over the
// others.
template <bool (*kWins)(double, double)>
class SlidingExtreme {
 public:
  explicit SlidingExtreme(std::span<const double> values)
      : values_(values), candidates_(values.size()) {}

  // Windows come in the order of their ends, and of their starts.
  double Of(Window window) {
    if (next_ < window.first) {  // a gap between windows
      next_ = window.first;
      begin_ = end_;
    }
    for (; next_ < window.last; ++next_) Add(next_);
    while (candidates_[begin_] < window.first) ++begin_;
    return values_[candidates_[begin_]];
  }

 private:
  // Whoever came before and does not win over the new value never will be the extreme again.
  void Add(std::uint32_t place) {
    const double value = values_[place];
    while (end_ > begin_ && Yields(values_[candidates_[end_ - 1]], value)) --end_;
    candidates_[end_++] = place;
  }
  static bool Yields(double before, double value) {
    return kWins(value, before) || std::isnan(before);
  }

  const std::span<const double> values_;
  std::vector<std::uint32_t> candidates_;  // places, ascending; each loses to the one before it
  std::size_t begin_ = 0;                  // of the candidates that count
  std::size_t end_ = 0;
  std::uint32_t next_ = 0;  // the first value that was not looked at
};

template <bool (*kWins)(double, double)>
absl::Status Extreme(const WindowedSeries& series, std::span<double> out) {
  SlidingExtreme<kWins> extreme(series.values);
  return ForEachWindow(series, out, [&](std::size_t, Window window) { return extreme.Of(window); });
}

// Welford's method, with the rounding errors of both sums kept.
double VarianceOf(std::span<const double> values) {
  ExactSum mean;
  ExactSum squares;
  double count = 0;
  for (const double value : values) {
    ++count;
    const double delta = value - (mean.sum + mean.lost);
    mean.Add(delta / count);
    squares.Add(delta * (value - (mean.sum + mean.lost)));
  }
  return (squares.sum + squares.lost) / count;
}

double DeviationOf(std::span<const double> values) { return std::sqrt(VarianceOf(values)); }
double CountOf(std::span<const double> values) { return static_cast<double>(values.size()); }
double LastOf(std::span<const double> values) { return values.back(); }
double PresentOf(std::span<const double>) { return 1; }

template <double (*kReduce)(std::span<const double>)>
absl::Status Reduce(const WindowedSeries& series, std::span<double> out) {
  return ForEachWindow(
      series, out, [&](std::size_t, Window window) { return kReduce(ValuesIn(series, window)); });
}

absl::Status QuantileOverTime(const WindowedSeries& series, std::span<double> out) {
  std::vector<double> sorted;
  return ForEachWindow(series, out, [&](std::size_t step, Window window) {
    const std::span<const double> values = ValuesIn(series, window);
    sorted.assign(values.begin(), values.end());
    return QuantileOf(series.parameters[0][step], sorted);
  });
}

constexpr std::pair<std::string_view, WindowFunction> kFunctions[] = {
    {"avg_over_time", OfSums<MeanOf>},        {"count_over_time", Reduce<CountOf>},
    {"last_over_time", Reduce<LastOf>},       {"max_over_time", Extreme<Greater>},
    {"min_over_time", Extreme<Less>},         {"present_over_time", Reduce<PresentOf>},
    {"quantile_over_time", QuantileOverTime}, {"stddev_over_time", Reduce<DeviationOf>},
    {"stdvar_over_time", Reduce<VarianceOf>}, {"sum_over_time", OfSums<SumOf>},
};

}  // namespace

double QuantileOf(double quantile, std::span<double> values) {
  if (values.empty() || std::isnan(quantile)) return std::numeric_limits<double>::quiet_NaN();
  if (quantile < 0) return -std::numeric_limits<double>::infinity();
  if (quantile > 1) return std::numeric_limits<double>::infinity();
  const double rank = quantile * static_cast<double>(values.size() - 1);
  const auto lower = static_cast<std::size_t>(rank);
  const std::size_t upper = std::min(values.size() - 1, lower + 1);
  const double weight = rank - std::floor(rank);
  // NaN stands before all numbers.
  const auto less = [](double a, double b) { return std::isnan(a) ? !std::isnan(b) : a < b; };
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(lower);
  std::nth_element(values.begin(), middle, values.end(), less);
  const double above = upper == lower ? *middle : *std::min_element(middle + 1, values.end(), less);
  return *middle * (1 - weight) + above * weight;
}

LooksAt LooksAtOf(WindowFunction function) {
  return function == Reduce<CountOf> || function == Reduce<PresentOf> ? LooksAt::kPresence
                                                                      : LooksAt::kValues;
}

WindowFunction FindOverTimeFunction(std::string_view name) {
  for (const auto& [function, call] : kFunctions) {
    if (function == name) return call;
  }
  return nullptr;
}

}  // namespace syspulse::promql
