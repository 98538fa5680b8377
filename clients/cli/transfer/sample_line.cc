#include "clients/cli/transfer/sample_line.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/metric_name.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/model/metric_type_proto.h"

namespace syspulse {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::size_t kMostLabels = 256;           // of a series, as the service has it
constexpr std::size_t kMostLabelBytes = 64 << 10;  // of all of them
constexpr std::int64_t kLeastMilliseconds = 100'000'000'000;
constexpr double kFirstMs = -62'135'596'800'000;  // year 1
constexpr double kLastMs = 253'402'300'799'999;   // year 9999

bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool IsNamePart(char c) { return IsNameStart(c) || (c >= '0' && c <= '9'); }

void SkipBlanks(std::string_view* rest) {
  rest->remove_prefix(std::min(rest->find_first_not_of(kBlanks), rest->size()));
}

// Returns where the braces that `text` begins with are closed; npos if they are not.
std::size_t ClosingBrace(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[i] == '}') {
      return i;
    }
  }
  return text.npos;
}

// Takes what stands between quotes off `*rest`, which begins behind the first one.
absl::StatusOr<std::string> TakeQuoted(std::string_view* rest) {
  std::string value;
  for (std::size_t i = 0; i < rest->size(); ++i) {
    const char c = (*rest)[i];
    if (c == '"') {
      rest->remove_prefix(i + 1);
      return value;
    }
    if (c != '\\' || i + 1 == rest->size()) {
      value += c;
      continue;
    }
    const char escaped = (*rest)[++i];
    if (escaped != 'n' && escaped != '"' && escaped != '\\') {
      return absl::InvalidArgumentError(
          absl::StrFormat("'\\%c' is not an escape; there are \\\\, \\\" and \\n", escaped));
    }
    value += escaped == 'n' ? '\n' : escaped;
  }
  return absl::InvalidArgumentError("a label's value has no closing quote");
}

absl::StatusOr<double> ParseSampleValue(std::string_view text) {
  std::string_view number = text;
  if (number.starts_with('+') && !number.starts_with("+-")) number.remove_prefix(1);
  const auto value = ParseNumber<double>(number);
  if (!value || number.ends_with(')')) {  // as C's nan(7)
    return absl::InvalidArgumentError(absl::StrFormat("'%s' is not a value", text));
  }
  return std::isnan(*value) ? std::bit_cast<double>(kNanBits) : *value;
}

// Takes one `label="value"` off `*rest`.
absl::StatusOr<std::pair<std::string, std::string>> TakeLabel(std::string_view* rest) {
  const std::size_t size =
      static_cast<std::size_t>(std::ranges::find_if_not(*rest, IsNamePart) - rest->begin());
  const std::string_view name = rest->substr(0, size);
  if (name.empty() || !IsNameStart(name.front())) {
    return absl::InvalidArgumentError(
        absl::StrFormat("a label is expected at '%s'", rest->substr(0, 40)));
  }
  rest->remove_prefix(size);
  SkipBlanks(rest);
  const bool equals = rest->starts_with('=');
  if (equals) rest->remove_prefix(1);
  SkipBlanks(rest);
  if (!equals || !rest->starts_with('"')) {
    return absl::InvalidArgumentError(absl::StrFormat("=\"…\" is expected behind label %s", name));
  }
  rest->remove_prefix(1);
  ASSIGN_OR_RETURN(std::string value, TakeQuoted(rest));
  return std::pair(std::string(name), std::move(value));
}

// Returns the text of a HELP: `\n` is a new line there, and `\` before another character is it.
std::string Unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '\\' && i + 1 < text.size();
    if (escaped) ++i;
    plain += escaped && text[i] == 'n' ? '\n' : text[i];
  }
  return ToUtf8(plain);
}

}  // namespace

void TakeCommentLine(std::string_view line, v1::MetricFamily* family) {
  line.remove_prefix(1);  // the #
  const std::string_view keyword = TakeField(&line);
  const std::string_view name = TakeField(&line);
  if ((keyword != "TYPE" && keyword != "HELP" && keyword != "UNIT") || !IsMetricName(name)) return;
  if (family->name() != name) {
    family->Clear();
    family->set_name(std::string(name));
  }
  const std::string_view said = Trim(line);
  if (keyword == "TYPE") family->set_type(MetricTypeNamed(said));
  if (keyword == "HELP") family->set_help(Unescaped(said));
  if (keyword == "UNIT") family->set_unit(ToUtf8(said));
}

