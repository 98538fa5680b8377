#include "clients/cli/top/model.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "clients/cli/command/fields.h"
#include "clients/cli/output/safe_text.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

// Processes; more are asked for when the cursor gets there. Agents send as many by themselves.
constexpr int kFirstLimit = 50;
constexpr int kLastLimit = 1000;  // the service gives no more
constexpr std::size_t kLongestFilter = 256;
constexpr absl::Duration kHistory = absl::Minutes(10);

void Push(std::deque<double>* values, std::optional<double> value) {
  values->push_back(value.value_or(std::numeric_limits<double>::quiet_NaN()));
  if (values->size() > kHistoryLength) values->pop_front();
}

void PushAll(History* history, const v1::Snapshot& snapshot) {
  const DeviceRates rates = SumDevices(snapshot);
  Push(&history->cpu, FIELD(snapshot.cpu(), utilization_ratio));
  Push(&history->memory, FIELD(snapshot.memory(), utilization_ratio));
  Push(&history->disk_read, rates.disk_read);
  Push(&history->disk_write, rates.disk_write);
  Push(&history->receive, rates.receive);
  Push(&history->transmit, rates.transmit);
}

bool IsNamed(const v1::Host& host, const std::string& name) {
  return name == host.name() || name == host.hostname() || name == HostIdOf(host.name());
}

std::string OrderOf(const View& view) {
  switch (view.order) {
    case ProcessOrder::kCpu:
      return "cpu_utilization_ratio";
    case ProcessOrder::kMemory:
      return "resident_bytes";
    case ProcessOrder::kTime:
      return "cpu_seconds";
    case ProcessOrder::kRead:
      return "read_bytes_per_second";
    case ProcessOrder::kWrite:
      return "write_bytes_per_second";
    case ProcessOrder::kPid:
      return "pid";
    case ProcessOrder::kOther:
      return view.other_order;
  }
  return "";
}

void SetDuration(google::protobuf::Duration* field, absl::Duration duration) {
  field->set_seconds(absl::ToInt64Seconds(duration));
  field->set_nanos(
      static_cast<std::int32_t>(absl::ToInt64Nanoseconds(duration % absl::Seconds(1))));
}

}  // namespace

TopModel::TopModel(View view, absl::Duration interval, absl::Duration now)
    : view_(std::move(view)), interval_(interval), connection_{.since = now}, limit_(kFirstLimit) {}

v1::WatchRequest TopModel::Request() const {
  v1::WatchRequest request;
  request.add_topics()->mutable_hosts();
  if (view_.host.empty()) return request;
  v1::SnapshotTopic* snapshots = request.add_topics()->mutable_snapshots();
  snapshots->set_host(view_.host);
  SetDuration(snapshots->mutable_interval(), interval_);
  SetDuration(snapshots->mutable_history_duration(), kHistory);
  for (const char* path :
       {"sample_time", "cpu.utilization_ratio", "memory.utilization_ratio", "disks", "networks"}) {
    snapshots->mutable_history_mask()->add_paths(path);
  }
  v1::ProcessTopic* processes = request.add_topics()->mutable_processes();
  processes->set_host(view_.host);
  // The biggest comes first, except among names and numbers.
  const bool down = (view_.order != ProcessOrder::kPid) != view_.reversed;
  processes->set_order_by(OrderOf(view_) + (down ? " desc" : ""));
  processes->set_filter(view_.filter);
  processes->set_tree(view_.tree);
  if (interval_ > absl::ZeroDuration()) SetDuration(processes->mutable_interval(), interval_);
  processes->set_limit(view_.tree || !view_.filter.empty() ? kLastLimit : limit_);
  return request;
}

Effect TopModel::Apply(const v1::WatchResponse& response, absl::Duration now) {
  switch (response.value_case()) {
    case v1::WatchResponse::kHosts:
      return TakeHosts(response.hosts());
    case v1::WatchResponse::kSnapshot:
      TakeSnapshot(response.snapshot(), now);
      break;
    case v1::WatchResponse::kSnapshotHistory:
      TakeHistory(response.snapshot_history());
      break;
    case v1::WatchResponse::kProcessTable:
      TakeProcesses(response.process_table());
      break;
    case v1::WatchResponse::kTopicError:
      connection_.reason = SafeText(response.topic_error().message());
      break;
    default:
      break;
  }
  return Effect::kNone;
}

