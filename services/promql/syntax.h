// The grammar of PromQL, by recursive descent: one method for each thing that it knows.
//
// Only what Prometheus' grammar refuses is refused here; whether the types fit is asked of the
// finished tree (type_check.h), as Prometheus does: an error of syntax behind an error of types is
// the one that is told.
#ifndef SERVICES_PROMQL_SYNTAX_H_
#define SERVICES_PROMQL_SYNTAX_H_

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/promql/ast.h"
#include "services/promql/lexer.h"
#include "services/promql/token.h"

namespace syspulse::promql {

// Confined to one thread. Good for one query.
class Syntax {
 public:
  // `query` must outlive this, and so must `*regex_room`: how many instructions its regular
  // expressions may have, from which those that it has are taken.
  Syntax(std::string_view query, int* regex_room)
      : query_(query), lexer_(query), regex_room_(regex_room) {}

  // Return the tree of the whole query.
  absl::StatusOr<ExprPtr> Expression();
  absl::StatusOr<VectorSelector> Selector();

 private:
  // A tree that still changes.
  struct Tree {
    std::unique_ptr<Expr> expr;
    int depth = 1;
  };

  // What stands in parentheses behind the operator of two operands.
  struct Modifiers {
    bool return_bool = false;
    VectorMatching matching;
  };

  // Each begins at the token that Peek() returns and takes what belongs to it.
  // syntax_expression.cc:
  absl::StatusOr<Tree> Operands(int least_precedence);
  absl::StatusOr<Tree> Signed();
  absl::StatusOr<Tree> Primary();
  absl::StatusOr<Tree> Literal();
  absl::StatusOr<Tree> NameOrCall();
  absl::StatusOr<Tree> InParens();
  absl::StatusOr<Tree> FunctionCall(const Token& name);
  absl::StatusOr<Tree> Aggregation(const Token& name);
  absl::StatusOr<std::vector<Tree>> Arguments();
  absl::StatusOr<Modifiers> BinaryModifiers();
  absl::StatusOr<bool> Grouping(Aggregate* aggregate);  // whether there is one

  // syntax_selector.cc:
  absl::StatusOr<Tree> VectorSelection(const std::optional<Token>& name);
  absl::StatusOr<VectorSelector> Matchers(const std::optional<Token>& name, Position* position);
  absl::StatusOr<Matcher> OneMatcher();
  absl::StatusOr<std::vector<std::string>> LabelNames();
  absl::StatusOr<Tree> Suffixes(Tree tree);
  absl::StatusOr<Tree> Range(Tree tree);
  absl::Status Offset(Expr* expr);
  absl::Status At(Expr* expr);
  absl::Status AtEdge(Expr* expr);
  absl::StatusOr<TimeShift*> ShiftForAt(Expr* expr) const;
  absl::StatusOr<std::int64_t> Duration();

  // syntax.cc:
  absl::StatusOr<Tree> MakeBinary(BinaryOp op, Tree left, Modifiers modifiers, Tree right);
  absl::StatusOr<Tree> MakeAggregate(const Token& name, Aggregate aggregate,
                                     std::vector<Tree> arguments);
  absl::StatusOr<double> NumberOf(const Token& token) const;
  absl::StatusOr<Tree> Make(Position position, Expr::Node node, int depth) const;

  absl::StatusOr<TokenType> Peek();
  absl::StatusOr<bool> PeekIs(std::initializer_list<TokenType> types);
  Token Take();
  absl::StatusOr<bool> TakeIf(TokenType type);
  absl::Status Expect(TokenType type, std::string_view context, std::string_view expected);

  // Return what is wrong with the token that Peek() returned.
  absl::Status Unexpected(std::string_view context, std::string_view expected) const;
  absl::Status Unexpected() const;
  absl::Status Fail(std::size_t offset, std::string_view message) const;

  const std::string_view query_;
  Lexer lexer_;
  std::optional<Token> next_;  // what Peek() found, until it is taken
  std::size_t end_ = 0;        // of the last token that was taken
  int nesting_ = 0;            // how deep the methods are in themselves
  int aggregations_ = 0;       // that are open
  int* const regex_room_;      // for those of matchers to come
};

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_SYNTAX_H_
