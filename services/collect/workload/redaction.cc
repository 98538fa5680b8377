#include "services/collect/workload/redaction.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kQuotes = "\"'";
constexpr std::size_t kLeastToken = 16;
constexpr int kMostDepth = 4;  // of quoted commands in commands

// What the next word is.
enum class Next : std::uint8_t {
  kWord,
  kSecret,
  kUserAndPassword,  // user:password
  kCredentials,      // behind Authorization: the scheme may come first
  kToken,            // a secret if it is long: behind `bearer`, which is also a word
};

// Options of one letter that are secrets, of programs whose name begins with `program`.
struct ShortOption {
  std::string_view program;
  char letter;
  Next next;
  bool separate;  // the value is the next argument, else it is attached
};
constexpr std::array<ShortOption, 15> kShortOptions = {
    {{"mysql", 'p', Next::kSecret, false},
     {"mariadb", 'p', Next::kSecret, false},
     {"sshpass", 'p', Next::kSecret, false},
     {"sshpass", 'p', Next::kSecret, true},
     {"redis-cli", 'a', Next::kSecret, true},
     {"curl", 'u', Next::kUserAndPassword, false},
     {"curl", 'u', Next::kUserAndPassword, true},
     {"curl", 'U', Next::kUserAndPassword, true},
     {"mongo", 'p', Next::kSecret, true},
     {"mongo", 'p', Next::kSecret, false},
     {"ldap", 'w', Next::kSecret, true},
     {"7z", 'p', Next::kSecret, false},
     {"zip", 'P', Next::kSecret, true},
     {"unzip", 'P', Next::kSecret, true},
     {"sqlcmd", 'P', Next::kSecret, true}}};

// Programs whose --password, without a value behind `=`, makes them ask for it.
constexpr std::array<std::string_view, 5> kAskingPrograms = {"mysql", "mariadb", "psql", "pg_",
                                                             "createdb"};
// First parts of options that say what to do about a secret, and have no value.
constexpr std::array<std::string_view, 14> kVerbs = {
    "no",   "ask",  "prompt",  "use",     "show",  "hide",     "skip",
    "with", "need", "without", "disable", "allow", "generate", "require"};
constexpr std::array<std::string_view, 8> kSchemes = {
    "bearer", "basic", "digest", "token", "negotiate", "apikey", "aws4-hmac-sha256", "key"};

