// The Connect protocol: https://connectrpc.com/docs/protocol
//
// A unary call is a plain POST (or GET, for what has no side effects) whose body is the message; a
// stream is envelopes whose last one tells the end. Messages are protobuf's bytes or its JSON.
#ifndef WEB_GATEWAY_SERVER_CONNECT_PROTOCOL_H_
#define WEB_GATEWAY_SERVER_CONNECT_PROTOCOL_H_

#include <google/protobuf/descriptor.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "web-gateway/server/frame.h"
#include "web-gateway/server/json_codec.h"
#include "web-gateway/server/rpc_handler.h"

namespace syspulse {

// How messages are written. Without descriptors they pass as they are.
struct ConnectCodec {
  // Null where messages are protobuf's bytes.
  const JsonCodec* json = nullptr;
  const google::protobuf::Descriptor* input = nullptr;
  const google::protobuf::Descriptor* output = nullptr;

  absl::StatusOr<std::string> ToProto(std::string message) const;
  absl::StatusOr<std::string> FromProto(std::string message) const;
};

// Returns a call's error as Connect writes it, `{"code":…,"message":…,"details":[…]}`.
std::string ConnectErrorJson(const grpc::Status& status);

// Returns the answer to a unary call that failed.
HttpResponse ConnectErrorAnswer(const grpc::Status& status);

class ConnectUnaryProtocol final : public RpcProtocol {
 public:
  // `query_message` is the message of a GET, which has no body. `gzip` says that the client takes
  // compressed answers.
  ConnectUnaryProtocol(ConnectCodec codec, std::optional<std::string> query_message, bool gzip);

  absl::Status Decode(std::string_view bytes, bool last,
                      std::vector<std::string>* messages) override;
  HttpResponse Answer(const RpcResult& result) override;
  // A unary call is never streamed; these are not called.
  HttpResponse StreamHead(const Metadata& headers) override;
  absl::StatusOr<std::string> StreamMessage(const std::string& message) override;
  std::string StreamEnd(const grpc::Status& status, const Metadata& trailers) override;

 private:
  const ConnectCodec codec_;
  const std::optional<std::string> query_message_;
  const bool gzip_;
  std::string body_;
};

class ConnectStreamProtocol final : public RpcProtocol {
 public:
  explicit ConnectStreamProtocol(ConnectCodec codec);

  absl::Status Decode(std::string_view bytes, bool last,
                      std::vector<std::string>* messages) override;
  std::size_t held_bytes() const override { return frames_.held_bytes(); }
  HttpResponse Answer(const RpcResult& result) override;
  HttpResponse StreamHead(const Metadata& headers) override;
  absl::StatusOr<std::string> StreamMessage(const std::string& message) override;
  std::string StreamEnd(const grpc::Status& status, const Metadata& trailers) override;

 private:
  const ConnectCodec codec_;
  FrameDecoder frames_;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_CONNECT_PROTOCOL_H_
