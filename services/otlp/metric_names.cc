#include "services/otlp/metric_names.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "services/base/text.h"

namespace syspulse {
namespace {

using Word = std::pair<std::string_view, std::string_view>;

// UCUM's codes and Prometheus' words.
constexpr Word kUnits[] = {{"d", "days"},
                           {"h", "hours"},
                           {"min", "minutes"},
                           {"s", "seconds"},
                           {"ms", "milliseconds"},
                           {"us", "microseconds"},
                           {"ns", "nanoseconds"},
                           {"By", "bytes"},
                           {"KiBy", "kibibytes"},
                           {"MiBy", "mebibytes"},
                           {"GiBy", "gibibytes"},
                           {"TiBy", "tibibytes"},
                           {"KBy", "kilobytes"},
                           {"MBy", "megabytes"},
                           {"GBy", "gigabytes"},
                           {"TBy", "terabytes"},
                           {"m", "meters"},
                           {"V", "volts"},
                           {"A", "amperes"},
                           {"J", "joules"},
                           {"W", "watts"},
                           {"g", "grams"},
                           {"Cel", "celsius"},
                           {"Hz", "hertz"},
                           {"1", ""},
                           {"%", "percent"}};
constexpr Word kPerUnits[] = {{"s", "second"}, {"m", "minute"}, {"h", "hour"}, {"d", "day"},
                              {"w", "week"},   {"mo", "month"}, {"y", "year"}};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string_view WordOf(std::string_view code, std::span<const Word> words) {
  for (const auto& [known, word] : words) {
    if (known == code) return word;
  }
  return code;
}

// Returns the runs of letters, digits and colons.
std::vector<std::string> Tokens(std::string_view name) {
  std::vector<std::string> tokens;
  bool inside = false;
  for (const char c : name) {
    const bool fits = IsLetter(c) || IsDigit(c) || c == ':';
    if (fits && !inside) tokens.emplace_back();
    if (fits) tokens.back() += c;
    inside = fits;
  }
  return tokens;
}

std::string Joined(const std::vector<std::string>& tokens) {
  std::string name;
  for (const std::string& token : tokens) name += (name.empty() ? "" : "_") + token;
  return name;
}

// Returns one side of a unit in words, in characters of names; empty for a remark in braces.
std::string SideOf(std::string_view code, std::span<const Word> words) {
  code = Trim(code);
  if (code.find_first_of("{}") != code.npos) return "";
  return Joined(Tokens(WordOf(code, words)));
}

struct UnitWords {
  std::string main;
  std::string per;  // `per_second`
};

UnitWords WordsOf(std::string_view unit) {
  const std::size_t slash = unit.find('/');
  UnitWords words{.main = SideOf(unit.substr(0, slash), kUnits)};
  if (slash == unit.npos) return words;
  words.per = SideOf(unit.substr(slash + 1), kPerUnits);
  if (!words.per.empty()) words.per = "per_" + words.per;
  return words;
}

void Append(const std::string& word, std::vector<std::string>* tokens) {
  if (word.empty() || std::ranges::find(*tokens, word) != tokens->end()) return;
  tokens->push_back(word);
}

void MoveToEnd(const std::string& word, std::vector<std::string>* tokens) {
  std::erase(*tokens, word);
  tokens->push_back(word);
}

}  // namespace

std::string PrometheusMetricName(std::string_view name, std::string_view unit, OtlpKind kind) {
  std::vector<std::string> tokens = Tokens(name);
  if (tokens.empty()) return "";
  const UnitWords words = WordsOf(unit);
  Append(words.main, &tokens);
  Append(words.per, &tokens);
  if (kind == OtlpKind::kCounter) MoveToEnd("total", &tokens);
  if (kind == OtlpKind::kGauge && unit == "1") MoveToEnd("ratio", &tokens);
  std::string joined = Joined(tokens);
  return IsDigit(joined.front()) ? "_" + joined : joined;
}

std::string PrometheusUnit(std::string_view unit) {
  const UnitWords words = WordsOf(unit);
  return words.main.empty() || words.per.empty() ? words.main + words.per
                                                 : words.main + "_" + words.per;
}

std::string PrometheusLabelName(std::string_view attribute) {
  std::string name(attribute);
  std::ranges::replace_if(
      name, [](char c) { return !IsLetter(c) && !IsDigit(c); }, '_');
  if (name.find_first_not_of('_') == name.npos || name == "__name__") return "";
  if (IsDigit(name.front())) return "key_" + name;
  if (name.starts_with('_') && !name.starts_with("__")) return "key" + name;
  return name;
}

}  // namespace syspulse
