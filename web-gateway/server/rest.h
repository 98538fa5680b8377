// REST by google.api.http: JSON in, JSON out; streams as lines of JSON or as server-sent events.
#ifndef WEB_GATEWAY_SERVER_REST_H_
#define WEB_GATEWAY_SERVER_REST_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "web-gateway/server/json_codec.h"
#include "web-gateway/server/request_builder.h"
#include "web-gateway/server/route_table.h"
#include "web-gateway/server/rpc_handler.h"

namespace syspulse {

// Returns the answer that tells an error to a REST client:
// `{"code":404,"message":"…","status":"NOT_FOUND","details":[…]}`. `codec` may be null; then
// details are left out.
HttpResponse RestErrorAnswer(const grpc::Status& status, const JsonCodec* codec,
                             const google::protobuf::DescriptorPool* pool);

class RestProtocol final : public RpcProtocol {
 public:
  struct Settings {
    const JsonCodec* codec = nullptr;
    RequestBuilder* builder = nullptr;
    const google::protobuf::DescriptorPool* pool = nullptr;
    // The client takes compressed answers.
    bool gzip = false;
    // The body is compressed.
    bool gzip_body = false;
    // Streams are server-sent events.
    bool events = false;
    // Returns the request that a body of another form is; nothing if it has the usual one. May be
    // null.
    std::optional<absl::StatusOr<std::string>> (*translate)(std::string_view body) = nullptr;
  };

  // `query` is still encoded. What `settings` and `match` point to must outlive this.
  RestProtocol(Settings settings, RestMatch match, std::string query);

  absl::Status Decode(std::string_view bytes, bool last,
                      std::vector<std::string>* messages) override;
  HttpResponse Answer(const RpcResult& result) override;
  HttpResponse StreamHead(const Metadata& headers) override;
  absl::StatusOr<std::string> StreamMessage(const std::string& message) override;
  std::string StreamEnd(const grpc::Status& status, const Metadata& trailers) override;

 private:
  const google::protobuf::Descriptor& output() const;

  const Settings settings_;
  const RestMatch match_;
  const std::string query_;
  std::string body_;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_REST_H_
