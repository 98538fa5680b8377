#include "services/store/binned_integers.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <optional>
#include <vector>

#include "services/store/ans_table.h"
#include "services/store/bit_stream.h"
#include "services/store/zigzag.h"

namespace syspulse {
namespace {

// A few numbers are not worth the states of several coders.
constexpr std::size_t kManyNumbers = 512;
constexpr std::size_t kMostLanes = 4;

std::size_t LanesFor(std::size_t numbers) { return numbers < kManyNumbers ? 1 : kMostLanes; }

// Returns the size of the table for so many numbers in so many bins: a larger one hits the weights
// better, but takes longer to build.
int TableLog(std::size_t numbers, std::size_t bins) {
  const int fine = std::clamp(BitWidth(numbers) - 3, 5, 8);
  return std::max(fine, BitWidth(bins) + 1);
}

// What is the same for all numbers.
struct Header {
  std::vector<Bin> bins;
  int table_log = 0;  // if there is more than one bin
};

void PutHeader(const Header& header, BitWriter* out) {
  out->PutGamma(header.bins.size());
  const std::uint64_t first = ZigZag(header.bins.front().lower);
  out->PutGamma(static_cast<std::uint64_t>(BitWidth(first)) + 1);
  out->Put(first, BitWidth(first));
  if (header.bins.size() > 1) out->Put(static_cast<std::uint64_t>(header.table_log), 4);
  for (std::size_t i = 0; i < header.bins.size(); ++i) {
    const Bin& bin = header.bins[i];
    if (i > 0) {
      out->PutGamma(static_cast<std::uint64_t>(bin.lower) -
                    static_cast<std::uint64_t>(header.bins[i - 1].lower));
    }
    out->PutGamma(static_cast<std::uint64_t>(bin.offset_bits) + 1);
    if (header.bins.size() > 1) out->PutGamma(bin.weight);
  }
}

std::optional<Header> GetHeader(BitReader* in) {
  Header header;
  const std::uint64_t count = in->GetGamma();
  if (count == 0 || count > kMostBins) return std::nullopt;
  const std::uint64_t width = in->GetGamma() - 1;
  if (width > 64) return std::nullopt;
  std::int64_t lower = UnZigZag(in->Get(static_cast<int>(width)));
  if (count > 1) header.table_log = static_cast<int>(in->Get(4));
  std::uint64_t weights = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i > 0)
      lower = static_cast<std::int64_t>(static_cast<std::uint64_t>(lower) + in->GetGamma());
    const std::uint64_t offset_bits = in->GetGamma() - 1;
    const std::uint64_t weight = count > 1 ? in->GetGamma() : 1;
    if (offset_bits > 64 || weight == 0 || weight > 1U << kLargestAnsLog) return std::nullopt;
    weights += weight;
    header.bins.push_back({.lower = lower,
                           .offset_bits = static_cast<int>(offset_bits),
                           .weight = static_cast<std::uint32_t>(weight)});
  }
  const bool fits = header.table_log <= kLargestAnsLog && weights == 1U << header.table_log;
  if (count > 1 && !fits) return std::nullopt;
  return header;
}

std::vector<std::uint32_t> Weights(const std::vector<Bin>& bins) {
  std::vector<std::uint32_t> weights;
  for (const Bin& bin : bins) weights.push_back(bin.weight);
  return weights;
}

// What decoding does in one state of a coder whose symbols are bins.
struct Step {
  std::int64_t lower = 0;        // of the bin
  std::uint16_t next = 0;        // the next state is this plus the bits of the coder
  std::uint8_t state_bits = 0;   // how many those are
  std::uint8_t offset_bits = 0;  // of the bin, which stand before them
  std::uint8_t all_bits = 0;     // both, if they fit
};

std::vector<Step> BuildSteps(const Header& header) {
  std::vector<Step> steps(std::size_t{1} << header.table_log);
  BuildDecodeTable(Weights(header.bins), header.table_log,
                   [&](std::size_t state, std::uint8_t symbol, int bits, std::uint32_t next) {
                     const Bin& bin = header.bins[symbol];
                     steps[state] = {.lower = bin.lower,
                                     .next = static_cast<std::uint16_t>(next),
                                     .state_bits = static_cast<std::uint8_t>(bits),
                                     .offset_bits = static_cast<std::uint8_t>(bin.offset_bits),
                                     .all_bits = static_cast<std::uint8_t>(bin.offset_bits + bits)};
                   });
  return steps;
}

