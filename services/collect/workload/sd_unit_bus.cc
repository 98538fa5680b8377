#include "services/collect/workload/sd_unit_bus.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/collect/workload/sd_bus_library.h"

namespace syspulse {
namespace {

constexpr const char* kSystemd = "org.freedesktop.systemd1";
constexpr std::string_view kBusSocket = "run/dbus/system_bus_socket";
constexpr std::string_view kPrivateSocket = "run/systemd/private";  // for root only
// What one unit is in the answer to ListUnits: name, description, load state, active state, sub
// state, followed unit, object, and the id, type and object of a job.
constexpr const char* kUnit = "(ssssssouso)";
constexpr const char* kUnitFields = "ssssssouso";

bool IsSocket(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
}

std::uint64_t Microseconds(absl::Duration duration) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(absl::ToInt64Microseconds(duration), 0));
}

absl::Status ErrnoStatus(int error, std::string_view what) {
  const std::string message = absl::StrFormat("%s: %s", what, std::strerror(error));
  switch (error) {
    case ETIMEDOUT:
      return absl::DeadlineExceededError(message);
    case EACCES:
    case EPERM:
      return absl::PermissionDeniedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

class SdUnitBus final : public UnitBus {
 public:
  SdUnitBus(const SdBusLibrary& library, sd_bus* bus) : library_(library), bus_(bus) {}
  ~SdUnitBus() override { library_.close_unref(bus_); }
  SdUnitBus(const SdUnitBus&) = delete;
  SdUnitBus& operator=(const SdUnitBus&) = delete;

  // Connects and says hello.
  absl::Status Open(const std::string& address, bool is_bus, const Clock* clock,
                    absl::Duration timeout);

  absl::StatusOr<std::vector<UnitStatus>> ListUnits() override;
  absl::StatusOr<std::string> GetString(const BusProperty& property) override;
  absl::StatusOr<std::uint64_t> GetNumber(const BusProperty& property) override;

 private:
  using Message = std::unique_ptr<sd_bus_message, decltype(&sd_bus_message_unref)>;

  template <typename... Arguments>
  absl::StatusOr<Message> Call(const char* path, const char* interface, const char* method,
                               const char* types, Arguments... arguments);
  // Returns the reply and goes into its variant; `*type` becomes the type of what is in it.
  absl::StatusOr<Message> Get(const BusProperty& property, char* type);

  const SdBusLibrary library_;
  sd_bus* const bus_;
};

absl::Status SdUnitBus::Open(const std::string& address, bool is_bus, const Clock* clock,
                             absl::Duration timeout) {
  const std::string what = absl::StrFormat("connect to %s", address);
  int result = library_.set_address(bus_, address.c_str());
  if (result >= 0) result = library_.set_bus_client(bus_, is_bus ? 1 : 0);
  if (result >= 0) result = library_.set_method_call_timeout(bus_, Microseconds(timeout));
  if (result >= 0) result = library_.start(bus_);
  // Waiting for a call would wait for as long as sd-bus grants the peer to say who it is: 90 s.
  const absl::Duration deadline = clock->Monotonic() + timeout;
  while (result >= 0 && library_.is_ready(bus_) <= 0) {
    const absl::Duration left = deadline - clock->Monotonic();
    if (left <= absl::ZeroDuration()) return ErrnoStatus(ETIMEDOUT, what);
    result = library_.process(bus_, nullptr);
    if (result == 0) result = library_.wait(bus_, Microseconds(left));
  }
  return result < 0 ? ErrnoStatus(-result, what) : absl::OkStatus();
}

template <typename... Arguments>
absl::StatusOr<SdUnitBus::Message> SdUnitBus::Call(const char* path, const char* interface,
                                                   const char* method, const char* types,
                                                   Arguments... arguments) {
  sd_bus_error error{};  // SD_BUS_ERROR_NULL, which is no C++
  sd_bus_message* reply = nullptr;
  const int result = library_.call_method(bus_, kSystemd, path, interface, method, &error, &reply,
                                          types, arguments...);
  Message message(reply, library_.message_unref);
  if (result >= 0) return message;
  const std::string what =
      absl::StrFormat("ask systemd for %s of %s (%s)", method, path,
                      error.message != nullptr ? error.message : std::strerror(-result));
  const std::string_view name = error.name != nullptr ? error.name : "";
  const bool answered = name.ends_with(".UnknownProperty") || name.ends_with(".UnknownObject") ||
                        name.ends_with(".UnknownInterface") || name.ends_with(".NoSuchUnit") ||
                        name.ends_with(".UnknownMethod") || name.ends_with(".InvalidArgs");
  library_.error_free(&error);
  return answered ? absl::NotFoundError(what) : ErrnoStatus(-result, what);
}

absl::StatusOr<std::vector<UnitStatus>> SdUnitBus::ListUnits() {
  ASSIGN_OR_RETURN(const Message reply, Call(kSystemdPath, kSystemdManager, "ListUnits", ""));
  int result = library_.enter_container(reply.get(), SD_BUS_TYPE_ARRAY, kUnit);
  std::vector<UnitStatus> units;
  while (result >= 0) {
    std::array<const char*, 10> field{};
    std::uint32_t job = 0;
    result = library_.enter_container(reply.get(), SD_BUS_TYPE_STRUCT, kUnitFields);
    if (result == 0) break;  // the end
    if (result > 0) {
      result = library_.read(reply.get(), kUnitFields, &field[0], &field[1], &field[2], &field[3],
                             &field[4], &field[5], &field[6], &job, &field[8], &field[9]);
    }
    if (result > 0) result = library_.exit_container(reply.get());
    if (result < 0) break;
    units.push_back({.name = field[0],
                     .load_state = field[2],
                     .active_state = field[3],
                     .object_path = field[6]});
  }
  if (result < 0) {
    return absl::DataLossError(
        absl::StrFormat("read systemd's list of units: %s", std::strerror(-result)));
  }
  return units;
}

absl::StatusOr<SdUnitBus::Message> SdUnitBus::Get(const BusProperty& property, char* type) {
  ASSIGN_OR_RETURN(Message reply,
                   Call(property.object_path.c_str(), "org.freedesktop.DBus.Properties", "Get",
                        "ss", property.interface, property.name));
  const char* contents = nullptr;
  int result = library_.peek_type(reply.get(), type, &contents);
  if (result > 0) result = library_.enter_container(reply.get(), SD_BUS_TYPE_VARIANT, contents);
  if (result > 0) result = library_.peek_type(reply.get(), type, &contents);
  if (result > 0) return reply;
  return absl::InvalidArgumentError(
      absl::StrFormat("systemd's property %s is no variant", property.name));
}

absl::StatusOr<std::string> SdUnitBus::GetString(const BusProperty& property) {
  char type = 0;
  ASSIGN_OR_RETURN(const Message reply, Get(property, &type));
  const char* text = nullptr;
  if (type != SD_BUS_TYPE_STRING || library_.read_basic(reply.get(), type, &text) <= 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("systemd's property %s is no text", property.name));
  }
  return std::string(text);
}

absl::StatusOr<std::uint64_t> SdUnitBus::GetNumber(const BusProperty& property) {
  char type = 0;
  ASSIGN_OR_RETURN(const Message reply, Get(property, &type));
  std::uint32_t small = 0;
  std::uint64_t number = 0;
  if (type == SD_BUS_TYPE_UINT32 && library_.read_basic(reply.get(), type, &small) > 0) {
    return small;
  }
  if (type == SD_BUS_TYPE_UINT64 && library_.read_basic(reply.get(), type, &number) > 0) {
    return number;
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("systemd's property %s is no number", property.name));
}

absl::StatusOr<std::unique_ptr<UnitBus>> Connect(const ProcFs& procfs, const Clock* clock,
                                                 absl::Duration timeout) {
  const std::string bus_socket = procfs.RootPath(kBusSocket);
  const std::string private_socket = procfs.RootPath(kPrivateSocket);
  absl::Status status = absl::NotFoundError(absl::StrFormat(
      "there is no systemd: neither %s nor %s is a socket", bus_socket, private_socket));
  for (const std::string& socket : {bus_socket, private_socket}) {
    if (!IsSocket(socket)) continue;
    ASSIGN_OR_RETURN(const SdBusLibrary library, SdBusLibrary::Load());
    sd_bus* raw = nullptr;
    if (const int result = library.create(&raw); result < 0) {
      return ErrnoStatus(-result, "make a D-Bus connection");
    }
    auto bus = std::make_unique<SdUnitBus>(library, raw);
    const bool is_bus = socket == bus_socket;
    const absl::Status opened = bus->Open(UnixBusAddress(socket), is_bus, clock, timeout);
    if (opened.ok()) return bus;
    if (absl::IsNotFound(status)) status = opened;
  }
  return status;
}

}  // namespace

std::string UnixBusAddress(std::string_view socket) {
  std::string address = "unix:path=";
  for (const char c : socket) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-_/.").find(c) != std::string_view::npos;
    address +=
        plain ? std::string(1, c)
              : absl::StrFormat("%%%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return address;
}

ConnectUnitBus ConnectToSystemd(const ProcFs* procfs, const Clock* clock, absl::Duration timeout) {
  return [=] { return Connect(*procfs, clock, timeout); };
}

}  // namespace syspulse
