// Passing errors up: RETURN_IF_ERROR(expr) and ASSIGN_OR_RETURN(declaration, expr).
#ifndef SERVICES_BASE_STATUS_MACROS_H_
#define SERVICES_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns from the enclosing function with the status of `expr` unless it is OK.
#define RETURN_IF_ERROR(expr)                                         \
  do {                                                                \
    if (absl::Status status_ = (expr); !status_.ok()) return status_; \
  } while (false)

// Evaluates `expr`, a StatusOr; returns its status if that is an error, else moves its value to
// `lhs`.
#define ASSIGN_OR_RETURN(lhs, expr) \
  SYSPULSE_ASSIGN_OR_RETURN_(SYSPULSE_CONCAT_(status_or_, __LINE__), lhs, expr)
#define SYSPULSE_ASSIGN_OR_RETURN_(temporary, lhs, expr)     \
  auto temporary = (expr);                                   \
  if (!temporary.ok()) return std::move(temporary).status(); \
  lhs = std::move(temporary).value()
#define SYSPULSE_CONCAT_(a, b) SYSPULSE_CONCAT2_(a, b)
#define SYSPULSE_CONCAT2_(a, b) a##b

#endif  // SERVICES_BASE_STATUS_MACROS_H_
