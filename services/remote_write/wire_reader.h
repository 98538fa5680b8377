// Takes a protobuf message apart, field by field, without knowing its type and without copying.
//
//   WireReader reader(bytes);
//   while (reader.Next()) {
//     if (reader.Is(1, WireType::kBytes)) Use(reader.bytes());
//   }
//   if (!reader.ok()) …  // not a message
//
// A request holds thousands of small messages, and objects for them would cost more than all else.
// https://protobuf.dev/programming-guides/encoding/
#ifndef SERVICES_REMOTE_WRITE_WIRE_READER_H_
#define SERVICES_REMOTE_WRITE_WIRE_READER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace syspulse {

enum class WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

// Views into the message, which must outlive it and what it returns. Confined to one thread.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes)
      : next_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  // Goes to the next field. Returns false at the end, and where there is none that makes sense.
  bool Next() {
    if (next_ == end_) return false;
    const std::uint64_t tag = Varint();
    if (!ok_ || tag >> 3 == 0 || tag >> 3 > kMostFieldNumber) return Fail();
    number_ = static_cast<std::uint32_t>(tag >> 3);
    type_ = static_cast<WireType>(tag & 7);
    switch (type_) {
      case WireType::kVarint:
        value_ = Varint();
        return ok_;
      case WireType::kFixed64:
        return Fixed(8);
      case WireType::kBytes:
        return Bytes();
      case WireType::kFixed32:
        return Fixed(4);
    }
    return Fail();
  }

  // Returns whether all so far made sense.
  bool ok() const { return ok_; }

  // Returns whether the field at hand has this number and type.
  bool Is(std::uint32_t number, WireType type) const { return number_ == number && type_ == type; }

  std::uint64_t value() const { return value_; }     // of a field that is a number
  std::string_view bytes() const { return bytes_; }  // of a field that is bytes
  const char* position() const { return next_; }     // behind the field at hand

 private:
  static constexpr std::uint64_t kMostFieldNumber = (1U << 29) - 1;

  std::uint64_t Varint() {
    if (next_ != end_ && static_cast<unsigned char>(*next_) < 0x80) {
      return static_cast<unsigned char>(*next_++);
    }
    std::uint64_t number = 0;
    for (int shift = 0; shift < 64 && next_ != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*next_++);
      number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return number;
    }
    Fail();
    return 0;
  }

  bool Fixed(std::size_t size) {
    if (static_cast<std::size_t>(end_ - next_) < size) return Fail();
    value_ = 0;
    std::memcpy(&value_, next_, size);
    next_ += size;
    return true;
  }

  bool Bytes() {
    const std::uint64_t size = Varint();
    if (!ok_ || size > static_cast<std::size_t>(end_ - next_)) return Fail();
    bytes_ = {next_, static_cast<std::size_t>(size)};
    next_ += size;
    return true;
  }

  bool Fail() {
    ok_ = false;
    next_ = end_;
    return false;
  }

  const char* next_;
  const char* end_;
  bool ok_ = true;
  std::uint32_t number_ = 0;
  WireType type_ = WireType::kVarint;
  std::uint64_t value_ = 0;
  std::string_view bytes_;
};

}  // namespace syspulse

#endif  // SERVICES_REMOTE_WRITE_WIRE_READER_H_
