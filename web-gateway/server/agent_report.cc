#include "web-gateway/server/agent_report.h"

#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "services/base/json_reader.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/model/host.h"
#include "services/model/proto.h"
#include "web-gateway/server/agent_metric_names.h"
#include "web-gateway/server/json_tree.h"

namespace syspulse {
namespace {

using Labels = std::map<std::string, std::string>;

constexpr std::string_view kSource = "agent";
constexpr std::size_t kLongestHostId = 63;
constexpr std::size_t kLongestQuote = 80;
constexpr std::size_t kLongestName = 200;  // of a metric, as PushMetrics takes it
// Unix times from here on are in milliseconds: as seconds they would be of the year 5138.
constexpr double kLeastMillis = 1e11;

absl::Status Wrong(const std::string& sentence) {
  return absl::InvalidArgumentError("read the report: " + sentence);
}

std::string Cut(std::string_view text) { return ToUtf8(text.substr(0, kLongestQuote)); }

// FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv).
std::uint32_t Fingerprint(std::string_view text) {
  std::uint32_t hash = 0x811c9dc5U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
  return hash;
}

// Returns the host id that an agent's id becomes: itself in lower case, if that is one. Else what
// is foreign in it becomes '-', and a fingerprint behind it keeps ids apart that then look alike.
absl::StatusOr<std::string> HostIdOfAgent(const std::string& agent_id) {
  std::string id = ToLower(agent_id);
  if (IsHostId(id)) return id;
  for (char& c : id) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) c = '-';
  }
  const std::string suffix = absl::StrFormat("-%08x", Fingerprint(agent_id));
  id.erase(0, id.find_first_not_of('-'));
  id = id.substr(0, kLongestHostId - suffix.size());
  id.erase(id.find_last_not_of('-') + 1);
  if (id.empty()) {
    return Wrong(absl::StrFormat("agent_id '%s' has neither letters nor digits", Cut(agent_id)));
  }
  return id + suffix;
}

// Returns the time that a text is in ISO 8601, in UTC where it names no zone.
absl::StatusOr<absl::Time> ParseTimestamp(const std::string& text) {
  for (const char* const format : {"%Y-%m-%d%ET%H:%M:%E*S%Ez", "%Y-%m-%d %H:%M:%E*S%Ez",
                                   "%Y-%m-%d%ET%H:%M:%E*S", "%Y-%m-%d %H:%M:%E*S"}) {
    absl::Time time;
    std::string error;
    if (absl::ParseTime(format, text, &time, &error)) return time;
  }
  return Wrong(
      absl::StrFormat("timestamp '%s' is not a time such as 2026-01-02T03:04:05Z", Cut(text)));
}

absl::StatusOr<absl::Time> TimeOf(const JsonValue& value) {
  if (const auto* const text = value.As<std::string>()) return ParseTimestamp(*text);
  const double* const number = value.As<double>();
  if (number == nullptr || !(std::abs(*number) < 1e15)) {
    return Wrong("timestamp is neither a time in quotes nor a number of seconds since 1970");
  }
  // Binary fractions are not quite the milliseconds that they stand for.
  return absl::FromUnixMillis(std::llround(*number >= kLeastMillis ? *number : *number * 1000));
}

// Makes metrics of values.
class Metrics {
 public:
  explicit Metrics(v1::PushMetricsRequest* request) : request_(request) {}

