// The store against a plain table in memory: random appends, syncs, blocks, merges, faults and
// crashes, and after each step everything is read and compared.
//
// What holds, whatever happens: a row that was acknowledged is there, with its values; no row is
// there twice; nothing is there that was not appended. Of rows that come in parts the same holds
// for each value, and the first one stays.
#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "services/model/target.h"
#include "services/store/appender.h"
#include "services/store/block_keeper.h"
#include "services/store/merged_rows.h"
#include "services/store/recovery.h"
#include "services/store/selection.h"
#include "tests/testing/frames.h"
#include "tests/testing/memory_file_system.h"
#include "tests/testing/sanitizers.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

constexpr std::int64_t kStart = 1'700'000'000'000;
constexpr const char* kFolder = "/d";

using RowKey = std::tuple<std::string, std::string, std::int64_t>;  // host, source, time
using Rows = std::map<RowKey, FramePtr>;
// What queries see: by labels as text, then time.
using Seen = std::map<std::string, std::map<std::int64_t, std::uint64_t>>;

// Schemas share some series, so that a series has its samples in several of them.
std::vector<Sample> SamplesOf(const std::string& source, int kind) {
  std::vector<Sample> samples = {{"a_" + source, {{"cpu", "0"}}}};
  if (kind > 0) samples.push_back({"a_" + source, {{"cpu", "1"}}});
  if (kind > 1) samples.push_back({"b_" + source, {}});
  return samples;
}

class Model {
 public:
  explicit Model(std::uint64_t seed) : random_(seed) { Start(); }

  void Run(int steps) {
    for (int step = 0; step < steps && !::testing::Test::HasFailure(); ++step) Step();
    Restart(CrashKind::kLoseUnsynced);
  }

 private:
  std::uint64_t Below(std::uint64_t limit) { return random_() % limit; }

  void Step() {
    switch (Below(16)) {
      case 0:
        appender_->Write().IgnoreError();
        break;
      case 1:
      case 2:
        Acknowledge();
        break;
      case 3:
        Freeze();
        break;
      case 4:
        Flush();
        break;
      case 5:
        keeper_->MergeOnce([] { return true; }).IgnoreError();
        Compare();
        break;
      case 6:
        Break();
        break;
      case 7:
        disk_.Heal();
        break;
      case 8:
        if (Below(3) == 0) Restart(CrashKind(Below(3)));
        break;
      default:
        Append();
    }
  }

  FramePtr RandomFrame() {
    if (!everything_.empty() && Below(8) == 0) {  // one that was sent before
      return std::next(everything_.begin(), std::ptrdiff_t(Below(everything_.size())))->second;
    }
    const std::string host = Below(2) == 0 ? "h1" : "h2";
    const std::string source = Below(2) == 0 ? "s1" : "s2";
    std::int64_t time = kStart + now_ * 1000;
    if (Below(10) == 0) time -= std::int64_t(Below(3000)) * 1000;  // late
    std::vector<Sample> samples = SamplesOf(source, int(Below(3)));
    for (Sample& sample : samples) {
      sample.value = Below(6) == 0 ? AbsentValue() : double(Below(1000)) / 10;
    }
    return FrameOf(host, source, absl::FromUnixMillis(time), samples);
  }

  // Some values of a row, of a target with few or many series. They may come again, as others.
  FramePtr RandomPart() {
    const std::size_t columns = Below(2) == 0 ? 3 : 70;
    std::int64_t time = kStart + now_ * 1000;
    if (Below(4) == 0) time -= std::int64_t(Below(Below(4) == 0 ? 3000 : 5)) * 1000;
    std::vector<Sample> samples;
    for (std::size_t i = 0; i < columns; ++i) {
      const std::string name = absl::StrFormat("p%d_%d", columns, i);
      samples.push_back({name, {}, Below(2) == 0 ? AbsentValue() : double(i + Below(8) / 7)});
    }
    const std::string host = TargetHostId({"node", Below(2) == 0 ? "t1" : "t2"});
    Frame frame = *FrameOf(host, "1", absl::FromUnixMillis(time), samples);
    frame.part = true;
    return std::make_shared<const Frame>(std::move(frame));
  }

  void NotePart(const Frame& part) {
    const std::int64_t time_ms = absl::ToUnixMillis(part.time);
    for (std::size_t i = 0; i < part.values.size(); ++i) {
      if (IsAbsent(part.values[i])) continue;
      const auto bits = std::bit_cast<std::uint64_t>(part.values[i]);
      parts_[NameOf(part, i)].emplace(time_ms, bits);  // the first one counts
      sent_[NameOf(part, i)][time_ms].insert(bits);
    }
  }

  void Append() {
    std::vector<FramePtr> frames;
    for (std::uint64_t left = 1 + Below(5); left > 0; --left) {
      now_ += Below(5) == 0 ? 0 : 1;
      if (Below(3) == 0) {
        frames.push_back(RandomPart());
        NotePart(*frames.back());
        continue;
      }
      frames.push_back(RandomFrame());
      const FramePtr& frame = frames.back();
      const RowKey key(frame->host, frame->source, absl::ToUnixMillis(frame->time));
      everything_.emplace(key, frame);
      pending_.push_back(key);
      present_.emplace(key, frame);  // of two at one time the first one counts
    }
    appender_->Take(frames);
    Compare();
  }

