// Samples of a file in any format that `import` takes: Prometheus' text with times, OpenMetrics,
// what `promtool tsdb dump` prints, and lines of JSON.
//
//   SampleReader reader(&file, {});
//   while (!reader.at_end()) {
//     RETURN_IF_ERROR(reader.Fill(&batch));
//     Send(batch.Take());
//   }
#ifndef CLIENTS_CLI_TRANSFER_SAMPLE_READER_H_
#define CLIENTS_CLI_TRANSFER_SAMPLE_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/status/status.h"
#include "clients/cli/transfer/input_file.h"
#include "clients/cli/transfer/json_sample_line.h"
#include "clients/cli/transfer/line_reader.h"
#include "clients/cli/transfer/sample_batch.h"
#include "clients/cli/transfer/sample_line.h"

namespace syspulse {

struct SampleReaderOptions {
  std::string name;              // of the file, for sentences
  std::optional<TimeUnit> unit;  // of times in text; the first time says it if it is not given
  std::optional<std::int64_t> time_ms;  // of text lines without a time; such are errors without it
};

// Confined to one thread.
class SampleReader {
 public:
  // `file` must outlive this.
  SampleReader(InputFile* file, SampleReaderOptions options)
      : options_(std::move(options)), lines_(file) {}
  SampleReader(const SampleReader&) = delete;
  SampleReader& operator=(const SampleReader&) = delete;

  // Reads until the batch is full or the file ends. DataLoss, which names file and line, where the
  // file is not of the format or is cut; what stands before is in the batch. Else errors of the
  // file.
  absl::Status Fill(SampleBatch* batch);

  bool at_end() const { return at_end_; }

  // Returns how many bytes were read, decompressed.
  std::int64_t bytes() const { return lines_.bytes(); }

 private:
  absl::Status TakeLine(std::string_view line, SampleBatch* batch);
  absl::StatusOr<std::size_t> PlaceOf(std::string_view series, SampleBatch* batch);
  void Describe(const std::string& metric, SampleBatch* batch) const;
  absl::Status TakeSample(std::string_view line, SampleBatch* batch);
  absl::Status TakeJson(std::string_view line, SampleBatch* batch);
  void TakePending(SampleBatch* batch);
  absl::Status CheckEnd() const;

  const SampleReaderOptions options_;
  LineReader lines_;
  bool at_end_ = false;
  std::optional<TimeUnit> unit_;                         // of this file
  bool is_open_metrics_ = false;                         // and so must end with `# EOF`
  bool ended_ = false;                                   // by `# EOF`
  v1::MetricFamily family_;                              // what comments said last
  std::unordered_map<std::string, std::size_t> places_;  // in the batch, by how a series is written
  std::string last_series_;                              // as it is written
  std::size_t last_place_ = 0;                           // of it, in the batch
  JsonSamples pending_;  // of a line of JSON that is longer than a batch
  std::size_t next_pending_ = 0;
};

}  // namespace syspulse

#endif  // CLIENTS_CLI_TRANSFER_SAMPLE_READER_H_
