#include "tests/promql_script/comparison.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/promql/number.h"
#include "services/promql/quote.h"
#include "services/promql/series_source.h"

namespace syspulse::promql {
namespace {

constexpr double kEpsilon = 0.000001;

// A sample of a series that is expected.
struct Point {
  std::int64_t time_ms = 0;
  double value = 0;
};

std::string Difference(std::string_view got, std::string_view wanted) {
  return absl::StrFormat("got %s, wanted %s", got, wanted);
}

std::string DescribePoints(std::span<const Point> points) {
  std::string text;
  for (const Point& point : points) {
    text += absl::StrFormat(" %s @%d", FormatNumber(point.value), point.time_ms);
  }
  return text.empty() ? " nothing" : text;
}

std::vector<Point> PointsOf(const Series& series) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    points.push_back({.time_ms = (*series.times_ms)[i], .value = series.values[i]});
  }
  return points;
}

std::vector<Point> PointsOf(const Eval& eval, const SeriesLine& series) {
  std::vector<Point> points;
  std::int64_t time_ms = eval.range.start_ms;
  for (const std::optional<double>& value : series.values) {
    if (value.has_value()) points.push_back({.time_ms = time_ms, .value = *value});
    time_ms += eval.step_ms;
  }
  return points;
}

bool SamePoints(std::span<const Point> a, std::span<const Point> b) {
  return std::ranges::equal(a, b, [](const Point& x, const Point& y) {
    return x.time_ms == y.time_ms && AlmostEqual(x.value, y.value);
  });
}

// Returns the place of the expected series of these labels, and the number of series if there is
// none. Of two expected of the same labels the last one counts.
std::size_t FindExpected(const Eval& eval, const Labels& labels) {
  for (std::size_t i = eval.series.size(); i > 0; --i) {
    if (eval.series[i - 1].labels == labels) return i - 1;
  }
  return eval.series.size();
}

// Returns what is expected but not among the `seen` places.
std::string Missing(const Eval& eval, const std::vector<bool>& seen) {
  for (std::size_t i = 0; i < eval.series.size(); ++i) {
    const bool counts = FindExpected(eval, eval.series[i].labels) == i;
    if (seen[i] || !counts) continue;
    const std::vector<Point> points = PointsOf(eval, eval.series[i]);
    return Difference("no such series", eval.series[i].labels.ToString() + DescribePoints(points));
  }
  return "";
}

struct CompareKind {
  const Eval& eval;

  std::string operator()(const Scalar& scalar) const {
    const std::string got = "scalar " + FormatNumber(scalar.value);
    if (!eval.scalar.has_value()) return Difference(got, "no scalar");
    if (AlmostEqual(scalar.value, *eval.scalar)) return "";
    return Difference(got, FormatNumber(*eval.scalar));
  }

  std::string operator()(const String& string) const {
    const std::string wanted = eval.string.value_or("");
    return string.value == wanted ? "" : Difference(Quote(string.value), Quote(wanted));
  }

  std::string operator()(const Vector& vector) const {
    if (eval.scalar.has_value()) {
      return Difference(Describe(vector), "scalar " + FormatNumber(*eval.scalar));
    }
    std::vector<bool> seen(eval.series.size());
    for (std::size_t i = 0; i < vector.samples.size(); ++i) {
      const Sample& sample = vector.samples[i];
      const std::string got = sample.labels.ToString() + " " + FormatNumber(sample.value);
      const std::size_t place = FindExpected(eval, sample.labels);
      if (place == eval.series.size()) return Difference(got, "no such series");
      if (eval.ordered && place != i) {
        return Difference(absl::StrFormat("%s at place %d", got, i + 1),
                          absl::StrFormat("place %d", place + 1));
      }
      const std::vector<std::optional<double>>& values = eval.series[place].values;
      if (values.empty() || !values[0].has_value()) return Difference(got, "no sample");
      if (!AlmostEqual(sample.value, *values[0])) {
        return Difference(got, FormatNumber(*values[0]));
      }
      seen[place] = true;
    }
    return Missing(eval, seen);
  }

