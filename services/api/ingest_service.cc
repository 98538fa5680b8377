#include "services/api/ingest_service.h"

#include <string>
#include <utility>

#include "services/api/import_call.h"
#include "services/api/push_metrics_call.h"
#include "services/api/push_reactor.h"
#include "services/api/write_call.h"

namespace syspulse {
namespace {

// Returns the caller's address as people write it; gRPC percent-encodes the brackets of IPv6.
std::string PeerOf(const grpc::CallbackServerContext& context) {
  std::string peer = context.peer();
  for (const auto& [code, bracket] : {std::pair{"%5B", "["}, std::pair{"%5D", "]"}}) {
    if (const auto at = peer.find(code); at != peer.npos) peer.replace(at, 3, bracket);
  }
  return peer;
}

}  // namespace

IngestService::IngestService(const ApiContext& api) : api_(api) {}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* IngestService::PushFrames(
    grpc::CallbackServerContext* context) {
  return PushReactor::Open(api_, &pool_, PeerOf(*context));
}

grpc::ServerUnaryReactor* IngestService::PushMetrics(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  return OpenPushMetricsCall(api_, PeerOf(*context), *request, response);
}

grpc::ServerUnaryReactor* IngestService::WriteSeries(grpc::CallbackServerContext*,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  return OpenWriteCall(api_, *request, response);
}

grpc::ServerUnaryReactor* IngestService::ImportSeries(grpc::CallbackServerContext*,
                                                      const v1::ImportSeriesRequest* request,
                                                      v1::ImportSeriesResponse* response) {
  return ImportCall::Open(api_, request, response, &imports_);
}

}  // namespace syspulse
