// A DeleteHost call: answers once what was asked for survives, which may take the disk a while.
//
// Deletes itself. What it began goes on when its caller leaves.
#ifndef SERVICES_API_DELETE_HOST_CALL_H_
#define SERVICES_API_DELETE_HOST_CALL_H_

#include <grpcpp/support/server_callback.h>

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "services/api/api_context.h"
#include "services/base/mutex.h"
#include "syspulse/v1/host_service.pb.h"

namespace syspulse {

class DeleteHostCall final : public grpc::ServerUnaryReactor {
 public:
  static grpc::ServerUnaryReactor* Open(const ApiContext& api,
                                        const v1::DeleteHostRequest& request);

  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  // What may outlive the call: who gets here first finishes it.
  struct Ending {
    Mutex mutex;
    DeleteHostCall* call ABSL_GUARDED_BY(mutex) = nullptr;  // null once it is finished
  };

  DeleteHostCall() = default;

  static absl::Status Begin(const ApiContext& api, const v1::DeleteHostRequest& request,
                            const std::shared_ptr<Ending>& ending);
  static void Finish(Ending* ending, const absl::Status& status);

  const std::shared_ptr<Ending> ending_ = std::make_shared<Ending>();
};

}  // namespace syspulse

#endif  // SERVICES_API_DELETE_HOST_CALL_H_
