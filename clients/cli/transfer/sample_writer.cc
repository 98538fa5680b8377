#include "clients/cli/transfer/sample_writer.h"

#include <cmath>
#include <utility>

#include "clients/cli/output/units.h"
#include "clients/cli/transfer/sample_writers.h"

namespace syspulse {

std::unique_ptr<SampleWriter> MakeSampleWriter(SampleFormat format, FamiliesByName families,
                                               TextSink* sink) {
  switch (format) {
    case SampleFormat::kOpenMetrics:
    case SampleFormat::kPrometheus:
      return MakeTextSampleWriter(format, std::move(families), sink);
    case SampleFormat::kJson:
      return MakeJsonSampleWriter(sink);
    case SampleFormat::kCsv:
      return MakeCsvSampleWriter(sink);
  }
  return nullptr;
}

std::string SampleValueText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return ExactNumber(value);
}

}  // namespace syspulse
