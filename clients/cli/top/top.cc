#include "clients/cli/top/top.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "clients/cli/command/commands.h"
#include "clients/cli/top/feed.h"
#include "clients/cli/top/fleet_model.h"
#include "clients/cli/top/model.h"
#include "clients/cli/top/render.h"
#include "clients/cli/top/screen.h"
#include "services/base/status_macros.h"
#include "syspulse/v1/host_service.grpc.pb.h"

namespace syspulse {
namespace {

// How often the screen is drawn though nothing came: ages are counted in seconds.
constexpr int kRedrawMs = 500;
// Lists of many hosts that change faster cannot be read.
constexpr absl::Duration kFleetInterval = absl::Seconds(1);

// Wakes the thread that draws, from any other.
class Waker {
 public:
  Waker() : descriptor_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
  ~Waker() { close(descriptor_); }
  Waker(const Waker&) = delete;
  Waker& operator=(const Waker&) = delete;

  int descriptor() const { return descriptor_; }
  void Wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(descriptor_, &one, sizeof(one));
  }
  void Clear() const {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t got = read(descriptor_, &count, sizeof(count));
  }

 private:
  const int descriptor_;
};

View FirstView(const TopArguments& arguments, const std::string& order_by) {
  View view{.host = arguments.host, .filter = arguments.filter};
  constexpr std::array kOrders = std::to_array<std::pair<std::string_view, ProcessOrder>>(
      {{"cpu_utilization_ratio", ProcessOrder::kCpu},
       {"resident_bytes", ProcessOrder::kMemory},
       {"cpu_seconds", ProcessOrder::kTime},
       {"read_bytes_per_second", ProcessOrder::kRead},
       {"write_bytes_per_second", ProcessOrder::kWrite},
       {"pid", ProcessOrder::kPid}});
  view.other_order = order_by.substr(0, order_by.find(' '));
  view.order = ProcessOrder::kOther;
  for (const auto& [field, order] : kOrders) {
    if (field == view.other_order) view.order = order;
  }
  const bool down = order_by.ends_with(" desc");
  view.reversed = down == (view.order == ProcessOrder::kPid);
  return view;
}

// Asks once, so that what cannot work says so before the screen is taken.
absl::Status CheckService(const Session& session, const std::string& host) {
  if (host.empty()) return ListAllHosts(session).status();
  v1::GetHostRequest request;
  request.set_name(host);
  v1::GetHostResponse response;
  const auto stub = v1::HostService::NewStub(session.channel);
  return CallOnce(session, [&](grpc::ClientContext* context) {
    return stub->GetHost(context, request, &response);
  });
}

// Shows one host, or all of them until one is chosen.
class TopLoop {
 public:
  // Begins with all hosts if there is a `fleet`.
  TopLoop(const Session& session, Screen* screen, TopArguments arguments, View view,
          std::optional<FleetModel> fleet)
      : session_(session),
        screen_(screen),
        arguments_(std::move(arguments)),
        first_view_(std::move(view)),
        fleet_(std::move(fleet)),
        feed_(session.channel, session.server, [this] { waker_.Wake(); }) {
    if (!fleet_) host_.emplace(first_view_, arguments_.interval, session.clock->Monotonic());
  }

  void Run() {
    const std::stop_callback wake(session_.stop, [this] { waker_.Wake(); });
    Open();
    while (!session_.stop.stop_requested()) {
      TakeEvents();
      screen_->Resize();
      Show();
      if (!Wait() || !TakeKeys()) return;
    }
  }

 private:
  void Open() { feed_.Open(host_ ? host_->Request() : fleet_->Request()); }

  void Show() {
    const RenderContext context = {.now = session_.clock->Monotonic(),
                                   .wall = session_.clock->Now(),
                                   .ascii = screen_->ascii()};
    screen_->Show(host_ ? Render(*host_, screen_->width(), screen_->height(), context)
                        : Render(*fleet_, screen_->width(), screen_->height(), context));
  }

  // Returns false when the terminal has gone.
  bool Wait() {
    std::array<pollfd, 2> waits = {
        {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = waker_.descriptor(), .events = POLLIN}}};
    poll(waits.data(), waits.size(), kRedrawMs);
    waker_.Clear();
    return (waits[0].revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
  }

  Effect HandleKey(const Key& key) {
    if (!host_) return fleet_->Handle(key, PageSize(*fleet_, screen_->height()));
    return host_->Handle(key, PageSize(*host_, screen_->width(), screen_->height()));
  }

  // Returns false when the user quits.
  bool TakeKeys() {
    while (const std::optional<Key> key = screen_->ReadKey()) {
      const Effect effect = HandleKey(*key);
      if (effect == Effect::kQuit) return false;
      if (effect == Effect::kNone) continue;
      if (effect == Effect::kOpenHost) {
        View view = first_view_;
        view.host = fleet_->chosen();
        view.from_fleet = true;
        host_.emplace(std::move(view), arguments_.interval, session_.clock->Monotonic());
      }
      if (effect == Effect::kBack) host_.reset();
      Open();
    }
    return true;
  }

  void SetConnection(Connection::Kind kind, const absl::Status& reason, absl::Duration now) {
    const std::string_view text(reason.message().data(), reason.message().size());
    if (host_) {
      host_->SetConnection(kind, text, now);
    } else {
      fleet_->SetConnection(kind, text, now);
    }
  }

  // Returns whether another stream is needed.
  bool Apply(const v1::WatchResponse& response, absl::Duration now) {
    if (host_) return host_->Apply(response, now) == Effect::kReopen;
    fleet_->Apply(response);
    return false;
  }

  void TakeEvents() {
    const absl::Duration now = session_.clock->Monotonic();
    for (const FeedEvent& event : feed_.Take()) {
      if (const auto* response = std::get_if<v1::WatchResponse>(&event)) {
        if (!Apply(*response, now)) continue;
        Open();
        return;  // what is left belongs to the stream before
      }
      if (const auto* state = std::get_if<WatchState>(&event)) {
        SetConnection(state->live ? Connection::Kind::kLive : Connection::Kind::kLost,
                      state->reason, now);
      } else {
        SetConnection(Connection::Kind::kRefused, std::get<absl::Status>(event), now);
      }
    }
  }

  const Session& session_;
  Screen* const screen_;
  const TopArguments arguments_;
  const View first_view_;
  const Waker waker_;  // outlives the feed, which calls it
  std::optional<FleetModel> fleet_;
  std::optional<TopModel> host_;  // nothing while all hosts are on screen
  LiveFeed feed_;
};

}  // namespace

absl::Status RunTop(const Session& session, const TopArguments& arguments, bool color) {
  ASSIGN_OR_RETURN(const std::string order_by, OrderBy(arguments.sort));
  RETURN_IF_ERROR(CheckService(session, arguments.host));
  ASSIGN_OR_RETURN(const std::unique_ptr<Screen> screen, Screen::Open(color));
  std::optional<FleetModel> fleet;
  if (arguments.all_hosts) {
    fleet.emplace(FleetView{}, std::max(arguments.interval, kFleetInterval),
                  session.clock->Monotonic());
  }
  TopLoop loop(session, screen.get(), arguments, FirstView(arguments, order_by), std::move(fleet));
  loop.Run();
  return absl::OkStatus();
}

}  // namespace syspulse
