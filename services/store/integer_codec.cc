#include "services/store/integer_codec.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "services/store/binned_integers.h"
#include "services/store/bins.h"
#include "services/store/bit_stream.h"
#include "services/store/logarithm.h"
#include "services/store/zigzag.h"

namespace syspulse {
namespace {

// The first byte: how often differences were taken, and how the result is stored.
constexpr int kMostOrder = 2;
constexpr std::uint8_t kOrderMask = 3;
constexpr std::uint8_t kListed = 0;
constexpr std::uint8_t kBinned = 4;
// Lists are only tried where at most one of so many numbers is not zero.
constexpr std::size_t kListEvery = 16;
// So few numbers are always listed: they are soon merged with others, and bins take as long to
// find.
constexpr std::size_t kFewNumbers = 64;
// Lists decode ten times as fast, so they may take a little more.
constexpr double kListBonus = 1.5;

std::int64_t Plus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
std::int64_t Minus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

// How many of the numbers from 0 on have so many bits, and how many of those below.
using Widths = std::array<std::array<std::uint32_t, 64>, 2>;

void Count(std::int64_t number, Widths* widths) {
  const bool negative = number < 0;
  const auto magnitude = static_cast<std::uint64_t>(negative ? ~number : number);
  ++(*widths)[negative ? 1 : 0][static_cast<std::size_t>(BitWidth(magnitude))];
}

// Returns about how many bits numbers of these widths take.
double EstimateBits(const Widths& widths, std::size_t all) {
  const double log_of_all = Log2(static_cast<std::uint32_t>(all));
  double bits = 0;
  for (const auto& half : widths) {
    for (std::size_t width = 0; width < half.size(); ++width) {
      if (half[width] == 0) continue;
      const double tail = width > 1 ? static_cast<double>(width) - 1 : 0;
      bits += half[width] * (log_of_all - Log2(half[width]) + tail);
    }
  }
  return bits;
}

// Calls `add(order, number)` with each number, its difference, and the difference of those.
template <typename Add>
void AddToEachOrder(std::span<const std::int64_t> numbers, const Add& add) {
  std::int64_t last = 0;
  std::int64_t last_change = 0;
  for (const std::int64_t number : numbers) {
    const std::int64_t change = Minus(number, last);
    add(0, number);
    add(1, change);
    add(2, Minus(change, last_change));
    last = number;
    last_change = change;
  }
}

// As below, by what the numbers take that are listed.
int ChooseOrderOfFew(std::span<const std::int64_t> numbers) {
  std::array<int, kMostOrder + 1> bits{};
  AddToEachOrder(numbers, [&](std::size_t order, std::int64_t number) {
    bits[order] += BitWidth(ZigZag(number));
  });
  return static_cast<int>(std::ranges::min_element(bits) - bits.begin());
}

// Returns how often to take differences.
int ChooseOrder(std::span<const std::int64_t> numbers) {
  std::array<Widths, kMostOrder + 1> widths{};
  AddToEachOrder(numbers,
                 [&](std::size_t order, std::int64_t number) { Count(number, &widths[order]); });
  int best = 0;
  double least = EstimateBits(widths[0], numbers.size());
  for (int order = 1; order <= kMostOrder; ++order) {
    const double bits = EstimateBits(widths[static_cast<std::size_t>(order)], numbers.size());
    if (bits < least) {
      least = bits;
      best = order;
    }
  }
  return best;
}

std::vector<std::int64_t> Differences(std::span<const std::int64_t> numbers, int order) {
  std::vector<std::int64_t> result(numbers.begin(), numbers.end());
  for (; order > 0; --order) {
    for (std::size_t i = result.size(); i-- > 1;) result[i] = Minus(result[i], result[i - 1]);
  }
  return result;
}

void Sum(std::span<std::int64_t> numbers) {
  std::int64_t sum = 0;
  for (std::int64_t& number : numbers) number = sum = Plus(sum, number);
}

void SumTwice(std::span<std::int64_t> numbers) {
  std::int64_t change = 0;
  std::int64_t sum = 0;
  for (std::int64_t& number : numbers) {
    change = Plus(change, number);
    number = sum = Plus(sum, change);
  }
}

// Returns the list of numbers that are not zero, unless there are many among many.
std::optional<std::string> EncodeList(std::span<const std::int64_t> numbers) {
  const std::size_t zeros = static_cast<std::size_t>(std::ranges::count(numbers, 0));
  const std::size_t listed = numbers.size() - zeros;
  const bool many = numbers.size() >= kFewNumbers && listed > numbers.size() / kListEvery + 1;
  if (many) return std::nullopt;
  std::string bytes;
  PutVarint(listed, &bytes);
  std::size_t next = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] == 0) continue;
    PutVarint(i - next, &bytes);
    PutSignedVarint(numbers[i], &bytes);
    next = i + 1;
  }
  return bytes;
}

