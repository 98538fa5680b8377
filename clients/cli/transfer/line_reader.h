// The lines of a file, one after the other, with their numbers.
#ifndef CLIENTS_CLI_TRANSFER_LINE_READER_H_
#define CLIENTS_CLI_TRANSFER_LINE_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clients/cli/transfer/input_file.h"

namespace syspulse {

// Confined to one thread.
class LineReader {
 public:
  // Holds one line in memory, of `most_bytes` at most. `file` must outlive this.
  explicit LineReader(InputFile* file, std::size_t most_bytes = std::size_t{128} << 20)
      : file_(file), most_bytes_(most_bytes) {}
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  // Returns the next line without its end; a view until the next call. Nothing at the end of the
  // file. DataLoss if a line is too long; else errors of the file.
  absl::StatusOr<std::optional<std::string_view>> Next();

  // Returns whether the last line has no end: the file may be cut there.
  bool is_open() const { return is_open_; }

  // Returns the number of the last line, from 1.
  std::int64_t number() const { return number_; }

  // Returns how many bytes of lines were read.
  std::int64_t bytes() const { return bytes_; }

 private:
  // Returns the line up to `end`, behind which the next one begins.
  std::string_view Take(std::size_t end, std::size_t next);

  InputFile* const file_;
  const std::size_t most_bytes_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of the next line, in the buffer
  bool is_open_ = false;
  std::int64_t number_ = 0;
  std::int64_t bytes_ = 0;
};

}  // namespace syspulse

#endif  // CLIENTS_CLI_TRANSFER_LINE_READER_H_
