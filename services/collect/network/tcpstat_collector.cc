#include "services/collect/network/tcpstat_collector.h"

#include "services/base/status_macros.h"

namespace syspulse {
namespace {

constexpr Family kStates{"node_tcp_connection_states",
                         MetricType::kGauge,
                         "",
                         "Number of connection states.",
                         {"state"}};

}  // namespace

void TcpTotals::Add(const SocketLine& socket) {
  if (socket.state == 0 || socket.state > sockets.size()) return;
  ++sockets[socket.state - 1U];
  send_bytes += socket.send_queue;
  receive_bytes += socket.receive_queue;
}

absl::Status TcpstatCollector::AddFile(ProcFile* file, TcpTotals* totals) const {
  return ReadSockets(file, [&](const SocketLine& socket) { totals->Add(socket); });
}

absl::StatusOr<TcpTotals> TcpstatCollector::ReadTotals() {
  TcpTotals totals;
  if (dump_ && dump_([&](const SocketLine& socket) { totals.Add(socket); }).ok()) return totals;
  totals = TcpTotals();
  RETURN_IF_ERROR(AddFile(&tcp_, &totals));
  const absl::Status six = AddFile(&tcp6_, &totals);
  // A kernel without IPv6 does not have the file.
  if (!six.ok() && !absl::IsNotFound(six)) return six;
  return totals;
}

absl::Status TcpstatCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const TcpTotals totals, ReadTotals());
  for (std::size_t i = 0; i < kTcpStates.size(); ++i) {
    writer->Add(kStates, static_cast<double>(totals.sockets[i]), kTcpStates[i]);
  }
  writer->Add(kStates, static_cast<double>(totals.receive_bytes), "rx_queued_bytes");
  writer->Add(kStates, static_cast<double>(totals.send_bytes), "tx_queued_bytes");
  return absl::OkStatus();
}

}  // namespace syspulse
