// Filesystems, disks and network interfaces: the parts that are lists.
#include <algorithm>
#include <optional>

#include "services/api/snapshot_parts.h"

namespace syspulse {
namespace {

template <typename Message, typename Metric>
struct RateField {
  Metric metric;
  void (Message::*set)(double);
};

constexpr RateField<v1::Disk, DiskMetric> kDiskRates[] = {
    {kDiskReadBytes, &v1::Disk::set_read_bytes_per_second},
    {kDiskWrittenBytes, &v1::Disk::set_write_bytes_per_second},
    {kDiskReads, &v1::Disk::set_reads_per_second},
    {kDiskWrites, &v1::Disk::set_writes_per_second},
    {kDiskWeightedIoTime, &v1::Disk::set_queue_length}};

constexpr RateField<v1::NetworkInterface, NetworkMetric> kNetworkRates[] = {
    {kReceiveBytes, &v1::NetworkInterface::set_receive_bytes_per_second},
    {kTransmitBytes, &v1::NetworkInterface::set_transmit_bytes_per_second},
    {kReceivePackets, &v1::NetworkInterface::set_receive_packets_per_second},
    {kTransmitPackets, &v1::NetworkInterface::set_transmit_packets_per_second},
    {kReceiveErrors, &v1::NetworkInterface::set_receive_errors_per_second},
    {kTransmitErrors, &v1::NetworkInterface::set_transmit_errors_per_second},
    {kReceiveDrops, &v1::NetworkInterface::set_receive_drops_per_second},
    {kTransmitDrops, &v1::NetworkInterface::set_transmit_drops_per_second}};

template <typename Fields, typename Message, std::size_t N>
void SetRates(const Reading& reading, const Fields& fields, const Columns<N>& columns,
              const Columns<N>& earlier, Message* out) {
  for (const auto& [metric, set] : fields) {
    if (const auto rate = reading.Rate(columns[metric], earlier[metric])) (out->*set)(*rate);
  }
}

void SetDiskTimes(const Reading& reading, const Columns<kDiskMetrics>& columns,
                  const Columns<kDiskMetrics>& earlier, v1::Disk* out) {
  const auto growth = [&](DiskMetric metric) {
    return reading.Growth(columns[metric], earlier[metric]);
  };
  // The mean time of one of no requests is no number.
  const auto wait = [&](DiskMetric time, DiskMetric count) -> std::optional<double> {
    const auto seconds = growth(time);
    const auto requests = growth(count);
    if (!seconds || !requests || *requests <= 0) return std::nullopt;
    return *seconds / *requests;
  };
  if (const auto mean = wait(kDiskReadTime, kDiskReads)) out->set_read_wait_seconds(*mean);
  if (const auto mean = wait(kDiskWriteTime, kDiskWrites)) out->set_write_wait_seconds(*mean);
  if (const auto busy = growth(kDiskIoTime)) {
    // The kernel counts whole milliseconds, so a busy second may seem longer than it was.
    out->set_utilization_ratio(std::min(*busy / reading.seconds, 1.0));
  }
}

// Returns what is used over what others than root may use, as df(1) has it.
std::optional<double> FilesystemUtilization(std::optional<double> size, std::optional<double> free,
                                            std::optional<double> available) {
  if (!size || !free || !available) return std::nullopt;
  const double used = std::max(*size - *free, 0.0);
  if (used + *available <= 0) return std::nullopt;
  return std::clamp(used / (used + *available), 0.0, 1.0);
}

void FillFilesystem(const Frame& frame, const FilesystemPlan& plan, v1::Filesystem* out) {
  const auto value = [&](FilesystemMetric metric) { return ValueAt(frame, plan.columns[metric]); };
  const auto size = value(kFilesystemSize);
  const auto free = value(kFilesystemFree);
  const auto available = value(kFilesystemAvailable);
  out->set_mountpoint(plan.mountpoint);
  out->set_device(plan.device);
  out->set_fstype(plan.fstype);
  if (size) out->set_size_bytes(ToInt64(*size));
  if (free) out->set_free_bytes(ToInt64(*free));
  if (available) out->set_available_bytes(ToInt64(*available));
  if (size && free) out->set_used_bytes(ToInt64(std::max(*size - *free, 0.0)));
  if (const auto ratio = FilesystemUtilization(size, free, available)) {
    out->set_utilization_ratio(*ratio);
  }
  if (const auto files = value(kFilesystemFiles)) out->set_files_count(ToInt64(*files));
  if (const auto files = value(kFilesystemFilesFree)) out->set_free_files_count(ToInt64(*files));
  if (const auto flag = value(kFilesystemReadOnly)) out->set_read_only(*flag != 0);
  if (const auto flag = value(kFilesystemDeviceError)) out->set_device_error(*flag != 0);
}

}  // namespace

void FillDisks(const Reading& reading, v1::Snapshot* out) {
  for (std::size_t i = 0; i < reading.plan->disks.size(); ++i) {
    const auto& plan = reading.plan->disks[i];
    if (!AnyMeasured(*reading.frame, plan.columns)) continue;
    v1::Disk* disk = out->add_disks();
    disk->set_device(plan.key);
    if (const auto* earlier = reading.Earlier(i, &SnapshotPlan::disks)) {
      SetRates(reading, kDiskRates, plan.columns, *earlier, disk);
      SetDiskTimes(reading, plan.columns, *earlier, disk);
    }
  }
}

void FillNetworks(const Reading& reading, v1::Snapshot* out) {
  for (std::size_t i = 0; i < reading.plan->networks.size(); ++i) {
    const auto& plan = reading.plan->networks[i];
    if (!AnyMeasured(*reading.frame, plan.columns)) continue;
    v1::NetworkInterface* network = out->add_networks();
    network->set_device(plan.key);
    if (const auto* earlier = reading.Earlier(i, &SnapshotPlan::networks)) {
      SetRates(reading, kNetworkRates, plan.columns, *earlier, network);
    }
  }
}

void FillFilesystems(const Frame& frame, const SnapshotPlan& plan, v1::Snapshot* out) {
  for (const FilesystemPlan& filesystem : plan.filesystems) {
    if (AnyMeasured(frame, filesystem.columns)) {
      FillFilesystem(frame, filesystem, out->add_filesystems());
    }
  }
}

FullestFilesystem FindFullest(const Frame& frame, const SnapshotPlan& plan) {
  FullestFilesystem fullest;
  for (const FilesystemPlan& filesystem : plan.filesystems) {
    const auto value = [&](FilesystemMetric metric) {
      return ValueAt(frame, filesystem.columns[metric]);
    };
    if (value(kFilesystemReadOnly).value_or(0) != 0) continue;
    const auto ratio = FilesystemUtilization(value(kFilesystemSize), value(kFilesystemFree),
                                             value(kFilesystemAvailable));
    if (!ratio || (fullest.utilization_ratio && *ratio <= *fullest.utilization_ratio)) continue;
    fullest = {.utilization_ratio = ratio, .mountpoint = filesystem.mountpoint};
  }
  return fullest;
}

}  // namespace syspulse