constexpr std::uint64_t LowBits(std::uint64_t bits, int width) {
  return bits & ((std::uint64_t{1} << width) - 1);
}

std::int64_t Add(std::int64_t lower, std::uint64_t offset) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(lower) + offset);
}

// Decodes numbers one by one, with care for the end of the bits.
template <std::size_t kLanes>
void DecodeSlowly(const std::vector<Step>& steps, std::size_t begin,
                  std::array<std::uint32_t, kLanes>* states, BitReader* in,
                  std::span<std::int64_t> out) {
  // The last number of each lane has no state behind it.
  const std::size_t last = out.size() - std::min(out.size(), kLanes);
  for (std::size_t i = begin; i < out.size(); ++i) {
    std::uint32_t& state = (*states)[i % kLanes];
    const Step step = steps[state];
    out[i] = Add(step.lower, in->Get(step.offset_bits));
    if (i < last) state = step.next + static_cast<std::uint32_t>(in->Get(step.state_bits));
  }
}

// The most bytes that DecodeFast reads from the one on that it stands at: four numbers move at most
// 29 bytes on, and the last of them looks at 8.
constexpr std::size_t kStride = 4;
constexpr std::size_t kMargin = kStride * sizeof(std::uint64_t) + sizeof(std::uint64_t);

// Decodes numbers four at a time while `*position`, in bits, is at most `last_position`. Each takes
// at most BitReader::kPeekBits. Returns how many it decoded. Everything is in locals: stores to
// `out` might change what is behind pointers, and a processor would wait for them.
template <std::size_t kLanes>
std::size_t DecodeFast(const Step* steps, const char* bytes, std::size_t last_position,
                       std::size_t* position, std::array<std::uint32_t, kLanes>* states,
                       std::span<std::int64_t> out) {
  std::size_t place = *position;
  const auto decode = [steps, bytes, &place](std::uint32_t from, std::int64_t* number) {
    const Step step = steps[from];
    std::uint64_t bits = 0;
    std::memcpy(&bits, bytes + (place >> 3), sizeof(bits));
    bits >>= place & 7;
    place += step.all_bits;
    *number = Add(step.lower, LowBits(bits, step.offset_bits));
    return step.next +
           static_cast<std::uint32_t>(LowBits(bits >> step.offset_bits, step.state_bits));
  };
  std::size_t i = 0;
  if constexpr (kLanes == 1) {
    std::uint32_t state = states->front();
    for (; i + kStride < out.size() && place <= last_position; i += kStride) {
      state = decode(state, &out[i]);
      state = decode(state, &out[i + 1]);
      state = decode(state, &out[i + 2]);
      state = decode(state, &out[i + 3]);
    }
    *states = {state};
  } else {
    static_assert(kLanes == kStride);
    auto [a, b, c, d] = *states;
    for (; i + 2 * kStride <= out.size() && place <= last_position; i += kStride) {
      a = decode(a, &out[i]);
      b = decode(b, &out[i + 1]);
      c = decode(c, &out[i + 2]);
      d = decode(d, &out[i + 3]);
    }
    *states = {a, b, c, d};
  }
  *position = place;
  return i;
}

// Decodes all but the last few numbers.
template <std::size_t kLanes>
std::size_t DecodeMost(const std::vector<Step>& steps, std::array<std::uint32_t, kLanes>* states,
                       BitReader* in, std::span<std::int64_t> out) {
  const std::string_view bytes = in->bytes();
  std::size_t position = in->position();
  std::size_t decoded = 0;
  if (bytes.size() > kMargin) {
    const std::size_t last = (bytes.size() - kMargin) * 8;
    decoded = DecodeFast(steps.data(), bytes.data(), last, &position, states, out);
  }
  // The last bytes are followed by zeros elsewhere. They may hold many numbers: a frequent one
  // takes a fraction of a bit.
  const std::size_t begin = position / 8;
  if (begin <= bytes.size()) {
    std::array<char, 2 * kMargin + 1> tail{};
    const std::size_t size = bytes.copy(tail.data(), kMargin, begin);
    std::size_t in_tail = position % 8;
    decoded +=
        DecodeFast(steps.data(), tail.data(), size * 8, &in_tail, states, out.subspan(decoded));
    position = begin * 8 + in_tail;
  }
  in->MoveTo(position);
  return decoded;
}

