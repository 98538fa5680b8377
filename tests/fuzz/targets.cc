#include "tests/fuzz/targets.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace syspulse {

std::vector<FuzzTarget> AllTargets() {
  std::vector<FuzzTarget> all;
  for (const auto& group : {KernelTargets(), NetworkTargets(), StorageTargets(), HardwareTargets(),
                            WorkloadTargets(), PromqlTargets(), BlockTargets(), LogTargets(),
                            RemoteWriteTargets(), TransferTargets(), WaysInTargets()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

std::string ReadSeed(std::string_view seed) {
  if (seed.find('\n') != seed.npos) return std::string(seed);
  const std::string path =
      std::string(SYSPULSE_SOURCE_DIR) + "/tests/fixtures/" + std::string(seed);
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    std::fprintf(stderr, "cannot read the seed %s\n", path.c_str());
    std::abort();
  }
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace syspulse
