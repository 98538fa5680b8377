// A small HTTP/1.1 client for tests: sends any bytes, reads answers, gives up after 5 seconds.
#ifndef TESTS_WEB_GATEWAY_SERVER_HTTP_CLIENT_H_
#define TESTS_WEB_GATEWAY_SERVER_HTTP_CLIENT_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace syspulse {

struct HttpAnswer {
  int status = 0;  // 0 if the connection ended without an answer
  std::map<std::string, std::string> headers;
  std::string body;
};

class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  void Send(std::string_view bytes);
  // Sends a request with a Host header of ours, and Content-Length if there is a body. `headers`
  // are whole lines.
  void SendRequest(std::string_view method, std::string_view target,
                   const std::vector<std::string>& headers = {}, std::string_view body = "");

  // Reads one answer, its body whole.
  HttpAnswer ReadAnswer(bool head_only = false);
  // Reads the head of an answer; the body is left to ReadBody.
  HttpAnswer ReadHead();
  // Reads, and takes the chunking off, until the body has at least `size` bytes in all.
  std::string ReadBody(std::size_t size);
  // Reads what is left of a chunked body, to its end.
  std::string ReadAnswerRest();
  // Whether the other side has closed, or does so in time.
  bool ReadsEnd();
  // Leaves at once.
  void Close();

 private:
  bool Fill();
  bool TakeChunk(std::string* body);

  int fd_ = -1;
  std::string buffer_;
  std::string stream_body_;
};

// One request on a connection of its own.
HttpAnswer Fetch(std::uint16_t port, std::string_view method, std::string_view target,
                 const std::vector<std::string>& headers = {}, std::string_view body = "");

}  // namespace syspulse

#endif  // TESTS_WEB_GATEWAY_SERVER_HTTP_CLIENT_H_
