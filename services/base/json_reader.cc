#include "services/base/json_reader.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::size_t kShown = 40;  // bytes of a number in a sentence
constexpr int kDeepest = 64;        // a value that is skipped

// Whether it is a number, one that no double is near to.
bool IsOutOfRange(std::string_view word) {
  double number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  return error == std::errc::result_out_of_range && end == word.data() + word.size();
}

void AppendCodePoint(std::uint32_t point, std::string* out) {
  const auto byte = [&](std::uint32_t bits) { *out += static_cast<char>(bits); };
  if (point < 0x80) {
    byte(point);
  } else if (point < 0x800) {
    byte(0xc0 | point >> 6);
    byte(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    byte(0xe0 | point >> 12);
    byte(0x80 | (point >> 6 & 0x3f));
    byte(0x80 | (point & 0x3f));
  } else {
    byte(0xf0 | point >> 18);
    byte(0x80 | (point >> 12 & 0x3f));
    byte(0x80 | (point >> 6 & 0x3f));
    byte(0x80 | (point & 0x3f));
  }
}

}  // namespace

absl::Status JsonReader::Error(std::string_view expected) const {
  return absl::InvalidArgumentError(
      absl::StrFormat("%s is expected at byte %d", expected, place()));
}

std::size_t JsonReader::place() const { return text_.size() - rest_.size() + 1; }

bool JsonReader::Sees(char c) {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(kSpace), rest_.size()));
  return rest_.starts_with(c);
}

bool JsonReader::Takes(char c) {
  if (!Sees(c)) return false;
  rest_.remove_prefix(1);
  return true;
}

absl::StatusOr<std::string> JsonReader::String() {
  if (!Sees('"')) return Error("a string");
  const std::size_t begin = place();
  rest_.remove_prefix(1);
  std::string text;
  while (!rest_.empty() && rest_.front() != '"') {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c != '\\') {
      text += c;
      continue;
    }
    RETURN_IF_ERROR(Escape(&text));
  }
  if (!Takes('"')) return Error("a closing quote");
  if (ToUtf8(text) != text) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the string at byte %d is not valid UTF-8", begin));
  }
  return text;
}

absl::StatusOr<std::string> JsonReader::Name() {
  ASSIGN_OR_RETURN(std::string name, String());
  if (!Takes(':')) return Error(":");
  return name;
}

std::string_view JsonReader::Word() const {
  return rest_.substr(0, rest_.find_first_of(",]} \t\r\n"));
}

bool JsonReader::TakesWord(std::string_view word) {
  Sees('\0');
  if (Word() != word) return false;
  rest_.remove_prefix(word.size());
  return true;
}

absl::StatusOr<double> JsonReader::Number() {
  Sees('\0');
  const std::string_view word = Word();
  const std::string_view digits = word.starts_with('-') ? word.substr(1) : word;
  // Else it may be one of the words for infinity, which are no JSON.
  const bool begins_well = !digits.empty() && digits.front() >= '0' && digits.front() <= '9';
  const auto number = begins_well ? ParseNumber<double>(word) : std::nullopt;
  if (!number && begins_well && IsOutOfRange(word)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "the number %s at byte %d does not fit: it is too large or too small for 64 bits",
        word.substr(0, kShown), place()));
  }
  if (!number) return Error("a number");
  rest_.remove_prefix(word.size());
  return *number;
}

absl::Status JsonReader::Skip() { return SkipBelow(kDeepest); }

absl::Status JsonReader::SkipBelow(int depth) {
  if (depth == 0) return Error("a value that is not nested so deep");
  if (Sees('"')) return String().status();
  if (Sees('[')) return Items('[', ']', [&] { return SkipBelow(depth - 1); });
  if (Sees('{')) {
    return Items('{', '}', [&]() -> absl::Status {
      RETURN_IF_ERROR(Name().status());
      return SkipBelow(depth - 1);
    });
  }
  if (TakesWord("null") || TakesWord("true") || TakesWord("false")) return absl::OkStatus();
  return Number().status();
}

absl::Status JsonReader::Escape(std::string* text) {
  constexpr std::string_view kShort = "\"\\/bfnrt";
  constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
  const std::size_t known = rest_.empty() ? kShort.npos : kShort.find(rest_.front());
  if (known != kShort.npos) {
    *text += kMeant[known];
    rest_.remove_prefix(1);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(std::uint32_t point, Unicode());
  if (point >= 0xd800 && point < 0xdc00 && rest_.starts_with('\\')) {
    rest_.remove_prefix(1);
    ASSIGN_OR_RETURN(const std::uint32_t low, Unicode());
    if (low < 0xdc00 || low > 0xdfff) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "the escape that ends before byte %d is no second half of a surrogate pair", place()));
    }
    point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
  }
  AppendCodePoint(point, text);  // a lone surrogate is found out as invalid UTF-8
  return absl::OkStatus();
}

absl::StatusOr<std::uint32_t> JsonReader::Unicode() {
  const auto point = rest_.size() < 5 || rest_.front() != 'u'
                         ? std::nullopt
                         : ParseHex<std::uint32_t>(rest_.substr(1, 4));
  if (!point) return Error("an escape");
  rest_.remove_prefix(5);
  return *point;
}

}  // namespace syspulse
