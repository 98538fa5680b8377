#include "services/store/block_format.h"

#include <xxhash.h>
#include <zstd.h>

#include <limits>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/store/bytes.h"
#include "services/store/group_codec.h"
#include "services/store/schema_codec.h"
#include "services/store/zigzag.h"

namespace syspulse {
namespace {

constexpr std::string_view kTrailerMagic = "SYSPEND1";
// Names and helps repeat a lot, and directories are written once: more effort than usual pays.
constexpr int kCompressionLevel = 9;
// Tens of thousands of schemas of hundreds of series. More than this is damage, or not for one
// file.
constexpr std::size_t kMostDirectoryBytes = 256U << 20;

// Things with a number each, in the order in which they first came.
template <typename Thing>
class Numbered {
 public:
  std::size_t NumberOf(const Thing& thing) {
    const auto [place, is_new] = numbers_.emplace(thing, things_.size());
    if (is_new) things_.push_back(thing);
    return place->second;
  }
  const std::vector<Thing>& things() const { return things_; }

 private:
  std::map<Thing, std::size_t> numbers_;
  std::vector<Thing> things_;
};

absl::StatusOr<std::string> Compress(std::string_view bytes) {
  std::string compressed(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size = ZSTD_compress(compressed.data(), compressed.size(), bytes.data(),
                                         bytes.size(), kCompressionLevel);
  if (ZSTD_isError(size)) {
    return absl::InternalError(
        absl::StrFormat("compress a directory: %s", ZSTD_getErrorName(size)));
  }
  compressed.resize(size);
  return compressed;
}

// Decompresses piece by piece: what bytes claim to become is not trusted with memory.
absl::StatusOr<std::string> Decompress(std::string_view bytes) {
  const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(),
                                                                        ZSTD_freeDCtx);
  if (!context) return absl::ResourceExhaustedError("no memory to decompress a directory");
  ZSTD_inBuffer in{.src = bytes.data(), .size = bytes.size(), .pos = 0};
  std::string piece(ZSTD_DStreamOutSize(), '\0');
  std::string all;
  std::size_t expected = 1;  // 0 once the frame is complete
  while (expected != 0) {
    ZSTD_outBuffer out{.dst = piece.data(), .size = piece.size(), .pos = 0};
    expected = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(expected)) {
      return absl::DataLossError(
          absl::StrFormat("decompress a directory: %s", ZSTD_getErrorName(expected)));
    }
    all.append(piece, 0, out.pos);
    if (all.size() > kMostDirectoryBytes) return absl::DataLossError("a directory is too large");
    if (expected != 0 && in.pos == in.size && out.pos < out.size) {
      return absl::DataLossError("a directory is cut off");
    }
  }
  if (in.pos != in.size) return absl::DataLossError("there is something behind a directory");
  return all;
}

std::vector<std::string> TakeStrings(ByteReader* reader) {
  std::vector<std::string> strings;
  for (std::size_t left = reader->Count(); left > 0 && reader->ok(); --left) {
    strings.emplace_back(reader->String());
  }
  return strings;
}

absl::StatusOr<std::vector<SchemaPtr>> TakeSchemas(ByteReader* reader, const ShareSchema& share) {
  std::vector<SchemaPtr> schemas;
  for (std::size_t left = reader->Count(); left > 0 && reader->ok(); --left) {
    ASSIGN_OR_RETURN(SchemaPtr schema, DecodeSchema(reader->String()));
    schemas.push_back(share ? share(std::move(schema)) : std::move(schema));
  }
  return schemas;
}

// The one of `things` whose number comes next; null if there is none.
template <typename Thing>
const Thing* TakeReference(const std::vector<Thing>& things, ByteReader* reader) {
  const std::uint64_t number = reader->Varint();
  return reader->ok() && number < things.size() ? &things[number] : nullptr;
}

}  // namespace

std::string BlockTrailer::Encode() const {
  std::string bytes;
  PutFixed(directory_offset, &bytes);
  PutFixed(static_cast<std::uint64_t>(directory_size), &bytes);
  PutFixed(checksum, &bytes);
  PutFixed(static_cast<std::uint64_t>(XXH64(bytes.data(), bytes.size(), 0)), &bytes);
  bytes += kTrailerMagic;
  return bytes;
}

absl::StatusOr<BlockTrailer> BlockTrailer::Decode(std::string_view bytes) {
  ByteReader reader(bytes);
  BlockTrailer trailer;
  trailer.directory_offset = reader.Fixed<std::int64_t>();
  trailer.directory_size = static_cast<std::size_t>(reader.Fixed<std::uint64_t>());
  trailer.checksum = reader.Fixed<std::uint64_t>();
  const std::size_t checked = bytes.size() - reader.rest().size();
  const auto checksum = reader.Fixed<std::uint64_t>();
  if (!reader.ok() || reader.rest() != kTrailerMagic ||
      XXH64(bytes.data(), checked, 0) != checksum) {
    return absl::DataLossError("its trailer is not whole");
  }
  return trailer;
}

