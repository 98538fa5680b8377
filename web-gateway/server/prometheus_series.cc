// `/api/v1/series`, `/api/v1/labels` and `/api/v1/label/<name>/values`.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/model/proto.h"
#include "services/promql/matcher.h"
#include "services/promql/parser.h"
#include "services/promql/quote.h"
#include "syspulse/v1/query_service.pb.h"
#include "web-gateway/server/limits.h"
#include "web-gateway/server/prometheus_endpoint.h"

namespace syspulse {
namespace {

constexpr std::int32_t kPageSize = 100'000;  // the most that the service gives
constexpr absl::Duration kPageTimeout = absl::Minutes(1);

// Refuses selectors that are none, and those that every series satisfies.
absl::Status CheckSelectors(const std::vector<std::string>& selectors) {
  promql::SelectorsSize size;
  for (const std::string& selector : selectors) {
    ASSIGN_OR_RETURN(const auto matchers, promql::ParseSelector(selector, &size));
    const bool all = std::ranges::all_of(
        matchers, [](const promql::Matcher& matcher) { return matcher.Matches(""); });
    if (all) {
      return absl::InvalidArgumentError("match[] must contain at least one non-empty matcher");
    }
  }
  return absl::OkStatus();
}

bool IsLabelName(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && is_letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

// What differs between the three listings.
struct SeriesListing {
  using Request = v1::ListSeriesRequest;
  using Response = v1::ListSeriesResponse;
  static constexpr const char* kMethod = "/syspulse.v1.QueryService/ListSeries";
  static const auto& Items(const Response& response) { return response.series(); }
  static void Append(const v1::LabelSet& series, std::string* json) {
    AppendPrometheusLabels(series.labels(), json);
  }
};

struct LabelListing {
  using Request = v1::ListLabelsRequest;
  using Response = v1::ListLabelsResponse;
  static constexpr const char* kMethod = "/syspulse.v1.QueryService/ListLabels";
  static const auto& Items(const Response& response) { return response.labels(); }
  static void Append(const std::string& name, std::string* json) {
    AppendPrometheusString(name, json);
  }
};

struct ValueListing {
  using Request = v1::ListLabelValuesRequest;
  using Response = v1::ListLabelValuesResponse;
  static constexpr const char* kMethod = "/syspulse.v1.QueryService/ListLabelValues";
  static const auto& Items(const Response& response) { return response.values(); }
  static void Append(const std::string& value, std::string* json) {
    AppendPrometheusString(value, json);
  }
};

// Asks for page after page, then answers.
template <typename Listing>
class ListingEndpoint : public PrometheusEndpoint {
 public:
  explicit ListingEndpoint(typename Listing::Request request = {}) : request_(std::move(request)) {}

  PrometheusStep Begin(const PrometheusParameters& parameters) override {
    const auto start = TimeParameter(parameters, "start");
    if (!start.ok()) return BadData(start.status());
    const auto end = TimeParameter(parameters, "end");
    if (!end.ok()) return BadData(end.status());
    const std::vector<std::string> selectors = parameters.GetAll("match[]");
    if (const absl::Status status = CheckSelectors(selectors); !status.ok()) {
      return BadSelector(status);
    }
    if (*start && *end && **end < **start) return WholeBody("[]");
    // The ends of time are no bounds.
    if (*start && **start != absl::InfinitePast()) ToProto(**start, request_.mutable_start_time());
    if (*end && **end != absl::InfiniteFuture()) ToProto(**end, request_.mutable_end_time());
    for (const std::string& selector : selectors) request_.add_selectors(selector);
    request_.set_page_size(kPageSize);
    return Ask();
  }

  PrometheusStep Take(std::string_view message) override {
    typename Listing::Response page;
    if (!page.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
      return PrometheusError{500, "internal", "the service sent a list that cannot be read"};
    }
    for (const auto& item : Listing::Items(page)) {
      std::string& json = items_->emplace_back();
      Listing::Append(item, &json);
      bytes_ += sizeof(std::string) + json.size();
    }
    if (bytes_ > kMaxAnswerBytes) {
      return PrometheusError{
          422, "execution",
          absl::StrFormat("the list is longer than %d bytes; ask for fewer series",
                          kMaxAnswerBytes)};
    }
    if (!page.next_page_token().empty()) {
      request_.set_page_token(page.next_page_token());
      return Ask();
    }
    return PrometheusBody{.head = "{\"status\":\"success\",\"data\":[",
                          .count = items_->size(),
                          .append =
                              [items = items_](std::size_t index, std::string* json) {
                                if (index > 0) json->push_back(',');
                                json->append((*items)[index]);
                              },
                          .tail = "]}"};
  }

 protected:
  virtual PrometheusError BadSelector(const absl::Status& status) const { return BadData(status); }

 private:
  PrometheusCall Ask() const {
    return {.method = Listing::kMethod,
            .request = request_.SerializeAsString(),
            .timeout = kPageTimeout};
  }

  typename Listing::Request request_;
  // What was listed so far, as JSON.
  const std::shared_ptr<std::vector<std::string>> items_ =
      std::make_shared<std::vector<std::string>>();
  std::size_t bytes_ = 0;
};

class SeriesEndpoint final : public ListingEndpoint<SeriesListing> {
 public:
  PrometheusStep Begin(const PrometheusParameters& parameters) override {
    if (!parameters.mistake().empty()) {
      return PrometheusError{.text = "error parsing form values: " + parameters.mistake()};
    }
    if (parameters.GetAll("match[]").empty()) {
      return PrometheusError{.text = "no match[] parameter provided"};
    }
    return ListingEndpoint::Begin(parameters);
  }

 protected:
  PrometheusError BadSelector(const absl::Status& status) const override {
    return BadData(InvalidParameter("match[]", std::string(status.message())));
  }
};

class LabelValuesEndpoint final : public ListingEndpoint<ValueListing> {
 public:
  LabelValuesEndpoint(std::string name, v1::ListLabelValuesRequest request)
      : ListingEndpoint(std::move(request)), name_(std::move(name)) {}

  PrometheusStep Begin(const PrometheusParameters& parameters) override {
    if (!IsLabelName(name_)) {
      return PrometheusError{.text = "invalid label name: " + promql::Quote(name_)};
    }
    return ListingEndpoint::Begin(parameters);
  }

 private:
  const std::string name_;
};

}  // namespace

std::unique_ptr<PrometheusEndpoint> NewSeriesEndpoint() {
  return std::make_unique<SeriesEndpoint>();
}

std::unique_ptr<PrometheusEndpoint> NewLabelsEndpoint() {
  return std::make_unique<ListingEndpoint<LabelListing>>();
}

std::unique_ptr<PrometheusEndpoint> NewLabelValuesEndpoint(std::string name) {
  v1::ListLabelValuesRequest request;
  if (IsLabelName(name)) request.set_label(name);
  return std::make_unique<LabelValuesEndpoint>(std::move(name), std::move(request));
}

}  // namespace syspulse