Effect TopModel::TakeHosts(const v1::HostList& list) {
  hosts_.assign(list.hosts().begin(), list.hosts().end());
  hosts_known_ = true;
  view_.host_cursor = std::clamp(view_.host_cursor, 0, std::max<int>(list.hosts_size() - 1, 0));
  if (!view_.host.empty() || hosts_.empty()) return Effect::kNone;
  const auto online = std::ranges::find(hosts_, v1::HOST_STATE_ONLINE, &v1::Host::state);
  return ChooseHost(online == hosts_.end() ? hosts_.front().name() : online->name());
}

void TopModel::TakeSnapshot(const v1::Snapshot& snapshot, absl::Duration now) {
  // The newest value comes again when a stream is opened again.
  const bool again =
      snapshot_ && TimeOf(snapshot.sample_time()) == TimeOf(snapshot_->sample_time());
  if (!again) {
    snapshot_at_ = now;
    PushAll(&history_, snapshot);
  }
  (view_.paused ? waiting_snapshot_ : snapshot_) = snapshot;
}

void TopModel::TakeHistory(const v1::SnapshotHistory& past) {
  // A service that has just started knows less than what was seen of it before.
  if (past.snapshots_size() < static_cast<int>(history_.cpu.size())) return;
  history_ = {};
  for (const v1::Snapshot& snapshot : past.snapshots()) PushAll(&history_, snapshot);
}

void TopModel::TakeProcesses(const v1::ProcessTable& table) {
  if (processes_ && interval_ > absl::ZeroDuration() && !view_.paused && !reopened_) {
    const absl::Duration passed = TimeOf(table.sample_time()) - TimeOf(processes_->sample_time());
    if (passed > absl::ZeroDuration() && passed < interval_) return;
  }
  reopened_ = false;
  (view_.paused ? waiting_processes_ : processes_) = table;
  if (!view_.paused)
    view_.cursor = std::clamp(view_.cursor, 0, std::max(table.processes_size() - 1, 0));
}

void TopModel::SetConnection(Connection::Kind kind, std::string_view reason, absl::Duration now) {
  if (connection_.kind != kind) connection_.since = now;
  connection_.kind = kind;
  connection_.reason = SafeText(reason);
}

const v1::Host* TopModel::host() const {
  const auto found =
      std::ranges::find_if(hosts_, [&](const v1::Host& host) { return IsNamed(host, view_.host); });
  return found == hosts_.end() ? nullptr : &*found;
}

std::optional<absl::Duration> TopModel::Age(absl::Duration now) const {
  if (!snapshot_at_) return std::nullopt;
  return now - *snapshot_at_;
}

absl::Duration TopModel::Patience() const {
  absl::Duration sampled = absl::Seconds(1);
  if (const v1::Host* shown = host(); shown != nullptr && shown->has_sample_interval()) {
    sampled = absl::Seconds(shown->sample_interval().seconds()) +
              absl::Nanoseconds(shown->sample_interval().nanos());
  }
  return std::max({3 * sampled, 3 * interval_, absl::Seconds(3)});
}

Effect TopModel::SortBy(ProcessOrder order) {
  view_.order = order;
  view_.reversed = false;
  view_.cursor = 0;
  Resume();
  return Effect::kReopen;
}

Effect TopModel::ChooseHost(const std::string& name) {
  view_.host = name;
  view_.cursor = 0;
  history_ = {};
  snapshot_.reset();
  processes_.reset();
  snapshot_at_.reset();
  view_.paused = false;
  waiting_snapshot_.reset();
  waiting_processes_.reset();
  limit_ = kFirstLimit;
  return Effect::kReopen;
}

void TopModel::Resume() {
  view_.paused = false;
  if (waiting_snapshot_) snapshot_ = std::move(waiting_snapshot_);
  if (waiting_processes_) processes_ = std::move(waiting_processes_);
  waiting_snapshot_.reset();
  waiting_processes_.reset();
}

Effect TopModel::Handle(const Key& key, int page) {
  const Effect effect = HandleMode(key, page);
  if (effect == Effect::kReopen) reopened_ = true;
  return effect;
}

Effect TopModel::HandleMode(const Key& key, int page) {
  const Action action = ActionOf(key, view_.mode);
  switch (view_.mode) {
    case InputMode::kFilter:
      return HandleFilter(action, key);
    case InputMode::kHosts:
      return HandleHosts(action);
    case InputMode::kHelp:
      if (action == Action::kCancel) view_.mode = InputMode::kList;
      return Effect::kNone;
    case InputMode::kList:
      break;
  }
  return HandleList(action, page);
}

