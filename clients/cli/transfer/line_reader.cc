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
    if (end != buffer_.npos) {
      std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
      begin_ = end + 1;
      ++number_;
      bytes_ += static_cast<std::int64_t>(line.size()) + 1;
      if (line.ends_with('\r')) line.remove_suffix(1);
      return line;
    }
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
      ++number_;
      return absl::DataLossError("the line does not end: the file is cut here");
    }
    searched = size;
  }
}

}  // namespace syspulse
