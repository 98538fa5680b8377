#include "tests/services/promql/query_runner.h"

#include <bit>
#include <limits>
#include <utility>
#include <variant>

#include "absl/strings/str_format.h"
#include "services/base/text.h"
#include "services/promql/math_functions.h"
#include "services/promql/parser.h"

namespace syspulse::promql {
namespace {

std::string Print(const Answer& answer) {
  std::string text;
  if (const auto* scalar = std::get_if<Scalar>(&answer.value)) return FormatFloat(scalar->value);
  if (const auto* string = std::get_if<String>(&answer.value)) return string->value;
  if (const auto* vector = std::get_if<Vector>(&answer.value)) {
    for (const Sample& sample : vector->samples) {
      text += sample.labels.ToString() + " " + FormatFloat(sample.value) + "\n";
    }
    return text;
  }
  for (const Series& series : std::get<Matrix>(answer.value).series) {
    text += series.labels.ToString();
    for (std::size_t i = 0; i < series.values.size(); ++i) {
      text += absl::StrFormat(" %s@%s", FormatFloat(series.values[i]),
                              FormatFloat(static_cast<double>((*series.times_ms)[i]) / 1000));
    }
    text += "\n";
  }
  return text;
}

std::string Print(const absl::StatusOr<Answer>& answer) {
  return answer.ok() ? Print(*answer) : "error: " + std::string(answer.status().message());
}

}  // namespace

void QueryRunner::Load(std::string_view selector, std::string_view values, std::int64_t start_ms,
                       std::int64_t step_ms) {
  const std::vector<Matcher> matchers = ParseSelector(selector).value();
  LabelsBuilder labels;
  for (const Matcher& matcher : matchers) labels.Set(matcher.name(), matcher.value());
  std::int64_t time_ms = start_ms;
  for (std::string_view field = TakeField(&values); !field.empty(); field = TakeField(&values)) {
    const double value = field == "stale" ? std::bit_cast<double>(kStaleBits)
                                          : ParseNumber<double>(field).value_or(0);
    if (field != "_") source_.Add(labels.Build(), time_ms, value);
    time_ms += step_ms;
  }
}

absl::StatusOr<Answer> QueryRunner::Instant(std::string_view query, std::int64_t time_ms) {
  auto expr = ParseExpr(query);
  if (!expr.ok()) return expr.status();
  QueryContext context(limits_, clock_, stop_.get_token());
  return Engine(options_).Instant(**expr, time_ms, source_, context, query);
}

absl::StatusOr<Answer> QueryRunner::Range(std::string_view query, TimeRange range,
                                          std::int64_t step_ms) {
  auto expr = ParseExpr(query);
  if (!expr.ok()) return expr.status();
  QueryContext context(limits_, clock_, stop_.get_token());
  return Engine(options_).Range(**expr, range, step_ms, source_, context, query);
}

std::string QueryRunner::At(std::string_view query, double seconds) {
  return Print(Instant(query, static_cast<std::int64_t>(seconds * 1000)));
}

std::string QueryRunner::Over(std::string_view query, double start, double end, double step) {
  const auto ms = [](double seconds) { return static_cast<std::int64_t>(seconds * 1000); };
  return Print(Range(query, {.start_ms = ms(start), .end_ms = ms(end)}, ms(step)));
}

}  // namespace syspulse::promql
