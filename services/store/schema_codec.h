// A schema as bytes of a file: how the log and the blocks say what their columns are.
#ifndef SERVICES_STORE_SCHEMA_CODEC_H_
#define SERVICES_STORE_SCHEMA_CODEC_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/model/metric.h"

namespace syspulse {

// Adds the bytes of `schema` to `out`; FORMAT.md draws them.
void AppendSchema(const Schema& schema, std::string* out);

// Returns the schema that `bytes` are, all of them. DataLoss if they are none, or not the one that
// they say they are.
absl::StatusOr<SchemaPtr> DecodeSchema(std::string_view bytes);

}  // namespace syspulse

#endif  // SERVICES_STORE_SCHEMA_CODEC_H_
