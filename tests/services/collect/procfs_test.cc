#include "services/collect/procfs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

absl::Status KeepLines(ProcFile* file, std::vector<std::string>* lines) {
  return file->ReadLines([&](std::string_view line) {
    lines->emplace_back(line);
    return absl::OkStatus();
  });
}

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

TEST(ProcFile, RefusesWhatIsNoFile) {
  const FixtureTree tree;
  ProcFile directory = ProcFs(tree.roots()).Proc("net");
  EXPECT_THAT(directory.Read(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                         HasSubstr("proc/net: it is a directory and no file")));
  ProcFile device = ProcFs({.procfs = "/dev"}).Proc("zero");
  EXPECT_THAT(device.Read(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("device")));
}

TEST(ProcFile, DoesNotWaitForWhoWritesToAPipe) {
  const FixtureTree tree;
  ASSERT_EQ(mkfifo(tree.Path("proc/pipe").c_str(), 0600), 0);
  const ProcFs procfs(tree.roots());
  ProcFile file = procfs.Proc("pipe");
  EXPECT_THAT(file.Read(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("a pipe")));
  EXPECT_THAT(KeepLines(&file, nullptr),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("a pipe")));
}

TEST(ProcFile, ReadsTheSameHoweverItIsToldTheEnd) {
  const FixtureTree tree;
  for (const std::size_t size : {0, 1, 2047, 2048, 4095, 4096, 4097, 6143, 8192, 10'000}) {
    const std::string text(size, 'x');
    tree.Write("proc/file", text);
    for (const FileEnd end : {FileEnd::kEmptyRead, FileEnd::kHalfPage, FileEnd::kShortRead}) {
      ProcFile file = ProcFs(tree.roots()).Proc("file", end);
      EXPECT_EQ(*file.Read(), text) << size;
      EXPECT_EQ(*file.Read(), text) << size;  // into a buffer that is large already
    }
  }
}

// Returns the text with one '0' for each run of digits, blanks and signs: what may change between
// two reads is gone.
std::string Shape(std::string_view text) {
  std::string shape;
  for (const char c : text) {
    const bool varies = (c >= '0' && c <= '9') || c == ' ' || c == '-';
    if (!varies || !shape.ends_with('0')) shape += varies ? '0' : c;
  }
  return shape;
}

// Of the kernel that runs this test: copies on disk have no records.
TEST(ProcFile, GetsAllRecordsOfTheKernel) {
  const ProcFs procfs;
  const std::map<FileEnd, std::vector<std::string>> files = {
      {FileEnd::kShortRead,
       {"stat", "meminfo", "loadavg", "net/snmp", "net/netstat", "net/snmp6", "net/sockstat",
        "sys/fs/file-nr", "sys/kernel/version"}},
      {FileEnd::kHalfPage, {"vmstat", "net/dev", "net/softnet_stat"}}};
  for (const auto& [end, paths] : files) {
    for (const std::string& path : paths) {
      const absl::StatusOr<std::string> expected = procfs.ReadProc(path);
      ProcFile file = procfs.Proc(path, end);
      const absl::StatusOr<std::string_view> text = file.Read();
      ASSERT_EQ(text.status().code(), expected.status().code()) << path;
      if (text.ok()) {
        EXPECT_EQ(Shape(*text), Shape(*expected)) << path;
      }
    }
  }
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

TEST(ProcFs, SaysWhichRootIsNotThere) {
  const FixtureTree tree;
  Roots roots = tree.roots();
  EXPECT_THAT(ProcFs(roots).CheckRoots(), IsOk());
  roots.sysfs = tree.Path("proc/stat");
  EXPECT_THAT(ProcFs(roots).CheckRoots(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("open sysfs at " + roots.sysfs +
                                                              " (where it is says --path.sysfs): "
                                                              "Not a directory")));
  roots.procfs = "/nonexistent";
  EXPECT_THAT(ProcFs(roots).CheckRoots(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("open procfs at /nonexistent")));
}

TEST(ProcFs, KnowsACopyFromWhatThisKernelMounted) {
  const FixtureTree tree;
  EXPECT_TRUE(ProcFs().IsOfThisKernel());
  EXPECT_FALSE(ProcFs(tree.roots()).IsOfThisKernel());
  EXPECT_FALSE(ProcFs({.procfs = "/nonexistent"}).IsOfThisKernel());
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
