// The log: what is written is read back, whatever happens to the last bytes, and what happens to
// others costs only what it hits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "services/store/log_format.h"
#include "services/store/log_reader.h"
#include "services/store/log_writer.h"
#include "tests/testing/frames.h"
#include "tests/testing/memory_file_system.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kStart = 1'700'000'000'000;

FramePtr FrameAt(const std::string& host, int second, std::vector<double> values) {
  return GaugeFrame(host, "system", absl::FromUnixMillis(kStart + second * 1000), values);
}

// A row as text, for comparing.
std::string Text(const LogRow& row) {
  std::string text =
      absl::StrFormat("%s/%s@%d", row.host, row.source, (row.time_ms - kStart) / 1000);
  for (const double value : row.values) text += absl::StrFormat(" %g", value);
  return text;
}

class LogTest : public ::testing::Test {
 protected:
  LogTest() : writer(*LogWriter::Create(&disk, "/d", 7)) {}

  void Write(const FramePtr& frame) {
    writer->Add(*frame);
    EXPECT_THAT(writer->Write(), IsOk());
  }
  void Sync() { EXPECT_THAT(writer->Sync(), IsOk()); }
  void Finish() {
    Sync();
    EXPECT_THAT(writer->Finish(), IsOk());
  }

  std::string Bytes() const { return disk.Contents("/d/0000000007.log"); }

  // Reads `bytes` as segment 7 into `rows` and `result`.
  void Read(std::string_view bytes) {
    rows.clear();
    result = ReadLog(
        bytes, 7, "7.log", [&](std::uint64_t id) { return known[id]; },
        [&](const LogRow& row) { rows.push_back(Text(row)); });
  }

  MemoryFileSystem disk;
  std::unique_ptr<LogWriter> writer;
  std::map<std::uint64_t, SchemaPtr> known;  // schemas from elsewhere
  std::vector<std::string> rows;
  LogReadResult result;
};

TEST_F(LogTest, RowsComeBackInTheirOrder) {
  std::vector<std::string> expected;
  for (int i = 0; i < 100; ++i) {
    for (const std::string host : {"a", "b"}) {
      writer->Add(*FrameAt(host, i, {1.5, double(i), host == "a" ? 0.0 : -1e300}));
      expected.push_back(
          absl::StrFormat("%s/system@%d 1.5 %d %s", host, i, i, host == "a" ? "0" : "-1e+300"));
    }
    ASSERT_THAT(writer->Write(), IsOk());
  }
  Finish();
  Read(Bytes());
  EXPECT_EQ(rows, expected);
  EXPECT_EQ(result, (LogReadResult{.rows = 200}));
}

TEST_F(LogTest, ASourceMayChangeItsSchemaAndChangeBack) {
  Write(FrameAt("a", 0, {1, 2}));
  Write(FrameAt("a", 1, {1, 2, 3}));
  Write(FrameAt("a", 2, {1, 3}));
  Read(Bytes());
  EXPECT_THAT(rows, ::testing::ElementsAre("a/system@0 1 2", "a/system@1 1 2 3", "a/system@2 1 3"));
}

TEST_F(LogTest, WhatDoesNotChangeCostsLittle) {
  const std::vector<double> values(1000, 123456.789);
  Write(FrameAt("a", 0, values));
  const std::int64_t first = writer->size();
  for (int i = 1; i < kRowsPerWhole; ++i) Write(FrameAt("a", i, values));
  EXPECT_LT((writer->size() - first) / (kRowsPerWhole - 1), 200);  // bytes for 1,000 values
}

// The heart of it: wherever in the last record the power fails, everything before it is there.
TEST_F(LogTest, ALastRecordTornAtAnyByteCostsOnlyItself) {
  Write(FrameAt("a", 0, {1, 2, 3}));
  Write(FrameAt("a", 1, {4, 5, 6}));
  Sync();
  const std::size_t whole = Bytes().size();
  Write(FrameAt("a", 2, {7, 8, 9}));
  const std::string bytes = Bytes();
  for (std::size_t size = whole; size < bytes.size(); ++size) {
    Read(bytes.substr(0, size));
    ASSERT_EQ(result.damage, "") << size;
    ASSERT_GE(rows.size(), 2u) << size;
    ASSERT_LE(rows.size(), 3u) << size;  // the mark stands behind the row
    ASSERT_EQ(rows[1], "a/system@1 4 5 6");
    std::string zeroed = bytes.substr(0, size);
    zeroed.resize(bytes.size(), '\0');
    Read(zeroed);
    ASSERT_EQ(result.damage, "") << size;
    ASSERT_EQ(rows[1], "a/system@1 4 5 6");
  }
}

