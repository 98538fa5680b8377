#include "tests/bench/fleet/history_check.h"

#include <grpcpp/grpcpp.h>

#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/status.h"
#include "services/base/status_macros.h"
#include "services/model/proto.h"
#include "syspulse/v1/query_service.grpc.pb.h"
#include "tests/bench/fleet/fleet.h"

namespace syspulse {
namespace {

// Returns the value of an expression that has one; 0 if it has none.
absl::StatusOr<double> Ask(v1::QueryService::Stub* stub, const HistoryCheck& check,
                           const std::string& expression) {
  v1::QueryRequest request;
  request.set_query(expression);
  ToProto(check.last, request.mutable_time());
  v1::QueryResponse response;
  grpc::ClientContext context;
  const grpc::Status status = stub->Query(&context, request, &response);
  if (!status.ok()) return FromGrpc(status, check.server);
  return response.vector().samples().empty() ? 0 : response.vector().samples(0).value();
}

}  // namespace

absl::Status CheckOnce(const HistoryCheck& check) {
  const auto stub = v1::QueryService::NewStub(
      MakeChannel({.server = check.server, .program = "syspulse-load-check"}));
  const std::string samples =
      absl::StrFormat("%s{instance=~\"load-[0-9]+.*\"}[%dms]", kTickMetric,
                      absl::ToInt64Milliseconds(check.last - check.first) + 500);
  ASSIGN_OR_RETURN(const double hosts, Ask(stub.get(), check,
                                           absl::StrFormat("count(count_over_time(%s) == %d)",
                                                           samples, check.frames_each)));
  ASSIGN_OR_RETURN(const double count,
                   Ask(stub.get(), check, absl::StrFormat("sum(count_over_time(%s))", samples)));
  // Frames are counted from 1, so it matters which of them are there.
  ASSIGN_OR_RETURN(const double sum,
                   Ask(stub.get(), check, absl::StrFormat("sum(sum_over_time(%s))", samples)));
  const auto wanted = static_cast<double>(check.hosts);
  const auto frames = static_cast<double>(check.frames_each);
  if (hosts == wanted && count == wanted * frames && sum == wanted * frames * (frames + 1) / 2) {
    return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrFormat("has %.0f of %.0f frames, all of them of %.0f hosts",
                                             count, wanted * frames, hosts));
}

}  // namespace syspulse
