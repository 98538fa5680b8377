#include "services/api/process_service.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/api/call.h"
#include "services/api/paging.h"
#include "services/api/process_query.h"
#include "services/api/table_feeds.h"
#include "services/base/text.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

constexpr PageLimits kProcessPages = {.default_size = 50, .max_size = 1000};

// Returns where a page begins. A token with the right hash holds a number, unless it was forged.
absl::StatusOr<std::uint32_t> ParseOffset(const std::string& position) {
  if (position.empty()) return 0;
  const std::optional<std::uint32_t> offset = ParseNumber<std::uint32_t>(position);
  if (!offset) return absl::InvalidArgumentError("page_token does not belong to this request");
  return *offset;
}

absl::Status FillProcesses(const ApiContext& api, const v1::ListProcessesRequest& request,
                           v1::ListProcessesResponse* response) {
  RETURN_IF_ERROR(CheckHostName(request.host()));
  ASSIGN_OR_RETURN(const ProcessQuery query,
                   ProcessQuery::Create(request.order_by(), request.filter()));
  ASSIGN_OR_RETURN(const std::size_t page_size, PageSize(request.page_size(), kProcessPages));
  const v1::ListProcessesRequest arguments = ArgumentsOf(request);
  ASSIGN_OR_RETURN(const std::string position, ParsePageToken(arguments, request.page_token()));
  ASSIGN_OR_RETURN(const std::uint32_t offset, ParseOffset(position));

  std::vector<HostPtr> hosts;
  v1::ProcessTable* const table = response->mutable_process_table();
  if (request.host().empty()) {
    hosts = api.hub->Hosts();
  } else {
    ASSIGN_OR_RETURN(HostPtr host, api.hub->FindHost(request.host()));
    hosts.push_back(std::move(host));
  }
  *table = query.Select(NewestTables(*api.hub, hosts), {.offset = offset, .limit = page_size});
  if (!request.host().empty()) table->set_host(HostName(hosts.front()->id));
  const std::size_t end = offset + page_size;
  if (end < static_cast<std::size_t>(table->matched_count())) {
    response->set_next_page_token(MakePageToken(arguments, absl::StrFormat("%d", end)));
  }
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* ProcessService::ListProcesses(grpc::CallbackServerContext* context,
                                                        const v1::ListProcessesRequest* request,
                                                        v1::ListProcessesResponse* response) {
  return Answer(api_, context, *request, [&] { return FillProcesses(api_, *request, response); });
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* ProcessService::WatchProcesses(
    grpc::CallbackServerContext*, const grpc::ByteBuffer* request) {
  return Watch<v1::WatchProcessesRequest>(api_, Envelope::kProcesses, *request,
                                          OneTopic<v1::WatchProcessesRequest>);
}

}  // namespace syspulse
