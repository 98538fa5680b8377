// Where the text of a command goes: standard output, or a string in a test.
#ifndef CLIENTS_CLI_OUTPUT_SINK_H_
#define CLIENTS_CLI_OUTPUT_SINK_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace syspulse {

class TextSink {
 public:
  virtual ~TextSink() = default;

  // Writes all of `text`. Returns Internal if it cannot be written.
  virtual absl::Status Write(std::string_view text) = 0;

  // Returns whether a write failed because nobody reads any more: a broken pipe.
  virtual bool reader_gone() const { return false; }
};

// A file descriptor, unbuffered. SIGPIPE must be ignored.
class FileSink final : public TextSink {
 public:
  explicit FileSink(int descriptor) : descriptor_(descriptor) {}
  absl::Status Write(std::string_view text) override;
  bool reader_gone() const override { return reader_gone_; }

 private:
  const int descriptor_;
  bool reader_gone_ = false;
};

// Keeps what is written.
class StringSink final : public TextSink {
 public:
  absl::Status Write(std::string_view text) override {
    text_ += text;
    return absl::OkStatus();
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace syspulse

#endif  // CLIENTS_CLI_OUTPUT_SINK_H_
