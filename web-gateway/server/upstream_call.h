// One call to the service, of any method, in bytes.
//
// Every call is made as a stream in both directions: on the wire a unary call is a stream of one
// message each way. gRPC's threads only post to the gateway's thread, so the caller sees no lock.
#ifndef WEB_GATEWAY_SERVER_UPSTREAM_CALL_H_
#define WEB_GATEWAY_SERVER_UPSTREAM_CALL_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "web-gateway/server/body_budget.h"
#include "web-gateway/server/metadata.h"
#include "web-gateway/server/upstream.h"

namespace syspulse {

// What a call tells its caller, on the gateway's thread.
class UpstreamListener {
 public:
  virtual ~UpstreamListener() = default;
  // The service's initial metadata; at most once, before any message.
  virtual void OnUpstreamHeaders(const Metadata& headers) = 0;
  // The message that Read asked for.
  virtual void OnUpstreamMessage(std::string message) = 0;
  // The end, exactly once unless the call was cancelled.
  virtual void OnUpstreamDone(const grpc::Status& status, const Metadata& trailers) = 0;
};

// What is called, and with what.
struct UpstreamRequest {
  // `/syspulse.v1.HostService/ListHosts`.
  std::string method;
  Metadata metadata;
  // From now; without one the call may last for ever.
  std::optional<absl::Duration> timeout;
};

// Writes metadata and timeout into the context of a call.
void FillContext(const UpstreamRequest& request, grpc::ClientContext* context);

// Confined to the gateway's thread. Lives until gRPC has let go of it.
class UpstreamCall final : public std::enable_shared_from_this<UpstreamCall>,
                           private grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  // `upstream` and `listener` must outlive the call; `listener` may go after Cancel.
  static std::shared_ptr<UpstreamCall> Create(Upstream* upstream, UpstreamListener* listener,
                                              const UpstreamRequest& request);

  // Sends the call. Once. What was written and asked for before goes with it.
  void Start();
  // Sends a message after those before it. What `share` has is given back when it is sent.
  void Write(const std::string& message, BodyShare share = {});
  // Says that there are no more messages.
  void WritesDone();
  // Asks for the next message. Not before the answer to the Read before.
  void Read();
  // Ends the call early. The listener hears nothing more.
  void Cancel();

  // Bytes that wait to be sent.
  std::size_t pending_bytes() const { return pending_bytes_; }

 private:
  UpstreamCall(Upstream* upstream, UpstreamListener* listener);

  // Reactions; gRPC's threads.
  void OnReadInitialMetadataDone(bool ok) override;
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

  void HandleRead(bool ok);
  void HandleDone(const grpc::Status& status);
  void WriteNext();

  Upstream* const upstream_;
  UpstreamListener* listener_;
  grpc::ClientContext context_;
  // Keeps the gateway's thread running while gRPC has the call.
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::shared_ptr<UpstreamCall> self_;

  struct Outgoing {
    grpc::ByteBuffer message;
    BodyShare share;
  };

  std::deque<Outgoing> writes_;
  std::size_t pending_bytes_ = 0;
  grpc::ByteBuffer incoming_;
  bool started_ = false;
  bool writing_ = false;
  bool writes_done_ = false;
  // The message on its way said that it is the last.
  bool last_sent_ = false;
  bool reading_ = false;
  // A read failed: the call is over, and nothing more may be started on it.
  bool closed_ = false;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_UPSTREAM_CALL_H_
