#include "services/exporter/gzip.h"

#include <zlib.h>

#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr int kFastest = 1;           // of nine; a page shrinks to a tenth all the same
constexpr int kGzipWindow = 15 + 16;  // the largest, and gzip's header instead of zlib's
constexpr int kMemoryLevel = 8;       // zlib's default

std::string_view Trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// Returns whether parameters such as `q=0.0` say that the coding is not acceptable.
bool IsRefused(std::string_view parameters) {
  const std::string_view weight = Trimmed(parameters);
  return weight.starts_with("q=0") && weight.find_first_not_of("0.", 2) == weight.npos;
}

}  // namespace

bool AcceptsGzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    std::string_view parameters = TakeUntil(&accept_encoding, ',');
    const std::string_view coding = Trimmed(TakeUntil(&parameters, ';'));
    if (coding == "gzip" || coding == "*") return !IsRefused(parameters);
  }
  return false;
}

std::optional<std::string> Gzip(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, kFastest, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return std::nullopt;
  }
  std::string packed(deflateBound(&stream, text.size()), '\0');
  // zlib reads what it is given, and says so since a version that is not everywhere yet.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int result = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) return std::nullopt;
  return packed;
}

}  // namespace syspulse
