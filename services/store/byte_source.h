// Bytes that stand somewhere, read a piece at a time: in memory or in a file.
//
// What is encoded in pieces is decoded in pieces: who wants one column of a group reads its bytes
// and no others. Thread-safe.
#ifndef SERVICES_STORE_BYTE_SOURCE_H_
#define SERVICES_STORE_BYTE_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace syspulse {

class ReadableFile;

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Returns the `size` bytes from `offset` on. They stand in the source itself or in `*buffer`, so
  // the view holds until either changes. OutOfRange if there are not as many.
  virtual absl::StatusOr<std::string_view> Read(std::int64_t offset, std::size_t size,
                                                std::string* buffer) const = 0;
};

// Bytes in memory, which must outlive it.
class MemoryBytes final : public ByteSource {
 public:
  explicit MemoryBytes(std::string_view bytes) : bytes_(bytes) {}
  absl::StatusOr<std::string_view> Read(std::int64_t offset, std::size_t size,
                                        std::string* buffer) const override;

 private:
  const std::string_view bytes_;
};

// Bytes of a file, which must outlive it.
class FileBytes final : public ByteSource {
 public:
  explicit FileBytes(const ReadableFile* file) : file_(file) {}
  absl::StatusOr<std::string_view> Read(std::int64_t offset, std::size_t size,
                                        std::string* buffer) const override;

 private:
  const ReadableFile* const file_;
};

// A part of a file that was read at once: what is asked for piece by piece costs no call of the
// system each.
class LoadedBytes final : public ByteSource {
 public:
  // Reads `size` bytes of `source` from `offset` on. OutOfRange if there are not as many.
  static absl::StatusOr<std::unique_ptr<const ByteSource>> Load(const ByteSource& source,
                                                                std::int64_t offset,
                                                                std::size_t size);

  // `offset` counts as in the source.
  absl::StatusOr<std::string_view> Read(std::int64_t offset, std::size_t size,
                                        std::string* buffer) const override;

 private:
  explicit LoadedBytes(std::int64_t offset) : offset_(offset) {}

  const std::int64_t offset_;  // of the first byte in the source
  std::string bytes_;
};

}  // namespace syspulse

#endif  // SERVICES_STORE_BYTE_SOURCE_H_
