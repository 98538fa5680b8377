#include "services/promql/histogram_quantile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/promql/expr_traits.h"
#include "services/promql/labels.h"
#include "services/promql/table.h"

namespace syspulse::promql {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::string_view kBound = "le";

// Differences below this share of a count come from rounding.
constexpr double kRounding = 1e-12;

// The buckets of one histogram.
struct Histogram {
  Labels labels;                                     // of its series, without the bound
  std::vector<std::pair<double, std::size_t>> rows;  // bounds and rows of the table
};

std::optional<double> ParseBound(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  return ParseNumber<double>(text);
}

void AddUpEqualBounds(std::vector<Bucket>& buckets) {
  std::size_t kept = 0;
  for (std::size_t i = 1; i < buckets.size(); ++i) {
    if (buckets[i].upper_bound == buckets[kept].upper_bound) {
      buckets[kept].count += buckets[i].count;
    } else {
      buckets[++kept] = buckets[i];
    }
  }
  buckets.resize(kept + 1);
}

bool AlmostEqual(double a, double b) {
  return a == b || std::fabs(a - b) / (std::fabs(a) + std::fabs(b)) < kRounding;
}

// Returns whether a count had to be raised by more than what rounding explains.
bool MakeCountsAscend(std::vector<Bucket>& buckets) {
  bool forced = false;
  double most = buckets[0].count;
  for (std::size_t i = 1; i < buckets.size(); ++i) {
    double& count = buckets[i].count;
    if (count < most || AlmostEqual(count, most)) {
      forced |= !AlmostEqual(count, most);
      count = most;
    } else if (count > most) {  // not if one of them is NaN
      most = count;
    }
  }
  return forced;
}

std::vector<Histogram> HistogramsIn(Evaluation& evaluation, Table& table,
                                    const Position& position) {
  std::vector<Histogram> histograms;
  std::unordered_map<Labels, std::size_t, LabelsHash> places;
  for (std::size_t row = 0; row < table.size(); ++row) {
    const Labels& labels = table.labels(row);
    const std::optional<double> bound = ParseBound(labels.Get(kBound));
    if (!bound.has_value()) {
      evaluation.Warn(absl::StrFormat("bucket label \"le\" is missing or has a malformed value of "
                                      "\"%s\" for metric name \"%s\"",
                                      labels.Get(kBound), labels.name()),
                      position);
      continue;
    }
    const Labels whole = LabelsBuilder(labels).Delete(kBound).Build();
    const auto [place, is_new] = places.try_emplace(whole, histograms.size());
    if (is_new) histograms.push_back({.labels = whole});
    histograms[place->second].rows.emplace_back(*bound, row);
  }
  return histograms;
}

}  // namespace

double QuantileOfBuckets(double quantile, std::vector<Bucket>& buckets, bool& forced) {
  if (std::isnan(quantile)) return kNan;
  if (quantile < 0) return -kInfinity;
  if (quantile > 1) return kInfinity;
  std::ranges::stable_sort(buckets, {}, &Bucket::upper_bound);
  if (buckets.empty() || buckets.back().upper_bound != kInfinity) return kNan;
  AddUpEqualBounds(buckets);
  forced |= MakeCountsAscend(buckets);
  const double observations = buckets.back().count;
  if (buckets.size() < 2 || observations == 0) return kNan;
  double rank = quantile * observations;
  const std::size_t last = buckets.size() - 1;
  // By halves, as Prometheus does: among counts that are NaN it matters.
  const auto behind = [rank](const Bucket& bucket) { return !(bucket.count >= rank); };
  const auto found = std::ranges::partition_point(buckets.begin(), buckets.end() - 1, behind);
  const auto place = static_cast<std::size_t>(found - buckets.begin());
  // Nothing is known about how far beyond the last bound values are.
  if (place == last) return buckets[last - 1].upper_bound;
  if (place == 0 && buckets[0].upper_bound <= 0) return buckets[0].upper_bound;
  double lower = 0;
  double count = buckets[place].count;
  if (place > 0) {
    lower = buckets[place - 1].upper_bound;
    count -= buckets[place - 1].count;
    rank -= buckets[place - 1].count;
  }
  return lower + (buckets[place].upper_bound - lower) * (rank / count);
}

absl::Status HistogramQuantileRows(Evaluation& evaluation, std::span<const double> quantiles,
                                   const Expr& expr, const Grid& grid, const RowSink& sink) {
  ASSIGN_OR_RETURN(Table table, evaluation.Collect(expr, grid));
  // Histograms of different metrics are kept apart, but may not meet once their names are dropped.
  const bool must_look = !DiffersWithoutName(expr);
  DistinctTable distinct(grid.count, evaluation.context());
  std::vector<double> row(grid.count);
  std::vector<Bucket> buckets;
  bool forced = false;
  for (const Histogram& histogram : HistogramsIn(evaluation, table, expr.position)) {
    RETURN_IF_ERROR(evaluation.context().Check());
    for (std::size_t step = 0; step < grid.count; ++step) {
      buckets.clear();
      for (const auto& [bound, index] : histogram.rows) {
        const double count = table.values(index)[step];
        if (!IsAbsent(count)) buckets.push_back({.upper_bound = bound, .count = count});
      }
      row[step] = buckets.empty() ? kAbsent : QuantileOfBuckets(quantiles[step], buckets, forced);
    }
    const Labels labels = histogram.labels.WithoutName();
    RETURN_IF_ERROR(must_look ? distinct.Add(labels, row) : sink(labels, row));
  }
  if (forced) {
    evaluation.Inform(
        "input to histogram_quantile needed to be fixed for monotonicity (see "
        "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)",
        expr.position);
  }
  return distinct.SendTo(sink);
}

}  // namespace syspulse::promql
