#include "services/promql/evaluation.h"

#include <algorithm>
#include <limits>
#include <numbers>
#include <unordered_set>
#include <utility>
#include <variant>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/promql/expr_traits.h"
#include "services/promql/function_table.h"
#include "services/promql/math_functions.h"

namespace syspulse::promql {
namespace {

absl::StatusOr<std::vector<double>> ScalarOf(Evaluation& evaluation, const Expr& vector,
                                             const Grid& grid) {
  std::vector<double> values(grid.count, kAbsent);
  std::vector<bool> many(grid.count, false);
  RETURN_IF_ERROR(
      evaluation.Rows(vector, grid, [&](const Labels&, std::span<double> row) -> absl::Status {
        for (std::size_t i = 0; i < row.size(); ++i) {
          if (IsAbsent(row[i])) continue;
          if (!IsAbsent(values[i])) many[i] = true;
          values[i] = row[i];
        }
        return absl::OkStatus();
      }));
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (many[i] || IsAbsent(values[i])) values[i] = std::numeric_limits<double>::quiet_NaN();
  }
  return values;
}

absl::StatusOr<std::vector<double>> ScalarCall(Evaluation& evaluation, const Call& call,
                                               const Grid& grid) {
  if (call.function->name == "scalar") return ScalarOf(evaluation, *call.arguments[0], grid);
  std::vector<double> values(grid.count, std::numbers::pi);
  if (call.function->name == "time") {
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<double>(grid.At(i)) / 1000;
    }
  }
  return values;
}

absl::StatusOr<std::vector<double>> ScalarBinary(Evaluation& evaluation, const Binary& binary,
                                                 const Grid& grid) {
  ASSIGN_OR_RETURN(std::vector<double> left, evaluation.Column(*binary.left, grid));
  ASSIGN_OR_RETURN(const std::vector<double> right, evaluation.Column(*binary.right, grid));
  for (std::size_t i = 0; i < left.size(); ++i) {
    left[i] = Compute(binary.op, left[i], right[i]);
  }
  return left;
}

void Negate(std::span<double> values) {
  for (double& value : values) {
    if (!IsAbsent(value)) value = -value;
  }
}

absl::Status NegatedRows(Evaluation& evaluation, const Expr& expr, const Grid& grid,
                         const RowSink& sink) {
  if (DiffersWithoutName(expr) || evaluation.options().later_corrections) {
    return evaluation.RowsWithoutName(expr, grid, Negate, sink);
  }
  // Prometheus 2 asks this of whole series, even of such that never meet.
  std::unordered_set<Labels, LabelsHash> seen;
  return evaluation.Rows(expr, grid, [&](const Labels& labels, std::span<double> values) {
    const Labels nameless = labels.WithoutName();
    if (!IsEmpty(values) && !seen.insert(nameless).second) return SameLabelsTwice();
    Negate(values);
    return sink(nameless, values);
  });
}

}  // namespace

Evaluation::Evaluation(const EngineOptions& options, const SeriesSource& source,
                       QueryContext& context, WorkerPool* workers, TimeRange query,
                       std::string_view text)
    : options_(options),
      source_(source),
      context_(context),
      workers_(workers),
      query_(query),
      text_(text) {}

void Evaluation::Warn(std::string_view text, const Position& position) {
  warnings_.insert(absl::StrFormat("PromQL warning: %s%s", text, LineAndColumn(position)));
}

void Evaluation::Inform(std::string_view text, const Position& position) {
  infos_.insert(absl::StrFormat("PromQL info: %s%s", text, LineAndColumn(position)));
}

void Evaluation::NoteDamage(std::string_view damage) {
  if (damage.empty()) return;
  warnings_.insert(absl::StrFormat("some samples are damaged and left out: %s", damage));
}

