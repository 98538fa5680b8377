// gRPC-Web, binary and text: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md
//
// The messages are the service's own bytes; only the end of the call looks different: HTTP
// trailers, which browsers do not show, become a last frame in the body.
#ifndef WEB_GATEWAY_SERVER_GRPC_WEB_H_
#define WEB_GATEWAY_SERVER_GRPC_WEB_H_

#include <string>
#include <string_view>
#include <vector>

#include "web-gateway/server/base64.h"
#include "web-gateway/server/frame.h"
#include "web-gateway/server/rpc_handler.h"

namespace syspulse {

// Whether a media type is one of gRPC-Web.
bool IsGrpcWeb(std::string_view media_type);

class GrpcWebProtocol final : public RpcProtocol {
 public:
  // Answers in the form of the request, `media_type`.
  explicit GrpcWebProtocol(std::string_view media_type);

  absl::Status Decode(std::string_view bytes, bool last,
                      std::vector<std::string>* messages) override;
  std::size_t held_bytes() const override { return frames_.held_bytes(); }
  HttpResponse Answer(const RpcResult& result) override;
  HttpResponse StreamHead(const Metadata& headers) override;
  absl::StatusOr<std::string> StreamMessage(const std::string& message) override;
  std::string StreamEnd(const grpc::Status& status, const Metadata& trailers) override;

 private:
  std::string Frame(std::uint8_t flags, std::string_view payload) const;

  const std::string media_type_;
  const bool text_;
  Base64Decoder base64_;
  FrameDecoder frames_;
  bool ended_ = false;  // by trailers
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_GRPC_WEB_H_
