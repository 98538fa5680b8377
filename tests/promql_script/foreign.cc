#include "tests/promql_script/foreign.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <variant>

#include "services/promql/printer.h"

namespace syspulse::promql {
namespace {

constexpr std::array<std::string_view, 23> kNewerFunctions = {"double_exponential_smoothing",
                                                              "end",
                                                              "first_over_time",
                                                              "histogram_avg",
                                                              "histogram_quantiles",
                                                              "histogram_stddev",
                                                              "histogram_stdvar",
                                                              "info",
                                                              "limit_ratio",
                                                              "limitk",
                                                              "mad_over_time",
                                                              "max_of",
                                                              "min_of",
                                                              "range",
                                                              "sort_by_label",
                                                              "sort_by_label_desc",
                                                              "start",
                                                              "start_timestamp",
                                                              "step",
                                                              "ts_of_first_over_time",
                                                              "ts_of_last_over_time",
                                                              "ts_of_max_over_time",
                                                              "ts_of_min_over_time"};

// Take native histograms and nothing else in 2.42.
constexpr std::array<std::string_view, 3> kNativeFunctions = {
    "histogram_count", "histogram_fraction", "histogram_sum"};

// Modifiers, operators, names in quotes, and durations that are numbers or computed.
constexpr std::array<const char*, 8> kNewerForms = {
    R"(\b(anchored|smoothed)\b)",
    R"(\bfill(_left|_right)?\s*\()",
    R"([{(,]\s*"[^"]*"\s*[,})=!])",
    R"([<>]/)",
    R"([,(]\s*\d+(ms|[smhdwy])\w*\s*[),])",
    R"(\[[^\]]*[-+*/%^()])",
    R"(\[\s*(\d+(\.\d+)?|\d*[a-z\d]*:\s*\d+(\.\d+)?)\s*[\]:])",
    R"((?i)\boffset\s*[-+]*\s*(\(|(step|range|min_of|max_of)\b|\d+(\.\d+)?(\s|\)|$)))",
};

// What the parser says where a duration stands for a number, or where one is computed.
constexpr std::array<std::string_view, 2> kNewerErrors = {"unexpected duration \"",
                                                          "duration must be greater than 0"};

bool Contains(std::string_view text, const char* pattern) {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

// Whether `expr` calls a function or aggregation of this name.
bool Calls(std::string_view expr, std::string_view name) {
  return Contains(expr, ("\\b" + std::string(name) + R"(\s*(\(|by\b|without\b))").c_str());
}

// Calls `visit` with each selector in `expr`.
template <typename Visit>
void ForEachSelector(const Expr& expr, const Visit& visit) {
  const auto into = [&](const ExprPtr& child) {
    if (child != nullptr) ForEachSelector(*child, visit);
  };
  if (const auto* const vector = std::get_if<VectorSelector>(&expr.node)) {
    visit(*vector);
  } else if (const auto* const matrix = std::get_if<MatrixSelector>(&expr.node)) {
    visit(matrix->selector);
  } else if (const auto* const subquery = std::get_if<Subquery>(&expr.node)) {
    into(subquery->expr);
  } else if (const auto* const paren = std::get_if<Paren>(&expr.node)) {
    into(paren->expr);
  } else if (const auto* const unary = std::get_if<Unary>(&expr.node)) {
    into(unary->expr);
  } else if (const auto* const binary = std::get_if<Binary>(&expr.node)) {
    into(binary->left);
    into(binary->right);
  } else if (const auto* const aggregate = std::get_if<Aggregate>(&expr.node)) {
    into(aggregate->parameter);
    into(aggregate->expr);
  } else if (const auto* const call = std::get_if<Call>(&expr.node)) {
    std::ranges::for_each(call->arguments, into);
  }
}

}  // namespace

std::string_view ForeignSyntax(std::string_view expr, std::string_view error) {
  for (const std::string_view name : kNewerFunctions) {
    if (Calls(expr, name)) return kNewerFunction;
  }
  const bool newer =
      std::ranges::any_of(kNewerForms, [&](const char* form) { return Contains(expr, form); }) ||
      std::ranges::any_of(kNewerErrors,
                          [&](std::string_view said) { return error.find(said) != error.npos; });
  return newer ? kNewerSyntax : "";
}

std::string_view ForeignCalls(const Expr& expr) {
  const std::string text = ToString(expr);
  const bool native = std::ranges::any_of(kNativeFunctions,
                                          [&](std::string_view name) { return Calls(text, name); });
  return native ? kNativeHistogram : "";
}

void ForeignSeries::Add(const Load& load) {
  constexpr std::string_view kBucket = "_bucket";
  for (const SeriesLine& line : load.series) {
    const std::string_view name = line.labels.name();
    if (!line.foreign.empty()) {
      series_.push_back({.labels = line.labels, .reason = line.foreign});
    } else if (!line.labels.Get("__type__").empty() || !line.labels.Get("__unit__").empty()) {
      series_.push_back({.labels = line.labels, .reason = std::string(kNewerLabels)});
    } else if (load.also_native && name.ends_with(kBucket)) {
      const std::string_view base = name.substr(0, name.size() - kBucket.size());
      series_.push_back(
          {.labels = LabelsBuilder(line.labels).Set(kMetricName, base).Delete("le").Build(),
           .reason = std::string(kNativeHistogram)});
    }
  }
}

std::string ForeignSeries::WhatSelects(const Expr& expr) const {
  std::string reason;
  ForEachSelector(expr, [&](const VectorSelector& selector) {
    for (const Series& series : series_) {
      const bool selected = std::ranges::all_of(selector.matchers, [&](const Matcher& matcher) {
        return matcher.Matches(series.labels.Get(matcher.name()));
      });
      if (selected) reason = series.reason;
    }
  });
  return reason;
}

}  // namespace syspulse::promql
