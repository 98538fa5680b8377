// A stream of exported samples: the pool of queries reads, the stream writes, by turns.
//
// There is one message at a time: it is filled by a thread of the pool, sent, and only then the
// next one is filled. So a slow reader holds up nothing but its own export, and neither a thread
// nor memory waits for it. Whoever has the turn ends the call, so it ends once. Deletes itself.
#ifndef SERVICES_API_EXPORT_CALL_H_
#define SERVICES_API_EXPORT_CALL_H_

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <memory>
#include <stop_token>

#include "absl/status/status.h"
#include "services/api/query_evaluator.h"
#include "services/api/query_pool.h"
#include "services/api/series_export.h"
#include "syspulse/v1/query_service.pb.h"

namespace syspulse {

class ExportCall final : public grpc::ServerWriteReactor<v1::ExportSeriesResponse> {
 public:
  // Begins the call; what is not `allowed` ends at once. `running` counts the calls there are. All
  // must outlive the call.
  static grpc::ServerWriteReactor<v1::ExportSeriesResponse>* Open(
      const v1::ExportSeriesRequest& request, const absl::Status& allowed,
      const QueryEvaluator* queries, QueryPool* pool, std::atomic<int>* running);

  void OnWriteDone(bool ok) override;
  void OnCancel() override { stop_.request_stop(); }
  void OnDone() override;

 private:
  ExportCall(QueryPool* pool, std::atomic<int>* running) : pool_(pool), running_(running) {}

  absl::Status Begin(const v1::ExportSeriesRequest& request, const QueryEvaluator* queries);
  void FillAndSend(const std::stop_token& stop);

  QueryPool* const pool_;
  std::atomic<int>* const running_;
  std::stop_source stop_;
  std::unique_ptr<SeriesExport> series_;
  v1::ExportSeriesResponse message_;  // being filled or on its way
};

}  // namespace syspulse

#endif  // SERVICES_API_EXPORT_CALL_H_