// Calls `set(place, number)` for each number of the list, ascending. Returns false if `bytes` are
// no list of places below `count`.
template <typename Set>
bool ReadList(std::string_view bytes, std::size_t count, const Set& set) {
  ByteReader reader(bytes);
  std::size_t next = 0;
  for (std::size_t left = reader.Count(); left > 0; --left) {
    const std::uint64_t gap = reader.Varint();
    if (!reader.ok() || gap >= count - next) return false;
    next += gap;
    set(next++, TakeSignedVarint(&reader));
  }
  return reader.ok() && reader.rest().empty();
}

bool DecodeList(std::string_view bytes, std::span<std::int64_t> out) {
  std::ranges::fill(out, 0);
  return ReadList(bytes, out.size(),
                  [out](std::size_t place, std::int64_t number) { out[place] = number; });
}

}  // namespace

void EncodeIntegers(std::span<const std::int64_t> numbers, std::string* out) {
  const bool few = numbers.size() < kFewNumbers;
  const int order = few ? ChooseOrderOfFew(numbers) : ChooseOrder(numbers);
  const std::vector<std::int64_t> differences = Differences(numbers, order);
  const auto list = EncodeList(differences);
  if (few) {
    out->push_back(static_cast<char>(kListed | order));
    *out += *list;
    return;
  }
  const Binning binning = SplitIntoBins(differences);
  if (list && static_cast<double>(list->size()) * 8 <= kListBonus * binning.cost) {
    out->push_back(static_cast<char>(kListed | order));
    *out += *list;
  } else {
    out->push_back(static_cast<char>(kBinned | order));
    EncodeBinned(differences, binning, out);
  }
}

bool DecodeIntegers(std::string_view bytes, std::span<std::int64_t> out) {
  if (bytes.empty()) return false;
  const auto tag = static_cast<std::uint8_t>(bytes[0]);
  const int order = tag & kOrderMask;
  if (order > kMostOrder || (tag & ~kOrderMask) > kBinned) return false;
  bytes.remove_prefix(1);
  if (!((tag & kBinned) != 0 ? DecodeBinned(bytes, out) : DecodeList(bytes, out))) return false;
  if (order == 1) Sum(out);
  if (order == 2) SumTwice(out);
  return true;
}

std::optional<std::vector<IntegerRun>> DecodeRuns(std::string_view bytes, std::size_t count) {
  if (bytes.empty()) return std::nullopt;
  const auto tag = static_cast<std::uint8_t>(bytes[0]);
  if (tag != kListed && tag != (kListed | 1)) return std::nullopt;
  const bool differences = tag != kListed;
  std::vector<IntegerRun> runs;
  std::size_t begin = 0;  // of the run at hand
  std::int64_t number = 0;
  const auto end_run = [&](std::size_t end) {
    if (end > begin) runs.push_back({.number = number, .length = end - begin});
    begin = end;
  };
  const bool whole = ReadList(bytes.substr(1), count, [&](std::size_t place, std::int64_t listed) {
    end_run(place);
    number = differences ? Plus(number, listed) : listed;
    if (differences) return;
    end_run(place + 1);
    number = 0;
  });
  end_run(count);
  if (!whole) return std::nullopt;
  return runs;
}

}  // namespace syspulse
