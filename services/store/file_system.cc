#include "services/store/file_system.h"

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"

namespace syspulse {

absl::StatusOr<std::string> ReadWholeFile(FileSystem* files, const std::string& path,
                                          std::int64_t limit) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ReadableFile> file, files->Open(path));
  if (file->size() > limit) {
    return absl::ResourceExhaustedError(absl::StrFormat(
        "read %s: %d bytes, more than the %d it may have", path, file->size(), limit));
  }
  std::string bytes(static_cast<std::size_t>(file->size()), '\0');
  RETURN_IF_ERROR(file->ReadAt(0, bytes));
  return bytes;
}

absl::Status WriteFileAtomically(FileSystem* files, const std::string& directory,
                                 const std::string& name, std::string_view bytes) {
  const std::string path = directory + "/" + name;
  const std::string temporary = path + ".tmp";
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<WritableFile> file, files->Create(temporary));
    RETURN_IF_ERROR(file->Append(bytes));
    RETURN_IF_ERROR(file->Sync());
  }
  RETURN_IF_ERROR(files->Rename(temporary, path));
  return files->SyncDirectory(directory);
}

}  // namespace syspulse
