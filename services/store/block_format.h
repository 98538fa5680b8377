// What a block file holds, apart from the values: its directory.
//
// A block file is immutable: groups one after the other, then the directory, compressed, then a
// trailer of fixed size that says where the directory begins. Strings and schemas stand in the
// directory once, whatever the number of groups. FORMAT.md draws the bytes.
#ifndef SERVICES_STORE_BLOCK_FORMAT_H_
#define SERVICES_STORE_BLOCK_FORMAT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/model/metric.h"

namespace syspulse {

// One group of a block.
struct BlockGroup {
  std::string host;           // id, without "hosts/"
  std::string source;         // "system", "filesystem", …
  SchemaPtr schema;           // one series for each column
  std::int64_t first_ms = 0;  // time of the first row, Unix
  std::int64_t last_ms = 0;   // time of the last row, Unix
  std::size_t rows = 0;
  std::int64_t offset = 0;  // in the file, bytes
  std::size_t size = 0;     // bytes
};

// The first bytes of every block file, with its version.
inline constexpr std::string_view kBlockMagic = "SYSPBLK1";

// The last bytes of a block file: where its directory stands, and that it is whole.
struct BlockTrailer {
  static constexpr std::size_t kSize = 40;  // bytes

  std::int64_t directory_offset = 0;
  std::size_t directory_size = 0;  // compressed, bytes
  std::uint64_t checksum = 0;      // xxhash64 of the compressed directory

  std::string Encode() const;
  // DataLoss unless `bytes` are kSize whole bytes of a trailer.
  static absl::StatusOr<BlockTrailer> Decode(std::string_view bytes);
};

// Returns an equal schema that others hold already, or the given one: a thousand blocks of a
// hundred like hosts then hold one schema.
using ShareSchema = std::function<SchemaPtr(SchemaPtr)>;

std::uint64_t DirectoryChecksum(std::string_view bytes);

// Returns the directory as it stands in the file. ResourceExhausted if it would be larger than
// readers accept.
absl::StatusOr<std::string> EncodeDirectory(const std::vector<BlockGroup>& groups);

// Reads a directory. DataLoss if it is not one, or if groups do not lie within the first
// `groups_end` bytes of the file.
absl::StatusOr<std::vector<BlockGroup>> DecodeDirectory(std::string_view bytes,
                                                        std::int64_t groups_end,
                                                        const ShareSchema& share);

}  // namespace syspulse

#endif  // SERVICES_STORE_BLOCK_FORMAT_H_
