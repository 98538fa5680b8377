// Evaluates queries over series from a file, one a line, and prints each answer as a line of JSON.
//
//   promql-eval series.txt < queries.txt
//
// The file has lines of OpenMetrics without comments' meaning: name{label="value"} value seconds. A
// query is `instant MILLISECONDS EXPRESSION` or `range START END STEP EXPRESSION`, times in
// milliseconds; tabs separate the parts. An answer is {"error": text} or the `data` of Prometheus'
// HTTP API.
#include <cstdint>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/clock.h"
#include "services/base/text.h"
#include "services/promql/engine.h"
#include "services/promql/math_functions.h"
#include "services/promql/parser.h"
#include "tests/testing/memory_series.h"

namespace syspulse::promql {
namespace {

std::string Json(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      quoted += absl::StrFormat("\\u%04x", static_cast<unsigned>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string Json(const Labels& labels) {
  std::string text = "{";
  for (std::size_t i = 0; i < labels.size(); ++i) {
    text += (i > 0 ? "," : "") + Json(labels[i].name) + ":" + Json(labels[i].value);
  }
  return text + "}";
}

std::string Point(std::int64_t time_ms, double value) {
  return absl::StrFormat("[%.3f,\"%s\"]", static_cast<double>(time_ms) / 1000, FormatFloat(value));
}

struct AsJson {
  std::int64_t time_ms;  // of an instant query

  std::string operator()(const Scalar& scalar) const {
    return R"({"resultType":"scalar","result":)" + Point(time_ms, scalar.value) + "}";
  }
  std::string operator()(const String& string) const {
    return absl::StrFormat(R"({"resultType":"string","result":[%.3f,%s]})",
                           static_cast<double>(time_ms) / 1000, Json(string.value));
  }
  std::string operator()(const Vector& vector) const {
    std::string text;
    for (const Sample& sample : vector.samples) {
      text += absl::StrFormat(R"(%s{"metric":%s,"value":%s})", text.empty() ? "" : ",",
                              Json(sample.labels), Point(time_ms, sample.value));
    }
    return R"({"resultType":"vector","result":[)" + text + "]}";
  }
  std::string operator()(const Matrix& matrix) const {
    std::string text;
    for (const Series& series : matrix.series) {
      std::string points;
      for (std::size_t i = 0; i < series.values.size(); ++i) {
        points += (i > 0 ? "," : "") + Point((*series.times_ms)[i], series.values[i]);
      }
      text += absl::StrFormat(R"(%s{"metric":%s,"values":[%s]})", text.empty() ? "" : ",",
                              Json(series.labels), points);
    }
    return R"({"resultType":"matrix","result":[)" + text + "]}";
  }
};

absl::StatusOr<Answer> Evaluate(std::string_view line, const SeriesSource& source,
                                const Clock& clock, std::int64_t* time_ms) {
  const auto number = [&] { return ParseNumber<std::int64_t>(TakeUntil(&line, '\t')).value_or(0); };
  const bool instant = TakeUntil(&line, '\t') == "instant";
  *time_ms = number();
  const std::int64_t end_ms = instant ? 0 : number();
  const std::int64_t step_ms = instant ? 0 : number();
  auto expr = ParseExpr(line);
  if (!expr.ok()) return expr.status();
  QueryContext context({}, clock, {});
  const Engine engine;
  if (instant) return engine.Instant(**expr, *time_ms, source, context);
  return engine.Range(**expr, {*time_ms, end_ms}, step_ms, source, context);
}

// Returns the labels of `name{label="value"}`, as a selector that has nothing but equalities.
std::optional<Labels> LabelsOf(std::string_view text) {
  const auto matchers = ParseSelector(text);
  if (!matchers.ok()) return std::nullopt;
  LabelsBuilder labels;
  for (const Matcher& matcher : *matchers) labels.Set(matcher.name(), matcher.value());
  return labels.Build();
}

bool Load(const char* file, MemorySource* source) {
  std::ifstream stream(file);
  std::unordered_map<std::string, Labels> known;
  std::string line;
  while (std::getline(stream, line)) {
    if (line.starts_with('#') || line.empty()) continue;
    const std::size_t time_at = line.rfind(' ');
    const std::size_t value_at = line.rfind(' ', time_at - 1);
    const std::string_view text = line;
    const std::string name(text.substr(0, value_at));
    if (!known.contains(name)) known[name] = LabelsOf(name).value_or(Labels());
    std::string_view value = text.substr(value_at + 1, time_at - value_at - 1);
    if (value.starts_with('+')) value.remove_prefix(1);
    const double seconds = ParseNumber<double>(text.substr(time_at + 1)).value_or(0);
    const auto time_ms = static_cast<std::int64_t>(seconds * 1000 + 0.5);
    source->Add(known[name], time_ms, ParseNumber<double>(value).value_or(0));
  }
  return stream.eof();
}

int Main(const char* file) {
  MemorySource source;
  if (!Load(file, &source)) {
    std::cerr << "promql-eval: " << file << " cannot be read\n";
    return 1;
  }
  const SystemClock clock;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::int64_t time_ms = 0;
    const auto answer = Evaluate(line, source, clock, &time_ms);
    std::cout << (answer.ok() ? std::visit(AsJson{time_ms}, answer->value)
                              : absl::StrFormat(R"({"error":%s})",
                                                Json(std::string(answer.status().message()))))
              << "\n"
              << std::flush;
  }
  return 0;
}

}  // namespace
}  // namespace syspulse::promql

int main(int argc, char** argv) {
  if (argc == 2) return syspulse::promql::Main(argv[1]);
  std::cerr << "usage: promql-eval SERIES < QUERIES\n";
  return 2;
}
