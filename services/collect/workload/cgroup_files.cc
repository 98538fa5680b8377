#include "services/collect/workload/cgroup_files.h"

#include <array>
#include <utility>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

// A key of a file of lines "key value", and where its value belongs.
template <typename Fields>
struct Key {
  std::string_view name;
  CgroupNumber Fields::*field;
};

constexpr std::array<Key<CgroupCpu>, 6> kCpuKeys = {
    {{"usage_usec", &CgroupCpu::usage_microseconds},
     {"user_usec", &CgroupCpu::user_microseconds},
     {"system_usec", &CgroupCpu::system_microseconds},
     {"nr_periods", &CgroupCpu::periods},
     {"nr_throttled", &CgroupCpu::throttled_periods},
     {"throttled_usec", &CgroupCpu::throttled_microseconds}}};
constexpr std::array<Key<CgroupMemory>, 7> kMemoryKeys = {
    {{"anon", &CgroupMemory::anonymous},
     {"file", &CgroupMemory::file},
     {"file_mapped", &CgroupMemory::mapped_file},
     {"active_file", &CgroupMemory::active_file},
     {"inactive_file", &CgroupMemory::inactive_file},
     {"pgfault", &CgroupMemory::faults},
     {"pgmajfault", &CgroupMemory::major_faults}}};
constexpr std::array<Key<CgroupMemoryEvents>, 2> kEventKeys = {
    {{"max", &CgroupMemoryEvents::max}, {"oom_kill", &CgroupMemoryEvents::oom_kill}}};
constexpr std::array<Key<CgroupDevice>, 4> kDeviceKeys = {{{"rbytes", &CgroupDevice::read_bytes},
                                                           {"wbytes", &CgroupDevice::written_bytes},
                                                           {"rios", &CgroupDevice::reads},
                                                           {"wios", &CgroupDevice::writes}}};

// Sets the field of the key, if it is one of ours. Returns whether its value is a number.
template <typename Fields, std::size_t kSize>
bool Set(const std::array<Key<Fields>, kSize>& keys, std::string_view name, std::string_view value,
         Fields* fields) {
  for (const Key<Fields>& key : keys) {
    if (key.name != name) continue;
    fields->*key.field = ParseNumber<std::uint64_t>(value);
    return (fields->*key.field).has_value();
  }
  return true;
}

template <typename Fields, std::size_t kSize>
absl::StatusOr<Fields> ParseFlatKeyed(const std::array<Key<Fields>, kSize>& keys,
                                      std::string_view text, std::string_view file) {
  RETURN_IF_ERROR(CheckWholeLines(text, file));
  Fields fields;
  while (!text.empty()) {
    const std::string_view line = TakeUntil(&text, '\n');
    std::string_view value = line;
    const std::string_view name = TakeUntil(&value, ' ');
    if (name.empty() || value.empty() || !Set(keys, name, value, &fields)) {
      return BadLine(file, line);
    }
  }
  return fields;
}

bool IsDeviceNumber(std::string_view text) {
  const std::string_view major = TakeUntil(&text, ':');
  return ParseNumber<std::uint32_t>(major) && ParseNumber<std::uint32_t>(text);
}

bool IsMeasured(const CgroupDevice& device) { return device.read_bytes || device.written_bytes; }

}  // namespace

absl::StatusOr<CgroupCpu> ParseCgroupCpu(std::string_view text, std::string_view file) {
  return ParseFlatKeyed(kCpuKeys, text, file);
}

absl::StatusOr<CgroupMemory> ParseCgroupMemory(std::string_view text, std::string_view file) {
  return ParseFlatKeyed(kMemoryKeys, text, file);
}

absl::StatusOr<CgroupMemoryEvents> ParseCgroupMemoryEvents(std::string_view text,
                                                           std::string_view file) {
  return ParseFlatKeyed(kEventKeys, text, file);
}

absl::StatusOr<std::vector<CgroupDevice>> ParseCgroupDevices(std::string_view text,
                                                             std::string_view file) {
  std::vector<CgroupDevice> devices;
  if (text.empty()) return devices;
  RETURN_IF_ERROR(CheckWholeLines(text, file));
  while (!text.empty()) {
    const std::string_view whole = TakeUntil(&text, '\n');
    std::string_view line = whole;
    CgroupDevice device;
    // Kernels before 5.14 end no line after a device that did nothing: another device follows.
    for (std::string_view field = TakeField(&line); !field.empty(); field = TakeField(&line)) {
      std::string_view value = field;
      const std::string_view key = TakeUntil(&value, '=');
      if (key.size() == field.size()) {
        if (!IsDeviceNumber(field)) return BadLine(file, whole);
        if (IsMeasured(device)) devices.push_back(device);
        device = CgroupDevice{.number = field};
      } else if (device.number.empty() || !Set(kDeviceKeys, key, value, &device)) {
        return BadLine(file, whole);
      }
    }
    if (IsMeasured(device)) devices.push_back(device);
  }
  return devices;
}

absl::StatusOr<std::uint64_t> ParseCgroupNumber(std::string_view text, std::string_view file) {
  RETURN_IF_ERROR(CheckWholeLines(text, file));
  const std::string_view line = TakeUntil(&text, '\n');
  if (!text.empty()) return BadLine(file, text);
  if (line == "max") return kNoLimit;
  const auto number = ParseNumber<std::uint64_t>(line);
  if (!number) return BadLine(file, line);
  return *number;
}

absl::StatusOr<CgroupCpuLimit> ParseCgroupCpuLimit(std::string_view text, std::string_view file) {
  RETURN_IF_ERROR(CheckWholeLines(text, file));
  const std::string_view line = TakeUntil(&text, '\n');
  std::string_view period = line;
  const std::string_view quota = TakeUntil(&period, ' ');
  const auto quota_number =
      quota == "max" ? std::optional(kNoLimit) : ParseNumber<std::uint64_t>(quota);
  const auto period_number = ParseNumber<std::uint64_t>(period);
  if (!text.empty() || !quota_number || !period_number) return BadLine(file, line);
  return CgroupCpuLimit{.quota_microseconds = *quota_number, .period_microseconds = *period_number};
}

absl::StatusOr<std::uint64_t> CountCgroupProcesses(std::string_view text, std::string_view file) {
  std::uint64_t count = 0;
  if (text.empty()) return count;
  RETURN_IF_ERROR(CheckWholeLines(text, file));
  while (!text.empty()) {
    const std::string_view line = TakeUntil(&text, '\n');
    // 0: a process of a pid namespace that this one does not see into.
    if (!ParseNumber<std::uint32_t>(line)) return BadLine(file, line);
    ++count;
  }
  return count;
}

}  // namespace syspulse
