#include "clients/cli/command/fields.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

bool IsWholeDisk(std::string_view device) {
  for (const std::string_view stacked : {"dm-", "md", "loop", "ram", "zram", "fd", "sr"}) {
    if (device.starts_with(stacked)) return false;
  }
  return true;
}

bool IsDigit(char c) { return std::isdigit(static_cast<unsigned char>(c)); }

// A partition has its disk's name in front and a number behind, with a p between two digits: sda1,
// nvme0n1p2.
bool IsPartitionOf(std::string_view disk, std::string_view device) {
  if (disk.empty() || device.size() <= disk.size() || !device.starts_with(disk)) return false;
  std::string_view rest = device.substr(disk.size());
  if (IsDigit(disk.back())) {
    if (rest.front() != 'p') return false;
    rest.remove_prefix(1);
  }
  return !rest.empty() && std::ranges::all_of(rest, IsDigit);
}

void Add(std::optional<double>* sum, std::optional<double> value) {
  if (value) *sum = sum->value_or(0) + *value;
}

}  // namespace

DeviceRates SumDevices(const v1::Snapshot& snapshot) {
  DeviceRates rates;
  for (const v1::Disk& disk : snapshot.disks()) {
    const bool partition = std::ranges::any_of(snapshot.disks(), [&](const v1::Disk& other) {
      return IsPartitionOf(other.device(), disk.device());
    });
    if (partition || !IsWholeDisk(disk.device())) continue;
    Add(&rates.disk_read, FIELD(disk, read_bytes_per_second));
    Add(&rates.disk_write, FIELD(disk, write_bytes_per_second));
  }
  for (const v1::NetworkInterface& network : snapshot.networks()) {
    if (network.device() == "lo") continue;
    Add(&rates.receive, FIELD(network, receive_bytes_per_second));
    Add(&rates.transmit, FIELD(network, transmit_bytes_per_second));
  }
  return rates;
}

absl::Time TimeOf(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

std::string_view StateName(v1::HostState state) {
  switch (state) {
    case v1::HOST_STATE_ONLINE:
      return "online";
    case v1::HOST_STATE_STALE:
      return "stale";
    case v1::HOST_STATE_OFFLINE:
      return "offline";
    default:
      return "unknown";
  }
}

std::string_view StateLetter(v1::ProcessState state) {
  switch (state) {
    case v1::PROCESS_STATE_RUNNING:
      return "R";
    case v1::PROCESS_STATE_SLEEPING:
      return "S";
    case v1::PROCESS_STATE_DISK_SLEEP:
      return "D";
    case v1::PROCESS_STATE_STOPPED:
      return "T";
    case v1::PROCESS_STATE_ZOMBIE:
      return "Z";
    case v1::PROCESS_STATE_IDLE:
      return "I";
    default:
      return "?";
  }
}

std::string HostLabel(const v1::Host& host) {
  if (!host.display_name().empty()) return host.display_name();
  return host.hostname().empty() ? std::string(HostIdOf(host.name())) : host.hostname();
}

std::vector<std::string> HostLabels(std::span<const v1::Host* const> hosts) {
  std::map<std::string, int> counts;
  for (const v1::Host* host : hosts) ++counts[HostLabel(*host)];
  std::vector<std::string> labels;
  for (const v1::Host* host : hosts) {
    std::string label = HostLabel(*host);
    if (counts[label] > 1) label += "/" + std::string(HostIdOf(host->name()));
    labels.push_back(std::move(label));
  }
  return labels;
}

std::string CommandOf(const v1::Process& process) {
  if (!process.command_line().empty()) return process.command_line();
  return absl::StrFormat("[%s]", process.command());
}

}  // namespace syspulse
