#include "services/collect/procfs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

TEST(ProcFile, ReadsTheFileAgainFromItsStart) {
  const FixtureTree tree;
  ProcFile file = ProcFs(tree.roots()).Proc("loadavg");
  EXPECT_EQ(*file.Read(), "0.20 1.18 12.05 3/559 26442\n");
  tree.Write("proc/loadavg", "1 2 3\n");
  EXPECT_EQ(*file.Read(), "1 2 3\n");
}

TEST(ProcFile, SaysWhichFileIsAbsentAndFindsItOnceItIsThere) {
  const FixtureTree tree;
  ProcFile file = ProcFs(tree.roots()).Sys("class/late");
  EXPECT_THAT(file.Read(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("sys/class/late")));
  tree.Write("sys/class/late", "here\n");
  EXPECT_EQ(*file.Read(), "here\n");
}

TEST(ProcFile, GrowsItsBufferForLongFiles) {
  const FixtureTree tree;
  const std::string text(100'000, 'x');
  tree.Write("proc/long", text);
  ProcFile file = ProcFs(tree.roots()).Proc("long");
  EXPECT_EQ(*file.Read(), text);
}

TEST(ProcFile, RefusesAFileWithoutEnd) {
  const FixtureTree tree;
  tree.Write("proc/endless", std::string((8 << 20) + 1, 'x'));
  ProcFile file = ProcFs(tree.roots()).Proc("endless");
  EXPECT_THAT(file.Read(), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("8388608")));
}

TEST(ProcFile, ReportsADirectoryAsAnError) {
  const FixtureTree tree;
  ProcFile file = ProcFs(tree.roots()).Proc("net");
  EXPECT_THAT(file.Read(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("directory")));
}

absl::Status KeepLines(ProcFile* file, std::vector<std::string>* lines) {
  return file->ReadLines([&](std::string_view line) {
    lines->emplace_back(line);
    return absl::OkStatus();
  });
}

TEST(ProcFile, PassesLinesOneByOneWhereverAPieceEnds) {
  const FixtureTree tree;
  ProcFile file = ProcFs(tree.roots()).Proc("lines");
  std::vector<std::string> expected = {""};
  for (int i = 0; i < 5'000; ++i)
    expected.push_back(std::string(static_cast<std::size_t>(i % 97), 'x'));
  std::string text;
  for (const std::string& line : expected) text += line + '\n';
  for (int pass = 0; pass < 2; ++pass) {
    tree.Write("proc/lines", text);
    std::vector<std::string> lines;
    EXPECT_THAT(KeepLines(&file, &lines), IsOk());
    EXPECT_EQ(lines, expected);
  }
}

TEST(ProcFile, RefusesLinesThatAreCutOrEndless) {
  const FixtureTree tree;
  ProcFile file = ProcFs(tree.roots()).Proc("lines");
  std::vector<std::string> lines;
  tree.Write("proc/lines", "whole\ncut");
  EXPECT_THAT(KeepLines(&file, &lines),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("proc/lines: its last line is cut")));
  EXPECT_THAT(lines, testing::ElementsAre("whole"));
  tree.Write("proc/lines", std::string(70'000, 'x'));
  EXPECT_THAT(KeepLines(&file, &lines),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("65536")));
}

TEST(ProcFile, StopsWhereTheVisitorOfLinesDoes) {
  const FixtureTree tree;
  ProcFile file = ProcFs(tree.roots()).Proc("net/softnet_stat");
  int visits = 0;
  const absl::Status status = file.ReadLines([&](std::string_view) {
    ++visits;
    return absl::CancelledError("enough");
  });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kCancelled, HasSubstr("enough")));
  EXPECT_EQ(visits, 1);
}

TEST(PidDirectory, ListsNumbersOnlyInOrder) {
  const FixtureTree tree;
  tree.Write("proc/12x/stat", "");
  tree.Write("proc/99999999999/stat", "");
  PidDirectory pids = ProcFs(tree.roots()).Pids();
  for (int pass = 0; pass < 2; ++pass) {
    const auto listed = pids.List();
    ASSERT_THAT(listed, IsOk());
    EXPECT_THAT(**listed, testing::ElementsAre(1, 2, 17, 412, 413, 500, 999, 1000));
  }
}

TEST(PidDirectory, ReadsAtMostWhatIsAskedFor) {
  const FixtureTree tree;
  PidDirectory pids = ProcFs(tree.roots()).Pids();
  ASSERT_THAT(pids.List(), IsOk());
  EXPECT_EQ(pids.Read(1, "cmdline", 5).text, "/sbin");
  EXPECT_EQ(pids.Read(500, "stat", 5).error, ENOENT);
  EXPECT_EQ(pids.Owner(1), static_cast<std::int64_t>(getuid()));
  EXPECT_EQ(pids.Owner(501), -1);
}

TEST(PidDirectory, KeepsAFileOpenAndReadsItAnew) {
  const FixtureTree tree;
  PidDirectory pids = ProcFs(tree.roots()).Pids();
  ASSERT_THAT(pids.List(), IsOk());
  FileDescriptor kept;
  pids.Read(1, "cmdline", 100, &kept, /*keep=*/false);
  EXPECT_FALSE(kept.valid());
  pids.Read(1, "cmdline", 100, &kept, /*keep=*/true);
  EXPECT_TRUE(kept.valid());
  tree.Write("proc/1/cmdline", "other");
  EXPECT_EQ(pids.Read(1, "cmdline", 100, &kept, /*keep=*/true).text, "other");
}

TEST(PidDirectory, FailsWhereThereIsNoProcfs) {
  PidDirectory pids = ProcFs({.procfs = "/nonexistent"}).Pids();
  EXPECT_THAT(pids.List(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nonexistent")));
}

TEST(ProcFs, ListsDirectoriesOfSysfs) {
  const FixtureTree tree;
  EXPECT_THAT(*ProcFs(tree.roots()).ListSys("devices/system/clocksource/clocksource0"),
              testing::ElementsAre("available_clocksource", "current_clocksource"));
  EXPECT_THAT(ProcFs(tree.roots()).ListSys("class/none"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("class/none")));
}

TEST(ProcFs, ResolvesTheLinksOfSysfs) {
  const FixtureTree tree;
  tree.Write("sys/devices/platform/chip.0/name", "chip\n");
  std::filesystem::create_directory_symlink("../devices/platform/chip.0",
                                            tree.Path("sys/class/chip"));
  EXPECT_THAT(*ProcFs(tree.roots()).ResolveSys("class/chip"),
              testing::EndsWith("/sys/devices/platform/chip.0"));
  EXPECT_THAT(ProcFs(tree.roots()).ResolveSys("class/none"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("class/none")));
}

TEST(ProcFs, AsksForFilesystemsBelowTheRoot) {
  const FixtureTree tree;
  const ProcFs procfs(tree.roots());
  EXPECT_EQ(procfs.StatFilesystem("/etc").error, 0);
  EXPECT_GT(procfs.StatFilesystem("/etc").size_bytes, 0);
  EXPECT_EQ(procfs.StatFilesystem("/not/there").error, ENOENT);
}

}  // namespace
}  // namespace syspulse
