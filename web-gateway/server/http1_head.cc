#include "web-gateway/server/http1_head.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_format.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

namespace http = boost::beast::http;

std::string_view View(boost::beast::string_view text) { return {text.data(), text.size()}; }

// Cuts a target into path and query. Accepts `/path?query` and, from proxies, `http://host/path`.
bool SetTarget(std::string_view target, HttpRequest* request) {
  if (target.starts_with("http://")) {
    const std::size_t slash = target.find('/', 7);
    request->authority = std::string(
        target.substr(7, slash == std::string_view::npos ? std::string_view::npos : slash - 7));
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  if (!target.starts_with('/')) return false;
  request->path = std::string(TakeUntil(&target, '?'));
  request->query = std::string(target);
  return true;
}

}  // namespace

absl::StatusOr<HttpRequest> ToHttpRequest(const http::header<true, http::fields>& head) {
  HttpRequest request{.method = std::string(View(head.method_string())),
                      .version = static_cast<int>(head.version())};
  for (const auto& field : head) {
    request.headers.emplace_back(ToLower(View(field.name_string())),
                                 std::string(View(field.value())));
  }
  const auto hosts = std::count_if(request.headers.begin(), request.headers.end(),
                                   [](const auto& header) { return header.first == "host"; });
  if (hosts > 1 || (hosts == 0 && request.version >= 11)) {
    return absl::InvalidArgumentError("a request needs exactly one Host header");
  }
  request.authority = std::string(request.Header("host"));
  if (!SetTarget(View(head.target()), &request)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the target '%s' is not a path", View(head.target()).substr(0, 128)));
  }
  return request;
}

std::string Http1HeadText(const HttpResponse& response, std::optional<std::size_t> length,
                          bool chunked, bool keep_alive) {
  std::string text =
      absl::StrFormat("HTTP/1.1 %d %s\r\n", response.status, ReasonPhrase(response.status));
  for (const auto& [name, value] : response.headers) {
    text += name;
    text += ": ";
    std::transform(value.begin(), value.end(), std::back_inserter(text),
                   [](char c) { return c == '\r' || c == '\n' || c == '\0' ? ' ' : c; });
    text += "\r\n";
  }
  if (chunked) {
    text += "transfer-encoding: chunked\r\n";
  } else if (length) {
    text += absl::StrFormat("content-length: %d\r\n", *length);
  }
  if (!keep_alive) text += "connection: close\r\n";
  return text + "\r\n";
}

}  // namespace syspulse
