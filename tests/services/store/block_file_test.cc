#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/store/block_reader.h"
#include "services/store/block_writer.h"
#include "services/store/group_codec.h"
#include "tests/testing/frames.h"
#include "tests/testing/memory_file_system.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kDirectory[] = "/data";
constexpr char kPath[] = "/data/one.block";

SchemaPtr TwoSeries() { return SchemaOf({{"node_load1", {}, 0}, {"node_load5", {}, 0}}); }

// Returns a group of two columns: `value`, and rows counted.
std::string GroupOf(std::int64_t first_ms, std::size_t rows, double value) {
  std::vector<std::int64_t> times(rows);
  std::vector<double> counted(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    times[i] = first_ms + static_cast<std::int64_t>(i) * 1000;
    counted[i] = static_cast<double>(i * i);
  }
  GroupEncoder encoder(times);
  encoder.AddColumn(std::vector<double>(rows, value));
  encoder.AddColumn(counted);
  return encoder.Finish();
}

// Writes a block of two hosts with two groups each.
absl::Status WriteBlock(FileSystem* files) {
  auto writer = BlockWriter::Create(files, kDirectory, "one.block");
  if (!writer.ok()) return writer.status();
  for (const std::int64_t first_ms : {5000, 605'000}) {
    for (const char* host : {"web-1", "web-2"}) {
      const absl::Status added =
          (*writer)->Add({.host = host, .source = "system", .schema = TwoSeries()},
                         GroupOf(first_ms, 600, static_cast<double>(first_ms)));
      if (!added.ok()) return added;
    }
  }
  return (*writer)->Finish();
}

class BlockFileTest : public ::testing::Test {
 protected:
  BlockFileTest() { EXPECT_THAT(disk_.CreateDirectories(kDirectory), IsOk()); }

  MemoryFileSystem disk_;
};

TEST_F(BlockFileTest, GivesBackItsGroups) {
  ASSERT_THAT(WriteBlock(&disk_), IsOk());
  const auto block = BlockReader::Open(&disk_, kPath);
  ASSERT_THAT(block, IsOk());
  EXPECT_EQ((*block)->first_ms(), 5000);
  EXPECT_EQ((*block)->last_ms(), 605'000 + 599'000);
  EXPECT_EQ((*block)->samples(), 4 * 600 * 2);
  EXPECT_EQ((*block)->size(), static_cast<std::int64_t>(disk_.Contents(kPath).size()));
  ASSERT_EQ((*block)->groups().size(), 4U);
  const BlockGroup& last = (*block)->groups()[3];
  EXPECT_EQ(last.host, "web-2");
  EXPECT_EQ(last.source, "system");
  EXPECT_EQ(last.schema->series(), TwoSeries()->series());
  EXPECT_EQ(last.first_ms, 605'000);
  EXPECT_EQ(last.rows, 600U);
  const auto group = (*block)->OpenGroup(3);
  ASSERT_THAT(group, IsOk());
  std::vector<double> values(group->rows());
  ASSERT_THAT(group->ReadColumn(0, values), IsOk());
  EXPECT_EQ(values, std::vector<double>(600, 605'000));
  ASSERT_THAT(group->ReadColumn(1, values), IsOk());
  EXPECT_EQ(values.back(), 599.0 * 599);
}

TEST_F(BlockFileTest, HoldsOneSchemaForLikeGroups) {
  ASSERT_THAT(WriteBlock(&disk_), IsOk());
  const auto block = BlockReader::Open(&disk_, kPath);
  ASSERT_THAT(block, IsOk());
  EXPECT_EQ((*block)->groups()[0].schema, (*block)->groups()[3].schema);
  const SchemaPtr known = TwoSeries();
  const auto again = BlockReader::Open(&disk_, kPath, [&](const SchemaPtr& schema) {
    return schema->series() == known->series() ? known : schema;
  });
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ((*again)->groups()[0].schema, known);
}

TEST_F(BlockFileTest, WithoutGroupsIsABlock) {
  auto writer = BlockWriter::Create(&disk_, kDirectory, "one.block");
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT((*writer)->Finish(), IsOk());
  const auto block = BlockReader::Open(&disk_, kPath);
  ASSERT_THAT(block, IsOk());
  EXPECT_THAT((*block)->groups(), IsEmpty());
}

TEST_F(BlockFileTest, RefusesAGroupThatIsNotTheSchemas) {
  auto writer = BlockWriter::Create(&disk_, kDirectory, "one.block");
  ASSERT_THAT(writer, IsOk());
  const BlockGroup wrong{
      .host = "web-1", .source = "system", .schema = SchemaOf({{"node_load1", {}, 0}})};
  EXPECT_THAT((*writer)->Add(wrong, GroupOf(0, 5, 1)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("2 columns for 1 series")));
  EXPECT_THAT((*writer)->Add(wrong, "not a group"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("web-1/system")));
  EXPECT_THAT((*writer)->Add({.host = "web-1", .source = "system", .schema = TwoSeries()},
                             GroupOf(0, 5, 1)),
              IsOk());
  EXPECT_THAT((*writer)->Finish(), IsOk());
  EXPECT_THAT(BlockReader::Open(&disk_, kPath).value()->groups().size(), 1U);
}

TEST_F(BlockFileTest, SurvivesAPowerLossOnceFinished) {
  ASSERT_THAT(WriteBlock(&disk_), IsOk());
  disk_.Crash(CrashKind::kLoseUnsynced, 0);
  disk_.Restart();
  EXPECT_THAT(BlockReader::Open(&disk_, kPath), IsOk());
}

TEST_F(BlockFileTest, WhatFailsLeavesNothing) {
  for (const Operation operation : {Operation::kCreate, Operation::kAppend, Operation::kSync,
                                    Operation::kRename, Operation::kSyncDirectory}) {
    for (int skip = 0; skip < (operation == Operation::kAppend ? 6 : 1); ++skip) {
      disk_.Fail(operation, absl::UnavailableError("no disk"), skip);
      EXPECT_THAT(WriteBlock(&disk_),
                  StatusIs(absl::StatusCode::kUnavailable, HasSubstr("no disk")));
      EXPECT_THAT(disk_.Paths(), IsEmpty()) << static_cast<int>(operation) << " " << skip;
    }
  }
  EXPECT_THAT(WriteBlock(&disk_), IsOk());
}

TEST_F(BlockFileTest, ADiskThatIsFullSaysSoAndKeepsNothing) {
  disk_.SetCapacity(300);
  EXPECT_EQ(WriteBlock(&disk_).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(disk_.Paths(), IsEmpty());
}

TEST_F(BlockFileTest, NeverBreaksABlockOfThatName) {
  ASSERT_THAT(WriteBlock(&disk_), IsOk());
  const std::string before = disk_.Contents(kPath);
  disk_.Fail(Operation::kSync, absl::UnavailableError("no disk"));
  EXPECT_FALSE(WriteBlock(&disk_).ok());
  EXPECT_EQ(disk_.Contents(kPath), before);
}

TEST_F(BlockFileTest, DamageCostsOneGroupOrIsToldAtTheOpening) {
  ASSERT_THAT(WriteBlock(&disk_), IsOk());
  const std::string whole = disk_.Contents(kPath);
  for (std::size_t place = 0; place < whole.size(); ++place) {
    std::string damaged = whole;
    damaged[place] = static_cast<char>(damaged[place] ^ 0x10);
    disk_.SetContents(kPath, damaged);
    const auto block = BlockReader::Open(&disk_, kPath);
    if (!block.ok()) {
      EXPECT_THAT(block, StatusIs(absl::StatusCode::kDataLoss, HasSubstr(kPath)));
      continue;
    }
    int lost = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const auto group = (*block)->OpenGroup(i);
      const absl::Status status = group.ok() ? group->Verify() : group.status();
      if (status.ok()) continue;
      ++lost;
      EXPECT_THAT(status, StatusIs(absl::StatusCode::kDataLoss, HasSubstr(kPath)));
    }
    EXPECT_EQ(lost, 1) << place;
  }
}

TEST_F(BlockFileTest, WhatIsCutOffIsNoBlock) {
  ASSERT_THAT(WriteBlock(&disk_), IsOk());
  const std::string whole = disk_.Contents(kPath);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    disk_.SetContents(kPath, whole.substr(0, size));
    EXPECT_THAT(BlockReader::Open(&disk_, kPath),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(kPath)));
  }
}

TEST_F(BlockFileTest, ADiskThatCannotReadIsNoDamage) {
  ASSERT_THAT(WriteBlock(&disk_), IsOk());
  disk_.Fail(Operation::kRead, absl::UnavailableError("no disk"));
  EXPECT_THAT(BlockReader::Open(&disk_, kPath),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("no disk")));
}

TEST(BlockDirectory, TakesAThousandHostsInAFewBytesEach) {
  std::vector<BlockGroup> groups;
  const SchemaPtr schema = TwoSeries();
  std::int64_t offset = static_cast<std::int64_t>(kBlockMagic.size());
  for (int i = 0; i < 1000; ++i) {
    groups.push_back({.host = absl::StrFormat("web-%d", i),
                      .source = "system",
                      .schema = schema,
                      .first_ms = 1'700'000'000'000,
                      .last_ms = 1'700'003'600'000,
                      .rows = 3600,
                      .offset = offset,
                      .size = 180'000});
    offset += 180'000;
  }
  const auto bytes = EncodeDirectory(groups);
  ASSERT_THAT(bytes, IsOk());
  EXPECT_LT(bytes->size(), 20'000U);
  const auto decoded = DecodeDirectory(*bytes, offset, {});
  ASSERT_THAT(decoded, IsOk());
  EXPECT_EQ((*decoded)[999].host, "web-999");
  EXPECT_EQ((*decoded)[999].offset, groups[999].offset);
  EXPECT_THAT(DecodeDirectory(*bytes, offset - 1, {}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("entry 999")));
}

// Returns so many megabytes of zeros, compressed.
std::string CompressedZeros(int megabytes) {
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  const std::string zeros(1 << 20, '\0');
  std::string compressed(1 << 20, '\0');
  ZSTD_outBuffer out{.dst = compressed.data(), .size = compressed.size(), .pos = 0};
  for (int i = 1; i <= megabytes; ++i) {
    ZSTD_inBuffer in{.src = zeros.data(), .size = zeros.size(), .pos = 0};
    ZSTD_compressStream2(context, &out, &in, i < megabytes ? ZSTD_e_continue : ZSTD_e_end);
  }
  ZSTD_freeCCtx(context);
  compressed.resize(out.pos);
  return compressed;
}

TEST(BlockDirectory, ThatSwellsIsGivenUp) {
  EXPECT_THAT(DecodeDirectory(CompressedZeros(260), 0, {}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("too large")));
}

TEST(BlockDirectory, IsNotMadeOfAnything) {
  EXPECT_THAT(DecodeDirectory("", 0, {}), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("")));
  EXPECT_THAT(DecodeDirectory("\x28\xb5\x2f\xfd", 0, {}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("cut off")));
}

}  // namespace
}  // namespace syspulse
