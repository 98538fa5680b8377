// Operators between a vector and a scalar; those between two vectors are in vector_matching.cc.
#include <algorithm>
#include <span>
#include <vector>

#include "services/base/status_macros.h"
#include "services/promql/evaluation.h"
#include "services/promql/math_functions.h"
#include "services/promql/vector_matching.h"

namespace syspulse::promql {
namespace {

// Changes the values of one row. The scalar is on the right unless `swapped`.
void WithScalar(const Binary& binary, bool swapped, std::span<const double> scalar,
                std::span<double> values) {
  const bool filters = IsComparison(binary.op) && !binary.return_bool;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (IsAbsent(values[i])) continue;
    const double left = swapped ? scalar[i] : values[i];
    const double right = swapped ? values[i] : scalar[i];
    if (!filters) {
      values[i] = Compute(binary.op, left, right);
    } else if (!Compare(binary.op, left, right)) {
      values[i] = kAbsent;
    }
  }
}

}  // namespace

bool DropsName(const Binary& binary, const EngineOptions& options) {
  if (IsComparison(binary.op)) return binary.return_bool;
  return binary.op != BinaryOp::kAtan2 || options.later_corrections;
}

absl::Status BinaryRows(Evaluation& evaluation, const Binary& binary, const Grid& grid,
                        const RowSink& sink) {
  if (IsSetOperator(binary.op)) return SetOperatorRows(evaluation, binary, grid, sink);
  const bool swapped = TypeOf(*binary.left) == ValueType::kScalar;
  if (!swapped && TypeOf(*binary.right) == ValueType::kVector) {
    return VectorOperatorRows(evaluation, binary, grid, sink);
  }
  const Expr& vector = swapped ? *binary.right : *binary.left;
  const auto scalar = evaluation.Column(swapped ? *binary.left : *binary.right, grid);
  if (!scalar.ok() && !swapped) return evaluation.FirstError(vector, grid, scalar.status());
  RETURN_IF_ERROR(scalar.status());
  const auto change = [&](std::span<double> values) {
    WithScalar(binary, swapped, *scalar, values);
  };
  if (DropsName(binary, evaluation.options())) {
    return evaluation.RowsWithoutName(vector, grid, change, sink);
  }
  return evaluation.Rows(vector, grid, [&](const Labels& labels, std::span<double> values) {
    change(values);
    return IsEmpty(values) ? absl::OkStatus() : sink(labels, values);
  });
}

}  // namespace syspulse::promql
