#include "tests/promql_script/script.h"

#include <re2/re2.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/promql/duration.h"
#include "services/promql/number.h"
#include "services/promql/quote.h"
#include "services/promql/string_literal.h"

namespace syspulse::promql {
namespace {

absl::Status Malformed(std::string_view what, std::string_view text) {
  return absl::InvalidArgumentError(absl::StrFormat("%s: %s", what, Quote(text)));
}

// Takes `prefix` and the blanks behind it off `*text` if it stands there.
bool TakeWord(std::string_view* text, std::string_view word) {
  std::string_view rest = *text;
  if (TakeField(&rest) != word) return false;
  *text = Trim(rest);
  return true;
}

absl::StatusOr<std::int64_t> TakeTime(std::string_view* text) {
  const std::string_view field = TakeField(text);
  *text = Trim(*text);
  return ParseDuration(field);
}

std::optional<double> ParseScalar(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const std::optional<double> value = ParseNumberLiteral(text);
  return negative && value.has_value() ? -*value : value;
}

absl::StatusOr<std::shared_ptr<const re2::RE2>> CompileRegex(std::string_view text) {
  auto regex = std::make_shared<const re2::RE2>(std::string(text), re2::RE2::Quiet);
  if (!regex->ok()) return Malformed("not a regular expression", text);
  return regex;
}

// msg: text, or regex: text
absl::StatusOr<Expected> ParseMessage(std::string_view text) {
  constexpr std::string_view kMessage = "msg:";
  constexpr std::string_view kRegex = "regex:";
  if (text.starts_with(kMessage)) {
    return Expected{.text = std::string(Trim(text.substr(kMessage.size())))};
  }
  if (!text.starts_with(kRegex)) return Malformed("neither msg: nor regex:", text);
  ASSIGN_OR_RETURN(auto regex, CompileRegex(Trim(text.substr(kRegex.size()))));
  return Expected{.regex = std::move(regex)};
}

class Reader {
 public:
  explicit Reader(std::vector<std::string_view> lines) : lines_(std::move(lines)) {}

  absl::StatusOr<std::vector<Command>> Commands();
  std::size_t line() const { return at_ + 1; }  // where an error is, from 1 on

 private:
  absl::StatusOr<Load> ParseLoad();
  absl::StatusOr<Eval> ParseEval();
  absl::Status ParseWhen(std::string_view* rest, Eval* eval) const;
  absl::Status ParseExpectation(std::string_view line, Eval* eval) const;
  absl::Status ParseExpect(std::string_view rest, Eval* eval) const;
  absl::Status ParseRange(std::string_view* rest, Eval* eval) const;
  absl::Status SetModifier(std::string_view modifier, Eval* eval) const;