  // What the store tells its callers is durable.
  void Acknowledge() {
    if (!recovered_) Flush();
    if (!recovered_ || !appender_->Sync().ok()) return;
    for (const RowKey& key : pending_) acknowledged_[key] = present_[key];
    pending_.clear();
    acknowledged_parts_ = parts_;
    Compare();
  }

  void Freeze() {
    if (contents_->View().frozen != nullptr || !appender_->Sync().ok()) return;
    appender_->Freeze();
    Compare();
  }

  void Flush() {
    if (keeper_->FlushOnce().ok()) recovered_ = true;
    Compare();
  }

  void Break() {
    const auto operation = Operation(Below(9));
    if (operation == Operation::kRead || operation == Operation::kOpen) return;
    if (Below(4) == 0) {
      disk_.SetCapacity(disk_.TotalBytes() + std::int64_t(Below(3000)));
    } else {
      disk_.Fail(operation, absl::UnavailableError("Input/output error"), int(Below(4)),
                 1 + int(Below(3)));
    }
  }

  void Restart(CrashKind kind) {
    disk_.Crash(kind, random_());
    appender_.reset();
    keeper_.reset();
    contents_.reset();
    disk_.Restart();
    Start();
    Settle();
    Compare();
  }

  void Start() {
    disk_.Heal();
    auto recovery = Recover(&disk_, kFolder, &schemas_);
    ASSERT_THAT(recovery, IsOk());
    EXPECT_TRUE(recovery->damage.empty()) << recovery->damage.front();
    recovered_ = recovery->head->empty();
    contents_ = std::make_unique<Contents>(recovery->head, recovery->blocks, recovery->host_labels);
    cache_ = std::make_unique<ColumnCache>(Below(2) == 0 ? 1 << 20 : 0);
    appender_ =
        std::make_unique<Appender>(&disk_, kFolder, contents_.get(), recovery->next_segment);
    keeper_ = std::make_unique<BlockKeeper>(&disk_, kFolder, contents_.get(), &schemas_,
                                            BlockKeeperOptions{.head_samples = 40});
    if (!recovered_) appender_->Freeze();
  }

  // After a crash, what was not acknowledged is there or not; from then on it is settled.
  void Settle() {
    Rows settled = acknowledged_;
    const std::set<RowKey> there = KeysInStore();
    for (const RowKey& key : there) {
      if (settled.contains(key)) continue;
      ASSERT_TRUE(present_.contains(key)) << "a row that nobody appended";
      settled[key] = present_[key];
    }
    for (const auto& [key, frame] : acknowledged_) {
      ASSERT_TRUE(there.contains(key)) << "acknowledged and lost: " << std::get<0>(key) << " "
                                       << std::get<1>(key) << " " << std::get<2>(key) - kStart;
    }
    present_ = std::move(settled);
    pending_.clear();
    SettleParts();
  }

  void SettleParts() {
    Seen there = ReadAll();
    std::erase_if(there, [](const auto& series) { return !series.first.ends_with("job=node"); });
    for (const auto& [series, samples] : there) {
      for (const auto& [time_ms, bits] : samples) {
        ASSERT_TRUE(sent_[series][time_ms].contains(bits)) << "a value that nobody appended";
      }
    }
    for (const auto& [series, samples] : acknowledged_parts_) {
      for (const auto& [time_ms, bits] : samples) {
        const auto found = there[series].find(time_ms);
        ASSERT_TRUE(found != there[series].end() && found->second == bits)
            << "acknowledged and lost: " << series << " " << time_ms - kStart;
      }
    }
    parts_ = std::move(there);
  }

  // Rows by their keys, from heads and blocks directly.
  std::set<RowKey> KeysInStore() {
    std::set<RowKey> keys;
    const auto add = [&](const RowGroup& rows) {
      if (TargetOf(rows.host())) return;  // rows in parts
      std::vector<std::int64_t> times(rows.rows());
      ASSERT_THAT(rows.ReadTimes(times), IsOk());
      for (const std::int64_t time : times) {
        EXPECT_TRUE(keys.emplace(rows.host(), rows.source(), time).second) << "a row is doubled";
      }
    };
    const ContentsView view = contents_->View();
    for (const BlockPtr& block : view.blocks) {
      for (std::size_t i = 0; i < block->reader().groups().size(); ++i) {
        auto rows = block->OpenGroup(i);
        EXPECT_THAT(rows, IsOk());
        if (rows.ok()) add(**rows);
      }
    }
    std::vector<HeadGroupPtr> groups = view.active->Groups();
    if (view.frozen != nullptr) {
      for (const HeadGroupPtr& group : view.frozen->Groups()) groups.push_back(group);
    }
    for (const HeadGroupPtr& group : groups) add(*group->Rows());
    return keys;
  }

