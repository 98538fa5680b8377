#include "services/collect/storage/xfs_collector.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

// A number of a line as a metric.
struct Column {
  std::string_view line;
  std::size_t index;
  Family family;
};

constexpr Column Counter(std::string_view line, std::size_t index, std::string_view name,
                         std::string_view help) {
  return {line, index, {name, MetricType::kCounter, "", help, {"device"}}};
}

constexpr std::array kColumns = {
    Counter("extent_alloc", 0, "node_xfs_extent_allocation_extents_allocated_total",
            "Number of extents allocated for a filesystem."),
    Counter("extent_alloc", 1, "node_xfs_extent_allocation_blocks_allocated_total",
            "Number of blocks allocated for a filesystem."),
    Counter("extent_alloc", 2, "node_xfs_extent_allocation_extents_freed_total",
            "Number of extents freed for a filesystem."),
    Counter("extent_alloc", 3, "node_xfs_extent_allocation_blocks_freed_total",
            "Number of blocks freed for a filesystem."),
    Counter("abt", 0, "node_xfs_allocation_btree_lookups_total",
            "Number of allocation B-tree lookups for a filesystem."),
    Counter("abt", 1, "node_xfs_allocation_btree_compares_total",
            "Number of allocation B-tree compares for a filesystem."),
    Counter("abt", 2, "node_xfs_allocation_btree_records_inserted_total",
            "Number of allocation B-tree records inserted for a filesystem."),
    Counter("abt", 3, "node_xfs_allocation_btree_records_deleted_total",
            "Number of allocation B-tree records deleted for a filesystem."),
    Counter("blk_map", 0, "node_xfs_block_mapping_reads_total",
            "Number of block map for read operations for a filesystem."),
    Counter("blk_map", 1, "node_xfs_block_mapping_writes_total",
            "Number of block map for write operations for a filesystem."),
    Counter("blk_map", 2, "node_xfs_block_mapping_unmaps_total",
            "Number of block unmaps (deletes) for a filesystem."),
    Counter("blk_map", 3, "node_xfs_block_mapping_extent_list_insertions_total",
            "Number of extent list insertions for a filesystem."),
    Counter("blk_map", 4, "node_xfs_block_mapping_extent_list_deletions_total",
            "Number of extent list deletions for a filesystem."),
    Counter("blk_map", 5, "node_xfs_block_mapping_extent_list_lookups_total",
            "Number of extent list lookups for a filesystem."),
    Counter("blk_map", 6, "node_xfs_block_mapping_extent_list_compares_total",
            "Number of extent list compares for a filesystem."),
    Counter("bmbt", 0, "node_xfs_block_map_btree_lookups_total",
            "Number of block map B-tree lookups for a filesystem."),
    Counter("bmbt", 1, "node_xfs_block_map_btree_compares_total",
            "Number of block map B-tree compares for a filesystem."),
    Counter("bmbt", 2, "node_xfs_block_map_btree_records_inserted_total",
            "Number of block map B-tree records inserted for a filesystem."),
    Counter("bmbt", 3, "node_xfs_block_map_btree_records_deleted_total",
            "Number of block map B-tree records deleted for a filesystem."),
    Counter("dir", 0, "node_xfs_directory_operation_lookup_total",
            "Number of file name directory lookups which miss the operating systems directory name "
            "lookup cache."),
    Counter("dir", 1, "node_xfs_directory_operation_create_total",
            "Number of times a new directory entry was created for a filesystem."),
    Counter("dir", 2, "node_xfs_directory_operation_remove_total",
            "Number of times an existing directory entry was created for a filesystem."),
    Counter("dir", 3, "node_xfs_directory_operation_getdents_total",
            "Number of times the directory getdents operation was performed for a filesystem."),
    Counter("ig", 0, "node_xfs_inode_operation_attempts_total",
            "Number of times the OS looked for an XFS inode in the inode cache."),
    Counter("ig", 1, "node_xfs_inode_operation_found_total",
            "Number of times the OS looked for and found an XFS inode in the inode cache."),
    Counter("ig", 2, "node_xfs_inode_operation_recycled_total",
            "Number of times the OS found an XFS inode in the cache, but could not use it as it "
            "was being recycled."),
    Counter("ig", 3, "node_xfs_inode_operation_missed_total",
            "Number of times the OS looked for an XFS inode in the cache, but did not find it."),
    Counter("ig", 4, "node_xfs_inode_operation_duplicates_total",
            "Number of times the OS tried to add a missing XFS inode to the inode cache, but found "
            "it had already been added by another process."),
    Counter("ig", 5, "node_xfs_inode_operation_reclaims_total",
            "Number of times the OS reclaimed an XFS inode from the inode cache to free memory for "
            "another purpose."),
    Counter("ig", 6, "node_xfs_inode_operation_attribute_changes_total",
            "Number of times the OS explicitly changed the attributes of an XFS inode."),
    Counter("rw", 1, "node_xfs_read_calls_total",
            "Number of read(2) system calls made to files in a filesystem."),
    Counter("rw", 0, "node_xfs_write_calls_total",
            "Number of write(2) system calls made to files in a filesystem."),
    Counter("vnodes", 0, "node_xfs_vnode_active_total",
            "Number of vnodes not on free lists for a filesystem."),
    Counter("vnodes", 1, "node_xfs_vnode_allocate_total",
            "Number of times vn_alloc called for a filesystem."),
    Counter("vnodes", 2, "node_xfs_vnode_get_total",
            "Number of times vn_get called for a filesystem."),
    Counter("vnodes", 3, "node_xfs_vnode_hold_total",
            "Number of times vn_hold called for a filesystem."),
    Counter("vnodes", 4, "node_xfs_vnode_release_total",
            "Number of times vn_rele called for a filesystem."),
    Counter("vnodes", 5, "node_xfs_vnode_reclaim_total",
            "Number of times vn_reclaim called for a filesystem."),
    Counter("vnodes", 6, "node_xfs_vnode_remove_total",
            "Number of times vn_remove called for a filesystem."),
};

