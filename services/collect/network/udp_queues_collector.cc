#include "services/collect/network/udp_queues_collector.h"

#include "services/collect/network/socket_line.h"

namespace syspulse {
namespace {

constexpr Family kQueues{"node_udp_queues",
                         MetricType::kGauge,
                         "bytes",
                         "Number of allocated memory in the kernel for UDP datagrams in bytes.",
                         {"queue", "ip"}};

struct Queues {
  absl::Status status;
  double send_bytes = 0;
  double receive_bytes = 0;
};

Queues ReadQueues(ProcFile* file) {
  Queues queues;
  queues.status = ReadSockets(file, [&](const SocketLine& socket) {
    queues.send_bytes += static_cast<double>(socket.send_queue);
    queues.receive_bytes += static_cast<double>(socket.receive_queue);
  });
  return queues;
}

void Add(const Queues& queues, std::string_view ip, MetricWriter* writer) {
  if (!queues.status.ok()) return;
  writer->Add(kQueues, queues.send_bytes, "tx", ip);
  writer->Add(kQueues, queues.receive_bytes, "rx", ip);
}

}  // namespace

absl::Status UdpQueuesCollector::Collect(MetricWriter* writer) {
  const Queues four = ReadQueues(&udp_);
  const Queues six = ReadQueues(&udp6_);
  if (!four.status.ok() && !absl::IsNotFound(four.status)) return four.status;
  if (!six.status.ok() && !absl::IsNotFound(six.status)) return six.status;
  if (!four.status.ok() && !six.status.ok()) return four.status;
  Add(four, "v4", writer);
  Add(six, "v6", writer);
  return absl::OkStatus();
}

}  // namespace syspulse
