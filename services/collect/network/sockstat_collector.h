// Sockets by protocol and the memory they hold; source: /proc/net/sockstat and
// /proc/net/sockstat6, proc(5).
#ifndef SERVICES_COLLECT_NETWORK_SOCKSTAT_COLLECTOR_H_
#define SERVICES_COLLECT_NETWORK_SOCKSTAT_COLLECTOR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

inline constexpr std::array<std::string_view, 6> kSocketStates = {"inuse", "orphan", "tw",
                                                                  "alloc", "mem",    "memory"};
inline constexpr std::size_t kSocketPages = 4;  // position of "mem", in pages

// One line of a protocol.
struct ProtocolSockets {
  std::string_view protocol;  // such as "TCP6"; points into the text
  // By position in kSocketStates; those that the kernel does not name are absent.
  std::array<std::optional<std::int64_t>, kSocketStates.size()> states;

  bool operator==(const ProtocolSockets&) const = default;
};

// One file.
struct SocketStats {
  std::optional<std::int64_t> used;  // sockets of all families; only the file of IPv4 says it
  std::vector<ProtocolSockets> protocols;
};

// Returns what a file says; `file` is what errors call it. DataLoss if a line is not one, or the
// text is cut or empty.
absl::StatusOr<SocketStats> ParseSockstat(std::string_view text, std::string_view file);

class SockstatCollector final : public Collector {
 public:
  // `page_bytes` is the size of a page of memory.
  SockstatCollector(const ProcFs& procfs, std::int64_t page_bytes)
      : page_bytes_(page_bytes),
        sockstat_(procfs.Proc("net/sockstat", FileEnd::kShortRead)),
        sockstat6_(procfs.Proc("net/sockstat6", FileEnd::kShortRead)) {}

  std::string_view name() const override { return "sockstat"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  // The families of a protocol.
  struct Families {
    std::string protocol;
    std::array<const Family*, kSocketStates.size()> states{};
    const Family* memory_bytes = nullptr;
  };

  const Families& FamiliesAt(std::size_t position, std::string_view protocol);

  const std::int64_t page_bytes_;
  ProcFile sockstat_;
  ProcFile sockstat6_;
  DynamicFamilies families_;
  std::vector<Families> by_position_;  // of the last tick
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_NETWORK_SOCKSTAT_COLLECTOR_H_
