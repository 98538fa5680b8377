#include "services/promql/lexer.h"

#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/promql/parse_error.h"
#include "services/promql/quote.h"
#include "services/promql/string_literal.h"
#include "services/promql/utf8.h"

namespace syspulse::promql {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool IsAlpha(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsWord(char c) { return IsAlpha(c) || IsDigit(c); }

}  // namespace

absl::StatusOr<Token> Lexer::Next() {
  if (duration_is_next_) {
    duration_is_next_ = false;
    while (IsSpace(Peek())) ++at_;
    start_ = at_;
    return NextDuration();
  }
  SkipBlanksAndComments();
  start_ = at_;
  if (in_braces_) return NextInBraces();
  if (at_ == query_.size()) return AtEnd();
  const char c = Peek();
  if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) return NextNumberOrDuration();
  if (c == '"' || c == '\'' || c == '`') return NextString();
  if (IsAlpha(c) || c == ':') return in_brackets_ ? NextBracket() : NextWord();
  return NextPunctuation();
}

void Lexer::SkipBlanksAndComments() {
  while (true) {
    while (IsSpace(Peek())) ++at_;
    if (Peek() != '#') return;
    while (at_ < query_.size() && Peek() != '\n' && Peek() != '\r') ++at_;
  }
}

absl::StatusOr<Token> Lexer::AtEnd() {
  if (open_parens_ != 0) return Fail("unclosed left parenthesis");
  if (in_brackets_) return Fail("unclosed left bracket");
  return Emit(TokenType::kEnd);
}

absl::StatusOr<Token> Lexer::NextInBraces() {
  if (at_ == query_.size()) return Fail("unexpected end of input inside braces");
  const char c = Peek();
  if (IsAlpha(c)) {
    while (IsWord(Peek())) ++at_;
    return Emit(TokenType::kIdentifier);
  }
  switch (c) {
    case ',':
      return Emit(TokenType::kComma, 1);
    case '"':
    case '\'':
    case '`':
      return NextString();
    case '=':
      if (Peek(1) == '~') return Emit(TokenType::kEqualRegex, 2);
      return Emit(TokenType::kAssign, 1);
    case '!':
      if (Peek(1) == '~') return Emit(TokenType::kNotEqualRegex, 2);
      if (Peek(1) == '=') return Emit(TokenType::kNotEqual, 2);
      return Fail("unexpected character after '!' inside braces: " +
                  QuoteCharacter(query_.substr(at_ + 1)));
    case '{':
      return Fail("unexpected left brace '{'");
    case '}':
      in_braces_ = false;
      return Emit(TokenType::kRightBrace, 1);
    default:
      return Fail("unexpected character inside braces: " + QuoteCharacter(query_.substr(at_)));
  }
}

absl::StatusOr<Token> Lexer::NextPunctuation() {
  switch (Peek()) {
    case ',':
      return Emit(TokenType::kComma, 1);
    case '*':
      return Emit(TokenType::kMul, 1);
    case '/':
      return Emit(TokenType::kDiv, 1);
    case '%':
      return Emit(TokenType::kMod, 1);
    case '+':
      return Emit(TokenType::kAdd, 1);
    case '-':
      return Emit(TokenType::kSub, 1);
    case '^':
      return Emit(TokenType::kPow, 1);
    case '@':
      return Emit(TokenType::kAt, 1);
    case '=':
      return NextEquals();
    case '!':
      return NextExclamation();
    case '<':
      return NextCompared(TokenType::kLess, TokenType::kLessOrEqual);
    case '>':
      return NextCompared(TokenType::kGreater, TokenType::kGreaterOrEqual);
    default:
      return NextBracket();
  }
}

absl::StatusOr<Token> Lexer::NextEquals() {
  if (Peek(1) == '=') return Emit(TokenType::kEqual, 2);
  if (Peek(1) == '~') return Fail("unexpected character after '=': '~'");
  return Emit(TokenType::kAssign, 1);
}

absl::StatusOr<Token> Lexer::NextExclamation() {
  if (Peek(1) == '=') return Emit(TokenType::kNotEqual, 2);
  return Fail("unexpected character after '!': " + QuoteCharacter(query_.substr(at_ + 1)));
}

absl::StatusOr<Token> Lexer::NextCompared(TokenType alone, TokenType with_equals) {
  return Peek(1) == '=' ? Emit(with_equals, 2) : Emit(alone, 1);
}

