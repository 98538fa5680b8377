#include "services/collect/workload/redaction.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "services/base/text.h"
#include "services/collect/workload/secret_fields.h"
#include "services/collect/workload/secret_options.h"

namespace syspulse {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kNameStarts = "\"'\\{[(,=";  // what may stand before a name
constexpr std::size_t kLeastToken = 16;
constexpr int kMostDepth = 4;  // of quoted commands in commands

// First parts of options that say what to do about a secret, and have no value.
constexpr std::array<std::string_view, 14> kVerbs = {
    "no",   "ask",  "prompt",  "use",     "show",  "hide",     "skip",
    "with", "need", "without", "disable", "allow", "generate", "require"};
template <typename List>
bool Contains(const List& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

bool IsOption(std::string_view word) {
  const std::size_t dashes = word.find_first_not_of('-');
  if (dashes == word.npos || dashes == 0 || dashes > 2) return false;
  if (dashes == 1 && word.size() > 2) return false;  // a password may begin with a dash
  return IsNameCharacter(word[dashes]);
}

bool IsAssignment(std::string_view word) {
  return word == "=" || word == ":" || word == ":=" || word == "==" || word == "=>";
}

// Returns where `part` of `text` is in it.
std::size_t OffsetIn(std::string_view text, std::string_view part) {
  return static_cast<std::size_t>(part.data() - text.data());
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

// Redacts the arguments of one process, in their order.
class Redactor {
 public:
  explicit Redactor(bool alone) : alone_(alone) {}

  // Appends the argument to `*out`.
  void Argument(std::string_view argument, std::string* out, int depth = 0);

 private:
  void Word(std::string_view word, std::string* out, int depth);
  bool Pending(std::string_view word, std::string* out);
  bool OptionOfProgram(std::string_view word, std::string* out);
  void Announce(std::string_view word, std::string_view bare);
  void NoticeProgram(std::string_view word);
  void Fields(std::string_view word, std::string* out);

  const bool alone_;  // the process has one argument only: a title that it gave itself
  NextWord next_ = NextWord::kWord;
  bool named_ = false;           // the word before was a name of secrets, which `=` may follow
  bool identified_ = false;      // SQL: IDENTIFIED was read, BY may follow
  bool setting_ = false;         // the word before was `set`
  bool other_command_ = false;   // `;` or `|` came after program_
  bool containers_ = false;      // the word `login` may follow
  bool takes_password_ = false;  // the program has a command `password`
  std::string_view program_;     // the last one in sight whose options are known
  bool program_is_first_ = false;
  bool is_first_ = true;  // no word was seen yet
};

void Redactor::NoticeProgram(std::string_view word) {
  const std::string_view name = word.substr(word.rfind('/') + 1);  // npos + 1 is 0
  const bool first = std::exchange(is_first_, false);
  if (word.ends_with(';') || word == "|" || word == "||" || word == "&&") other_command_ = true;
  if (name.find_first_of(".=:@") != name.npos) return;
  std::string_view known = KnownProgram(name);
  if (IsContainerClient(name)) {
    containers_ = true;
    if (program_ == kContainerLogin) program_ = {};
  } else if (containers_ && program_.empty() && word == "login") {
    known = kContainerLogin;
  }
  if (name == "mysqladmin" || name == "mariadb-admin" || name == "nmcli") takes_password_ = true;
  if (known.empty()) return;
  program_ = known;
  program_is_first_ = first;
  other_command_ = false;
}

// Whether the word was the secret that the words before it announced.
bool Redactor::Pending(std::string_view word, std::string* out) {
  if (next_ == NextWord::kSecret && IsAssignment(word)) {
    *out += word;
    return true;
  }
  const NextWord next = std::exchange(next_, NextWord::kWord);
  if (next == NextWord::kWord || (next == NextWord::kSecret && IsOption(word)) ||
      (next == NextWord::kToken && word.size() < kLeastToken)) {
    return false;
  }
  if (next == NextWord::kUserAndPassword) {
    const std::size_t colon = word.find(':');
    if (colon == word.npos) return false;
    *out += word.substr(0, colon + 1);
  } else if (next == NextWord::kCredentials) {
    next_ = NextWord::kCredentials;  // up to the end of the argument
    if (IsScheme(word)) {
      *out += word;
      return true;
    }
  }
  *out += kRedacted;
  named_ = IsSecretName(word);  // IDENTIFIED BY PASSWORD 'x'
  return true;
}

bool Redactor::OptionOfProgram(std::string_view word, std::string* out) {
  std::optional<SecretOption> option =
      FindSecretOption(program_, word, !other_command_, program_is_first_);
  if (program_ == "curl" && (word.starts_with("--user=") || word.starts_with("--proxy-user="))) {
    const std::size_t colon = word.find(':');
    if (colon != word.npos) option = {.shown = colon + 1};
  }
  if (!option.has_value()) return false;
  next_ = option->next;
  *out += word.substr(0, option->shown);
  if (next_ == NextWord::kWord) *out += kRedacted;
  return true;
}

// Redacts name=value, "name":"value" and name:value for headers, wherever they are in the word.
void Redactor::Fields(std::string_view word, std::string* out) {
  std::string kept;
  std::size_t done = 0;   // up to where the word is in `kept`
  std::size_t floor = 0;  // no name reaches before this
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] != '=' && word[i] != ':') continue;
    const FieldName name = NameAtEnd(word.substr(floor, i - floor));
    const std::string_view behind = word.substr(i + 1);
    const bool header = word[i] == ':' && IsCredentialsHeader(name.text);
    if (header && IsScheme(WithoutQuotes(behind))) {
      next_ = NextWord::kCredentials;
      break;
    }
    const std::string_view before = word.substr(0, OffsetIn(word, name.text));
    const bool secret = word[i] == '=' ? IsSecretName(name.text) || IsSignature(name)
                                       : IsSecretField(name, before, behind);
    if (!header && !secret) {
      floor = i + 1;
      continue;
    }
    const FieldValue value = ValueOfField(word, i + 1, name);
    kept += word.substr(done, value.begin - done);
    if (value.begin < value.end) kept += kRedacted;
    done = value.end;
    floor = value.end;
    i = std::max(i, value.end - 1);
  }
  kept += word.substr(done);
  *out += RedactTokens(kept);
}

