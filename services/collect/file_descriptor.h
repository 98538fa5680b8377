// An open file, closed with whoever has it.
#ifndef SERVICES_COLLECT_FILE_DESCRIPTOR_H_
#define SERVICES_COLLECT_FILE_DESCRIPTOR_H_

#include <unistd.h>

#include <utility>

namespace syspulse {

// Movable. Confined to one thread at a time.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.Release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      Close();
      fd_ = other.Release();
    }
    return *this;
  }
  ~FileDescriptor() { Close(); }

  bool valid() const { return fd_ >= 0; }
  int get() const { return fd_; }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int Release() { return std::exchange(fd_, -1); }

  int fd_ = -1;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_FILE_DESCRIPTOR_H_
