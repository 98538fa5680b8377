#include "services/store/recovery.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/store/arrivals.h"
#include "services/store/block_writer.h"
#include "services/store/held_rows.h"
#include "services/store/host_labels_file.h"
#include "services/store/log_format.h"
#include "services/store/log_reader.h"

namespace syspulse {
namespace {

// No store gets there, so no file of that name is its own.
constexpr std::uint64_t kFarthestSegment = 1'000'000'000'000;

// Returns whether `status` says that the content of a file is not what it should be.
bool IsDamage(const absl::Status& status) {
  return absl::IsDataLoss(status) || absl::IsOutOfRange(status);
}

// Returns what a damaged log cost, to stand behind what the damage is. How many rows stood where
// nothing can be read now nobody knows.
std::string WhatItCost(const LogReadResult& result) {
  std::string loss;
  if (result.damaged_records == 1) loss = "; what stood there is lost";
  if (result.damaged_records > 1) {
    loss = absl::StrFormat("; what stood there and in %d more places is lost",
                           result.damaged_records - 1);
  }
  if (result.lost_rows == 0) return loss;
  return loss + absl::StrFormat("%s %d rows that build on it",
                                loss.empty() ? "; lost are" : ", as are", result.lost_rows);
}

class Recoverer {
 public:
  Recoverer(FileSystem* files, const std::string& directory, SharedSchemas* schemas)
      : files_(files), directory_(directory), schemas_(schemas) {}

  absl::StatusOr<Recovery> Run() {
    // Names count from here on, so they must not change with another crash.
    RETURN_IF_ERROR(files_->SyncDirectory(directory_));
    ASSIGN_OR_RETURN(const std::vector<std::string> names, files_->List(directory_));
    std::vector<SegmentRange> blocks;
    std::vector<std::uint64_t> segments;
    std::vector<std::string> aside;
    for (const std::string& name : names) {
      if (name.ends_with(kUnfinishedSuffix)) Remove(name);
      if (name.ends_with(kDamagedSuffix)) aside.push_back(name);
      const auto range = BlockSegments(name);
      if (range && range->last <= kFarthestSegment) blocks.push_back(*range);
      const auto number = LogNumber(name);
      if (number && *number <= kFarthestSegment) segments.push_back(*number);
    }
    ReportAside(aside);
    RETURN_IF_ERROR(ReadLabels());
    RETURN_IF_ERROR(ReadDeletions());
    RETURN_IF_ERROR(OpenBlocks(std::move(blocks)));
    RETURN_IF_ERROR(ReplayLog(std::move(segments)));
    return std::move(recovery_);
  }

 private:
  // What is done with is only in the way, so it may stay for once.
  void Remove(const std::string& name) {
    static_cast<void>(files_->Remove(directory_ + "/" + name));
  }

  // What earlier starts set aside is still missing, until somebody says that it may be.
  void ReportAside(const std::vector<std::string>& names) {
    if (names.empty()) return;
    for (const std::string& name : names) {
      AddLoss(name.substr(0, name.size() - kDamagedSuffix.size()), name,
              absl::DataLossError(absl::StrFormat(
                  "%s/%s, set aside by an earlier start, may have some of that time", directory_,
                  name)));
    }
    recovery_.damage.push_back(
        absl::DataLossError(absl::StrFormat("%d damaged files were set aside in %s by earlier "
                                            "starts, such as %s: what is damaged in them is in "
                                            "no answer; delete them if nobody can mend them",
                                            names.size(), directory_, names.front())));
  }

  // Queries are to say that something is missing of what stood in that block or segment, `file`
  // now.
  void AddLoss(std::string_view name, const std::string& file, const absl::Status& damage) {
    const auto number = LogNumber(name);
    const auto range =
        number ? std::optional<SegmentRange>({*number, *number}) : BlockSegments(name);
    if (!range || range->last > kFarthestSegment) return;
    recovery_.next_segment = std::max(recovery_.next_segment, range->last + 1);
    const auto opened = files_->Open(directory_ + "/" + file);
    recovery_.losses.push_back(
        {.segments = *range,
         .file = file,
         .written = opened.ok() ? (*opened)->written() : absl::InfiniteFuture(),
         .damage = damage});
  }

  void SetAside(const std::string& name, const absl::Status& damage) {
    recovery_.damage.push_back(damage);
    AddLoss(name, name, damage);
    const std::string path = directory_ + "/" + name;
    const absl::Status status = files_->Rename(path, path + std::string(kDamagedSuffix));
    if (!status.ok()) recovery_.damage.push_back(status);
  }

  absl::Status ReadLabels() {
    absl::StatusOr<HostLabels> labels = ReadHostLabels(files_, directory_);
    if (labels.ok()) {
      recovery_.host_labels = *std::move(labels);
    } else if (IsDamage(labels.status())) {
      recovery_.damage.push_back(labels.status());
    } else {
      return labels.status();
    }
    return absl::OkStatus();
  }

