// HTTP/1.1 over one connection that stays open, as much of it as the servers speak that benchmarks
// measure.
#ifndef TESTS_BENCH_HTTP_CONNECTION_H_
#define TESTS_BENCH_HTTP_CONNECTION_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace syspulse {

// Confined to one thread.
class HttpConnection {
 public:
  // `address` is HOST:PORT/PATH, the host as IPv4.
  explicit HttpConnection(const std::string& address);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  // Posts a body, with headers that end with a new line each, and waits until the whole answer is
  // there. Returns how many bytes it has. Unavailable if the server does not answer; Internal, with
  // what it says, if that is no success.
  absl::StatusOr<std::size_t> Post(std::string_view headers, std::string_view body);

 private:
  absl::Status Connect();
  absl::Status Send(std::string_view bytes);
  absl::Status Receive();
  absl::StatusOr<std::string> TakeLine();
  absl::Status Skip(std::size_t bytes);
  absl::StatusOr<std::size_t> TakeChunks();
  absl::StatusOr<std::size_t> TakeAnswer();

  std::string host_;
  std::string path_;
  int socket_ = -1;     // -1 until connected
  std::string buffer_;  // what was received
  std::size_t at_ = 0;  // how much of it was taken
};

}  // namespace syspulse

#endif  // TESTS_BENCH_HTTP_CONNECTION_H_
