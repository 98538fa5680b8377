#include "services/api/push_metrics_call.h"

#include <memory>
#include <utility>

#include "services/api/intake_call.h"
#include "services/api/live_value.h"
#include "services/base/status_macros.h"
#include "syspulse/v1/ingest_service.pb.h"

namespace syspulse {

grpc::ServerUnaryReactor* OpenPushMetricsCall(const ApiContext& api, const std::string& address,
                                              const grpc::ByteBuffer& request,
                                              grpc::ByteBuffer* response) {
  const auto said = std::make_shared<v1::PushMetricsResponse>();
  return IntakeCall::Open(
      request, response,
      [&](const RequestBytes& bytes, WriteIntake::Answered answered) -> absl::Status {
        RETURN_IF_ERROR(api.access->Check(*v1::PushMetricsRequest::descriptor()));
        return api.pushes->Start(bytes, address, said, std::move(answered));
      },
      [said](const WriteResult& result) -> absl::StatusOr<grpc::Slice> {
        RETURN_IF_ERROR(ToStatus(result));
        said->set_sample_count(result.samples);
        return Serialize(*said);
      });
}

}  // namespace syspulse
