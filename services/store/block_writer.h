// Writes a block file so that a crash leaves either the whole file or none.
//
//   ASSIGN_OR_RETURN(auto writer, BlockWriter::Create(files, directory, "1700000000000-3.block"));
//   RETURN_IF_ERROR(writer->Add({.host = "web-1", .source = "system", .schema = schema}, bytes));
//   RETURN_IF_ERROR(writer->Finish());
#ifndef SERVICES_STORE_BLOCK_WRITER_H_
#define SERVICES_STORE_BLOCK_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/block_format.h"
#include "services/store/file_system.h"

namespace syspulse {

// What files that are still being written are called: a start may remove them.
inline constexpr std::string_view kUnfinishedSuffix = ".tmp";

// Confined to one thread.
class BlockWriter {
 public:
  // Begins the block `directory`/`name`, under a name of its own with kUnfinishedSuffix. `files`
  // must outlive the writer. Errors are those of the file system.
  static absl::StatusOr<std::unique_ptr<BlockWriter>> Create(FileSystem* files,
                                                             const std::string& directory,
                                                             const std::string& name);
  // Removes what is not finished.
  ~BlockWriter();
  BlockWriter(const BlockWriter&) = delete;
  BlockWriter& operator=(const BlockWriter&) = delete;

  // Adds a group: `bytes` of a GroupEncoder with the host, source and schema of `group`, whose
  // other fields are found in the bytes. InvalidArgument if they are no group or have another
  // number of columns than the schema has series: the block goes on without it. Any other error is
  // the file's, and the block's end.
  absl::Status Add(BlockGroup group, std::string_view bytes);

  // Writes the directory and gives the file its name. Once it returns OK the block survives a
  // crash. After an error the block does not exist; or, where it takes the place of one
  // (`in_place`), that one does or this one.
  absl::Status Finish(bool in_place = false);

  // Returns how many bytes the groups take so far.
  std::int64_t size() const { return size_; }

 private:
  BlockWriter(FileSystem* files, std::string directory, std::string name,
              std::unique_ptr<WritableFile> file);

  std::string TemporaryPath() const;
  absl::Status Append(std::string_view bytes);

  FileSystem* const files_;
  const std::string directory_;
  const std::string name_;
  std::unique_ptr<WritableFile> file_;
  std::vector<BlockGroup> groups_;
  std::int64_t size_ = 0;  // bytes written
  absl::Status error_;     // why nothing more can be written
  bool finished_ = false;  // and so the temporary file is no more
};

}  // namespace syspulse

#endif  // SERVICES_STORE_BLOCK_WRITER_H_
