#include "services/api/process_service.h"

#include "services/api/all_processes_call.h"
#include "services/api/call.h"
#include "services/api/process_listing.h"

namespace syspulse {

ProcessService::ProcessService(const ApiContext& api) : api_(api) {}

grpc::ServerUnaryReactor* ProcessService::ListProcesses(grpc::CallbackServerContext* context,
                                                        const v1::ListProcessesRequest* request,
                                                        v1::ListProcessesResponse* response) {
  const absl::StatusOr<ProcessListing> listing = ProcessListing::Create(*request);
  const bool allowed = api_.access->Check(*request->GetDescriptor()).ok();
  if (allowed && listing.ok() && listing->NeedsAll()) {
    return AllProcessesCall::Open(api_, *listing, response);
  }
  return Answer(api_, context, *request, [&]() -> absl::Status {
    RETURN_IF_ERROR(listing.status());
    ASSIGN_OR_RETURN(*response, listing->Answer(*api_.hub));
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* ProcessService::WatchProcesses(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return Watch<v1::WatchProcessesRequest>(api_, Envelope::kProcesses, *context, *request,
                                          OneTopic<v1::WatchProcessesRequest>);
}

}  // namespace syspulse
