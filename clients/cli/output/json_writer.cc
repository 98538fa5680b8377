// Protobuf's JSON of the messages of the API; one line a message in streams, indented otherwise.
#include <google/protobuf/util/json_util.h>

#include <string>
#include <string_view>

#include "absl/strings/str_format.h"
#include "clients/cli/output/safe_text.h"
#include "clients/cli/output/writer.h"

namespace syspulse {
namespace {

// Escapes what protobuf leaves as it is and a terminal would obey. Such characters can only stand
// within JSON's strings, where the escape means the same.
std::string WithoutControls(std::string_view json) {
  std::string safe;
  safe.reserve(json.size());
  for (std::string_view rest = json; !rest.empty();) {
    const std::string_view before = rest;
    const char32_t code_point = TakeCodePoint(&rest);
    if (code_point >= 0x7F && code_point < 0xA0) {
      safe += absl::StrFormat("\\u%04x", static_cast<unsigned>(code_point));
    } else {
      safe += before.substr(0, before.size() - rest.size());
    }
  }
  return safe;
}

class JsonWriter final : public ReportWriter {
 public:
  JsonWriter(bool streaming, TextSink* sink) : sink_(sink) { options_.add_whitespace = !streaming; }

  absl::Status Write(const Report& report) override {
    std::string json;
    const auto status =
        google::protobuf::util::MessageToJsonString(*report.message, &json, options_);
    if (!status.ok()) {
      return absl::InternalError(
          absl::StrFormat("cannot write the answer as JSON: %s", status.ToString()));
    }
    if (json.empty() || json.back() != '\n') json += '\n';
    return sink_->Write(WithoutControls(json));
  }

 private:
  google::protobuf::util::JsonPrintOptions options_;
  TextSink* const sink_;
};

}  // namespace

std::unique_ptr<ReportWriter> MakeJsonWriter(const WriterOptions& options, TextSink* sink) {
  return std::make_unique<JsonWriter>(options.streaming, sink);
}

}  // namespace syspulse
