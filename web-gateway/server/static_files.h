// The dashboard: the files of one directory, read into memory at start and served from there.
//
// A request can only name what was found at start, so no path leads out of the directory, and no
// request waits for a disk. Build the dashboard anew and send SIGHUP to serve the new files.
#ifndef WEB_GATEWAY_SERVER_STATIC_FILES_H_
#define WEB_GATEWAY_SERVER_STATIC_FILES_H_

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "web-gateway/server/http_message.h"

namespace syspulse {

// Immutable; thread-safe.
class StaticFiles {
 public:
  // Reads the files below `directory`; a file beside `app.js.br` or `app.js.gz` has those as
  // precompressed forms. Links that lead out are left out. A directory that does not exist, or
  // holds no index.html, gives a page that says how to build the dashboard. Returns
  // ResourceExhausted for a directory that cannot be a dashboard for its size.
  static absl::StatusOr<std::shared_ptr<const StaticFiles>> Load(
      const std::filesystem::path& directory);

  // Returns the answer for a path that names a file (405 where the method does not read), or
  // nothing.
  std::optional<HttpResponse> Find(const HttpRequest& request) const;

  std::size_t file_count() const { return files_.size(); }

 private:
  // One form of a file's bytes.
  struct Form {
    std::shared_ptr<const std::string> bytes;
    std::string etag;
  };
  struct File {
    std::string content_type;
    std::string cache_control;
    Form plain;
    std::optional<Form> brotli;
    std::optional<Form> gzip;
  };

  absl::Status Add(const std::filesystem::path& path, const std::string& url,
                   std::size_t* total_bytes);
  void AttachCompressedForms();

  // By path, `/assets/app.js`.
  std::map<std::string, File, std::less<>> files_;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_STATIC_FILES_H_
