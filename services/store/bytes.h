// Numbers and strings as bytes of a file, and back from bytes that nobody vouches for.
//
// Fixed numbers are little-endian. A varint is LEB128: seven bits a byte, least first. A string is
// its length as a varint, then its bytes.
#ifndef SERVICES_STORE_BYTES_H_
#define SERVICES_STORE_BYTES_H_

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace syspulse {

static_assert(std::endian::native == std::endian::little, "files are little-endian");

template <std::integral Number>
void PutFixed(Number number, std::string* out) {
  char bytes[sizeof(Number)];
  std::memcpy(bytes, &number, sizeof(Number));
  out->append(bytes, sizeof(Number));
}

inline void PutVarint(std::uint64_t number, std::string* out) {
  for (; number >= 0x80; number >>= 7) out->push_back(static_cast<char>(number | 0x80));
  out->push_back(static_cast<char>(number));
}

inline void PutString(std::string_view text, std::string* out) {
  PutVarint(text.size(), out);
  out->append(text);
}

// Takes numbers and strings off bytes. What is not there reads as 0 or empty, and `ok` is false
// from then on: check it once, at the end, and before a number is trusted as a size.
class ByteReader {
 public:
  // Views into `bytes`, which must outlive this and what it returns.
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  std::string_view rest() const { return rest_; }

  template <std::integral Number>
  Number Fixed() {
    Number number{};
    const std::string_view bytes = Take(sizeof(Number));
    if (ok_) std::memcpy(&number, bytes.data(), sizeof(Number));
    return number;
  }

  std::uint64_t Varint() {
    std::uint64_t number = 0;
    for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return number;
    }
    return Fail();
  }

  // Returns the next varint, which counts things of at least one byte each: never more than there
  // are bytes left.
  std::size_t Count() {
    const std::uint64_t count = Varint();
    return count <= rest_.size() ? static_cast<std::size_t>(count)
                                 : static_cast<std::size_t>(Fail());
  }

  std::string_view Take(std::size_t size) {
    if (!ok_ || size > rest_.size()) {
      Fail();
      return {};
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }

  std::string_view String() { return Take(Count()); }

 private:
  std::uint64_t Fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace syspulse

#endif  // SERVICES_STORE_BYTES_H_
