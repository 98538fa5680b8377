// Which rows the store has already: what comes twice is taken once.
//
// A row is known by its host, source and time. For the last minutes of each source all times are
// kept; when a row is older than what is kept, the times around it are learned from the heads and
// blocks first. So a row may be late by any time, and a row that is late by less than kWindowMs
// costs no more than another.
//
// Confined to one thread.
#ifndef SERVICES_STORE_ARRIVALS_H_
#define SERVICES_STORE_ARRIVALS_H_

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "services/store/contents.h"
#include "services/store/time_set.h"

namespace syspulse {

class Arrivals {
 public:
  static constexpr std::int64_t kWindowMs = 10 * 60 * 1000;  // what agents are late by at most

  // Returns whether this row is new, and takes it for arrived from then on. `contents` has all rows
  // that arrived before, but those that cannot be read.
  bool Add(const std::string& host, const std::string& source, std::int64_t time_ms,
           const ContentsView& contents);

  // Forgets all rows of a host, which were deleted.
  void Forget(std::string_view host);

  // Forgets times that are older than the window, which `contents` then is asked for.
  void Trim();

 private:
  struct Times {
    TimeSet set;                                                         // all from `known_from` on
    std::int64_t known_from = std::numeric_limits<std::int64_t>::max();  // Unix, ms
    std::int64_t newest = std::numeric_limits<std::int64_t>::min();      // Unix, ms
  };
  using Key = std::pair<std::string, std::string>;  // host, source
  using KeyView = std::pair<std::string_view, std::string_view>;
  struct Less {
    using is_transparent = void;
    bool operator()(const KeyView& a, const KeyView& b) const { return a < b; }
  };

  std::map<Key, Times, Less> sources_;
};

}  // namespace syspulse

#endif  // SERVICES_STORE_ARRIVALS_H_
