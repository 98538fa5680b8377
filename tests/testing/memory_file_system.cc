#include "tests/testing/memory_file_system.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"

namespace syspulse {
namespace {

constexpr std::size_t kPage = 512;  // what a disk writes at once

std::string FolderOf(const std::string& path) { return path.substr(0, path.rfind('/')); }

absl::Status Dead() { return absl::UnavailableError("the machine crashed"); }

// Returns what the disk may hold of a file, of which `durable` was synced and `data` written.
std::string Torn(const std::string& durable, const std::string& data, std::mt19937_64* random) {
  std::string torn = durable;
  const std::size_t end = data.size() <= durable.size()
                              ? durable.size()
                              : durable.size() + (*random)() % (data.size() - durable.size() + 1);
  while (torn.size() < end) {
    const std::size_t page_end = std::min(end, (torn.size() / kPage + 1) * kPage);
    // The length of a file can reach the disk before its bytes.
    if ((*random)() % 4 == 0) {
      torn.resize(page_end, '\0');
    } else {
      torn.append(data, torn.size(), page_end - torn.size());
    }
  }
  return torn;
}

}  // namespace

class MemoryFileSystem::OpenForWriting final : public WritableFile {
 public:
  OpenForWriting(MemoryFileSystem* disk, InodePtr inode, int life)
      : disk_(disk), inode_(std::move(inode)), life_(life) {}

  absl::Status Append(std::string_view data) override {
    MutexLock lock(disk_->mutex_);
    if (life_ != disk_->life_) return Dead();
    if (const absl::Status status = disk_->CountLocked(Operation::kAppend); !status.ok()) {
      inode_->data.append(data.substr(0, data.size() / 2));
      return status;
    }
    if (disk_->capacity_ >= 0) {
      const std::int64_t free =
          std::max<std::int64_t>(0, disk_->capacity_ - disk_->TotalBytesLocked());
      if (std::int64_t(data.size()) > free) {
        inode_->data.append(data.substr(0, std::size_t(free)));
        return absl::ResourceExhaustedError("write: No space left on device");
      }
    }
    inode_->data.append(data);
    return absl::OkStatus();
  }

  absl::Status Sync() override {
    MutexLock lock(disk_->mutex_);
    if (life_ != disk_->life_) return Dead();
    if (const absl::Status status = disk_->CountLocked(Operation::kSync); !status.ok()) {
      inode_->lost_to = inode_->data.size();
      return status;
    }
    std::string now = inode_->data;
    if (inode_->lost_to > inode_->durable.size()) {
      std::fill(now.begin() + std::ptrdiff_t(inode_->durable.size()),
                now.begin() + std::ptrdiff_t(inode_->lost_to), '\0');
    }
    inode_->durable = std::move(now);
    for (const auto& [path, inode] : disk_->names_) {
      if (inode == inode_) return absl::OkStatus();
    }
    return absl::NotFoundError("sync: the file was removed");
  }

 private:
  MemoryFileSystem* const disk_;
  const InodePtr inode_;
  const int life_;
};

class MemoryFileSystem::OpenForReading final : public ReadableFile {
 public:
  OpenForReading(MemoryFileSystem* disk, InodePtr inode, std::int64_t size)
      : disk_(disk), inode_(std::move(inode)), size_(size), written_(inode_->written) {}

  absl::Status ReadAt(std::int64_t offset, std::span<char> out) const override {
    MutexLock lock(disk_->mutex_);
    RETURN_IF_ERROR(disk_->CountLocked(Operation::kRead));
    const std::string& data = inode_->data;
    if (offset < 0 || std::size_t(offset) > data.size() ||
        out.size() > data.size() - std::size_t(offset)) {
      return absl::OutOfRangeError(absl::StrFormat("read at byte %d: the file ends", offset));
    }
    std::memcpy(out.data(), data.data() + offset, out.size());
    return absl::OkStatus();
  }

  std::int64_t size() const override { return size_; }
  absl::Time written() const override { return written_; }

 private:
  MemoryFileSystem* const disk_;
  const InodePtr inode_;
  const std::int64_t size_;
  const absl::Time written_;
};

class MemoryFileSystem::HeldLock final : public DirectoryLock {
 public:
  HeldLock(MemoryFileSystem* disk, std::string directory, int life)
      : disk_(disk), directory_(std::move(directory)), life_(life) {}
  ~HeldLock() override {
    MutexLock lock(disk_->mutex_);
    if (life_ == disk_->life_) disk_->locked_.erase(directory_);
  }

 private:
  MemoryFileSystem* const disk_;
  const std::string directory_;
  const int life_;
};

absl::Status MemoryFileSystem::CountLocked(Operation operation) {
  if (crashed_) return Dead();
  ++calls_[operation];
  for (Fault& fault : faults_[operation]) {
    if (fault.skip > 0) {
      --fault.skip;
    } else if (fault.count > 0) {
      --fault.count;
      return fault.status;
    }
  }
  return absl::OkStatus();
}

void MemoryFileSystem::ChangeLocked(const std::string& path, Change change) {
  for (const auto& [name, inode] : change) {
    if (inode == nullptr) {
      names_.erase(name);
    } else {
      names_[name] = inode;
    }
  }
  unsynced_[FolderOf(path)].push_back(std::move(change));
}

absl::StatusOr<std::unique_ptr<WritableFile>> MemoryFileSystem::Create(const std::string& path) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(CountLocked(Operation::kCreate));
  auto inode = std::make_shared<Inode>();
  ChangeLocked(path, {{path, inode}});
  return std::make_unique<OpenForWriting>(this, std::move(inode), life_);
}

