// An ExportMetricsServiceRequest as series: what Prometheus' own OTLP endpoint makes of one.
//
// `service.namespace/service.name` becomes `job` and `service.instance.id` `instance`, so each
// resource is a target. Series also get `host` if the resource has `host.name` or `host.id`, and
// that is `instance` too where nothing else is. The other attributes of a resource are labels of
// its `target_info`.
//
// Sums of deltas are refused: what is sent twice would count twice. So are exponential histograms,
// which the store has no form for. A point that cannot be kept costs only itself.
#ifndef SERVICES_OTLP_TRANSLATION_H_
#define SERVICES_OTLP_TRANSLATION_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/remote_write/metadata_book.h"
#include "services/remote_write/series_writer.h"

namespace syspulse {

struct OtlpParts {
  WrittenParts parts;               // their refused samples are those of the points below, or more
  std::int64_t refused_points = 0;  // of which at least one sample was refused
};

// Writes the points of a request, and what it says of metrics to `metadata`. InvalidArgument if it
// is none; then nothing counts.
absl::StatusOr<OtlpParts> WriteOtlp(std::string_view request, SeriesWriter* writer,
                                    MetadataBook* metadata);

}  // namespace syspulse

#endif  // SERVICES_OTLP_TRANSLATION_H_
