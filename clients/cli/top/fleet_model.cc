#include "clients/cli/top/fleet_model.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_format.h"
#include "clients/cli/output/safe_text.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr int kFirstLimit = 100;  // hosts; more are asked for when the cursor gets there
constexpr int kLastLimit = 1000;  // who looks further down looks by a filter
constexpr int kProcesses = 50;    // more than a screen has room for
constexpr std::size_t kLongestFilter = 1024;
constexpr absl::Duration kLeastInterval = absl::Milliseconds(100);  // as the service takes them
constexpr absl::Duration kMostInterval = absl::Minutes(1);

std::string HostOrder(const FleetView& view) {
  std::string field;
  bool down = true;
  switch (view.order) {
    case FleetOrder::kCpu:
      field = "cpu.utilization";
      break;
    case FleetOrder::kMemory:
      field = "memory.utilization";
      break;
    case FleetOrder::kLoad:
      field = "load.per_core";
      break;
    case FleetOrder::kDisk:
      field = "disk.utilization";
      break;
    case FleetOrder::kName:
      field = "display_name";
      down = false;
      break;
    case FleetOrder::kState:
      field = "state";
      break;
  }
  return field + (down != view.reversed ? " desc" : "");
}

std::string_view ProcessOrderOf(FleetOrder order) {
  if (order == FleetOrder::kMemory) return "resident_bytes desc";
  return order == FleetOrder::kDisk ? "io_bytes_per_second desc" : "cpu_utilization_ratio desc";
}

void SetInterval(google::protobuf::Duration* field, absl::Duration interval) {
  const absl::Duration paced = std::clamp(interval, kLeastInterval, kMostInterval);
  field->set_seconds(absl::ToInt64Seconds(paced));
  field->set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(paced % absl::Seconds(1))));
}

}  // namespace

std::string HostFilterOf(std::string_view text) {
  text = Trim(text);
  if (text.empty() || text.find_first_of("=<>~{}") != text.npos) return std::string(text);
  std::string filter = "hostname=~\"(?i).*";
  for (const char c : text) {
    // The expression's backslash, which the string around it takes a backslash for.
    if (c == '"') {
      filter += "\\\"";
    } else if (std::string_view("\\^$.*+?()[]|").find(c) != std::string_view::npos) {
      filter += c == '\\' ? "\\\\\\\\" : std::string("\\\\") + c;
    } else {
      filter += c;
    }
  }
  return filter + ".*\"";
}

FleetModel::FleetModel(FleetView view, absl::Duration interval, absl::Duration now)
    : view_(std::move(view)), interval_(interval), connection_{.since = now}, limit_(kFirstLimit) {}

v1::WatchRequest FleetModel::Request() const {
  v1::WatchRequest request;
  v1::HostTopic* hosts = request.add_topics()->mutable_hosts();
  hosts->set_filter(HostFilterOf(view_.filter));
  hosts->set_order_by(HostOrder(view_));
  hosts->set_limit(limit_);
  SetInterval(hosts->mutable_summary_interval(), interval_);
  v1::ProcessTopic* processes = request.add_topics()->mutable_processes();
  processes->set_order_by(std::string(ProcessOrderOf(view_.order)));
  processes->set_limit(kProcesses);
  SetInterval(processes->mutable_interval(), interval_);
  return request;
}

void FleetModel::Apply(const v1::WatchResponse& response) {
  if (response.has_process_table()) processes_ = response.process_table();
  if (response.has_topic_error()) {
    const std::string sentence = SafeText(response.topic_error().message());
    if (response.topic() != 0) {
      connection_.reason = sentence;
    } else {
      refusal_ = sentence;
      hosts_.reset();
    }
  }
  if (!response.has_hosts()) return;
  refusal_.clear();
  // The cursor stays where it is: what moves is the hosts.
  hosts_ = response.hosts();
  view_.cursor = std::clamp(view_.cursor, 0, std::max(hosts_->hosts_size() - 1, 0));
}

