#include "services/server/heap_trimmer.h"

#include <malloc.h>
#include <unistd.h>

#include <string_view>

#include "services/base/text.h"

namespace syspulse {

// Returns the resident bytes of this process that belong to no file, 0 if the kernel does not tell;
// see proc(5), statm: size, resident and shared, in pages.
std::int64_t HeapTrimmer::ResidentBytes() {
  const absl::StatusOr<std::string_view> text = statm_.Read();
  if (!text.ok()) return 0;
  std::string_view rest = *text;
  TakeField(&rest);
  const auto resident = ParseNumber<std::int64_t>(TakeField(&rest));
  const auto shared = ParseNumber<std::int64_t>(TakeField(&rest));
  return resident && shared ? (*resident - *shared) * sysconf(_SC_PAGESIZE) : 0;
}

// Returns how much of that malloc holds and nobody uses, and what is not malloc's.
std::int64_t HeapTrimmer::FreeBytes() {
  const struct mallinfo2 heap = mallinfo2();
  return ResidentBytes() - static_cast<std::int64_t>(heap.uordblks + heap.hblkhd);
}

bool HeapTrimmer::TrimIfMuchIsFree() {
  if (FreeBytes() < left_ + kMuch) return false;
  malloc_trim(0);
  left_ = FreeBytes();
  return true;
}

}  // namespace syspulse
