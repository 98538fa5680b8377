#include "clients/cli/top/top.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <memory>
#include <utility>

#include "clients/cli/command/commands.h"
#include "clients/cli/top/feed.h"
#include "clients/cli/top/model.h"
#include "clients/cli/top/render.h"
#include "clients/cli/top/screen.h"
#include "services/base/status_macros.h"
#include "syspulse/v1/host_service.grpc.pb.h"

namespace syspulse {
namespace {

// How often the screen is drawn though nothing came: ages are counted in seconds.
constexpr int kRedrawMs = 500;

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

class TopLoop {
 public:
  TopLoop(const Session& session, Screen* screen, TopModel model)
      : session_(session),
        screen_(screen),
        model_(std::move(model)),
        feed_(session.channel, session.server, [this] { waker_.Wake(); }) {}

  void Run() {
    const std::stop_callback wake(session_.stop, [this] { waker_.Wake(); });
    feed_.Open(model_.Request());
    while (!session_.stop.stop_requested()) {
      TakeEvents();
      screen_->Resize();
      screen_->Show(Render(model_, screen_->width(), screen_->height(),
                           {.now = session_.clock->Monotonic(),
                            .wall = session_.clock->Now(),
                            .ascii = screen_->ascii()}));
      if (!Wait() || !TakeKeys()) return;
    }
  }

 private:
  // Returns false when the terminal has gone.
  bool Wait() {
    std::array<pollfd, 2> waits = {
        {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = waker_.descriptor(), .events = POLLIN}}};
    poll(waits.data(), waits.size(), kRedrawMs);
    waker_.Clear();
    return (waits[0].revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
  }

  // Returns false when the user quits.
  bool TakeKeys() {
    while (const std::optional<Key> key = screen_->ReadKey()) {
      const int page = PageSize(model_, screen_->width(), screen_->height());
      const Effect effect = model_.Handle(*key, page);
      if (effect == Effect::kQuit) return false;
      if (effect == Effect::kReopen) feed_.Open(model_.Request());
    }
    return true;
  }

  void TakeEvents() {
    const absl::Duration now = session_.clock->Monotonic();
    for (const FeedEvent& event : feed_.Take()) {
      if (const auto* response = std::get_if<v1::WatchResponse>(&event)) {
        if (model_.Apply(*response, now) == Effect::kReopen) {
          feed_.Open(model_.Request());
          return;  // what is left belongs to the stream before
        }
      } else if (const auto* state = std::get_if<WatchState>(&event)) {
        model_.SetConnection(
            state->live ? Connection::Kind::kLive : Connection::Kind::kLost,
            std::string_view(state->reason.message().data(), state->reason.message().size()), now);
      } else {
        const absl::Status& refusal = std::get<absl::Status>(event);
        model_.SetConnection(Connection::Kind::kRefused,
                             std::string_view(refusal.message().data(), refusal.message().size()),
                             now);
      }
    }
  }

  const Session& session_;
  Screen* const screen_;
  const Waker waker_;  // outlives the feed, which calls it
  TopModel model_;
  LiveFeed feed_;
};

}  // namespace

absl::Status RunTop(const Session& session, const TopArguments& arguments, bool color) {
  ASSIGN_OR_RETURN(const std::string order_by, OrderBy(arguments.sort));
  RETURN_IF_ERROR(CheckService(session, arguments.host));
  ASSIGN_OR_RETURN(const std::unique_ptr<Screen> screen, Screen::Open(color));
  TopLoop loop(
      session, screen.get(),
      TopModel(FirstView(arguments, order_by), arguments.interval, session.clock->Monotonic()));
  loop.Run();
  return absl::OkStatus();
}

}  // namespace syspulse
