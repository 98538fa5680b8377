#include "clients/cli/transfer/json_sample_line.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "absl/strings/str_format.h"
#include "clients/cli/transfer/sample_line.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

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

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text), rest_(text) {}

  absl::Status Error(std::string_view expected) const {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s is expected at byte %d", expected, text_.size() - rest_.size() + 1));
  }

  // Returns whether `c` is what comes next, behind white space.
  bool Sees(char c) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(kSpace), rest_.size()));
    return rest_.starts_with(c);
  }
  // The same, and takes it.
  bool Takes(char c) {
    if (!Sees(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool at_end() { return !Sees('\0') && rest_.empty(); }

  absl::StatusOr<std::string> String() {
    if (!Takes('"')) return Error("a string");
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
    if (ToUtf8(text) != text) return Error("valid UTF-8 before what");
    return text;
  }

  // A number, null, or a number or an infinity in quotes.
  absl::StatusOr<double> Number() {
    std::string quoted;
    std::string_view word;
    if (Sees('"')) {
      ASSIGN_OR_RETURN(quoted, String());
      word = quoted;
      if (word.starts_with('+')) word.remove_prefix(1);
    } else {
      word = rest_.substr(0, rest_.find_first_of(",]} \t"));
      if (word.empty() || (word != "null" && word.front() != '-' &&
                           !(word.front() >= '0' && word.front() <= '9'))) {
        return Error("a number");
      }
    }
    if (word == "null") word = "nan";
    const auto number = ParseNumber<double>(word);
    if (!number) return Error("a number");
    if (quoted.empty()) rest_.remove_prefix(std::min(rest_.find_first_of(",]} \t"), rest_.size()));
    return std::isnan(*number) ? std::bit_cast<double>(kNanBits) : *number;
  }

  // Calls `item()` for each item of a list or object between `open` and `close`.
  template <typename Item>
  absl::Status Items(char open, char close, const Item& item) {
    if (!Takes(open)) return Error(std::string_view(&open, 1));
    if (Takes(close)) return absl::OkStatus();
    do {
      RETURN_IF_ERROR(item());
    } while (Takes(','));
    return Takes(close) ? absl::OkStatus() : Error(std::string_view(&close, 1));
  }

 private:
  absl::Status Escape(std::string* text) {
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
      if (low < 0xdc00 || low > 0xdfff) return Error("a surrogate pair before what");
      point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    }
    AppendCodePoint(point, text);  // a lone surrogate is found out as invalid UTF-8
    return absl::OkStatus();
  }

  // Takes `uXXXX`.
  absl::StatusOr<std::uint32_t> Unicode() {
    const auto point = rest_.size() < 5 || rest_.front() != 'u'
                           ? std::nullopt
                           : ParseHex<std::uint32_t>(rest_.substr(1, 4));
    if (!point) return Error("an escape");
    rest_.remove_prefix(5);
    return *point;
  }

  const std::string_view text_;
  std::string_view rest_;
};

absl::Status ReadLabels(JsonReader* reader, std::map<std::string, std::string>* labels) {
  return reader->Items('{', '}', [&]() -> absl::Status {
    ASSIGN_OR_RETURN(std::string name, reader->String());
    if (!reader->Takes(':')) return reader->Error(":");
    ASSIGN_OR_RETURN(std::string value, reader->String());
    if (!value.empty()) labels->insert_or_assign(std::move(name), std::move(value));
    return absl::OkStatus();
  });
}

absl::Status ReadTimes(JsonReader* reader, std::vector<std::int64_t>* times_ms) {
  return reader->Items('[', ']', [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const double time_ms, reader->Number());
    if (!(std::abs(time_ms) < 1e15)) return reader->Error("a time in milliseconds before what");
    times_ms->push_back(static_cast<std::int64_t>(time_ms));
    return absl::OkStatus();
  });
}

absl::Status SkipMember(JsonReader* reader) {
  const auto skip_one = [&]() -> absl::Status {
    return reader->Sees('"') ? reader->String().status() : reader->Number().status();
  };
  return reader->Sees('[') ? reader->Items('[', ']', skip_one) : skip_one();
}

}  // namespace

absl::StatusOr<JsonSamples> ParseJsonSamples(std::string_view line) {
  JsonReader reader(line);
  JsonSamples samples;
  RETURN_IF_ERROR(reader.Items('{', '}', [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const std::string name, reader.String());
    if (!reader.Takes(':')) return reader.Error(":");
    if (name == "metric") return ReadLabels(&reader, &samples.labels);
    if (name == "timestamps") return ReadTimes(&reader, &samples.times_ms);
    if (name != "values") return SkipMember(&reader);
    return reader.Items('[', ']', [&]() -> absl::Status {
      ASSIGN_OR_RETURN(const double value, reader.Number());
      samples.values.push_back(value);
      return absl::OkStatus();
    });
  }));
  if (!reader.at_end()) return reader.Error("the end of the line");
  if (samples.values.size() != samples.times_ms.size()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "it has %d values and %d timestamps", samples.values.size(), samples.times_ms.size()));
  }
  return samples;
}

}  // namespace syspulse
