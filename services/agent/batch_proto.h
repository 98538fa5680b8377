// A batch as a message of the push stream.
#ifndef SERVICES_AGENT_BATCH_PROTO_H_
#define SERVICES_AGENT_BATCH_PROTO_H_

#include <cstddef>
#include <cstdint>
#include <unordered_set>

#include "services/agent/frame_buffer.h"
#include "syspulse/v1/ingest_service.pb.h"

namespace syspulse {

// Most bytes of a process table in a message: gRPC servers refuse messages above 4 MiB unless they
// are told otherwise, and a frame must never be lost because of the rows beside it.
inline constexpr std::size_t kMaxTableBytes = 3 << 20;

// Fills `out`. Schemas whose id is not in `sent_schemas` go along, and into it. A process table of
// more than `max_table_bytes` loses first most of its command lines, then the processes that use
// least CPU and memory; its totals stay.
void FillBatch(const Batch& batch, std::size_t max_table_bytes,
               std::unordered_set<std::uint64_t>* sent_schemas, v1::FrameBatch* out);

// The same with what was measured between two batches.
void FillInterim(const InterimSample& sample, std::size_t max_table_bytes,
                 std::unordered_set<std::uint64_t>* sent_schemas, v1::InterimSample* out);

}  // namespace syspulse

#endif  // SERVICES_AGENT_BATCH_PROTO_H_
