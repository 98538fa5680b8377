// Every fuzz target on its seeds, on all their beginnings, and on damage that is the same in every
// run: what a fuzzer would find in its first second is found by every run of the tests.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

#include "tests/fuzz/targets.h"

namespace syspulse {
namespace {

constexpr std::size_t kMostCuts = 4096;
constexpr int kRounds = 300;

class FuzzTargetTest : public ::testing::TestWithParam<FuzzTarget> {};

TEST_P(FuzzTargetTest, TakesItsSeedsCutAndDamaged) {
  const FuzzTarget& target = GetParam();
  std::mt19937 random(20231114);
  target.run("");
  for (const std::string_view name : target.seeds) {
    const std::string seed = ReadSeed(name);
    for (std::size_t size = 0; size <= std::min(seed.size(), kMostCuts); ++size) {
      target.run(std::string_view(seed).substr(0, size));
    }
    for (int round = 0; round < kRounds && !seed.empty(); ++round) {
      std::string damaged = seed;
      for (std::size_t hits = 1 + random() % 8; hits > 0; --hits) {
        damaged[random() % damaged.size()] = static_cast<char>(random());
      }
      if (round % 3 == 0) damaged.insert(random() % damaged.size(), seed);
      target.run(damaged);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, FuzzTargetTest, ::testing::ValuesIn(AllTargets()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(FuzzTargets, HaveNamesOfTheirOwnAndSeeds) {
  std::set<std::string_view> names;
  for (const FuzzTarget& target : AllTargets()) {
    EXPECT_TRUE(names.insert(target.name).second) << target.name;
    EXPECT_FALSE(target.seeds.empty()) << target.name;
  }
}

}  // namespace
}  // namespace syspulse
