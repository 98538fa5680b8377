#include "services/promql/expr_traits.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <variant>

#include "services/promql/function_table.h"
#include "services/promql/labels.h"

namespace syspulse::promql {
namespace {

constexpr std::array<std::string_view, 11> kAskForTheTime = {
    "day_of_month", "day_of_week",    "day_of_year", "days_in_month", "hour", "minute",
    "month",        "predict_linear", "time",        "timestamp",     "year"};

bool IsFixed(const TimeShift& shift) {
  return shift.at_ms.has_value() || shift.edge != TimeShift::Edge::kNone;
}

struct Steady {
  bool operator()(const NumberLiteral&) const { return true; }
  bool operator()(const StringLiteral&) const { return true; }
  bool operator()(const VectorSelector& selector) const { return IsFixed(selector.shift); }
  bool operator()(const MatrixSelector& matrix) const { return IsFixed(matrix.selector.shift); }
  bool operator()(const Subquery& subquery) const { return IsFixed(subquery.shift); }
  bool operator()(const Paren& paren) const { return IsTheSameAtAllSteps(*paren.expr); }
  bool operator()(const Unary& unary) const { return IsTheSameAtAllSteps(*unary.expr); }
  bool operator()(const Binary& binary) const {
    return IsTheSameAtAllSteps(*binary.left) && IsTheSameAtAllSteps(*binary.right);
  }
  bool operator()(const Aggregate& aggregate) const {
    return IsTheSameAtAllSteps(*aggregate.expr) &&
           (aggregate.parameter == nullptr || IsTheSameAtAllSteps(*aggregate.parameter));
  }
  bool operator()(const Call& call) const {
    return std::ranges::find(kAskForTheTime, call.function->name) == kAskForTheTime.end() &&
           std::ranges::all_of(call.arguments,
                               [](const ExprPtr& arg) { return IsTheSameAtAllSteps(*arg); });
  }
};

bool HasName(const std::vector<std::string>& labels) {
  return std::ranges::find(labels, kMetricName) != labels.end();
}

// Rows that have no name at all differ without it.
struct Nameless {
  bool operator()(const NumberLiteral&) const { return true; }
  bool operator()(const StringLiteral&) const { return true; }
  bool operator()(const VectorSelector& selector) const {
    return std::ranges::any_of(selector.matchers, [](const Matcher& matcher) {
      return matcher.kind() == MatchKind::kEqual && matcher.name() == kMetricName &&
             !matcher.value().empty();
    });
  }
  bool operator()(const MatrixSelector& matrix) const { return (*this)(matrix.selector); }
  bool operator()(const Subquery& subquery) const { return DiffersWithoutName(*subquery.expr); }
  bool operator()(const Paren& paren) const { return DiffersWithoutName(*paren.expr); }
  bool operator()(const Unary& unary) const {
    return unary.negative || DiffersWithoutName(*unary.expr);
  }
  bool operator()(const Binary& binary) const {
    const bool computes = binary.op < BinaryOp::kAtan2 || binary.return_bool;
    if (binary.matching.has_value()) return computes && !HasName(binary.matching->include);
    if (computes) return true;
    return DiffersWithoutName(*binary.left) && DiffersWithoutName(*binary.right);
  }
  bool operator()(const Aggregate& aggregate) const {
    if (aggregate.op == AggregateOp::kTopK || aggregate.op == AggregateOp::kBottomK) {
      return DiffersWithoutName(*aggregate.expr);
    }
    return aggregate.op != AggregateOp::kCountValues &&
           (aggregate.without || !HasName(aggregate.grouping));
  }
  bool operator()(const Call& call) const {
    const std::string_view name = call.function->name;
    if (name == "label_replace" || name == "label_join") return false;
    if (name == "last_over_time" || name == "sort" || name == "sort_desc") {
      return DiffersWithoutName(*call.arguments[0]);
    }
    return true;
  }
};

}  // namespace

bool IsTheSameAtAllSteps(const Expr& expr) { return std::visit(Steady(), expr.node); }

bool DiffersWithoutName(const Expr& expr) { return std::visit(Nameless(), expr.node); }

}  // namespace syspulse::promql
