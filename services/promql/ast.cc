#include "services/promql/ast.h"

#include "services/promql/function_table.h"

namespace syspulse::promql {
namespace {

struct TypeOfNode {
  ValueType operator()(const NumberLiteral& /*node*/) const { return ValueType::kScalar; }
  ValueType operator()(const StringLiteral& /*node*/) const { return ValueType::kString; }
  ValueType operator()(const VectorSelector& /*node*/) const { return ValueType::kVector; }
  ValueType operator()(const MatrixSelector& /*node*/) const { return ValueType::kMatrix; }
  ValueType operator()(const Subquery& /*node*/) const { return ValueType::kMatrix; }
  ValueType operator()(const Paren& node) const { return TypeOf(*node.expr); }
  ValueType operator()(const Unary& node) const { return TypeOf(*node.expr); }
  ValueType operator()(const Binary& node) const { return node.type; }
  ValueType operator()(const Aggregate& /*node*/) const { return ValueType::kVector; }
  ValueType operator()(const Call& node) const { return node.function->returns; }
};

}  // namespace

ValueType TypeOf(const Expr& expr) { return std::visit(TypeOfNode{}, expr.node); }

const Expr& WithoutParens(const Expr& expr) {
  const Expr* inner = &expr;
  while (const Paren* const paren = std::get_if<Paren>(&inner->node)) inner = paren->expr.get();
  return *inner;
}

}  // namespace syspulse::promql
