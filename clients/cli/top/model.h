// What `top` shows and how: the state behind the screen, changed by messages and keys only.
//
// Pure: it draws nothing, reads no clock and opens no stream. It says which stream it needs
// (Request), and that it needs another (Effect::kReopen).
#ifndef CLIENTS_CLI_TOP_MODEL_H_
#define CLIENTS_CLI_TOP_MODEL_H_

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "clients/cli/top/input.h"
#include "syspulse/v1/live_service.pb.h"

namespace syspulse {

enum class ProcessOrder { kCpu, kMemory, kTime, kRead, kWrite, kPid, kOther };

// kOpenHost and kBack go from all hosts to one, and from one to all.
enum class Effect { kNone, kReopen, kOpenHost, kBack, kQuit };

// The recent past of a host, oldest first, at most kHistoryLength values each. NaN = not measured.
struct History {
  std::deque<double> cpu;
  std::deque<double> memory;
  std::deque<double> disk_read;
  std::deque<double> disk_write;
  std::deque<double> receive;
  std::deque<double> transmit;
};
inline constexpr std::size_t kHistoryLength = 600;

// How the stream stands. Moments are those of Clock::Monotonic.
struct Connection {
  enum class Kind { kConnecting, kLive, kLost, kRefused };
  Kind kind = Kind::kConnecting;
  absl::Duration since;
  std::string reason;  // safe text; also why a part of what was asked for does not come
};

// What the user chose.
struct View {
  std::string host;  // as the API takes it; empty until there is one
  ProcessOrder order = ProcessOrder::kCpu;
  std::string other_order;  // of the API, for kOther
  bool reversed = false;
  bool tree = false;  // each process below its parent
  std::string filter;
  bool full_command = true;
  bool from_fleet = false;  // all hosts were on screen before, and Escape goes back to them
  bool paused = false;
  InputMode mode = InputMode::kList;
  int cursor = 0;       // row of the process list
  int host_cursor = 0;  // row of the host list
};

class TopModel {
 public:
  // Starts with this view, at the moment `now`. `interval` is the least time between two updates.
  TopModel(View view, absl::Duration interval, absl::Duration now);

  // Takes a message of the stream that Request asked for.
  Effect Apply(const v1::WatchResponse& response, absl::Duration now);

  // Takes how the stream stands.
  void SetConnection(Connection::Kind kind, std::string_view reason, absl::Duration now);

  // Takes a key. `page` is how many processes the screen shows.
  Effect Handle(const Key& key, int page);

  // Returns the stream that this view needs.
  v1::WatchRequest Request() const;

  const View& view() const { return view_; }
  const Connection& connection() const { return connection_; }
  const History& history() const { return history_; }
  // What to show; absent until it came.
  const std::optional<v1::Snapshot>& snapshot() const { return snapshot_; }
  const std::optional<v1::ProcessTable>& processes() const { return processes_; }
  const std::vector<v1::Host>& hosts() const { return hosts_; }
  // The host that is shown, by the list of hosts; null if it is not there.
  const v1::Host* host() const;
  bool hosts_known() const { return hosts_known_; }

  // Returns how long ago the newest snapshot came; nothing before the first.
  std::optional<absl::Duration> Age(absl::Duration now) const;

  // Returns how long a snapshot may take before its values count as old.
  absl::Duration Patience() const;

 private:
  Effect TakeHosts(const v1::HostList& list);
  void TakeSnapshot(const v1::Snapshot& snapshot, absl::Duration now);
  void TakeHistory(const v1::SnapshotHistory& past);
  void TakeProcesses(const v1::ProcessTable& table);
  Effect SortBy(ProcessOrder order);
  Effect ChooseHost(const std::string& name);
  Effect HandleFilter(Action action, const Key& key);
  Effect HandleHosts(Action action);
  Effect HandleList(Action action, int page);
  Effect HandleMode(const Key& key, int page);
  Effect Move(Action action, int page);
  void Resume();

  View view_;
  const absl::Duration interval_;
  Connection connection_;
  History history_;
  std::optional<v1::Snapshot> snapshot_;
  std::optional<v1::ProcessTable> processes_;
  std::optional<v1::Snapshot> waiting_snapshot_;  // while paused
  std::optional<v1::ProcessTable> waiting_processes_;
  std::vector<v1::Host> hosts_;
  bool hosts_known_ = false;
  std::optional<absl::Duration> snapshot_at_;
  bool reopened_ = true;  // the next process table answers a key: it is shown at once
  int limit_;             // of processes to ask for
};

}  // namespace syspulse

#endif  // CLIENTS_CLI_TOP_MODEL_H_
