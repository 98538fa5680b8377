// From the text of a query to its words.
//
// What a word is depends on what is open: inside of braces there are no keywords, behind a bracket
// comes a duration. Comments and white space are left out. Words are made when they are asked for,
// so an error behind the one that the parser finds is never met.
#ifndef SERVICES_PROMQL_LEXER_H_
#define SERVICES_PROMQL_LEXER_H_

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/promql/token.h"

namespace syspulse::promql {

// Confined to one thread.
class Lexer {
 public:
  // `query` must outlive this and the tokens.
  explicit Lexer(std::string_view query) : query_(query) {}

  // Returns the next word; at the end, and from then on, kEnd. InvalidArgument, with its place, if
  // there is none that PromQL has; the lexer is of no use then.
  absl::StatusOr<Token> Next();

 private:
  void SkipBlanksAndComments();
  absl::StatusOr<Token> NextInBraces();
  absl::StatusOr<Token> NextPunctuation();
  absl::StatusOr<Token> NextEquals();
  absl::StatusOr<Token> NextExclamation();
  absl::StatusOr<Token> NextCompared(TokenType alone, TokenType with_equals);
  absl::StatusOr<Token> NextBracket();
  absl::StatusOr<Token> NextString();
  absl::StatusOr<Token> NextDuration();
  absl::StatusOr<Token> NextNumberOrDuration();
  absl::StatusOr<Token> NextWord();
  absl::StatusOr<Token> AtEnd();

  // Both begin at at_ and take what belongs to them, and say whether it is all that stands there.
  bool ScanNumber();
  bool ScanDuration();

  char Peek(std::size_t ahead = 0) const;
  void TakeDigits();
  bool TakeAnyOf(std::string_view characters);

  // Returns the token from start_ up to at_, after taking `more` bytes.
  Token Emit(TokenType type, std::size_t more = 0);
  absl::Status Fail(std::string_view message) const;

  const std::string_view query_;
  std::size_t at_ = 0;     // byte that is looked at
  std::size_t start_ = 0;  // first byte of the token
  int open_parens_ = 0;
  bool in_braces_ = false;
  bool in_brackets_ = false;
  bool colon_in_brackets_ = false;  // there was one
  bool duration_is_next_ = false;   // a bracket was just opened
};

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_LEXER_H_
