#include "services/collect/process_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

TEST(ProcessFiles, ListsNumbersOnlyInOrder) {
  const FixtureTree tree;
  tree.Write("proc/12x/stat", "");
  tree.Write("proc/99999999999/stat", "");
  ProcessFiles pids{ProcFs(tree.roots())};
  for (int pass = 0; pass < 2; ++pass) {
    const auto listed = pids.List();
    ASSERT_THAT(listed, IsOk());
    EXPECT_THAT(**listed, testing::ElementsAre(1, 2, 17, 412, 413, 500, 999, 1000));
  }
}

TEST(ProcessFiles, ReadsAtMostWhatIsAskedFor) {
  const FixtureTree tree;
  ProcessFiles pids{ProcFs(tree.roots())};
  ASSERT_THAT(pids.List(), IsOk());
  EXPECT_EQ(pids.Read(1, "cmdline", 5).text, "/sbin");
  EXPECT_EQ(pids.Read(500, "stat", 5).error, ENOENT);
  EXPECT_EQ(pids.Owner(1), static_cast<std::int64_t>(getuid()));
  EXPECT_EQ(pids.Owner(501), -1);
}

TEST(ProcessFiles, KeepsAFileOpenAndReadsItAnew) {
  const FixtureTree tree;
  ProcessFiles pids{ProcFs(tree.roots())};
  ASSERT_THAT(pids.List(), IsOk());
  FileDescriptor kept;
  pids.Read(1, "cmdline", 100, &kept, /*keep=*/false);
  EXPECT_FALSE(kept.valid());
  pids.Read(1, "cmdline", 100, &kept, /*keep=*/true);
  EXPECT_TRUE(kept.valid());
  tree.Write("proc/1/cmdline", "other");
  EXPECT_EQ(pids.Read(1, "cmdline", 100, &kept, /*keep=*/true).text, "other");
}

TEST(ProcessFiles, FailsWhereThereIsNoProcfs) {
  ProcessFiles pids{ProcFs({.procfs = "/nonexistent"})};
  EXPECT_THAT(pids.List(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nonexistent")));
}

}  // namespace
}  // namespace syspulse
