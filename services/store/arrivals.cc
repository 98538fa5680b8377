#include "services/store/arrivals.h"

#include <algorithm>

#include "services/store/row_times.h"

namespace syspulse {

bool Arrivals::Add(const std::string& host, const std::string& source, std::int64_t time_ms,
                   const ContentsView& contents) {
  auto found = sources_.find(KeyView(host, source));
  if (found == sources_.end()) found = sources_.emplace(Key(host, source), Times()).first;
  Times& times = found->second;
  if (time_ms < times.known_from) {
    const std::int64_t from = time_ms - kWindowMs;
    const MillisRange range{.first_ms = from, .last_ms = times.known_from - 1};
    // Rows whose times are damaged have not arrived.
    for (const std::int64_t time : TimesOf(contents, host, source, range)) times.set.Insert(time);
    times.known_from = from;
  }
  times.newest = std::max(times.newest, time_ms);
  return times.set.Insert(time_ms);
}

void Arrivals::Forget(std::string_view host) {
  auto at = sources_.lower_bound(KeyView(host, ""));
  while (at != sources_.end() && at->first.first == host) at = sources_.erase(at);
}

void Arrivals::Trim() {
  for (auto& [key, times] : sources_) {
    const std::int64_t from = times.newest - kWindowMs;
    if (from <= times.known_from) continue;
    times.set.ForgetBefore(from);
    times.known_from = from;
  }
}

}  // namespace syspulse
