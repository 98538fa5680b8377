// A file that is read from its beginning to its end, decompressed on the way if it is compressed by
// gzip or zstd: its first bytes say so.
#ifndef CLIENTS_CLI_TRANSFER_INPUT_FILE_H_
#define CLIENTS_CLI_TRANSFER_INPUT_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

#include "absl/status/statusor.h"

namespace syspulse {

// Confined to one thread.
class InputFile {
 public:
  // Opens a file; `-` is standard input. FailedPrecondition, which names it, if it cannot be read.
  // `stop` ends the wait for what a pipe has not got yet, with Cancelled, here and in Read.
  static absl::StatusOr<std::unique_ptr<InputFile>> Open(const std::string& path,
                                                         const std::stop_token& stop = {});

  virtual ~InputFile() = default;
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  // Fills the beginning of `out` and returns how much; nothing at the end. FailedPrecondition if
  // the file cannot be read, DataLoss if it is damaged or cut; messages name the file.
  virtual absl::StatusOr<std::size_t> Read(std::span<char> out) = 0;

 protected:
  InputFile() = default;
};

}  // namespace syspulse

#endif  // CLIENTS_CLI_TRANSFER_INPUT_FILE_H_