void FleetModel::SetConnection(Connection::Kind kind, std::string_view reason, absl::Duration now) {
  if (connection_.kind != kind) connection_.since = now;
  connection_.kind = kind;
  connection_.reason = SafeText(reason);
}

std::string FleetModel::chosen() const {
  if (!hosts_ || view_.cursor >= hosts_->hosts_size()) return "";
  return hosts_->hosts(view_.cursor).name();
}

Effect FleetModel::Handle(const Key& key, int page) {
  const Action action = ActionOf(key, view_.mode);
  switch (view_.mode) {
    case InputMode::kFilter:
      return HandleFilter(action, key);
    case InputMode::kHelp:
      if (action == Action::kCancel) view_.mode = InputMode::kList;
      return Effect::kNone;
    case InputMode::kHosts:
    case InputMode::kList:
      break;
  }
  return HandleList(action, page);
}

Effect FleetModel::SortBy(FleetOrder order) {
  view_.order = order;
  view_.reversed = false;
  view_.cursor = 0;
  return Effect::kReopen;
}

// A filter is refused while it is half written: it takes effect when it is done.
Effect FleetModel::HandleFilter(Action action, const Key& key) {
  switch (action) {
    case Action::kType:
      if (view_.writing.size() + key.text.size() <= kLongestFilter) view_.writing += key.text;
      return Effect::kNone;
    case Action::kErase:
      // A character is its first byte and the continuation bytes behind it.
      while (!view_.writing.empty() && (view_.writing.back() & 0xC0) == 0x80) {
        view_.writing.pop_back();
      }
      if (!view_.writing.empty()) view_.writing.pop_back();
      return Effect::kNone;
    case Action::kClear:
      view_.writing.clear();
      return Effect::kNone;
    case Action::kCancel:
      view_.writing.clear();
      [[fallthrough]];
    case Action::kAccept:
      view_.mode = InputMode::kList;
      view_.filter = view_.writing;
      view_.cursor = 0;
      return Effect::kReopen;
    default:
      return Effect::kNone;
  }
}

Effect FleetModel::HandleList(Action action, int page) {
  switch (action) {
    case Action::kQuit:
      return Effect::kQuit;
    case Action::kSortCpu:
      return SortBy(FleetOrder::kCpu);
    case Action::kSortMemory:
      return SortBy(FleetOrder::kMemory);
    case Action::kSortTime:
      return SortBy(FleetOrder::kLoad);
    case Action::kSortIo:
      return SortBy(FleetOrder::kDisk);
    case Action::kSortPid:
      return SortBy(FleetOrder::kName);
    case Action::kSortState:
      return SortBy(FleetOrder::kState);
    case Action::kReverse:
      view_.reversed = !view_.reversed;
      view_.cursor = 0;
      return Effect::kReopen;
    case Action::kFilter:
      view_.mode = InputMode::kFilter;
      view_.writing = view_.filter;
      return Effect::kNone;
    case Action::kHelp:
      view_.mode = InputMode::kHelp;
      return Effect::kNone;
    case Action::kAccept:
      return chosen().empty() ? Effect::kNone : Effect::kOpenHost;
    case Action::kCancel:
      if (view_.filter.empty()) return Effect::kNone;
      view_.filter.clear();
      return Effect::kReopen;
    default:
      return Move(action, page);
  }
}

Effect FleetModel::Move(Action action, int page) {
  const int count = hosts_ ? hosts_->hosts_size() : 0;
  const std::optional<int> moved = MoveCursor(action, view_.cursor, count, page);
  if (!moved) return Effect::kNone;
  view_.cursor = *moved;
  const bool more = hosts_ && hosts_->matched_count() > count && limit_ < kLastLimit;
  if (!more || view_.cursor + page < count) return Effect::kNone;
  limit_ = kLastLimit;
  return Effect::kReopen;
}

}  // namespace syspulse
