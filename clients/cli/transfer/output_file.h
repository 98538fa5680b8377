// A file that is there when it is whole, or not at all.
//
// It is written under another name beside its place, and put there by Commit(). So an export that
// breaks off leaves no half of a file that could pass for all of it, and an older file of that name
// stays until then. What is no regular file, such as a pipe or /dev/stdout, is written as it is.
#ifndef CLIENTS_CLI_TRANSFER_OUTPUT_FILE_H_
#define CLIENTS_CLI_TRANSFER_OUTPUT_FILE_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cli/output/sink.h"

namespace syspulse {

// Confined to one thread.
class OutputFile final : public TextSink {
 public:
  // Makes the file. FailedPrecondition, which names it, if that cannot be.
  static absl::StatusOr<std::unique_ptr<OutputFile>> Create(const std::string& path);

  // Removes what was written unless it was committed.
  ~OutputFile() override;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // Errors name the file.
  absl::Status Write(std::string_view text) override;

  // Returns whether it is a file of its own, which is there once it is whole.
  bool is_regular() const { return regular_; }

  // Makes the file survive a crash, and puts it in its place.
  absl::Status Commit();

 private:
  OutputFile(std::string path, std::string written_path, int descriptor)
      : path_(std::move(path)),
        written_path_(std::move(written_path)),
        regular_(!written_path_.empty()),
        descriptor_(descriptor),
        sink_(descriptor) {}

  const std::string path_;
  std::string written_path_;  // empty if it is written in its place, or was committed
  const bool regular_;
  const int descriptor_;
  FileSink sink_;
};

}  // namespace syspulse

#endif  // CLIENTS_CLI_TRANSFER_OUTPUT_FILE_H_
