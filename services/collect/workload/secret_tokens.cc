// Secrets that show by themselves, whatever name they have.
#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "services/collect/workload/redaction.h"
#include "services/collect/workload/secret_urls.h"

namespace syspulse {
namespace {

// How tokens of some makers begin, and how many characters follow at least.
struct TokenShape {
  std::string_view prefix;
  std::size_t least;
};
constexpr std::array kShapes = std::to_array<TokenShape>({
    {"eyJ", 10},  // JSON: {" in base64
    {"AKIA", 12},     {"ASIA", 12},     {"ghp_", 16},      {"gho_", 16},
    {"ghr_", 16},     {"ghs_", 16},     {"ghu_", 16},      {"github_pat_", 16},
    {"glpat-", 16},   {"glptt-", 16},   {"glrt-", 16},     {"gldt-", 16},
    {"glsa_", 20},    {"xoxa-", 10},    {"xoxb-", 10},     {"xoxe-", 10},
    {"xoxe.", 10},    {"xoxp-", 10},    {"xapp-", 10},     {"sk_live_", 10},
    {"sk_test_", 10}, {"rk_live_", 10}, {"rk_test_", 10},  {"whsec_", 16},
    {"sk-ant-", 20},  {"sk-proj-", 20}, {"sk-", 32},       {"gsk_", 20},
    {"hf_", 20},      {"SG.", 20},      {"AIza", 30},      {"ya29.", 20},
    {"GOCSPX-", 16},  {"npm_", 30},     {"pypi-", 16},     {"rubygems_", 16},
    {"shpat_", 16},   {"shpss_", 16},   {"dckr_pat_", 16}, {"dop_v1_", 30},
    {"hvs.", 16},     {"hvb.", 16},     {"hvr.", 16},      {"AGE-SECRET-KEY-1", 10},
    {"PMAK-", 16},    {"NRAK-", 16},    {"lin_api_", 16},  {"tskey-", 16},
    {"ATATT3", 30},
});

// AWS' secret access keys have no prefix: 40 characters of base64, not all of one kind as those of
// checksums are, nor with as many slashes as paths have.
constexpr std::size_t kSecretAccessKeySize = 40;
bool IsSecretAccessKey(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789";
  constexpr std::ptrdiff_t kMostSlashes = 3;
  const auto is_base64 = [](char c) {
    return (IsTokenCharacter(c) && c != '_' && c != '-' && c != '.') || c == '+' || c == '/';
  };
  const auto* const end = std::ranges::find_if_not(text, is_base64);
  if (end - text.begin() != kSecretAccessKeySize || text[0] == '/') return false;
  if (end != text.end() && (IsTokenCharacter(*end) || *end == ':')) return false;
  const std::string_view key = text.substr(0, kSecretAccessKeySize);
  const auto has = [key](char first, char last) {
    return std::ranges::any_of(key, [=](char c) { return c >= first && c <= last; });
  };
  return has('a', 'z') && has('A', 'Z') && key.find_first_of(kDigits) != key.npos &&
         std::ranges::count(key, '/') <= kMostSlashes;
}

// Returns how long the token at the start of `text` is, 0 if there is none.
std::size_t TokenLength(std::string_view text) {
  for (const TokenShape& shape : kShapes) {
    if (!text.starts_with(shape.prefix)) continue;
    std::size_t end = shape.prefix.size();
    while (end < text.size() && IsTokenCharacter(text[end])) ++end;
    if (end - shape.prefix.size() >= shape.least) return end;
  }
  return IsSecretAccessKey(text) ? kSecretAccessKeySize : 0;
}

// What stands in URLs right before a part that lets whoever knows it post messages or broadcast.
constexpr std::array<std::string_view, 8> kWebhooks = {
    "hooks.slack.com/services/",     "hooks.slack.com/workflows/",
    "discord.com/api/webhooks/",     "discordapp.com/api/webhooks/",
    "webhook.office.com/webhookb2/", "api.telegram.org/bot",
    "a.rtmp.youtube.com/live2/",     "live.twitch.tv/app/"};

// Returns how long the webhook's name at the start of `text` is, 0 if there is none.
std::size_t WebhookLength(std::string_view text) {
  for (const std::string_view webhook : kWebhooks) {
    if (text.starts_with(webhook)) return webhook.size();
  }
  return 0;
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
  const SecretSpan login = PasswordOfLogin(word);
  bool boundary = true;
  for (std::size_t i = 0; i < word.size();) {
    if (login.size > 0 && i == login.begin) {
      out += kRedacted;
      i += login.size;
      continue;
    }
    if (const std::size_t length = boundary ? TokenLength(word.substr(i)) : 0; length > 0) {
      out += kRedacted;
      i += length;
      continue;
    }
    if (word.substr(i).starts_with("://")) {
      const SecretSpan password = PasswordOfUrl(word, i + 3);
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
