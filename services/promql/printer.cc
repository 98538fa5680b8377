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

// Appends, so that no part of a query is copied once for each level around it.
struct Print {
  std::string* const out;

  void Of(const Expr& expr) const { std::visit(*this, expr.node); }

  void operator()(const NumberLiteral& node) const { *out += FormatNumber(node.value); }
  void operator()(const StringLiteral& node) const { *out += Quote(node.value); }
  void operator()(const VectorSelector& node) const {
    *out += FormatMatchers(node) + Format(node.shift);
  }
  void operator()(const MatrixSelector& node) const {
    *out += absl::StrFormat("%s[%s]%s", FormatMatchers(node.selector),
                            FormatDuration(node.range_ms), Format(node.selector.shift));
  }
  void operator()(const Subquery& node) const {
    Of(*node.expr);
    *out +=
        absl::StrFormat("[%s:%s]%s", FormatDuration(node.range_ms),
                        node.step_ms == 0 ? "" : FormatDuration(node.step_ms), Format(node.shift));
  }
  void operator()(const Paren& node) const {
    *out += '(';
    Of(*node.expr);
    *out += ')';
  }
  void operator()(const Unary& node) const {
    *out += node.negative ? '-' : '+';
    Of(*node.expr);
  }
  void operator()(const Binary& node) const {
    const std::size_t start = out->size();
    Of(*node.left);
    // Infinity is written with a sign, which binds less tightly than ^.
    if (node.op == BinaryOp::kPow && (*out)[start] == '+') out->erase(start, 1);
    *out += absl::StrFormat(" %s%s%s ", Spelling(node.op), node.return_bool ? " bool" : "",
                            node.matching.has_value() ? Format(*node.matching) : "");
    Of(*node.right);
  }
  void operator()(const Aggregate& node) const {
    *out += Spelling(node.op);
    if (node.without || !node.grouping.empty()) {
      *out +=
          absl::StrFormat(" %s (%s) ", node.without ? "without" : "by", Join(node.grouping, ", "));
    }
    *out += '(';
    if (node.parameter != nullptr) {
      Of(*node.parameter);
      *out += ", ";
    }
    Of(*node.expr);
    *out += ')';
  }
  void operator()(const Call& node) const {
    *out += node.function->name;
    *out += '(';
    for (const ExprPtr& argument : node.arguments) {
      if (&argument != &node.arguments.front()) *out += ", ";
      Of(*argument);
    }
    *out += ')';
  }
};

}  // namespace

std::string ToString(const Expr& expr) {
  std::string text;
  Print{&text}.Of(expr);
  return text;
}

}  // namespace syspulse::promql
