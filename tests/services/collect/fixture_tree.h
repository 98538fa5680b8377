// A copy of a host in tests/fixtures that a test may change: proc, sys and rootfs as plain files.
#ifndef TESTS_SERVICES_COLLECT_FIXTURE_TREE_H_
#define TESTS_SERVICES_COLLECT_FIXTURE_TREE_H_

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "services/collect/procfs.h"

namespace syspulse {

class FixtureTree {
 public:
  explicit FixtureTree(const std::string& host = "web-1") {
    // In memory where there is such a place: some tests write thousands of times.
    const std::filesystem::path memory = "/dev/shm";
    const bool usable = access(memory.c_str(), W_OK) == 0;
    const auto parent = usable ? memory : std::filesystem::temp_directory_path();
    std::string name = (parent / "syspulse-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    root_ = name;
    std::filesystem::copy(
        std::filesystem::path(SYSPULSE_SOURCE_DIR) / "tests/fixtures" / host, root_,
        std::filesystem::copy_options::recursive | std::filesystem::copy_options::copy_symlinks);
  }
  ~FixtureTree() { std::filesystem::remove_all(root_); }
  FixtureTree(const FixtureTree&) = delete;
  FixtureTree& operator=(const FixtureTree&) = delete;

  Roots roots() const {
    return {.procfs = Path("proc"), .sysfs = Path("sys"), .rootfs = Path("rootfs")};
  }
  std::string Path(std::string_view path) const { return (root_ / path).string(); }

  std::string Read(std::string_view path) const {
    std::ifstream in(Path(path), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  // Overwrites the file in place, as the kernel changes what an open file reads.
  void Write(std::string_view path, std::string_view text) const {
    std::filesystem::create_directories(std::filesystem::path(Path(path)).parent_path());
    std::ofstream out(Path(path), std::ios::binary | std::ios::trunc);
    out << text;
  }
  void Remove(std::string_view path) const { std::filesystem::remove_all(Path(path)); }

 private:
  std::filesystem::path root_;
};

}  // namespace syspulse

#endif  // TESTS_SERVICES_COLLECT_FIXTURE_TREE_H_
