// Gives memory back that a burst took and nobody holds any more.
//
// malloc keeps what is freed: ten thousands of calls at once (a client that opens and resets
// streams as fast as it can) leave gigabytes of free heap behind. What is free is returned to the
// system once it is much, and not sooner, because taking it again costs page faults.
//
// Confined to one thread.
#ifndef SERVICES_SERVER_HEAP_TRIMMER_H_
#define SERVICES_SERVER_HEAP_TRIMMER_H_

#include <cstdint>

#include "services/collect/procfs.h"

namespace syspulse {

class HeapTrimmer {
 public:
  explicit HeapTrimmer(const ProcFs& procfs)
      : statm_(procfs.Proc("self/statm", FileEnd::kShortRead)) {}

  // Trims the heap if more than `kMuch` of what the process holds is free, not counting what
  // the last time could not return: pages of which a little is in use.
  // Returns whether it did. Call it every few seconds.
  bool TrimIfMuchIsFree();

  static constexpr std::int64_t kMuch = 64 << 20;  // bytes

 private:
  std::int64_t ResidentBytes();
  std::int64_t FreeBytes();

  ProcFile statm_;
  std::int64_t left_ = 0;  // free bytes that the last trim could not return
};

}  // namespace syspulse

#endif  // SERVICES_SERVER_HEAP_TRIMMER_H_