  // Takes a value and all below it. `place` is how it is reached.
  absl::Status Take(const std::string& place, const JsonValue& value, const Labels& labels) {
    if (const auto* const number = value.As<double>()) return Add(place, *number, labels);
    if (const auto* const flag = value.As<bool>()) return Add(place, *flag ? 1 : 0, labels);
    if (const auto* const list = value.As<JsonList>()) return TakeList(place, *list, labels);
    if (const auto* const object = value.As<JsonObject>()) {
      return TakeObject(place, *object, labels);
    }
    if (const auto* const text = value.As<std::string>();
        text != nullptr && NameOfAgentMetric(place).known) {
      return Wrong(
          absl::StrFormat("%s is the text '%s'; a number is expected", Cut(place), Cut(*text)));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status TakeObject(const std::string& place, const JsonObject& object,
                          const Labels& labels) {
    for (const auto& [name, value] : object.members) {
      RETURN_IF_ERROR(Take(place + "." + name, value, labels));
    }
    return absl::OkStatus();
  }

  // Items are told apart by their texts, or by where they stand: `1`, and `1.0` within that.
  absl::Status TakeList(const std::string& place, const JsonList& list, const Labels& labels) {
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      Labels of_item = labels;
      if (const auto* const object = list.items[i].As<JsonObject>()) {
        for (const auto& [name, value] : object->members) {
          const auto* const text = value.As<std::string>();
          const std::string_view label = LabelOfAgentText(name);
          if (text != nullptr && !label.empty()) of_item.emplace(label, *text);
        }
      }
      if (of_item.size() == labels.size()) {
        std::string& index = of_item["index"];
        index += absl::StrFormat("%s%d", index.empty() ? "" : ".", i);
      }
      RETURN_IF_ERROR(Take(place, list.items[i], of_item));
    }
    return absl::OkStatus();
  }

  absl::Status Add(const std::string& place, double value, Labels labels) {
    const AgentMetricName called = NameOfAgentMetric(place);
    if (called.name.size() > kLongestName) {
      return Wrong(absl::StrFormat("'%s…' makes a name of %d bytes; a metric's has %d at most",
                                   Cut(place), called.name.size(), kLongestName));
    }
    if (!called.mountpoint.empty()) labels.emplace("mountpoint", called.mountpoint);
    const auto [known, is_new] = metrics_.try_emplace(called.name);
    if (is_new) {
      known->second.metric = request_->add_metrics();
      known->second.metric->set_name(called.name);
      known->second.metric->set_type(called.type);
      known->second.metric->set_unit(std::string(called.unit));
    }
    if (const auto [other, first] = known->second.places.emplace(labels, place); !first) {
      return Wrong(absl::StrFormat("%s and %s are one series, %s; give the items of a list a name",
                                   Cut(other->second), Cut(place), called.name));
    }
    v1::PushedSample& sample = *known->second.metric->add_samples();
    sample.mutable_labels()->insert(labels.begin(), labels.end());
    sample.set_value(value);
    return absl::OkStatus();
  }

  struct Known {
    v1::PushedMetric* metric = nullptr;
    std::map<Labels, std::string> places;
  };

  v1::PushMetricsRequest* const request_;
  std::map<std::string, Known> metrics_;
};

absl::StatusOr<const std::string*> TextAt(const JsonObject& report, const char* name) {
  const JsonValue* const value = report.Find(name);
  if (value == nullptr || value->As<std::monostate>() != nullptr) return nullptr;
  const auto* const text = value->As<std::string>();
  if (text == nullptr) return Wrong(absl::StrFormat("%s is not a text", name));
  return text;
}

}  // namespace

bool LooksLikeAgentReport(std::string_view json) {
  bool agent = false;
  bool report = false;
  bool request = false;
  JsonReader reader(json);
  const absl::Status read = reader.Items('{', '}', [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const std::string name, reader.Name());
    agent |= name == "agent_id";
    report |= name == "agent_name" || name == "system" || name == "network";
    request |= name == "host" || name == "metrics";
    return reader.Skip();
  });
  // A request has no agent_id, while a report may have any other member. Where it is damaged, the
  // one it began as says what is wrong.
  return agent || (report && !request);
}

absl::StatusOr<v1::PushMetricsRequest> ParseAgentReport(std::string_view json) {
  const absl::StatusOr<JsonValue> tree = ParseJsonTree(json, {});
  if (!tree.ok()) return Wrong(std::string(tree.status().message()));
  const auto* const report = tree->As<JsonObject>();
  if (report == nullptr) return Wrong("it is not an object");
  v1::PushMetricsRequest request;
  request.set_source(std::string(kSource));
  ASSIGN_OR_RETURN(const std::string* const agent_id, TextAt(*report, "agent_id"));
  if (agent_id == nullptr || agent_id->empty()) return Wrong("it has no agent_id");
  ASSIGN_OR_RETURN(*request.mutable_host(), HostIdOfAgent(*agent_id));
  ASSIGN_OR_RETURN(const std::string* const agent_name, TextAt(*report, "agent_name"));
  request.set_hostname(agent_name == nullptr || agent_name->empty() ? *agent_id : *agent_name);
  Metrics metrics(&request);
  for (const auto& [name, value] : report->members) {
    if (name == "agent_id" || name == "agent_name") continue;
    if (name == "timestamp" && value.As<std::monostate>() == nullptr) {
      ASSIGN_OR_RETURN(const absl::Time time, TimeOf(value));
      ToProto(time, request.mutable_sample_time());
    } else if (name != "timestamp") {
      RETURN_IF_ERROR(metrics.Take(name, value, {}));
    }
  }
  if (request.metrics().empty()) return Wrong("it holds no numbers");
  return request;
}

}  // namespace syspulse
