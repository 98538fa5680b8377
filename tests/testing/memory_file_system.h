// A disk in memory that breaks on demand: it fills up, tears writes, fails to sync, and loses in a
// crash what was not synced.
//
// It is stricter than most disks. A file that was made and synced is lost in a crash unless its
// folder was synced too; bytes of a failed Sync never become durable, though later calls succeed,
// as on Linux, where a failed fsync marks the pages clean.
//
//   MemoryFileSystem disk;
//   disk.Fail(Operation::kSync, absl::UnavailableError("EIO"));  // the next one
//   disk.Crash(CrashKind::kLoseUnsynced, 0);
//   store.reset();  // its threads reach nothing any more
//   disk.Restart();
#ifndef TESTS_TESTING_MEMORY_FILE_SYSTEM_H_
#define TESTS_TESTING_MEMORY_FILE_SYSTEM_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "services/base/mutex.h"
#include "services/store/file_system.h"

namespace syspulse {

enum class Operation {
  kCreate,
  kAppend,
  kSync,
  kOpen,
  kRead,
  kRename,
  kRemove,
  kList,
  kSyncDirectory
};

enum class CrashKind {
  kProcess,       // as kill -9: the machine goes on, everything written stays
  kLoseUnsynced,  // power loss: nothing that was not synced stays
  kTearUnsynced,  // power loss: of what was not synced any part stays, page by page
};

// Thread-safe. Must outlive the files and locks that it hands out.
class MemoryFileSystem final : public FileSystem {
 public:
  absl::StatusOr<std::unique_ptr<WritableFile>> Create(const std::string& path) override;
  absl::StatusOr<std::unique_ptr<ReadableFile>> Open(const std::string& path) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status Remove(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) override;
  absl::Status CreateDirectories(const std::string& directory) override;
  absl::Status SyncDirectory(const std::string& directory) override;
  absl::StatusOr<std::unique_ptr<DirectoryLock>> Lock(const std::string& directory) override;

  // After `skip` more calls of `operation`, lets the next `count` of them fail with `status`. A
  // failing Append writes half of its data first.
  void Fail(Operation operation, absl::Status status, int skip = 0, int count = 1);

  // Lets no call fail any more.
  void Heal();

  // Bounds the bytes of all files; Append writes what fits and fails then. No bound if negative.
  void SetCapacity(std::int64_t bytes);

  // Ends the life of everything that has files open, and leaves on the disk what `kind` says.
  // `seed` decides what a torn crash keeps. No call succeeds from then on, until Restart: threads
  // of a test go on where those of a machine that crashed would not.
  void Crash(CrashKind kind, std::uint64_t seed);
  void Restart();

  // --- What tests look at and change behind the store's back ---

  std::string Contents(const std::string& path) const;
  void SetContents(const std::string& path, std::string bytes);
  void SetWritten(const std::string& path, absl::Time time);
  bool Exists(const std::string& path) const;
  std::vector<std::string> Paths() const;
  std::int64_t TotalBytes() const;
  int Calls(Operation operation) const;

 private:
  class OpenForWriting;
  class OpenForReading;
  class HeldLock;
  struct Inode {
    std::string data;
    std::string durable;      // what the disk holds
    std::size_t lost_to = 0;  // bytes between durable and here were lost by a failed sync
    absl::Time written = absl::InfiniteFuture();
  };
  using InodePtr = std::shared_ptr<Inode>;
  // Names that change together.
  using Change = std::vector<std::pair<std::string, InodePtr>>;
  struct Fault {
    absl::Status status;
    int skip = 0;
    int count = 0;
  };

  absl::Status CountLocked(Operation operation) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ChangeLocked(const std::string& path, Change change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::int64_t TotalBytesLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  std::map<std::string, InodePtr> names_ ABSL_GUARDED_BY(mutex_);          // as programs see them
  std::map<std::string, InodePtr> durable_names_ ABSL_GUARDED_BY(mutex_);  // as the disk has them
  std::map<std::string, std::vector<Change>> unsynced_ ABSL_GUARDED_BY(mutex_);  // by folder
  std::set<std::string> locked_ ABSL_GUARDED_BY(mutex_);
  std::map<Operation, std::vector<Fault>> faults_ ABSL_GUARDED_BY(mutex_);
  std::map<Operation, int> calls_ ABSL_GUARDED_BY(mutex_);
  std::int64_t capacity_ ABSL_GUARDED_BY(mutex_) = -1;  // bytes
  int life_ ABSL_GUARDED_BY(mutex_) = 0;                // crashes so far
  bool crashed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace syspulse

#endif  // TESTS_TESTING_MEMORY_FILE_SYSTEM_H_