  std::string operator()(const Matrix& matrix) const {
    if (eval.scalar.has_value() || eval.ordered) {
      return Difference(Describe(matrix), eval.ordered ? "an ordered vector" : "a scalar");
    }
    if (!std::ranges::is_sorted(matrix.series, {}, &Series::labels)) {
      return Difference(Describe(matrix), "series sorted by labels");
    }
    std::vector<bool> seen(eval.series.size());
    for (const Series& series : matrix.series) {
      const std::vector<Point> points = PointsOf(series);
      const std::string got = series.labels.ToString() + DescribePoints(points);
      const std::size_t place = FindExpected(eval, series.labels);
      if (place == eval.series.size()) return Difference(got, "no such series");
      const std::vector<Point> wanted = PointsOf(eval, eval.series[place]);
      if (!SamePoints(points, wanted)) return Difference(got, DescribePoints(wanted));
      seen[place] = true;
    }
    return Missing(eval, seen);
  }
};

std::string JoinLines(const std::vector<std::string>& lines) {
  std::string joined;
  for (const std::string& line : lines) joined += (joined.empty() ? "" : "; ") + line;
  return joined.empty() ? "none" : joined;
}

// Compares annotations of one kind.
std::string CompareSaid(std::string_view kind, const std::vector<std::string>& said, bool wants_any,
                        bool wants_none, const std::vector<Expected>& wanted) {
  const std::string got = absl::StrFormat("%s %s", kind, JoinLines(said));
  if (wants_none && !said.empty()) return Difference(got, "none");
  if (wants_any && said.empty()) return Difference(got, "some");
  for (const Expected& expected : wanted) {
    const bool found =
        std::ranges::any_of(said, [&](const std::string& text) { return expected.Matches(text); });
    if (!found) return Difference(got, expected.text.empty() ? "another one" : expected.text);
  }
  return "";
}

}  // namespace

std::string Compare(const Eval& eval, const Value& value) {
  return std::visit(CompareKind{eval}, value);
}

std::string CompareAnnotations(const Eval& eval, const Answer& answer) {
  std::string wrong = CompareSaid("warning:", answer.warnings, eval.wants_warning,
                                  eval.wants_no_warning, eval.warnings);
  if (!wrong.empty()) return wrong;
  return CompareSaid("info:", answer.infos, eval.wants_info, eval.wants_no_info, eval.infos);
}

bool AlmostEqual(double a, double b) {
  if (IsStale(a) || IsStale(b)) return IsStale(a) && IsStale(b);
  if (std::isnan(a) && std::isnan(b)) return true;
  if (a == b) return true;
  constexpr double kLeast = std::numeric_limits<double>::min();
  const double sum = std::abs(a) + std::abs(b);
  const double difference = std::abs(a - b);
  if (a == 0 || b == 0 || sum < kLeast) return difference < kEpsilon * kLeast;
  return difference / std::min(sum, std::numeric_limits<double>::max()) < kEpsilon;
}

std::string Describe(const Value& value) {
  if (const auto* const scalar = std::get_if<Scalar>(&value)) {
    return "scalar " + FormatNumber(scalar->value);
  }
  if (const auto* const string = std::get_if<String>(&value)) return Quote(string->value);
  std::string text;
  if (const auto* const vector = std::get_if<Vector>(&value)) {
    for (const Sample& sample : vector->samples) {
      text += absl::StrFormat(" %s %s;", sample.labels.ToString(), FormatNumber(sample.value));
    }
    return "vector" + (text.empty() ? " of nothing" : text);
  }
  for (const Series& series : std::get<Matrix>(value).series) {
    text += absl::StrFormat(" %s%s;", series.labels.ToString(), DescribePoints(PointsOf(series)));
  }
  return "matrix" + (text.empty() ? " of nothing" : text);
}

}  // namespace syspulse::promql
