// Whether a store can keep what a schema says, found out once for each.
#ifndef SERVICES_STORE_CHECKED_SCHEMAS_H_
#define SERVICES_STORE_CHECKED_SCHEMAS_H_

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "services/base/mutex.h"
#include "services/model/metric.h"
#include "services/store/shared_schemas.h"

namespace syspulse {

// Thread-safe.
class CheckedSchemas {
 public:
  // `schemas`, those that the store has in memory, must outlive this.
  explicit CheckedSchemas(SharedSchemas* schemas) : schemas_(schemas) {}
  CheckedSchemas(const CheckedSchemas&) = delete;
  CheckedSchemas& operator=(const CheckedSchemas&) = delete;

  // Returns the errors of CheckSchema; InvalidArgument, too, if the store has another schema of the
  // same id. Files name schemas by their ids: rows of one would be taken for rows of the other.
  absl::Status Check(const SchemaPtr& schema);

 private:
  bool IsKnown(const SchemaPtr& schema);

  SharedSchemas* const schemas_;
  Mutex mutex_;
  std::unordered_map<std::uint64_t, std::weak_ptr<const Schema>> known_
      ABSL_GUARDED_BY(mutex_);  // by id
};

}  // namespace syspulse

#endif  // SERVICES_STORE_CHECKED_SCHEMAS_H_
