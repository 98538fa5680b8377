#include "services/api/host_service.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/api/call.h"
#include "services/api/delete_host_call.h"
#include "services/api/host_filter.h"
#include "services/api/host_update.h"
#include "services/api/paging.h"
#include "services/model/proto.h"

namespace syspulse {
namespace {

constexpr PageLimits kHostPages = {.default_size = 100, .max_size = 1000};

// Where a host stands in the list; the separator sorts before every letter.
std::string PositionOf(const Host& host) { return host.hostname + '\0' + host.id; }

absl::StatusOr<HostPtr> FindNamed(const Hub& hub, const std::string& name) {
  if (name.empty()) return absl::InvalidArgumentError("name is empty; it says which host is meant");
  RETURN_IF_ERROR(CheckHostName(name));
  return hub.FindHost(name);
}

absl::Status FillHosts(const Hub& hub, const v1::ListHostsRequest& request,
                       v1::ListHostsResponse* response) {
  ASSIGN_OR_RETURN(const std::size_t page_size, PageSize(request.page_size(), kHostPages));
  const v1::ListHostsRequest arguments = ArgumentsOf(request);
  ASSIGN_OR_RETURN(const std::string after, ParsePageToken(arguments, request.page_token()));
  ASSIGN_OR_RETURN(const HostFilter filter, HostFilter::Parse(request.filter()));
  std::string last;
  for (const HostPtr& host : hub.Hosts()) {
    if (!filter.Means(*host)) continue;
    std::string position = PositionOf(*host);
    if (!after.empty() && position <= after) continue;
    if (static_cast<std::size_t>(response->hosts_size()) == page_size) {
      response->set_next_page_token(MakePageToken(arguments, last));
      break;
    }
    ToProto(*host, response->add_hosts());
    last = std::move(position);
  }
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* HostService::ListHosts(grpc::CallbackServerContext* context,
                                                 const v1::ListHostsRequest* request,
                                                 v1::ListHostsResponse* response) {
  return Answer(api_, context, *request, [&] { return FillHosts(*api_.hub, *request, response); });
}

grpc::ServerUnaryReactor* HostService::GetHost(grpc::CallbackServerContext* context,
                                               const v1::GetHostRequest* request,
                                               v1::GetHostResponse* response) {
  return Answer(api_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const HostPtr host, FindNamed(*api_.hub, request->name()));
    ToProto(*host, response->mutable_host());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* HostService::UpdateHost(grpc::CallbackServerContext* context,
                                                  const v1::UpdateHostRequest* request,
                                                  v1::UpdateHostResponse* response) {
  return Answer(api_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const HostUpdate update, ParseHostUpdate(*request));
    ASSIGN_OR_RETURN(const HostPtr host, FindNamed(*api_.hub, update.name));
    ASSIGN_OR_RETURN(const HostPtr changed,
                     api_.hub->UpdateHost(host->id, update.display_name, update.labels));
    ToProto(*changed, response->mutable_host());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* HostService::DeleteHost(grpc::CallbackServerContext*,
                                                  const v1::DeleteHostRequest* request,
                                                  v1::DeleteHostResponse*) {
  return DeleteHostCall::Open(api_, *request);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* HostService::WatchHosts(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return Watch<v1::WatchHostsRequest>(
      api_, Envelope::kHosts, *context, *request,
      [](const v1::WatchHostsRequest& request) -> absl::StatusOr<std::vector<Topic>> {
        ASSIGN_OR_RETURN(HostFilter filter, HostFilter::Parse(request.filter()));
        return std::vector<Topic>{HostTopic{.filter = std::move(filter)}};
      });
}

}  // namespace syspulse