  static std::string NameOf(const Frame& frame, std::size_t column) {
    const Series& series = frame.schema->series()[column];
    std::string name = frame.schema->families()[std::size_t(series.family)].name;
    for (const std::string& value : series.label_values) name += " cpu=" + value;
    const auto target = TargetOf(frame.host);
    return target ? absl::StrFormat("%s instance=%s job=%s", name, target->instance, target->job)
                  : name + " instance=" + frame.host + " job=syspulse";
  }

  void Compare() {
    if (::testing::Test::HasFailure()) return;
    Seen expected;
    for (const auto& [key, frame] : present_) {
      for (std::size_t i = 0; i < frame->values.size(); ++i) {
        if (IsAbsent(frame->values[i])) continue;
        expected[NameOf(*frame, i)][std::get<2>(key)] =
            std::bit_cast<std::uint64_t>(frame->values[i]);
      }
    }
    AddEnds(&expected);
    expected.insert(parts_.begin(), parts_.end());
    EXPECT_EQ(ReadAll(), expected);
  }

  // A row of another schema ends the series that have no value in it.
  void AddEnds(Seen* expected) {
    const Frame* before = nullptr;  // the row before, of whatever source
    for (const auto& [key, frame] : present_) {
      const Frame* const last = std::exchange(before, frame.get());
      if (last == nullptr || last->host != frame->host || last->source != frame->source ||
          last->schema->id() == frame->schema->id()) {
        continue;
      }
      for (std::size_t i = 0; i < last->values.size(); ++i) {
        const auto series = expected->find(NameOf(*last, i));
        if (series == expected->end()) continue;
        const auto place = series->second.lower_bound(std::get<2>(key));
        if (place == series->second.begin() || std::prev(place)->second == kEndBits) continue;
        series->second.emplace_hint(place, std::get<2>(key), kEndBits);
      }
    }
  }

  Seen ReadAll() {
    Selection selection(
        std::make_shared<FoundSeries>(contents_->View(), std::vector<LabelMatcher>(),
                                      MillisRange{.first_ms = kFirstTimeMs, .last_ms = kLastTimeMs},
                                      cache_.get()),
        [](const absl::Status& damage) { ADD_FAILURE() << damage; });
    Seen seen;
    for (std::size_t i = 0; i < selection.size(); ++i) {
      std::string name;
      for (const auto& [label, value] : selection.labels(i)) {
        name += label == kNameLabel ? std::string(value) : absl::StrFormat(" %s=%s", label, value);
      }
      const auto samples = selection.Read(i);
      EXPECT_THAT(samples, IsOk());
      if (!samples.ok()) continue;
      EXPECT_FALSE(seen.contains(name)) << name << " stands twice";
      for (std::size_t row = 0; row < samples->values.size(); ++row) {
        EXPECT_TRUE(row == 0 || samples->times_ms[row - 1] < samples->times_ms[row]);
        seen[name][samples->times_ms[row]] = std::bit_cast<std::uint64_t>(samples->values[row]);
      }
      ExpectSamePresence(*samples, selection.ReadPresence(i));
    }
    return seen;
  }

  static void ExpectSamePresence(const SeriesSamples& samples,
                                 const absl::StatusOr<SeriesSamples>& presence) {
    ASSERT_THAT(presence, IsOk());
    ASSERT_TRUE(std::ranges::equal(samples.times_ms, presence->times_ms));
    for (std::size_t i = 0; i < samples.values.size(); ++i) {
      EXPECT_EQ(std::isnan(samples.values[i]), std::isnan(presence->values[i]));
      EXPECT_EQ(std::bit_cast<std::uint64_t>(samples.values[i]) == kEndBits,
                std::bit_cast<std::uint64_t>(presence->values[i]) == kEndBits);
    }
  }

  std::mt19937_64 random_;
  MemoryFileSystem disk_;
  SharedSchemas schemas_;
  std::unique_ptr<Contents> contents_;
  std::unique_ptr<ColumnCache> cache_;
  std::unique_ptr<Appender> appender_;
  std::unique_ptr<BlockKeeper> keeper_;
  bool recovered_ = false;  // the recovered head stands in a block

  std::int64_t now_ = 0;  // s since kStart
  Rows everything_;       // that was ever appended, as it was first
  Rows present_;          // what queries must see
  Rows acknowledged_;
  std::vector<RowKey> pending_;  // appended since the last acknowledgement
  Seen parts_;                   // what queries must see of rows in parts
  Seen acknowledged_parts_;
  std::map<std::string, std::map<std::int64_t, std::set<std::uint64_t>>>
      sent_;  // every value of it
};

// The number of runs: these take some seconds; an environment variable asks for more.
int Runs() {
  const char* const runs = std::getenv("SYSPULSE_MODEL_RUNS");
  return runs != nullptr ? std::atoi(runs) : kSanitized ? 40 : 150;
}

TEST(StoreModel, WhateverHappensAcknowledgedRowsAreThereOnce) {
  for (int seed = 0; seed < Runs(); ++seed) {
    SCOPED_TRACE(seed);
    Model(std::uint64_t(seed)).Run(150);
    ASSERT_FALSE(HasFailure());
  }
}

}  // namespace
}  // namespace syspulse
