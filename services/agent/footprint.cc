#include "services/agent/footprint.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace syspulse {
namespace {

constexpr int kTrimThreshold = 256 << 10;  // of free heap, in bytes

// Unmaps the pages of what is loaded from files and can never be written: code and constants, but
// not what was relocated at load time, which stands in segments that are writable at first.
int UnmapConstantPages(dl_phdr_info* module, std::size_t, void*) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  for (int i = 0; i < module->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = module->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const std::uintptr_t begin = module->dlpi_addr + segment.p_vaddr;
    const std::uintptr_t first = begin & ~(page - 1);
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the address of a segment is a number
    madvise(reinterpret_cast<void*>(first), begin + segment.p_memsz - first, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

void ShareOneHeap() {
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TRIM_THRESHOLD, kTrimThreshold);
}

void ForgetTheStart() {
  malloc_trim(0);
  dl_iterate_phdr(UnmapConstantPages, nullptr);
}

}  // namespace syspulse
