// The files of the machine, by open(2), write(2), pread(2), fdatasync(2), rename(2), flock(2).
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/store/file_system.h"

namespace syspulse {
namespace {

constexpr const char* kLockName = "LOCK";

// Returns what errno says of doing `what` to `path`.
absl::Status SystemError(std::string_view what, std::string_view path) {
  const int error = errno;
  const std::string message = absl::StrFormat("%s %s: %s", what, path, std::strerror(error));
  switch (error) {
    case ENOENT:
      return absl::NotFoundError(message);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
      return absl::ResourceExhaustedError(message);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }

  bool is_open() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_;
};

Descriptor OpenDescriptor(const std::string& path, int flags, mode_t mode = 0) {
  int number = -1;
  do {
    number = open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (number < 0 && errno == EINTR);
  return Descriptor(number);
}

class PosixWritableFile final : public WritableFile {
 public:
  PosixWritableFile(std::string path, Descriptor file)
      : path_(std::move(path)), file_(std::move(file)) {}

  absl::Status Append(std::string_view data) override {
    while (!data.empty()) {
      const ssize_t count = write(file_.number(), data.data(), data.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return SystemError("write", path_);
      data.remove_prefix(static_cast<std::size_t>(count));
    }
    return absl::OkStatus();
  }

  absl::Status Sync() override {
    if (fdatasync(file_.number()) != 0) return SystemError("sync", path_);
    // What somebody removed goes with this process, however well it is synced.
    struct stat status {};
    if (fstat(file_.number(), &status) == 0 && status.st_nlink == 0) {
      return absl::NotFoundError(absl::StrFormat("sync %s: the file was removed", path_));
    }
    return absl::OkStatus();
  }

 private:
  const std::string path_;
  const Descriptor file_;
};

class PosixReadableFile final : public ReadableFile {
 public:
  PosixReadableFile(std::string path, Descriptor file, const struct stat& status)
      : path_(std::move(path)),
        file_(std::move(file)),
        size_(status.st_size),
        written_(absl::TimeFromTimespec(status.st_mtim)) {}

  absl::Status ReadAt(std::int64_t offset, std::span<char> out) const override {
    while (!out.empty()) {
      const ssize_t count = pread(file_.number(), out.data(), out.size(), offset);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EIO) {
        return absl::DataLossError(
            absl::StrFormat("read %s at byte %d: %s", path_, offset, std::strerror(errno)));
      }
      if (count < 0) return SystemError("read", path_);
      if (count == 0) {
        return absl::OutOfRangeError(absl::StrFormat("read %s: it ends at byte %d, %d too early",
                                                     path_, offset, out.size()));
      }
      offset += count;
      out = out.subspan(static_cast<std::size_t>(count));
    }
    return absl::OkStatus();
  }

  std::int64_t size() const override { return size_; }
  absl::Time written() const override { return written_; }

 private:
  const std::string path_;
  const Descriptor file_;
  const std::int64_t size_;
  const absl::Time written_;
};

class PosixDirectoryLock final : public DirectoryLock {
 public:
  explicit PosixDirectoryLock(Descriptor file) : file_(std::move(file)) {}

 private:
  const Descriptor file_;
};

class RealFileSystem final : public FileSystem {
 public:
  absl::StatusOr<std::unique_ptr<WritableFile>> Create(const std::string& path) override {
    Descriptor file = OpenDescriptor(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
    if (!file.is_open()) return SystemError("create", path);
    return std::make_unique<PosixWritableFile>(path, std::move(file));
  }

  absl::StatusOr<std::unique_ptr<ReadableFile>> Open(const std::string& path) override {
    Descriptor file = OpenDescriptor(path, O_RDONLY | O_NONBLOCK);  // what is no file might wait
    struct stat status {};
    if (!file.is_open() || fstat(file.number(), &status) != 0) return SystemError("open", path);
    if (!S_ISREG(status.st_mode)) {
      return absl::FailedPreconditionError(absl::StrFormat("open %s: it is no plain file", path));
    }
    return std::make_unique<PosixReadableFile>(path, std::move(file), status);
  }

  absl::Status Rename(const std::string& from, const std::string& to) override {
    if (rename(from.c_str(), to.c_str()) != 0) return SystemError("rename", from);
    return absl::OkStatus();
  }

  absl::Status Remove(const std::string& path) override {
    if (unlink(path.c_str()) != 0) return SystemError("remove", path);
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) override {
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(opendir(directory.c_str()), closedir);
    if (stream == nullptr) return SystemError("list", directory);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = readdir(stream.get())) {
      const std::string name = entry->d_name;
      struct stat status {};
      if (fstatat(dirfd(stream.get()), name.c_str(), &status, 0) != 0 || !S_ISDIR(status.st_mode)) {
        names.push_back(name);
      }
      errno = 0;
    }
    if (errno != 0) return SystemError("list", directory);
    std::sort(names.begin(), names.end());
    return names;
  }

  absl::Status CreateDirectories(const std::string& directory) override {
    for (std::size_t end = 0; end != std::string::npos;) {
      end = directory.find('/', end + 1);
      const std::string part = directory.substr(0, end);
      if (mkdir(part.c_str(), 0700) == 0) {
        const std::size_t slash = part.rfind('/');
        RETURN_IF_ERROR(SyncDirectory(slash == std::string::npos ? "."
                                      : slash == 0               ? "/"
                                                                 : part.substr(0, slash)));
        continue;
      }
      if (errno == EEXIST) continue;
      // A folder above may be one that this user cannot write to, if only it exists.
      struct stat status {};
      const int error = errno;
      if (stat(part.c_str(), &status) == 0) continue;
      errno = error;
      return SystemError("make folder", part);
    }
    return absl::OkStatus();
  }

  absl::Status SyncDirectory(const std::string& directory) override {
    const Descriptor folder = OpenDescriptor(directory, O_RDONLY | O_DIRECTORY);
    if (!folder.is_open() || fsync(folder.number()) != 0) return SystemError("sync", directory);
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<DirectoryLock>> Lock(const std::string& directory) override {
    const std::string path = directory + "/" + kLockName;
    Descriptor file = OpenDescriptor(path, O_RDWR | O_CREAT, 0600);
    if (!file.is_open()) return SystemError("open", path);
    if (flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return SystemError("lock", path);
      return absl::FailedPreconditionError(absl::StrFormat(
          "data directory %s is in use by another process; stop it or choose another directory",
          directory));
    }
    return std::make_unique<PosixDirectoryLock>(std::move(file));
  }
};

}  // namespace

std::unique_ptr<FileSystem> PosixFileSystem() { return std::make_unique<RealFileSystem>(); }

}  // namespace syspulse
