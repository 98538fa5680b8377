// Which processes a reader wants and in what order: checked once, then applied to every table.
#ifndef SERVICES_API_PROCESS_QUERY_H_
#define SERVICES_API_PROCESS_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/api/process_tree.h"
#include "services/model/process_table.h"
#include "syspulse/v1/process.pb.h"

namespace syspulse {

// Rows of one process table to send.
struct RowRange {
  std::size_t offset = 0;
  std::size_t limit = 0;
};

// What a query selects.
struct ProcessSelection {
  v1::ProcessTable table;     // without a host
  std::size_t row_count = 0;  // rows that there are, before the range was cut out
};

// An order, a filter and whether rows stand below their parents. A value.
class ProcessQuery {
 public:
  // Returns the query of these arguments; see WatchProcessesRequest for what they mean.
  // InvalidArgument for an unknown field or a filter that is too long.
  static absl::StatusOr<ProcessQuery> Create(const std::string& order_by, const std::string& filter,
                                             bool tree = false);

  // Returns the rows of these tables that match, merged in the order asked for, cut to `range`,
  // with the totals of all.
  ProcessSelection Select(std::span<const ProcessTablePtr> tables, RowRange range) const;

  // Returns whether these rows can only be told from all processes: those that agents send by
  // themselves are enough for the first few by CPU, memory or I/O.
  bool NeedsAll(RowRange range) const;

  // Returns whether all processes of all hosts are worth asking for: the first by CPU, memory or
  // I/O are merged from what agents send by themselves.
  bool NeedsAllOfFleet() const;

  // Returns the query in a form that is the same for equal queries.
  std::string Canonical() const;

 private:
  enum class Field {
    kCpuUtilizationRatio,
    kResidentBytes,
    kReadBytesPerSecond,
    kWriteBytesPerSecond,
    kIoBytesPerSecond,
    kCpuSeconds,
    kThreadCount,
    kPid,
    kUser,
    kCommand,
    kStartTime,
    kVirtualBytes,
    kSharedBytes,
    kSwapBytes,
    kOpenFileCount,
    kContainer,
    kUnit,
  };
  struct FieldName;
  static const FieldName kFields[];

  bool Matches(const Process& process) const;
  int Order(const Process& a, const Process& b) const;
  bool Before(const ProcessRow& a, const ProcessRow& b) const;
  std::vector<ProcessRow> Rows(std::span<const ProcessTablePtr> tables, std::size_t end) const;

  Field field_ = Field::kCpuUtilizationRatio;
  bool descending_ = true;
  bool tree_ = false;
  std::string filter_;                      // in lower case
  std::optional<std::int32_t> filter_pid_;  // set if the filter is a number
};

}  // namespace syspulse

#endif  // SERVICES_API_PROCESS_QUERY_H_
