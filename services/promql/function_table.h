// The functions of PromQL: what they are called, take and return.
#ifndef SERVICES_PROMQL_FUNCTION_TABLE_H_
#define SERVICES_PROMQL_FUNCTION_TABLE_H_

#include <cstddef>
#include <span>
#include <string_view>

#include "services/promql/ast.h"

namespace syspulse::promql {

struct Function {
  std::string_view name;
  std::span<const ValueType> arguments;  // types, those that may be left out included
  std::size_t least = 0;                 // how many arguments there must be
  bool endless = false;                  // the last type may stand any number of times
  ValueType returns = ValueType::kVector;
};

// Returns all functions, by name.
std::span<const Function> AllFunctions();

// Returns the function of this name, or null.
const Function* FindFunction(std::string_view name);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_FUNCTION_TABLE_H_
