#include "services/store/deletions.h"

#include <xxhash.h>

#include <cstddef>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/store/bytes.h"

namespace syspulse {
namespace {

constexpr std::string_view kDeletionsMagic = "SYSPDEL1";  // with its version
constexpr const char* kDeletionsName = "deletions";
constexpr std::int64_t kMostDeletionBytes = 64 << 20;  // a host takes some tens

std::uint64_t ChecksumOf(std::string_view bytes) { return XXH64(bytes.data(), bytes.size(), 0); }

}  // namespace

absl::Status WriteDeletions(FileSystem* files, const std::string& directory,
                            const Deletions& deletions) {
  std::string bytes(kDeletionsMagic);
  PutVarint(deletions.size(), &bytes);
  for (const auto& [host, last_segment] : deletions) {
    PutString(host, &bytes);
    PutVarint(last_segment, &bytes);
  }
  PutFixed(ChecksumOf(bytes), &bytes);
  return WriteFileAtomically(files, directory, kDeletionsName, bytes);
}

absl::StatusOr<Deletions> ReadDeletions(FileSystem* files, const std::string& directory) {
  const std::string path = directory + "/" + kDeletionsName;
  const absl::StatusOr<std::string> bytes = ReadWholeFile(files, path, kMostDeletionBytes);
  if (absl::IsNotFound(bytes.status())) return Deletions();
  RETURN_IF_ERROR(bytes.status());
  const absl::Status damaged = absl::DataLossError(absl::StrFormat(
      "read %s: it is damaged; rows of deleted hosts that are still in files show again", path));
  if (bytes->size() < sizeof(std::uint64_t)) return damaged;
  const std::size_t end = bytes->size() - sizeof(std::uint64_t);
  const std::string_view content = std::string_view(*bytes).substr(0, end);
  ByteReader checksum(std::string_view(*bytes).substr(end));
  ByteReader reader(content);
  if (reader.Take(kDeletionsMagic.size()) != kDeletionsMagic ||
      checksum.Fixed<std::uint64_t>() != ChecksumOf(content)) {
    return damaged;
  }
  Deletions deletions;
  for (std::size_t count = reader.Count(); count > 0 && reader.ok(); --count) {
    std::string host(reader.String());
    deletions[std::move(host)] = reader.Varint();
  }
  return reader.ok() ? absl::StatusOr<Deletions>(std::move(deletions)) : damaged;
}

}  // namespace syspulse
