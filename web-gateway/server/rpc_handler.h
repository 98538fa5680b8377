// Carries one rpc between a client and the service: what gRPC-Web, Connect and REST have in common.
//
// The protocol object takes the client's bytes apart and puts the service's messages together; the
// handler moves them. It asks the service for a message only when the client has taken the one
// before, so a slow client costs one message of memory, and the service learns of it by flow
// control.
#ifndef WEB_GATEWAY_SERVER_RPC_HANDLER_H_
#define WEB_GATEWAY_SERVER_RPC_HANDLER_H_

#include <grpcpp/support/status.h>

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "web-gateway/server/exchange.h"
#include "web-gateway/server/metadata.h"
#include "web-gateway/server/upstream_call.h"

namespace syspulse {

// How a call went, whole.
struct RpcResult {
  grpc::Status status;
  // Absent if the call failed, or was a stream without a message.
  std::optional<std::string> message;
  Metadata headers;
  Metadata trailers;
};

// What one protocol makes of bytes and messages. One object serves one exchange.
class RpcProtocol {
 public:
  virtual ~RpcProtocol() = default;

  // Takes more of the body, and whether it was the last. Appends the messages that are complete.
  // Returns what is wrong with the body, for the client to read.
  virtual absl::Status Decode(std::string_view bytes, bool last,
                              std::vector<std::string>* messages) = 0;

  // Returns how many bytes are held of a message that is not complete yet, of those that come one
  // behind the other.
  virtual std::size_t held_bytes() const { return 0; }

  // Returns the whole answer to a unary call, or to a stream that ended before it began.
  virtual HttpResponse Answer(const RpcResult& result) = 0;

  // Return the parts of a streamed answer.
  virtual HttpResponse StreamHead(const Metadata& headers) = 0;
  virtual absl::StatusOr<std::string> StreamMessage(const std::string& message) = 0;
  virtual std::string StreamEnd(const grpc::Status& status, const Metadata& trailers) = 0;
};

// What the handler must know of the method.
struct RpcShape {
  // Exactly one message comes from the client.
  bool single_request = true;
  // Exactly one message comes from the service, and is answered whole.
  bool single_response = true;
};

// Confined to the gateway's thread.
class RpcHandler final : public ExchangeHandler,
                         public UpstreamListener,
                         public std::enable_shared_from_this<RpcHandler> {
 public:
  // Makes a handler and gives it to `exchange`. `upstream` must outlive the exchange.
  static void Attach(const std::shared_ptr<Exchange>& exchange, Upstream* upstream, RpcShape shape,
                     UpstreamRequest request, std::unique_ptr<RpcProtocol> protocol);

  ~RpcHandler() override;

  void OnBody(std::string_view bytes, bool last) override;
  void OnNoRoom() override;
  void OnGone() override;
  void OnStop() override;
  void OnUpstreamHeaders(const Metadata& headers) override;
  void OnUpstreamMessage(std::string message) override;
  void OnUpstreamDone(const grpc::Status& status, const Metadata& trailers) override;

 private:
  RpcHandler(std::shared_ptr<Exchange> exchange, Upstream* upstream, RpcShape shape,
             UpstreamRequest request, std::unique_ptr<RpcProtocol> protocol);

  // Opens the call unless it is open.
  void OpenCall();
  absl::Status TakeBody(std::string_view bytes, bool last);
  void StartAnswer();
  void Fail(const grpc::Status& status);
  void Finish();

  const std::shared_ptr<Exchange> exchange_;
  Upstream* const upstream_;
  const RpcShape shape_;
  const UpstreamRequest request_;
  const std::unique_ptr<RpcProtocol> protocol_;
  std::shared_ptr<UpstreamCall> call_;
  boost::asio::steady_timer head_timer_;

  int request_count_ = 0;
  RpcResult result_;
  // The head of a streamed answer is on its way.
  bool streaming_ = false;
  // A piece of the answer is on its way.
  bool writing_ = false;
  // The service has ended the call.
  bool done_ = false;
  // The answer is complete, or nobody waits for it.
  bool finished_ = false;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_RPC_HANDLER_H_
