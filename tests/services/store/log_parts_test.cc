// Parts of rows in the log: each stands by itself, so what happens to one costs only that one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "services/model/target.h"
#include "services/store/log_format.h"
#include "services/store/log_reader.h"
#include "services/store/log_writer.h"
#include "services/store/merged_rows.h"
#include "tests/testing/frames.h"
#include "tests/testing/memory_file_system.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kStart = 1'700'000'000'000;
constexpr int kParts = 12;
constexpr int kColumns = 70;  // more than a word of bits

// The part at that place of the log: a few values of one of four rows.
FramePtr PartAt(int place) {
  std::vector<double> values(kColumns, AbsentValue());
  for (std::size_t column = 0; column < kColumns; column += 7) {
    values[(column + static_cast<std::size_t>(place)) % kColumns] = place + 0.1 * double(column);
  }
  Frame frame = *GaugeFrame(TargetHostId({"node", "a:9100"}), "1",
                            absl::FromUnixMillis(kStart + place % 4 * 1000), values);
  frame.part = true;
  return std::make_shared<const Frame>(std::move(frame));
}

std::string TextOf(std::int64_t time_ms, std::span<const double> values) {
  std::string text = absl::StrFormat("%d", time_ms - kStart);
  for (const double value : values) text += IsAbsent(value) ? " -" : absl::StrFormat(" %g", value);
  return text;
}

class LogPartsTest : public ::testing::Test {
 protected:
  LogPartsTest() {
    const auto writer = *LogWriter::Create(&disk_, "/d", 7);
    for (int i = 0; i < kParts; ++i) {
      const FramePtr part = PartAt(i);
      expected_.push_back(TextOf(absl::ToUnixMillis(part->time), part->values));
      writer->Add(*part);
      EXPECT_THAT(writer->Write(), IsOk());
      ends_.push_back(disk_.Contents("/d/0000000007.log").size());
    }
    EXPECT_THAT(writer->Sync(), IsOk());
    EXPECT_THAT(writer->Finish(), IsOk());
    bytes_ = disk_.Contents("/d/0000000007.log");
  }

  void Read(std::string_view bytes, const SchemaPtr& known = nullptr) {
    rows_.clear();
    result_ = ReadLog(
        bytes, 7, "7.log", [&](std::uint64_t) { return known; },
        [&](const LogRow& row) {
          EXPECT_TRUE(row.part);
          rows_.push_back(TextOf(row.time_ms, row.values));
        });
  }

  MemoryFileSystem disk_;
  std::vector<std::string> expected_;
  std::vector<std::size_t> ends_;  // of each part, in the bytes
  std::string bytes_;
  std::vector<std::string> rows_;
  LogReadResult result_;
};

TEST_F(LogPartsTest, PartsComeBackInTheirOrder) {
  Read(bytes_);
  EXPECT_EQ(rows_, expected_);
  EXPECT_EQ(result_.damaged_records, 0);
}

TEST_F(LogPartsTest, ALogTornAtAnyByteHasAllPartsBefore) {
  for (std::size_t size = 0; size < ends_.back(); ++size) {
    Read(std::string_view(bytes_).substr(0, size));
    std::size_t whole = 0;
    while (whole < ends_.size() && ends_[whole] <= size) ++whole;
    EXPECT_EQ(rows_, std::vector(expected_.begin(), expected_.begin() + std::ptrdiff_t(whole)));
    EXPECT_EQ(result_.damaged_records, 0) << "a crash is no damage";
  }
}

TEST_F(LogPartsTest, ADamagedPartCostsItselfAndIsReported) {
  for (std::size_t place = ends_[0]; place < ends_.back(); ++place) {
    std::string bytes = bytes_;
    bytes[place] = static_cast<char>(bytes[place] ^ 0x41);
    std::size_t hit = 0;
    while (ends_[hit] <= place) ++hit;
    std::vector<std::string> others = expected_;
    others.erase(others.begin() + std::ptrdiff_t(hit));
    Read(bytes);
    ASSERT_EQ(rows_, others) << place;
    EXPECT_EQ(result_.damaged_records, 1) << place;
    EXPECT_THAT(result_.damage, HasSubstr("7.log"));
  }
}

TEST_F(LogPartsTest, PartsOfADamagedSchemaAreReadIfItIsKnownElsewhere) {
  std::string bytes = bytes_;
  bytes[60] = static_cast<char>(bytes[60] ^ 0x41);  // behind the segment's header
  Read(bytes);
  EXPECT_TRUE(rows_.empty());
  EXPECT_EQ(result_.lost_rows, kParts);
  Read(bytes, PartAt(0)->schema);
  EXPECT_EQ(rows_, expected_);
}

}  // namespace
}  // namespace syspulse
