#include "tests/promql_script/at_variant.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "services/promql/function_table.h"

namespace syspulse::promql {
namespace {

constexpr std::array<std::string_view, 11> kTimeDependent = {
    "days_in_month", "day_of_month", "day_of_week",    "day_of_year", "hour",     "minute",
    "month",         "year",         "predict_linear", "time",        "timestamp"};

// Copies a tree, with the time put in.
class Copy {
 public:
  explicit Copy(std::int64_t at_ms) : at_ms_(at_ms) {}

  ExprPtr Of(const Expr& expr) {
    auto copy = std::make_unique<Expr>();
    copy->position = expr.position;
    copy->node =
        std::visit([this](const auto& node) -> Expr::Node { return OfNode(node); }, expr.node);
    return copy;
  }

  bool depends_on_time() const { return depends_on_time_; }

 private:
  NumberLiteral OfNode(const NumberLiteral& node) const { return node; }
  StringLiteral OfNode(const StringLiteral& node) const { return node; }
  VectorSelector OfNode(const VectorSelector& node) const {
    VectorSelector copy = node;
    SetAt(&copy.shift);
    return copy;
  }
  MatrixSelector OfNode(const MatrixSelector& node) const {
    return {.selector = OfNode(node.selector), .range_ms = node.range_ms};
  }
  Subquery OfNode(const Subquery& node) {
    Subquery copy{.range_ms = node.range_ms, .step_ms = node.step_ms, .shift = node.shift};
    SetAt(&copy.shift);
    const bool fixed_before = std::exchange(fixed_, true);
    copy.expr = Of(*node.expr);
    fixed_ = fixed_before;
    return copy;
  }
  Paren OfNode(const Paren& node) { return {.expr = Of(*node.expr)}; }
  Unary OfNode(const Unary& node) { return {.negative = node.negative, .expr = Of(*node.expr)}; }
  Binary OfNode(const Binary& node) {
    return {.op = node.op,
            .type = node.type,
            .left = Of(*node.left),
            .right = Of(*node.right),
            .return_bool = node.return_bool,
            .matching = node.matching};
  }
  Aggregate OfNode(const Aggregate& node) {
    return {.op = node.op,
            .expr = Of(*node.expr),
            .parameter = node.parameter == nullptr ? nullptr : Of(*node.parameter),
            .without = node.without,
            .grouping = node.grouping};
  }
  Call OfNode(const Call& node) {
    const auto found = std::ranges::find(kTimeDependent, node.function->name);
    depends_on_time_ = depends_on_time_ || found != kTimeDependent.end();
    Call copy{.function = node.function};
    for (const ExprPtr& argument : node.arguments) copy.arguments.push_back(Of(*argument));
    return copy;
  }

  // start() and end() of an instant query are its time, also within a subquery.
  void SetAt(TimeShift* shift) const {
    const bool is_edge = shift->edge != TimeShift::Edge::kNone;
    if (shift->at_ms.has_value() || (fixed_ && !is_edge)) return;
    shift->at_ms = at_ms_;
    shift->edge = TimeShift::Edge::kNone;
  }

  const std::int64_t at_ms_;
  bool fixed_ = false;  // within a subquery, which has a time by now
  bool depends_on_time_ = false;
};

}  // namespace

std::optional<ExprPtr> WithAt(const Expr& expr, std::int64_t at_ms) {
  Copy copy(at_ms);
  ExprPtr variant = copy.Of(expr);
  if (copy.depends_on_time()) return std::nullopt;
  return variant;
}

}  // namespace syspulse::promql
