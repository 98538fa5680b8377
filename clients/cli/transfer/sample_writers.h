// The writers of each format, for MakeSampleWriter to choose from.
#ifndef CLIENTS_CLI_TRANSFER_SAMPLE_WRITERS_H_
#define CLIENTS_CLI_TRANSFER_SAMPLE_WRITERS_H_

#include <memory>

#include "clients/cli/output/sink.h"
#include "clients/cli/transfer/sample_writer.h"

namespace syspulse {

// `format` is one of the two text formats.
std::unique_ptr<SampleWriter> MakeTextSampleWriter(SampleFormat format, FamiliesByName families,
                                                   TextSink* sink);
std::unique_ptr<SampleWriter> MakeJsonSampleWriter(TextSink* sink);
std::unique_ptr<SampleWriter> MakeCsvSampleWriter(TextSink* sink);

}  // namespace syspulse

#endif  // CLIENTS_CLI_TRANSFER_SAMPLE_WRITERS_H_
