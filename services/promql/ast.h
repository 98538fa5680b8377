// What a PromQL query says, as a tree.
//
// A node is an Expr: where it stands in the query, and one of the kinds below. The parser makes
// only trees that are well typed, so whoever walks one need not check again: the argument of rate()
// is a matrix, the operands of `and` are vectors. Trees do not change once they are parsed and may
// be read by any number of threads. They are at most kMostDepth deep, so it is safe to recurse.
//
// All spans of time are whole milliseconds, as in Prometheus.
#ifndef SERVICES_PROMQL_AST_H_
#define SERVICES_PROMQL_AST_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "services/promql/matcher.h"

namespace syspulse::promql {

inline constexpr int kMostDepth = 1000;  // of a tree: enough for people, bounded for the stack

// No time of a query is farther from 1970, so that times and spans can be added without a thought.
inline constexpr std::int64_t kFarthestMs = std::int64_t{1} << 61;

enum class ValueType { kScalar, kVector, kMatrix, kString };

// Bytes of the query: from `start` up to but not with `end`.
struct Position {
  std::size_t start = 0;
  std::size_t end = 0;

  bool operator==(const Position&) const = default;
};

struct Expr;
using ExprPtr = std::unique_ptr<const Expr>;

struct Function;  // function_table.h

// `offset` and `@`: from when on a selector or subquery is evaluated.
struct TimeShift {
  enum class Edge { kNone, kStart, kEnd };  // @ start() and @ end()

  std::int64_t offset_ms = 0;         // how much earlier; later if negative
  std::optional<std::int64_t> at_ms;  // since 1970, within +-kFarthestMs; the `@` of a number
  Edge edge = Edge::kNone;            // never together with at_ms

  bool operator==(const TimeShift&) const = default;
};

struct NumberLiteral {
  double value = 0;
};

struct StringLiteral {
  std::string value;  // without quotes and escapes
};

// name{label="value"}: a vector.
struct VectorSelector {
  std::string name;               // as it stands before the braces, or empty
  std::vector<Matcher> matchers;  // includes the one for __name__ that `name` stands for
  TimeShift shift;
};

// selector[5m]: a matrix.
struct MatrixSelector {
  VectorSelector selector;  // its shift is the one behind the brackets
  std::int64_t range_ms = 0;
};

// expr[1h:5m]: a matrix.
struct Subquery {
  ExprPtr expr;  // a vector
  std::int64_t range_ms = 0;
  std::int64_t step_ms = 0;  // 0: the default step
  TimeShift shift;
};

struct Paren {
  ExprPtr expr;
};

// The sign before a scalar or vector.
struct Unary {
  bool negative = false;
  ExprPtr expr;
};

enum class BinaryOp {
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
};

// Returns whether `op` compares: ==, !=, >, <, >=, <=.
inline bool IsComparison(BinaryOp op) {
  return op >= BinaryOp::kEqual && op <= BinaryOp::kLessOrEqual;
}

// Returns whether `op` is one of and, or, unless.
inline bool IsSetOperator(BinaryOp op) { return op >= BinaryOp::kAnd; }

// How the series of two vectors find each other.
struct VectorMatching {
  enum class Cardinality { kOneToOne, kManyToOne, kOneToMany, kManyToMany };

  Cardinality cardinality = Cardinality::kOneToOne;  // many to one is group_left
  bool on = false;                                   // `labels` are those that count, else all else
  std::vector<std::string> labels;                   // of on() or ignoring(), in order of the query
  std::vector<std::string> include;                  // of group_left() or group_right()
};

// Two operands, each scalar or vector.
struct Binary {
  BinaryOp op = BinaryOp::kAdd;
  ValueType type = ValueType::kVector;  // scalar if both operands are
  ExprPtr left;
  ExprPtr right;
  bool return_bool = false;                // a comparison answers 0 or 1 instead of filtering
  std::optional<VectorMatching> matching;  // present if both operands are vectors
};

enum class AggregateOp {
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

// sum by (label) (expr): a vector.
struct Aggregate {
  AggregateOp op = AggregateOp::kSum;
  ExprPtr expr;          // a vector
  ExprPtr parameter;     // scalar for topk, bottomk, quantile; string for count_values; else null
  bool without = false;  // group by all labels but `grouping`
  std::vector<std::string> grouping;
};

// name(arguments): what the function says it returns.
struct Call {
  const Function* function = nullptr;  // of the table, lives as long as the program
  std::vector<ExprPtr> arguments;      // as many and of the types that the function takes
};

struct Expr {
  using Node = std::variant<NumberLiteral, StringLiteral, VectorSelector, MatrixSelector, Subquery,
                            Paren, Unary, Binary, Aggregate, Call>;

  Position position;
  Node node;
};

// Returns what evaluating `expr` gives.
ValueType TypeOf(const Expr& expr);

// Returns `expr` without the parentheses around it. StringLiteral, NumberLiteral and selectors are
// often asked for through them.
const Expr& WithoutParens(const Expr& expr);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_AST_H_
