#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/promql/evaluation.h"
#include "services/promql/expr_traits.h"
#include "services/promql/function_table.h"
#include "services/promql/histogram_quantile.h"
#include "services/promql/label_functions.h"
#include "services/promql/math_functions.h"
#include "services/promql/selection.h"
#include "services/promql/window_functions.h"

namespace syspulse::promql {
namespace {

using Columns = std::vector<std::vector<double>>;

// Returns the columns of all scalar arguments, in order.
absl::StatusOr<Columns> ScalarArguments(Evaluation& evaluation, const Call& call,
                                        const Grid& grid) {
  Columns columns;
  for (const ExprPtr& argument : call.arguments) {
    if (TypeOf(*argument) != ValueType::kScalar) continue;
    ASSIGN_OR_RETURN(columns.emplace_back(), evaluation.Column(*argument, grid));
  }
  return columns;
}

const Expr& ArgumentOfType(const Call& call, ValueType type) {
  return **std::ranges::find_if(call.arguments,
                                [&](const ExprPtr& argument) { return TypeOf(*argument) == type; });
}

WindowFunction FindWindowFunction(std::string_view name) {
  if (const WindowFunction function = FindRateFunction(name)) return function;
  if (const WindowFunction function = FindOverTimeFunction(name)) return function;
  return FindTrendFunction(name);
}

// Counters are named so; the rate of anything else is probably a mistake.
void InformIfNoCounter(Evaluation& evaluation, std::string_view function, const Labels& labels,
                       const Position& position) {
  if (function != "rate" && function != "increase" && function != "irate") return;
  const std::string_view name = labels.name();
  if (name.empty()) return;
  for (const std::string_view end : {"_total", "_sum", "_count", "_bucket"}) {
    if (name.ends_with(end)) return;
  }
  evaluation.Inform(absl::StrFormat("metric might not be a counter, name does not end in "
                                    "_total/_sum/_count/_bucket: \"%s\"",
                                    name),
                    position);
}

// Returns `error` of the scalars beside a matrix, or that of a subquery: Prometheus evaluates it
// before them.
absl::Status FirstErrorOf(Evaluation& evaluation, const Expr& matrix, const Grid& grid,
                          absl::Status error) {
  const bool comes_first = std::holds_alternative<Subquery>(WithoutParens(matrix).node);
  if (!comes_first || !absl::IsFailedPrecondition(error)) return error;
  RETURN_IF_ERROR(MatrixRows(evaluation, matrix, grid, [](const Labels&, const WindowedSeries&) {
    return absl::OkStatus();
  }));
  return error;
}

absl::Status WindowCallRows(Evaluation& evaluation, const Call& call, WindowFunction function,
                            const Grid& grid, const RowSink& sink) {
  const std::string_view name = call.function->name;
  const Expr& matrix = ArgumentOfType(call, ValueType::kMatrix);
  const auto parameters = ScalarArguments(evaluation, call, grid);
  if (!parameters.ok()) return FirstErrorOf(evaluation, matrix, grid, parameters.status());
  if (name == "quantile_over_time") {
    WarnOfQuantiles(evaluation, parameters->front(), call.arguments[0]->position);
  }
  const bool keeps_name = name == "last_over_time";
  const bool must_look = !keeps_name && !DiffersWithoutName(WithoutParens(matrix));
  const bool can_fail = name == "holt_winters";  // of another series, which is told first
  std::unordered_set<Labels, LabelsHash> seen;
  bool twice = false;  // some labels were seen
  const auto work = [&](WindowedSeries series, std::span<double> row) {
    series.parameters = *parameters;
    return function(series, row);
  };
  const auto take = [&](const Labels& labels, std::span<double> row) -> absl::Status {
    if (twice) return absl::OkStatus();
    InformIfNoCounter(evaluation, name, labels, matrix.position);
    const Labels named = keeps_name ? labels : labels.WithoutName();
    // Prometheus asks this of whole series, even of such that never meet.
    twice = must_look && !seen.insert(named).second;
    if (twice) return can_fail ? absl::OkStatus() : SameLabelsTwice();
    return sink(named, row);
  };
  RETURN_IF_ERROR(WindowRows(evaluation, matrix, grid, LooksAtOf(function), work, take));
  return twice ? SameLabelsTwice() : absl::OkStatus();
}

// Returns the labels that a selector demands: what is absent is described by them.
Labels LabelsOfAbsent(const Expr& expr) {
  const std::vector<Matcher>* matchers = nullptr;
  if (const auto* vector = std::get_if<VectorSelector>(&expr.node)) matchers = &vector->matchers;
  if (const auto* matrix = std::get_if<MatrixSelector>(&expr.node)) {
    matchers = &matrix->selector.matchers;
  }
  if (matchers == nullptr) return Labels();
  LabelsBuilder builder;
  std::unordered_set<std::string> seen;
  for (const Matcher& matcher : *matchers) {
    if (matcher.name() == kMetricName) continue;
    const bool first = matcher.kind() == MatchKind::kEqual && !seen.contains(matcher.name());
    if (first) seen.insert(matcher.name());
    builder.Set(matcher.name(), first ? std::string_view(matcher.value()) : std::string_view());
  }
  return builder.Build();
}

absl::Status AbsentRows(Evaluation& evaluation, const Call& call, const Grid& grid,
                        const RowSink& sink) {
  const Expr& argument = *call.arguments[0];
  std::vector<double> row(grid.count, 1);
  const auto note = [&](const Labels&, std::span<double> values) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!IsAbsent(values[i])) row[i] = kAbsent;
    }
    return absl::OkStatus();
  };
  if (TypeOf(argument) == ValueType::kVector) {
    RETURN_IF_ERROR(PresenceRows(evaluation, argument, grid, note));
  } else {
    RETURN_IF_ERROR(WindowRows(evaluation, argument, grid, LooksAt::kPresence,
                               FindOverTimeFunction("present_over_time"), note));
  }
  return IsEmpty(row) ? absl::OkStatus() : sink(LabelsOfAbsent(WithoutParens(argument)), row);
}