absl::StatusOr<std::unique_ptr<ReadableFile>> MemoryFileSystem::Open(const std::string& path) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(CountLocked(Operation::kOpen));
  const auto found = names_.find(path);
  if (found == names_.end())
    return absl::NotFoundError(absl::StrFormat("open %s: no such file", path));
  return std::make_unique<OpenForReading>(this, found->second,
                                          std::int64_t(found->second->data.size()));
}

absl::Status MemoryFileSystem::Rename(const std::string& from, const std::string& to) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(CountLocked(Operation::kRename));
  const auto found = names_.find(from);
  if (found == names_.end())
    return absl::NotFoundError(absl::StrFormat("rename %s: no such file", from));
  ChangeLocked(to, {{to, found->second}, {from, nullptr}});
  return absl::OkStatus();
}

absl::Status MemoryFileSystem::Remove(const std::string& path) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(CountLocked(Operation::kRemove));
  if (!names_.contains(path))
    return absl::NotFoundError(absl::StrFormat("remove %s: no such file", path));
  ChangeLocked(path, {{path, nullptr}});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> MemoryFileSystem::List(const std::string& directory) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(CountLocked(Operation::kList));
  std::vector<std::string> names;
  for (const auto& [path, inode] : names_) {
    if (FolderOf(path) == directory) names.push_back(path.substr(directory.size() + 1));
  }
  return names;
}

absl::Status MemoryFileSystem::CreateDirectories(const std::string&) { return absl::OkStatus(); }

absl::Status MemoryFileSystem::SyncDirectory(const std::string& directory) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(CountLocked(Operation::kSyncDirectory));
  for (const Change& change : unsynced_[directory]) {
    for (const auto& [name, inode] : change) {
      if (inode == nullptr) {
        durable_names_.erase(name);
      } else {
        durable_names_[name] = inode;
      }
    }
  }
  unsynced_.erase(directory);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<DirectoryLock>> MemoryFileSystem::Lock(
    const std::string& directory) {
  MutexLock lock(mutex_);
  if (!locked_.insert(directory).second) {
    return absl::FailedPreconditionError(
        absl::StrFormat("%s is in use by another process", directory));
  }
  return std::make_unique<HeldLock>(this, directory, life_);
}

void MemoryFileSystem::Fail(Operation operation, absl::Status status, int skip, int count) {
  MutexLock lock(mutex_);
  faults_[operation].push_back({.status = std::move(status), .skip = skip, .count = count});
}

void MemoryFileSystem::Heal() {
  MutexLock lock(mutex_);
  faults_.clear();
  capacity_ = -1;
}

void MemoryFileSystem::SetCapacity(std::int64_t bytes) {
  MutexLock lock(mutex_);
  capacity_ = bytes;
}

void MemoryFileSystem::Crash(CrashKind kind, std::uint64_t seed) {
  MutexLock lock(mutex_);
  ++life_;
  crashed_ = true;
  locked_.clear();
  faults_.clear();
  if (kind == CrashKind::kProcess) {
    // The kernel goes on and writes everything back, but for what it gave up on.
    return;
  }
  std::mt19937_64 random(seed);
  for (auto& [folder, changes] : unsynced_) {
    // A journal keeps the order of names: some first part of the changes is there.
    const std::size_t kept = kind == CrashKind::kLoseUnsynced ? 0 : random() % (changes.size() + 1);
    for (std::size_t i = 0; i < kept; ++i) {
      for (const auto& [name, inode] : changes[i]) {
        if (inode == nullptr) {
          durable_names_.erase(name);
        } else {
          durable_names_[name] = inode;
        }
      }
    }
  }
  unsynced_.clear();
  for (auto& [name, inode] : durable_names_) {
    std::string left = kind == CrashKind::kLoseUnsynced
                           ? inode->durable
                           : Torn(inode->durable, inode->data, &random);
    inode = std::make_shared<Inode>(Inode{.data = left, .durable = left});
  }
  names_ = durable_names_;
}

void MemoryFileSystem::Restart() {
  MutexLock lock(mutex_);
  crashed_ = false;
}

std::string MemoryFileSystem::Contents(const std::string& path) const {
  MutexLock lock(mutex_);
  const auto found = names_.find(path);
  return found == names_.end() ? std::string() : found->second->data;
}

void MemoryFileSystem::SetContents(const std::string& path, std::string bytes) {
  MutexLock lock(mutex_);
  auto inode = std::make_shared<Inode>(Inode{.data = bytes, .durable = bytes});
  names_[path] = inode;
  durable_names_[path] = inode;
}

void MemoryFileSystem::SetWritten(const std::string& path, absl::Time time) {
  MutexLock lock(mutex_);
  names_.at(path)->written = time;
}

bool MemoryFileSystem::Exists(const std::string& path) const {
  MutexLock lock(mutex_);
  return names_.contains(path);
}

std::vector<std::string> MemoryFileSystem::Paths() const {
  MutexLock lock(mutex_);
  std::vector<std::string> paths;
  for (const auto& [path, inode] : names_) paths.push_back(path);
  return paths;
}

std::int64_t MemoryFileSystem::TotalBytes() const {
  MutexLock lock(mutex_);
  return TotalBytesLocked();
}

std::int64_t MemoryFileSystem::TotalBytesLocked() const {
  std::int64_t bytes = 0;
  for (const auto& [path, inode] : names_) bytes += std::int64_t(inode->data.size());
  return bytes;
}

int MemoryFileSystem::Calls(Operation operation) const {
  MutexLock lock(mutex_);
  const auto found = calls_.find(operation);
  return found == calls_.end() ? 0 : found->second;
}

}  // namespace syspulse
