// A group: the rows of one source of one host, with one schema, over some time, as bytes.
//
// Frames come as rows and are asked for as columns. A group turns them: the times once, shared by
// all columns, and each column encoded by what suits it best (column_encoder.h). Every part that is
// read alone, which are the header, the times and each column, has a checksum of its own, so damage
// costs only what it hits. FORMAT.md draws the bytes.
//
//   GroupEncoder encoder(times_ms);
//   for (const auto& column : columns) encoder.AddColumn(column);
//   const std::string bytes = encoder.Finish();
//
//   const MemoryBytes source(bytes);
//   ASSIGN_OR_RETURN(const GroupView group, GroupView::Open(&source, 0, bytes.size(), "web-1"));
//   std::vector<double> values(group.rows());
//   RETURN_IF_ERROR(group.ReadColumn(7, values));
#ifndef SERVICES_STORE_GROUP_CODEC_H_
#define SERVICES_STORE_GROUP_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/byte_source.h"
#include "services/store/column_encoder.h"
#include "services/store/column_view.h"

namespace syspulse {

// Bounds what one group takes in memory, and what damaged bytes can ask for.
inline constexpr std::size_t kMostGroupRows = 65'536;
inline constexpr std::size_t kMostGroupColumns = 1'048'576;

// Encodes one group. Confined to one thread.
class GroupEncoder {
 public:
  // `times_ms` are milliseconds since the Unix epoch, one for each row, ascending, at least one and
  // at most kMostGroupRows. They are copied.
  explicit GroupEncoder(std::span<const std::int64_t> times_ms);

  // Adds the next column: a value for each row, NaN = not measured. At most kMostGroupColumns.
  void AddColumn(std::span<const double> values);

  // Returns the bytes. The encoder is not used again.
  std::string Finish();

 private:
  const std::vector<std::int64_t> times_ms_;
  ColumnEncoder encoder_;
  std::vector<std::size_t> column_sizes_;  // in bytes, with checksum; 0 = a column of zeros
  std::string columns_;                    // what stands behind header and times
};

// Where the parts of a group stand. Its columns are decoded when they are asked for. Copies are
// cheap. Thread-safe, as it never changes.
class GroupView {
 public:
  // Reads and checks the header of the group that stands in `source`, `size` bytes from `offset`
  // on. `source` must outlive the view. DataLoss if it is damaged; `name` is what errors call it.
  static absl::StatusOr<GroupView> Open(const ByteSource* source, std::int64_t offset,
                                        std::size_t size, std::string_view name);

  std::size_t rows() const { return parts_->rows; }
  std::size_t columns() const { return parts_->column_ends.size(); }
  std::int64_t first_ms() const { return parts_->first_ms; }  // of the first row
  std::int64_t last_ms() const { return parts_->last_ms; }    // of the last row

  // Fill `out`, which has rows() elements. DataLoss, which names the part, if it is damaged; then
  // the content of `out` is not specified.
  absl::Status ReadTimes(std::span<std::int64_t> out) const;
  absl::Status ReadColumn(std::size_t column, std::span<double> out) const;

  // Returns how many bytes a column takes, checksum included.
  std::size_t ColumnSize(std::size_t column) const {
    return parts_->column_ends[column] - (column == 0 ? 0 : parts_->column_ends[column - 1]);
  }

  // Returns what is known of a column without decoding its values. DataLoss as above.
  absl::StatusOr<ColumnStats> ReadStats(std::size_t column) const;

  // Returns whether all values of a column are known, without decoding them, to be neither NaN nor
  // infinite. A column that is damaged, or relative to one that is, has none that are known.
  bool HoldsNumbers(std::size_t column) const;

  // Decodes everything: OK if no part is damaged.
  absl::Status Verify() const;

 private:
  struct Parts {
    const ByteSource* source = nullptr;
    std::string name;
    std::int64_t offset = 0;  // of the group in the source, bytes
    std::size_t rows = 0;
    std::int64_t first_ms = 0;
    std::int64_t last_ms = 0;
    std::size_t times_begin = 0;             // relative to `offset`, bytes
    std::size_t columns_begin = 0;           // where times end
    std::vector<std::uint32_t> column_ends;  // relative to columns_begin, bytes
  };

  explicit GroupView(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}

  // Returns the column that `view`, which is at place `column`, is relative to; DataLoss if there
  // is none.
  absl::StatusOr<ColumnView> ParseReference(std::size_t column, const ColumnView& view,
                                            std::string* buffer) const;
  // Returns a column whose bytes stand in the source or in `*buffer`.
  absl::StatusOr<ColumnView> ParseColumn(std::size_t column, std::string* buffer) const;
  absl::Status Damaged(std::string_view what) const;

  std::shared_ptr<const Parts> parts_;
};

}  // namespace syspulse

#endif  // SERVICES_STORE_GROUP_CODEC_H_
