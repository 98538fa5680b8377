// How the store is doing: for metrics and for people.
#ifndef SERVICES_STORE_STORE_STATS_H_
#define SERVICES_STORE_STORE_STATS_H_

#include <cstdint>
#include <string>

namespace syspulse {

struct StoreStats {
  std::int64_t appended_samples = 0;  // taken since the start; absent values count
  std::int64_t duplicate_frames = 0;  // that had arrived before, since the start
  // That came again with another value since the start, and whose first value stays; as far as that
  // is in memory.
  std::int64_t conflicting_values = 0;
  std::int64_t waiting_frames = 0;   // not yet written
  std::uint64_t durable_ticket = 0;  // all frames up to it survive a crash
  std::int64_t head_samples = 0;     // in memory
  std::int64_t head_series = 0;      // with rows in memory
  std::int64_t blocks = 0;
  std::int64_t block_bytes = 0;
  std::int64_t block_samples = 0;
  std::int64_t log_bytes = 0;      // of the segment at hand
  std::int64_t damaged_units = 0;  // found since the start: blocks, groups, records of the log
  std::string last_damage;         // in words; empty if there is none
  bool writing = true;             // false while the disk takes nothing, full or broken
  std::string last_error;          // why the disk took nothing at last; empty if it always did
};

}  // namespace syspulse

#endif  // SERVICES_STORE_STORE_STATS_H_
