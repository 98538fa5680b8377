#include "services/promql/type_check.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/promql/function_table.h"
#include "services/promql/labels.h"
#include "services/promql/parse_error.h"
#include "services/promql/quote.h"
#include "services/promql/token.h"

namespace syspulse::promql {
namespace {

// What people call the type.
std::string_view NameOf(ValueType type) {
  switch (type) {
    case ValueType::kScalar:
      return "scalar";
    case ValueType::kVector:
      return "instant vector";
    case ValueType::kMatrix:
      return "range vector";
    case ValueType::kString:
      return "string";
  }
  return "";
}

// What the messages about subqueries call it.
std::string_view ShortNameOf(ValueType type) {
  if (type == ValueType::kVector) return "vector";
  return type == ValueType::kMatrix ? "matrix" : NameOf(type);
}

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool IsOperand(ValueType type) { return type == ValueType::kScalar || type == ValueType::kVector; }

// Asks every node, children first.
class Check {
 public:
  explicit Check(std::string_view query) : query_(query) {}

  absl::Status Ask(const Expr& expr) const {
    return std::visit([&](const auto& node) { return Of(expr, node); }, expr.node);
  }

 private:
  absl::Status Of(const Expr& /*expr*/, const NumberLiteral& /*node*/) const {
    return absl::OkStatus();
  }
  absl::Status Of(const Expr& /*expr*/, const StringLiteral& /*node*/) const {
    return absl::OkStatus();
  }
  absl::Status Of(const Expr& expr, const VectorSelector& node) const;
  absl::Status Of(const Expr& expr, const MatrixSelector& node) const {
    return Of(expr, node.selector);
  }
  absl::Status Of(const Expr& expr, const Subquery& node) const;
  absl::Status Of(const Expr& /*expr*/, const Paren& node) const { return Ask(*node.expr); }
  absl::Status Of(const Expr& expr, const Unary& node) const;
  absl::Status Of(const Expr& expr, const Binary& node) const;
  absl::Status Of(const Expr& expr, const Aggregate& node) const;
  absl::Status Of(const Expr& expr, const Call& node) const;

  absl::Status OperatorOf(const Binary& node) const;
  absl::Status MatchingOf(const Expr& expr, const Binary& node) const;
  absl::Status CountOf(const Expr& expr, const Call& node) const;

  // Asks `expr`, then says if its type is not `wanted`.
  absl::Status Expect(const Expr& expr, ValueType wanted, std::string_view context) const;

  // Returns an error at the beginning of `expr`, or at the operator.
  absl::Status Fail(const Expr& expr, std::string_view message) const {
    return ParseErrorAt(query_, expr.position.start, message);
  }
  absl::Status FailAtOperator(const Binary& node, std::string_view message) const;

