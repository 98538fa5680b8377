// Whether the history of a fleet has each frame that was sent, once.
#ifndef TESTS_BENCH_FLEET_HISTORY_CHECK_H_
#define TESTS_BENCH_FLEET_HISTORY_CHECK_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace syspulse {

struct HistoryCheck {
  std::string server;
  std::size_t hosts = 0;
  absl::Time first;  // of the frames of each host, as is the next
  absl::Time last;
  std::int64_t frames_each = 0;  // of each host
};

// Returns OK if it has, else a sentence that says what it has instead.
absl::Status CheckOnce(const HistoryCheck& check);

}  // namespace syspulse

#endif  // TESTS_BENCH_FLEET_HISTORY_CHECK_H_