template <std::size_t kLanes>
void DecodeNumbers(const Header& header, BitReader* in, std::span<std::int64_t> out) {
  const std::vector<Step> steps = BuildSteps(header);
  std::array<std::uint32_t, kLanes> states{};
  for (std::uint32_t& state : states) state = static_cast<std::uint32_t>(in->Get(header.table_log));
  std::size_t decoded = 0;
  const bool narrow = std::ranges::all_of(header.bins, [](const Bin& bin) {
    return bin.offset_bits + kLargestAnsLog <= BitReader::kPeekBits;
  });
  if (narrow) decoded = DecodeMost(steps, &states, in, out);
  DecodeSlowly(steps, decoded, &states, in, out);
}

void DecodeOneBin(const Bin& bin, BitReader* in, std::span<std::int64_t> out) {
  if (bin.offset_bits == 0) {
    std::ranges::fill(out, bin.lower);
    return;
  }
  BitReader reader = *in;
  for (std::int64_t& number : out) number = Add(bin.lower, reader.Get(bin.offset_bits));
  *in = reader;
}

}  // namespace

void EncodeBinned(std::span<const std::int64_t> numbers, const Binning& binning, std::string* out) {
  BitWriter writer(out);
  Header header{.bins = binning.bins};
  const auto bin_of = [&](std::size_t i) { return binning.bin_of[BucketOf(numbers[i])]; };
  const auto put_offset = [&](std::size_t i, const Bin& bin) {
    writer.Put(static_cast<std::uint64_t>(numbers[i]) - static_cast<std::uint64_t>(bin.lower),
               bin.offset_bits);
  };
  if (header.bins.size() == 1) {
    PutHeader(header, &writer);
    for (std::size_t i = 0; i < numbers.size(); ++i) put_offset(i, header.bins[0]);
    writer.Finish();
    return;
  }
  header.table_log = TableLog(numbers.size(), header.bins.size());
  const auto weights = NormaliseWeights(Weights(header.bins), header.table_log);
  for (std::size_t i = 0; i < weights.size(); ++i) header.bins[i].weight = weights[i];
  PutHeader(header, &writer);
  const AnsEncodeTable table(weights, header.table_log);
  const std::size_t lanes = LanesFor(numbers.size());
  std::array<std::uint32_t, kMostLanes> states{};
  std::vector<AnsEncodeTable::Output> outputs(numbers.size());
  for (std::size_t i = numbers.size(); i-- > 0;) {
    std::uint32_t& state = states[i % lanes];
    if (i + lanes >= numbers.size()) {
      state = table.FirstState(bin_of(i));
    } else {
      outputs[i] = table.Encode(bin_of(i), &state);
    }
  }
  for (std::size_t lane = 0; lane < lanes; ++lane) writer.Put(states[lane], header.table_log);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    put_offset(i, header.bins[bin_of(i)]);
    writer.Put(outputs[i].value, outputs[i].bits);
  }
  writer.Finish();
}

bool DecodeBinned(std::string_view bytes, std::span<std::int64_t> out) {
  BitReader reader(bytes);
  const auto header = GetHeader(&reader);
  if (!header) return false;
  if (header->bins.size() == 1) {
    DecodeOneBin(header->bins[0], &reader, out);
    return reader.AtEnd();
  }
  if (LanesFor(out.size()) > 1) {
    DecodeNumbers<kMostLanes>(*header, &reader, out);
  } else {
    DecodeNumbers<1>(*header, &reader, out);
  }
  return reader.AtEnd();
}

}  // namespace syspulse