  const std::string_view query_;
};

absl::Status Check::Expect(const Expr& expr, ValueType wanted, std::string_view context) const {
  RETURN_IF_ERROR(Ask(expr));
  const ValueType type = TypeOf(expr);
  if (type == wanted) return absl::OkStatus();
  return Fail(expr, absl::StrFormat("expected type %s in %s, got %s", NameOf(wanted), context,
                                    NameOf(type)));
}

absl::Status Check::FailAtOperator(const Binary& node, std::string_view message) const {
  std::size_t start = node.left->position.end;
  while (start < query_.size() && IsSpace(query_[start])) ++start;
  return ParseErrorAt(query_, start, message);
}

absl::Status Check::Of(const Expr& expr, const VectorSelector& node) const {
  if (node.name.empty()) {
    const bool selects = std::ranges::any_of(
        node.matchers, [](const Matcher& matcher) { return !matcher.Matches(""); });
    if (selects) return absl::OkStatus();
    return Fail(expr, "vector selector must contain at least one non-empty matcher");
  }
  // The last matcher is the name before the braces.
  for (std::size_t i = 0; i + 1 < node.matchers.size(); ++i) {
    if (node.matchers[i].name() != kMetricName) continue;
    return Fail(expr, absl::StrFormat("metric name must not be set twice: %s or %s",
                                      Quote(node.name), Quote(node.matchers[i].value())));
  }
  return absl::OkStatus();
}

absl::Status Check::Of(const Expr& expr, const Subquery& node) const {
  RETURN_IF_ERROR(Ask(*node.expr));
  const ValueType type = TypeOf(*node.expr);
  if (type == ValueType::kVector) return absl::OkStatus();
  return Fail(expr, absl::StrFormat("subquery is only allowed on instant vector, got %s instead",
                                    ShortNameOf(type)));
}

absl::Status Check::Of(const Expr& expr, const Unary& node) const {
  RETURN_IF_ERROR(Ask(*node.expr));
  const ValueType type = TypeOf(*node.expr);
  if (IsOperand(type)) return absl::OkStatus();
  return Fail(expr, absl::StrFormat("unary expression only allowed on expressions of type scalar "
                                    "or instant vector, got %s",
                                    Quote(NameOf(type))));
}

absl::Status Check::Of(const Expr& expr, const Binary& node) const {
  RETURN_IF_ERROR(Ask(*node.left));
  RETURN_IF_ERROR(Ask(*node.right));
  RETURN_IF_ERROR(OperatorOf(node));
  for (const Expr* const operand : {node.left.get(), node.right.get()}) {
    if (IsOperand(TypeOf(*operand))) continue;
    return Fail(*operand, "binary expression must contain only scalar and instant vector types");
  }
  return MatchingOf(expr, node);
}

absl::Status Check::OperatorOf(const Binary& node) const {
  if (node.return_bool && !IsComparison(node.op)) {
    return FailAtOperator(node, "bool modifier can only be used on comparison operators");
  }
  if (IsComparison(node.op) && !node.return_bool && node.type == ValueType::kScalar) {
    return FailAtOperator(node, "comparisons between scalars must use BOOL modifier");
  }
  if (!node.matching.has_value() || !node.matching->on) return absl::OkStatus();
  for (const std::string& label : node.matching->labels) {
    if (std::ranges::find(node.matching->include, label) == node.matching->include.end()) continue;
    return FailAtOperator(
        node,
        absl::StrFormat("label %s must not occur in ON and GROUP clause at once", Quote(label)));
  }
  return absl::OkStatus();
}

absl::Status Check::MatchingOf(const Expr& expr, const Binary& node) const {
  const bool vectors =
      TypeOf(*node.left) == ValueType::kVector && TypeOf(*node.right) == ValueType::kVector;
  if (!vectors && node.matching.has_value()) {
    return Fail(expr, "vector matching only allowed between instant vectors");
  }
  if (!IsSetOperator(node.op)) return absl::OkStatus();
  const std::string op = Quote(Spelling(node.op));
  if (!vectors) {
    return Fail(expr,
                absl::StrFormat("set operator %s not allowed in binary scalar expression", op));
  }
  if (node.matching->cardinality != VectorMatching::Cardinality::kManyToMany) {
    return Fail(expr, absl::StrFormat("no grouping allowed for %s operation", op));
  }
  return absl::OkStatus();
}

absl::Status Check::Of(const Expr& /*expr*/, const Aggregate& node) const {
  RETURN_IF_ERROR(Expect(*node.expr, ValueType::kVector, "aggregation expression"));
  if (node.parameter == nullptr) return absl::OkStatus();
  const bool takes_string = node.op == AggregateOp::kCountValues;
  return Expect(*node.parameter, takes_string ? ValueType::kString : ValueType::kScalar,
                "aggregation parameter");
}

absl::Status Check::CountOf(const Expr& expr, const Call& node) const {
  const Function& function = *node.function;
  const std::size_t count = node.arguments.size();
  const bool fixed = !function.endless && function.least == function.arguments.size();
  std::string_view which;
  std::size_t wanted = function.least;
  if (fixed && count != wanted) {
    which = "";
  } else if (count < function.least) {
    which = "at least ";
  } else if (!function.endless && count > function.arguments.size()) {
    which = "at most ";
    wanted = function.arguments.size();
  } else {
    return absl::OkStatus();
  }
  return Fail(expr, absl::StrFormat("expected %s%d argument(s) in call to %s, got %d", which,
                                    wanted, Quote(function.name), count));
}

absl::Status Check::Of(const Expr& expr, const Call& node) const {
  RETURN_IF_ERROR(CountOf(expr, node));
  const std::string context = "call to function " + Quote(node.function->name);
  const auto types = node.function->arguments;
  for (std::size_t i = 0; i < node.arguments.size(); ++i) {
    const ValueType type = types[std::min(i, types.size() - 1)];
    RETURN_IF_ERROR(Expect(*node.arguments[i], type, context));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckTypes(std::string_view query, const Expr& expr) { return Check(query).Ask(expr); }

}  // namespace syspulse::promql
