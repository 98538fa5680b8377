#include "services/store/block_reader.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"

namespace syspulse {
namespace {

absl::Status Damaged(std::string_view path, std::string_view what) {
  return absl::DataLossError(absl::StrFormat("block %s: %s", path, what));
}

// Names the block in errors about its content.
absl::Status InBlock(const std::string& path, const absl::Status& status) {
  if (status.ok()) return status;
  if (status.code() == absl::StatusCode::kOutOfRange) return Damaged(path, "it is cut off");
  return absl::Status(status.code(), absl::StrFormat("block %s: %s", path, status.message()));
}

absl::StatusOr<std::vector<BlockGroup>> ReadDirectory(const FileBytes& bytes, std::int64_t size,
                                                      const ShareSchema& share) {
  constexpr auto kTrailerSize = static_cast<std::int64_t>(BlockTrailer::kSize);
  constexpr auto kMagicSize = static_cast<std::int64_t>(kBlockMagic.size());
  if (size < kMagicSize + kTrailerSize) return absl::DataLossError("it is cut off");
  std::string buffer;
  ASSIGN_OR_RETURN(const std::string_view magic, bytes.Read(0, kBlockMagic.size(), &buffer));
  if (magic != kBlockMagic) return absl::DataLossError("it is not a block of this version");
  ASSIGN_OR_RETURN(const std::string_view end,
                   bytes.Read(size - kTrailerSize, BlockTrailer::kSize, &buffer));
  ASSIGN_OR_RETURN(const BlockTrailer trailer, BlockTrailer::Decode(end));
  const std::int64_t room = size - kTrailerSize;
  if (trailer.directory_offset < kMagicSize || trailer.directory_offset > room ||
      trailer.directory_size != static_cast<std::uint64_t>(room - trailer.directory_offset)) {
    return absl::DataLossError("its directory is not where its trailer says");
  }
  ASSIGN_OR_RETURN(const std::string_view directory,
                   bytes.Read(trailer.directory_offset, trailer.directory_size, &buffer));
  if (DirectoryChecksum(directory) != trailer.checksum) {
    return absl::DataLossError("its directory does not match its checksum");
  }
  return DecodeDirectory(directory, trailer.directory_offset, share);
}

}  // namespace

absl::StatusOr<std::unique_ptr<const BlockReader>> BlockReader::Open(FileSystem* files,
                                                                     const std::string& path,
                                                                     const ShareSchema& share) {
  ASSIGN_OR_RETURN(auto file, files->Open(path));
  auto groups = ReadDirectory(FileBytes(file.get()), file->size(), share);
  if (!groups.ok()) return InBlock(path, groups.status());
  return std::unique_ptr<const BlockReader>(
      new BlockReader(path, std::move(file), *std::move(groups)));
}

BlockReader::BlockReader(std::string path, std::unique_ptr<ReadableFile> file,
                         std::vector<BlockGroup> groups)
    : path_(std::move(path)),
      file_(std::move(file)),
      bytes_(file_.get()),
      groups_(std::move(groups)) {
  for (const BlockGroup& group : groups_) {
    const bool first = &group == &groups_.front();
    first_ms_ = first ? group.first_ms : std::min(first_ms_, group.first_ms);
    last_ms_ = first ? group.last_ms : std::max(last_ms_, group.last_ms);
    samples_ += static_cast<std::int64_t>(group.rows * group.schema->series().size());
  }
}

absl::StatusOr<std::unique_ptr<const ByteSource>> BlockReader::LoadGroup(std::size_t index) const {
  auto loaded = LoadedBytes::Load(bytes_, groups_.at(index).offset, groups_.at(index).size);
  if (!loaded.ok()) return InBlock(path_, loaded.status());
  return loaded;
}

absl::StatusOr<GroupView> BlockReader::OpenGroup(std::size_t index, const ByteSource& bytes) const {
  const BlockGroup& group = groups_.at(index);
  const std::string name =
      group.host + "/" + group.source + " at byte " + std::to_string(group.offset) + " of " + path_;
  auto view = GroupView::Open(&bytes, group.offset, group.size, name);
  if (!view.ok()) return InBlock(path_, view.status());
  if (view->rows() != group.rows || view->columns() != group.schema->series().size() ||
      view->first_ms() != group.first_ms || view->last_ms() != group.last_ms) {
    return Damaged(path_, absl::StrFormat("group %s is not the one of its directory", name));
  }
  return view;
}

}  // namespace syspulse
