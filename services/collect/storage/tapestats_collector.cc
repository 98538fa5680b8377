#include "services/collect/storage/tapestats_collector.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {
namespace {

// An attribute as a metric.
struct Attribute {
  std::string_view file;
  Family family;
  double divisor = 1;  // from the kernel's unit to the metric's
};

constexpr double kNanosecondsPerSecond = 1e9;

constexpr Attribute Counter(std::string_view file, std::string_view name, std::string_view unit,
                            std::string_view help) {
  return {file, {name, MetricType::kCounter, unit, help, {"device"}}};
}

constexpr Attribute Seconds(std::string_view file, std::string_view name, std::string_view help) {
  return {file, {name, MetricType::kCounter, "seconds", help, {"device"}}, kNanosecondsPerSecond};
}

constexpr std::array kAttributes = {
    Attribute{"in_flight",
              {"node_tape_io_now",
               MetricType::kGauge,
               "",
               "The number of I/Os currently outstanding to this device.",
               {"device"}}},
    Seconds("io_ns", "node_tape_io_time_seconds_total",
            "The amount of time spent waiting for all I/O to complete (including read and write). "
            "This includes tape movement commands such as seeking between file or set marks and "
            "implicit tape movement such as when rewind on close tape devices are used."),
    Counter("other_cnt", "node_tape_io_others_total", "",
            "The number of I/Os issued to the tape drive other than read or write commands. The "
            "time taken to complete these commands uses the following calculation "
            "io_time_seconds_total-read_time_seconds_total-write_time_seconds_total"),
    Counter("read_byte_cnt", "node_tape_read_bytes_total", "bytes",
            "The number of bytes read from the tape drive."),
    Counter("read_cnt", "node_tape_reads_completed_total", "",
            "The number of read requests issued to the tape drive."),
    Seconds("read_ns", "node_tape_read_time_seconds_total",
            "The amount of time spent waiting for read requests to complete."),
    Counter("resid_cnt", "node_tape_residual_total", "",
            "The number of times during a read or write we found the residual amount to be "
            "non-zero. This should mean that a program is issuing a read larger thean the block "
            "size on tape. For write not all data made it to tape."),
    Counter("write_byte_cnt", "node_tape_written_bytes_total", "bytes",
            "The number of bytes written to the tape drive."),
    Counter("write_cnt", "node_tape_writes_completed_total", "",
            "The number of write requests issued to the tape drive."),
    Seconds("write_ns", "node_tape_write_time_seconds_total",
            "The amount of time spent waiting for write requests to complete."),
};

}  // namespace

bool IsTapeDrive(std::string_view name) {
  return name.starts_with("st") && name.size() > 2 &&
         std::ranges::all_of(name.substr(2), [](char c) { return c >= '0' && c <= '9'; });
}

absl::Status TapestatsCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, procfs_->ListSys("class/scsi_tape"));
  for (const std::string& name : names) {
    if (!IsTapeDrive(name) || !drives_.Takes(name)) continue;
    const SysDirectory stats(procfs_, absl::StrFormat("class/scsi_tape/%s/stats", name));
    for (const Attribute& attribute : kAttributes) {
      const auto number = stats.Number<std::uint64_t>(attribute.file);
      if (!number.ok()) continue;
      writer->Add(attribute.family, static_cast<double>(*number) / attribute.divisor, name);
    }
  }
  return absl::OkStatus();
}

}  // namespace syspulse