// Notices what the word says about the next one.
void Redactor::Announce(std::string_view word, std::string_view bare) {
  const FieldName name = NameAtEnd(bare.ends_with(':') ? bare.substr(0, bare.size() - 1) : bare);
  const bool starts = name.before == '\0' || kNameStarts.find(name.before) != kNameStarts.npos;
  const bool named = std::exchange(named_, false);
  const bool setting = std::exchange(setting_, ToLower(bare) == "set");
  if (named && IsAssignment(bare)) {
    next_ = NextWord::kSecret;
  } else if (bare.ends_with(':')) {
    if (IsCredentialsHeader(name.text)) {
      next_ = NextWord::kCredentials;
    } else if (starts && IsSecretName(name.text) && !IsAuth(name.text)) {
      next_ = NextWord::kSecret;
    }
  } else if (TakesSecret(bare) && !AsksForPassword(program_)) {
    next_ = NextWord::kSecret;
  } else if (program_ == "curl" && (bare == "--user" || bare == "--proxy-user")) {
    next_ = NextWord::kUserAndPassword;
  } else if (ToLower(bare) == "bearer") {
    next_ = NextWord::kToken;
  } else if (takes_password_ && bare == "password") {
    next_ = NextWord::kSecret;
  } else if (setting && word == name.text && bare.find('_') != bare.npos && IsSecretName(bare)) {
    next_ = NextWord::kSecret;  // aws configure set aws_secret_access_key x
  } else if (identified_ && ToLower(bare) == "by") {
    next_ = NextWord::kSecret;
  }
  if (next_ == NextWord::kWord) named_ = starts && IsSecretName(name.text);
  identified_ = next_ == NextWord::kWord && (identified_ || ToLower(bare) == "identified");
}

void Redactor::Word(std::string_view word, std::string* out, int depth) {
  const std::string_view bare = WithoutQuotes(word);
  // SQL: PASSWORD 'x'
  if (named_ && next_ == NextWord::kWord && word.size() > bare.size() && QuoteAt(word) > 0) {
    next_ = NextWord::kSecret;
  }
  if (Pending(bare, out)) return;
  if (bare.size() + 2 <= word.size() && bare.find_first_of(kBlanks) != bare.npos &&
      depth < kMostDepth) {
    const std::size_t begin = OffsetIn(word, bare);
    *out += word.substr(0, begin);
    Argument(bare, out, depth + 1);
    *out += word.substr(begin + bare.size());
    return;
  }
  if (OptionOfProgram(bare, out)) return;
  NoticeProgram(bare);
  Announce(word, bare);
  Fields(word, out);
}

void Redactor::Argument(std::string_view argument, std::string* out, int depth) {
  named_ = named_ && (depth > 0 || IsAssignment(argument));
  // Of --password=a b, given as one argument, all is the password.
  const std::size_t equals = argument.find('=');
  const bool whole = depth == 0 && !alone_ && equals != argument.npos &&
                     std::ranges::all_of(argument.substr(0, equals), IsNameCharacter) &&
                     IsSecretName(argument.substr(0, equals));
  if (next_ == NextWord::kSecret && depth == 0 && !IsOption(argument)) {
    next_ = NextWord::kWord;
    *out += kRedacted;
    return;
  }
  if (whole && next_ == NextWord::kWord) {
    *out += argument.substr(0, equals + 1);
    if (equals + 1 < argument.size()) *out += kRedacted;
    return;
  }
  const bool other_command = other_command_;
  const bool one_word = argument.find_first_of(kBlanks) == argument.npos;
  while (!argument.empty()) {
    const std::size_t blanks = std::min(argument.find_first_not_of(kBlanks), argument.size());
    *out += argument.substr(0, blanks);
    argument.remove_prefix(blanks);
    if (!argument.empty()) Word(TakeWord(&argument), out, depth);
  }
  other_command_ = other_command;  // a `;` in the text of an option ends no command
  if (!one_word || next_ == NextWord::kCredentials) next_ = NextWord::kWord;
  if (!one_word) named_ = identified_ = false;
}

}  // namespace

std::string RedactSecrets(std::string_view arguments) {
  std::string_view end = arguments;
  while (end.ends_with('\0')) end.remove_suffix(1);
  const std::string without_keys = RedactPrivateKeys(arguments);
  arguments = without_keys;
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
