#include "services/collect/workload/redaction.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "services/base/text.h"
#include "services/collect/workload/program_secrets.h"
#include "services/collect/workload/secret_commands.h"
#include "services/collect/workload/secret_fields.h"
#include "services/collect/workload/secret_options.h"

namespace syspulse {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kNameStarts = "\"'\\{[(,=$";  // what may stand before a name
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

// Whether the word is too short for a secret: `ffmpeg -pass 1` counts.
bool IsDigit(std::string_view word) { return word.size() == 1 && word[0] >= '0' && word[0] <= '9'; }

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

// Whether the name is of more than one word, as in npmAuthToken.
bool IsCompoundName(std::string_view name) {
  return name.find('_') != name.npos ||
         std::ranges::any_of(name.substr(std::min<std::size_t>(1, name.size())),
                             [](char c) { return c >= 'A' && c <= 'Z'; });
}

// Whether a list of values begins in the text and ends behind it, as in auth=('me', 'x').
bool IsOpen(std::string_view text) {
  constexpr std::string_view kOpeners = "([{";
  constexpr std::string_view kClosers = ")]}";
  const std::size_t kind = text.empty() ? text.npos : kOpeners.find(text[0]);
  return kind != text.npos && text.find(kClosers[kind]) == text.npos;
}

// Whether the command writes its arguments.
bool Writes(std::string_view word) { return word == "echo" || word == "printf"; }

// Redacts the arguments of one process, in their order.
class Redactor {
 public:
  explicit Redactor(bool alone) : alone_(alone) {}

  // Appends the argument to `*out`.
  void Argument(std::string_view argument, std::string* out, int depth = 0);

 private:
  void Word(std::string_view word, std::string* out, int depth);
  bool Pending(std::string_view word, std::string* out);
  bool SecretOfProgram(std::string_view word, std::string* out);
  void Announce(std::string_view word, std::string_view bare);
  void Fields(std::string_view word, std::string* out);

  const bool alone_;  // the process has one argument only: a title that it gave itself
  NextWord next_ = NextWord::kWord;
  bool named_ = false;       // the word before was a name of secrets, which `=` may follow
  bool identified_ = false;  // SQL: IDENTIFIED was read, BY may follow
  bool setting_ = false;     // the word before was `set`
  ProgramSecrets program_;
};

// Whether the word was the secret that the words before it announced.
bool Redactor::Pending(std::string_view word, std::string* out) {
  if (next_ == NextWord::kSecret && IsAssignment(word)) {
    *out += word;
    return true;
  }
  const NextWord next = std::exchange(next_, NextWord::kWord);
  if (next == NextWord::kWord || (next == NextWord::kSecret && (IsOption(word) || IsDigit(word))) ||
      (next == NextWord::kToken && word.size() < kLeastToken)) {
    return false;
  }
  if (next == NextWord::kUserAndPassword || next == NextWord::kNameAndValue) {
    const std::size_t secret = SecretOfPair(next, word);
    if (secret == word.npos) {
      *out += RedactTokens(word);
      return true;
    }
    *out += word.substr(0, secret);
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

bool Redactor::SecretOfProgram(std::string_view word, std::string* out) {
  const std::optional<HiddenPart> hidden = program_.Find(word);
  if (!hidden) return false;
  next_ = hidden->next;
  *out += word.substr(0, hidden->begin);
  if (next_ == NextWord::kWord) *out += kRedacted;
  *out += word.substr(hidden->end);
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
    if (IsOpen(word.substr(value.begin, value.end - value.begin))) next_ = NextWord::kCredentials;
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
  } else if (TakesSecret(bare) && !program_.Asks()) {
    next_ = NextWord::kSecret;
  } else if (ToLower(bare) == "bearer") {
    next_ = NextWord::kToken;
  } else if (program_.TakesNames() && word == name.text && IsSecretName(bare)) {
    next_ = NextWord::kSecret;
  } else if (setting && IsCompoundName(name.text) && IsSecretName(name.text)) {
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
  if (SecretOfProgram(bare, out)) return;
  program_.Notice(bare);
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
  if (next_ == NextWord::kSecret && depth == 0 && !IsOption(argument) && !IsDigit(argument)) {
    next_ = NextWord::kWord;
    *out += kRedacted;
    return;
  }
  if (whole && next_ == NextWord::kWord) {
    *out += argument.substr(0, equals + 1);
    if (equals + 1 < argument.size()) *out += kRedacted;
    return;
  }
  const bool other_command = program_.other_command();
  const std::string_view all = argument;
  const std::size_t piped = EndOfPipedSecret(all);
  bool writes = false;  // the words go to a command that reads a secret
  const bool one_word = argument.find_first_of(kBlanks) == argument.npos;
  while (!argument.empty()) {
    const std::size_t blanks = std::min(argument.find_first_not_of(kBlanks), argument.size());
    *out += argument.substr(0, blanks);
    argument.remove_prefix(blanks);
    if (argument.empty()) break;
    const std::string_view word = TakeWord(&argument);
    if (writes && OffsetIn(all, word) < piped && word[0] != '-') {
      *out += kRedacted;
    } else {
      Word(word, out, depth);
    }
    writes = !word.ends_with(';') && (writes || Writes(WithoutQuotes(word)));
  }
  program_.set_other_command(other_command);  // a `;` in the text of an option ends no command
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
