#include "services/store/block_writer.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/store/byte_source.h"
#include "services/store/group_codec.h"

namespace syspulse {

absl::StatusOr<std::unique_ptr<BlockWriter>> BlockWriter::Create(FileSystem* files,
                                                                 const std::string& directory,
                                                                 const std::string& name) {
  ASSIGN_OR_RETURN(auto file,
                   files->Create(directory + "/" + name + std::string(kUnfinishedSuffix)));
  std::unique_ptr<BlockWriter> writer(new BlockWriter(files, directory, name, std::move(file)));
  RETURN_IF_ERROR(writer->Append(kBlockMagic));
  return writer;
}

BlockWriter::BlockWriter(FileSystem* files, std::string directory, std::string name,
                         std::unique_ptr<WritableFile> file)
    : files_(files),
      directory_(std::move(directory)),
      name_(std::move(name)),
      file_(std::move(file)) {}

BlockWriter::~BlockWriter() {
  if (finished_) return;
  file_.reset();
  // What cannot be removed now is removed at the next start.
  files_->Remove(TemporaryPath()).IgnoreError();
}

std::string BlockWriter::TemporaryPath() const {
  return directory_ + "/" + name_ + std::string(kUnfinishedSuffix);
}

absl::Status BlockWriter::Append(std::string_view bytes) {
  RETURN_IF_ERROR(error_);
  error_ = file_->Append(bytes);
  size_ += static_cast<std::int64_t>(bytes.size());
  return error_;
}

absl::Status BlockWriter::Add(BlockGroup group, std::string_view bytes) {
  const MemoryBytes source(bytes);
  const auto view = GroupView::Open(&source, 0, bytes.size(), group.host + "/" + group.source);
  if (!view.ok()) return absl::InvalidArgumentError(view.status().message());
  if (view->columns() != group.schema->series().size()) {
    return absl::InvalidArgumentError(absl::StrFormat("group %s/%s has %d columns for %d series",
                                                      group.host, group.source, view->columns(),
                                                      group.schema->series().size()));
  }
  group.first_ms = view->first_ms();
  group.last_ms = view->last_ms();
  group.rows = view->rows();
  group.offset = size_;
  group.size = bytes.size();
  RETURN_IF_ERROR(Append(bytes));
  groups_.push_back(std::move(group));
  return absl::OkStatus();
}

absl::Status BlockWriter::Finish(bool in_place) {
  RETURN_IF_ERROR(error_);
  error_ = absl::FailedPreconditionError(absl::StrFormat("block %s is finished", name_));
  ASSIGN_OR_RETURN(const std::string directory, EncodeDirectory(groups_));
  const BlockTrailer trailer{.directory_offset = size_,
                             .directory_size = directory.size(),
                             .checksum = DirectoryChecksum(directory)};
  RETURN_IF_ERROR(file_->Append(directory + trailer.Encode()));
  RETURN_IF_ERROR(file_->Sync());
  file_.reset();
  const std::string path = directory_ + "/" + name_;
  RETURN_IF_ERROR(files_->Rename(TemporaryPath(), path));
  finished_ = true;
  const absl::Status synced = files_->SyncDirectory(directory_);
  if (!synced.ok() && !in_place) files_->Remove(path).IgnoreError();
  return synced;
}

}  // namespace syspulse
