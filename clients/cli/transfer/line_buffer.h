// Gathers whole lines and hands them on many at a time.
#ifndef CLIENTS_CLI_TRANSFER_LINE_BUFFER_H_
#define CLIENTS_CLI_TRANSFER_LINE_BUFFER_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "clients/cli/output/sink.h"

namespace syspulse {

class LineBuffer {
 public:
  // `sink` must outlive this.
  explicit LineBuffer(TextSink* sink) : sink_(sink) {}

  // Takes text; call EndLine where a line ends.
  std::string& text() { return text_; }

  // Writes what was gathered if it is much. Errors are those of the sink.
  absl::Status EndLine() { return text_.size() < kMuch ? absl::OkStatus() : Flush(); }

  // Writes all that was gathered.
  absl::Status Flush() {
    const absl::Status status = sink_->Write(text_);
    text_.clear();
    return status;
  }

 private:
  static constexpr std::size_t kMuch = 64 << 10;  // bytes

  TextSink* const sink_;
  std::string text_;
};

}  // namespace syspulse

#endif  // CLIENTS_CLI_TRANSFER_LINE_BUFFER_H_
