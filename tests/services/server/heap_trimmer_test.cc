#include "services/server/heap_trimmer.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

#include "tests/testing/sanitizers.h"

namespace syspulse {
namespace {

TEST(HeapTrimmer, ReturnsWhatABurstLeftAndIsQuietOtherwise) {
  if (kSanitized) GTEST_SKIP() << "the sanitizer brings a heap of its own";
  const ProcFs procfs;
  HeapTrimmer trimmer(procfs);
  trimmer.TrimIfMuchIsFree();  // what the tests before this one left behind

  // Blocks too small for mappings of their own; the last one keeps the end of the heap in use.
  constexpr std::size_t kBlock = 20'000;
  std::vector<std::unique_ptr<char[]>> blocks;
  for (std::size_t i = 0; i < 3 * HeapTrimmer::kMuch / kBlock; ++i) {
    blocks.push_back(std::make_unique<char[]>(kBlock));
    std::memset(blocks.back().get(), 1, kBlock);
  }
  EXPECT_FALSE(trimmer.TrimIfMuchIsFree()) << "it is all in use";
  const std::unique_ptr<char[]> last = std::move(blocks.back());
  blocks.clear();

  EXPECT_TRUE(trimmer.TrimIfMuchIsFree());
  EXPECT_FALSE(trimmer.TrimIfMuchIsFree()) << "there is nothing left to return";
}

}  // namespace
}  // namespace syspulse
