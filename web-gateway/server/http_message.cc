#include "web-gateway/server/http_message.h"

#include "services/base/text.h"

namespace syspulse {

std::string_view FindHeader(const HeaderList& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

bool ListsToken(std::string_view header, std::string_view token) {
  while (!header.empty()) {
    std::string_view item = TakeUntil(&header, ',');
    const std::string_view name = Trim(TakeUntil(&item, ';'));
    if (ToLower(name) != token) continue;
    while (!item.empty()) {
      const std::string_view parameter = Trim(TakeUntil(&item, ';'));
      if (parameter == "q=0" || parameter == "q=0.0" || parameter == "q=0.00" ||
          parameter == "q=0.000") {
        return false;
      }
    }
    return true;
  }
  return false;
}

std::string MediaType(std::string_view content_type) {
  return ToLower(Trim(TakeUntil(&content_type, ';')));
}

std::string_view ReasonPhrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 421:
      return "Misdirected Request";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 499:
      return "Client Closed Request";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return status < 500 ? "Error" : "Internal Server Error";
  }
}

HttpResponse PlainAnswer(int status, std::string_view sentence) {
  HttpResponse response{.status = status,
                        .headers = {{"content-type", "text/plain; charset=utf-8"}}};
  response.body = std::string(sentence) + "\n";
  return response;
}

}  // namespace syspulse
