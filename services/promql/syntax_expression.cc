// Of Syntax: operators, calls, and what they are made of.
#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/promql/function_table.h"
#include "services/promql/quote.h"
#include "services/promql/syntax.h"

namespace syspulse::promql {
namespace {

// Parentheses, signs and arguments within each other. Each costs the stack some kilobytes.
constexpr int kMostNesting = 250;

constexpr int kPowPrecedence = 6;

int PrecedenceOf(BinaryOp op) {
  switch (op) {
    case BinaryOp::kOr:
      return 1;
    case BinaryOp::kAnd:
    case BinaryOp::kUnless:
      return 2;
    case BinaryOp::kAdd:
    case BinaryOp::kSub:
      return 4;
    case BinaryOp::kMul:
    case BinaryOp::kDiv:
    case BinaryOp::kMod:
    case BinaryOp::kAtan2:
      return 5;
    case BinaryOp::kPow:
      return kPowPrecedence;
    default:
      return 3;  // comparisons
  }
}

// Counts one more level as long as it lives.
class Level {
 public:
  explicit Level(int* count) : count_(count) { ++*count_; }
  ~Level() { --*count_; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

 private:
  int* const count_;
};

}  // namespace

// Precedence climbing: takes operators that bind at least as tightly as that.
absl::StatusOr<Syntax::Tree> Syntax::Operands(int least_precedence) {
  const Level level(&nesting_);
  ASSIGN_OR_RETURN(Tree left, Signed());
  while (true) {
    ASSIGN_OR_RETURN(const TokenType type, Peek());
    const std::optional<BinaryOp> op = BinaryOpOf(type);
    if (!op.has_value() || PrecedenceOf(*op) < least_precedence) return left;
    Take();
    ASSIGN_OR_RETURN(Modifiers modifiers, BinaryModifiers());
    const bool from_right = *op == BinaryOp::kPow;
    ASSIGN_OR_RETURN(Tree right, Operands(PrecedenceOf(*op) + (from_right ? 0 : 1)));
    ASSIGN_OR_RETURN(left,
                     MakeBinary(*op, std::move(left), std::move(modifiers), std::move(right)));
  }
}

// A sign binds as tightly as *, so that -2^2 is -(2^2).
absl::StatusOr<Syntax::Tree> Syntax::Signed() {
  ASSIGN_OR_RETURN(const TokenType type, Peek());
  if (nesting_ > kMostNesting) {
    return Fail(next_->position.start,
                absl::StrFormat("expression nests deeper than %d levels", kMostNesting));
  }
  if (type != TokenType::kAdd && type != TokenType::kSub) {
    ASSIGN_OR_RETURN(Tree primary, Primary());
    return Suffixes(std::move(primary));
  }
  const Token sign = Take();
  const bool negative = type == TokenType::kSub;
  ASSIGN_OR_RETURN(Tree operand, Operands(kPowPrecedence));
  if (auto* const number = std::get_if<NumberLiteral>(&operand.expr->node)) {
    if (negative) number->value = -number->value;
    operand.expr->position.start = sign.position.start;
    return operand;
  }
  const Position position{.start = sign.position.start, .end = operand.expr->position.end};
  return Make(position, Unary{.negative = negative, .expr = std::move(operand.expr)},
              operand.depth + 1);
}

absl::StatusOr<Syntax::Tree> Syntax::Primary() {
  ASSIGN_OR_RETURN(const TokenType type, Peek());
  switch (type) {
    case TokenType::kNumber:
    case TokenType::kString:
      return Literal();
    case TokenType::kLeftParen:
      return InParens();
    case TokenType::kLeftBrace:
      return VectorSelection(std::nullopt);
    default:
      return IsMetricName(type) ? NameOrCall() : Unexpected();
  }
}

absl::StatusOr<Syntax::Tree> Syntax::Literal() {
  Token token = Take();
  if (token.type == TokenType::kString) {
    return Make(token.position, StringLiteral{.value = std::move(token.value)}, 1);
  }
  ASSIGN_OR_RETURN(const double value, NumberOf(token));
  return Make(token.position, NumberLiteral{.value = value}, 1);
}

absl::StatusOr<Syntax::Tree> Syntax::InParens() {
  const Token open = Take();
  ASSIGN_OR_RETURN(Tree inner, Operands(0));
  ASSIGN_OR_RETURN(const bool closed, TakeIf(TokenType::kRightParen));
  if (!closed) return Unexpected();
  return Make({.start = open.position.start, .end = end_}, Paren{.expr = std::move(inner.expr)},
              inner.depth + 1);
}

// Most keywords are also names of metrics: what follows tells.
absl::StatusOr<Syntax::Tree> Syntax::NameOrCall() {
  const Token name = Take();
  ASSIGN_OR_RETURN(const TokenType next, Peek());
  if (AggregateOpOf(name.type).has_value() &&
      (next == TokenType::kLeftParen || next == TokenType::kBy || next == TokenType::kWithout)) {
    return Aggregation(name);
  }
  if (name.type == TokenType::kIdentifier && next == TokenType::kLeftParen) {
    return FunctionCall(name);
  }
  return VectorSelection(name);
}

absl::StatusOr<Syntax::Tree> Syntax::FunctionCall(const Token& name) {
  ASSIGN_OR_RETURN(std::vector<Tree> arguments, Arguments());
  Call call{.function = FindFunction(name.text)};
  if (call.function == nullptr) {
    return Fail(name.position.start, "unknown function with name " + Quote(name.text));
  }
  int depth = 0;
  for (Tree& argument : arguments) {
    depth = std::max(depth, argument.depth);
    call.arguments.push_back(std::move(argument.expr));
  }
  return Make({.start = name.position.start, .end = end_}, std::move(call), depth + 1);
}

absl::StatusOr<std::vector<Syntax::Tree>> Syntax::Arguments() {
  std::vector<Tree> arguments;
  RETURN_IF_ERROR(Expect(TokenType::kLeftParen, aggregations_ > 0 ? "aggregation" : "", ""));
  ASSIGN_OR_RETURN(const bool none, TakeIf(TokenType::kRightParen));
  if (none) return arguments;
  while (true) {
    ASSIGN_OR_RETURN(Tree argument, Operands(0));
    arguments.push_back(std::move(argument));
    ASSIGN_OR_RETURN(const bool closed, TakeIf(TokenType::kRightParen));
    if (closed) return arguments;
    const std::size_t comma = next_->position.start;
    ASSIGN_OR_RETURN(const bool more, TakeIf(TokenType::kComma));
    if (!more) return Unexpected();
    ASSIGN_OR_RETURN(const TokenType next, Peek());
    if (!BeginsExpression(next)) {
      return Fail(comma, "trailing commas not allowed in function call args");
    }
  }
}

absl::StatusOr<Syntax::Tree> Syntax::Aggregation(const Token& name) {
  Aggregate aggregate{.op = *AggregateOpOf(name.type)};
  std::vector<Tree> arguments;
  {
    const Level open(&aggregations_);
    ASSIGN_OR_RETURN(const bool grouped, Grouping(&aggregate));
    ASSIGN_OR_RETURN(arguments, Arguments());
    if (!grouped) RETURN_IF_ERROR(Grouping(&aggregate).status());
  }
  return MakeAggregate(name, std::move(aggregate), std::move(arguments));
}

absl::StatusOr<bool> Syntax::Grouping(Aggregate* aggregate) {
  ASSIGN_OR_RETURN(const bool by, TakeIf(TokenType::kBy));
  if (!by) {
    ASSIGN_OR_RETURN(aggregate->without, TakeIf(TokenType::kWithout));
    if (!aggregate->without) return false;
  }
  ASSIGN_OR_RETURN(aggregate->grouping, LabelNames());
  return true;
}

absl::StatusOr<Syntax::Modifiers> Syntax::BinaryModifiers() {
  using Cardinality = VectorMatching::Cardinality;
  Modifiers modifiers;
  ASSIGN_OR_RETURN(modifiers.return_bool, TakeIf(TokenType::kBool));
  ASSIGN_OR_RETURN(modifiers.matching.on, TakeIf(TokenType::kOn));
  if (!modifiers.matching.on) {
    ASSIGN_OR_RETURN(const bool ignoring, TakeIf(TokenType::kIgnoring));
    if (!ignoring) return modifiers;
  }
  ASSIGN_OR_RETURN(modifiers.matching.labels, LabelNames());
  ASSIGN_OR_RETURN(const bool left, TakeIf(TokenType::kGroupLeft));
  if (!left) {
    ASSIGN_OR_RETURN(const bool right, TakeIf(TokenType::kGroupRight));
    if (!right) return modifiers;
  }
  modifiers.matching.cardinality = left ? Cardinality::kManyToOne : Cardinality::kOneToMany;
  ASSIGN_OR_RETURN(const TokenType next, Peek());
  if (next == TokenType::kLeftParen || !BeginsExpression(next)) {
    ASSIGN_OR_RETURN(modifiers.matching.include, LabelNames());
  }
  return modifiers;
}

}  // namespace syspulse::promql
