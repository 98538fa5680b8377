#include "services/api/host_service.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/api/call.h"
#include "services/api/delete_host_call.h"
#include "services/api/host_listing.h"
#include "services/api/host_update.h"
#include "services/api/paging.h"
#include "services/model/proto.h"

namespace syspulse {
namespace {

constexpr PageLimits kHostPages = {.default_size = 100, .max_size = 1000};

// Returns the rank behind which a page begins; nothing for the first one. A token with the right
// hash holds a rank, unless it was forged.
absl::StatusOr<std::optional<HostRank>> ParseRank(const std::string& position) {
  if (position.empty()) return std::nullopt;
  std::optional<HostRank> rank = HostRank::FromText(position);
  if (!rank) return absl::InvalidArgumentError("page_token does not belong to this request");
  return rank;
}

absl::StatusOr<HostPtr> FindNamed(const Hub& hub, const std::string& name) {
  if (name.empty()) return absl::InvalidArgumentError("name is empty; it says which host is meant");
  RETURN_IF_ERROR(CheckHostName(name));
  return hub.FindHost(name);
}

absl::Status FillHosts(const ApiContext& api, const v1::ListHostsRequest& request,
                       v1::ListHostsResponse* response) {
  ASSIGN_OR_RETURN(const std::size_t page_size, PageSize(request.page_size(), kHostPages));
  const v1::ListHostsRequest arguments = ArgumentsOf(request);
  ASSIGN_OR_RETURN(const std::string position, ParsePageToken(arguments, request.page_token()));
  ASSIGN_OR_RETURN(const std::optional<HostRank> after, ParseRank(position));
  ASSIGN_OR_RETURN(const HostListing listing,
                   HostListing::Create(request.filter(), request.order_by()));
  const std::vector<ListedHost> hosts = listing.Select(*api.hub, *api.view, true);
  response->set_total_size(static_cast<std::int32_t>(hosts.size()));
  auto next = hosts.begin();
  if (after) {
    next = std::ranges::find_if(
        hosts, [&](const ListedHost& host) { return listing.order().Before(*after, host.rank); });
  }
  const auto rest = static_cast<std::size_t>(hosts.end() - next);
  const auto end = next + static_cast<std::ptrdiff_t>(std::min(rest, page_size));
  for (; next != end; ++next) ToProto(*next, response->add_hosts());
  if (end != hosts.end()) {
    response->set_next_page_token(MakePageToken(arguments, std::prev(end)->rank.ToText()));
  }
  return absl::OkStatus();
}

}  // namespace

HostService::HostService(const ApiContext& api) : api_(api) {}

grpc::ServerUnaryReactor* HostService::ListHosts(grpc::CallbackServerContext* context,
                                                 const v1::ListHostsRequest* request,
                                                 v1::ListHostsResponse* response) {
  return Answer(api_, context, *request, [&] { return FillHosts(api_, *request, response); });
}

grpc::ServerUnaryReactor* HostService::GetHost(grpc::CallbackServerContext* context,
                                               const v1::GetHostRequest* request,
                                               v1::GetHostResponse* response) {
  return Answer(api_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const HostPtr host, FindNamed(*api_.hub, request->name()));
    ToProto({.host = host, .summary = SummaryOf(*api_.hub, *api_.view, host), .rank = {}},
            response->mutable_host());
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
  return Watch<v1::WatchHostsRequest>(api_, Envelope::kHosts, *context, *request,
                                      OneTopic<v1::WatchHostsRequest>);
}

}  // namespace syspulse
