#include "services/collect/workload/textfile_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/services/collect/values.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::Contains;
using ::testing::Key;
using ::testing::Not;

constexpr const char* kError = "node_textfile_scrape_error{}";

class TextfileTest : public ::testing::Test {
 protected:
  TextfileTest() { std::filesystem::create_directories(tree_.Path("text")); }

  // Returns what the collector says now.
  std::map<std::string, double> Read() {
    EXPECT_THAT(collector_->Collect(&writer_), IsOk());
    auto tick = writer_.Finish();
    EXPECT_THAT(tick, IsOk());
    std::map<std::string, double> values;
    if (!tick.ok()) return values;
    AddValues(*tick->schema, tick->values, &values);
    schema_ = tick->schema;
    return values;
  }
  void Write(const std::string& name, const std::string& text) {
    tree_.Write("text/" + name, text);
  }
  // Replaces the file as scripts should.
  void Replace(const std::string& name, const std::string& text) {
    Write(name + ".new", text);
    std::filesystem::rename(tree_.Path("text/" + name + ".new"), tree_.Path("text/" + name));
  }
  std::string HelpOf(const std::string& name) const {
    for (const MetricFamily& family : schema_->families()) {
      if (family.name == name) return family.help;
    }
    return "absent";
  }
  std::string ModifyTime(const std::string& name) const {
    return absl::StrFormat("node_textfile_mtime_seconds{%s,}", tree_.Path("text/" + name));
  }

  FixtureTree tree_;
  std::unique_ptr<TextfileCollector> collector_ =
      std::make_unique<TextfileCollector>(std::vector<std::string>{tree_.Path("text")});
  MetricWriter writer_;
  SchemaPtr schema_;
};

TEST_F(TextfileTest, PassesOnWhatTheFilesSay) {
  Write("a.prom", "# HELP backup_age_seconds Age.\nbackup_age_seconds{volume=\"/home\"} 7\n");
  Write("b.prom", "updates 2\n");
  Write("c.txt", "no metric at all\n");
  const auto values = Read();
  EXPECT_EQ(values.at("backup_age_seconds{/home,}"), 7);
  EXPECT_EQ(values.at("updates{}"), 2);
  EXPECT_EQ(values.at(kError), 0);
  EXPECT_GT(values.at(ModifyTime("a.prom")), 1.7e9);
  EXPECT_EQ(values.size(), 5U);
  EXPECT_EQ(HelpOf("backup_age_seconds"), "Age.");
  EXPECT_EQ(HelpOf("updates"), "Metric read from " + tree_.Path("text/b.prom"));
}

TEST_F(TextfileTest, SeesFilesThatComeChangeAndGo) {
  EXPECT_EQ(Read().size(), 1U);
  Replace("a.prom", "m{l=\"x\"} 1\n");
  EXPECT_EQ(Read().at("m{x,}"), 1);
  const SchemaPtr before = schema_;
  EXPECT_EQ(Read().at("m{x,}"), 1);
  EXPECT_EQ(schema_, before);
  Replace("a.prom", "# HELP m Now with help.\nm{l=\"x\"} 2\n");
  EXPECT_EQ(Read().at("m{x,}"), 2);
  EXPECT_EQ(HelpOf("m"), "Now with help.");
  Write("a.prom", "m{l=\"x\"} 3\nm{k=\"y\"} 4\n");  // in place; another size
  EXPECT_EQ(Read().at("m{,y,}"), 4);
  tree_.Remove("text/a.prom");
  EXPECT_EQ(Read().size(), 1U);
}

TEST_F(TextfileTest, ABrokenFileCostsItselfOnlyAndOnlyUntilItIsMended) {
  Write("good.prom", "good 1\n");
  for (const char* text : {"bad one\n", "bad 1", "bad 1 1441205977284\n", "bad{a=\"\n"}) {
    Replace("bad.prom", text);
    const auto values = Read();
    EXPECT_EQ(values.at(kError), 1) << text;
    EXPECT_EQ(values.at("good{}"), 1);
    EXPECT_THAT(values, Not(Contains(Key(ModifyTime("bad.prom")))));
    EXPECT_EQ(values.size(), 3U);
    EXPECT_EQ(Read(), values);
  }
  Replace("bad.prom", "mended 1\n");
  EXPECT_EQ(Read().at(kError), 0);
}

TEST_F(TextfileTest, NeverOpensWhatIsNotARegularFile) {
  Write("good.prom", "good 1\n");
  ASSERT_EQ(mkfifo(tree_.Path("text/fifo.prom").c_str(), 0600), 0);
  std::filesystem::create_directory(tree_.Path("text/directory.prom"));
  std::filesystem::create_symlink("/dev/zero", tree_.Path("text/device.prom"));
  std::filesystem::create_symlink("nowhere", tree_.Path("text/dangling.prom"));
  std::filesystem::create_symlink("good.prom", tree_.Path("text/link.prom"));
  const auto values = Read();  // would wait for ever
  EXPECT_EQ(values.at("good{}"), 1);
  EXPECT_EQ(values.at(kError), 1);
  EXPECT_THAT(values, Contains(Key(ModifyTime("link.prom"))));
}

