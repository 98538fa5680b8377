// A call of ListProcesses that needs all processes: demands them, waits for the tables that are
// still partial, and answers. No thread waits with it.
//
// Owned by the registry until gRPC calls OnDone. Thread-safe.
#ifndef SERVICES_API_ALL_PROCESSES_CALL_H_
#define SERVICES_API_ALL_PROCESSES_CALL_H_

#include <grpcpp/support/server_callback.h>

#include <utility>

#include "services/api/api_context.h"
#include "services/api/process_listing.h"
#include "services/api/stream_registry.h"
#include "services/base/mutex.h"
#include "services/hub/reader_demand.h"
#include "syspulse/v1/process_service.pb.h"

namespace syspulse {

class AllProcessesCall final : public grpc::ServerUnaryReactor, public Stream {
 public:
  // Begins the call. `response` is gRPC's; what `api` points to must outlive the call. Answers at
  // once if nothing is missing, or if too many calls wait already.
  static grpc::ServerUnaryReactor* Open(const ApiContext& api, ProcessListing listing,
                                        v1::ListProcessesResponse* response);

  AllProcessesCall(const ApiContext& api, ProcessListing listing,
                   v1::ListProcessesResponse* response)
      : hub_(api.hub), registry_(api.watchers), listing_(std::move(listing)), response_(response) {}

  void End(const grpc::Status& status) override;

  void OnCancel() override;
  void OnDone() override;

 private:
  void Answer();
  void FinishLocked(const grpc::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Hub* const hub_;
  StreamRegistry* const registry_;
  const ProcessListing listing_;
  ReaderDemand::Lease lease_;

  Mutex mutex_;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  v1::ListProcessesResponse* const response_ ABSL_GUARDED_BY(mutex_);  // gone once finished
};

}  // namespace syspulse

#endif  // SERVICES_API_ALL_PROCESSES_CALL_H_
