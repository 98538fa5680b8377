#include "services/promql/token.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_format.h"
#include "services/base/text.h"
#include "services/promql/quote.h"
#include "services/promql/utf8.h"

namespace syspulse::promql {
namespace {

constexpr std::size_t kLongestDescribed = 10;  // characters of what is neither name nor keyword

struct Keyword {
  std::string_view word;
  TokenType type;
};
constexpr Keyword kKeywords[] = {
    {"and", TokenType::kAnd},
    {"or", TokenType::kOr},
    {"unless", TokenType::kUnless},
    {"atan2", TokenType::kAtan2},
    {"sum", TokenType::kSum},
    {"avg", TokenType::kAvg},
    {"count", TokenType::kCount},
    {"min", TokenType::kMin},
    {"max", TokenType::kMax},
    {"group", TokenType::kGroup},
    {"stddev", TokenType::kStddev},
    {"stdvar", TokenType::kStdvar},
    {"topk", TokenType::kTopK},
    {"bottomk", TokenType::kBottomK},
    {"quantile", TokenType::kQuantile},
    {"count_values", TokenType::kCountValues},
    {"offset", TokenType::kOffset},
    {"by", TokenType::kBy},
    {"without", TokenType::kWithout},
    {"on", TokenType::kOn},
    {"ignoring", TokenType::kIgnoring},
    {"group_left", TokenType::kGroupLeft},
    {"group_right", TokenType::kGroupRight},
    {"bool", TokenType::kBool},
    {"start", TokenType::kStart},
    {"end", TokenType::kEnding},
    {"inf", TokenType::kNumber},
    {"nan", TokenType::kNumber},
};

// In the order of BinaryOp.
constexpr std::string_view kBinarySpellings[] = {
    "+", "-", "*", "/", "%", "^", "atan2", "==", "!=", ">", "<", ">=", "<=", "and", "or", "unless"};

std::string QuoteShortened(std::string_view text) {
  if (text.size() <= kLongestDescribed) return Quote(text);
  std::size_t end = 0;
  for (std::size_t characters = 0; characters < kLongestDescribed && end < text.size();
       ++characters) {
    end += std::max<std::size_t>(Utf8Size(text.substr(end)), 1);
  }
  return Quote(text.substr(0, end)) + "...";
}

}  // namespace

std::string Describe(const Token& token) {
  switch (token.type) {
    case TokenType::kEnd:
      return "end of input";
    case TokenType::kIdentifier:
      return "identifier " + Quote(token.text);
    case TokenType::kMetricIdentifier:
      return "metric identifier " + Quote(token.text);
    case TokenType::kString:
      return "string " + QuoteShortened(token.text);
    case TokenType::kNumber:
      return "number " + QuoteShortened(token.text);
    case TokenType::kDuration:
      return "duration " + QuoteShortened(token.text);
    default:
      break;
  }
  if (token.type >= TokenType::kSum) return absl::StrFormat("<aggr:%s>", token.text);
  if (token.type >= TokenType::kBool) return absl::StrFormat("<%s>", token.text);
  if (token.type >= TokenType::kEqualRegex) return absl::StrFormat("<op:%s>", token.text);
  return Quote(token.text);
}

std::optional<TokenType> FindKeyword(std::string_view word) {
  const std::string lower = ToLower(word);
  for (const Keyword& keyword : kKeywords) {
    if (keyword.word == lower) return keyword.type;
  }
  return std::nullopt;
}

bool IsMetricName(TokenType type) {
  switch (type) {
    case TokenType::kIdentifier:
    case TokenType::kMetricIdentifier:
    case TokenType::kStart:
    case TokenType::kEnding:
    case TokenType::kAnd:
    case TokenType::kOr:
    case TokenType::kUnless:
    case TokenType::kBy:
    case TokenType::kOffset:
    case TokenType::kWithout:
      return true;
    default:
      return AggregateOpOf(type).has_value();
  }
}

bool IsLabelName(TokenType type) {
  switch (type) {
    case TokenType::kMetricIdentifier:  // has a colon in it
    case TokenType::kWithout:
      return false;
    case TokenType::kAtan2:
    case TokenType::kBool:
    case TokenType::kGroupLeft:
    case TokenType::kGroupRight:
    case TokenType::kIgnoring:
    case TokenType::kOn:
      return true;
    default:
      return IsMetricName(type);
  }
}

bool BeginsExpression(TokenType type) {
  switch (type) {
    case TokenType::kString:
    case TokenType::kNumber:
    case TokenType::kLeftParen:
    case TokenType::kLeftBrace:
    case TokenType::kAdd:
    case TokenType::kSub:
      return true;
    default:
      return IsMetricName(type);
  }
}

std::optional<BinaryOp> BinaryOpOf(TokenType type) {
  if (type < TokenType::kAdd || type > TokenType::kUnless) return std::nullopt;
  return static_cast<BinaryOp>(static_cast<int>(type) - static_cast<int>(TokenType::kAdd));
}

std::optional<AggregateOp> AggregateOpOf(TokenType type) {
  if (type < TokenType::kSum) return std::nullopt;
  return static_cast<AggregateOp>(static_cast<int>(type) - static_cast<int>(TokenType::kSum));
}

std::string_view Spelling(BinaryOp op) { return kBinarySpellings[static_cast<std::size_t>(op)]; }

std::string_view Spelling(AggregateOp op) {
  const auto type =
      static_cast<TokenType>(static_cast<int>(op) + static_cast<int>(TokenType::kSum));
  for (const Keyword& keyword : kKeywords) {
    if (keyword.type == type) return keyword.word;
  }
  return "";
}

}  // namespace syspulse::promql
