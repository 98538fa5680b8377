// What `top --all` shows and how: all hosts, and the processes that use most on any of them.
//
// Pure, as TopModel is: it draws nothing, reads no clock and opens no stream.
#ifndef CLIENTS_CLI_TOP_FLEET_MODEL_H_
#define CLIENTS_CLI_TOP_FLEET_MODEL_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "clients/cli/top/input.h"
#include "clients/cli/top/model.h"
#include "syspulse/v1/live_service.pb.h"

namespace syspulse {

// One key sorts both lists: hosts by this, and processes by what is nearest to it.
enum class FleetOrder { kCpu, kMemory, kLoad, kDisk, kName, kState };

// Returns the filter of ListHosts for what a user wrote: as it is, or, for a word, hosts whose name
// contains it in any case.
std::string HostFilterOf(std::string_view text);

// What the user chose.
struct FleetView {
  FleetOrder order = FleetOrder::kCpu;
  bool reversed = false;
  std::string filter;   // as it was written
  std::string writing;  // what is being written in its place, in InputMode::kFilter
  InputMode mode = InputMode::kList;
  int cursor = 0;  // row of the list of hosts
};

class FleetModel {
 public:
  // Starts with this view, at the moment `now`. `interval` is the least time between two updates.
  FleetModel(FleetView view, absl::Duration interval, absl::Duration now);

  // Takes a message of the stream that Request asked for.
  void Apply(const v1::WatchResponse& response);

  // Takes how the stream stands.
  void SetConnection(Connection::Kind kind, std::string_view reason, absl::Duration now);

  // Takes a key. `page` is how many hosts the screen shows. After kOpenHost, chosen() is shown.
  Effect Handle(const Key& key, int page);

  // Returns the stream that this view needs.
  v1::WatchRequest Request() const;

  const FleetView& view() const { return view_; }
  const Connection& connection() const { return connection_; }
  // What to show; absent until it came.
  const std::optional<v1::HostList>& hosts() const { return hosts_; }
  const std::optional<v1::ProcessTable>& processes() const { return processes_; }
  // Why there is no list, such as a filter that is not valid: safe text, empty if nothing is wrong.
  const std::string& refusal() const { return refusal_; }
  // Resource name of the host under the cursor; empty if there is none.
  std::string chosen() const;

 private:
  Effect SortBy(FleetOrder order);
  Effect HandleFilter(Action action, const Key& key);
  Effect HandleList(Action action, int page);
  Effect Move(Action action, int page);

  FleetView view_;
  const absl::Duration interval_;
  Connection connection_;
  std::optional<v1::HostList> hosts_;
  std::optional<v1::ProcessTable> processes_;
  std::string refusal_;
  int limit_;  // of hosts to ask for
};

}  // namespace syspulse

#endif  // CLIENTS_CLI_TOP_FLEET_MODEL_H_
