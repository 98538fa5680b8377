#include "services/api/live_service.h"

#include "services/api/call.h"

namespace syspulse {

LiveService::LiveService(const ApiContext& api) : api_(api) {}

grpc::ServerWriteReactor<grpc::ByteBuffer>* LiveService::Watch(grpc::CallbackServerContext* context,
                                                               const grpc::ByteBuffer* request) {
  return syspulse::Watch<v1::WatchRequest>(api_, Envelope::kLive, *context, *request, ParseTopics);
}

}  // namespace syspulse