TEST_F(TextfileTest, RefusesAHugeFile) {
  Write("huge.prom", "");
  std::filesystem::resize_file(tree_.Path("text/huge.prom"), std::uintmax_t{1} << 40);
  Write("good.prom", "good 1\n");
  EXPECT_EQ(Read().at(kError), 1);
  EXPECT_EQ(Read().at("good{}"), 1);
}

TEST_F(TextfileTest, RefusesAFileThatMayNotBeRead) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  Write("secret.prom", "secret 1\n");
  ASSERT_EQ(chmod(tree_.Path("text/secret.prom").c_str(), 0), 0);
  EXPECT_EQ(Read().at(kError), 1);
}

TEST_F(TextfileTest, TheFirstHelpAndTypeOfANameWin) {
  Write("a.prom", "# HELP m First.\n# TYPE n gauge\nm{f=\"a\"} 1\nn{f=\"a\"} 1\n");
  Write("b.prom", "# HELP m Second.\n# TYPE n counter\nm{f=\"b\"} 2\nn{f=\"b\"} 2\nown 3\n");
  const auto values = Read();
  EXPECT_EQ(values.at(kError), 1);
  EXPECT_EQ(HelpOf("m"), "First.");
  EXPECT_EQ(values.at("m{a,}"), 1);
  EXPECT_EQ(values.at("own{}"), 3);
  EXPECT_THAT(values, Not(Contains(Key("m{b,}"))));
  EXPECT_THAT(values, Not(Contains(Key("n{b,}"))));
}

TEST_F(TextfileTest, FilesShareANameWithDifferentLabels) {
  Write("a.prom", "m{x=\"1\"} 1\n");
  Write("b.prom", "# HELP m Shared.\nm{y=\"2\",x=\"\"} 2\n");
  const auto values = Read();
  EXPECT_EQ(values.at("m{1,,}"), 1);
  EXPECT_EQ(values.at("m{,2,}"), 2);
  EXPECT_EQ(values.at(kError), 0);
  EXPECT_EQ(HelpOf("m"), "Shared.");
}

TEST_F(TextfileTest, ASeriesThatStandsTwiceIsTheFirst) {
  Write("a.prom", "m{x=\"1\"} 1\nm 5\nm{x=\"1\"} 9\n");
  Write("b.prom", "m{x=\"1\",y=\"\"} 2\n");
  const auto values = Read();
  EXPECT_EQ(values.at("m{1,,}"), 1);
  EXPECT_EQ(values.at("m{,,}"), 5);
  EXPECT_EQ(values.at(kError), 1);
  EXPECT_EQ(values.size(), 5U);
}

TEST_F(TextfileTest, NobodySpeaksForTheAgent) {
  Write("a.prom",
        "node_textfile_scrape_error 0\nnode_scrape_collector_success{collector=\"cpu\"} 0\n"
        "node_textfile_mtime_seconds{file=\"x\"} 5\nnode_load1 3\n");
  const auto values = Read();
  EXPECT_EQ(values.at(kError), 1);
  EXPECT_EQ(values.at("node_load1{}"), 3);
  EXPECT_EQ(values.size(), 3U);
}

TEST_F(TextfileTest, DirectoriesMayBePatternsAndNoFileIsReadTwice) {
  tree_.Write("jobs/one/a.prom", "one 1\n");
  tree_.Write("jobs/two/a.prom", "two 2\n");
  collector_ = std::make_unique<TextfileCollector>(
      std::vector<std::string>{tree_.Path("jobs/*"), tree_.Path("jobs/one"), ""});
  const auto values = Read();
  EXPECT_EQ(values.at("one{}"), 1);
  EXPECT_EQ(values.at("two{}"), 2);
  EXPECT_EQ(values.at(kError), 0);
}

TEST_F(TextfileTest, ADirectoryThatIsNotThereIsAnError) {
  tree_.Remove("text");
  EXPECT_EQ(Read().at(kError), 1);
}

TEST_F(TextfileTest, ThousandsOfSeriesAreBounded) {
  const auto series = [](const std::string& name, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += absl::StrFormat("%s{i=\"%d\"} 1\n", name, i);
    return text;
  };
  Write("a.prom", series("a", 10'000));
  EXPECT_EQ(Read().size(), 10'002U);
  Write("b.prom", series("b", 10'000));
  Write("c.prom", series("c", 1));
  const auto values = Read();
  EXPECT_EQ(values.size(), 20'004U);
  EXPECT_EQ(values.at(kError), 1);
}

TEST_F(TextfileTest, LabelsAreBoundedInBytes) {
  for (const char* name : {"a", "b", "c"}) {
    Write(absl::StrFormat("%s.prom", name),
          absl::StrFormat("%s{l=\"%s\"} 1\n", name, std::string(kMostTextBytes * 2 / 5, 'x')));
  }
  const auto values = Read();
  EXPECT_EQ(values.at(kError), 1);
  EXPECT_EQ(values.size(), 6U);  // two of them, an error, and when the files changed
}

}  // namespace
}  // namespace syspulse
