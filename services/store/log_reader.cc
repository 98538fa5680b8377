#include "services/store/log_reader.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/store/bytes.h"
#include "services/store/log_format.h"
#include "services/store/row_codec.h"
#include "services/store/schema_codec.h"

namespace syspulse {
namespace {

constexpr std::int64_t kMostSegmentBytes = std::int64_t{1}
                                           << 30;  // ten times what the store writes

// A stretch of bytes that is no record.
struct Gap {
  std::size_t begin = 0;
  std::size_t end = 0;
};

class SegmentReader {
 public:
  SegmentReader(std::string_view bytes, std::uint64_t number, std::string_view name,
                const FindSchema& find_schema, const OnLogRow& on_row)
      : bytes_(bytes), number_(number), name_(name), find_schema_(find_schema), on_row_(on_row) {}

  LogReadResult Read() {
    std::size_t place = 0;
    if (IsLogHeader(bytes_, number_)) {
      place = kLogHeaderSize;
    } else {
      place = SkipGap(0);
    }
    while (place < bytes_.size()) {
      const std::optional<std::string_view> payload = RecordAt(place);
      if (payload.has_value()) {
        records_.push_back({.place = place, .payload = *payload});
        place += kRecordHeaderSize + payload->size();
      } else {
        place = SkipGap(place);
      }
    }
    // A schema whose first record is damaged stands behind some of its rows.
    ReadRecords([](RecordKind kind) { return kind == RecordKind::kSchema; });
    ReadRecords([](RecordKind kind) { return kind != RecordKind::kSchema; });
    JudgeGaps();
    return std::move(result_);
  }

 private:
  struct Record {
    std::size_t place = 0;
    std::string_view payload;  // never empty
  };

  // The last whole row of a group.
  struct Group {
    std::uint64_t whole_count = 0;
    std::string host;
    std::string source;
    SchemaPtr schema;
    std::vector<double> whole_values;
  };

  // Returns the payload of the record at `place`, nothing if there is none.
  std::optional<std::string_view> RecordAt(std::size_t place) const {
    ByteReader reader(bytes_.substr(place));
    const auto magic = reader.Fixed<std::uint32_t>();
    const auto length = reader.Fixed<std::uint32_t>();
    const auto checksum = reader.Fixed<std::uint64_t>();
    if (!reader.ok() || magic != kRecordMagic || length == 0 || length > kMostRecordBytes) {
      return std::nullopt;
    }
    const std::string_view payload = reader.Take(length);
    if (!reader.ok() || RecordChecksum(payload, number_) != checksum) return std::nullopt;
    return payload;
  }

  // Returns where the next whole record behind `place` stands, the end if there is none.
  std::size_t SkipGap(std::size_t place) {
    char magic[sizeof(kRecordMagic)];
    std::memcpy(magic, &kRecordMagic, sizeof(magic));
    std::size_t next = place;
    do {
      next = bytes_.find(std::string_view(magic, sizeof(magic)), next + 1);
    } while (next != std::string_view::npos && !RecordAt(next).has_value());
    next = std::min(next, bytes_.size());
    gaps_.push_back({.begin = place, .end = next});
    return next;
  }

  void ReadRecords(bool (*is_wanted)(RecordKind kind)) {
    for (const auto& [place, payload] : records_) {
      if (!is_wanted(static_cast<RecordKind>(payload.front()))) continue;
      if (!ReadRecord(payload)) Damage(place, "a whole record makes no sense");
    }
  }

  bool ReadRecord(std::string_view payload) {
    const auto kind = static_cast<RecordKind>(payload.front());
    ByteReader reader(payload.substr(1));
    switch (kind) {
      case RecordKind::kSchema:
        return ReadSchema(reader.rest());
      case RecordKind::kWhole:
        return ReadWhole(&reader);
      case RecordKind::kChanged:
        return ReadChanged(&reader);
      case RecordKind::kMark:
        synced_ = std::max(synced_, reader.Fixed<std::uint64_t>());
        return reader.ok();
      case RecordKind::kPart:
        return ReadPart(&reader);
    }
    return false;
  }

  bool ReadSchema(std::string_view bytes) {
    absl::StatusOr<SchemaPtr> schema = DecodeSchema(bytes);
    if (!schema.ok()) return false;
    schemas_[(*schema)->id()] = *std::move(schema);
    return true;
  }

  SchemaPtr SchemaOf(std::uint64_t id) const {
    const auto found = schemas_.find(id);
    return found != schemas_.end() ? found->second : find_schema_(id);
  }

