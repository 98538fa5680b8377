#include "services/store/file_system.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/testing/memory_file_system.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The same tests for the files of the machine and for the double: a double that behaves otherwise
// proves nothing.
class AnyFileSystem : public ::testing::TestWithParam<bool> {
 protected:
  AnyFileSystem() {
    if (!GetParam()) return;
    directory = ::testing::TempDir() + "/syspulse_files_" + std::to_string(getpid());
    real = PosixFileSystem();
    files = real.get();
    EXPECT_THAT(files->CreateDirectories(directory), IsOk());
  }
  ~AnyFileSystem() override {
    if (GetParam()) std::filesystem::remove_all(directory);
  }

  absl::Status Put(const std::string& name, std::string_view bytes) {
    return WriteFileAtomically(files, directory, name, bytes);
  }
  std::string Path(const std::string& name) const { return directory + "/" + name; }

  std::string directory = "/data";
  std::unique_ptr<FileSystem> real;
  MemoryFileSystem memory;
  FileSystem* files = &memory;
};

TEST_P(AnyFileSystem, WhatIsAppendedIsReadAtAnyPlace) {
  auto file = files->Create(Path("a"));
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT((*file)->Append("one "), IsOk());
  EXPECT_THAT((*file)->Append("two"), IsOk());
  EXPECT_THAT((*file)->Sync(), IsOk());
  auto read = files->Open(Path("a"));
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ((*read)->size(), 7);
  char two[3];
  EXPECT_THAT((*read)->ReadAt(4, two), IsOk());
  EXPECT_EQ(std::string_view(two, 3), "two");
}

TEST_P(AnyFileSystem, ReadingBehindTheEndIsOutOfRange) {
  ASSERT_THAT(Put("a", "four"), IsOk());
  auto file = files->Open(Path("a"));
  ASSERT_THAT(file, IsOk());
  char two[2];
  EXPECT_THAT((*file)->ReadAt(3, two), StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("end")));
}

TEST_P(AnyFileSystem, AbsentFilesAreNotFoundAndNamed) {
  EXPECT_THAT(files->Open(Path("b")), StatusIs(absl::StatusCode::kNotFound, HasSubstr(Path("b"))));
  EXPECT_THAT(files->Remove(Path("b")), StatusIs(absl::StatusCode::kNotFound, HasSubstr("remove")));
  EXPECT_THAT(files->Rename(Path("b"), Path("c")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("rename")));
}

TEST_P(AnyFileSystem, ListsTheFilesOfAFolderByName) {
  ASSERT_THAT(Put("b", "2"), IsOk());
  ASSERT_THAT(Put("a", "1"), IsOk());
  EXPECT_THAT(*files->List(directory), ElementsAre("a", "b"));
  EXPECT_THAT(files->Remove(Path("a")), IsOk());
  EXPECT_THAT(*files->List(directory), ElementsAre("b"));
}

TEST_P(AnyFileSystem, WritingAFileAgainTakesThePlaceOfTheOld) {
  ASSERT_THAT(Put("a", "old and long"), IsOk());
  ASSERT_THAT(Put("a", "new"), IsOk());
  EXPECT_EQ(*ReadWholeFile(files, Path("a"), 100), "new");
  EXPECT_THAT(ReadWholeFile(files, Path("a"), 2),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("3 bytes")));
}

TEST_P(AnyFileSystem, NothingIsSafeInAFileThatWasRemoved) {
  auto file = files->Create(Path("a"));
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT((*file)->Append("one"), IsOk());
  EXPECT_THAT((*file)->Sync(), IsOk());
  EXPECT_THAT(files->Remove(Path("a")), IsOk());
  EXPECT_THAT((*file)->Append("two"), IsOk());
  EXPECT_THAT((*file)->Sync(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("removed")));
}

TEST_P(AnyFileSystem, OneAtATimeHoldsAFolder) {
  auto first = files->Lock(directory);
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(files->Lock(directory), StatusIs(absl::StatusCode::kFailedPrecondition,
                                               HasSubstr("in use by another process")));
  first->reset();
  EXPECT_THAT(files->Lock(directory), IsOk());
}

INSTANTIATE_TEST_SUITE_P(Files, AnyFileSystem, ::testing::Bool(),
                         [](const auto& test) { return test.param ? "Posix" : "Memory"; });

TEST(PosixFileSystem, FoldersAreMadeForThisUserOnly) {
  const std::string top = ::testing::TempDir() + "/syspulse_folders_" + std::to_string(getpid());
  EXPECT_THAT(PosixFileSystem()->CreateDirectories(top + "/a/b"), IsOk());
  EXPECT_THAT(PosixFileSystem()->CreateDirectories(top + "/a/b"), IsOk());
  EXPECT_EQ(std::filesystem::status(top + "/a/b").permissions(), std::filesystem::perms::owner_all);
  std::ofstream(top + "/file") << "in the way";
  EXPECT_FALSE(PosixFileSystem()->CreateDirectories(top + "/file/c").ok());
  EXPECT_THAT(PosixFileSystem()->List(top + "/a"), IsOk());
  EXPECT_THAT(*PosixFileSystem()->List(top + "/a"), IsEmpty());
  std::filesystem::remove_all(top);
}

