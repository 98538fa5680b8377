// What is fuzzed: every parser of what this program did not write itself.
//
// A target takes any bytes and must neither crash, hang, nor break the rules of its parser. Each
// names the files of the fixture hosts that its fuzzing starts from.
#ifndef TESTS_FUZZ_TARGETS_H_
#define TESTS_FUZZ_TARGETS_H_

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace syspulse {

struct FuzzTarget {
  std::string_view name;
  void (*run)(std::string_view input) = nullptr;
  std::vector<std::string_view> seeds;  // files below tests/fixtures/, or text with a line break
};

// Return the targets of one folder of services.
std::vector<FuzzTarget> KernelTargets();
std::vector<FuzzTarget> NetworkTargets();
std::vector<FuzzTarget> StorageTargets();
std::vector<FuzzTarget> HardwareTargets();
std::vector<FuzzTarget> WorkloadTargets();
std::vector<FuzzTarget> PromqlTargets();
std::vector<FuzzTarget> BlockTargets();
std::vector<FuzzTarget> LogTargets();
std::vector<FuzzTarget> RemoteWriteTargets();
std::vector<FuzzTarget> TransferTargets();  // of clients/cli
std::vector<FuzzTarget> WaysInTargets();    // OpenTelemetry, small agents

// Returns all of them.
std::vector<FuzzTarget> AllTargets();

// Returns the text of a seed; aborts if its file cannot be read.
std::string ReadSeed(std::string_view seed);

// Calls a parser and forgets what it says. Some also want the name of the file, for their errors.
template <auto kParse>
void Run(std::string_view input) {
  if constexpr (std::is_invocable_v<decltype(kParse), std::string_view>) {
    (void)kParse(input);
  } else {
    (void)kParse(input, "file");
  }
}

}  // namespace syspulse

#endif  // TESTS_FUZZ_TARGETS_H_
