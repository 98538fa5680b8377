#include "services/api/otlp_service.h"

#include <cstdint>
#include <memory>
#include <utility>

#include "services/api/intake_call.h"
#include "services/api/live_value.h"
#include "services/base/status_macros.h"
#include "services/otlp/translation.h"

namespace syspulse {
namespace {

namespace otlp = opentelemetry::proto::collector::metrics::v1;

// What was refused before anything was kept; written before the request is answered.
struct Refused {
  std::int64_t points = 0;
  std::int64_t samples = 0;
};

absl::Status BeginExport(const ApiContext& api, const RequestBytes& request,
                         const std::shared_ptr<Refused>& refused, WriteIntake::Answered answered) {
  RETURN_IF_ERROR(api.access->Check(*otlp::ExportMetricsServiceRequest::descriptor()));
  MetadataBook* const metadata = api.written_metadata;
  return api.otlp->Start(
      request.view().size(),
      [request, refused, metadata](SeriesWriter* writer) -> absl::StatusOr<WrittenParts> {
        ASSIGN_OR_RETURN(OtlpParts out, WriteOtlp(request.view(), writer, metadata));
        *refused = {.points = out.refused_points, .samples = out.parts.refused_samples()};
        return std::move(out.parts);
      },
      std::move(answered));
}

// Samples that the store found to be of other values than before count as points of their own.
grpc::Slice RespondToExport(const Refused& refused, const WriteResult& result) {
  otlp::ExportMetricsServiceResponse response;
  if (result.refused > 0) {
    response.mutable_partial_success()->set_rejected_data_points(refused.points + result.refused -
                                                                 refused.samples);
    response.mutable_partial_success()->set_error_message(result.refusal);
  }
  return Serialize(response);
}

}  // namespace

OtlpService::OtlpService(const ApiContext& api) : api_(api) {}

grpc::ServerUnaryReactor* OtlpService::Export(grpc::CallbackServerContext*,
                                              const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) {
  const auto refused = std::make_shared<Refused>();
  return IntakeCall::Open(
      *request, response,
      [&](const RequestBytes& bytes, WriteIntake::Answered answered) {
        return BeginExport(api_, bytes, refused, std::move(answered));
      },
      [refused](const WriteResult& result) { return RespondToExport(*refused, result); });
}

}  // namespace syspulse
