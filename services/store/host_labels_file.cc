#include "services/store/host_labels_file.h"

#include <xxhash.h>

#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/store/bytes.h"

namespace syspulse {
namespace {

constexpr std::string_view kMagic = "SYSPHST1";  // with its version
constexpr const char* kName = "hosts";
constexpr std::int64_t kMostBytes = 256
                                    << 20;  // of the file: 10,000 hosts have a hundredth of that

std::uint64_t Checksum(std::string_view bytes) { return XXH64(bytes.data(), bytes.size(), 0); }

}  // namespace

absl::Status WriteHostLabels(FileSystem* files, const std::string& directory,
                             const HostLabels& labels) {
  std::string bytes(kMagic);
  PutVarint(labels.size(), &bytes);
  for (const auto& [host, map] : labels) {
    PutString(host, &bytes);
    PutVarint(map.size(), &bytes);
    for (const auto& [name, value] : map) {
      PutString(name, &bytes);
      PutString(value, &bytes);
    }
  }
  PutFixed(Checksum(bytes), &bytes);
  return WriteFileAtomically(files, directory, kName, bytes);
}

absl::StatusOr<HostLabels> ReadHostLabels(FileSystem* files, const std::string& directory) {
  const std::string path = directory + "/" + kName;
  const absl::StatusOr<std::string> bytes = ReadWholeFile(files, path, kMostBytes);
  if (absl::IsNotFound(bytes.status())) return HostLabels();
  RETURN_IF_ERROR(bytes.status());
  const absl::Status damaged = absl::DataLossError(absl::StrFormat(
      "read %s: it is damaged; hosts are called by their ids until they connect again", path));
  if (bytes->size() < sizeof(std::uint64_t)) return damaged;
  const std::size_t end = bytes->size() - sizeof(std::uint64_t);
  const std::string_view content = std::string_view(*bytes).substr(0, end);
  ByteReader checksum(std::string_view(*bytes).substr(end));
  ByteReader reader(content);
  if (reader.Take(kMagic.size()) != kMagic ||
      checksum.Fixed<std::uint64_t>() != Checksum(content)) {
    return damaged;
  }
  HostLabels all;
  for (std::size_t hosts = reader.Count(); hosts > 0 && reader.ok(); --hosts) {
    LabelMap& labels = all[std::string(reader.String())];
    for (std::size_t count = reader.Count(); count > 0 && reader.ok(); --count) {
      std::string name(reader.String());
      labels[std::move(name)] = reader.String();
    }
  }
  return reader.ok() ? absl::StatusOr<HostLabels>(std::move(all)) : damaged;
}

}  // namespace syspulse
