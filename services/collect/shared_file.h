// A file that several collectors want in the same tick, read once for all of them.
//
// Each has a reader of its own. A reader gets the text that another one has had read since its own
// last one, if there is such a text, and else has the file read: nobody gets the same text twice,
// and it does not matter which of the collectors run.
//
//   const auto stat = std::make_shared<SharedFile>(procfs.Proc("stat"));
//   FileReader cpu(stat), kernel(stat);
//   cpu.Read();     // reads the file
//   kernel.Read();  // gets what cpu got
//   kernel.Read();  // reads the file
#ifndef SERVICES_COLLECT_SHARED_FILE_H_
#define SERVICES_COLLECT_SHARED_FILE_H_

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Confined to one thread, together with its readers.
class SharedFile {
 public:
  explicit SharedFile(ProcFile file) : file_(std::move(file)) {}

  // Returns how often it was read.
  std::uint64_t reads() const { return reads_; }

  // Returns the latest text if that was read after the first `*last` reads; else what
  // ProcFile::Read says now. `*last` becomes the number of reads. The text is valid until the next
  // one.
  absl::StatusOr<std::string_view> ReadAfter(std::uint64_t* last) {
    if (*last == reads_) {
      text_ = file_.Read();
      ++reads_;
    }
    *last = reads_;
    return text_;
  }

 private:
  ProcFile file_;
  absl::StatusOr<std::string_view> text_ = absl::UnavailableError("it was not read yet");
  std::uint64_t reads_ = 0;
};

// One of those who read it. Confined to one thread.
class FileReader {
 public:
  explicit FileReader(std::shared_ptr<SharedFile> file)
      : file_(std::move(file)), last_(file_->reads()) {}

  // Returns what ProcFile::Read says; the text is valid until one of the readers reads the file.
  absl::StatusOr<std::string_view> Read() { return file_->ReadAfter(&last_); }

 private:
  const std::shared_ptr<SharedFile> file_;
  std::uint64_t last_;  // number of the read that it got
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_SHARED_FILE_H_