Effect TopModel::HandleFilter(Action action, const Key& key) {
  switch (action) {
    case Action::kType:
      if (view_.filter.size() + key.text.size() > kLongestFilter) return Effect::kNone;
      view_.filter += key.text;
      break;
    case Action::kErase:
      // A character is its first byte and the continuation bytes behind it.
      while (!view_.filter.empty() && (view_.filter.back() & 0xC0) == 0x80) view_.filter.pop_back();
      if (!view_.filter.empty()) view_.filter.pop_back();
      break;
    case Action::kClear:
      view_.filter.clear();
      break;
    case Action::kCancel:
      view_.filter.clear();
      view_.mode = InputMode::kList;
      break;
    case Action::kAccept:
      view_.mode = InputMode::kList;
      return Effect::kNone;
    default:
      return Effect::kNone;
  }
  view_.cursor = 0;
  Resume();
  return Effect::kReopen;
}

Effect TopModel::HandleHosts(Action action) {
  const int last = std::max<int>(static_cast<int>(hosts_.size()) - 1, 0);
  switch (action) {
    case Action::kUp:
      view_.host_cursor = std::max(view_.host_cursor - 1, 0);
      break;
    case Action::kDown:
      view_.host_cursor = std::min(view_.host_cursor + 1, last);
      break;
    case Action::kFirst:
    case Action::kPageUp:
      view_.host_cursor = 0;
      break;
    case Action::kLast:
    case Action::kPageDown:
      view_.host_cursor = last;
      break;
    case Action::kAccept:
      view_.mode = InputMode::kList;
      if (hosts_.empty()) break;
      return ChooseHost(hosts_[static_cast<std::size_t>(view_.host_cursor)].name());
    case Action::kCancel:
      view_.mode = InputMode::kList;
      break;
    default:
      break;
  }
  return Effect::kNone;
}

Effect TopModel::HandleList(Action action, int page) {
  switch (action) {
    case Action::kQuit:
      return Effect::kQuit;
    case Action::kSortCpu:
      return SortBy(ProcessOrder::kCpu);
    case Action::kSortMemory:
      return SortBy(ProcessOrder::kMemory);
    case Action::kSortTime:
      return SortBy(ProcessOrder::kTime);
    case Action::kSortPid:
      return SortBy(ProcessOrder::kPid);
    case Action::kSortIo:  // reads, and writes when pressed again
      return SortBy(view_.order == ProcessOrder::kRead ? ProcessOrder::kWrite
                                                       : ProcessOrder::kRead);
    case Action::kReverse:
      view_.reversed = !view_.reversed;
      Resume();
      return Effect::kReopen;
    case Action::kFilter:
      view_.mode = InputMode::kFilter;
      return Effect::kNone;
    case Action::kHosts: {
      view_.mode = InputMode::kHosts;
      const v1::Host* shown = host();
      view_.host_cursor = shown == nullptr ? 0 : static_cast<int>(shown - hosts_.data());
      return Effect::kNone;
    }
    case Action::kHelp:
      view_.mode = InputMode::kHelp;
      return Effect::kNone;
    case Action::kTree:
      view_.tree = !view_.tree;
      view_.cursor = 0;
      Resume();
      return Effect::kReopen;
    case Action::kFullCommand:
      view_.full_command = !view_.full_command;
      return Effect::kNone;
    case Action::kPause:
      if (view_.paused) {
        Resume();
      } else {
        view_.paused = true;
      }
      return Effect::kNone;
    case Action::kCancel:
      if (view_.filter.empty()) return view_.from_fleet ? Effect::kBack : Effect::kNone;
      view_.filter.clear();
      return Effect::kReopen;
    default:
      return Move(action, page);
  }
}

Effect TopModel::Move(Action action, int page) {
  const int count = processes_ ? processes_->processes_size() : 0;
  const std::optional<int> moved = MoveCursor(action, view_.cursor, count, page);
  if (!moved) return Effect::kNone;
  view_.cursor = *moved;
  const bool more = processes_ && processes_->matched_count() > count && limit_ < kLastLimit;
  if (!more || view_.cursor + page < count) return Effect::kNone;
  limit_ = kLastLimit;
  return Effect::kReopen;
}

}  // namespace syspulse
