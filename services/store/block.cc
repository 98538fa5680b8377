#include "services/store/block.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/store/log_format.h"

namespace syspulse {
namespace {

// A call of the system takes as long as copying so many bytes: a group is read at once if its
// columns would cost more one by one.
constexpr std::size_t kBytesPerCall = 8192;
constexpr std::size_t kMostLoaded = 1 << 20;  // bytes of a group: queries open several

// A group of a block.
class BlockRows final : public RowGroup {
 public:
  // `bytes` are what the view looks at; null: the file of the block.
  BlockRows(BlockPtr block, const BlockGroup* group, std::unique_ptr<const ByteSource> bytes,
            GroupView view)
      : block_(std::move(block)), group_(group), bytes_(std::move(bytes)), view_(std::move(view)) {}

  const std::string& host() const override { return group_->host; }
  const std::string& source() const override { return group_->source; }
  const SchemaPtr& schema() const override { return group_->schema; }
  MillisRange range() const override {
    return {.first_ms = group_->first_ms, .last_ms = group_->last_ms};
  }
  std::size_t rows() const override { return view_.rows(); }
  absl::Status ReadTimes(std::span<std::int64_t> out) const override {
    return view_.ReadTimes(out);
  }
  absl::Status ReadColumn(std::size_t column, std::span<double> out) const override {
    return view_.ReadColumn(column, out);
  }
  bool HoldsNumbers(std::size_t column) const override { return view_.HoldsNumbers(column); }

 private:
  const BlockPtr block_;  // owns what the others point into
  const BlockGroup* const group_;
  const std::unique_ptr<const ByteSource> bytes_;
  const GroupView view_;
};

}  // namespace

std::string BlockName(const SegmentRange& segments) {
  return absl::StrFormat("%s-%s%s", SegmentText(segments.first), SegmentText(segments.last),
                         kBlockSuffix);
}

std::optional<SegmentRange> BlockSegments(std::string_view name) {
  if (!name.ends_with(kBlockSuffix)) return std::nullopt;
  name.remove_suffix(kBlockSuffix.size());
  const std::size_t dash = name.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = SegmentNumber(name.substr(0, dash));
  const auto last = SegmentNumber(name.substr(dash + 1));
  if (!first.has_value() || !last.has_value() || *last < *first) return std::nullopt;
  return SegmentRange{.first = *first, .last = *last};
}

absl::StatusOr<BlockPtr> Block::Open(FileSystem* files, const std::string& directory,
                                     const SegmentRange& segments, SharedSchemas* schemas) {
  ASSIGN_OR_RETURN(
      std::unique_ptr<const BlockReader> reader,
      BlockReader::Open(files, directory + "/" + BlockName(segments),
                        [=](SchemaPtr schema) { return schemas->Share(std::move(schema)); }));
  return BlockPtr(new Block(segments, std::move(reader)));
}

Block::Block(const SegmentRange& segments, std::unique_ptr<const BlockReader> reader)
    : segments_(segments), reader_(std::move(reader)) {
  const std::vector<BlockGroup>& groups = reader_->groups();
  for (std::uint32_t i = 0; i < groups.size(); ++i) {
    places_[Key(groups[i].host, groups[i].source)].push_back(i);
  }
  usual_range_ = FindUsualRange();
  for (const auto& [key, places] : places_) {
    std::int64_t rows = 0;
    for (const std::uint32_t place : places) rows += static_cast<std::int64_t>(groups[place].rows);
    most_rows_ = std::max(most_rows_, rows);
  }
}

MillisRange Block::FindUsualRange() const {
  std::vector<std::int64_t> firsts;
  std::vector<std::int64_t> lasts;
  for (const auto& [key, places] : places_) {
    MillisRange range{.first_ms = reader_->last_ms(), .last_ms = reader_->first_ms()};
    for (const std::uint32_t place : places) {
      const BlockGroup& group = reader_->groups()[place];
      range.first_ms = std::min(range.first_ms, group.first_ms);
      range.last_ms = std::max(range.last_ms, group.last_ms);
    }
    firsts.push_back(range.first_ms);
    lasts.push_back(range.last_ms);
  }
  if (firsts.empty()) return range();
  const auto middle = static_cast<std::ptrdiff_t>(firsts.size() / 2);
  std::ranges::nth_element(firsts, firsts.begin() + middle);
  std::ranges::nth_element(lasts, lasts.begin() + middle);
  return {.first_ms = firsts[firsts.size() / 2], .last_ms = lasts[lasts.size() / 2]};
}

bool Block::Has(std::string_view host) const {
  const auto found = places_.lower_bound(Key(host, ""));
  return found != places_.end() && found->first.first == host;
}

const std::vector<std::uint32_t>& Block::GroupsOf(std::string_view host,
                                                  std::string_view source) const {
  const auto found = places_.find(Key(host, source));
  return found == places_.end() ? nowhere_ : found->second;
}

absl::StatusOr<RowGroupPtr> Block::OpenGroup(std::size_t index, std::size_t columns) const {
  const BlockGroup& group = reader_->groups()[index];
  std::unique_ptr<const ByteSource> bytes;
  if (group.size <= kMostLoaded && group.size / kBytesPerCall <= columns) {
    ASSIGN_OR_RETURN(bytes, reader_->LoadGroup(index));
  }
  ASSIGN_OR_RETURN(GroupView view, bytes == nullptr ? reader_->OpenGroup(index)
                                                    : reader_->OpenGroup(index, *bytes));
  return std::make_shared<const BlockRows>(shared_from_this(), &group, std::move(bytes),
                                           std::move(view));
}

}  // namespace syspulse
