#include "services/promql/ranking.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/metric_name.h"
#include "services/base/status_macros.h"
#include "services/promql/label_groups.h"
#include "services/promql/math_functions.h"
#include "services/promql/quote.h"
#include "services/promql/table.h"
#include "services/promql/window_functions.h"

namespace syspulse::promql {
namespace {

// Rows of a table by the group they belong to, in the order they came.
std::vector<std::vector<std::size_t>> GroupRows(const Table& table, LabelGroups& groups) {
  std::vector<std::vector<std::size_t>> members;
  for (std::size_t row = 0; row < table.size(); ++row) {
    const std::size_t group = groups.Add(table.labels(row));
    if (group == members.size()) members.emplace_back();
    members[group].push_back(row);
  }
  return members;
}

std::uint64_t BitsOf(double value) { return std::bit_cast<std::uint64_t>(value); }

struct Candidate {
  double value = 0;
  std::size_t row = 0;
};

// As Go writes numbers of that size, and what is none: 9.3e+18.
std::string FormatLarge(double value) {
  if (!std::isfinite(value)) return FormatFloat(value);
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::scientific);
  return std::string(buffer.data(), end.ptr);
}

// Returns how many rows are wanted at each step: no number of them is too large, but it must be
// one.
absl::StatusOr<std::vector<std::size_t>> CountsWanted(const Evaluation& evaluation,
                                                      std::span<const double> column) {
  constexpr double kLeast = -9223372036854775808.0;
  constexpr double kMost = 9223372036854774784.0;
  std::vector<std::size_t> counts;
  for (const double wanted : column) {
    if (std::isnan(wanted) && evaluation.options().later_corrections) {
      return absl::FailedPreconditionError("Parameter value is NaN");
    }
    if (!(wanted >= kLeast && wanted <= kMost)) {
      return absl::FailedPreconditionError(
          absl::StrFormat("Scalar value %s overflows int64", FormatLarge(wanted)));
    }
    counts.push_back(wanted < 1 ? 0 : static_cast<std::size_t>(wanted));
  }
  return counts;
}

// Leaves the `wanted` best of the candidates, best first. NaN is worse than any number; of equals
// the earlier row is the better.
void KeepBest(std::vector<Candidate>& candidates, std::size_t wanted, bool largest) {
  const auto better = [&](const Candidate& a, const Candidate& b) {
    if (std::isnan(a.value) || std::isnan(b.value)) {
      if (std::isnan(a.value) != std::isnan(b.value)) return std::isnan(b.value);
      return a.row < b.row;
    }
    if (a.value != b.value) return largest ? a.value > b.value : a.value < b.value;
    return a.row < b.row;
  };
  const std::size_t kept = std::min(wanted, candidates.size());
  const auto end = candidates.begin() + static_cast<std::ptrdiff_t>(kept);
  std::partial_sort(candidates.begin(), end, candidates.end(), better);
  candidates.resize(kept);
}

// Copies the candidates that are in `members` at this step.
void GatherCandidates(Table& table, const std::vector<std::size_t>& members, std::size_t step,
                      std::vector<Candidate>& candidates) {
  candidates.clear();
  for (const std::size_t row : members) {
    const double value = table.values(row)[step];
    if (!IsAbsent(value)) candidates.push_back({.value = value, .row = row});
  }
}

}  // namespace

absl::Status TopRows(Evaluation& evaluation, const Aggregate& aggregate, const Grid& grid,
                     const RowSink& sink) {
  ASSIGN_OR_RETURN(const std::vector<double> column, evaluation.Column(*aggregate.parameter, grid));
  ASSIGN_OR_RETURN(Table table, evaluation.Collect(*aggregate.expr, grid));
  ASSIGN_OR_RETURN(const std::vector<std::size_t> wanted, CountsWanted(evaluation, column));
  LabelGroups groups(!aggregate.without, aggregate.grouping);
  const bool largest = aggregate.op == AggregateOp::kTopK;
  std::vector<Candidate> candidates;
  std::vector<std::size_t> order;
  for (const std::vector<std::size_t>& members : GroupRows(table, groups)) {
    for (std::size_t step = 0; step < grid.count; ++step) {
      RETURN_IF_ERROR(evaluation.context().Check());
      GatherCandidates(table, members, step, candidates);
      KeepBest(candidates, wanted[step], largest);
      for (const std::size_t row : members) table.values(row)[step] = kAbsent;
      for (const Candidate& best : candidates) table.values(best.row)[step] = best.value;
    }
    if (grid.count > 1) continue;
    for (const Candidate& best : candidates) order.push_back(best.row);
  }
  if (grid.count > 1) return table.SendTo(sink);
  for (const std::size_t row : order) RETURN_IF_ERROR(sink(table.labels(row), table.values(row)));
  return absl::OkStatus();
}

absl::Status QuantileRows(Evaluation& evaluation, const Aggregate& aggregate, const Grid& grid,
                          const RowSink& sink) {
  ASSIGN_OR_RETURN(const std::vector<double> quantiles,
                   evaluation.Column(*aggregate.parameter, grid));
  WarnOfQuantiles(evaluation, quantiles, aggregate.parameter->position);
  ASSIGN_OR_RETURN(Table table, evaluation.Collect(*aggregate.expr, grid));
  LabelGroups groups(!aggregate.without, aggregate.grouping);
  std::vector<double> row(grid.count);
  std::vector<double> values;
  std::size_t group = 0;
  for (const std::vector<std::size_t>& members : GroupRows(table, groups)) {
    RETURN_IF_ERROR(evaluation.context().Check());
    for (std::size_t step = 0; step < grid.count; ++step) {
      values.clear();
      for (const std::size_t member : members) {
        const double value = table.values(member)[step];
        if (!IsAbsent(value)) values.push_back(value);
      }
      row[step] = values.empty() ? kAbsent : QuantileOf(quantiles[step], values);
    }
    RETURN_IF_ERROR(sink(groups.labels(group++), row));
  }
  return absl::OkStatus();
}

absl::Status CountValuesRows(Evaluation& evaluation, const Aggregate& aggregate, const Grid& grid,
                             const RowSink& sink) {
  const std::string& name = std::get<StringLiteral>(WithoutParens(*aggregate.parameter).node).value;
  if (!IsLabelName(name)) {
    return evaluation.FirstError(
        *aggregate.expr, grid,
        absl::FailedPreconditionError(absl::StrFormat("invalid label name %s", Quote(name))));
  }
  std::vector<std::string> names = aggregate.grouping;
  if (!aggregate.without) names.push_back(name);
  LabelGroups groups(!aggregate.without, names);
  Table counts(grid.count, evaluation.context());
  const std::vector<double> none(grid.count, kAbsent);
  const auto count = [&](const Labels& labels, std::span<double> values) -> absl::Status {
    std::size_t group = LabelGroups::kNone;
    for (std::size_t step = 0; step < values.size(); ++step) {
      if (IsAbsent(values[step])) continue;
      // Values often stay the same for a while.
      const bool same = group != LabelGroups::kNone && step > 0 &&
                        BitsOf(values[step]) == BitsOf(values[step - 1]);
      if (!same) {
        group = groups.Add(LabelsBuilder(labels).Set(name, FormatFixed(values[step])).Build());
      }
      if (group == counts.size()) RETURN_IF_ERROR(counts.Add(groups.labels(group), none));
      double& cell = counts.values(group)[step];
      cell = IsAbsent(cell) ? 1 : cell + 1;
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(evaluation.Rows(*aggregate.expr, grid, count));
  return counts.SendTo(sink);
}

}  // namespace syspulse::promql
