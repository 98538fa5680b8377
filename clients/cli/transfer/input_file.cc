#include "clients/cli/transfer/input_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"

namespace syspulse {
namespace {

constexpr std::size_t kChunkBytes = 64 << 10;
constexpr int kWaitMs = 100;                         // until it is asked again whether to stop
constexpr std::string_view kGzipMagic = "\x1f\x8b";  // RFC 1952, section 2.3.1
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";  // RFC 8878, section 3.1.1
constexpr int kGzipWindow = 15 + 16;                         // of any size, with gzip's header

absl::Status CutError(const std::string& name) {
  return absl::DataLossError(absl::StrFormat("%s is cut: its compressed data has no end", name));
}

// The bytes as they stand in the file. What was looked at ahead is read again.
class PlainFile final : public InputFile {
 public:
  PlainFile(std::string name, int descriptor, std::stop_token stop)
      : name_(std::move(name)), descriptor_(descriptor), stop_(std::move(stop)) {}
  ~PlainFile() override {
    if (descriptor_ != STDIN_FILENO) close(descriptor_);
  }

  const std::string& name() const { return name_; }

  // Returns the first bytes, as many as any magic number has if there are so many.
  absl::StatusOr<std::string_view> Peek() {
    while (ahead_.size() < kZstdMagic.size()) {
      char byte = 0;
      ASSIGN_OR_RETURN(const std::size_t count, ReadDescriptor(std::span(&byte, 1)));
      if (count == 0) break;
      ahead_ += byte;
    }
    return std::string_view(ahead_);
  }

  absl::StatusOr<std::size_t> Read(std::span<char> out) override {
    if (ahead_.empty()) return ReadDescriptor(out);
    const std::size_t count = ahead_.copy(out.data(), out.size());
    ahead_.erase(0, count);
    return count;
  }

 private:
  absl::StatusOr<std::size_t> ReadDescriptor(std::span<char> out) {
    while (true) {
      if (stop_.stop_requested()) return absl::CancelledError("stopped");
      // A file is always ready; a pipe may keep us waiting.
      pollfd ready{.fd = descriptor_, .events = POLLIN, .revents = 0};
      if (poll(&ready, 1, kWaitMs) == 0) continue;
      const ssize_t count = read(descriptor_, out.data(), out.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno == EINTR || errno == EAGAIN) continue;
      return absl::FailedPreconditionError(
          absl::StrFormat("cannot read %s: %s", name_, strerror(errno)));
    }
  }

  const std::string name_;
  const int descriptor_;
  const std::stop_token stop_;
  std::string ahead_;
};

// What several gzip members, one behind the other, hold.
class GzipFile final : public InputFile {
 public:
  explicit GzipFile(std::unique_ptr<PlainFile> file) : file_(std::move(file)), in_(kChunkBytes) {
    ready_ = inflateInit2(&stream_, kGzipWindow) == Z_OK;
  }
  ~GzipFile() override { inflateEnd(&stream_); }

  absl::StatusOr<std::size_t> Read(std::span<char> out) override {
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    while (stream_.avail_out == out.size()) {
      if (stream_.avail_in == 0) {
        ASSIGN_OR_RETURN(const std::size_t count, file_->Read(in_));
        if (count == 0)
          return between_members_ ? absl::StatusOr<std::size_t>(0) : CutError(file_->name());
        stream_.next_in = reinterpret_cast<Bytef*>(in_.data());
        stream_.avail_in = static_cast<uInt>(count);
      }
      if (between_members_) ready_ = ready_ && inflateReset(&stream_) == Z_OK;
      between_members_ = false;
      const int result = ready_ ? inflate(&stream_, Z_NO_FLUSH) : Z_MEM_ERROR;
      if (result == Z_STREAM_END) {
        between_members_ = true;
      } else if (result != Z_OK && result != Z_BUF_ERROR) {
        return absl::DataLossError(
            absl::StrFormat("%s is damaged: its gzip data is not valid", file_->name()));
      }
    }
    return out.size() - stream_.avail_out;
  }

 private:
  const std::unique_ptr<PlainFile> file_;
  std::vector<char> in_;
  z_stream stream_ = {};
  bool ready_ = false;
  bool between_members_ = false;
};

// What several zstd frames, one behind the other, hold.
class ZstdFile final : public InputFile {
 public:
  explicit ZstdFile(std::unique_ptr<PlainFile> file)
      : file_(std::move(file)), in_(kChunkBytes), stream_(ZSTD_createDStream(), ZSTD_freeDStream) {}

  absl::StatusOr<std::size_t> Read(std::span<char> out) override {
    ZSTD_outBuffer to{.dst = out.data(), .size = out.size(), .pos = 0};
    while (to.pos == 0) {
      if (from_.pos == from_.size && !has_more_) {
        ASSIGN_OR_RETURN(const std::size_t count, file_->Read(in_));
        if (count == 0)
          return frame_ended_ ? absl::StatusOr<std::size_t>(0) : CutError(file_->name());
        from_ = {.src = in_.data(), .size = count, .pos = 0};
      }
      const std::size_t result = ZSTD_decompressStream(stream_.get(), &to, &from_);
      if (ZSTD_isError(result) != 0) {
        return absl::DataLossError(
            absl::StrFormat("%s is damaged: %s", file_->name(), ZSTD_getErrorName(result)));
      }
      frame_ended_ = result == 0;
      has_more_ = to.pos == to.size && !frame_ended_;
    }
    return to.pos;
  }

 private:
  const std::unique_ptr<PlainFile> file_;
  std::vector<char> in_;
  const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream_;
  ZSTD_inBuffer from_ = {};
  bool frame_ended_ = false;
  bool has_more_ = false;  // in the decoder, as `out` was full
};

}  // namespace

absl::StatusOr<std::unique_ptr<InputFile>> InputFile::Open(const std::string& path,
                                                           const std::stop_token& stop) {
  const bool standard = path == "-";
  // Not blocking, so that a pipe that nobody writes to can be left.
  const int descriptor =
      standard ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    return absl::FailedPreconditionError(
        absl::StrFormat("cannot read %s: %s", path, strerror(errno)));
  }
  struct stat status {};
  // Where it was closed at our start, something of gRPC's that is no file has its number.
  if (standard && (fstat(descriptor, &status) != 0 || (status.st_mode & S_IFMT) == 0)) {
    return absl::FailedPreconditionError("cannot read standard input: it is closed");
  }
  auto file = std::make_unique<PlainFile>(standard ? "standard input" : path, descriptor, stop);
  ASSIGN_OR_RETURN(const std::string_view first, file->Peek());
  if (first.starts_with(kGzipMagic)) return std::make_unique<GzipFile>(std::move(file));
  if (first.starts_with(kZstdMagic)) return std::make_unique<ZstdFile>(std::move(file));
  return file;
}

}  // namespace syspulse
