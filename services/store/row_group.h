// Rows of one source with one schema, read by columns, wherever they stand: the head or a block.
#ifndef SERVICES_STORE_ROW_GROUP_H_
#define SERVICES_STORE_ROW_GROUP_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/falls.h"
#include "services/model/metric.h"

namespace syspulse {

// A span of time; both ends belong to it.
struct MillisRange {
  std::int64_t first_ms = 0;  // Unix
  std::int64_t last_ms = 0;   // Unix

  bool empty() const { return last_ms < first_ms; }
  bool Overlaps(const MillisRange& other) const {
    return !empty() && !other.empty() && first_ms <= other.last_ms && other.first_ms <= last_ms;
  }
  bool operator==(const MillisRange&) const = default;
};

using SharedTimes = std::shared_ptr<const std::vector<std::int64_t>>;
using SharedValues = std::shared_ptr<const std::vector<double>>;

// What is known of all values of a column without a look at them. By default nobody has looked.
struct ColumnFacts {
  bool numbers = false;  // none is NaN or infinite, so none is absent
  FallRange falls = {};
};

// A column that others keep decoded.
struct SharedColumn {
  SharedValues values;      // one a row; null if nobody keeps it
  bool has_absent = false;  // some of them
  ColumnFacts facts = {};
};

// Never changes. Thread-safe.
class RowGroup {
 public:
  virtual ~RowGroup() = default;

  // Valid as long as this lives.
  virtual const std::string& host() const = 0;
  virtual const std::string& source() const = 0;
  virtual const SchemaPtr& schema() const = 0;

  virtual MillisRange range() const = 0;  // of its rows
  virtual std::size_t rows() const = 0;

  // Fills `out`, which has rows() elements, with the times, Unix, ascending. DataLoss, which names
  // the place, if they are damaged.
  virtual absl::Status ReadTimes(std::span<std::int64_t> out) const = 0;

  // Fills `out`, which has rows() elements, with the values of a column. DataLoss as above.
  virtual absl::Status ReadColumn(std::size_t column, std::span<double> out) const = 0;

  // Returns whether all values of a column are known, without decoding them, to be neither NaN nor
  // infinite.
  virtual bool HoldsNumbers(std::size_t /*column*/) const { return false; }

  // Return the times or a column as they are kept decoded, to be had without a copy; null where
  // they are not, or where not each time is behind the one before it. DataLoss as above.
  virtual absl::StatusOr<SharedTimes> ShareTimes() const { return SharedTimes(); }
  virtual absl::StatusOr<SharedColumn> ShareColumn(std::size_t /*column*/) const {
    return SharedColumn();
  }
};

using RowGroupPtr = std::shared_ptr<const RowGroup>;

}  // namespace syspulse

#endif  // SERVICES_STORE_ROW_GROUP_H_
