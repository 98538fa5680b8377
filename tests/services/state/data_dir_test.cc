#include "services/state/data_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

class DataDirTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "/data_dir_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(path_); }

  std::string path_;
};

TEST_F(DataDirTest, IsMadeForItsOwnerOnly) {
  const auto dir = DataDir::Open(path_ + "/a/b");
  ASSERT_THAT(dir, IsOk());
  struct stat status {};
  ASSERT_EQ(stat((path_ + "/a/b").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST_F(DataDirTest, BelongsToOneProcessAtATime) {
  {
    const auto first = DataDir::Open(path_);
    ASSERT_THAT(first, IsOk());
    EXPECT_THAT(DataDir::Open(path_), StatusIs(absl::StatusCode::kFailedPrecondition,
                                               HasSubstr("is in use by another syspulsed")));
  }
  EXPECT_THAT(DataDir::Open(path_), IsOk());
}

TEST_F(DataDirTest, NamesTheFlagWhereItCannotBeMade) {
  std::ofstream(path_ + "/file") << "x";
  EXPECT_THAT(DataDir::Open(path_ + "/file/below").status().message(), HasSubstr("--data-dir"));
}

TEST_F(DataDirTest, ReplacesAFileAsAWhole) {
  const auto dir = DataDir::Open(path_);
  ASSERT_THAT(dir, IsOk());
  EXPECT_THAT(dir->ReadFile("f"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("f")));
  EXPECT_THAT(dir->WriteFile("f", std::string(200'000, 'a')), IsOk());
  EXPECT_THAT(dir->WriteFile("f", "b"), IsOk());
  EXPECT_EQ(*dir->ReadFile("f"), "b");
  EXPECT_FALSE(std::filesystem::exists(path_ + "/f.new"));
}

TEST_F(DataDirTest, SaysThatAFileCannotBeWritten) {
  const auto dir = DataDir::Open(path_);
  ASSERT_THAT(dir, IsOk());
  std::filesystem::create_directory(path_ + "/f.new");
  EXPECT_FALSE(dir->WriteFile("f", "b").ok());
}

}  // namespace
}  // namespace syspulse
