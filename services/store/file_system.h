// Files as the store sees them: the seam at which tests put a disk that breaks.
//
// Only what a store of immutable and appended files needs. What survives a crash is said for each
// function, because everything above is built on that: bytes survive once Sync returned OK, and a
// name (made, renamed or removed) once SyncDirectory of its folder did. The real one is made by
// PosixFileSystem(); tests use tests/testing/memory_file_system.h.
#ifndef SERVICES_STORE_FILE_SYSTEM_H_
#define SERVICES_STORE_FILE_SYSTEM_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace syspulse {

// A file that grows at its end. Confined to one thread; closed when it goes.
class WritableFile {
 public:
  virtual ~WritableFile() = default;

  // Writes `data` at the end of the file. ResourceExhausted if the disk or a quota is full,
  // Unavailable for any other failure; then any part of `data`, from none to all of it, stands in
  // the file.
  virtual absl::Status Append(std::string_view data) = 0;

  // Makes what was appended survive a crash. After an error nothing is known of the bytes since the
  // last success, whatever a later call says: write them again, to another file. NotFound if the
  // file has no name any more, because it was removed.
  virtual absl::Status Sync() = 0;
};

// A file that is read at any place. Thread-safe.
class ReadableFile {
 public:
  virtual ~ReadableFile() = default;

  // Fills `out` with the bytes from `offset` on. OutOfRange if the file ends before; DataLoss if
  // the disk cannot read them.
  virtual absl::Status ReadAt(std::int64_t offset, std::span<char> out) const = 0;

  // Returns the length in bytes that the file had when it was opened, and when it had been written
  // to last, by the clock of the machine.
  virtual std::int64_t size() const = 0;
  virtual absl::Time written() const = 0;
};

// Holds a folder for this process until it goes.
class DirectoryLock {
 public:
  virtual ~DirectoryLock() = default;
};

// Thread-safe. Paths are those of the system, not relative to anything. Errors name the path and
// carry what the system says: NotFound, ResourceExhausted (full), PermissionDenied, Unavailable.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // Makes an empty file, in place of another of that name.
  virtual absl::StatusOr<std::unique_ptr<WritableFile>> Create(const std::string& path) = 0;

  virtual absl::StatusOr<std::unique_ptr<ReadableFile>> Open(const std::string& path) = 0;

  // Gives a file another name, in place of a file that has it. After a crash the new name means
  // either file, whole, until SyncDirectory.
  virtual absl::Status Rename(const std::string& from, const std::string& to) = 0;

  virtual absl::Status Remove(const std::string& path) = 0;

  // Returns the names of all that stands in a folder but for folders, sorted: files, and also what
  // Open refuses, such as links to nowhere.
  virtual absl::StatusOr<std::vector<std::string>> List(const std::string& directory) = 0;

  // Makes a folder and those above it, for this user only, so that they survive a crash. OK if
  // there is one.
  virtual absl::Status CreateDirectories(const std::string& directory) = 0;

  // Makes the names in a folder survive a crash.
  virtual absl::Status SyncDirectory(const std::string& directory) = 0;

  // Takes the folder for this process. FailedPrecondition with a sentence for people if another one
  // has it. The lock ends with the process, however that ends.
  virtual absl::StatusOr<std::unique_ptr<DirectoryLock>> Lock(const std::string& directory) = 0;
};

// Returns the files of the machine.
std::unique_ptr<FileSystem> PosixFileSystem();

// Returns all bytes of a file. ResourceExhausted if there are more than `limit`.
absl::StatusOr<std::string> ReadWholeFile(FileSystem* files, const std::string& path,
                                          std::int64_t limit);

// Puts `bytes` in a file so that a crash leaves either what was there before or all of them: writes
// `path`.tmp, syncs, renames, syncs the folder.
absl::Status WriteFileAtomically(FileSystem* files, const std::string& directory,
                                 const std::string& name, std::string_view bytes);

}  // namespace syspulse

#endif  // SERVICES_STORE_FILE_SYSTEM_H_