  bool ReadWhole(ByteReader* reader) {
    Group& group = groups_[reader->Varint()];
    group.whole_count = reader->Varint();
    group.host = reader->String();
    group.source = reader->String();
    const auto schema_id = reader->Fixed<std::uint64_t>();
    const auto time_ms = reader->Fixed<std::int64_t>();
    const std::uint64_t columns = reader->Varint();
    group.schema = SchemaOf(schema_id);
    if (!reader->ok()) return false;
    if (group.schema == nullptr) {
      Lose(absl::StrFormat("the schema %016x of host %s is damaged", schema_id, group.host));
      return true;
    }
    group.whole_values.resize(group.schema->series().size());
    if (columns != group.whole_values.size() ||
        !DecodeRow(reader->rest(), {}, group.whole_values)) {
      group.schema = nullptr;
      return false;
    }
    Emit(group, time_ms, group.whole_values);
    return true;
  }

  bool ReadChanged(ByteReader* reader) {
    const auto found = groups_.find(reader->Varint());
    const std::uint64_t whole_count = reader->Varint();
    const auto time_ms = reader->Fixed<std::int64_t>();
    if (!reader->ok()) return false;
    if (found == groups_.end() || found->second.schema == nullptr ||
        found->second.whole_count != whole_count) {
      Lose("the row that others build on is damaged");
      return true;
    }
    const Group& group = found->second;
    values_.resize(group.whole_values.size());
    if (!DecodeRow(reader->rest(), group.whole_values, values_)) return false;
    Emit(group, time_ms, values_);
    return true;
  }

  bool ReadPart(ByteReader* reader) {
    const std::string host(reader->String());
    const std::string source(reader->String());
    const auto schema_id = reader->Fixed<std::uint64_t>();
    const auto time_ms = reader->Fixed<std::int64_t>();
    const std::uint64_t columns = reader->Varint();
    if (!reader->ok()) return false;
    const SchemaPtr schema = SchemaOf(schema_id);
    if (schema == nullptr) {
      Lose(absl::StrFormat("the schema %016x of host %s is damaged", schema_id, host));
      return true;
    }
    values_.resize(schema->series().size());
    if (columns != values_.size() || !DecodePart(reader->rest(), values_)) return false;
    ++result_.rows;
    on_row_({.host = host,
             .source = source,
             .schema = schema,
             .time_ms = time_ms,
             .values = values_,
             .part = true});
    return true;
  }

  void Emit(const Group& group, std::int64_t time_ms, std::span<const double> values) {
    ++result_.rows;
    on_row_({.host = group.host,
             .source = group.source,
             .schema = group.schema,
             .time_ms = time_ms,
             .values = values});
  }

  void Lose(const std::string& why) {
    ++result_.lost_rows;
    if (loss_.empty()) loss_ = absl::StrFormat("read %s: %s", name_, why);
  }

  void Damage(std::size_t place, std::string_view what) {
    ++result_.damaged_records;
    if (!result_.damage.empty()) return;
    result_.damage = absl::StrFormat("read %s at byte %d: %s", name_, place, what);
  }

  // Tells damage from the trace of a crash, which can only be where nothing was synced.
  void JudgeGaps() {
    for (const Gap& gap : gaps_) {
      // What stands behind the header was written when that was synced.
      const bool is_header = gap.begin == 0 && bytes_.size() > kLogHeaderSize;
      if (is_header && gap.end == kLogHeaderSize) {
        result_.damage =
            absl::StrFormat("read %s: its header is damaged, which costs no row", name_);
      } else if (is_header || gap.begin < synced_) {
        Damage(gap.begin, absl::StrFormat("%d bytes are damaged", gap.end - gap.begin));
      } else {
        result_.torn_bytes += static_cast<std::int64_t>(gap.end - gap.begin);
      }
    }
    // Rows whose reference a crash took were not synced either.
    if (result_.damaged_records == 0 && result_.torn_bytes > 0) result_.lost_rows = 0;
    if (result_.lost_rows > 0 && result_.damage.empty()) result_.damage = loss_;
  }

  const std::string_view bytes_;
  const std::uint64_t number_;
  const std::string_view name_;
  const FindSchema& find_schema_;
  const OnLogRow& on_row_;
  std::vector<Record> records_;
  std::map<std::uint64_t, SchemaPtr> schemas_;  // by id
  std::map<std::uint64_t, Group> groups_;       // by number
  std::vector<double> values_;                  // of the row at hand
  std::vector<Gap> gaps_;
  std::string loss_;          // why the first lost row is lost
  std::uint64_t synced_ = 0;  // bytes that a mark says were synced
  LogReadResult result_;
};

}  // namespace

LogReadResult ReadLog(std::string_view bytes, std::uint64_t number, std::string_view name,
                      const FindSchema& find_schema, const OnLogRow& on_row) {
  return SegmentReader(bytes, number, name, find_schema, on_row).Read();
}

absl::StatusOr<LogReadResult> ReadLogFile(FileSystem* files, const std::string& path,
                                          std::uint64_t number, const FindSchema& find_schema,
                                          const OnLogRow& on_row) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadWholeFile(files, path, kMostSegmentBytes));
  return ReadLog(bytes, number, path, find_schema, on_row);
}

}  // namespace syspulse