  absl::Status ReadDeletions() {
    absl::StatusOr<Deletions> deletions = syspulse::ReadDeletions(files_, directory_);
    if (IsDamage(deletions.status())) {
      recovery_.damage.push_back(deletions.status());
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(deletions.status());
    recovery_.deletions = *std::move(deletions);
    deletions_ = std::make_shared<const Deletions>(recovery_.deletions);
    for (const auto& [host, last_segment] : recovery_.deletions) {
      recovery_.next_segment = std::max(recovery_.next_segment, last_segment + 1);
    }
    return absl::OkStatus();
  }

  absl::Status OpenBlocks(std::vector<SegmentRange> ranges) {
    // A block that holds others comes before them.
    std::ranges::sort(ranges, [](const SegmentRange& a, const SegmentRange& b) {
      return a.first != b.first ? a.first < b.first : a.last > b.last;
    });
    for (const SegmentRange& range : ranges) {
      recovery_.next_segment = std::max(recovery_.next_segment, range.last + 1);
      absl::StatusOr<BlockPtr> block = Block::Open(files_, directory_, range, schemas_);
      const auto holder = std::ranges::find_if(
          recovery_.blocks, [&](const BlockPtr& other) { return other->segments().Holds(range); });
      if (holder != recovery_.blocks.end()) {
        EndMerge(**holder, range, block);
      } else if (block.ok()) {
        in_blocks_ = std::max(in_blocks_, range.last);
        recovery_.blocks.push_back(*std::move(block));
      } else if (IsDamage(block.status())) {
        SetAside(BlockName(range), block.status());
      } else {
        return block.status();
      }
    }
    return absl::OkStatus();
  }

  // Removes what was left of a merge, but not what came back after it from a backup.
  void EndMerge(const Block& merged, const SegmentRange& range,
                const absl::StatusOr<BlockPtr>& block) {
    if (!block.ok() || HoldsRowsOf(merged, **block, deletions_)) {
      Remove(BlockName(range));
      return;
    }
    SetAside(BlockName(range),
             absl::DataLossError(absl::StrFormat(
                 "%s/%s: its rows are not in %s, which was made in its place while it was away",
                 directory_, BlockName(range), BlockName(merged.segments()))));
  }

  absl::Status ReplayLog(std::vector<std::uint64_t> numbers) {
    std::ranges::sort(numbers);
    if (!numbers.empty()) {
      recovery_.next_segment = std::max(recovery_.next_segment, numbers.back() + 1);
    }
    const auto behind_blocks = std::ranges::upper_bound(numbers, in_blocks_);
    recovery_.head = std::make_shared<Head>(behind_blocks == numbers.end() ? recovery_.next_segment
                                                                           : *behind_blocks);
    contents_ = {.active = recovery_.head,
                 .frozen = nullptr,
                 .blocks = recovery_.blocks,
                 .host_labels = nullptr,
                 .deletions = deletions_};
    for (const std::uint64_t number : numbers) {
      if (number <= in_blocks_ && IsInBlocks(number)) {
        Remove(LogName(number));
      } else {
        RETURN_IF_ERROR(ReplaySegment(number));
      }
    }
    // What came back is to stand in a block of later segments, which takes a number for itself.
    if (behind_blocks == numbers.end() && !recovery_.head->empty()) ++recovery_.next_segment;
    return absl::OkStatus();
  }

  absl::StatusOr<LogReadResult> ReadSegment(std::uint64_t number, const OnLogRow& on_row) {
    return ReadLogFile(
        files_, directory_ + "/" + LogName(number), number,
        [this](std::uint64_t id) { return schemas_->Find(id); },
        [&](const LogRow& row) {
          if (!IsDeleted(deletions_, row.host, number)) on_row(row);
        });
  }

  // Returns whether all rows of a segment stand in blocks, as they do when it was not yet removed.
  // One that comes back from a backup, or mended, may have others.
  bool IsInBlocks(std::uint64_t number) {
    Arrivals known;
    bool is_new = false;
    const auto result = ReadSegment(number, [&](const LogRow& row) {
      is_new = is_new || known.Add(row.host, row.source, row.time_ms, contents_);
    });
    return result.ok() && result->damaged_records == 0 && !is_new;
  }

  absl::Status ReplaySegment(std::uint64_t number) {
    const absl::StatusOr<LogReadResult> result =
        ReadSegment(number, [this](const LogRow& row) { AddRow(row); });
    if (IsDamage(result.status())) {
      SetAside(LogName(number), result.status());
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(result.status());
    if (!result->damage.empty()) {
      recovery_.damage.push_back(absl::DataLossError(result->damage + WhatItCost(*result)));
      if (result->damaged_records > 0) {
        AddLoss(LogName(number), LogName(number), recovery_.damage.back());
      }
    }
    return absl::OkStatus();
  }

  void AddRow(const LogRow& row) {
    if (row.part) {
      recovery_.head->Fill(row.host, row.source, schemas_->Share(row.schema), row.time_ms,
                           row.values);
      ++recovery_.replayed_rows;
      return;
    }
    if (!arrivals_.Add(row.host, row.source, row.time_ms, contents_)) return;
    recovery_.head->Add(row.host, row.source, schemas_->Share(row.schema), row.time_ms, row.values);
    ++recovery_.replayed_rows;
  }

  FileSystem* const files_;
  const std::string directory_;
  SharedSchemas* const schemas_;
  Recovery recovery_;
  DeletionsPtr deletions_ = std::make_shared<const Deletions>();
  std::uint64_t in_blocks_ = 0;  // the last segment that a block holds
  ContentsView contents_;
  Arrivals arrivals_;
};

}  // namespace

absl::StatusOr<Recovery> Recover(FileSystem* files, const std::string& directory,
                                 SharedSchemas* schemas) {
  return Recoverer(files, directory, schemas).Run();
}

}  // namespace syspulse
