// A PushMetrics request as frames of a source.
//
// The same series become the same schema, in whatever order they are sent, so that rows of one
// source stand together in the store. Samples that are not of the same time go to several rows.
#ifndef SERVICES_API_PUSHED_METRICS_H_
#define SERVICES_API_PUSHED_METRICS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/api/schema_pool.h"
#include "services/hub/frame_keeper.h"
#include "services/model/frame.h"
#include "services/model/host.h"
#include "syspulse/v1/ingest_service.pb.h"

namespace syspulse {

// What one request may hold; ingest_service.proto says the same.
inline constexpr std::size_t kMostPushedSeries = 10'000;
inline constexpr std::size_t kMostPushedCells = 1'000'000;  // 8 MB of rows

struct PushedMetrics {
  Host host;                        // id and hostname
  std::string source;               // `custom/{name}`
  std::vector<FramePtr> frames;     // by time; parts of rows that share an outcome
  std::vector<std::string> series;  // one name for each series, the same every time
  std::int64_t samples = 0;         // in the frames, each once
  std::shared_ptr<FrameOutcome> outcome;
};

// Returns the host id and the source that a request means. InvalidArgument if they cannot be.
absl::StatusOr<std::string> PushedHostId(const v1::PushMetricsRequest& request);
absl::StatusOr<std::string> PushedSource(const v1::PushMetricsRequest& request);

// Returns a request as frames, whose schema `schemas` shares; `now` is the time of samples that
// have none. InvalidArgument or ResourceExhausted as ingest_service.proto has it, with the item
// that is wrong and its value.
absl::StatusOr<PushedMetrics> ToFrames(const v1::PushMetricsRequest& request, absl::Time now,
                                       const KeptTimes& times, SchemaPool* schemas);

// Checks that the bytes of a request hold no more metrics, samples and labels than one may, before
// anything is made of them: objects take a multiple of the bytes. ResourceExhausted if they do,
// InvalidArgument if they are no request.
absl::Status CheckPushedShape(std::string_view request);

}  // namespace syspulse

#endif  // SERVICES_API_PUSHED_METRICS_H_
