#include "services/store/block_making.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include "services/base/status_macros.h"
#include "services/store/block_writer.h"
#include "services/store/deletions.h"
#include "services/store/merged_rows.h"

namespace syspulse {
namespace {

// Adds all rows of one source with one schema to a block.
class GroupMaker {
 public:
  GroupMaker(BlockWriter* writer, const RowGroup& model)
      : writer_(writer), host_(model.host()), source_(model.source()), schema_(model.schema()) {}

  // In groups of at most kRowsPerGroup rows.
  absl::Status Add(MergedRows* rows, std::vector<absl::Status>* damage) {
    const std::span<const std::int64_t> times_ms = *rows->times_ms();
    std::deque<GroupEncoder> encoders;
    for (std::size_t begin = 0; begin < times_ms.size(); begin += kRowsPerGroup) {
      encoders.emplace_back(
          times_ms.subspan(begin, std::min(kRowsPerGroup, times_ms.size() - begin)));
    }
    std::vector<double> values(times_ms.size());
    for (std::size_t column = 0; column < schema_->series().size(); ++column) {
      RETURN_IF_ERROR(rows->ReadColumn(column, values, damage));
      for (std::size_t i = 0; i < encoders.size(); ++i) {
        const std::size_t begin = i * kRowsPerGroup;
        encoders[i].AddColumn(std::span<const double>(values).subspan(
            begin, std::min(kRowsPerGroup, values.size() - begin)));
      }
    }
    for (GroupEncoder& encoder : encoders) {
      RETURN_IF_ERROR(
          writer_->Add({.host = host_, .source = source_, .schema = schema_}, encoder.Finish()));
    }
    return absl::OkStatus();
  }

 private:
  BlockWriter* const writer_;
  const std::string& host_;
  const std::string& source_;
  const SchemaPtr& schema_;
};

// A group of one of the blocks that are merged.
struct Place {
  const Block* block = nullptr;
  std::uint32_t index = 0;
};

// By host, source and schema, each in the order of the blocks.
using Places =
    std::map<std::tuple<std::string_view, std::string_view, std::uint64_t>, std::vector<Place>>;

Places PlacesOf(const std::vector<BlockPtr>& blocks, const DeletionsPtr& deletions) {
  Places places;
  for (const BlockPtr& block : blocks) {
    const std::vector<BlockGroup>& groups = block->reader().groups();
    for (std::uint32_t i = 0; i < groups.size(); ++i) {
      if (IsDeleted(deletions, groups[i].host, block->segments().last)) continue;
      places[{groups[i].host, groups[i].source, groups[i].schema->id()}].push_back(
          {.block = block.get(), .index = i});
    }
  }
  return places;
}

absl::Status MergeGroup(const std::vector<Place>& places, BlockWriter* writer) {
  std::vector<RowGroupPtr> parts;
  for (const Place& place : places) {
    ASSIGN_OR_RETURN(RowGroupPtr part, place.block->OpenGroup(place.index));
    parts.push_back(std::move(part));
  }
  const RowGroupPtr model = parts.front();
  std::vector<absl::Status> damage;
  ASSIGN_OR_RETURN(MergedRows rows, MergedRows::Create(std::move(parts), &damage));
  if (damage.empty()) RETURN_IF_ERROR(GroupMaker(writer, *model).Add(&rows, &damage));
  return damage.empty() ? absl::OkStatus() : damage.front();
}

}  // namespace

absl::StatusOr<BlockPtr> MakeBlock(FileSystem* files, const std::string& directory,
                                   const SegmentRange& segments, const Head& head,
                                   SharedSchemas* schemas, const std::function<bool()>& keep_on) {
  if (head.empty()) return nullptr;
  ASSIGN_OR_RETURN(const std::unique_ptr<BlockWriter> writer,
                   BlockWriter::Create(files, directory, BlockName(segments)));
  for (const HeadGroupPtr& group : head.Groups()) {
    const RowGroupPtr part = group->Rows();
    if (part == nullptr) continue;
    if (!keep_on()) return absl::CancelledError("make a block: the store stops");
    std::vector<absl::Status> damage;  // memory has none
    ASSIGN_OR_RETURN(MergedRows rows, MergedRows::Create({part}, &damage));
    RETURN_IF_ERROR(GroupMaker(writer.get(), *part).Add(&rows, &damage));
  }
  RETURN_IF_ERROR(writer->Finish());
  return Block::Open(files, directory, segments, schemas);
}

absl::StatusOr<BlockPtr> MergeBlocks(FileSystem* files, const std::string& directory,
                                     const std::vector<BlockPtr>& blocks,
                                     const DeletionsPtr& deletions, SharedSchemas* schemas,
                                     const std::function<bool()>& keep_on) {
  const Places all = PlacesOf(blocks, deletions);
  if (all.empty()) return nullptr;
  const SegmentRange segments{.first = blocks.front()->segments().first,
                              .last = blocks.back()->segments().last};
  ASSIGN_OR_RETURN(const std::unique_ptr<BlockWriter> writer,
                   BlockWriter::Create(files, directory, BlockName(segments)));
  for (const auto& [key, places] : all) {
    if (!keep_on()) return absl::CancelledError("merge blocks: the store stops");
    RETURN_IF_ERROR(MergeGroup(places, writer.get()));
  }
  RETURN_IF_ERROR(writer->Finish(/*in_place=*/blocks.size() == 1));
  return Block::Open(files, directory, segments, schemas);
}

}  // namespace syspulse
