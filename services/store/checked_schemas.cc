#include "services/store/checked_schemas.h"

#include <cstddef>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/store/appender.h"

namespace syspulse {
namespace {

constexpr std::size_t kMostKnown = 10'000;

}  // namespace

absl::Status CheckedSchemas::Check(const SchemaPtr& schema) {
  if (IsKnown(schema)) return absl::OkStatus();
  RETURN_IF_ERROR(CheckSchema(*schema));
  // Ids are hashes, and whoever looks for a collision finds one.
  if (*schemas_->Share(schema) != *schema) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "keep a frame: its schema and another one have the same id, %016x; change a help text",
        schema->id()));
  }
  const MutexLock lock(mutex_);
  if (known_.size() >= kMostKnown) known_.clear();
  known_[schema->id()] = schema;
  return absl::OkStatus();
}

bool CheckedSchemas::IsKnown(const SchemaPtr& schema) {
  const MutexLock lock(mutex_);
  const auto known = known_.find(schema->id());
  return known != known_.end() && !known->second.owner_before(schema) &&
         !schema.owner_before(known->second);
}

}  // namespace syspulse
