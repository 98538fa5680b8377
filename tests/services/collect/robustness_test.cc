// What holds for every collector, whatever it reads: each file of the fixture host is taken away,
// filled with garbage and cut after every byte.
//
// Nobody has to list who reads what: a collector reads a file if it says something else without it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/log.h"
#include "services/collect/collector_spec.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/sanitizers.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'700'001'000);
constexpr std::size_t kMostCuts = 300;  // of one file
constexpr std::size_t kEachSoManyFiles = kSanitized ? 9 : 1;

// Files that several collectors read.
const std::map<std::string, std::set<std::string>>& SharedFiles() {
  static const auto* const shared = new std::map<std::string, std::set<std::string>>{
      {"proc/meminfo", {"cgroup", "meminfo"}},
      {"proc/stat", {"cpu", "stat"}},
  };
  return *shared;
}

// Collectors that count lines: a file that ends early, but with a whole line, is just shorter.
const std::set<std::string_view>& CountingCollectors() {
  static const auto* const counting = new std::set<std::string_view>{
      "arp", "bonding", "cgroup", "conntrack", "processes", "tcpstat", "udp_queues"};
  return *counting;
}

// Files whose lines stand for each other: a mount that another hides is seen without it, and a disk
// has several serial numbers.
bool SaysOtherThingsWhenShorter(const std::string& file) {
  return file == "proc/1/mountinfo" || file.starts_with("rootfs/run/udev/");
}

// The family and the label values.
using Key = std::vector<std::string>;

struct Outcome {
  bool success = false;
  std::map<Key, double> values;

  bool operator==(const Outcome&) const = default;
};

// Returns whether a series is one of `whole`, or one with labels left empty: what tells the
// identity of a device knows less of it from half a file.
bool IsKnown(const Key& series, double value, const std::map<Key, double>& whole) {
  const auto same = whole.find(series);
  if (same != whole.end() && same->second == value) return true;
  return std::ranges::any_of(whole, [&](const auto& entry) {
    return entry.second == value &&
           std::ranges::equal(series, entry.first, [](const auto& now, const auto& then) {
             return now == then || now.empty();
           });
  });
}

