// Counters of the kernel's NFS client and server: lines of a word and numbers; source:
// /proc/net/rpc/{nfs,nfsd}, see net/sunrpc/stats.c of Linux.
#ifndef SERVICES_COLLECT_STORAGE_RPC_STATS_H_
#define SERVICES_COLLECT_STORAGE_RPC_STATS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/collect/metric_writer.h"

namespace syspulse {

// The numbers of each line by its word, such as "net". Points into the text.
using RpcStats = std::map<std::string_view, std::vector<std::uint64_t>>;

// Returns the lines of `file`. Those of procedures (proc2, proc4ops) begin with how many numbers
// follow, which is checked and left out. Of "th", only the two counts are read: it ends with a
// histogram that kernels no longer fill. DataLoss if a line is not one, stands twice, or the text
// is cut or empty, or has no line "net".
absl::StatusOr<RpcStats> ParseRpcStats(std::string_view text, std::string_view file);

// A number of a line as a metric.
struct RpcColumn {
  std::string_view line;
  std::size_t index = 0;
  Family family;
  std::string_view label = {};  // value of the family's only label, if it has one
};

// Adds the columns whose lines the kernel has.
void AddRpcColumns(const RpcStats& stats, std::span<const RpcColumn> columns, MetricWriter* writer);

// The procedures of one version of the protocol, by their order in the line; an empty name is not
// published.
struct RpcProcedures {
  std::string_view line;
  std::string_view version;  // value of the label `proto`
  std::span<const std::string_view> methods;
  std::size_t first = 0;  // procedures before it are not published
};

// Adds how often each procedure was called, with the labels `proto` and `method`, for lines that
// the kernel has. It never called those that it does not know yet.
void AddRpcProcedures(const RpcStats& stats, const RpcProcedures& procedures, const Family& family,
                      MetricWriter* writer);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_STORAGE_RPC_STATS_H_
