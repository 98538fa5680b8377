#include "services/api/schema_pool.h"

#include <algorithm>

namespace syspulse {

SchemaPtr SchemaPool::Share(SchemaPtr schema) {
  MutexLock lock(mutex_);
  std::weak_ptr<const Schema>& known = schemas_[schema->id()];
  if (SchemaPtr first = known.lock()) {
    // Ids are hashes, and whoever looks for a collision finds one.
    return *first == *schema ? first : schema;
  }
  known = schema;
  if (schemas_.size() > clean_above_) {
    std::erase_if(schemas_, [](const auto& entry) { return entry.second.expired(); });
    clean_above_ = std::max<std::size_t>(64, 2 * schemas_.size());
  }
  return schema;
}

std::size_t SchemaPool::size() const {
  MutexLock lock(mutex_);
  return schemas_.size();
}

}  // namespace syspulse
