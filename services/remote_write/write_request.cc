#include "services/remote_write/write_request.h"

#include <snappy.h>

#include <bit>

#include "absl/strings/str_format.h"
#include "services/remote_write/wire_reader.h"

namespace syspulse {
namespace {

// A copy of 64 bytes takes three: https://github.com/google/snappy/blob/main/format_description.txt
constexpr std::size_t kMostRatio = 22;

// Returns false if `bytes` are no Sample. What is not said is zero.
bool ParseSample(std::string_view bytes, WrittenSample* sample) {
  WireReader reader(bytes);
  while (reader.Next()) {
    if (reader.Is(1, WireType::kFixed64)) {
      sample->value = std::bit_cast<double>(reader.value());
    } else if (reader.Is(2, WireType::kVarint)) {
      sample->time_ms = static_cast<std::int64_t>(reader.value());
    }
  }
  return reader.ok();
}

}  // namespace

absl::Status DecompressBody(std::string_view body, std::string* request) {
  std::size_t size = 0;
  if (!snappy::GetUncompressedLength(body.data(), body.size(), &size)) {
    return absl::InvalidArgumentError("decompress the body: it is not a block of snappy");
  }
  if (size > kMostRequestBytes) {
    return absl::OutOfRangeError(absl::StrFormat(
        "decompress the body: it becomes %d bytes, and may become %d; send smaller requests", size,
        kMostRequestBytes));
  }
  if (size / kMostRatio > body.size()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "decompress the body: %d bytes cannot become the %d that it claims", body.size(), size));
  }
  request->resize(size);
  if (!snappy::RawUncompress(body.data(), body.size(), request->data())) {
    return absl::InvalidArgumentError("decompress the body: it is damaged");
  }
  return absl::OkStatus();
}

bool ParseSeriesMessage(std::string_view bytes, SeriesMessage* message) {
  const char* labels_end = bytes.data();
  bool together = true;
  message->samples.clear();
  message->joined_.clear();
  message->exemplars = message->histograms = 0;
  WireReader reader(bytes);
  for (const char* begin = bytes.data(); reader.Next(); begin = reader.position()) {
    if (reader.Is(1, WireType::kBytes)) {
      if (begin == labels_end) {
        labels_end = reader.position();
      } else {
        if (together) message->joined_.assign(bytes.data(), labels_end);
        together = false;
      }
      if (!together) message->joined_.append(begin, reader.position());
    } else if (reader.Is(2, WireType::kBytes)) {
      if (!ParseSample(reader.bytes(), &message->samples.emplace_back())) return false;
    } else if (reader.Is(3, WireType::kBytes)) {
      ++message->exemplars;
    } else if (reader.Is(4, WireType::kBytes)) {
      ++message->histograms;
    }
  }
  message->labels = together ? bytes.substr(0, static_cast<std::size_t>(labels_end - bytes.data()))
                             : std::string_view(message->joined_);
  return reader.ok();
}

bool ParseMetadataMessage(std::string_view bytes, MetadataMessage* message) {
  *message = {};
  WireReader reader(bytes);
  while (reader.Next()) {
    if (reader.Is(1, WireType::kVarint)) message->type = reader.value();
    if (reader.Is(2, WireType::kBytes)) message->family = reader.bytes();
    if (reader.Is(4, WireType::kBytes)) message->help = reader.bytes();
    if (reader.Is(5, WireType::kBytes)) message->unit = reader.bytes();
  }
  return reader.ok();
}

}  // namespace syspulse
