#include "services/collect/workload/user_names.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/fake_clock.h"

namespace syspulse {
namespace {

TEST(FindUser, FindsTheNameOfANumber) {
  EXPECT_EQ(FindUser("root:x:0:0::/root:/bin/sh\nweb:x:33:33\n", 33), "web");
  EXPECT_EQ(FindUser("root:x:0:0::/root:/bin/sh\nbroken\n:x:7:\n", 7), std::nullopt);
  EXPECT_EQ(FindUser("", 0), std::nullopt);
}

TEST(LookUpUser, KnowsRoot) { EXPECT_EQ(LookUpUser(0), "root"); }

TEST(UserNames, GivesTheNumberOfAUserWithoutNameAndAsksAgainAfterAMinute) {
  const FixtureTree tree;
  FakeClock clock;
  UserNames users{ProcFs(tree.roots()), &clock};
  EXPECT_EQ(users.Name(4711), "4711");
  tree.Write("rootfs/etc/passwd", "late:x:4711:0::/:/bin/sh\n");
  EXPECT_EQ(users.Name(4711), "4711");
  clock.Advance(absl::Minutes(1));
  EXPECT_EQ(users.Name(4711), "late");
}

TEST(UserNames, AsksADirectoryServiceAgainThatWasAway) {
  const FixtureTree tree;
  FakeClock clock;
  auto questions = std::make_shared<std::atomic<int>>(0);
  UserNames users(ProcFs(tree.roots()), &clock,
                  [questions](std::uint32_t) -> std::optional<std::string> {
                    if (++*questions == 1) return std::nullopt;
                    return "remote";
                  });
  EXPECT_EQ(users.Name(4711), "4711");
  while (*questions == 0) std::this_thread::yield();
  while (users.Name(4711) == "4711") {
    clock.Advance(absl::Minutes(1));
    std::this_thread::yield();
  }
  EXPECT_EQ(users.Name(4711), "remote");
  EXPECT_EQ(*questions, 2);
}

TEST(UserNames, NeverWaitsForADirectoryServiceButTakesItsAnswer) {
  const FixtureTree tree;
  tree.Write("rootfs/etc/passwd", "local:x:1:1\n");
  auto network = std::make_shared<std::promise<void>>();
  const std::shared_future<void> up = network->get_future().share();
  const FakeClock clock;
  UserNames users(ProcFs(tree.roots()), &clock,
                  [up](std::uint32_t uid) -> std::optional<std::string> {
                    up.wait();
                    if (uid == 4712) return std::nullopt;
                    return "remote" + std::to_string(uid);
                  });
  EXPECT_EQ(users.Name(4711), "4711");
  EXPECT_EQ(users.Name(4712), "4712");
  EXPECT_EQ(users.Name(1), "local");
  network->set_value();
  while (users.Name(4711) == "4711") std::this_thread::yield();
  EXPECT_EQ(users.Name(4711), "remote4711");
  EXPECT_EQ(users.Name(4712), "4712");
}

TEST(UserNames, MayEndWhileTheDirectoryServiceHangs) {
  const FixtureTree tree;
  const FakeClock clock;
  std::promise<void> network;
  auto users = std::make_unique<UserNames>(
      ProcFs(tree.roots()), &clock,
      [up = network.get_future().share()](std::uint32_t) -> std::optional<std::string> {
        up.wait();
        return std::nullopt;
      });
  EXPECT_EQ(users->Name(4711), "4711");
  users.reset();
  network.set_value();
}

}  // namespace
}  // namespace syspulse