absl::StatusOr<Token> Lexer::NextBracket() {
  const std::string character = QuoteCharacter(query_.substr(at_));
  switch (Peek()) {
    case '(':
      ++open_parens_;
      return Emit(TokenType::kLeftParen, 1);
    case ')': {
      const Token token = Emit(TokenType::kRightParen, 1);
      if (--open_parens_ < 0) return Fail("unexpected right parenthesis ')'");
      return token;
    }
    case '{':
      in_braces_ = true;
      return Emit(TokenType::kLeftBrace, 1);
    case '[':
      if (in_brackets_) return Fail("unexpected left bracket '['");
      in_brackets_ = duration_is_next_ = true;
      colon_in_brackets_ = false;
      return Emit(TokenType::kLeftBracket, 1);
    case ']':
      if (!in_brackets_) return Fail("unexpected right bracket ']'");
      in_brackets_ = false;
      return Emit(TokenType::kRightBracket, 1);
    case ':':
      if (std::exchange(colon_in_brackets_, true)) return Fail("unexpected colon ':'");
      return Emit(TokenType::kColon, 1);
    default:
      if (in_brackets_ && IsAlpha(Peek())) {
        return Fail("unexpected character: " + character + ", expected ':'");
      }
      return Fail("unexpected character: " + character);
  }
}

absl::StatusOr<Token> Lexer::NextString() {
  auto scanned = ScanString(query_.substr(at_));
  if (!scanned.ok()) return Fail(std::string(scanned.status().message()));
  Token token = Emit(TokenType::kString, scanned->size);
  token.value = std::move(scanned->value);
  return token;
}

absl::StatusOr<Token> Lexer::NextDuration() {
  if (ScanNumber()) return Fail("missing unit character in duration");
  if (ScanDuration()) return Emit(TokenType::kDuration);
  return Fail("bad duration syntax: " + Quote(query_.substr(start_, at_ - start_)));
}

absl::StatusOr<Token> Lexer::NextNumberOrDuration() {
  if (ScanNumber()) return Emit(TokenType::kNumber);
  if (ScanDuration()) return Emit(TokenType::kDuration);
  return Fail("bad number or duration syntax: " + Quote(query_.substr(start_, at_ - start_)));
}

absl::StatusOr<Token> Lexer::NextWord() {
  while (IsWord(Peek()) || Peek() == ':') ++at_;
  const std::string_view word = query_.substr(start_, at_ - start_);
  if (const auto keyword = FindKeyword(word)) return Emit(*keyword);
  return Emit(word.find(':') == word.npos ? TokenType::kIdentifier : TokenType::kMetricIdentifier);
}

// Not every number that this takes is one: the parser reads it.
bool Lexer::ScanNumber() {
  if (Peek() == '0' && (Peek(1) == 'x' || Peek(1) == 'X')) {
    at_ += 2;
    while (IsHexDigit(Peek())) ++at_;
  } else {
    TakeDigits();
  }
  if (TakeAnyOf(".")) TakeDigits();
  if (TakeAnyOf("eE")) {
    TakeAnyOf("+-");
    TakeDigits();
  }
  return !IsWord(Peek());
}

// The number in front of the first unit is already taken. Whether the units are in order is for
// ParseDuration to say.
bool Lexer::ScanDuration() {
  if (!TakeAnyOf("smhdwy")) return false;
  TakeAnyOf("s");
  while (IsDigit(Peek())) {
    TakeDigits();
    if (!TakeAnyOf("smhdw")) return false;
    TakeAnyOf("s");
  }
  if (!IsWord(Peek())) return true;
  ++at_;
  return false;
}

char Lexer::Peek(std::size_t ahead) const {
  return at_ + ahead < query_.size() ? query_[at_ + ahead] : '\0';
}

void Lexer::TakeDigits() {
  while (IsDigit(Peek())) ++at_;
}

bool Lexer::TakeAnyOf(std::string_view characters) {
  if (at_ == query_.size() || characters.find(Peek()) == characters.npos) return false;
  ++at_;
  return true;
}

Token Lexer::Emit(TokenType type, std::size_t more) {
  at_ += more;
  Token token{.type = type,
              .position = {.start = start_, .end = at_},
              .text = query_.substr(start_, at_ - start_)};
  start_ = at_;
  return token;
}

absl::Status Lexer::Fail(std::string_view message) const {
  return ParseErrorAt(query_, start_, message);
}

}  // namespace syspulse::promql
