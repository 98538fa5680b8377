// Reads a block file: its directory at once, the rest when asked for.
//
//   ASSIGN_OR_RETURN(const auto block, BlockReader::Open(files, path));
//   for (std::size_t i = 0; i < block->groups().size(); ++i) {
//     if (block->groups()[i].host != "web-1") continue;
//     ASSIGN_OR_RETURN(const GroupView group, block->OpenGroup(i));
//     …
//   }
#ifndef SERVICES_STORE_BLOCK_READER_H_
#define SERVICES_STORE_BLOCK_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/block_format.h"
#include "services/store/file_system.h"
#include "services/store/group_codec.h"

namespace syspulse {

// Thread-safe. The file stays open as long as the reader lives, so it may be removed meanwhile.
class BlockReader {
 public:
  // Reads the directory. DataLoss if the file is no whole block. `share` is asked for each schema,
  // if it is there.
  static absl::StatusOr<std::unique_ptr<const BlockReader>> Open(FileSystem* files,
                                                                 const std::string& path,
                                                                 const ShareSchema& share = {});
  BlockReader(const BlockReader&) = delete;
  BlockReader& operator=(const BlockReader&) = delete;

  const std::string& path() const { return path_; }
  const std::vector<BlockGroup>& groups() const { return groups_; }
  std::int64_t first_ms() const { return first_ms_; }  // of all groups
  std::int64_t last_ms() const { return last_ms_; }    // of all groups
  std::int64_t size() const { return file_->size(); }  // of the file, bytes
  std::int64_t samples() const { return samples_; }    // rows times columns, absent ones included

  // Returns the group at that place of groups(). The view must not outlive the reader. DataLoss if
  // its header is damaged or differs from what the directory says.
  absl::StatusOr<GroupView> OpenGroup(std::size_t index) const { return OpenGroup(index, bytes_); }

  // The same, for a group that LoadGroup() returned. The view must not outlive it, either.
  absl::StatusOr<GroupView> OpenGroup(std::size_t index, const ByteSource& bytes) const;

  // Reads all bytes of a group: for those who want many of its columns.
  absl::StatusOr<std::unique_ptr<const ByteSource>> LoadGroup(std::size_t index) const;

 private:
  BlockReader(std::string path, std::unique_ptr<ReadableFile> file, std::vector<BlockGroup> groups);

  const std::string path_;
  const std::unique_ptr<ReadableFile> file_;
  const FileBytes bytes_;
  const std::vector<BlockGroup> groups_;
  std::int64_t first_ms_ = 0;
  std::int64_t last_ms_ = 0;
  std::int64_t samples_ = 0;
};

}  // namespace syspulse

#endif  // SERVICES_STORE_BLOCK_READER_H_
