// One program for all targets: libFuzzer's own flags, and the target by SYSPULSE_FUZZ_TARGET.
//
//   SYSPULSE_FUZZ_TARGET=meminfo build-fuzz/tests/fuzzer -max_total_time=30 CORPUS
//   build-fuzz/tests/fuzzer --list            the targets
//   build-fuzz/tests/fuzzer --seeds DIR       writes the target's seeds into DIR
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "tests/fuzz/targets.h"

namespace {

void (*run)(std::string_view) = nullptr;

[[noreturn]] void ListTargets() {
  for (const auto& target : syspulse::AllTargets()) std::puts(std::string(target.name).c_str());
  std::exit(0);
}

[[noreturn]] void WriteSeeds(const syspulse::FuzzTarget& target, const std::string& folder) {
  for (std::size_t i = 0; i < target.seeds.size(); ++i) {
    std::ofstream(folder + "/seed-" + std::to_string(i)) << syspulse::ReadSeed(target.seeds[i]);
  }
  std::exit(0);
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  if (*argc > 1 && std::string_view((*argv)[1]) == "--list") ListTargets();
  const char* const name = std::getenv("SYSPULSE_FUZZ_TARGET");
  for (const auto& target : syspulse::AllTargets()) {
    if (name == nullptr || target.name != name) continue;
    if (*argc > 2 && std::string_view((*argv)[1]) == "--seeds") WriteSeeds(target, (*argv)[2]);
    run = target.run;
    return 0;
  }
  std::fprintf(stderr, "SYSPULSE_FUZZ_TARGET names none of the targets that --list tells\n");
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  run(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
