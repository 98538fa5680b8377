#include "tests/web-gateway/server/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>

#include "services/base/text.h"

namespace syspulse {

HttpClient::HttpClient(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{.tv_sec = 5, .tv_usec = 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) Close();
}

HttpClient::~HttpClient() { Close(); }

void HttpClient::Close() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

void HttpClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void HttpClient::SendRequest(std::string_view method, std::string_view target,
                             const std::vector<std::string>& headers, std::string_view body) {
  std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\n";
  bool has_host = false;
  for (const std::string& header : headers) {
    has_host = has_host || ToLower(header).starts_with("host:");
    text += header + "\r\n";
  }
  if (!has_host) text += "Host: localhost\r\n";
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  Send(text + "\r\n" + std::string(body));
}

bool HttpClient::Fill() {
  char bytes[16384];
  const ssize_t size = recv(fd_, bytes, sizeof(bytes), 0);
  if (size <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(size));
  return true;
}

HttpAnswer HttpClient::ReadHead() {
  HttpAnswer answer;
  std::size_t end = std::string::npos;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return answer;
  }
  std::string_view head = std::string_view(buffer_).substr(0, end);
  const std::string_view first = TakeUntil(&head, '\n');
  answer.status = std::atoi(std::string(first.substr(9, 3)).c_str());
  while (!head.empty()) {
    std::string_view line = TakeUntil(&head, '\n');
    const std::string name = ToLower(TakeUntil(&line, ':'));
    answer.headers[name] = std::string(Trim(line));
  }
  buffer_.erase(0, end + 4);
  stream_body_.clear();
  return answer;
}

// Moves one chunk from the buffer to `body`; false if it was the last, or the end came.
bool HttpClient::TakeChunk(std::string* body) {
  std::size_t line_end = std::string::npos;
  while ((line_end = buffer_.find("\r\n")) == std::string::npos) {
    if (!Fill()) return false;
  }
  const std::size_t size = std::strtoul(buffer_.c_str(), nullptr, 16);
  while (buffer_.size() < line_end + 2 + size + 2) {
    if (!Fill()) return false;
  }
  body->append(buffer_, line_end + 2, size);
  buffer_.erase(0, line_end + 2 + size + 2);
  return size > 0;
}

HttpAnswer HttpClient::ReadAnswer(bool head_only) {
  HttpAnswer answer = ReadHead();
  if (answer.status == 0 || head_only || answer.status == 204 || answer.status == 304) {
    return answer;
  }
  if (answer.headers["transfer-encoding"] == "chunked") {
    while (TakeChunk(&answer.body)) {
    }
    return answer;
  }
  const std::size_t length = std::strtoul(answer.headers["content-length"].c_str(), nullptr, 10);
  while (buffer_.size() < length && Fill()) {
  }
  answer.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return answer;
}

std::string HttpClient::ReadBody(std::size_t size) {
  while (stream_body_.size() < size && TakeChunk(&stream_body_)) {
  }
  return stream_body_;
}

std::string HttpClient::ReadAnswerRest() {
  while (TakeChunk(&stream_body_)) {
  }
  return stream_body_;
}

bool HttpClient::ReadsEnd() {
  char bytes[16384];
  ssize_t size = 0;
  while ((size = recv(fd_, bytes, sizeof(bytes), 0)) > 0) {
  }
  return size == 0 || errno == ECONNRESET;
}

HttpAnswer Fetch(std::uint16_t port, std::string_view method, std::string_view target,
                 const std::vector<std::string>& headers, std::string_view body) {
  HttpClient client(port);
  client.SendRequest(method, target, headers, body);
  return client.ReadAnswer(method == "HEAD");
}

}  // namespace syspulse
