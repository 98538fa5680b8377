// Which processes a reader wants and in what order: checked once, then applied to every table.
#ifndef SERVICES_API_PROCESS_QUERY_H_
#define SERVICES_API_PROCESS_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "services/model/process_table.h"
#include "syspulse/v1/process.pb.h"

namespace syspulse {

// Rows of one process table to send.
struct RowRange {
  std::size_t offset = 0;
  std::size_t limit = 0;
};

// An order and a filter. A value.
class ProcessQuery {
 public:
  // Returns the query of these arguments; see WatchProcessesRequest for what they mean.
  // InvalidArgument for an unknown field or a filter that is too long.
  static absl::StatusOr<ProcessQuery> Create(const std::string& order_by,
                                             const std::string& filter);

  // Returns the rows of these tables that match, merged in the order asked for, cut to `range`,
  // with the totals of all. The result has no host.
  v1::ProcessTable Select(std::span<const ProcessTablePtr> tables, RowRange range) const;

  // Returns the query in a form that is the same for equal queries.
  std::string Canonical() const;

 private:
  enum class Field {
    kCpuUtilizationRatio,
    kResidentBytes,
    kReadBytesPerSecond,
    kWriteBytesPerSecond,
    kCpuSeconds,
    kThreadCount,
    kPid,
    kUser,
    kCommand,
    kStartTime,
  };
  struct FieldName;
  struct Row;
  static const FieldName kFields[];

  bool Matches(const Process& process) const;
  bool Before(const Row& a, const Row& b) const;

  Field field_ = Field::kCpuUtilizationRatio;
  bool descending_ = true;
  std::string filter_;                      // in lower case
  std::optional<std::int32_t> filter_pid_;  // set if the filter is a number
};

}  // namespace syspulse

#endif  // SERVICES_API_PROCESS_QUERY_H_
