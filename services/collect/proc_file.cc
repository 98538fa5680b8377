#include "services/collect/proc_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/collect/errno_status.h"

namespace syspulse {
namespace {

constexpr std::size_t kFirstBuffer = 4096;
constexpr std::size_t kMostBytes = 8 << 20;  // /proc/stat of the largest machines is below 1 MiB
constexpr std::size_t kHalfPage = 2048;      // of the smallest pages that Linux has
constexpr std::size_t kPiece = 64 << 10;     // of a file that is read line by line

std::string_view KindOf(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a pipe";
  return S_ISSOCK(mode) ? "a socket" : "a device";
}

// Returns whether nothing is left behind a read that gave `got` of the `wanted` bytes.
bool IsEnd(FileEnd end, std::size_t got, std::size_t wanted) {
  if (got == 0) return true;
  if (got == wanted) return false;
  return end == FileEnd::kShortRead || (end == FileEnd::kHalfPage && got < kHalfPage);
}

// Reads the whole file from its start. Returns its size, or -errno.
std::int64_t ReadAll(int fd, FileEnd end, std::string* buffer, std::size_t limit) {
  if (buffer->size() < std::min(kFirstBuffer, limit)) buffer->resize(std::min(kFirstBuffer, limit));
  std::size_t size = 0;
  while (true) {
    const std::size_t wanted = buffer->size() - size;
    const ssize_t got = pread(fd, buffer->data() + size, wanted, static_cast<off_t>(size));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -errno;
    size += static_cast<std::size_t>(got);
    if (IsEnd(end, static_cast<std::size_t>(got), wanted)) return static_cast<std::int64_t>(size);
    if (size == buffer->size()) {
      if (size >= limit) return static_cast<std::int64_t>(size);
      buffer->resize(std::min(size * 2, limit));
    }
  }
}

}  // namespace

absl::Status ProcFile::Open() {
  if (file_.valid()) return absl::OkStatus();
  FileDescriptor opened(open(path_.c_str(), kReadFileFlags));
  if (!opened.valid()) return ErrnoStatus(errno, "open", path_);
  struct stat status {};
  if (fstat(opened.get(), &status) != 0) return ErrnoStatus(errno, "open", path_);
  if (!S_ISREG(status.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrFormat("open %s: it is %s and no file", path_, KindOf(status.st_mode)));
  }
  file_ = std::move(opened);
  return absl::OkStatus();
}

absl::Status ProcFile::Failed(int error) {
  file_.Close();
  return ErrnoStatus(error, "read", path_);
}

absl::StatusOr<std::string_view> ProcFile::Read() {
  RETURN_IF_ERROR(Open());
  // One byte more than allowed tells a file of the limit from a larger one.
  const std::int64_t size = ReadAll(file_.get(), end_, &buffer_, kMostBytes + 1);
  if (size < 0) return Failed(static_cast<int>(-size));
  if (static_cast<std::size_t>(size) > kMostBytes) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("read %s: it is larger than %d bytes", path_, kMostBytes));
  }
  return std::string_view(buffer_).substr(0, static_cast<std::size_t>(size));
}

absl::Status ProcFile::ReadLines(const std::function<absl::Status(std::string_view line)>& visit) {
  RETURN_IF_ERROR(Open());
  buffer_.resize(kPiece);
  std::size_t kept = 0;  // bytes of a line that goes on in the next piece
  for (off_t at = 0;;) {
    if (kept == buffer_.size()) {
      return absl::ResourceExhaustedError(
          absl::StrFormat("read %s: a line is longer than %d bytes", path_, kPiece));
    }
    const ssize_t got = pread(file_.get(), buffer_.data() + kept, buffer_.size() - kept, at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failed(errno);
    if (got == 0) break;
    at += got;
    std::string_view piece =
        std::string_view(buffer_).substr(0, kept + static_cast<std::size_t>(got));
    for (auto end = piece.find('\n'); end != piece.npos; end = piece.find('\n')) {
      RETURN_IF_ERROR(visit(piece.substr(0, end)));
      piece.remove_prefix(end + 1);
    }
    kept = piece.size();
    std::memmove(buffer_.data(), piece.data(), kept);
  }
  if (kept == 0) return absl::OkStatus();
  return absl::DataLossError(absl::StrFormat("parse %s: its last line is cut", path_));
}

}  // namespace syspulse
