// The pages with what a real host says: every series of a node_exporter goes in and comes out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "services/base/text.h"
#include "services/exporter/exporter.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/frames.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

// What a page says: help and type by family, value by series.
struct Page {
  std::map<std::string, std::string> comments;  // "HELP name" and "TYPE name"
  std::map<std::string, double> values;         // by name and labels, as written
};

Page Parse(std::string_view text) {
  Page page;
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view line = TakeUntil(&rest, '\n');
    if (line.starts_with("# ")) {
      const std::size_t name_end = line.find(' ', 7);
      const bool added =
          page.comments.emplace(line.substr(2, name_end - 2), line.substr(name_end + 1)).second;
      EXPECT_TRUE(added) << "twice: " << line;
    } else {
      const std::size_t space = line.rfind(' ');
      const bool added = page.values
                             .emplace(line.substr(0, space),
                                      std::strtod(std::string(line.substr(space)).c_str(), nullptr))
                             .second;
      EXPECT_TRUE(added) << "twice: " << line;
    }
  }
  return page;
}

// Takes {a="b",c="d"} apart; the fixture has no escapes.
std::vector<std::pair<std::string, std::string>> ParseLabels(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> labels;
  if (text.empty()) return labels;
  text = text.substr(1, text.size() - 2);
  while (!text.empty()) {
    const std::string_view name = TakeUntil(&text, '=');
    text.remove_prefix(1);
    labels.emplace_back(name, TakeUntil(&text, '"'));
    TakeUntil(&text, ',');
  }
  return labels;
}

FramePtr FrameOfPage(const Page& page, absl::Time time) {
  std::vector<Sample> samples;
  for (const auto& [series, value] : page.values) {
    const std::size_t brace = std::min(series.find('{'), series.size());
    samples.push_back({.name = series.substr(0, brace),
                       .labels = ParseLabels(std::string_view(series).substr(brace)),
                       .value = value});
  }
  const SchemaPtr schema = SchemaOf(samples);
  std::vector<MetricFamily> families = schema->families();
  for (MetricFamily& family : families) {
    const std::string& type = page.comments.at("TYPE " + family.name);
    family.help = page.comments.at("HELP " + family.name);
    family.type = type == "counter" ? MetricType::kCounter
                  : type == "gauge" ? MetricType::kGauge
                                    : MetricType::kUntyped;
  }
  Frame frame{.source = "system",
              .schema = *Schema::Create(std::move(families), schema->series()),
              .time = time};
  for (const Sample& sample : samples) frame.values.push_back(sample.value);
  return std::make_shared<const Frame>(std::move(frame));
}

constexpr const char* kFixture = SYSPULSE_SOURCE_DIR "/tests/fixtures/node_exporter.txt";

#ifdef SYSPULSE_PROMTOOL  // else ctest lists promtool_on_exporter as a test that did not run
// Returns a path that no other run of this test uses meanwhile.
std::string InputFile() {
  return ::testing::TempDir() + "promtool_input_" + std::to_string(getpid());
}

// Returns the lines that `promtool check metrics` has to say of a file.
std::set<std::string> PromtoolOn(const std::string& file) {
  const std::string command = "'" SYSPULSE_PROMTOOL "' check metrics < '" + file + "' 2>&1";
  FILE* promtool = popen(command.c_str(), "r");
  std::set<std::string> lines;
  std::string line;
  for (int c; (c = std::fgetc(promtool)) != EOF;) {
    if (c == '\n') {
      lines.insert(std::exchange(line, ""));
    } else {
      line += static_cast<char>(c);
    }
  }
  pclose(promtool);
  return lines;
}
#endif

class RealMetricsTest : public ::testing::Test {
 protected:
  RealMetricsTest() {
    std::ifstream file(kFixture);
    std::stringstream text;
    text << file.rdbuf();
    fixture_ = Parse(text.str());
    for (const char* id : {"a", "b", "c"}) {
      Frame frame = *FrameOfPage(fixture_, clock_.Now());
      frame.host = id;
      const auto connection = hub_.Connect(Host{.id = id, .hostname = "web"}, "run", "");
      EXPECT_THAT(hub_.PushFrame(connection->id, std::make_shared<const Frame>(std::move(frame))),
                  IsOk());
    }
  }

  FakeClock clock_;
  Hub hub_{&clock_, {}};
  ServiceMetrics metrics_;
  ProcFs procfs_;
  ExporterPages pages_{
      ServiceParts{.hub = &hub_, .metrics = &metrics_, .procfs = &procfs_, .store = nullptr}};
  Page fixture_;
};

TEST_F(RealMetricsTest, EverythingComesOutAsItWentIn) {
  ASSERT_GT(fixture_.values.size(), 250U);
  const Page page = Parse(pages_.Answer("/hosts/a/metrics").body);
  EXPECT_EQ(page.comments, fixture_.comments);
  // The fixture writes labels without values, which are no labels.
  std::map<std::string, double> expected = fixture_.values;
  std::erase_if(expected,
                [](const auto& one) { return one.first.find("\"\"") != std::string::npos; });
  for (const auto& [series, value] : expected) {
    const auto found = page.values.find(series);
    ASSERT_NE(found, page.values.end()) << series;
    EXPECT_EQ(found->second, value) << series;
  }
  EXPECT_EQ(page.values.size(), fixture_.values.size());
}

TEST_F(RealMetricsTest, FleetHasEverySeriesOfEveryHostOnce) {
  const Page page = Parse(pages_.Answer("/metrics").body);
  std::size_t of_hosts = 0;
  for (const auto& [series, value] : page.values) {
    if (series.find("{instance=\"web/") != std::string::npos && !series.starts_with("syspulse_")) {
      ++of_hosts;
    }
  }
  EXPECT_EQ(of_hosts, 3 * fixture_.values.size());
}

#ifdef SYSPULSE_PROMTOOL
TEST_F(RealMetricsTest, PromtoolFindsNothingThatItDoesNotFindInNodeExporterItself) {
  // It dislikes node_exporter's own names, such as node_memory_MemFree_bytes.
  const std::set<std::string> known = PromtoolOn(kFixture);
  for (const char* path : {"/metrics", "/hosts/a/metrics"}) {
    const std::string file = InputFile();
    std::ofstream(file) << pages_.Answer(path).body;
    EXPECT_EQ(PromtoolOn(file), known) << path;
    std::remove(file.c_str());
  }
  for (const char* id : {"a", "b", "c"}) EXPECT_THAT(hub_.DeleteHost(id), IsOk());
  const std::string file = InputFile();
  std::ofstream(file) << pages_.Answer("/metrics").body;
  EXPECT_EQ(PromtoolOn(file), std::set<std::string>()) << "our own metrics are without blemish";
  std::remove(file.c_str());
}
#endif

}  // namespace
}  // namespace syspulse
