#include "services/promql/syntax.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/promql/number.h"
#include "services/promql/parse_error.h"
#include "services/promql/quote.h"

namespace syspulse::promql {
namespace {

bool TakesParameter(AggregateOp op) { return op >= AggregateOp::kTopK; }

}  // namespace

absl::StatusOr<ExprPtr> Syntax::Expression() {
  ASSIGN_OR_RETURN(const TokenType first, Peek());
  if (first == TokenType::kEnd) return Fail(0, "no expression found in input");
  ASSIGN_OR_RETURN(Tree tree, Operands(0));
  RETURN_IF_ERROR(Expect(TokenType::kEnd, "", ""));
  return std::move(tree.expr);
}

absl::StatusOr<VectorSelector> Syntax::Selector() {
  std::optional<Token> name;
  ASSIGN_OR_RETURN(const TokenType first, Peek());
  if (IsMetricName(first)) name = Take();
  Position position;
  ASSIGN_OR_RETURN(VectorSelector selector, Matchers(name, &position));
  RETURN_IF_ERROR(Expect(TokenType::kEnd, "", ""));
  return selector;
}

absl::StatusOr<Syntax::Tree> Syntax::MakeBinary(BinaryOp op, Tree left, Modifiers modifiers,
                                                Tree right) {
  const ValueType left_type = TypeOf(*left.expr);
  const ValueType right_type = TypeOf(*right.expr);
  const bool scalars = left_type == ValueType::kScalar && right_type == ValueType::kScalar;
  const bool vectors = left_type == ValueType::kVector && right_type == ValueType::kVector;
  VectorMatching& matching = modifiers.matching;
  if (IsSetOperator(op) && matching.cardinality == VectorMatching::Cardinality::kOneToOne) {
    matching.cardinality = VectorMatching::Cardinality::kManyToMany;
  }
  Binary binary{.op = op,
                .type = scalars ? ValueType::kScalar : ValueType::kVector,
                .return_bool = modifiers.return_bool};
  // Without vectors it says nothing, but labels are an error, which the check of types tells.
  if (vectors || !matching.labels.empty()) binary.matching = std::move(matching);
  const Position position{.start = left.expr->position.start, .end = right.expr->position.end};
  const int depth = std::max(left.depth, right.depth) + 1;
  binary.left = std::move(left.expr);
  binary.right = std::move(right.expr);
  return Make(position, std::move(binary), depth);
}

absl::StatusOr<Syntax::Tree> Syntax::MakeAggregate(const Token& name, Aggregate aggregate,
                                                   std::vector<Tree> arguments) {
  const Position position{.start = name.position.start, .end = end_};
  if (arguments.empty()) {
    return Fail(position.start, "no arguments for aggregate expression provided");
  }
  const std::size_t wanted = TakesParameter(aggregate.op) ? 2 : 1;
  if (arguments.size() != wanted) {
    return Fail(position.start, absl::StrFormat("wrong number of arguments for aggregate "
                                                "expression provided, expected %d, got %d",
                                                wanted, arguments.size()));
  }
  const int depth = std::max(arguments.front().depth, arguments.back().depth) + 1;
  aggregate.expr = std::move(arguments.back().expr);
  if (wanted == 2) aggregate.parameter = std::move(arguments.front().expr);
  return Make(position, std::move(aggregate), depth);
}

absl::StatusOr<double> Syntax::NumberOf(const Token& token) const {
  const std::optional<double> number = ParseNumberLiteral(token.text);
  if (!number.has_value()) {
    return Fail(token.position.start,
                "error parsing number: " + Quote(token.text) + " is none, or too large for one");
  }
  return *number;
}

absl::StatusOr<Syntax::Tree> Syntax::Make(Position position, Expr::Node node, int depth) const {
  if (depth > kMostDepth) {
    return Fail(position.start,
                absl::StrFormat("expression is more than %d levels deep", kMostDepth));
  }
  Tree tree{.expr = std::make_unique<Expr>(), .depth = depth};
  tree.expr->position = position;
  tree.expr->node = std::move(node);
  return tree;
}

absl::StatusOr<TokenType> Syntax::Peek() {
  if (!next_.has_value()) {
    ASSIGN_OR_RETURN(next_, lexer_.Next());
  }
  return next_->type;
}

absl::StatusOr<bool> Syntax::PeekIs(std::initializer_list<TokenType> types) {
  ASSIGN_OR_RETURN(const TokenType type, Peek());
  return std::ranges::find(types, type) != types.end();
}

Token Syntax::Take() {
  Token token = *std::exchange(next_, std::nullopt);
  end_ = token.position.end;
  return token;
}

absl::StatusOr<bool> Syntax::TakeIf(TokenType type) {
  ASSIGN_OR_RETURN(const TokenType next, Peek());
  if (next != type) return false;
  Take();
  return true;
}

absl::Status Syntax::Expect(TokenType type, std::string_view context, std::string_view expected) {
  ASSIGN_OR_RETURN(const bool there, TakeIf(type));
  return there ? absl::OkStatus() : Unexpected(context, expected);
}

absl::Status Syntax::Unexpected(std::string_view context, std::string_view expected) const {
  std::string message = "unexpected " + Describe(*next_);
  if (!context.empty()) message += absl::StrFormat(" in %s", context);
  if (!expected.empty()) message += absl::StrFormat(", expected %s", expected);
  return Fail(next_->position.start, message);
}

// An aggregation is the only thing around a token that Prometheus names.
absl::Status Syntax::Unexpected() const {
  return Unexpected(aggregations_ > 0 ? "aggregation" : "", "");
}

absl::Status Syntax::Fail(std::size_t offset, std::string_view message) const {
  return ParseErrorAt(query_, offset, message);
}

}  // namespace syspulse::promql