std::uint64_t DirectoryChecksum(std::string_view bytes) {
  return XXH64(bytes.data(), bytes.size(), 0);
}

absl::StatusOr<std::string> EncodeDirectory(const std::vector<BlockGroup>& groups) {
  Numbered<std::string> strings;
  Numbered<std::string> schemas;  // as bytes: equal ones may be different objects
  std::map<const Schema*, std::size_t> schema_numbers;
  std::string entries;
  std::int64_t last_ms = 0;
  std::int64_t end = static_cast<std::int64_t>(kBlockMagic.size());
  for (const BlockGroup& group : groups) {
    auto schema = schema_numbers.find(group.schema.get());
    if (schema == schema_numbers.end()) {
      std::string bytes;
      AppendSchema(*group.schema, &bytes);
      schema = schema_numbers.emplace(group.schema.get(), schemas.NumberOf(bytes)).first;
    }
    PutVarint(strings.NumberOf(group.host), &entries);
    PutVarint(strings.NumberOf(group.source), &entries);
    PutVarint(schema->second, &entries);
    PutSignedVarint(group.first_ms - last_ms, &entries);
    PutVarint(static_cast<std::uint64_t>(group.last_ms - group.first_ms), &entries);
    PutVarint(group.rows, &entries);
    PutSignedVarint(group.offset - end, &entries);
    PutVarint(group.size, &entries);
    last_ms = group.first_ms;
    end = group.offset + static_cast<std::int64_t>(group.size);
  }
  std::string directory;
  PutVarint(strings.things().size(), &directory);
  for (const std::string& text : strings.things()) PutString(text, &directory);
  PutVarint(schemas.things().size(), &directory);
  for (const std::string& schema : schemas.things()) PutString(schema, &directory);
  PutVarint(groups.size(), &directory);
  directory += entries;
  if (directory.size() > kMostDirectoryBytes) {
    return absl::OutOfRangeError(
        absl::StrFormat("the directory of %d groups takes %d bytes, and readers take %d",
                        groups.size(), directory.size(), kMostDirectoryBytes));
  }
  return Compress(directory);
}

absl::StatusOr<std::vector<BlockGroup>> DecodeDirectory(std::string_view bytes,
                                                        std::int64_t groups_end,
                                                        const ShareSchema& share) {
  ASSIGN_OR_RETURN(const std::string directory, Decompress(bytes));
  ByteReader reader(directory);
  const std::vector<std::string> strings = TakeStrings(&reader);
  ASSIGN_OR_RETURN(const std::vector<SchemaPtr> schemas, TakeSchemas(&reader, share));
  std::vector<BlockGroup> groups;
  std::uint64_t last_ms = 0;
  auto end = static_cast<std::uint64_t>(kBlockMagic.size());
  for (std::size_t left = reader.Count(); left > 0; --left) {
    const std::string* const host = TakeReference(strings, &reader);
    const std::string* const source = TakeReference(strings, &reader);
    const SchemaPtr* const schema = TakeReference(schemas, &reader);
    const std::uint64_t first_ms = last_ms + static_cast<std::uint64_t>(TakeSignedVarint(&reader));
    const std::uint64_t duration_ms = reader.Varint();
    const std::uint64_t rows = reader.Varint();
    const std::uint64_t offset = end + static_cast<std::uint64_t>(TakeSignedVarint(&reader));
    const std::uint64_t size = reader.Varint();
    const auto room = static_cast<std::uint64_t>(groups_end);
    if (!reader.ok() || host == nullptr || source == nullptr || schema == nullptr ||
        rows > kMostGroupRows || offset < kBlockMagic.size() || offset > room ||
        size > room - offset ||
        duration_ms > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / 2)) {
      return absl::DataLossError(
          absl::StrFormat("entry %d of its directory makes no sense", groups.size()));
    }
    groups.push_back({.host = *host,
                      .source = *source,
                      .schema = *schema,
                      .first_ms = static_cast<std::int64_t>(first_ms),
                      .last_ms = static_cast<std::int64_t>(first_ms + duration_ms),
                      .rows = static_cast<std::size_t>(rows),
                      .offset = static_cast<std::int64_t>(offset),
                      .size = static_cast<std::size_t>(size)});
    last_ms = first_ms;
    end = offset + size;
  }
  if (!reader.ok() || !reader.rest().empty()) {
    return absl::DataLossError("its directory has no end, or more than one");
  }
  return groups;
}

}  // namespace syspulse
