#include "web-gateway/server/compression.h"

#include <zlib.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

// Below it the headers of a packet weigh more than what is saved.
constexpr std::size_t kLeastBytes = 1024;
// Of an answer that is compressed at once. All others wait for it: 16 MiB take 0.2 s.
constexpr std::size_t kMostBytes = 16 << 20;
// Live answers are compressed anew each time: the fastest level already halves JSON four times.
constexpr int kLiveLevel = 1;
// zlib: 15 bits of window, plus 16 for gzip's frame.
constexpr int kGzipWindow = 15 + 16;
constexpr int kMemoryLevel = 8;

}  // namespace

std::optional<std::string> Gzip(std::string_view bytes, int level) {
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return std::nullopt;
  }
  std::string compressed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  const int result = deflate(&stream, Z_FINISH);
  compressed.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) return std::nullopt;
  return compressed;
}

std::optional<std::string> Gunzip(std::string_view bytes, std::size_t limit) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) return std::nullopt;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string plain;
  int result = Z_OK;
  while (result == Z_OK && plain.size() <= limit) {
    const std::size_t old_size = plain.size();
    plain.resize(std::min(limit + 1, std::max<std::size_t>(old_size * 2, 4096)));
    if (plain.size() == old_size) break;
    stream.next_out = reinterpret_cast<Bytef*>(plain.data() + old_size);
    stream.avail_out = static_cast<uInt>(plain.size() - old_size);
    result = inflate(&stream, Z_NO_FLUSH);
    plain.resize(stream.total_out);
  }
  inflateEnd(&stream);
  if (result != Z_STREAM_END || plain.size() > limit) return std::nullopt;
  return plain;
}

struct GzipStream::State {
  z_stream stream{};
};

std::unique_ptr<GzipStream> GzipStream::Create() {
  auto state = std::make_unique<State>();
  if (deflateInit2(&state->stream, kLiveLevel, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return nullptr;
  }
  return std::unique_ptr<GzipStream>(new GzipStream(std::move(state)));
}

GzipStream::GzipStream(std::unique_ptr<State> state) : state_(std::move(state)) {}
GzipStream::~GzipStream() { deflateEnd(&state_->stream); }

std::string GzipStream::Add(std::string_view bytes, bool last) {
  constexpr std::size_t kStep = 64 << 10;
  z_stream& stream = state_->stream;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string compressed;
  do {
    const std::size_t old_size = compressed.size();
    compressed.resize(old_size + kStep);
    stream.next_out = reinterpret_cast<Bytef*>(compressed.data() + old_size);
    stream.avail_out = static_cast<uInt>(kStep);
    deflate(&stream, last ? Z_FINISH : Z_SYNC_FLUSH);
    compressed.resize(compressed.size() - stream.avail_out);
  } while (stream.avail_out == 0);
  return compressed;
}

bool HasGzipBody(const HttpRequest& request) {
  return ToLower(request.Header("content-encoding")) == "gzip";
}

std::optional<HttpResponse> RefuseOtherCoding(const HttpRequest& request) {
  const std::string coding = ToLower(request.Header("content-encoding"));
  if (coding.empty() || coding == "identity" || coding == "gzip") return std::nullopt;
  return PlainAnswer(415, absl::StrFormat("content encoding '%s' is not taken; send gzip or none",
                                          ToUtf8(coding.substr(0, 128))));
}

void GzipBody(HttpResponse* response) {
  response->headers.emplace_back("vary", "accept-encoding");
  if (response->body.size() < kLeastBytes || response->body.size() > kMostBytes) return;
  auto compressed = Gzip(response->body, kLiveLevel);
  if (!compressed) return;
  response->body = std::move(*compressed);
  response->headers.emplace_back("content-encoding", "gzip");
}

}  // namespace syspulse
