#include "services/promql/engine.h"

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/promql/evaluation.h"
#include "services/promql/selection.h"

namespace syspulse::promql {
namespace {

using Times = std::shared_ptr<const std::vector<std::int64_t>>;

// Returns a number that is not negative as people read it, 11,000.
std::string WithCommas(std::int64_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text.push_back(',');
    text.push_back(digits[i]);
  }
  return text;
}

absl::Status CheckMoment(std::int64_t time_ms) {
  if (time_ms >= -kFarthestMs && time_ms <= kFarthestMs) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("evaluate at %d ms since 1970: too far from now", time_ms));
}

absl::Status CheckRange(TimeRange range, std::int64_t step_ms, const QueryLimits& limits) {
  RETURN_IF_ERROR(CheckMoment(range.start_ms));
  RETURN_IF_ERROR(CheckMoment(range.end_ms));
  if (range.end_ms < range.start_ms) {
    return absl::InvalidArgumentError("end timestamp must not be before start time");
  }
  if (step_ms <= 0) {
    return absl::InvalidArgumentError(
        "zero or negative query resolution step widths are not accepted. Try a positive integer");
  }
  if ((range.end_ms - range.start_ms) / step_ms > limits.steps) {
    return absl::InvalidArgumentError(
        absl::StrFormat("exceeded maximum resolution of %s points per timeseries. Try decreasing "
                        "the query resolution (?step=XX)",
                        WithCommas(limits.steps)));
  }
  return absl::OkStatus();
}

Times TimesOf(const Grid& grid) {
  auto times = std::make_shared<std::vector<std::int64_t>>(grid.count);
  for (std::size_t i = 0; i < grid.count; ++i) (*times)[i] = grid.At(i);
  return times;
}

// Returns the values there are of a row, with their times.
Series SeriesOf(const Labels& labels, std::span<const double> values, const Times& times) {
  const auto absent = static_cast<std::size_t>(std::ranges::count_if(values, IsAbsent));
  if (absent == 0) return {labels, times, {values.begin(), values.end()}};
  auto own_times = std::make_shared<std::vector<std::int64_t>>();
  own_times->reserve(values.size() - absent);
  Series series{.labels = labels};
  series.values.reserve(values.size() - absent);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (IsAbsent(values[i])) continue;
    own_times->push_back((*times)[i]);
    series.values.push_back(values[i]);
  }
  series.times_ms = std::move(own_times);
  return series;
}

void SortByLabels(Matrix& matrix) { std::ranges::sort(matrix.series, {}, &Series::labels); }

absl::StatusOr<Value> VectorAt(Evaluation& evaluation, const Expr& expr, const Grid& grid) {
  Vector vector;
  RETURN_IF_ERROR(evaluation.Rows(expr, grid, [&](const Labels& labels, std::span<double> values) {
    if (IsAbsent(values[0])) return absl::OkStatus();
    vector.samples.push_back({.labels = labels, .value = values[0]});
    return evaluation.context().Hold(1);
  }));
  return vector;
}

// The samples themselves, with the times at which they were taken.
absl::StatusOr<Value> MatrixAt(Evaluation& evaluation, const Expr& expr, const Grid& grid) {
  Matrix matrix;
  RETURN_IF_ERROR(
      MatrixRows(evaluation, expr, grid, [&](const Labels& labels, const WindowedSeries& series) {
        const Window window = series.windows[0];
        if (window.size() == 0) return absl::OkStatus();
        const auto times = series.times_ms.subspan(window.first, window.size());
        const auto values = series.values.subspan(window.first, window.size());
        matrix.series.push_back(
            {.labels = labels,
             .times_ms = std::make_shared<std::vector<std::int64_t>>(times.begin(), times.end()),
             .values = {values.begin(), values.end()}});
        return evaluation.context().Hold(window.size());
      }));
  SortByLabels(matrix);
  return matrix;
}

absl::StatusOr<Value> ValueAt(Evaluation& evaluation, const Expr& expr, const Grid& grid) {
  switch (TypeOf(expr)) {
    case ValueType::kString:
      return String{std::get<StringLiteral>(WithoutParens(expr).node).value};
    case ValueType::kScalar: {
      ASSIGN_OR_RETURN(const std::vector<double> column, evaluation.Column(expr, grid));
      return Scalar{column[0]};
    }
    case ValueType::kVector:
      return VectorAt(evaluation, expr, grid);
    case ValueType::kMatrix:
      return MatrixAt(evaluation, expr, grid);
  }
  return absl::InternalError("evaluate: an expression of no type");
}

absl::StatusOr<Value> ValuesOver(Evaluation& evaluation, const Expr& expr, const Grid& grid) {
  const Times times = TimesOf(grid);
  Matrix matrix;
  const auto add = [&](const Labels& labels, std::span<double> values) {
    if (IsEmpty(values)) return absl::OkStatus();
    matrix.series.push_back(SeriesOf(labels, values, times));
    return evaluation.context().Hold(static_cast<std::int64_t>(values.size()));
  };
  if (TypeOf(expr) == ValueType::kScalar) {
    ASSIGN_OR_RETURN(std::vector<double> column, evaluation.Column(expr, grid));
    RETURN_IF_ERROR(add(Labels(), column));
  } else {
    RETURN_IF_ERROR(evaluation.Rows(expr, grid, add));
  }
  SortByLabels(matrix);
  return matrix;
}

Answer AnswerOf(Value value, const Evaluation& evaluation) {
  return {.value = std::move(value),
          .warnings = {evaluation.warnings().begin(), evaluation.warnings().end()},
          .infos = {evaluation.infos().begin(), evaluation.infos().end()}};
}

}  // namespace

absl::StatusOr<Answer> Engine::Instant(const Expr& expr, std::int64_t time_ms,
                                       const SeriesSource& source, QueryContext& context,
                                       std::string_view text) const {
  RETURN_IF_ERROR(CheckMoment(time_ms));
  RETURN_IF_ERROR(context.Check());
  Evaluation evaluation(options_, source, context, workers_,
                        {.start_ms = time_ms, .end_ms = time_ms}, text);
  const Grid grid = {.start_ms = time_ms, .step_ms = 0, .count = 1};
  ASSIGN_OR_RETURN(Value value, ValueAt(evaluation, expr, grid));
  return AnswerOf(std::move(value), evaluation);
}

absl::StatusOr<Answer> Engine::Range(const Expr& expr, TimeRange range, std::int64_t step_ms,
                                     const SeriesSource& source, QueryContext& context,
                                     std::string_view text) const {
  const ValueType type = TypeOf(expr);
  if (type != ValueType::kScalar && type != ValueType::kVector) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "invalid expression type \"%s\" for range query, must be Scalar or instant Vector",
        type == ValueType::kMatrix ? "range vector" : "string"));
  }
  RETURN_IF_ERROR(CheckRange(range, step_ms, context.limits()));
  RETURN_IF_ERROR(context.Check());
  Evaluation evaluation(options_, source, context, workers_, range, text);
  const auto steps = static_cast<std::size_t>((range.end_ms - range.start_ms) / step_ms) + 1;
  const Grid grid = {.start_ms = range.start_ms, .step_ms = step_ms, .count = steps};
  ASSIGN_OR_RETURN(Value value, ValuesOver(evaluation, expr, grid));
  return AnswerOf(std::move(value), evaluation);
}

}  // namespace syspulse::promql
