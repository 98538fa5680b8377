#include "tests/bench/http_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr std::size_t kRead = 64 << 10;  // bytes at once

}  // namespace

HttpConnection::HttpConnection(const std::string& address) {
  std::string_view rest = address;
  host_ = TakeUntil(&rest, '/');
  path_ = "/" + std::string(rest);
}

HttpConnection::~HttpConnection() {
  if (socket_ >= 0) close(socket_);
}

absl::Status HttpConnection::Connect() {
  std::string_view port = host_;
  const std::string name(TakeUntil(&port, ':'));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(ParseNumber<std::uint16_t>(port).value_or(0));
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (inet_pton(AF_INET, name.c_str(), &to.sin_addr) != 1 ||
      connect(socket_, std::bit_cast<sockaddr*>(&to), sizeof to) != 0) {
    return absl::UnavailableError("connect to " + host_);
  }
  return absl::OkStatus();
}

absl::Status HttpConnection::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return absl::UnavailableError(host_ + " does not take the request");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return absl::OkStatus();
}

absl::Status HttpConnection::Receive() {
  if (at_ == buffer_.size()) {
    buffer_.clear();
    at_ = 0;
  }
  const std::size_t before = buffer_.size();
  buffer_.resize(before + kRead);
  const ssize_t got = recv(socket_, buffer_.data() + before, kRead, 0);
  buffer_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got <= 0) return absl::UnavailableError(host_ + " ends without an answer");
  return absl::OkStatus();
}

absl::StatusOr<std::string> HttpConnection::TakeLine() {
  std::size_t end = std::string::npos;
  while ((end = buffer_.find("\r\n", at_)) == std::string::npos) RETURN_IF_ERROR(Receive());
  std::string line = buffer_.substr(at_, end - at_);
  at_ = end + 2;
  return line;
}

absl::Status HttpConnection::Skip(std::size_t bytes) {
  while (true) {
    const std::size_t here = std::min(bytes, buffer_.size() - at_);
    at_ += here;
    bytes -= here;
    if (bytes == 0) return absl::OkStatus();
    RETURN_IF_ERROR(Receive());
  }
}

absl::StatusOr<std::size_t> HttpConnection::TakeChunks() {
  for (std::size_t all = 0;;) {
    ASSIGN_OR_RETURN(const std::string line, TakeLine());
    std::size_t size = 0;
    std::from_chars(line.data(), line.data() + line.size(), size, 16);
    RETURN_IF_ERROR(Skip(size + 2));  // and the end of its line
    if (size == 0) return all;
    all += size;
  }
}

absl::StatusOr<std::size_t> HttpConnection::TakeAnswer() {
  ASSIGN_OR_RETURN(const std::string status, TakeLine());
  std::size_t size = 0;
  bool in_chunks = false;
  while (true) {
    ASSIGN_OR_RETURN(const std::string line, TakeLine());
    if (line.empty()) break;
    std::string_view value = line;
    const std::string name = absl::AsciiStrToLower(std::string(TakeUntil(&value, ':')));
    while (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "content-length") size = ParseNumber<std::size_t>(value).value_or(0);
    if (name == "transfer-encoding") in_chunks = value == "chunked";
  }
  if (!status.starts_with("HTTP/1.1 2")) {
    return absl::InternalError(
        absl::StrFormat("%s answers %s: %s", host_, status, buffer_.substr(at_)));
  }
  if (in_chunks) return TakeChunks();
  RETURN_IF_ERROR(Skip(size));
  return size;
}

absl::StatusOr<std::size_t> HttpConnection::Post(std::string_view headers, std::string_view body) {
  if (socket_ < 0) RETURN_IF_ERROR(Connect());
  std::string request =
      absl::StrFormat("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n%s\r\n", path_, host_,
                      body.size(), headers);
  request += body;
  RETURN_IF_ERROR(Send(request));
  return TakeAnswer();
}

}  // namespace syspulse