template <typename List>
bool Contains(const List& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

bool IsScheme(std::string_view word) {
  while (word.ends_with('\\')) word.remove_suffix(1);  // which keeps the blank behind it
  return Contains(kSchemes, ToLower(word));
}

bool IsShortNumber(std::string_view text) {
  return text.size() <= 5 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool IsNameCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '-' || c == '.';
}

std::string_view WithoutQuotes(std::string_view text) {
  while (!text.empty() && kQuotes.find(text.front()) != kQuotes.npos) text.remove_prefix(1);
  while (!text.empty() && kQuotes.find(text.back()) != kQuotes.npos) text.remove_suffix(1);
  return text;
}

bool IsOption(std::string_view word) {
  const std::size_t dashes = word.find_first_not_of('-');
  if (dashes == word.npos || dashes == 0 || dashes > 2) return false;
  if (dashes == 1 && word.size() > 2) return false;  // a password may begin with a dash
  return IsNameCharacter(word[dashes]);
}

// Returns the name of a header without the option that curl lets stand right before it.
std::string_view HeaderName(std::string_view name) {
  if (name.starts_with("-H")) name.remove_prefix(2);
  return name;
}

bool IsCredentialsHeader(std::string_view name) {
  const std::string lower = ToLower(HeaderName(name));
  return lower.ends_with("authorization") || lower == "cookie" || lower == "set-cookie";
}

// Whether name:value, with no blank behind the colon, has a secret as its value: begins a word, or
// is quoted in one. A path behind the colon is what a volume of that name is mounted on.
bool IsSecretHeader(std::string_view name, std::string_view before, std::string_view value) {
  if (!IsSecretName(HeaderName(name))) return false;
  if (ToLower(HeaderName(name)).starts_with("x-")) return true;
  const bool begins = before.find_last_not_of("\"'\\{[,(") == before.npos ||
                      kQuotes.find(before.back()) != kQuotes.npos || before == "/";
  return begins && !value.empty() && value.front() != '/' && value.front() != ':';
}

// Whether a secret follows the option `word`, which has no `=`, as the next word.
bool TakesSecret(std::string_view word) {
  const std::size_t begin = word.find_first_not_of('-');
  if (begin == 0 || begin == word.npos || !std::ranges::all_of(word, IsNameCharacter)) return false;
  const std::string_view name = word.substr(begin);
  if (Contains(kVerbs, ToLower(name.substr(0, name.find('-'))))) return false;
  return IsSecretName(name);
}

// Takes the next word off `*rest`, with what is quoted in it in one piece, and without the blanks
// behind it. A quote that nothing closes is a character like others.
std::string_view TakeWord(std::string_view* rest) {
  std::size_t end = 0;
  while (end < rest->size() && kBlanks.find((*rest)[end]) == kBlanks.npos) {
    const char c = (*rest)[end];
    const std::size_t close = c == '"' || c == '\'' ? rest->find(c, end + 1) : rest->npos;
    end = close == rest->npos ? end + 1 : close + 1;
  }
  const std::string_view word = rest->substr(0, end);
  rest->remove_prefix(end);
  return word;
}

// Returns how far a value reaches that begins at `begin`, given what stands before its name, and
// whether a quote closes the name, so that none before it has to close behind the value.
std::size_t ValueEnd(std::string_view word, std::size_t begin, char before, bool closed) {
  const char first = begin < word.size() ? word[begin] : '\0';
  if (first == '"' || first == '\'') {
    std::size_t close = word.find(first, begin + 1);
    while (close != word.npos && word[close - 1] == '\\') close = word.find(first, close + 1);
    return std::min(close, word.size());
  }
  std::string_view ends;
  if (before == '?' || before == '&') ends = "&#";
  if (before == ';') ends = ";\"'";
  if (before == ',') ends = ",}\"'";
  if (before == '"') ends = closed ? ",}\"" : "\"";
  if (before == '\'') ends = closed ? ",}'" : "'";
  return ends.empty() ? word.size() : std::min(word.find_first_of(ends, begin), word.size());
}

// Redacts the arguments of one process, in their order.
class Redactor {
 public:
  explicit Redactor(bool alone) : alone_(alone) {}

  // Appends the argument to `*out`.
  void Argument(std::string_view argument, std::string* out, int depth = 0);

 private:
  void Word(std::string_view word, std::string* out, int depth);
  bool Pending(std::string_view word, std::string* out);
  bool ShortOptionOf(std::string_view word, std::string* out);
  void NoticeProgram(std::string_view word);
  void Fields(std::string_view word, std::string* out);

  const bool alone_;          // the process has one argument only: a title that it gave itself
  Next next_ = Next::kWord;   // what the next word is
  std::string_view program_;  // the last one in sight whose options are known
  bool program_is_first_ = false;
  bool is_first_ = true;  // no word was seen yet
};

void Redactor::NoticeProgram(std::string_view word) {
  const std::string_view name = word.substr(word.rfind('/') + 1);  // npos + 1 is 0
  const bool first = std::exchange(is_first_, false);
  if (name.find_first_of(".=:@") != name.npos) return;
  const auto notice = [&](std::string_view program) {
    if (!name.starts_with(program)) return;
    program_ = program;
    program_is_first_ = first;
  };
  for (const ShortOption& option : kShortOptions) notice(option.program);
  for (const std::string_view program : kAskingPrograms) notice(program);
}

// Whether the word was the secret that the words before it announced.
bool Redactor::Pending(std::string_view word, std::string* out) {
  const Next next = std::exchange(next_, Next::kWord);
  if (next == Next::kWord || (next == Next::kSecret && IsOption(word)) ||
      (next == Next::kToken && word.size() < kLeastToken)) {
    return false;
  }
  if (next == Next::kUserAndPassword) {
    const std::size_t colon = word.find(':');
    if (colon == word.npos) return false;
    *out += word.substr(0, colon + 1);
  } else if (next == Next::kCredentials) {
    next_ = Next::kCredentials;  // up to the end of the argument
    if (IsScheme(word)) {
      *out += word;
      return true;
    }
  }
  *out += kRedacted;
  return true;
}

bool Redactor::ShortOptionOf(std::string_view word, std::string* out) {
  if (word.size() < 2 || word[0] != '-' || word[1] == '-') return false;
  for (const ShortOption& option : kShortOptions) {
    if (option.program != program_ || option.letter != word[1]) continue;
    if (option.separate != (word.size() == 2)) continue;
    if (option.separate) {
      next_ = option.next;
      *out += word;
      return true;
    }
    // After another program's name, as in `ssh mysql -p22`, it may be a port.
    if (!program_is_first_ && IsShortNumber(word.substr(2))) return false;
    std::size_t shown = 2;
    if (option.next == Next::kUserAndPassword) shown = word.find(':') + 1;
    if (shown == 0) return false;
    *out += word.substr(0, shown);
    *out += kRedacted;
    return true;
  }
  return false;
}

// Redacts name=value, "name":"value" and name:value for headers, wherever they are in the word.
void Redactor::Fields(std::string_view word, std::string* out) {
  std::string kept;
  std::size_t name = 0;  // where the name begins that may end here
  std::size_t i = 0;
  while (i < word.size()) {
    const char c = word[i];
    std::size_t value = 0;
    const std::string_view text = word.substr(name, i - name);
    if (c == '=' && IsSecretName(text)) {
      value = i + 1;
    } else if ((c == '"' || c == '\'') && word.substr(i + 1).starts_with(':') &&
               IsSecretName(text)) {
      value = i + 2;
    } else if (c == ':' && IsCredentialsHeader(text)) {
      value = i + 1;
      if (const std::string_view scheme = WithoutQuotes(word.substr(value)); IsScheme(scheme)) {
        next_ = Next::kCredentials;
        kept += word.substr(i);
        break;
      }
    } else if (c == ':' && IsSecretHeader(text, word.substr(0, name), word.substr(i + 1))) {
      value = i + 1;
    }
    if (value == 0) {
      if (!IsNameCharacter(c)) name = i + 1;
      kept += c;
      ++i;
      continue;
    }
    const bool closed = kQuotes.find(c) != kQuotes.npos;
    const std::size_t end = ValueEnd(word, value, name > 0 ? word[name - 1] : '\0', closed);
    if (end < word.size() && value < word.size() && word[end] == word[value] &&
        kQuotes.find(word[value]) != kQuotes.npos) {
      ++value;  // both quotes stay
    }
    kept += word.substr(i, value - i);
    if (value < end) kept += kRedacted;
    i = end;
    name = end;
  }
  *out += RedactTokens(kept);
}

void Redactor::Word(std::string_view word, std::string* out, int depth) {
  const std::string_view bare = WithoutQuotes(word);
  if (Pending(bare, out)) return;
  if (bare.size() + 2 <= word.size() && bare.find_first_of(kBlanks) != bare.npos &&
      depth < kMostDepth) {
    const std::size_t begin = static_cast<std::size_t>(bare.data() - word.data());
    *out += word.substr(0, begin);
    Argument(bare, out, depth + 1);
    *out += word.substr(begin + bare.size());
    return;
  }
  if (ShortOptionOf(bare, out)) return;
  NoticeProgram(bare);
  if (bare.ends_with(':')) {
    const std::string_view name = WithoutQuotes(bare.substr(0, bare.size() - 1));
    const std::size_t start = name.find_first_not_of("{[,\"'");
    const std::string_view key = start == name.npos ? std::string_view() : name.substr(start);
    if (IsCredentialsHeader(key)) {
      next_ = Next::kCredentials;
    } else if (IsSecretName(key) && std::ranges::all_of(key, IsNameCharacter)) {
      next_ = Next::kSecret;
    }
  } else if (TakesSecret(bare) && !Contains(kAskingPrograms, program_)) {
    next_ = Next::kSecret;
  } else if (program_ == "curl" && (bare == "--user" || bare == "--proxy-user")) {
    next_ = Next::kUserAndPassword;
  } else if (ToLower(bare) == "bearer") {
    next_ = Next::kToken;
  }
  Fields(word, out);
}

void Redactor::Argument(std::string_view argument, std::string* out, int depth) {
  // Of --password=a b, given as one argument, all is the password.
  const std::size_t equals = argument.find('=');
  const bool whole = depth == 0 && !alone_ && equals != argument.npos &&
                     std::ranges::all_of(argument.substr(0, equals), IsNameCharacter) &&
                     IsSecretName(argument.substr(0, equals));
  if (next_ == Next::kSecret && depth == 0 && !IsOption(argument)) {
    next_ = Next::kWord;
    *out += kRedacted;
    return;
  }
  if (whole && next_ == Next::kWord) {
    *out += argument.substr(0, equals + 1);
    if (equals + 1 < argument.size()) *out += kRedacted;
    return;
  }
  const bool one_word = argument.find_first_of(kBlanks) == argument.npos;
  while (!argument.empty()) {
    const std::size_t blanks = std::min(argument.find_first_not_of(kBlanks), argument.size());
    *out += argument.substr(0, blanks);
    argument.remove_prefix(blanks);
    if (!argument.empty()) Word(TakeWord(&argument), out, depth);
  }
  if (!one_word || next_ == Next::kCredentials) next_ = Next::kWord;
}

}  // namespace

std::string RedactSecrets(std::string_view arguments) {
  std::string_view end = arguments;
  while (end.ends_with('\0')) end.remove_suffix(1);
  Redactor redactor(end.find('\0') == end.npos);
  std::string out;
  out.reserve(arguments.size());
  while (!arguments.empty()) {
    const std::size_t size = std::min(arguments.find('\0'), arguments.size());
    redactor.Argument(arguments.substr(0, size), &out);
    if (size < arguments.size()) out += '\0';
    arguments.remove_prefix(std::min(size + 1, arguments.size()));
  }
  return out;
}

}  // namespace syspulse
