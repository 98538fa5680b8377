#include "services/store/group_codec.h"

#include <xxhash.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/store/bytes.h"
#include "services/store/integer_codec.h"
#include "services/store/zigzag.h"

namespace syspulse {
namespace {

// Size of the rest of the header (32 bits) and its checksum (64 bits).
constexpr std::size_t kPrefixSize = 12;
// As much is read at first: with hundreds of columns the header fits.
constexpr std::size_t kFirstRead = 2048;
constexpr std::size_t kPartChecksumSize = sizeof(std::uint32_t);

std::uint64_t Checksum(std::string_view bytes) { return XXH64(bytes.data(), bytes.size(), 0); }

// Parts of a group are small, and many: half of the checksum is enough for each.
void PutPart(std::string_view part, std::string* out) {
  out->append(part);
  PutFixed(static_cast<std::uint32_t>(Checksum(part)), out);
}

// Returns the part without its checksum, or nothing if that does not fit.
std::optional<std::string_view> CheckPart(std::string_view bytes) {
  if (bytes.size() < kPartChecksumSize) return std::nullopt;
  const std::string_view part = bytes.substr(0, bytes.size() - kPartChecksumSize);
  ByteReader checksum(bytes.substr(part.size()));
  if (checksum.Fixed<std::uint32_t>() != static_cast<std::uint32_t>(Checksum(part))) {
    return std::nullopt;
  }
  return part;
}

std::string EncodeTimes(std::span<const std::int64_t> times_ms) {
  std::vector<std::int64_t> since_first(times_ms.begin(), times_ms.end());
  for (std::int64_t& time : since_first) time -= times_ms.front();
  std::string bytes;
  EncodeIntegers(since_first, &bytes);
  return bytes;
}

}  // namespace

GroupEncoder::GroupEncoder(std::span<const std::int64_t> times_ms)
    : times_ms_(times_ms.begin(), times_ms.end()) {}

void GroupEncoder::AddColumn(std::span<const double> values) {
  const std::string column = encoder_.Encode(values);
  const std::size_t before = columns_.size();
  if (!column.empty()) PutPart(column, &columns_);
  column_sizes_.push_back(columns_.size() - before);
}

std::string GroupEncoder::Finish() {
  std::string times;
  PutPart(EncodeTimes(times_ms_), &times);
  std::string header;
  PutVarint(times_ms_.size(), &header);
  PutSignedVarint(times_ms_.front(), &header);
  PutVarint(static_cast<std::uint64_t>(times_ms_.back() - times_ms_.front()), &header);
  PutVarint(times.size(), &header);
  PutVarint(column_sizes_.size(), &header);
  for (const std::size_t size : column_sizes_) PutVarint(size, &header);
  std::string bytes;
  PutFixed(static_cast<std::uint32_t>(header.size()), &bytes);
  PutFixed(Checksum(header), &bytes);
  bytes += header;
  bytes += times;
  bytes += columns_;
  return bytes;
}

absl::StatusOr<GroupView> GroupView::Open(const ByteSource* source, std::int64_t offset,
                                          std::size_t size, std::string_view name) {
  const auto damaged = [name](std::string_view what) {
    return absl::DataLossError(absl::StrFormat("group %s: %s", name, what));
  };
  std::string buffer;
  ASSIGN_OR_RETURN(std::string_view bytes,
                   source->Read(offset, std::min(size, kFirstRead), &buffer));
  ByteReader prefix(bytes);
  const auto header_size = prefix.Fixed<std::uint32_t>();
  const auto checksum = prefix.Fixed<std::uint64_t>();
  if (!prefix.ok() || header_size > size - kPrefixSize) return damaged("its header is cut off");
  if (header_size > bytes.size() - kPrefixSize) {
    ASSIGN_OR_RETURN(bytes, source->Read(offset, kPrefixSize + header_size, &buffer));
  }
  const std::string_view header = bytes.substr(kPrefixSize, header_size);
  if (Checksum(header) != checksum) return damaged("its header does not match its checksum");
  ByteReader reader(header);
  const std::uint64_t rows = reader.Varint();
  const std::int64_t first_ms = TakeSignedVarint(&reader);
  const std::uint64_t duration_ms = reader.Varint();
  const std::uint64_t times_size = reader.Varint();
  std::vector<std::uint32_t> column_ends(reader.Count());
  const std::size_t times_begin = kPrefixSize + header_size;
  const std::size_t room = size - times_begin;
  if (!reader.ok() || rows == 0 || rows > kMostGroupRows || duration_ms > INT64_MAX / 2 ||
      column_ends.size() > kMostGroupColumns || times_size > room) {
    return damaged("its header makes no sense");
  }
  std::uint64_t end = 0;
  for (std::uint32_t& column_end : column_ends) {
    const std::uint64_t column_size = reader.Varint();
    if (column_size > room - times_size - end) return damaged("its columns are cut off");
    column_end = static_cast<std::uint32_t>(end += column_size);
  }
  if (!reader.ok() || !reader.rest().empty() || end + times_size != room) {
    return damaged("its parts do not fill it");
  }
  return GroupView(std::make_shared<const Parts>(Parts{
      .source = source,
      .name = std::string(name),
      .offset = offset,
      .rows = static_cast<std::size_t>(rows),
      .first_ms = first_ms,
      .last_ms = static_cast<std::int64_t>(static_cast<std::uint64_t>(first_ms) + duration_ms),
      .times_begin = times_begin,
      .columns_begin = times_begin + static_cast<std::size_t>(times_size),
      .column_ends = std::move(column_ends)}));
}

absl::Status GroupView::ReadTimes(std::span<std::int64_t> out) const {
  std::string buffer;
  ASSIGN_OR_RETURN(
      const std::string_view bytes,
      parts_->source->Read(parts_->offset + static_cast<std::int64_t>(parts_->times_begin),
                           parts_->columns_begin - parts_->times_begin, &buffer));
  const auto part = CheckPart(bytes);
  if (!part) return Damaged("its times do not match their checksum");
  if (!DecodeIntegers(*part, out.first(parts_->rows))) return Damaged("its times make no sense");
  for (std::int64_t& time : out) {
    time = static_cast<std::int64_t>(static_cast<std::uint64_t>(time) +
                                     static_cast<std::uint64_t>(parts_->first_ms));
  }
  if (out.front() != parts_->first_ms || out.back() != parts_->last_ms ||
      !std::ranges::is_sorted(out)) {
    return Damaged("its times are not those of its header");
  }
  return absl::OkStatus();
}

absl::Status GroupView::ReadColumn(std::size_t column, std::span<double> out) const {
  std::string buffer;
  ASSIGN_OR_RETURN(const ColumnView view, ParseColumn(column, &buffer));
  if (view.reference_distance() == 0) {
    if (view.Decode(nullptr, out)) return absl::OkStatus();
    return Damaged(absl::StrFormat("column %d makes no sense", column));
  }
  std::string reference_buffer;
  ASSIGN_OR_RETURN(const ColumnView reference, ParseReference(column, view, &reference_buffer));
  if (view.Decode(&reference, out)) return absl::OkStatus();
  return Damaged(absl::StrFormat("column %d makes no sense relative to column %d", column,
                                 column - view.reference_distance()));
}

absl::StatusOr<ColumnView> GroupView::ParseReference(std::size_t column, const ColumnView& view,
                                                     std::string* buffer) const {
  if (view.reference_distance() > column) {
    return Damaged(absl::StrFormat("column %d is relative to none", column));
  }
  return ParseColumn(column - view.reference_distance(), buffer);
}

bool GroupView::HoldsNumbers(std::size_t column) const {
  std::string buffer;
  const absl::StatusOr<ColumnView> view = ParseColumn(column, &buffer);
  if (!view.ok() || !view->Stats().numbers) return false;
  if (view->reference_distance() == 0) return true;
  std::string reference_buffer;
  return ParseReference(column, *view, &reference_buffer).ok();
}

absl::StatusOr<ColumnStats> GroupView::ReadStats(std::size_t column) const {
  std::string buffer;
  ASSIGN_OR_RETURN(const ColumnView view, ParseColumn(column, &buffer));
  return view.Stats();
}

absl::StatusOr<ColumnView> GroupView::ParseColumn(std::size_t column, std::string* buffer) const {
  if (column >= columns()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("column %d of the %d of group %s", column, columns(), parts_->name));
  }
  const std::size_t begin = column == 0 ? 0 : parts_->column_ends[column - 1];
  const std::size_t size = parts_->column_ends[column] - begin;
  std::string_view bytes;
  if (size > 0) {
    ASSIGN_OR_RETURN(
        bytes, parts_->source->Read(
                   parts_->offset + static_cast<std::int64_t>(parts_->columns_begin + begin), size,
                   buffer));
    const auto part = CheckPart(bytes);
    if (!part) return Damaged(absl::StrFormat("column %d does not match its checksum", column));
    bytes = *part;
    if (bytes.empty()) return Damaged(absl::StrFormat("column %d is empty", column));
  }
  if (auto view = ColumnView::Parse(bytes, rows())) return *std::move(view);
  return Damaged(absl::StrFormat("column %d makes no sense", column));
}

absl::Status GroupView::Damaged(std::string_view what) const {
  return absl::DataLossError(absl::StrFormat("group %s: %s", parts_->name, what));
}

absl::Status GroupView::Verify() const {
  std::vector<std::int64_t> times(rows());
  RETURN_IF_ERROR(ReadTimes(times));
  std::vector<double> values(rows());
  for (std::size_t column = 0; column < columns(); ++column) {
    RETURN_IF_ERROR(ReadColumn(column, values));
  }
  return absl::OkStatus();
}

}  // namespace syspulse
