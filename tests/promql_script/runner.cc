#include "tests/promql_script/runner.h"

#include <cstddef>
#include <cstdint>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/promql/parser.h"
#include "services/promql/printer.h"
#include "tests/promql_script/at_variant.h"
#include "tests/promql_script/comparison.h"

namespace syspulse::promql {
namespace {

constexpr std::int64_t kMinuteMs = 60 * 1000;

// Returns what is wrong with a query that failed.
std::string CompareError(const Eval& eval, const absl::Status& status) {
  const std::string message(status.message());
  if (!eval.fails) return absl::StrFormat("got error %s, wanted an answer", message);
  for (const Expected& expected : eval.errors) {
    if (expected.Matches(message)) continue;
    return absl::StrFormat("got error %s, wanted %s", message,
                           expected.regex == nullptr ? expected.text : "another one");
  }
  return "";
}

// Returns the values that a range query answered for one time.
Vector VectorAt(const Matrix& matrix, std::int64_t time_ms) {
  Vector vector;
  for (const Series& series : matrix.series) {
    for (std::size_t i = 0; i < series.values.size(); ++i) {
      if ((*series.times_ms)[i] != time_ms) continue;
      vector.samples.push_back({.labels = series.labels, .value = series.values[i]});
    }
  }
  return vector;
}

// Whether what it means depends on the range it is asked over.
bool DependsOnRange(std::string_view expr) {
  return expr.find("start()") != expr.npos || expr.find("end()") != expr.npos;
}

}  // namespace

std::vector<std::string> Runner::Run(std::string_view name, std::string_view script) {
  source_.Clear();
  foreign_.Clear();
  const auto commands = ParseScript(script);
  if (!commands.ok()) {
    ++tally_.failed;
    return {absl::StrFormat("%s: %s", name, commands.status().message())};
  }
  std::vector<std::string> failures;
  for (const Command& command : *commands) {
    if (std::holds_alternative<Clear>(command.action)) {
      source_.Clear();
      foreign_.Clear();
    } else if (const auto* const load = std::get_if<Load>(&command.action)) {
      LoadSeries(*load);
    } else {
      const auto& eval = std::get<Eval>(command.action);
      const auto wrong = Try(eval);
      if (!wrong.ok()) {
        ++tally_.skipped[std::string(wrong.status().message())];
      } else if (wrong->empty()) {
        ++tally_.passed;
      } else {
        ++tally_.failed;
        failures.push_back(
            absl::StrFormat("%s:%d: %s\n    %s", name, command.line, eval.expr, *wrong));
      }
    }
  }
  return failures;
}

void Runner::LoadSeries(const Load& load) {
  foreign_.Add(load);
  for (const SeriesLine& series : load.series) {
    for (std::size_t i = 0; i < series.values.size(); ++i) {
      if (!series.values[i].has_value()) continue;
      source_.Add(series.labels, static_cast<std::int64_t>(i) * load.step_ms, *series.values[i]);
    }
  }
}

absl::StatusOr<std::string> Runner::Try(const Eval& eval) {
  const auto expr = ParseExpr(eval.expr);
  if (!expr.ok()) {
    const std::string_view newer = ForeignSyntax(eval.expr, std::string(expr.status().message()));
    if (!newer.empty()) return absl::UnimplementedError(std::string(newer));
    return CompareError(eval, expr.status());
  }
  std::string reason = eval.foreign.empty() ? foreign_.WhatSelects(**expr) : eval.foreign;
  if (reason.empty()) reason = ForeignCalls(**expr);
  if (!reason.empty()) return absl::UnimplementedError(reason);
  if (eval.is_range) return TryRange(eval, **expr);
  std::string wrong = TryInstant(eval, **expr, eval.range.end_ms, true);
  return wrong.empty() ? TryAtOtherTimes(eval, **expr) : wrong;
}

// With `@` everywhere, the time at which it is asked does not matter.
std::string Runner::TryAtOtherTimes(const Eval& eval, const Expr& expr) {
  const std::int64_t time_ms = eval.range.end_ms;
  const auto variant = WithAt(expr, time_ms);
  if (!variant.has_value()) return "";
  std::vector<std::int64_t> others = {-10 * time_ms, 0, time_ms / 5, time_ms, 10 * time_ms};
  if (time_ms == 0) others = {-1000, 0, 1000};
  for (const std::int64_t other_ms : others) {
    const std::string wrong = TryInstant(eval, **variant, other_ms, false);
    if (wrong.empty()) continue;
    return absl::StrFormat("as %s at %d ms: %s", ToString(**variant), other_ms, wrong);
  }
  return "";
}

std::string Runner::TryInstant(const Eval& eval, const Expr& expr, std::int64_t time_ms,
                               bool as_written) {
  QueryContext context({}, clock_, {});
  const auto answer = engine_.Instant(expr, time_ms, source_, context, eval.expr);
  if (!answer.ok()) return CompareError(eval, answer.status());
  if (eval.fails) return "got " + Describe(answer->value) + ", wanted an error";
  std::string wrong = Compare(eval, answer->value);
  if (!wrong.empty()) return wrong;
  if (as_written) wrong = CompareAnnotations(eval, *answer);
  if (!wrong.empty()) return wrong;
  const bool as_range = !eval.is_range_vector && !eval.string.has_value() && !eval.ordered;
  return as_range && !DependsOnRange(eval.expr) ? TryAsRange(eval, expr, time_ms) : "";
}

std::string Runner::TryRange(const Eval& eval, const Expr& expr) {
  QueryContext context({}, clock_, {});
  const auto answer = engine_.Range(expr, eval.range, eval.step_ms, source_, context, eval.expr);
  if (!answer.ok()) return CompareError(eval, answer.status());
  if (eval.fails) return "got " + Describe(answer->value) + ", wanted an error";
  std::string wrong = Compare(eval, answer->value);
  return wrong.empty() ? CompareAnnotations(eval, *answer) : wrong;
}

// The middle step of a range query answers what the instant query answers.
std::string Runner::TryAsRange(const Eval& eval, const Expr& expr, std::int64_t time_ms) {
  QueryContext context({}, clock_, {});
  const TimeRange range{.start_ms = time_ms - kMinuteMs, .end_ms = time_ms + kMinuteMs};
  const auto answer = engine_.Range(expr, range, kMinuteMs, source_, context);
  if (!answer.ok()) return absl::StrFormat("as range: %s", answer.status().message());
  Value value = VectorAt(std::get<Matrix>(answer->value), time_ms);
  if (TypeOf(expr) == ValueType::kScalar) {
    const auto& samples = std::get<Vector>(value).samples;
    if (samples.size() != 1) return "as range: got " + Describe(value) + ", wanted a scalar";
    value = Scalar{samples.front().value};
  }
  const std::string wrong = Compare(eval, value);
  return wrong.empty() ? "" : "as range: " + wrong;
}

}  // namespace syspulse::promql