absl::StatusOr<SampleLine> ParseSampleLine(std::string_view line) {
  SkipBlanks(&line);
  std::size_t end = std::min(line.find_first_of(" \t{"), line.size());
  std::size_t brace = end;
  while (brace < line.size() && kBlanks.find(line[brace]) != kBlanks.npos) ++brace;
  if (brace < line.size() && line[brace] == '{') {
    const std::size_t closing = ClosingBrace(line.substr(brace));
    if (closing == line.npos) return absl::InvalidArgumentError("the labels have no closing brace");
    end = brace + closing + 1;
  }
  SampleLine sample{.series = line.substr(0, end)};
  std::string_view rest = line.substr(end);
  const std::string_view value = TakeField(&rest);
  if (value.empty()) return absl::InvalidArgumentError("there is no value");
  ASSIGN_OR_RETURN(sample.value, ParseSampleValue(value));
  SkipBlanks(&rest);
  if (rest.starts_with('#')) return sample;  // an exemplar
  sample.time = TakeField(&rest);
  SkipBlanks(&rest);
  if (!rest.empty() && !rest.starts_with('#')) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' is too much behind value and time", rest.substr(0, 40)));
  }
  return sample;
}

absl::StatusOr<std::map<std::string, std::string>> ParseSeriesLabels(std::string_view series) {
  if (ToUtf8(series) != series) return absl::InvalidArgumentError("it is not valid UTF-8");
  std::map<std::string, std::string> labels;
  const std::size_t brace = std::min(series.find('{'), series.size());
  std::string_view name = Trim(series.substr(0, brace));
  if (!name.empty()) labels.emplace("__name__", name);
  std::string_view rest = series.substr(brace);
  if (!rest.empty()) rest = rest.substr(1, rest.size() - 2);  // without its braces
  SkipBlanks(&rest);
  while (!rest.empty()) {
    ASSIGN_OR_RETURN(auto label, TakeLabel(&rest));
    const auto [place, is_new] = labels.insert(std::move(label));
    if (!is_new) {
      return absl::InvalidArgumentError(absl::StrFormat("label %s stands twice", place->first));
    }
    SkipBlanks(&rest);
    if (rest.empty()) break;
    if (!rest.starts_with(',')) {
      return absl::InvalidArgumentError(
          absl::StrFormat("a comma is expected at '%s'", rest.substr(0, 40)));
    }
    rest.remove_prefix(1);
    SkipBlanks(&rest);
  }
  std::erase_if(labels, [](const auto& label) { return label.second.empty(); });
  RETURN_IF_ERROR(CheckSeries(labels));
  return labels;
}

absl::Status CheckSeries(const std::map<std::string, std::string>& labels) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : labels) bytes += name.size() + value.size();
  if (bytes > kMostLabelBytes) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "the labels of a series take %d bytes, and may take %d", bytes, kMostLabelBytes));
  }
  if (labels.size() > kMostLabels) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the series has %d labels, and may have %d", labels.size(), kMostLabels));
  }
  for (const auto& [name, value] : labels) {
    if (IsLabelName(name)) continue;
    return absl::InvalidArgumentError(absl::StrFormat("'%s' is not the name of a label", name));
  }
  const auto metric = labels.find("__name__");
  if (metric == labels.end()) return absl::InvalidArgumentError("the series has no name");
  if (IsMetricName(metric->second)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("'%s' is not the name of a metric", metric->second));
}

TimeUnit GuessTimeUnit(std::string_view time) {
  const auto whole = ParseNumber<std::int64_t>(time);
  return whole && (*whole >= kLeastMilliseconds || *whole <= -kLeastMilliseconds)
             ? TimeUnit::kMilliseconds
             : TimeUnit::kSeconds;
}

absl::StatusOr<std::int64_t> ParseSampleTime(std::string_view time, TimeUnit unit) {
  std::optional<double> millis;
  if (unit == TimeUnit::kMilliseconds) {
    if (const auto whole = ParseNumber<std::int64_t>(time)) millis = static_cast<double>(*whole);
  } else if (const auto seconds = ParseNumber<double>(time)) {
    millis = std::round(*seconds * 1000);
  }
  if (!millis || !(*millis >= kFirstMs && *millis <= kLastMs)) {
    const bool is_millis = unit == TimeUnit::kMilliseconds;
    const auto number = ParseNumber<double>(time);
    const bool fits_other = number && std::abs(*number) <= (is_millis ? kLastMs / 1e3 : kLastMs);
    return absl::InvalidArgumentError(absl::StrFormat(
        "'%s' is not a time in %s since 1970%s", time, is_millis ? "milliseconds" : "seconds",
        !fits_other ? ""
        : is_millis ? "; if times are in seconds, say --format openmetrics"
                    : "; if times are in milliseconds, say --format prometheus"));
  }
  return static_cast<std::int64_t>(*millis);
}

}  // namespace syspulse