class Robustness : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { EXPECT_THAT(ConfigureLog("error", "text"), IsOk()); }
  static void TearDownTestSuite() { EXPECT_THAT(ConfigureLog("info", "text"), IsOk()); }

  Outcome Collect(const CollectorSpec& spec) {
    CollectorContext context = context_;
    context.stat = std::make_shared<SharedFile>(procfs_.Proc("stat", FileEnd::kShortRead));
    const std::unique_ptr<Collector> collector = spec.make(context);
    MetricWriter writer;
    Outcome outcome{.success = collector->Collect(&writer).ok()};
    const absl::StatusOr<Tick> tick = writer.Finish();
    EXPECT_THAT(tick, IsOk());
    if (!tick.ok()) return outcome;
    for (std::size_t i = 0; i < tick->values.size(); ++i) {
      const Series& series = tick->schema->series()[i];
      Key key = {tick->schema->families()[static_cast<std::size_t>(series.family)].name};
      key.insert(key.end(), series.label_values.begin(), series.label_values.end());
      outcome.values[std::move(key)] = tick->values[i];
    }
    return outcome;
  }

  std::map<std::string_view, Outcome> CollectAll() {
    std::map<std::string_view, Outcome> outcomes;
    for (const CollectorSpec& spec : specs_) outcomes[spec.name] = Collect(spec);
    return outcomes;
  }

  // Returns the collectors that say something else than on the whole tree.
  std::vector<const CollectorSpec*> Disturbed() {
    std::vector<const CollectorSpec*> disturbed;
    for (const CollectorSpec& spec : specs_) {
      if (Collect(spec) != whole_.at(spec.name)) disturbed.push_back(&spec);
    }
    return disturbed;
  }

  // Returns the files of the tree; with sanitizers, which take ten times as long, some of them.
  std::vector<std::string> Files() const {
    std::vector<std::string> files;
    const std::filesystem::path root = tree_.Path("");
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (entry.is_regular_file() && !entry.is_symlink()) {
        files.push_back(entry.path().lexically_relative(root).string());
      }
    }
    std::ranges::sort(files);
    std::vector<std::string> chosen;
    for (std::size_t i = 0; i < files.size(); i += kEachSoManyFiles) chosen.push_back(files[i]);
    return chosen;
  }

  // Checks that a file which ends after `size` bytes gives no other numbers than the whole.
  void ExpectNothingWrong(const CollectorSpec& spec, const std::string& place) {
    const Outcome& whole = whole_.at(spec.name);
    for (const auto& [series, value] : Collect(spec).values) {
      ASSERT_TRUE(IsKnown(series, value, whole.values))
          << spec.name << ", " << place << ": " << testing::PrintToString(series) << " " << value;
    }
  }

  // Must not crash; what it says of garbage that looks like a value is true.
  void TakesGarbage(const CollectorSpec& spec, const std::string& file) {
    for (const std::string& garbage :
         {std::string("\x01 not what \xff it was\n"), std::string(), std::string(1, '\0'),
          std::string(70'000, '9'), std::string("-1\n"),
          std::string("99999999999999999999999999\n"), std::string("nan\n")}) {
      tree_.Write(file, garbage);
      Collect(spec);
    }
  }

  void TakesCuts(const CollectorSpec& spec, const std::string& file, const std::string& text) {
    const std::size_t step = text.size() / kMostCuts + 1;
    for (std::size_t size = 0; size < text.size(); size += step) {
      const bool whole_lines = size == 0 || text[size - 1] == '\n';
      if (whole_lines && CountingCollectors().contains(spec.name)) continue;
      tree_.Write(file, text.substr(0, size));
      ExpectNothingWrong(spec, absl::StrFormat("%s cut at %d", file, size));
      if (HasFatalFailure()) return;
    }
  }

  FixtureTree tree_;
  FakeClock clock_{kStart};
  const ProcFs procfs_{tree_.roots()};
  const CollectorSettings settings_{.textfile_directories = {tree_.Path("rootfs/textfile")}};
  const CollectorContext context_{
      .procfs = &procfs_,
      .clock = &clock_,
      .settings = &settings_,
      .statfs = [](const std::string&) { return FilesystemUsage{.size_bytes = 1}; },
      .read_timex = [](timex*) { return TIME_OK; },
      .zone = absl::UTCTimeZone()};
  const std::vector<CollectorSpec> specs_ = AllCollectors();
  const std::map<std::string_view, Outcome> whole_ = CollectAll();
};

TEST_F(Robustness, TheSameTreeGivesTheSameTwice) { EXPECT_EQ(CollectAll(), whole_); }

TEST_F(Robustness, AnAbsentFileIsMissedByItsOwnCollectorOnly) {
  for (const std::string& file : Files()) {
    const std::string text = tree_.Read(file);
    tree_.Remove(file);
    std::set<std::string> readers;
    for (const CollectorSpec* spec : Disturbed()) readers.emplace(spec->name);
    const auto shared = SharedFiles().find(file);
    if (shared == SharedFiles().end()) {
      EXPECT_LE(readers.size(), 1U) << file << ": " << testing::PrintToString(readers);
    } else {
      EXPECT_EQ(readers, shared->second) << file;
    }
    tree_.Write(file, text);
  }
}

// Who reads a file shows by the first kind of garbage; the others would read the same again.
TEST_F(Robustness, AFileThatIsGarbageOrEndsTooEarlyNeverGivesAWrongNumber) {
  for (const std::string& file : Files()) {
    const std::string text = tree_.Read(file);
    tree_.Write(file, "\x01 not what \xff it was");
    const std::vector<const CollectorSpec*> readers = Disturbed();
    for (const CollectorSpec* spec : readers) {
      TakesGarbage(*spec, file);
      if (!SaysOtherThingsWhenShorter(file)) TakesCuts(*spec, file, text);
      if (HasFatalFailure()) return;
    }
    tree_.Write(file, text);
  }
  EXPECT_EQ(CollectAll(), whole_);
}

}  // namespace
}  // namespace syspulse