TEST(PosixFileSystem, WhatIsNoPlainFileIsListedAndNotOpened) {
  const std::string folder = ::testing::TempDir() + "/syspulse_links_" + std::to_string(getpid());
  ASSERT_THAT(PosixFileSystem()->CreateDirectories(folder + "/folder"), IsOk());
  std::ofstream(folder + "/file") << "text";
  std::filesystem::create_symlink(folder + "/file", folder + "/link");
  std::filesystem::create_symlink(folder + "/nowhere", folder + "/loose");
  std::filesystem::create_directory_symlink(folder + "/folder", folder + "/other");
  ASSERT_EQ(mkfifo((folder + "/pipe").c_str(), 0600), 0);
  const auto files = PosixFileSystem();
  EXPECT_THAT(*files->List(folder), ElementsAre("file", "link", "loose", "pipe"));
  EXPECT_EQ((*files->Open(folder + "/link"))->size(), 4);
  EXPECT_THAT(files->Open(folder + "/loose"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/loose")));
  EXPECT_THAT(files->Open(folder + "/pipe"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("it is no plain file")));
  std::filesystem::remove_all(folder);
}

TEST(PosixFileSystem, AFileKnowsWhenItWasWritten) {
  const std::string path = ::testing::TempDir() + "/syspulse_time_" + std::to_string(getpid());
  std::ofstream(path) << "text";
  const timespec times[2] = {{.tv_sec = 5}, {.tv_sec = 1'700'000'000}};
  ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  EXPECT_EQ((*PosixFileSystem()->Open(path))->written(), absl::FromUnixSeconds(1'700'000'000));
  std::filesystem::remove(path);
}

TEST(PosixFileSystem, AFullDiskIsResourceExhausted) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full here";
  auto file = PosixFileSystem()->Create("/dev/full");
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT((*file)->Append("x"),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("No space left")));
}

TEST(MemoryFileSystem, ACrashLosesWhatWasNotSynced) {
  MemoryFileSystem disk;
  ASSERT_THAT(WriteFileAtomically(&disk, "/d", "kept", "all"), IsOk());
  auto file = disk.Create("/d/half");
  ASSERT_THAT((*file)->Append("synced"), IsOk());
  ASSERT_THAT((*file)->Sync(), IsOk());
  ASSERT_THAT(disk.SyncDirectory("/d"), IsOk());
  ASSERT_THAT((*file)->Append(" lost"), IsOk());
  auto nameless = disk.Create("/d/nameless");
  ASSERT_THAT((*nameless)->Append("x"), IsOk());
  ASSERT_THAT((*nameless)->Sync(), IsOk());
  disk.Crash(CrashKind::kLoseUnsynced, 0);
  EXPECT_EQ(disk.Contents("/d/kept"), "all");
  EXPECT_EQ(disk.Contents("/d/half"), "synced");
  EXPECT_FALSE(disk.Exists("/d/nameless"));
  EXPECT_FALSE(disk.Create("/d/from the grave").ok());
  EXPECT_FALSE(disk.Remove("/d/kept").ok());
  disk.Restart();
  EXPECT_THAT(disk.Create("/d/new"), IsOk());
  EXPECT_FALSE((*file)->Append("from the grave").ok());
}

TEST(MemoryFileSystem, WhatAFailedSyncLostNeverComesBack) {
  MemoryFileSystem disk;
  auto file = disk.Create("/d/a");
  ASSERT_THAT(disk.SyncDirectory("/d"), IsOk());
  disk.Fail(Operation::kSync, absl::UnavailableError("sync: Input/output error"));
  ASSERT_THAT((*file)->Append("lost"), IsOk());
  EXPECT_FALSE((*file)->Sync().ok());
  ASSERT_THAT((*file)->Append("kept"), IsOk());
  EXPECT_THAT((*file)->Sync(), IsOk());
  disk.Crash(CrashKind::kLoseUnsynced, 0);
  EXPECT_EQ(disk.Contents("/d/a"), std::string("\0\0\0\0kept", 8));
}

TEST(MemoryFileSystem, AFullDiskTakesWhatFits) {
  MemoryFileSystem disk;
  disk.SetCapacity(6);
  auto file = disk.Create("/d/a");
  EXPECT_THAT((*file)->Append("four"), IsOk());
  EXPECT_THAT((*file)->Append("more"),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("space")));
  EXPECT_EQ(disk.Contents("/d/a"), "fourmo");
}

}  // namespace
}  // namespace syspulse
