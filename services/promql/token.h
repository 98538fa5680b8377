// The words of PromQL.
#ifndef SERVICES_PROMQL_TOKEN_H_
#define SERVICES_PROMQL_TOKEN_H_

#include <optional>
#include <string>
#include <string_view>

#include "services/promql/ast.h"

namespace syspulse::promql {

enum class TokenType {
  kEnd,               // behind the last one
  kIdentifier,        // a name, or what inside of braces would be a keyword elsewhere
  kMetricIdentifier,  // a name with a colon in it
  kString,
  kNumber,
  kDuration,
  kComma,
  kColon,
  kLeftParen,
  kRightParen,
  kLeftBrace,
  kRightBrace,
  kLeftBracket,
  kRightBracket,
  kAssign,  // = in matchers
  kStart,
  kEnding,  // the word "end"

  // Operators.
  kEqualRegex,
  kNotEqualRegex,
  kAt,
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMod,
  kPow,
  kAtan2,
  kEqual,
  kNotEqual,
  kGreater,
  kLess,
  kGreaterOrEqual,
  kLessOrEqual,
  kAnd,
  kOr,
  kUnless,

  // Keywords.
  kBool,
  kBy,
  kGroupLeft,
  kGroupRight,
  kIgnoring,
  kOffset,
  kOn,
  kWithout,

  // Aggregations, in the order of AggregateOp.
  kSum,
  kAvg,
  kCount,
  kMin,
  kMax,
  kGroup,
  kStddev,
  kStdvar,
  kTopK,
  kBottomK,
  kQuantile,
  kCountValues,
};

struct Token {
  TokenType type = TokenType::kEnd;
  Position position;
  std::string_view text;  // as it stands in the query, which must outlive this
  std::string value;      // of a string: without quotes and escapes
};

// Returns how errors name the token: `identifier "up"`, `<op:+>`, `end of input`.
std::string Describe(const Token& token);

// Returns the keyword that `word` is, in any case; nothing if it is a name.
std::optional<TokenType> FindKeyword(std::string_view word);

// Returns whether a metric may have it as its name: names, and keywords that are also names.
bool IsMetricName(TokenType type);

// Returns whether it can stand among the labels of by() and on().
bool IsLabelName(TokenType type);

// Returns whether an expression may begin with it.
bool BeginsExpression(TokenType type);

// Returns the operator of two operands that the token is.
std::optional<BinaryOp> BinaryOpOf(TokenType type);

// Returns the aggregation that the token is.
std::optional<AggregateOp> AggregateOpOf(TokenType type);

// Return how the language writes them.
std::string_view Spelling(BinaryOp op);
std::string_view Spelling(AggregateOp op);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_TOKEN_H_
