#include "services/store/shared_schemas.h"

#include <utility>

namespace syspulse {
namespace {

constexpr std::size_t kFewSchemas = 100;  // not worth a sweep

}  // namespace

SchemaPtr SharedSchemas::Share(SchemaPtr schema) {
  MutexLock lock(mutex_);
  std::weak_ptr<const Schema>& known = schemas_[schema->id()];
  if (SchemaPtr shared = known.lock()) return shared;
  known = schema;
  if (schemas_.size() > 2 * swept_size_ + kFewSchemas) {
    std::erase_if(schemas_, [](const auto& entry) { return entry.second.expired(); });
    swept_size_ = schemas_.size();
  }
  return schema;
}

SchemaPtr SharedSchemas::Find(std::uint64_t id) const {
  MutexLock lock(mutex_);
  const auto found = schemas_.find(id);
  return found == schemas_.end() ? nullptr : found->second.lock();
}

}  // namespace syspulse
