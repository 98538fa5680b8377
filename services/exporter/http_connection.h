// One client of a MetricsServer: its requests are read and answered one after another.
//
// A connection that waits for a request costs a few hundred bytes and no thread, so those that
// nobody uses starve nobody. What a client sends behind the head of a request is not read.
#ifndef SERVICES_EXPORTER_HTTP_CONNECTION_H_
#define SERVICES_EXPORTER_HTTP_CONNECTION_H_

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "services/base/mutex.h"
#include "services/exporter/metrics_server.h"

namespace syspulse {

class HttpConnection;

// The connections there are, and which of them wait for a request. Thread-safe.
class OpenConnections {
 public:
  void Opened();
  void Closed();

  // Keeps a connection that waits from now on; returns the number to take it out with.
  std::uint64_t Wait(std::weak_ptr<HttpConnection> connection);
  void EndWait(std::uint64_t number);

  // Returns whether there is room for one more; makes some by closing the one that has waited
  // longest. There is none while all of so many are being answered.
  bool MakeRoom();

 private:
  Mutex mutex_;
  std::size_t count_ ABSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t last_number_ ABSL_GUARDED_BY(mutex_) = 0;
  // By number: those that have waited longest come first.
  std::map<std::uint64_t, std::weak_ptr<HttpConnection>> waiting_ ABSL_GUARDED_BY(mutex_);
};

// Confined to the executor of its socket, except for what says otherwise.
class HttpConnection final : public std::enable_shared_from_this<HttpConnection> {
 public:
  // `handler` and `connections` must outlive this. The socket's executor is a strand.
  HttpConnection(boost::asio::ip::tcp::socket socket, const MetricsServer::Handler* handler,
                 OpenConnections* connections);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // Returns where everything but Close is called.
  boost::asio::any_io_executor executor() { return stream_.get_executor(); }

  // Reads and answers until the client goes, or stands still for too long.
  void Start() { ReadHead(); }

  // Ends the connection soon. Thread-safe.
  void Close();

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::empty_body>;
  using Response = boost::beast::http::response<boost::beast::http::string_body>;

  void ReadHead();
  void OnHead(boost::beast::error_code error);
  // Returns why the head cannot be answered; nothing if it can.
  std::optional<HttpAnswer> Refusal() const;
  HttpAnswer Ask() const;
  bool TakesGzip() const;
  void Refuse(boost::beast::error_code error);
  void Send(HttpAnswer answer);
  void OnSent(boost::beast::error_code error);
  void Drain(std::size_t left);

  const MetricsServer::Handler* const handler_;
  OpenConnections* const connections_;
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;  // of the request that is read or answered
  std::optional<Response> response_;
  std::optional<boost::beast::http::response_serializer<boost::beast::http::string_body>>
      serializer_;
  std::uint64_t waiting_number_ = 0;
  bool answered_before_ = false;
  bool head_only_ = false;   // the request wants no body
  bool keep_ = false;        // the client may send another request behind this one
  bool more_comes_ = false;  // what the client sends behind the head is not read
};

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_HTTP_CONNECTION_H_
