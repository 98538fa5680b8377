// An ImportSeries call: a thread of the transfer pool makes frames of the request, and the answer
// goes out once they are kept for good.
//
// What is imported leaves room for what agents send: calls are few at a time, and refused while the
// keeper is busy with what came before. Thread-safe. Deletes itself.
#ifndef SERVICES_API_IMPORT_CALL_H_
#define SERVICES_API_IMPORT_CALL_H_

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <stop_token>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/api/api_context.h"
#include "services/api/known_samples.h"
#include "services/base/mutex.h"
#include "services/hub/frame_keeper.h"
#include "services/model/frame.h"
#include "services/remote_write/metadata_book.h"
#include "syspulse/v1/ingest_service.pb.h"

namespace syspulse {

class ImportCall final : public grpc::ServerUnaryReactor, public KeptListener {
 public:
  // Begins the call. `running` counts the calls that are not answered. What the pointers point to
  // must outlive the call; request and response are gRPC's, which keeps them until OnDone.
  static grpc::ServerUnaryReactor* Open(const ApiContext& api,
                                        const v1::ImportSeriesRequest* request,
                                        v1::ImportSeriesResponse* response,
                                        std::atomic<int>* running);

  void OnKept(std::uint64_t ticket) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  ImportCall(const ApiContext& api, const v1::ImportSeriesRequest* request,
             v1::ImportSeriesResponse* response, std::atomic<int>* running)
      : access_(api.access),
        keeper_(api.keeper),
        queries_(api.queries),
        pool_(api.transfer_pool),
        metrics_(api.metrics),
        metadata_(api.written_metadata),
        request_(request),
        response_(response),
        running_(running) {}

  absl::Status Begin();
  void Take(const std::stop_token& stop);
  absl::StatusOr<std::uint64_t> KeepAll(const std::stop_token& stop);
  void Respond();
  void EndWaiting(const absl::Status& status);
  void End(const absl::Status& status);

  const Access* const access_;
  FrameKeeper* const keeper_;
  const QueryEvaluator* const queries_;
  QueryPool* const pool_;
  ServiceMetrics* const metrics_;
  MetadataBook* const metadata_;
  const v1::ImportSeriesRequest* const request_;
  v1::ImportSeriesResponse* const response_;
  std::atomic<int>* const running_;
  std::stop_source stop_;
  KnownSamples known_;                     // those that were there before
  std::int64_t samples_ = 0;               // that the keeper took
  std::shared_ptr<FrameOutcome> outcome_;  // of theirs; null until they are taken

  Mutex mutex_;
  std::uint64_t ticket_ ABSL_GUARDED_BY(mutex_) = 0;  // of the last frame, once all are taken
  bool waiting_ ABSL_GUARDED_BY(mutex_) = false;      // for that ticket, or the end of the call
};

}  // namespace syspulse

#endif  // SERVICES_API_IMPORT_CALL_H_
