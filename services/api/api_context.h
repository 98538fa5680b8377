// What the gRPC services stand on.
#ifndef SERVICES_API_API_CONTEXT_H_
#define SERVICES_API_API_CONTEXT_H_

#include <array>

#include "services/api/access.h"
#include "services/api/fanout.h"
#include "services/api/live_queries.h"
#include "services/api/push_intake.h"
#include "services/api/query_evaluator.h"
#include "services/api/query_pool.h"
#include "services/api/series_intake.h"
#include "services/api/snapshot_view.h"
#include "services/api/stream_registry.h"
#include "services/exporter/service_metrics.h"
#include "services/hub/frame_keeper.h"
#include "services/hub/hub.h"
#include "services/remote_write/metadata_book.h"

namespace syspulse {

struct QueryLane {
  const QueryEvaluator* queries;  // within what the lane allows
  QueryPool* pool;
};

// All pointers must outlive the services.
struct ApiContext {
  Hub* hub;
  const SnapshotView* view;
  Fanout* fanout;
  const Access* access;
  StreamRegistry* watchers;  // Watch streams
  StreamRegistry* agents;    // PushFrames streams
  StreamRegistry* exports;   // ExportSeries streams
  ServiceMetrics* metrics;
  FrameKeeper* keeper;
  const QueryEvaluator* queries;
  QueryPool* query_pool;
  // For queries that come while all threads of that pool are busy: most take milliseconds, and they
  // should not wait for those that take minutes. What turns out to take longer than a lane allows
  // goes to the next one, and to the pool in the end.
  std::array<QueryLane, 2> quick_lanes;
  QueryPool* transfer_pool;  // ExportSeries, ImportSeries: they wait for each other only
  LiveQueries* live_queries;
  PushIntake* pushes;    // PushMetrics
  SeriesIntake* writes;  // remote write
  SeriesIntake* otlp;    // OpenTelemetry
  MetadataBook* written_metadata;
};

}  // namespace syspulse

#endif  // SERVICES_API_API_CONTEXT_H_