// The trace of a crash before the header was synced.
TEST_F(LogTest, ASegmentWithoutAnythingBehindItsHeaderHasNoRows) {
  for (const std::string bytes : {"", "SYS", "SYSPLOG1", "other bytes, 24 of them!"}) {
    Read(bytes);
    EXPECT_THAT(rows, IsEmpty());
    EXPECT_EQ(result.damage, "");
  }
}

// The header is synced by itself, so a crash leaves none that is damaged and has rows behind it.
TEST_F(LogTest, ASegmentThatIsGarbageFromItsFirstByteOnIsReported) {
  disk.Crash(CrashKind::kLoseUnsynced, 0);
  disk.Restart();
  EXPECT_EQ(Bytes(), EncodeLogHeader(7)) << "before any row";
  Read(std::string(100'000, '\0'));
  EXPECT_THAT(rows, IsEmpty());
  EXPECT_EQ(result.damage, "read 7.log at byte 0: 100000 bytes are damaged");
}

TEST_F(LogTest, ADamagedHeaderCostsNothingElseAndIsReported) {
  Write(FrameAt("a", 0, {1}));
  std::string bytes = Bytes();
  bytes[3] ^= 1;
  Read(bytes);
  EXPECT_THAT(rows, ::testing::ElementsAre("a/system@0 1"));
  EXPECT_EQ(result.damage, "read 7.log: its header is damaged, which costs no row");
  EXPECT_EQ(result.damaged_records, 0);
}

TEST_F(LogTest, ADamagedRowCostsItselfAndIsReported) {
  for (int i = 0; i < 10; ++i) Write(FrameAt("a", i, {double(i), 2, 3}));
  Finish();
  const std::string bytes = Bytes();
  Read(bytes);
  const std::vector<std::string> all = rows;
  // Every byte behind the schema and the whole row, but for the last mark.
  std::size_t from = bytes.find("SPRC", 0);
  for (int skip = 0; skip < 2; ++skip) from = bytes.find("SPRC", from + 1);
  for (std::size_t place = from; place < bytes.size() - 40; ++place) {
    std::string damaged = bytes;
    damaged[place] = static_cast<char>(damaged[place] ^ 0x10);
    Read(damaged);
    ASSERT_EQ(rows.size(), all.size() - 1) << place;
    ASSERT_EQ(result.damaged_records, 1) << place;
    ASSERT_EQ(result.lost_rows, 0) << place;
    ASSERT_THAT(result.damage, HasSubstr("read 7.log at byte"));
    for (const std::string& row : rows) ASSERT_THAT(all, ::testing::Contains(row));
  }
}

TEST_F(LogTest, ADamagedWholeRowCostsAtMostTheRowsThatBuildOnIt) {
  for (int i = 0; i < 100; ++i) {
    writer->Add(*FrameAt("a", i, {double(i)}));
    writer->Add(*FrameAt("b", i, {double(i)}));
    ASSERT_THAT(writer->Write(), IsOk());
  }
  Finish();
  std::string bytes = Bytes();
  const std::size_t schema = bytes.find("SPRC");
  const std::size_t whole = bytes.find("SPRC", schema + 1);
  bytes[whole + 20] = static_cast<char>(bytes[whole + 20] ^ 1);
  Read(bytes);
  EXPECT_EQ(rows.size(), std::size_t(200 - kRowsPerWhole));
  EXPECT_EQ(result.lost_rows, kRowsPerWhole - 1);
  EXPECT_EQ(result.damaged_records, 1);
}

TEST_F(LogTest, ADamagedSchemaIsLookedForElsewhere) {
  const FramePtr frame = FrameAt("a", 0, {1, 2});
  Write(frame);
  Finish();
  std::string bytes = Bytes();
  bytes[bytes.find("SPRC") + 30] ^= 1;
  Read(bytes);
  EXPECT_THAT(rows, IsEmpty());
  EXPECT_EQ(result.lost_rows, 1);
  known[frame->schema->id()] = frame->schema;
  Read(bytes);
  EXPECT_THAT(rows, ::testing::ElementsAre("a/system@0 1 2"));
  EXPECT_EQ(result.damaged_records, 1);
}

TEST_F(LogTest, ADamagedSchemaOfManyRowsCostsNone) {
  for (int i = 0; i <= kRowsPerWhole; ++i) Write(FrameAt("a", i, {1, 2}));
  Finish();
  const std::string bytes = Bytes();
  const std::size_t first = bytes.find("SPRC");
  const std::string record = bytes.substr(first, bytes.find("SPRC", first + 1) - first);
  const std::size_t second = bytes.find(record, first + 1);
  ASSERT_NE(second, bytes.npos);
  std::string damaged = bytes;
  for (const std::size_t place : {first, second}) {
    damaged[place + 30] ^= 1;
    Read(damaged);
    const bool both = place == second;
    EXPECT_EQ(rows.size(), both ? 0u : std::size_t{kRowsPerWhole + 1});
    EXPECT_EQ(result.lost_rows, both ? kRowsPerWhole + 1 : 0);
    EXPECT_NE(result.damage, "");
  }
}

TEST_F(LogTest, TheTraceOfACrashInTheMiddleIsNoDamage) {
  Write(FrameAt("a", 0, {1}));
  Sync();
  const std::size_t synced = Bytes().size();
  for (int i = 1; i < 5; ++i) Write(FrameAt("a", i, {double(i)}));
  std::string bytes = Bytes();
  bytes[synced + 20] ^= 1;  // never synced, so the disk owes it to nobody
  Read(bytes);
  EXPECT_EQ(result.damage, "");
  EXPECT_GT(result.torn_bytes, 0);
  EXPECT_EQ(rows.size(), 4u);
}

TEST_F(LogTest, BytesOfAnotherSegmentDoNotPass) {
  auto other = *LogWriter::Create(&disk, "/d", 8);
  other->Add(*FrameAt("a", 0, {1}));
  ASSERT_THAT(other->Write(), IsOk());
  const std::string bytes = disk.Contents("/d/0000000008.log");
  Read(EncodeLogHeader(7) + bytes.substr(kLogHeaderSize));
  EXPECT_THAT(rows, IsEmpty());
}

TEST_F(LogTest, WhatWasSyncedSurvivesACrash) {
  Write(FrameAt("a", 0, {1}));
  Sync();
  Write(FrameAt("a", 1, {2}));
  disk.Crash(CrashKind::kLoseUnsynced, 0);
  disk.Restart();
  Read(Bytes());
  EXPECT_THAT(rows, ::testing::ElementsAre("a/system@0 1"));
  EXPECT_EQ(result.torn_bytes, 0);
}

TEST_F(LogTest, NamesSortByNumber) {
  EXPECT_EQ(LogName(12), "0000000012.log");
  EXPECT_EQ(LogNumber("0000000012.log"), 12u);
  EXPECT_EQ(LogNumber("12.log"), std::nullopt);
  EXPECT_EQ(LogNumber("0000000012.block"), std::nullopt);
  EXPECT_EQ(LogNumber("00000000x2.log"), std::nullopt);
  EXPECT_EQ(LogNumber("000000000012.log"), std::nullopt) << "the name of another number";
  EXPECT_EQ(LogName(20'000'000'000), "20000000000.log");
  EXPECT_EQ(LogNumber("20000000000.log"), 20'000'000'000u);
  EXPECT_EQ(LogNumber("18446744073709551615.log"), std::nullopt) << "there is none after it";
}

TEST(LogErrors, AFullDiskIsSaid) {
  MemoryFileSystem disk;
  auto writer = *LogWriter::Create(&disk, "/d", 1);
  disk.SetCapacity(100);
  writer->Add(*FrameAt("a", 0, std::vector<double>(50, 1.5)));
  EXPECT_THAT(writer->Write(), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("space")));
}

}  // namespace
}  // namespace syspulse
