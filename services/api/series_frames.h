// Frames of series that were measured elsewhere, at any time.
//
// Series of one target that have the same times are one source: dense rows, which pack as well as
// those of an agent. What a source is called follows from its series, so the same samples become
// the same frames, and frames that come twice count once.
#ifndef SERVICES_API_SERIES_FRAMES_H_
#define SERVICES_API_SERIES_FRAMES_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/api/known_samples.h"
#include "services/model/frame.h"
#include "syspulse/v1/ingest_service.pb.h"

namespace syspulse {

// Which samples are taken; both ends belong to it.
struct SampleBounds {
  std::int64_t oldest_ms = 0;  // Unix
  std::int64_t newest_ms = 0;  // Unix
};

struct SeriesFrames {
  std::vector<FramePtr> frames;      // by source, then time; they share the outcome
  std::int64_t samples = 0;          // in the frames
  std::int64_t expired_samples = 0;  // left out: before the bounds
  std::int64_t future_samples = 0;   // left out: behind the bounds
  std::shared_ptr<FrameOutcome> outcome = std::make_shared<FrameOutcome>();
};

// Returns InvalidArgument, which names the series, if one is not as the request has to be.
absl::Status CheckImport(const v1::ImportSeriesRequest& request);

// Returns the samples of a request that was checked as frames, but for those that are known.
// InvalidArgument if series cannot be called that.
absl::StatusOr<SeriesFrames> FramesOf(const v1::ImportSeriesRequest& request,
                                      const SampleBounds& bounds, const KnownSamples& known);

}  // namespace syspulse

#endif  // SERVICES_API_SERIES_FRAMES_H_
