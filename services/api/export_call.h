// A stream of exported samples: the pool of queries reads, the stream writes, by turns.
//
// There is one message at a time: it is filled by a thread of the pool, sent, and only then the
// next one is filled. So a slow reader holds up nothing but its own export, and neither a thread
// nor memory waits for it. Whoever has the turn ends the call, so it ends once. One that takes
// nothing for too long is cut, because exports are few. The registry owns it until OnDone.
#ifndef SERVICES_API_EXPORT_CALL_H_
#define SERVICES_API_EXPORT_CALL_H_

#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <memory>
#include <stop_token>

#include "absl/base/thread_annotations.h"
#include "services/api/api_context.h"
#include "services/api/series_export.h"
#include "services/base/mutex.h"
#include "syspulse/v1/query_service.pb.h"

namespace syspulse {

class ExportCall final : public grpc::ServerWriteReactor<v1::ExportSeriesResponse>, public Stream {
 public:
  // Begins the call, or ends it at once. What `api` points to must outlive the call; `context` is
  // the call's.
  static grpc::ServerWriteReactor<v1::ExportSeriesResponse>* Open(
      const ApiContext& api, const grpc::CallbackServerContext& context,
      const v1::ExportSeriesRequest& request);

  ExportCall(const ApiContext& api, const grpc::CallbackServerContext& context)
      : context_(context), pool_(api.transfer_pool), registry_(api.exports), metrics_(api.metrics) {}

  void End(const grpc::Status&) override { stop_.request_stop(); }
  void CutIfStalled() override;

  void OnWriteDone(bool ok) override;
  void OnCancel() override { stop_.request_stop(); }
  void OnDone() override;

 private:
  void FillAndSend(const std::stop_token& stop);

  const grpc::CallbackServerContext& context_;  // gRPC's, until OnDone
  QueryPool* const pool_;
  StreamRegistry* const registry_;
  ServiceMetrics* const metrics_;
  std::stop_source stop_;
  std::unique_ptr<SeriesExport> series_;
  v1::ExportSeriesResponse message_;  // being filled or on its way

  Mutex mutex_;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;  // OnDone was called
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  std::int64_t messages_ ABSL_GUARDED_BY(mutex_) = 0;    // sent, with the one that is on its way
  std::int64_t waited_for_ ABSL_GUARDED_BY(mutex_) = 0;  // which was on its way at CutIfStalled
};

}  // namespace syspulse

#endif  // SERVICES_API_EXPORT_CALL_H_