absl::Status TimestampCall(Evaluation& evaluation, const Call& call, const Grid& grid,
                           const RowSink& sink) {
  const Expr& argument = WithoutParens(*call.arguments[0]);
  if (const auto* selector = std::get_if<VectorSelector>(&argument.node)) {
    if (DiffersWithoutName(argument)) {
      return TimestampRows(evaluation, *selector, grid, [&](const Labels& labels, auto values) {
        return sink(labels.WithoutName(), values);
      });
    }
    DistinctTable table(grid.count, evaluation.context());
    RETURN_IF_ERROR(
        TimestampRows(evaluation, *selector, grid, [&](const Labels& labels, auto values) {
          return table.Add(labels.WithoutName(), values);
        }));
    return table.SendTo(sink);
  }
  const auto set_times = [&](std::span<double> values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!IsAbsent(values[i])) values[i] = static_cast<double>(grid.At(i)) / 1000;
    }
  };
  return evaluation.RowsWithoutName(argument, grid, set_times, sink);
}

// Sorts a vector of one moment; over several steps, rows have no order that matters.
absl::Status SortRows(Evaluation& evaluation, const Call& call, const Grid& grid,
                      const RowSink& sink) {
  if (grid.count != 1) return evaluation.Rows(*call.arguments[0], grid, sink);
  ASSIGN_OR_RETURN(Table table, evaluation.Collect(*call.arguments[0], grid));
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t row = 0; row < table.size(); ++row) {
    order.emplace_back(table.values(row)[0], row);
  }
  const bool down = call.function->name == "sort_desc";
  // NaN comes last in either direction.
  std::ranges::stable_sort(order, [&](const auto& a, const auto& b) {
    if (std::isnan(a.first) || std::isnan(b.first)) {
      return !std::isnan(a.first) && std::isnan(b.first);
    }
    return down ? a.first > b.first : a.first < b.first;
  });
  for (const auto& [value, row] : order) {
    if (!IsAbsent(value)) RETURN_IF_ERROR(sink(table.labels(row), table.values(row)));
  }
  return absl::OkStatus();
}

