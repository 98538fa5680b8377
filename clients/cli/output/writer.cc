#include "clients/cli/output/writer.h"

namespace syspulse {

std::unique_ptr<ReportWriter> MakeWriter(const WriterOptions& options, TextSink* sink) {
  switch (options.format) {
    case OutputFormat::kJson:
      return MakeJsonWriter(options, sink);
    case OutputFormat::kCsv:
      return MakeCsvWriter(options, sink);
    case OutputFormat::kTable:
      break;
  }
  return MakeTableWriter(options, sink);
}

}  // namespace syspulse
