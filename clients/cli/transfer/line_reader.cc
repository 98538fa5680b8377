#include "clients/cli/transfer/line_reader.h"

#include <span>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"

namespace syspulse {
namespace {

constexpr std::size_t kReadBytes = 256 << 10;

}  // namespace

absl::StatusOr<std::optional<std::string_view>> LineReader::Next() {
  std::size_t searched = begin_;
  while (true) {
    const std::size_t end = buffer_.find('\n', searched);
    if (end != buffer_.npos) return Take(end, end + 1);
    buffer_.erase(0, begin_);
    begin_ = 0;
    const std::size_t size = buffer_.size();
    if (size > most_bytes_) {
      return absl::DataLossError(
          absl::StrFormat("the line is longer than %d MiB", most_bytes_ >> 20));
    }
    buffer_.resize(size + kReadBytes);
    const auto read = file_->Read(std::span(buffer_).subspan(size));
    buffer_.resize(size + read.value_or(0));
    RETURN_IF_ERROR(read.status());
    if (*read == 0) {
      if (buffer_.empty()) return std::nullopt;
      is_open_ = true;
      return Take(size, size);
    }
    searched = size;
  }
}

std::string_view LineReader::Take(std::size_t end, std::size_t next) {
  std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
  bytes_ += static_cast<std::int64_t>(next - begin_);
  begin_ = next;
  ++number_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace syspulse
