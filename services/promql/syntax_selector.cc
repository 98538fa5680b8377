// Of Syntax: selectors, and what stands behind an expression: [5m], offset, @.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/promql/duration.h"
#include "services/promql/labels.h"
#include "services/promql/number.h"
#include "services/promql/syntax.h"

namespace syspulse::promql {
namespace {

// By Matcher::RegexSize(): some thousands of usual ones, some tens of megabytes.

std::optional<MatchKind> MatchKindOf(TokenType type) {
  switch (type) {
    case TokenType::kAssign:
      return MatchKind::kEqual;
    case TokenType::kNotEqual:
      return MatchKind::kNotEqual;
    case TokenType::kEqualRegex:
      return MatchKind::kRegex;
    case TokenType::kNotEqualRegex:
      return MatchKind::kNotRegex;
    default:
      return std::nullopt;
  }
}

// Returns where `offset` and `@` of an expression go; null if it can have none.
TimeShift* ShiftOf(Expr* expr) {
  if (auto* const vector = std::get_if<VectorSelector>(&expr->node)) return &vector->shift;
  if (auto* const matrix = std::get_if<MatrixSelector>(&expr->node)) return &matrix->selector.shift;
  if (auto* const subquery = std::get_if<Subquery>(&expr->node)) return &subquery->shift;
  return nullptr;
}

std::int64_t MillisecondsOf(double seconds) {
  constexpr auto kFarthest = static_cast<double>(kFarthestMs);
  return static_cast<std::int64_t>(std::clamp(std::round(seconds * 1000), -kFarthest, kFarthest));
}

std::string FormatSeconds(double seconds) {
  return std::isfinite(seconds) ? absl::StrFormat("%f", seconds) : FormatNumber(seconds);
}

constexpr std::string_view kShiftable =
    " modifier must be preceded by an instant vector selector or range vector selector or a "
    "subquery";

}  // namespace

absl::StatusOr<Syntax::Tree> Syntax::VectorSelection(const std::optional<Token>& name) {
  Position position;
  ASSIGN_OR_RETURN(VectorSelector selector, Matchers(name, &position));
  return Make(position, std::move(selector), 1);
}

absl::StatusOr<VectorSelector> Syntax::Matchers(const std::optional<Token>& name,
                                                Position* position) {
  VectorSelector selector;
  ASSIGN_OR_RETURN(const TokenType first, Peek());
  if (!name.has_value() && first != TokenType::kLeftBrace) return Unexpected();
  position->start = name.has_value() ? name->position.start : next_->position.start;
  if (first == TokenType::kLeftBrace) {
    Take();
    ASSIGN_OR_RETURN(bool closed, TakeIf(TokenType::kRightBrace));
    while (!closed) {
      ASSIGN_OR_RETURN(Matcher matcher, OneMatcher());
      selector.matchers.push_back(std::move(matcher));
      ASSIGN_OR_RETURN(const bool more, TakeIf(TokenType::kComma));
      ASSIGN_OR_RETURN(closed, TakeIf(TokenType::kRightBrace));
      if (!more && !closed) return Unexpected("label matching", "\",\" or \"}\"");
    }
  }
  if (name.has_value()) {
    selector.name = std::string(name->text);
    ASSIGN_OR_RETURN(Matcher matcher,
                     Matcher::Create(MatchKind::kEqual, std::string(kMetricName), selector.name));
    selector.matchers.push_back(std::move(matcher));
  }
  position->end = end_;
  return selector;
}

absl::StatusOr<Matcher> Syntax::OneMatcher() {
  constexpr std::string_view kContext = "label matching";
  ASSIGN_OR_RETURN(const TokenType first, Peek());
  if (first != TokenType::kIdentifier) return Unexpected(kContext, "identifier or \"}\"");
  const Token name = Take();
  ASSIGN_OR_RETURN(const TokenType sign, Peek());
  const std::optional<MatchKind> kind = MatchKindOf(sign);
  if (!kind.has_value()) return Unexpected(kContext, "label matching operator");
  Take();
  ASSIGN_OR_RETURN(const TokenType last, Peek());
  if (last != TokenType::kString) return Unexpected(kContext, "string");
  Token value = Take();
  auto matcher = Matcher::Create(*kind, std::string(name.text), std::move(value.value));
  if (!matcher.ok()) return Fail(name.position.start, std::string(matcher.status().message()));
  *regex_room_ -= matcher->RegexSize();
  if (*regex_room_ < 0) {
    return Fail(name.position.start, "too many or too large regular expressions in one query");
  }
  return matcher;
}

absl::StatusOr<std::vector<std::string>> Syntax::LabelNames() {
  constexpr std::string_view kContext = "grouping opts";
  std::vector<std::string> names;
  RETURN_IF_ERROR(Expect(TokenType::kLeftParen, kContext, "\"(\""));
  ASSIGN_OR_RETURN(bool closed, TakeIf(TokenType::kRightParen));
  while (!closed) {
    ASSIGN_OR_RETURN(const TokenType type, Peek());
    if (!IsLabelName(type)) return Unexpected(kContext, "label");
    names.emplace_back(Take().text);
    ASSIGN_OR_RETURN(const bool more, TakeIf(TokenType::kComma));
    ASSIGN_OR_RETURN(closed, TakeIf(TokenType::kRightParen));
    if (!more && !closed) return Unexpected(kContext, "\",\" or \")\"");
  }
  return names;
}

absl::StatusOr<Syntax::Tree> Syntax::Suffixes(Tree tree) {
  while (true) {
    ASSIGN_OR_RETURN(const TokenType type, Peek());
    if (type == TokenType::kLeftBracket) {
      ASSIGN_OR_RETURN(tree, Range(std::move(tree)));
    } else if (type == TokenType::kOffset) {
      RETURN_IF_ERROR(Offset(tree.expr.get()));
    } else if (type == TokenType::kAt) {
      RETURN_IF_ERROR(At(tree.expr.get()));
    } else {
      return tree;
    }
  }
}

absl::StatusOr<Syntax::Tree> Syntax::Range(Tree tree) {
  const Token bracket = Take();
  const std::size_t start = tree.expr->position.start;
  ASSIGN_OR_RETURN(const TokenType first, Peek());
  if (first != TokenType::kDuration) return Unexpected("subquery selector", "duration");
  ASSIGN_OR_RETURN(const std::int64_t range_ms, Duration());
  ASSIGN_OR_RETURN(const bool is_subquery, TakeIf(TokenType::kColon));
  if (is_subquery) {
    Subquery subquery{.range_ms = range_ms};
    ASSIGN_OR_RETURN(const TokenType step, Peek());
    if (step == TokenType::kDuration) {
      ASSIGN_OR_RETURN(subquery.step_ms, Duration());
    }
    RETURN_IF_ERROR(Expect(TokenType::kRightBracket, "subquery selector",
                           step == TokenType::kDuration ? "\"]\"" : "duration or \"]\""));
    subquery.expr = std::move(tree.expr);
    return Make({.start = start, .end = end_}, std::move(subquery), tree.depth + 1);
  }
  RETURN_IF_ERROR(Expect(TokenType::kRightBracket, "subquery or range", "\":\" or \"]\""));
  auto* const selector = std::get_if<VectorSelector>(&tree.expr->node);
  if (selector == nullptr) {
    return Fail(bracket.position.start, "ranges only allowed for vector selectors");
  }
  if (selector->shift.offset_ms != 0) {
    return Fail(bracket.position.start, "no offset modifiers allowed before range");
  }
  if (selector->shift.at_ms.has_value()) {
    return Fail(bracket.position.start, "no @ modifiers allowed before range");
  }
  MatrixSelector matrix{.selector = std::move(*selector), .range_ms = range_ms};
  return Make({.start = start, .end = end_}, std::move(matrix), 1);
}

absl::Status Syntax::Offset(Expr* expr) {
  Take();
  ASSIGN_OR_RETURN(const bool negative, TakeIf(TokenType::kSub));
  ASSIGN_OR_RETURN(const TokenType type, Peek());
  if (type != TokenType::kDuration) return Unexpected("offset", "duration");
  ASSIGN_OR_RETURN(const std::int64_t offset_ms, Duration());
  TimeShift* const shift = ShiftOf(expr);
  if (shift == nullptr) {
    return Fail(expr->position.start, absl::StrFormat("offset%s", kShiftable));
  }
  if (shift->offset_ms != 0) {
    return Fail(expr->position.start, "offset may not be set multiple times");
  }
  shift->offset_ms = negative ? -offset_ms : offset_ms;
  expr->position.end = end_;
  return absl::OkStatus();
}

absl::Status Syntax::At(Expr* expr) {
  constexpr std::string_view kContext = "@";
  Take();
  ASSIGN_OR_RETURN(const bool is_edge, PeekIs({TokenType::kStart, TokenType::kEnding}));
  if (is_edge) return AtEdge(expr);
  ASSIGN_OR_RETURN(const bool has_sign, PeekIs({TokenType::kAdd, TokenType::kSub}));
  const bool negative = has_sign && Take().type == TokenType::kSub;
  ASSIGN_OR_RETURN(const TokenType type, Peek());
  if (type != TokenType::kNumber) return Unexpected(kContext, "timestamp");
  ASSIGN_OR_RETURN(const double number, NumberOf(Take()));
  const double seconds = negative ? -number : number;
  constexpr auto kBound = static_cast<double>(std::numeric_limits<std::int64_t>::max());
  if (!(seconds < kBound && seconds > -kBound)) {
    return Fail(expr->position.start,
                "timestamp out of bounds for @ modifier: " + FormatSeconds(seconds));
  }
  ASSIGN_OR_RETURN(TimeShift* const shift, ShiftForAt(expr));
  shift->at_ms = MillisecondsOf(seconds);
  expr->position.end = end_;
  return absl::OkStatus();
}

absl::Status Syntax::AtEdge(Expr* expr) {
  const bool is_start = Take().type == TokenType::kStart;
  RETURN_IF_ERROR(Expect(TokenType::kLeftParen, "@", "timestamp"));
  RETURN_IF_ERROR(Expect(TokenType::kRightParen, "@", "timestamp"));
  ASSIGN_OR_RETURN(TimeShift* const shift, ShiftForAt(expr));
  shift->edge = is_start ? TimeShift::Edge::kStart : TimeShift::Edge::kEnd;
  expr->position.end = end_;
  return absl::OkStatus();
}

absl::StatusOr<TimeShift*> Syntax::ShiftForAt(Expr* expr) const {
  TimeShift* const shift = ShiftOf(expr);
  if (shift == nullptr) return Fail(expr->position.start, absl::StrFormat("@%s", kShiftable));
  if (shift->at_ms.has_value() || shift->edge != TimeShift::Edge::kNone) {
    return Fail(expr->position.start, "@ <timestamp> may not be set multiple times");
  }
  return shift;
}

absl::StatusOr<std::int64_t> Syntax::Duration() {
  const Token token = Take();
  const auto milliseconds = ParseDuration(token.text);
  if (!milliseconds.ok()) {
    return Fail(token.position.start, std::string(milliseconds.status().message()));
  }
  if (*milliseconds == 0) return Fail(token.position.start, "duration must be greater than 0");
  return *milliseconds;
}

}  // namespace syspulse::promql
