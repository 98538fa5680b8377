// Equal schemas, held in memory once: a fleet has few of them, and every block names them all.
#ifndef SERVICES_STORE_SHARED_SCHEMAS_H_
#define SERVICES_STORE_SHARED_SCHEMAS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "absl/base/thread_annotations.h"
#include "services/base/mutex.h"
#include "services/model/metric.h"

namespace syspulse {

// Thread-safe.
class SharedSchemas {
 public:
  SharedSchemas() = default;
  SharedSchemas(const SharedSchemas&) = delete;
  SharedSchemas& operator=(const SharedSchemas&) = delete;

  // Returns the schema with the id of this one that is in memory already; if none is, this one.
  SchemaPtr Share(SchemaPtr schema);

  // Returns the schema of that id, null if none is in memory.
  SchemaPtr Find(std::uint64_t id) const;

 private:
  mutable Mutex mutex_;
  std::unordered_map<std::uint64_t, std::weak_ptr<const Schema>> schemas_ ABSL_GUARDED_BY(mutex_);
  std::size_t swept_size_ ABSL_GUARDED_BY(mutex_) = 0;  // once those that are gone were forgotten
};

}  // namespace syspulse

#endif  // SERVICES_STORE_SHARED_SCHEMAS_H_