  const std::vector<std::string_view> lines_;  // without comments and blanks around
  std::size_t at_ = 0;                         // index of the line that is read
};

absl::StatusOr<std::vector<Command>> Reader::Commands() {
  std::vector<Command> commands;
  for (; at_ < lines_.size(); ++at_) {
    if (lines_[at_].empty()) continue;
    Command command{.line = at_ + 1};
    if (lines_[at_] == "clear") {
      command.action = Clear{};
    } else if (lines_[at_].starts_with("load")) {
      ASSIGN_OR_RETURN(command.action, ParseLoad());
    } else if (lines_[at_].starts_with("eval")) {
      ASSIGN_OR_RETURN(command.action, ParseEval());
    } else {
      return Malformed("not a command", lines_[at_]);
    }
    commands.push_back(std::move(command));
  }
  return commands;
}

absl::StatusOr<Load> Reader::ParseLoad() {
  Load load;
  std::string_view rest = lines_[at_];
  load.also_native = TakeWord(&rest, "load_with_nhcb");
  if (!load.also_native && !TakeWord(&rest, "load")) return Malformed("not a command", rest);
  ASSIGN_OR_RETURN(load.step_ms, TakeTime(&rest));
  if (!rest.empty()) return Malformed("more than a step", rest);
  while (at_ + 1 < lines_.size() && !lines_[at_ + 1].empty()) {
    ++at_;
    auto series = ParseSeriesLine(lines_[at_]);
    if (absl::IsUnimplemented(series.status())) continue;  // nothing here can select it
    if (!series.ok()) return series.status();
    load.series.push_back(*std::move(series));
  }
  return load;
}

absl::StatusOr<Eval> Reader::ParseEval() {
  Eval eval;
  std::string_view rest = lines_[at_];
  const std::string_view command = TakeField(&rest);
  rest = Trim(rest);
  RETURN_IF_ERROR(SetModifier(command.substr(4), &eval));
  RETURN_IF_ERROR(ParseWhen(&rest, &eval));
  if (rest.empty()) return Malformed("no expression", lines_[at_]);
  eval.expr = std::string(rest);
  while (at_ + 1 < lines_.size() && !lines_[at_ + 1].empty()) {
    ++at_;
    const absl::Status status = ParseExpectation(lines_[at_], &eval);
    if (absl::IsUnimplemented(status)) {
      eval.foreign = std::string(status.message());
    } else if (!status.ok()) {
      return status;
    }
  }
  return eval;
}

absl::Status Reader::SetModifier(std::string_view modifier, Eval* eval) const {
  if (modifier == "_fail") {
    eval->fails = true;
  } else if (modifier == "_ordered") {
    eval->ordered = true;
  } else if (modifier == "_warn") {
    eval->wants_warning = true;
  } else if (modifier == "_info") {
    eval->wants_info = true;
  } else if (!modifier.empty()) {
    return Malformed("not a command", lines_[at_]);
  }
  return absl::OkStatus();
}

absl::Status Reader::ParseWhen(std::string_view* rest, Eval* eval) const {
  if (TakeWord(rest, "instant")) {
    if (TakeWord(rest, "at")) {
      ASSIGN_OR_RETURN(eval->range.start_ms, TakeTime(rest));
    }
    eval->range.end_ms = eval->range.start_ms;
    return absl::OkStatus();
  }
  if (!TakeWord(rest, "range")) return Malformed("neither instant nor range", *rest);
  eval->is_range = true;
  return ParseRange(rest, eval);
}

// from 0 to 10m step 1m
absl::Status Reader::ParseRange(std::string_view* rest, Eval* eval) const {
  if (!TakeWord(rest, "from")) return Malformed("no from", lines_[at_]);
  ASSIGN_OR_RETURN(eval->range.start_ms, TakeTime(rest));
  if (!TakeWord(rest, "to")) return Malformed("no to", lines_[at_]);
  ASSIGN_OR_RETURN(eval->range.end_ms, TakeTime(rest));
  if (!TakeWord(rest, "step")) return Malformed("no step", lines_[at_]);
  ASSIGN_OR_RETURN(eval->step_ms, TakeTime(rest));
  if (eval->range.end_ms < eval->range.start_ms || eval->step_ms <= 0) {
    return Malformed("an end before the start, or no step", lines_[at_]);
  }
  return absl::OkStatus();
}

absl::Status Reader::ParseExpectation(std::string_view line, Eval* eval) const {
  std::string_view rest = line;
  if (TakeWord(&rest, "expect")) return ParseExpect(rest, eval);
  if (TakeWord(&rest, "expected_fail_message")) {
    eval->errors.push_back({.text = std::string(rest)});
    return absl::OkStatus();
  }
  if (TakeWord(&rest, "expected_fail_regexp")) {
    ASSIGN_OR_RETURN(auto regex, CompileRegex(rest));
    eval->errors.push_back({.regex = std::move(regex)});
    return absl::OkStatus();
  }
  eval->scalar = ParseScalar(line);
  if (eval->scalar.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(SeriesLine series, ParseSeriesLine(line));
  if (!series.foreign.empty()) eval->foreign = series.foreign;
  if (series.values.size() > 1 && !eval->is_range && !eval->is_range_vector) {
    return Malformed("several samples of an instant query", line);
  }
  eval->series.push_back(std::move(series));
  return absl::OkStatus();
}

// What stands behind "expect".
absl::Status Reader::ParseExpect(std::string_view rest, Eval* eval) const {
  if (TakeWord(&rest, "string")) {
    if (rest.empty() || std::string_view("\"'`").find(rest.front()) == std::string_view::npos) {
      return Malformed("not a string", rest);
    }
    ASSIGN_OR_RETURN(ScannedString scanned, ScanString(rest));
    eval->string = std::move(scanned.value);
    return absl::OkStatus();
  }
  if (TakeWord(&rest, "range")) {
    eval->is_range_vector = true;
    if (!TakeWord(&rest, "vector")) return Malformed("not an expectation", lines_[at_]);
    return ParseRange(&rest, eval);
  }
  const std::string_view kind = TakeField(&rest);
  rest = Trim(rest);
  if (kind == "ordered" || kind == "no_warn" || kind == "no_info") {
    (kind == "ordered"   ? eval->ordered
     : kind == "no_warn" ? eval->wants_no_warning
                         : eval->wants_no_info) = true;
    return absl::OkStatus();
  }
  if (kind != "fail" && kind != "warn" && kind != "info") {
    return Malformed("not an expectation", lines_[at_]);
  }
  (kind == "fail" ? eval->fails : kind == "warn" ? eval->wants_warning : eval->wants_info) = true;
  if (rest.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(Expected expected, ParseMessage(rest));
  (kind == "fail"   ? eval->errors
   : kind == "warn" ? eval->warnings
                    : eval->infos)
      .push_back(std::move(expected));
  return absl::OkStatus();
}

}  // namespace

bool Expected::Matches(std::string_view said) const {
  if (regex == nullptr) return said == text;
  return re2::RE2::PartialMatch(re2::StringPiece(said.data(), said.size()), *regex);
}

absl::StatusOr<std::vector<Command>> ParseScript(std::string_view text) {
  std::vector<std::string_view> lines;
  for (const std::string_view line : Split(text, '\n')) {
    const std::string_view trimmed = Trim(line);
    lines.push_back(trimmed.starts_with('#') ? std::string_view() : trimmed);
  }
  Reader reader(std::move(lines));
  auto commands = reader.Commands();
  if (commands.ok()) return commands;
  return absl::InvalidArgumentError(
      absl::StrFormat("line %d: %s", reader.line(), commands.status().message()));
}

}  // namespace syspulse::promql
