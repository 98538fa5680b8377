// TCP connections by their state, and the bytes that wait in their queues; source: the kernel's
// sock_diag(7), or /proc/net/tcp and /proc/net/tcp6, proc(5).
//
// Every state is there, also with 0 connections, so that the first SYN flood of a host is a series
// that rises and not one that appears. The queues of listening sockets, which hold connections, are
// among the bytes, as node_exporter counts them.
#ifndef SERVICES_COLLECT_NETWORK_TCPSTAT_COLLECTOR_H_
#define SERVICES_COLLECT_NETWORK_TCPSTAT_COLLECTOR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

#include "services/collect/collector.h"
#include "services/collect/network/inet_diag.h"
#include "services/collect/network/socket_line.h"
#include "services/collect/procfs.h"

namespace syspulse {

// By number, from TCP_ESTABLISHED = 1; include/net/tcp_states.h.
inline constexpr std::array<std::string_view, 11> kTcpStates = {
    "established", "syn_sent",   "syn_recv", "fin_wait1", "fin_wait2", "time_wait",
    "close",       "close_wait", "last_ack", "listen",    "closing"};

// Sums over sockets.
struct TcpTotals {
  std::array<std::uint64_t, kTcpStates.size()> sockets{};  // by position in kTcpStates
  std::uint64_t send_bytes = 0;
  std::uint64_t receive_bytes = 0;

  void Add(const SocketLine& socket);

  bool operator==(const TcpTotals&) const = default;
};

class TcpstatCollector final : public Collector {
 public:
  using Dump = std::function<absl::Status(const SocketVisitor& visit)>;

  // `dump` asks the kernel for all sockets, as DumpTcpSockets does. Where it is null, as for the
  // procfs of another host, or fails, as in a sandbox, the text files are read instead.
  TcpstatCollector(const ProcFs& procfs, Dump dump)
      : dump_(std::move(dump)), tcp_(procfs.Proc("net/tcp")), tcp6_(procfs.Proc("net/tcp6")) {}

  std::string_view name() const override { return "tcpstat"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  absl::StatusOr<TcpTotals> ReadTotals();
  absl::Status AddFile(ProcFile* file, TcpTotals* totals) const;

  const Dump dump_;
  ProcFile tcp_;
  ProcFile tcp6_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_NETWORK_TCPSTAT_COLLECTOR_H_
