#include "services/collect/shared_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

class SharedFileTest : public ::testing::Test {
 protected:
  FixtureTree tree_;
  std::shared_ptr<SharedFile> file_ =
      std::make_shared<SharedFile>(ProcFs(tree_.roots()).Proc("shared"));
  FileReader first_{file_};
  FileReader second_{file_};
};

TEST_F(SharedFileTest, ReadersOfOneTickGetTheSameText) {
  for (const char* text : {"1\n", "2\n", "3\n"}) {
    tree_.Write("proc/shared", text);
    EXPECT_EQ(*first_.Read(), text);
    tree_.Write("proc/shared", "later\n");
    EXPECT_EQ(*second_.Read(), text);
  }
}

TEST_F(SharedFileTest, NobodyGetsATextTwice) {
  for (const char* text : {"1\n", "2\n", "3\n"}) {
    tree_.Write("proc/shared", text);
    EXPECT_EQ(*second_.Read(), text);
  }
  EXPECT_EQ(*first_.Read(), "3\n");
}

TEST_F(SharedFileTest, WhoComesLaterGetsNothingOld) {
  tree_.Write("proc/shared", "old\n");
  EXPECT_EQ(*first_.Read(), "old\n");
  tree_.Write("proc/shared", "new\n");
  EXPECT_EQ(*FileReader(file_).Read(), "new\n");
  EXPECT_EQ(*first_.Read(), "new\n");
}

TEST_F(SharedFileTest, AllAreToldThatItIsAbsentAndGetItOnceItIsThere) {
  EXPECT_THAT(first_.Read(), StatusIs(absl::StatusCode::kNotFound, testing::HasSubstr("shared")));
  tree_.Write("proc/shared", "here\n");
  EXPECT_THAT(second_.Read(), StatusIs(absl::StatusCode::kNotFound, testing::HasSubstr("shared")));
  EXPECT_EQ(*second_.Read(), "here\n");
  EXPECT_EQ(*first_.Read(), "here\n");
}

}  // namespace
}  // namespace syspulse
