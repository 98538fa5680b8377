// The one interface that commands write to; table, JSON and CSV stand behind it, a file each.
#ifndef CLIENTS_CLI_OUTPUT_WRITER_H_
#define CLIENTS_CLI_OUTPUT_WRITER_H_

#include <memory>

#include "absl/status/status.h"
#include "clients/cli/output/sink.h"
#include "clients/cli/output/table.h"

namespace syspulse {

enum class OutputFormat { kTable, kJson, kCsv };

struct WriterOptions {
  OutputFormat format = OutputFormat::kTable;
  bool color = false;
  // Reports follow each other for as long as the command runs: headings are not repeated for each,
  // and JSON takes one line a report.
  bool streaming = false;
  // Columns of the terminal; tables cut their last column there. 0 = as wide as it gets.
  int width = 0;
};

class ReportWriter {
 public:
  virtual ~ReportWriter() = default;

  // Writes one report. Returns what the sink returns.
  virtual absl::Status Write(const Report& report) = 0;
};

// Returns the writer of `options.format`. `sink` must outlive it.
std::unique_ptr<ReportWriter> MakeWriter(const WriterOptions& options, TextSink* sink);

std::unique_ptr<ReportWriter> MakeTableWriter(const WriterOptions& options, TextSink* sink);
std::unique_ptr<ReportWriter> MakeJsonWriter(const WriterOptions& options, TextSink* sink);
std::unique_ptr<ReportWriter> MakeCsvWriter(const WriterOptions& options, TextSink* sink);

}  // namespace syspulse

#endif  // CLIENTS_CLI_OUTPUT_WRITER_H_
