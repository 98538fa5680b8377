// Takes PushMetrics requests: checks them, hands their frames to the hub, and answers once they are
// kept.
//
// Thread-safe.
#ifndef SERVICES_API_PUSH_INTAKE_H_
#define SERVICES_API_PUSH_INTAKE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/api/fanout.h"
#include "services/api/intake_call.h"
#include "services/api/schema_pool.h"
#include "services/api/series_budget.h"
#include "services/api/write_intake.h"
#include "services/base/clock.h"
#include "services/exporter/service_metrics.h"
#include "services/hub/frame_keeper.h"
#include "services/hub/hub.h"
#include "syspulse/v1/ingest_service.pb.h"

namespace syspulse {

class PushIntake {
 public:
  // The pointers must outlive this.
  PushIntake(Hub* hub, Fanout* fanout, FrameKeeper* keeper, const SeriesBudgetOptions& budget,
             const Clock* clock, WriteMetrics* metrics);

  // Takes a serialised request from that address; `response`, which says then what was taken, lives
  // until `answered` is called. As WriteIntake::Start.
  absl::Status Start(const RequestBytes& request, const std::string& address,
                     const std::shared_ptr<v1::PushMetricsResponse>& response,
                     WriteIntake::Answered answered);

  // As WriteIntake::Stop.
  void Stop() { intake_.Stop(); }

 private:
  absl::StatusOr<WrittenParts> Take(const RequestBytes& request, const std::string& address,
                                    v1::PushMetricsResponse* response);

  Hub* const hub_;
  Fanout* const fanout_;
  FrameKeeper* const keeper_;
  const Clock* const clock_;
  WriteMetrics* const metrics_;
  SchemaPool pool_;
  SeriesBudget budget_;  // of the intake's thread
  WriteIntake intake_;
};

}  // namespace syspulse

#endif  // SERVICES_API_PUSH_INTAKE_H_
