// Fields of messages as values: absent ones as nullopt, times as absl::Time, names for people.
#ifndef CLIENTS_CLI_COMMAND_FIELDS_H_
#define CLIENTS_CLI_COMMAND_FIELDS_H_

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "clients/cli/output/table.h"
#include "syspulse/v1/host.pb.h"
#include "syspulse/v1/process.pb.h"
#include "syspulse/v1/snapshot.pb.h"

namespace syspulse {

// Returns an `optional` field of a message as std::optional<double>: FIELD(memory, used_bytes).
#define FIELD(message, field)                                                              \
  ((message).has_##field() ? std::optional<double>(static_cast<double>((message).field())) \
                           : std::nullopt)

// Sums of rates over devices. Absent while none of them is known.
struct DeviceRates {
  std::optional<double> disk_read;
  std::optional<double> disk_write;
  std::optional<double> receive;
  std::optional<double> transmit;
};

// Returns the sums over whole disks and over interfaces other than the loopback: partitions and
// stacked devices (dm, md, loop) would count the same bytes twice.
DeviceRates SumDevices(const v1::Snapshot& snapshot);

absl::Time TimeOf(const google::protobuf::Timestamp& timestamp);

// Returns `online`, `stale`, `offline` or `unknown`.
std::string_view StateName(v1::HostState state);

// Returns the letter of ps(1).
std::string_view StateLetter(v1::ProcessState state);

// Returns what the host calls itself for people: its display name, hostname or id. Not safe text.
std::string HostLabel(const v1::Host& host);

// Returns what to call each of these hosts, in their order: its HostLabel, with the id behind it
// where others have the same, `vm/h1`. Not safe text.
std::vector<std::string> HostLabels(std::span<const v1::Host* const> hosts);

// Returns the command line, or `[command]` for a process that has none. Not safe text.
std::string CommandOf(const v1::Process& process);

// Returns every scalar of `message` with its path in JSON: `cpu.utilizationRatio`,
// `disks[sda].readBytesPerSecond`. Elements of lists go by their device, mount point, core or pid.
Table Flatten(const google::protobuf::Message& message);

}  // namespace syspulse

#endif  // CLIENTS_CLI_COMMAND_FIELDS_H_
