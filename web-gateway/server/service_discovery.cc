#include "web-gateway/server/service_discovery.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/model/instance_names.h"
#include "services/model/resource_name.h"
#include "web-gateway/server/metadata.h"
#include "web-gateway/server/rpc_status.h"
#include "web-gateway/server/upstream_call.h"

namespace syspulse {
namespace {

constexpr const char* kMethod = "/syspulse.v1.HostService/ListHosts";
constexpr std::int32_t kPageSize = 1000;  // the most that ListHosts gives
constexpr absl::Duration kPageTimeout = absl::Seconds(5);

// Asks for page after page, then answers.
class HostLister final : public ExchangeHandler,
                         public UpstreamListener,
                         public std::enable_shared_from_this<HostLister> {
 public:
  HostLister(std::shared_ptr<Exchange> exchange, Upstream* upstream, std::string exporter_address,
             Metadata metadata)
      : exchange_(std::move(exchange)),
        upstream_(upstream),
        exporter_address_(std::move(exporter_address)),
        metadata_(std::move(metadata)) {}
  ~HostLister() override { Cancel(); }

  void OnBody(std::string_view, bool last) override {
    if (last) AskForPage("");
  }
  void OnNoRoom() override {
    HttpResponse answer = PlainAnswer(503, kNoRoomForBody);
    answer.headers.emplace_back("retry-after", kNoRoomRetrySeconds);
    exchange_->Respond(std::move(answer));
  }
  void OnGone() override { Cancel(); }
  void OnUpstreamHeaders(const Metadata&) override {}

  void OnUpstreamMessage(std::string message) override {
    page_ = v1::ListHostsResponse();
    parsed_ = page_->ParseFromString(message);
    call_->Read();
  }

  void OnUpstreamDone(const grpc::Status& status, const Metadata&) override {
    const auto self = shared_from_this();
    call_.reset();
    if (!status.ok() || !page_ || !parsed_) {
      exchange_->Respond(PlainAnswer(
          503, status.ok() ? "the service sent no list of hosts" : status.error_message()));
      return;
    }
    const std::string token = page_->next_page_token();
    hosts_.MergeFrom(*page_);
    page_.reset();
    if (!token.empty()) {
      AskForPage(token);
      return;
    }
    HttpResponse response{.headers = {{"content-type", "application/json"}}};
    response.body = TargetsJson(hosts_, exporter_address_);
    exchange_->Respond(std::move(response));
  }

 private:
  void AskForPage(const std::string& token) {
    v1::ListHostsRequest request;
    request.set_page_size(kPageSize);
    request.set_page_token(token);
    call_ = UpstreamCall::Create(
        upstream_, this, {.method = kMethod, .metadata = metadata_, .timeout = kPageTimeout});
    call_->Write(request.SerializeAsString());
    call_->WritesDone();
    call_->Start();
  }

  void Cancel() {
    if (call_) call_->Cancel();
    call_.reset();
  }

  const std::shared_ptr<Exchange> exchange_;
  Upstream* const upstream_;
  const std::string exporter_address_;
  const Metadata metadata_;
  std::shared_ptr<UpstreamCall> call_;
  std::optional<v1::ListHostsResponse> page_;
  bool parsed_ = false;
  v1::ListHostsResponse hosts_;
};

// Returns of the hosts what they are called by.
std::vector<HostPtr> NamesOf(const v1::ListHostsResponse& hosts) {
  std::vector<HostPtr> names;
  for (const v1::Host& host : hosts.hosts()) {
    const std::string id(HostIdOf(host.name()));
    names.push_back(std::make_shared<const Host>(
        Host{.id = id,
             .hostname = host.hostname().empty() ? id : host.hostname(),
             .agent_version = host.agent_version()}));
  }
  return names;
}

}  // namespace

std::string TargetsJson(const v1::ListHostsResponse& hosts, const std::string& exporter_address) {
  const std::map<std::string, std::string> instances = InstancesOf(NamesOf(hosts));
  std::string json = "[";
  for (const v1::Host& host : hosts.hosts()) {
    const std::string id(HostIdOf(host.name()));
    std::string labels = absl::StrFormat(
        "\"__metrics_path__\":%s,\"instance\":%s,\"job\":\"syspulse\",\"__meta_syspulse_host\":%s",
        JsonString("/hosts/" + id + "/metrics"), JsonString(instances.at(id)),
        JsonString(host.name()));
    for (const auto& [key, value] : host.labels()) {
      labels +=
          absl::StrFormat(",%s:%s", JsonString("__meta_syspulse_label_" + key), JsonString(value));
    }
    json += absl::StrFormat("%s{\"targets\":[%s],\"labels\":{%s}}", json.size() > 1 ? "," : "",
                            JsonString(exporter_address), labels);
  }
  return json + "]\n";
}

void ServiceDiscovery::Answer(const std::shared_ptr<Exchange>& exchange, Upstream* upstream) const {
  auto metadata = ToMetadata(exchange->request().headers);
  if (!metadata.ok()) {
    exchange->Respond(PlainAnswer(400, std::string(metadata.status().message())));
    return;
  }
  exchange->set_handler(
      std::make_shared<HostLister>(exchange, upstream, exporter_address_, std::move(*metadata)));
}

}  // namespace syspulse
