#include "services/promql/label_functions.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/metric_name.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/promql/table.h"

namespace syspulse::promql {
namespace {

constexpr std::int64_t kMostCompiledBytes = 4 * 1024 * 1024;

const std::string& StringArgument(const Call& call, std::size_t index) {
  return std::get<StringLiteral>(WithoutParens(*call.arguments[index]).node).value;
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Fills in a replacement as Go's Regexp.Expand does: $1, ${1}, $name, ${name} and $$; what names no
// group is empty, and a $ that starts nothing stands for itself.
class Template {
 public:
  Template(std::string_view text, const std::map<std::string, int>& group_numbers) {
    while (!text.empty()) {
      const std::size_t dollar = std::min(text.find('$'), text.size());
      AddText(text.substr(0, dollar));
      text.remove_prefix(dollar);
      if (!text.empty()) text.remove_prefix(TakeReference(text, group_numbers));
    }
  }

  std::string Fill(const std::vector<re2::StringPiece>& groups) const {
    std::string filled;
    for (const Part& part : parts_) {
      filled += part.text;
      if (part.group >= 0 && static_cast<std::size_t>(part.group) < groups.size()) {
        const re2::StringPiece& group = groups[static_cast<std::size_t>(part.group)];
        filled.append(group.data(), group.size());
      }
    }
    return filled;
  }

 private:
  struct Part {
    std::string text;
    int group = -1;  // behind the text; -1: none
  };

  void AddText(std::string_view text) { parts_.push_back({.text = std::string(text)}); }

  // Takes what the $ at the start of `text` means; returns how many bytes that were.
  std::size_t TakeReference(std::string_view text,
                            const std::map<std::string, int>& group_numbers) {
    if (text.substr(0, 2) == "$$") {
      AddText("$");
      return 2;
    }
    const bool braces = text.substr(0, 2) == "${";
    const std::size_t start = braces ? 2 : 1;
    std::size_t end = start;
    while (end < text.size() && (IsLetter(text[end]) || IsDigit(text[end]))) ++end;
    if (end == start || (braces && (end == text.size() || text[end] != '}'))) {
      AddText("$");
      return 1;
    }
    const std::string name(text.substr(start, end - start));
    const auto named = group_numbers.find(name);
    int group = named == group_numbers.end() ? -1 : named->second;
    if (std::ranges::all_of(name, IsDigit)) group = ParseNumber<int>(name).value_or(-1);
    parts_.push_back({.group = group});
    return end + (braces ? 1 : 0);
  }

  std::vector<Part> parts_;
};

// Sends rows with the labels that `change` makes of theirs, once for each set of labels.
absl::Status RelabelledRows(Evaluation& evaluation, const Expr& expr, const Grid& grid,
                            const std::function<Labels(const Labels&)>& change,
                            const RowSink& sink) {
  DistinctTable table(grid.count, evaluation.context());
  RETURN_IF_ERROR(evaluation.Rows(expr, grid, [&](const Labels& labels, std::span<double> values) {
    return table.Add(change(labels), values);
  }));
  return table.SendTo(sink);
}

absl::Status BadName(std::string_view what, std::string_view function, std::string_view name) {
  return absl::FailedPreconditionError(
      absl::StrFormat("invalid %s label name in %s(): %s", what, function, name));
}

}  // namespace

absl::Status LabelReplaceRows(Evaluation& evaluation, const Call& call, const Grid& grid,
                              const RowSink& sink) {
  const Expr& vector = *call.arguments[0];
  const std::string& target = StringArgument(call, 1);
  const std::string& source = StringArgument(call, 3);
  const std::string& pattern = StringArgument(call, 4);
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMostCompiledBytes);
  const re2::RE2 regex(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!regex.ok()) {
    return evaluation.FirstError(
        vector, grid,
        absl::FailedPreconditionError(
            absl::StrFormat("invalid regular expression in label_replace(): %s", pattern)));
  }
  if (!IsLabelName(target)) {
    return evaluation.FirstError(vector, grid, BadName("destination", "label_replace", target));
  }
  const Template replacement(StringArgument(call, 2), regex.NamedCapturingGroups());
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(regex.NumberOfCapturingGroups()) +
                                       1);
  const auto change = [&](const Labels& labels) {
    const std::string_view value = labels.Get(source);
    const re2::StringPiece text(value.data(), value.size());
    if (!regex.Match(text, 0, text.size(), re2::RE2::ANCHOR_BOTH, groups.data(),
                     static_cast<int>(groups.size()))) {
      return labels;
    }
    return LabelsBuilder(labels).Set(target, replacement.Fill(groups)).Build();
  };
  return RelabelledRows(evaluation, vector, grid, change, sink);
}

absl::Status LabelJoinRows(Evaluation& evaluation, const Call& call, const Grid& grid,
                           const RowSink& sink) {
  const Expr& vector = *call.arguments[0];
  const std::string& target = StringArgument(call, 1);
  const std::string& separator = StringArgument(call, 2);
  std::vector<std::string> sources;
  for (std::size_t i = 3; i < call.arguments.size(); ++i) {
    sources.push_back(StringArgument(call, i));
    if (IsLabelName(sources.back())) continue;
    return evaluation.FirstError(vector, grid, BadName("source", "label_join", sources.back()));
  }
  if (!IsLabelName(target)) {
    return evaluation.FirstError(vector, grid, BadName("destination", "label_join", target));
  }
  const auto change = [&](const Labels& labels) {
    std::string joined;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (i > 0) joined += separator;
      joined += labels.Get(sources[i]);
    }
    return LabelsBuilder(labels).Set(target, joined).Build();
  };
  return RelabelledRows(evaluation, vector, grid, change, sink);
}

}  // namespace syspulse::promql
