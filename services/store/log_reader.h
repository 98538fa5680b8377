// Reads one segment of the log, whatever a crash or a bad disk has left of it.
//
// A segment that ends in the middle of a record is what a crash leaves, and no damage. Bytes that
// are no record and were once synced are damage: they are skipped, counted and put in words, and
// reading goes on with the next record that is whole.
#ifndef SERVICES_STORE_LOG_READER_H_
#define SERVICES_STORE_LOG_READER_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/model/metric.h"
#include "services/store/file_system.h"

namespace syspulse {

// One row, valid during the call it is given to.
struct LogRow {
  const std::string& host;
  const std::string& source;
  const SchemaPtr& schema;
  std::int64_t time_ms = 0;  // Unix
  std::span<const double> values;
  bool part = false;  // what is absent may stand in other rows of the same time
};

// What became of a segment.
struct LogReadResult {
  std::int64_t rows = 0;             // handed out
  std::int64_t damaged_records = 0;  // stretches of bytes that should be records and are none
  std::int64_t lost_rows = 0;        // whole, but what they build on is damaged
  std::int64_t torn_bytes = 0;       // at the end, never synced
  std::string damage;                // the first damage in words; empty if there is none

  bool operator==(const LogReadResult&) const = default;
};

using FindSchema = std::function<SchemaPtr(std::uint64_t id)>;
using OnLogRow = std::function<void(const LogRow&)>;

// Hands the rows of segment `number`, whose bytes these are, to `on_row`, in the order they were
// written. `find_schema` is asked for schemas that the segment lacks; it returns null for those it
// does not know. `name` is what errors call the segment.
LogReadResult ReadLog(std::string_view bytes, std::uint64_t number, std::string_view name,
                      const FindSchema& find_schema, const OnLogRow& on_row);

// The same for a file. Errors are those of the file system.
absl::StatusOr<LogReadResult> ReadLogFile(FileSystem* files, const std::string& path,
                                          std::uint64_t number, const FindSchema& find_schema,
                                          const OnLogRow& on_row);

}  // namespace syspulse

#endif  // SERVICES_STORE_LOG_READER_H_
