#include "services/promql/printer.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/promql/duration.h"
#include "services/promql/function_table.h"
#include "services/promql/labels.h"
#include "services/promql/number.h"
#include "services/promql/quote.h"
#include "services/promql/token.h"

namespace syspulse::promql {
namespace {

std::string Join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string joined;
  for (const std::string& part : parts) {
    if (&part != &parts.front()) joined += separator;
    joined += part;
  }
  return joined;
}

// Milliseconds as seconds. Not by way of a double, which cannot hold all of them.
std::string FormatSeconds(std::int64_t milliseconds) {
  const std::int64_t size = milliseconds < 0 ? -milliseconds : milliseconds;
  return absl::StrFormat("%s%d.%03d", milliseconds < 0 ? "-" : "", size / 1000, size % 1000);
}

std::string Format(const TimeShift& shift) {
  std::string text;
  if (shift.at_ms.has_value()) text += " @ " + FormatSeconds(*shift.at_ms);
  if (shift.edge == TimeShift::Edge::kStart) text += " @ start()";
  if (shift.edge == TimeShift::Edge::kEnd) text += " @ end()";
  if (shift.offset_ms > 0) text += " offset " + FormatDuration(shift.offset_ms);
  if (shift.offset_ms < 0) text += " offset -" + FormatDuration(-shift.offset_ms);
  return text;
}

std::string FormatMatchers(const VectorSelector& selector) {
  std::vector<std::string> matchers;
  for (const Matcher& matcher : selector.matchers) {
    const bool is_name = matcher.name() == kMetricName && matcher.kind() == MatchKind::kEqual &&
                         matcher.value() == selector.name;
    if (!is_name || selector.name.empty()) matchers.push_back(matcher.ToString());
  }
  if (matchers.empty()) return selector.name;
  std::ranges::sort(matchers);
  return absl::StrFormat("%s{%s}", selector.name, Join(matchers, ","));
}

std::string Format(const VectorMatching& matching) {
  using Cardinality = VectorMatching::Cardinality;
  const bool left = matching.cardinality == Cardinality::kManyToOne;
  const bool grouped = left || matching.cardinality == Cardinality::kOneToMany;
  if (matching.labels.empty() && !matching.on && !grouped) return "";
  std::string text =
      absl::StrFormat(" %s (%s)", matching.on ? "on" : "ignoring", Join(matching.labels, ", "));
  if (grouped) {
    text +=
        absl::StrFormat(" group_%s (%s)", left ? "left" : "right", Join(matching.include, ", "));
  }
  return text;
}

struct Print {
  std::string operator()(const NumberLiteral& node) const { return FormatNumber(node.value); }
  std::string operator()(const StringLiteral& node) const { return Quote(node.value); }
  std::string operator()(const VectorSelector& node) const {
    return FormatMatchers(node) + Format(node.shift);
  }
  std::string operator()(const MatrixSelector& node) const {
    return absl::StrFormat("%s[%s]%s", FormatMatchers(node.selector), FormatDuration(node.range_ms),
                           Format(node.selector.shift));
  }
  std::string operator()(const Subquery& node) const {
    return absl::StrFormat("%s[%s:%s]%s", ToString(*node.expr), FormatDuration(node.range_ms),
                           node.step_ms == 0 ? "" : FormatDuration(node.step_ms),
                           Format(node.shift));
  }
  std::string operator()(const Paren& node) const {
    return absl::StrFormat("(%s)", ToString(*node.expr));
  }
  std::string operator()(const Unary& node) const {
    return (node.negative ? "-" : "+") + ToString(*node.expr);
  }
  std::string operator()(const Binary& node) const {
    // Infinity is written with a sign, which binds less tightly than ^.
    std::string left = ToString(*node.left);
    if (node.op == BinaryOp::kPow && left.front() == '+') left.erase(0, 1);
    return absl::StrFormat("%s %s%s%s %s", left, Spelling(node.op), node.return_bool ? " bool" : "",
                           node.matching.has_value() ? Format(*node.matching) : "",
                           ToString(*node.right));
  }
  std::string operator()(const Aggregate& node) const {
    std::string text(Spelling(node.op));
    if (node.without || !node.grouping.empty()) {
      text +=
          absl::StrFormat(" %s (%s) ", node.without ? "without" : "by", Join(node.grouping, ", "));
    }
    text += '(';
    if (node.parameter != nullptr) text += ToString(*node.parameter) + ", ";
    return text + ToString(*node.expr) + ')';
  }
  std::string operator()(const Call& node) const {
    std::vector<std::string> arguments;
    for (const ExprPtr& argument : node.arguments) arguments.push_back(ToString(*argument));
    return absl::StrFormat("%s(%s)", node.function->name, Join(arguments, ", "));
  }
};

}  // namespace

std::string ToString(const Expr& expr) { return std::visit(Print{}, expr.node); }

}  // namespace syspulse::promql
