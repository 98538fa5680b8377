#include "services/api/host_filter.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/promql/parser.h"

namespace syspulse {
namespace {

constexpr std::size_t kLongestFilter = 4096;  // some dozens of labels
constexpr std::size_t kShown = 200;           // bytes of a filter in a sentence

std::string_view StateOf(const Host& host) {
  switch (host.state) {
    case HostState::kOnline:
      return "online";
    case HostState::kStale:
      return "stale";
    case HostState::kOffline:
      return "offline";
  }
  return "offline";
}

std::string_view ValueOf(const Host& host, const std::string& name) {
  const auto label = host.labels.find(name);
  if (label != host.labels.end()) return label->second;
  if (name == "state") return StateOf(host);
  if (name == "hostname") return host.hostname;
  if (name == "host") return host.id;
  return {};
}

}  // namespace

absl::StatusOr<HostFilter> HostFilter::Parse(const std::string& text) {
  HostFilter filter;
  if (text.empty()) return filter;
  if (text.size() > kLongestFilter) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "the filter has %d bytes; it may have %d at most", text.size(), kLongestFilter));
  }
  const bool in_braces = text.starts_with('{') && text.ends_with('}');
  absl::StatusOr<std::vector<promql::Matcher>> matchers =
      promql::ParseSelector(in_braces ? text : absl::StrFormat("{%s}", text));
  if (!matchers.ok()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "filter '%s': %s; it is such as env=\"prod\",role=~\"db|cache\"",
        std::string_view(text).substr(0, kShown), std::string(matchers.status().message())));
  }
  filter.text_ = text;
  filter.matchers_ = *std::move(matchers);
  return filter;
}

bool HostFilter::Means(const Host& host) const {
  return std::ranges::all_of(matchers_, [&](const promql::Matcher& matcher) {
    return matcher.Matches(ValueOf(host, matcher.name()));
  });
}

}  // namespace syspulse
