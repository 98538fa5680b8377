#include "services/server/heap_trimmer.h"

#include <malloc.h>
#include <unistd.h>

#include <fstream>

namespace syspulse {
namespace {

// Returns the resident bytes of this process that belong to no file, 0 if the kernel does not tell;
// see proc(5), statm.
std::int64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t size = 0;
  std::int64_t resident = 0;
  std::int64_t shared = 0;
  statm >> size >> resident >> shared;
  return (resident - shared) * sysconf(_SC_PAGESIZE);
}

// Returns how much of that malloc holds and nobody uses, and what is not malloc's.
std::int64_t FreeBytes() {
  const struct mallinfo2 heap = mallinfo2();
  return ResidentBytes() - static_cast<std::int64_t>(heap.uordblks + heap.hblkhd);
}

}  // namespace

bool HeapTrimmer::TrimIfMuchIsFree() {
  if (FreeBytes() < left_ + kMuch) return false;
  malloc_trim(0);
  left_ = FreeBytes();
  return true;
}

}  // namespace syspulse
