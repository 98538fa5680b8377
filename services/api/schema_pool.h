// Schemas of all agents, each once: a thousand like hosts share one.
#ifndef SERVICES_API_SCHEMA_POOL_H_
#define SERVICES_API_SCHEMA_POOL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "services/base/mutex.h"
#include "services/model/metric.h"

namespace syspulse {

// Holds schemas for as long as someone else does. Thread-safe.
class SchemaPool {
 public:
  // Returns the schema that is equal to this one and came first.
  SchemaPtr Share(SchemaPtr schema);

  std::size_t size() const;

 private:
  mutable Mutex mutex_;
  std::unordered_map<std::uint64_t, std::weak_ptr<const Schema>> schemas_ ABSL_GUARDED_BY(mutex_);
  std::size_t clean_above_ ABSL_GUARDED_BY(mutex_) = 64;  // then those no one holds are dropped
};

}  // namespace syspulse

#endif  // SERVICES_API_SCHEMA_POOL_H_
