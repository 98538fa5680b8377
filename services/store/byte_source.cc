#include "services/store/byte_source.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/store/file_system.h"

namespace syspulse {

absl::StatusOr<std::string_view> MemoryBytes::Read(std::int64_t offset, std::size_t size,
                                                   std::string* /*buffer*/) const {
  const auto begin = static_cast<std::uint64_t>(offset);
  if (begin > bytes_.size() || size > bytes_.size() - begin) {
    return absl::OutOfRangeError(
        absl::StrFormat("read %d bytes at %d of %d in memory", size, offset, bytes_.size()));
  }
  return bytes_.substr(begin, size);
}

absl::StatusOr<std::string_view> FileBytes::Read(std::int64_t offset, std::size_t size,
                                                 std::string* buffer) const {
  // A size that damage made up is not worth its memory.
  if (offset < 0 || size > static_cast<std::uint64_t>(file_->size())) {
    return absl::OutOfRangeError(
        absl::StrFormat("read %d bytes at %d of a file of %d", size, offset, file_->size()));
  }
  buffer->resize(size);
  RETURN_IF_ERROR(file_->ReadAt(offset, *buffer));
  return std::string_view(*buffer);
}

absl::StatusOr<std::unique_ptr<const ByteSource>> LoadedBytes::Load(const ByteSource& source,
                                                                    std::int64_t offset,
                                                                    std::size_t size) {
  auto loaded = std::unique_ptr<LoadedBytes>(new LoadedBytes(offset));
  ASSIGN_OR_RETURN(const std::string_view bytes, source.Read(offset, size, &loaded->bytes_));
  if (bytes.data() != loaded->bytes_.data()) loaded->bytes_ = bytes;
  return std::unique_ptr<const ByteSource>(std::move(loaded));
}

absl::StatusOr<std::string_view> LoadedBytes::Read(std::int64_t offset, std::size_t size,
                                                   std::string* buffer) const {
  return MemoryBytes(bytes_).Read(offset - offset_, size, buffer);
}

}  // namespace syspulse