// Returns how many numbers the line must have; 0 if nothing of it is published.
std::size_t FewestNumbers(std::string_view line) {
  std::size_t fewest = 0;
  for (const Column& column : kColumns) {
    if (column.line == line) fewest = std::max(fewest, column.index + 1);
  }
  return fewest;
}

}  // namespace

absl::StatusOr<XfsStats> ParseXfsStats(std::string_view stats) {
  RETURN_IF_ERROR(CheckWholeLines(stats, "xfs/stats"));
  XfsStats lines;
  while (!stats.empty()) {
    const std::string_view whole = TakeUntil(&stats, '\n');
    std::string_view line = whole;
    const std::string_view word = TakeField(&line);
    const std::size_t fewest = FewestNumbers(word);
    if (fewest == 0) continue;
    std::vector<std::uint64_t> numbers;
    for (std::string_view field = TakeField(&line); !field.empty(); field = TakeField(&line)) {
      const auto number = ParseNumber<std::uint64_t>(field);
      if (!number) return BadLine("xfs/stats", whole);
      numbers.push_back(*number);
    }
    if (numbers.size() < fewest) return BadLine("xfs/stats", whole);
    lines.insert_or_assign(std::string(word), std::move(numbers));
  }
  return lines;
}

absl::Status XfsCollector::Collect(MetricWriter* writer) {
  const absl::StatusOr<std::vector<std::string>> devices = procfs_->ListSys("fs/xfs");
  if (absl::IsNotFound(devices.status())) return absl::OkStatus();
  RETURN_IF_ERROR(devices.status());
  std::map<std::string, XfsStats> stats_of;  // by device
  for (const std::string& device : *devices) {
    const auto text = procfs_->ReadSys(absl::StrFormat("fs/xfs/%s/stats/stats", device));
    if (absl::IsNotFound(text.status())) continue;  // not a filesystem, or just unmounted
    RETURN_IF_ERROR(text.status());
    ASSIGN_OR_RETURN(stats_of[device], ParseXfsStats(*text));
  }
  for (const auto& [device, stats] : stats_of) {
    for (const Column& column : kColumns) {
      const auto line = stats.find(column.line);
      if (line == stats.end()) continue;
      writer->Add(column.family, static_cast<double>(line->second[column.index]), device);
    }
  }
  return absl::OkStatus();
}

}  // namespace syspulse
