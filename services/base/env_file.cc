#include "services/base/env_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr std::size_t kLargestFile = 1 << 20;  // with every flag it has a few kilobytes
constexpr std::size_t kLongestWord = 60;       // of a file, in a sentence
constexpr std::string_view kLineEnds = "\n\r";
constexpr std::string_view kBlanks = " \t\n\r";
constexpr std::string_view kEscapable = "\"\\`$";  // within double quotes

bool IsOneOf(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

bool IsName(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

// Reads one file from its start to its end.
class EnvReader {
 public:
  EnvReader(std::string_view text, std::string_view path) : rest_(text), path_(path) {}

  absl::StatusOr<std::vector<EnvVariable>> Read() {
    std::vector<EnvVariable> variables;
    while (true) {
      while (!rest_.empty() && IsOneOf(rest_.front(), kBlanks)) Next();
      if (rest_.empty()) return variables;
      if (rest_.front() == '#' || rest_.front() == ';') {
        TakeLine();
        continue;
      }
      ASSIGN_OR_RETURN(EnvVariable variable, TakeVariable());
      variables.push_back(std::move(variable));
    }
  }

 private:
  char Next() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '\n') ++line_;
    return c;
  }

  std::string_view TakeLine() {
    const std::string_view line = rest_.substr(0, rest_.find_first_of(kLineEnds));
    rest_.remove_prefix(line.size());
    return line;
  }

  absl::Status Wrong(int line, std::string_view word, const char* what) const {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s:%d: '%s' %s", path_, line, word.substr(0, kLongestWord), what));
  }

  absl::StatusOr<EnvVariable> TakeVariable() {
    EnvVariable variable{.line = line_};
    const std::size_t end = rest_.find_first_of("=\n\r");
    if (end == std::string_view::npos || rest_[end] != '=') {
      return Wrong(line_, Trim(TakeLine()), "has no =; write NAME=VALUE");
    }
    variable.name = Trim(rest_.substr(0, end));
    if (!IsName(variable.name)) {
      return Wrong(line_, variable.name, "is not a name; it takes letters, digits and _");
    }
    rest_.remove_prefix(end + 1);
    RETURN_IF_ERROR(TakeValue(&variable.value));
    return variable;
  }

  absl::Status TakeValue(std::string* value) {
    std::size_t kept = 0;      // so much of it is more than blanks at its end
    bool within_word = false;  // quotes have no meaning there
    while (!rest_.empty() && !IsOneOf(rest_.front(), kLineEnds)) {
      const char c = Next();
      if (c == '\\') {
        within_word = true;
        if (rest_.empty()) break;
        if (const char taken = Next(); taken != '\n') value->push_back(taken);
        kept = value->size();
      } else if (!within_word && (c == '"' || c == '\'')) {
        RETURN_IF_ERROR(TakeQuoted(c, value));
        kept = value->size();
      } else if (within_word || !IsOneOf(c, kBlanks)) {
        within_word = true;
        value->push_back(c);
        if (!IsOneOf(c, kBlanks)) kept = value->size();
      }
    }
    value->resize(kept);
    return absl::OkStatus();
  }

  absl::Status TakeQuoted(char quote, std::string* value) {
    const int begin = line_;
    const std::string_view from = rest_;
    while (!rest_.empty()) {
      const char c = Next();
      if (c == quote) return absl::OkStatus();
      if (c == '\\' && quote == '"' && !rest_.empty()) {
        const char taken = Next();
        if (taken == '\n') continue;
        if (!IsOneOf(taken, kEscapable)) value->push_back(c);
        value->push_back(taken);
      } else {
        value->push_back(c);
      }
    }
    return Wrong(begin, from.substr(0, from.find_first_of(kLineEnds)),
                 "begins within a quote that never ends");
  }

  std::string_view rest_;
  const std::string_view path_;
  int line_ = 1;
};

absl::Status CannotRead(const std::string& path, int error) {
  const std::string sentence = absl::StrFormat("cannot read %s: %s", path, std::strerror(error));
  if (error == ENOENT || error == ENOTDIR) return absl::NotFoundError(sentence);
  return absl::PermissionDeniedError(sentence);
}

// Reads what is open, up to one byte more than a file may have.
absl::StatusOr<std::string> ReadOpen(int file, const std::string& path) {
  std::string text(kLargestFile + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = read(file, text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return CannotRead(path, errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > kLargestFile) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s is larger than %d KiB", path, kLargestFile >> 10));
  }
  text.resize(size);
  return text;
}

}  // namespace

absl::StatusOr<std::vector<EnvVariable>> ParseEnvFile(std::string_view text,
                                                      std::string_view path) {
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s:%d: a byte 0 is no text", path, 1 + std::ranges::count(text.substr(0, nul), '\n')));
  }
  if (ToUtf8(text) != text) {
    return absl::InvalidArgumentError(absl::StrFormat("%s is not valid UTF-8", path));
  }
  return EnvReader(text, path).Read();
}

absl::StatusOr<EnvFile> ReadEnvFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file < 0) return CannotRead(path, errno);
  struct stat status {};
  absl::StatusOr<std::string> text = absl::InvalidArgumentError(path + " is not a file");
  if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) text = ReadOpen(file, path);
  close(file);
  RETURN_IF_ERROR(text.status());
  EnvFile read{.others_may_write = (status.st_mode & S_IWOTH) != 0};
  ASSIGN_OR_RETURN(read.variables, ParseEnvFile(*text, path));
  return read;
}

std::string QuotedForEnvFile(std::string_view value) {
  const bool plain = std::ranges::all_of(value, [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != '"' && c != '\'' && c != '\\';
  });
  if (plain) return std::string(value);
  std::string quoted = "\"";
  for (const char c : value) {
    if (IsOneOf(c, kEscapable)) quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace syspulse
