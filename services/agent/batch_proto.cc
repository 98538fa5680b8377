#include "services/agent/batch_proto.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "services/base/text.h"
#include "services/model/proto.h"

namespace syspulse {
namespace {

constexpr std::size_t kShortCommandLine = 128;

// Tag and length before each row of a table: at most 1 and 4 bytes.
constexpr std::size_t kRowOverhead = 5;

void ShortenCommandLines(v1::ProcessTable* table) {
  for (v1::Process& process : *table->mutable_processes()) {
    if (process.command_line().size() <= kShortCommandLine) continue;
    // A cut may fall into a character; protobuf wants whole ones.
    process.set_command_line(
        ToUtf8(std::string_view(process.command_line()).substr(0, kShortCommandLine)));
  }
}

void KeepBusiest(std::size_t max_bytes, v1::ProcessTable* table) {
  auto& rows = *table->mutable_processes();
  std::sort(rows.pointer_begin(), rows.pointer_end(),
            [](const v1::Process* a, const v1::Process* b) {
              return std::tuple(a->cpu_utilization_ratio(), a->resident_bytes()) >
                     std::tuple(b->cpu_utilization_ratio(), b->resident_bytes());
            });
  std::size_t bytes = 0;
  int kept = 0;
  for (; kept < rows.size(); ++kept) {
    bytes += rows[kept].ByteSizeLong() + kRowOverhead;
    if (bytes > max_bytes) break;
  }
  if (kept < rows.size()) table->set_partial(true);
  rows.DeleteSubrange(kept, rows.size() - kept);
  std::sort(rows.pointer_begin(), rows.pointer_end(),
            [](const v1::Process* a, const v1::Process* b) { return a->pid() < b->pid(); });
}

void Fill(const std::vector<FramePtr>& frames, const ProcessTablePtr& processes,
          std::size_t max_table_bytes, std::unordered_set<std::uint64_t>* sent_schemas, auto* out) {
  for (const FramePtr& frame : frames) {
    if (sent_schemas->insert(frame->schema->id()).second) {
      ToProto(*frame->schema, out->add_schemas());
    }
    ToProto(*frame, out->add_frames());
  }
  if (processes == nullptr) return;
  v1::ProcessTable* table = out->mutable_process_table();
  ToProto(*processes, table);
  if (table->ByteSizeLong() > max_table_bytes) ShortenCommandLines(table);
  if (table->ByteSizeLong() > max_table_bytes) KeepBusiest(max_table_bytes, table);
}

}  // namespace

void FillBatch(const Batch& batch, std::size_t max_table_bytes,
               std::unordered_set<std::uint64_t>* sent_schemas, v1::FrameBatch* out) {
  out->set_sequence(batch.sequence);
  out->set_late(batch.late);
  Fill(batch.frames, batch.processes, max_table_bytes, sent_schemas, out);
}

void FillInterim(const InterimSample& sample, std::size_t max_table_bytes,
                 std::unordered_set<std::uint64_t>* sent_schemas, v1::InterimSample* out) {
  Fill(sample.frames, sample.processes, max_table_bytes, sent_schemas, out);
}

}  // namespace syspulse