// vector() of a scalar, and hour() and its like without an argument: one row without labels.
absl::Status OneRow(std::vector<double> row, const RowSink& sink) { return sink(Labels(), row); }

absl::Status TimeOfDayRows(MathFunction function, const Grid& grid, const RowSink& sink) {
  std::vector<double> row(grid.count);
  for (std::size_t i = 0; i < row.size(); ++i) {
    row[i] = static_cast<double>(grid.At(i) / 1000);
  }
  function(row);
  return OneRow(std::move(row), sink);
}

absl::Status HistogramRows(Evaluation& evaluation, const Call& call, const Grid& grid,
                           const RowSink& sink) {
  ASSIGN_OR_RETURN(const Columns parameters, ScalarArguments(evaluation, call, grid));
  WarnOfQuantiles(evaluation, parameters[0], call.arguments[0]->position);
  return HistogramQuantileRows(evaluation, parameters[0], *call.arguments[1], grid, sink);
}

// Functions of native histograms find none: every sample is a number.
absl::Status NoRows(Evaluation& evaluation, const Call& call, const Grid& grid) {
  RETURN_IF_ERROR(ScalarArguments(evaluation, call, grid).status());
  return evaluation.Rows(ArgumentOfType(call, ValueType::kVector), grid,
                         [](const Labels&, std::span<double>) { return absl::OkStatus(); });
}

absl::Status NamedCallRows(Evaluation& evaluation, const Call& call, const Grid& grid,
                           const RowSink& sink) {
  const std::string_view name = call.function->name;
  if (name == "absent" || name == "absent_over_time") {
    return AbsentRows(evaluation, call, grid, sink);
  }
  if (name == "timestamp") return TimestampCall(evaluation, call, grid, sink);
  if (name == "sort" || name == "sort_desc") return SortRows(evaluation, call, grid, sink);
  if (name == "label_replace") return LabelReplaceRows(evaluation, call, grid, sink);
  if (name == "label_join") return LabelJoinRows(evaluation, call, grid, sink);
  if (name == "histogram_quantile") return HistogramRows(evaluation, call, grid, sink);
  if (name.starts_with("histogram_")) return NoRows(evaluation, call, grid);
  if (name == "vector") {
    ASSIGN_OR_RETURN(std::vector<double> row, evaluation.Column(*call.arguments[0], grid));
    return OneRow(std::move(row), sink);
  }
  return absl::UnimplementedError(absl::StrFormat("function %s is not known to the engine", name));
}

}  // namespace

absl::Status CallRows(Evaluation& evaluation, const Call& call, const Grid& grid,
                      const RowSink& sink) {
  const std::string_view name = call.function->name;
  if (const WindowFunction function = FindWindowFunction(name)) {
    return WindowCallRows(evaluation, call, function, grid, sink);
  }
  if (const MathFunction function = FindMathFunction(name)) {
    if (call.arguments.empty()) return TimeOfDayRows(function, grid, sink);
    return evaluation.RowsWithoutName(*call.arguments[0], grid, function, sink);
  }
  if (const ParameterFunction function = FindParameterFunction(name)) {
    const Expr& vector = *call.arguments[0];
    const auto parameters = ScalarArguments(evaluation, call, grid);
    if (!parameters.ok()) return evaluation.FirstError(vector, grid, parameters.status());
    const auto change = [&](std::span<double> values) { function(values, *parameters); };
    return evaluation.RowsWithoutName(vector, grid, change, sink);
  }
  return NamedCallRows(evaluation, call, grid, sink);
}

}  // namespace syspulse::promql
