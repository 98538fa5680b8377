// A block as the store knows it: an immutable file, which rows of the log it took over, and where
// the rows of each source stand in it.
//
// Its name says which segments of the log it holds: `0000000012-0000000015.block` has all that was
// in segments 12 to 15. So a start needs no list of what is valid: segments that a block holds are
// done with, and so are blocks whose segments another block holds.
#ifndef SERVICES_STORE_BLOCK_H_
#define SERVICES_STORE_BLOCK_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/store/block_reader.h"
#include "services/store/file_system.h"
#include "services/store/row_group.h"
#include "services/store/shared_schemas.h"

namespace syspulse {

inline constexpr std::string_view kBlockSuffix = ".block";

// Numbers of segments of the log; both ends belong to it.
struct SegmentRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;

  bool Holds(const SegmentRange& other) const { return first <= other.first && other.last <= last; }
  bool operator==(const SegmentRange&) const = default;
};

std::string BlockName(const SegmentRange& segments);

// Returns the segments of the block of that name; nothing if it is the name of something else.
std::optional<SegmentRange> BlockSegments(std::string_view name);

// Thread-safe. Stays readable when its file is removed.
class Block : public std::enable_shared_from_this<Block> {
 public:
  // Opens the block of these segments; it shares what schemas it can. DataLoss if it is not whole.
  static absl::StatusOr<std::shared_ptr<const Block>> Open(FileSystem* files,
                                                           const std::string& directory,
                                                           const SegmentRange& segments,
                                                           SharedSchemas* schemas);

  const SegmentRange& segments() const { return segments_; }
  const BlockReader& reader() const { return *reader_; }
  MillisRange range() const {
    return {.first_ms = reader_->first_ms(), .last_ms = reader_->last_ms()};
  }

  // Returns from when to when most sources have rows: the medians of their first and last times. A
  // few hosts whose clocks are years ahead or behind do not change it.
  const MillisRange& usual_range() const { return usual_range_; }

  // Returns how many rows the source has that has the most of them.
  std::int64_t most_rows() const { return most_rows_; }

  // Returns whether there are rows of the host.
  bool Has(std::string_view host) const;

  // Returns the places in reader().groups() of the groups of one source.
  const std::vector<std::uint32_t>& GroupsOf(std::string_view host, std::string_view source) const;

  // Opens the group at that place of reader().groups(), to read about so many of its columns. It
  // keeps this alive. DataLoss if it is damaged.
  absl::StatusOr<RowGroupPtr> OpenGroup(std::size_t index, std::size_t columns = 1) const;

 private:
  using Key = std::pair<std::string_view, std::string_view>;  // host and source, of groups()

  Block(const SegmentRange& segments, std::unique_ptr<const BlockReader> reader);

  MillisRange FindUsualRange() const;

  const SegmentRange segments_;
  const std::unique_ptr<const BlockReader> reader_;
  std::map<Key, std::vector<std::uint32_t>> places_;
  const std::vector<std::uint32_t> nowhere_;
  MillisRange usual_range_;
  std::int64_t most_rows_ = 0;
};

using BlockPtr = std::shared_ptr<const Block>;

}  // namespace syspulse

#endif  // SERVICES_STORE_BLOCK_H_
