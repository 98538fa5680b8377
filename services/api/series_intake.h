// A writer of series and the intake that feeds it: a way in for what others measured, whose senders
// know Prometheus' data model.
//
// Thread-safe.
#ifndef SERVICES_API_SERIES_INTAKE_H_
#define SERVICES_API_SERIES_INTAKE_H_

#include <cstddef>
#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/api/write_intake.h"
#include "services/base/clock.h"
#include "services/exporter/service_metrics.h"
#include "services/hub/frame_keeper.h"
#include "services/remote_write/metadata_book.h"
#include "services/remote_write/series_writer.h"

namespace syspulse {

class SeriesIntake {
 public:
  // Writes what a request holds. Called once, on the intake's thread.
  using Write = std::function<absl::StatusOr<WrittenParts>(SeriesWriter* writer)>;

  // The pointers must outlive this.
  SeriesIntake(FrameKeeper* keeper, const SeriesWriterOptions& options, const Clock* clock,
               MetadataBook* metadata, WriteMetrics* metrics)
      : metrics_(metrics), writer_(options, clock, metadata), intake_(keeper, metrics) {}

  // As WriteIntake::Start.
  absl::Status Start(std::size_t bytes, Write write, WriteIntake::Answered answered) {
    const auto take = [this, write = std::move(write)] {
      absl::StatusOr<WrittenParts> parts = write(&writer_);
      metrics_->series = static_cast<std::int64_t>(writer_.series());
      return parts;
    };
    return intake_.Start(bytes, take, std::move(answered));
  }

  // As WriteIntake::Stop.
  void Stop() { intake_.Stop(); }

 private:
  WriteMetrics* const metrics_;
  SeriesWriter writer_;  // of the intake's thread
  WriteIntake intake_;
};

}  // namespace syspulse

#endif  // SERVICES_API_SERIES_INTAKE_H_
