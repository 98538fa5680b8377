#include "tests/services/collect/workload/fake_systemd.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <variant>

namespace syspulse {
namespace {

constexpr int kTurnMilliseconds = 20;  // until it looks whether the test is over

}  // namespace

FakeSystemd::~FakeSystemd() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
  if (listener_ >= 0) close(listener_);
}

void FakeSystemd::ListenAt(const std::string& socket) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  ASSERT_LT(socket.size(), sizeof(address.sun_path));
  std::memcpy(address.sun_path, socket.data(), socket.size());
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(listen(listener_, 4), 0);
  if (manners_ != Manners::kIgnoresConnections) thread_ = std::thread([this] { Accept(); });
}

void FakeSystemd::JoinBus(const std::string& address) {
  sd_bus* bus = nullptr;
  ASSERT_GE(sd_bus_new(&bus), 0);
  ASSERT_GE(sd_bus_set_address(bus, address.c_str()), 0);
  ASSERT_GE(sd_bus_set_bus_client(bus, 1), 0);
  ASSERT_GE(sd_bus_start(bus), 0);
  ASSERT_GE(sd_bus_request_name(bus, "org.freedesktop.systemd1", 0), 0);
  thread_ = std::thread([this, bus] { Serve(bus); });
}

void FakeSystemd::Accept() {
  while (!stop_) {
    pollfd waiting{.fd = listener_, .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, kTurnMilliseconds) <= 0) continue;
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (connection < 0) continue;
    sd_bus* bus = nullptr;
    sd_id128_t id{};
    sd_id128_randomize(&id);
    if (sd_bus_new(&bus) < 0 || sd_bus_set_fd(bus, connection, connection) < 0 ||
        sd_bus_set_server(bus, 1, id) < 0 || sd_bus_start(bus) < 0) {
      ADD_FAILURE() << "no D-Bus server";
      return;
    }
    Serve(bus);
  }
}

void FakeSystemd::Serve(sd_bus* bus) {
  sd_bus_add_filter(bus, nullptr, OnMessage, this);
  while (!stop_) {
    const int result = sd_bus_process(bus, nullptr);
    if (result < 0) break;  // the client left
    if (result == 0) sd_bus_wait(bus, kTurnMilliseconds * 1000);
  }
  sd_bus_close_unref(bus);
}

int FakeSystemd::OnMessage(sd_bus_message* message, void* self, sd_bus_error*) {
  return static_cast<FakeSystemd*>(self)->Answer(message);
}

int FakeSystemd::Answer(sd_bus_message* message) {
  if (sd_bus_message_is_method_call(message, kSystemdManager, "ListUnits") > 0) {
    if (manners_ == Manners::kHangsUp) return -ECONNRESET;
    return manners_ == Manners::kIgnoresCalls ? 1 : AnswerUnits(message);
  }
  if (sd_bus_message_is_method_call(message, "org.freedesktop.DBus.Properties", "Get") > 0) {
    return manners_ == Manners::kIgnoresCalls ? 1 : AnswerProperty(message);
  }
  return 0;
}

int FakeSystemd::AnswerUnits(sd_bus_message* message) {
  sd_bus_message* reply = nullptr;
  sd_bus_message_new_method_return(message, &reply);
  sd_bus_message_open_container(reply, 'a', "(ssssssouso)");
  for (const UnitStatus& unit : host_.units) {
    sd_bus_message_append(reply, "(ssssssouso)", unit.name.c_str(), "A unit",
                          unit.load_state.c_str(), unit.active_state.c_str(), "sub", "",
                          unit.object_path.c_str(), std::uint32_t{0}, "", "/");
  }
  sd_bus_message_close_container(reply);
  sd_bus_send(nullptr, reply, nullptr);
  sd_bus_message_unref(reply);
  return 1;
}

int FakeSystemd::AnswerProperty(sd_bus_message* message) {
  const char* interface = nullptr;
  const char* property = nullptr;
  sd_bus_message_read(message, "ss", &interface, &property);
  const auto found = host_.properties.find(
      FakeUnits::Key(sd_bus_message_get_path(message), std::string(interface) + "." + property));
  if (found == host_.properties.end()) {
    sd_bus_reply_method_errorf(message, SD_BUS_ERROR_UNKNOWN_PROPERTY, "Unknown property %s.",
                               property);
  } else if (const auto* const text = std::get_if<std::string>(&found->second)) {
    sd_bus_reply_method_return(message, "v", "s", text->c_str());
  } else if (const auto* const small = std::get_if<std::uint32_t>(&found->second)) {
    sd_bus_reply_method_return(message, "v", "u", *small);
  } else {
    sd_bus_reply_method_return(message, "v", "t", std::get<std::uint64_t>(found->second));
  }
  return 1;
}

}  // namespace syspulse
