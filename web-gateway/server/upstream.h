// The service behind the gateway: one channel, and the words for when it cannot be reached.
#ifndef WEB_GATEWAY_SERVER_UPSTREAM_H_
#define WEB_GATEWAY_SERVER_UPSTREAM_H_

#include <grpcpp/channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

namespace syspulse {

// Thread-safe, but calls are made from the thread that runs `io`.
class Upstream {
 public:
  // `address` names the service in sentences. `io` must outlive this.
  Upstream(std::shared_ptr<grpc::Channel> channel, std::string address,
           boost::asio::io_context* io);

  grpc::GenericStub* stub() { return &stub_; }
  const std::string& address() const { return address_; }
  boost::asio::io_context* io() const { return io_; }

  // Says that answers are no more worth making: what takes long to write as JSON would keep the
  // gateway from stopping.
  void Stop() { stopping_ = true; }
  bool is_stopping() const { return stopping_; }

  // Returns `status`; where it says that there is no connection, or that no answer came in time, in
  // a sentence that says from whom.
  grpc::Status Explain(const grpc::Status& status) const;

 private:
  std::shared_ptr<grpc::Channel> channel_;
  grpc::GenericStub stub_;
  std::string address_;
  boost::asio::io_context* io_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_UPSTREAM_H_
