// Secrets that show by themselves, whatever name they have.
#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "services/collect/workload/redaction.h"

namespace syspulse {
namespace {

// How tokens of some makers begin, and how many characters follow at least.
struct TokenShape {
  std::string_view prefix;
  std::size_t least;
};
constexpr std::array<TokenShape, 19> kShapes = {{{"eyJ", 10},  // JSON: {" in base64
                                                 {"AKIA", 12},
                                                 {"ASIA", 12},
                                                 {"ghp_", 16},
                                                 {"gho_", 16},
                                                 {"ghs_", 16},
                                                 {"ghu_", 16},
                                                 {"github_pat_", 16},
                                                 {"glpat-", 16},
                                                 {"xoxb-", 10},
                                                 {"xoxp-", 10},
                                                 {"xoxa-", 10},
                                                 {"sk_live_", 10},
                                                 {"sk-ant-", 20},
                                                 {"sk-proj-", 20},
                                                 {"AIza", 30},
                                                 {"npm_", 30},
                                                 {"hvs.", 16},
                                                 {"dop_v1_", 30}}};

bool IsTokenCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '-' || c == '.';
}

// Returns how long the token at the start of `text` is, 0 if there is none.
std::size_t TokenLength(std::string_view text) {
  for (const TokenShape& shape : kShapes) {
    if (!text.starts_with(shape.prefix)) continue;
    std::size_t end = shape.prefix.size();
    while (end < text.size() && IsTokenCharacter(text[end])) ++end;
    if (end - shape.prefix.size() >= shape.least) return end;
  }
  return 0;
}

// What stands in URLs right before a part that lets whoever knows it post messages.
constexpr std::array<std::string_view, 6> kWebhooks = {
    "hooks.slack.com/services/",    "hooks.slack.com/workflows/",    "discord.com/api/webhooks/",
    "discordapp.com/api/webhooks/", "webhook.office.com/webhookb2/", "api.telegram.org/bot"};
constexpr std::string_view kUrlEnds = " \t\n\"'`<>";

// Returns how long the webhook's name at the start of `text` is, 0 if there is none.
std::size_t WebhookLength(std::string_view text) {
  for (const std::string_view webhook : kWebhooks) {
    if (text.starts_with(webhook)) return webhook.size();
  }
  return 0;
}

// Whether the user in a URL is rather a token: long, with letters and digits.
bool IsTokenOfUrl(std::string_view user) {
  constexpr std::size_t kLeast = 16;
  return user.size() >= kLeast && std::ranges::all_of(user, IsTokenCharacter) &&
         user.find_first_of("0123456789") != user.npos &&
         user.find_first_not_of("0123456789.-") != user.npos;
}

// A part of a text.
struct Span {
  std::size_t begin = 0;
  std::size_t size = 0;
};

bool IsPort(std::string_view text) {
  return text.size() <= 5 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Returns where the password is in the authority of a URL, which begins at `begin`; RFC 3986, 3.2.
Span PasswordOfUrl(std::string_view text, std::size_t begin) {
  const std::size_t end = std::min(text.find_first_of(kUrlEnds, begin), text.size());
  std::size_t authority_end = std::min(text.find_first_of("/?#", begin), end);
  const std::size_t colon = text.substr(0, authority_end).find(':', begin);
  std::size_t at = text.substr(0, authority_end).rfind('@');
  const bool web =
      text.substr(0, begin).ends_with("http://") || text.substr(0, begin).ends_with("https://");
  if (web && at != text.npos && at >= begin) {
    const std::string_view user = text.substr(begin, std::min(colon, at) - begin);
    const std::string_view password = colon < at ? text.substr(colon + 1, at - colon - 1) : "";
    const bool only_user = password.empty() || password == "x-oauth-basic";
    // A token in the place of the user: some want no password, some a word that is none.
    if (only_user && (IsTokenOfUrl(user) || colon < at)) {
      return {.begin = begin, .size = user.size()};
    }
  }
  if (colon == text.npos) return {};
  if (at == text.npos || at < colon) {
    // Passwords should have their slashes escaped, but not all have.
    if (IsPort(text.substr(colon + 1, authority_end - colon - 1))) return {};
    at = text.substr(0, end).rfind('@');
    if (at == text.npos || at < colon) return {};
  }
  return {.begin = colon + 1, .size = at - colon - 1};
}

// Returns where the password is in user:password@tcp(…), as Go's MySQL driver wants it.
Span PasswordOfDsn(std::string_view word) {
  const std::size_t at = std::min(word.rfind("@tcp("), word.rfind("@unix("));
  const std::size_t colon = word.find(':');
  if (at == word.npos || colon == word.npos || colon > at) return {};
  return {.begin = colon + 1, .size = at - colon - 1};
}

}  // namespace

std::string RedactPrivateKeys(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kPrivate = "PRIVATE KEY";
  constexpr std::size_t kLongestKind = 40;  // characters before the dashes behind the kind
  std::string out;
  for (std::size_t begin = text.find(kBegin); begin != text.npos; begin = text.find(kBegin)) {
    begin += kBegin.size();
    const std::size_t dashes = text.substr(begin, kLongestKind).find("-----");
    out += text.substr(0, begin);
    const std::string_view kind = text.substr(begin, dashes);
    text.remove_prefix(begin);
    if (dashes == text.npos || kind.find(kPrivate) == kind.npos) continue;
    out += text.substr(0, dashes + 5);
    out += kRedacted;
    text.remove_prefix(dashes + 5);
    const std::size_t zero = std::min(text.find('\0'), text.size());
    text.remove_prefix(std::min(text.find("-----END"), zero));
  }
  out += text;
  return out;
}

std::string RedactTokens(std::string_view word) {
  std::string out;
  const Span dsn = PasswordOfDsn(word);
  bool boundary = true;
  for (std::size_t i = 0; i < word.size();) {
    if (dsn.size > 0 && i == dsn.begin) {
      out += kRedacted;
      i += dsn.size;
      continue;
    }
    if (const std::size_t length = boundary ? TokenLength(word.substr(i)) : 0; length > 0) {
      out += kRedacted;
      i += length;
      continue;
    }
    if (word.substr(i).starts_with("://")) {
      const Span password = PasswordOfUrl(word, i + 3);
      if (password.size > 0) {
        out += word.substr(i, password.begin - i);
        out += kRedacted;
        i = password.begin + password.size;
        continue;
      }
    }
    if (const std::size_t length = boundary ? WebhookLength(word.substr(i)) : 0; length > 0) {
      const std::size_t end = std::min(word.find_first_of(kUrlEnds, i), word.size());
      out += word.substr(i, length);
      if (i + length < end) out += kRedacted;
      i = std::max(end, i + length);
      continue;
    }
    boundary = !IsTokenCharacter(word[i]);
    out += word[i++];
  }
  return out;
}

}  // namespace syspulse