std::string Evaluation::LineAndColumn(const Position& position) const {
  if (text_.empty()) return "";
  const std::string_view before = text_.substr(0, position.start);
  const auto lines = std::ranges::count(before, '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // 0 if there is none
  return absl::StrFormat(" (%d:%d)", lines + 1, before.size() - line_start + 1);
}

bool Evaluation::IsSteady(const Expr& expr) {
  const auto known = steady_.find(&expr);
  if (known != steady_.end()) return known->second;
  return steady_[&expr] = IsTheSameAtAllSteps(expr);
}

absl::Status Evaluation::Rows(const Expr& expr, const Grid& grid, const RowSink& sink) {
  if (grid.count == 0) return absl::OkStatus();
  // Selectors have no errors of their own.
  if (std::holds_alternative<VectorSelector>(expr.node)) return RowsOfGrid(expr, grid, sink);
  absl::Status refused;
  const RowSink take = [&](const Labels& labels, std::span<double> values) {
    if (!refused.ok()) return absl::OkStatus();
    absl::Status status = sink(labels, values);
    if (!absl::IsFailedPrecondition(status)) return status;
    refused = std::move(status);
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(RowsOfGrid(expr, grid, take));
  return refused;
}

absl::Status Evaluation::RowsOfGrid(const Expr& expr, const Grid& grid, const RowSink& sink) {
  if (grid.count == 1 || !IsSteady(expr)) return RowsOfNode(expr, grid, sink);
  const Grid once = {.start_ms = grid.start_ms, .step_ms = grid.step_ms, .count = 1};
  std::vector<double> column(grid.count);
  return RowsOfNode(expr, once, [&](const Labels& labels, std::span<double> values) {
    std::ranges::fill(column, values[0]);
    return sink(labels, column);
  });
}

absl::Status Evaluation::FirstError(const Expr& operand, const Grid& grid, absl::Status error) {
  if (!absl::IsFailedPrecondition(error)) return error;
  RETURN_IF_ERROR(
      Rows(operand, grid, [](const Labels&, std::span<double>) { return absl::OkStatus(); }));
  return error;
}

absl::Status Evaluation::RowsOfNode(const Expr& expr, const Grid& grid, const RowSink& sink) {
  if (const auto* selector = std::get_if<VectorSelector>(&expr.node)) {
    return SelectorRows(*this, *selector, grid, sink);
  }
  if (const auto* paren = std::get_if<Paren>(&expr.node)) return Rows(*paren->expr, grid, sink);
  if (const auto* unary = std::get_if<Unary>(&expr.node)) {
    if (!unary->negative) return Rows(*unary->expr, grid, sink);
    return NegatedRows(*this, *unary->expr, grid, sink);
  }
  if (const auto* binary = std::get_if<Binary>(&expr.node)) {
    return BinaryRows(*this, *binary, grid, sink);
  }
  if (const auto* aggregate = std::get_if<Aggregate>(&expr.node)) {
    return AggregateRows(*this, *aggregate, grid, sink);
  }
  if (const auto* call = std::get_if<Call>(&expr.node)) {
    const std::string_view name = call->function->name;
    if (grid.count > 1 && (name == "sort" || name == "sort_desc")) {
      Warn("sort is ineffective for range queries since results are always ordered by labels",
           expr.position);
    }
    return CallRows(*this, *call, grid, sink);
  }
  return absl::InternalError("evaluate a vector: the expression is none");
}

absl::StatusOr<std::vector<double>> Evaluation::Column(const Expr& expr, const Grid& grid) {
  if (grid.count <= 1 || !IsSteady(expr)) return ColumnOfNode(expr, grid);
  const Grid once = {.start_ms = grid.start_ms, .step_ms = grid.step_ms, .count = 1};
  ASSIGN_OR_RETURN(const std::vector<double> value, ColumnOfNode(expr, once));
  return std::vector<double>(grid.count, value[0]);
}

absl::StatusOr<std::vector<double>> Evaluation::ColumnOfNode(const Expr& expr, const Grid& grid) {
  if (const auto* number = std::get_if<NumberLiteral>(&expr.node)) {
    return std::vector<double>(grid.count, number->value);
  }
  if (const auto* paren = std::get_if<Paren>(&expr.node)) return Column(*paren->expr, grid);
  if (const auto* unary = std::get_if<Unary>(&expr.node)) {
    ASSIGN_OR_RETURN(std::vector<double> values, Column(*unary->expr, grid));
    if (unary->negative) Negate(values);
    return values;
  }
  if (const auto* binary = std::get_if<Binary>(&expr.node)) {
    return ScalarBinary(*this, *binary, grid);
  }
  if (const auto* call = std::get_if<Call>(&expr.node)) return ScalarCall(*this, *call, grid);
  return absl::InternalError("evaluate a scalar: the expression is none");
}

absl::StatusOr<Table> Evaluation::Collect(const Expr& expr, const Grid& grid) {
  Table table(grid.count, context_);
  RETURN_IF_ERROR(Rows(expr, grid, [&](const Labels& labels, std::span<double> values) {
    return table.Add(labels, values);
  }));
  return table;
}

absl::Status Evaluation::RowsWithoutName(const Expr& expr, const Grid& grid,
                                         const std::function<void(std::span<double>)>& change,
                                         const RowSink& sink) {
  if (DiffersWithoutName(expr)) {
    return Rows(expr, grid, [&](const Labels& labels, std::span<double> values) {
      change(values);
      return sink(labels.WithoutName(), values);
    });
  }
  DistinctTable table(grid.count, context_);
  RETURN_IF_ERROR(Rows(expr, grid, [&](const Labels& labels, std::span<double> values) {
    change(values);
    return table.Add(labels.WithoutName(), values);
  }));
  return table.SendTo(sink);
}

void WarnOfQuantiles(Evaluation& evaluation, std::span<const double> quantiles,
                     const Position& position) {
  for (const double quantile : quantiles) {
    if (quantile >= 0 && quantile <= 1) continue;
    evaluation.Warn(
        absl::StrFormat("quantile value should be between 0 and 1, got %s", FormatFloat(quantile)),
        position);
    return;
  }
}

Grid Evaluation::Shifted(const TimeShift& shift, const Grid& grid) const {
  Grid shifted = grid;
  if (shift.at_ms.has_value()) {
    shifted.start_ms = *shift.at_ms;
  } else if (shift.edge != TimeShift::Edge::kNone) {
    shifted.start_ms = shift.edge == TimeShift::Edge::kStart ? query_.start_ms : query_.end_ms;
  }
  if (shift.at_ms.has_value() || shift.edge != TimeShift::Edge::kNone) shifted.step_ms = 0;
  shifted.start_ms -= shift.offset_ms;
  return shifted;
}

}  // namespace syspulse::promql
