// Numbers of any width in bits, one behind the other, the lowest bit first.
//
// The functions are inline and without checks where it matters: every value of a scan goes through
// them.
#ifndef SERVICES_STORE_BIT_STREAM_H_
#define SERVICES_STORE_BIT_STREAM_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace syspulse {

// Returns how many bits a number takes: 0 for 0, 3 for 4 to 7.
constexpr int BitWidth(std::uint64_t number) { return static_cast<int>(std::bit_width(number)); }

// Appends bits to a string, which must outlive it. Confined to one thread.
class BitWriter {
 public:
  explicit BitWriter(std::string* out) : out_(out) {}

  // Appends the lowest `width` bits of `number`, the others of which are zero; width is at most 64.
  void Put(std::uint64_t number, int width) {
    bits_ |= number << used_;
    if (used_ + width < 64) {
      used_ += width;
      return;
    }
    out_->append(reinterpret_cast<const char*>(&bits_), sizeof(bits_));
    const int done = 64 - used_;
    bits_ = done == 64 ? 0 : number >> done;
    used_ += width - 64;
  }

  // Appends a number from 1 on in Elias' gamma code: as many zeros as it has bits behind its first,
  // and then all of them.
  void PutGamma(std::uint64_t number) {
    const int tail = BitWidth(number) - 1;
    Put(std::uint64_t{1} << tail, tail + 1);
    Put(number ^ (std::uint64_t{1} << tail), tail);
  }

  // Fills up the last byte with zeros. Nothing may follow.
  void Finish() {
    out_->append(reinterpret_cast<const char*>(&bits_), static_cast<std::size_t>((used_ + 7) / 8));
    bits_ = 0;
    used_ = 0;
  }

 private:
  std::string* const out_;
  std::uint64_t bits_ = 0;  // not yet in out_
  int used_ = 0;            // how many of them, below 64
};

// Reads bits from bytes, which must outlive it. Behind the end there are zeros: ask AtEnd() once
// all is read. Confined to one thread.
class BitReader {
 public:
  // The most bits that one Peek is sure to show.
  static constexpr int kPeekBits = 57;

  explicit BitReader(std::string_view bytes) : bytes_(bytes) {}

  // Returns the next bits, at least kPeekBits, without taking them.
  std::uint64_t Peek() const {
    const std::size_t byte = position_ >> 3;
    std::uint64_t bits = 0;
    if (byte + sizeof(bits) <= bytes_.size()) [[likely]] {
      std::memcpy(&bits, bytes_.data() + byte, sizeof(bits));
    } else if (byte < bytes_.size()) {
      std::memcpy(&bits, bytes_.data() + byte, bytes_.size() - byte);
    }
    return bits >> (position_ & 7);
  }
  void Skip(int width) { position_ += static_cast<std::size_t>(width); }

  // Takes `width` bits, at most 64.
  std::uint64_t Get(int width) {
    if (width > kPeekBits) {
      const std::uint64_t low = Get(32);
      return low | Get(width - 32) << 32;
    }
    const std::uint64_t bits = Peek() & ((std::uint64_t{1} << width) - 1);
    Skip(width);
    return bits;
  }

  // Takes a number in Elias' gamma code; 0 if there is none of at most 64 bits.
  std::uint64_t GetGamma() {
    int tail = 0;
    while (Get(1) == 0) {
      if (++tail > 63) return 0;
    }
    return std::uint64_t{1} << tail | Get(tail);
  }

  // For loops that read by themselves: the bytes, and how many bits of them were taken.
  std::string_view bytes() const { return bytes_; }
  std::size_t position() const { return position_; }
  void MoveTo(std::size_t position) { position_ = position; }

  // Returns whether all was taken, up to less than a byte, and no more.
  bool AtEnd() const { return (position_ + 7) / 8 == bytes_.size(); }

 private:
  std::string_view bytes_;
  std::size_t position_ = 0;  // bits taken
};

// Returns how many bits a number from 1 on takes in Elias' gamma code.
inline int GammaBits(std::uint64_t number) { return 2 * BitWidth(number) - 1; }

}  // namespace syspulse

#endif  // SERVICES_STORE_BIT_STREAM_H_
