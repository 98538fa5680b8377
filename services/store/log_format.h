// What the log writes and what it reads agree on; FORMAT.md draws it.
//
// The log is a row of segments, numbered upwards. A segment is a header and records. A record is a
// frame header and a payload, whose first byte is its kind:
//
//   schema    the bytes of a schema, before the first row that has it
//   whole     a row by itself, with host, source and schema: begins or goes on with a group
//   changed   a row by its difference from the last whole row of its group
//   mark      how many bytes of this segment were synced before it was written
//   part      some values of a row, by itself, with host, source and schema
//
// Rows depend on one record only, the last whole row, so a damaged record costs itself or at most
// kRowsPerWhole rows of one source. Every segment says all that its rows need, but schemas are also
// looked for elsewhere.
#ifndef SERVICES_STORE_LOG_FORMAT_H_
#define SERVICES_STORE_LOG_FORMAT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace syspulse {

inline constexpr std::string_view kLogMagic = "SYSPLOG1";  // with its version
inline constexpr std::string_view kLogSuffix = ".log";

inline constexpr std::uint32_t kRecordMagic =
    0x43'52'50'53;                                    // "SPRC": where reading goes on behind damage
inline constexpr std::size_t kRecordHeaderSize = 16;  // bytes: magic, length, checksum
inline constexpr std::size_t kLogHeaderSize = 24;     // bytes: magic, number, checksum

// Bounds what a damaged length can ask for: three times the schema of the largest frame that the
// hub takes.
inline constexpr std::size_t kMostRecordBytes = 64 << 20;

inline constexpr int kRowsPerWhole = 32;  // of a group, from one whole row to the next

enum class RecordKind : unsigned char {
  kSchema = 1,
  kWhole = 2,
  kChanged = 3,
  kMark = 4,
  kPart = 5
};

// Returns the first bytes of segment `number`.
std::string EncodeLogHeader(std::uint64_t number);

// Returns whether `bytes` begin with the header of segment `number`.
bool IsLogHeader(std::string_view bytes, std::uint64_t number);

// Returns the checksum of a record of segment `number`: bytes of another segment, which a disk may
// hand out after a crash, do not pass for its own.
std::uint64_t RecordChecksum(std::string_view payload, std::uint64_t number);

// Returns how names of files write the number of a segment: so that they sort by it.
std::string SegmentText(std::uint64_t number);

// Returns the number that was written so; nothing for any other text.
std::optional<std::uint64_t> SegmentNumber(std::string_view text);

// Returns the name of segment `number`.
std::string LogName(std::uint64_t number);

// Returns the number of the segment of that name; nothing if it is the name of something else.
std::optional<std::uint64_t> LogNumber(std::string_view name);

}  // namespace syspulse

#endif  // SERVICES_STORE_LOG_FORMAT_H_
