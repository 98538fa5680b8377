#include "web-gateway/server/static_files.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/log.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "web-gateway/server/percent_encoding.h"

namespace syspulse {
namespace {

namespace fs = std::filesystem;

// A dashboard is far below either; a directory above them was named by mistake.
constexpr std::size_t kMaxBytes = 64 << 20;
constexpr std::size_t kMaxFiles = 4096;

constexpr const char* kMissingPage =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>SysPulse</title>"
    "<h1>The dashboard is not built</h1>"
    "<p>Run <code>services/up --build</code>, or name its directory with "
    "<code>--static-dir</code>, and start the gateway again (or send it SIGHUP).</p>"
    "<p>The API is here all the same: <a href=\"/api/v1/hosts\">/api/v1/hosts</a>, "
    "<a href=\"/healthz\">/healthz</a>.</p></html>\n";

std::string_view ContentTypeOf(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kTypes = {{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".webp", "image/webp"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"},
      {".webmanifest", "application/manifest+json"},
      {".wasm", "application/wasm"},
  }};
  for (const auto& [suffix, type] : kTypes) {
    if (name.ends_with(suffix)) return type;
  }
  return "application/octet-stream";
}

// Whether a name carries a hash of its content, `app-4QXZ7B2K.js`, as esbuild writes it: then its
// content never changes.
bool IsHashed(std::string_view url) {
  const std::string_view name = url.substr(url.rfind('/') + 1);
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos) return false;
  const std::string_view hash = name.substr(dash + 1, 8);
  return hash.size() == 8 && name.substr(dash + 9).starts_with('.') &&
         std::all_of(hash.begin(), hash.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'); });
}

// FNV-1a; an ETag tells versions of one file apart and guards nothing.
std::uint64_t HashOf(std::string_view bytes) {
  std::uint64_t hash = 14695981039346656037ull;
  for (const char c : bytes) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  }
  return hash;
}

bool IsInside(const fs::path& path, const fs::path& root) {
  const auto [end, unused] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  return end == root.end();
}

bool MatchesETag(std::string_view header, std::string_view etag) {
  while (!header.empty()) {
    std::string_view candidate = Trim(TakeUntil(&header, ','));
    if (candidate.starts_with("W/")) candidate.remove_prefix(2);
    if (candidate == etag || candidate == "*") return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const StaticFiles>> StaticFiles::Load(const fs::path& directory) {
  auto files = std::make_shared<StaticFiles>();
  std::error_code error;
  const fs::path root = fs::canonical(directory, error);
  std::size_t total_bytes = 0;
  if (!error) {
    const auto options = fs::directory_options::skip_permission_denied;
    for (auto it = fs::recursive_directory_iterator(root, options, error);
         !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
      const fs::path target = fs::canonical(it->path(), error);
      if (error || !IsInside(target, root) || !fs::is_regular_file(target, error)) {
        error.clear();
        continue;
      }
      const std::string url = "/" + it->path().lexically_relative(root).generic_string();
      RETURN_IF_ERROR(files->Add(target, url, &total_bytes));
    }
  }
  files->AttachCompressedForms();
  if (const auto index = files->files_.find("/index.html"); index != files->files_.end()) {
    files->files_["/"] = index->second;
  } else {
    LogWarning("no dashboard in %s (--static-dir); whoever opens it is told how to build it",
               directory.string());
    const auto page = std::make_shared<const std::string>(kMissingPage);
    files->files_["/"] = File{.content_type = "text/html; charset=utf-8",
                              .cache_control = "no-cache",
                              .plain = {.bytes = page, .etag = "\"missing\""}};
  }
  return files;
}

absl::Status StaticFiles::Add(const fs::path& path, const std::string& url,
                              std::size_t* total_bytes) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  *total_bytes += error ? 0 : size;
  if (*total_bytes > kMaxBytes || files_.size() >= kMaxFiles) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("the directory of --static-dir holds more than %d bytes or %d files; is it "
                        "the dashboard's?",
                        kMaxBytes, kMaxFiles));
  }
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  auto bytes = std::make_shared<const std::string>(std::move(content).str());
  std::string etag = absl::StrFormat("\"%016x\"", HashOf(*bytes));
  files_[url] =
      File{.content_type = std::string(ContentTypeOf(url)),
           .cache_control = IsHashed(url) ? "public, max-age=31536000, immutable" : "no-cache",
           .plain = {.bytes = std::move(bytes), .etag = std::move(etag)}};
  return absl::OkStatus();
}

void StaticFiles::AttachCompressedForms() {
  for (auto& [url, file] : files_) {
    if (const auto brotli = files_.find(url + ".br"); brotli != files_.end()) {
      file.brotli = brotli->second.plain;
    }
    if (const auto gzip = files_.find(url + ".gz"); gzip != files_.end()) {
      file.gzip = gzip->second.plain;
    }
  }
}

std::optional<HttpResponse> StaticFiles::Find(const HttpRequest& request) const {
  const auto path = PercentDecode(request.path);
  if (!path) return std::nullopt;
  const auto found = files_.find(*path);
  if (found == files_.end()) return std::nullopt;
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse refusal =
        PlainAnswer(405, absl::StrFormat("%s is a file; it takes GET and HEAD", *path));
    refusal.headers.emplace_back("allow", "GET, HEAD");
    return refusal;
  }
  const File& file = found->second;
  const std::string_view accepted = request.Header("accept-encoding");
  HttpResponse response;
  const Form* form = &file.plain;
  if (file.brotli && ListsToken(accepted, "br")) {
    form = &*file.brotli;
    response.headers.emplace_back("content-encoding", "br");
  } else if (file.gzip && ListsToken(accepted, "gzip")) {
    form = &*file.gzip;
    response.headers.emplace_back("content-encoding", "gzip");
  }
  if (file.brotli || file.gzip) response.headers.emplace_back("vary", "accept-encoding");
  response.headers.emplace_back("content-type", file.content_type);
  response.headers.emplace_back("cache-control", file.cache_control);
  response.headers.emplace_back("etag", form->etag);
  if (MatchesETag(request.Header("if-none-match"), form->etag)) {
    response.status = 304;
  } else {
    response.shared_body = form->bytes;
  }
  return response;
}

}  // namespace syspulse
