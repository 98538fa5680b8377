// What systemd's manager can be asked; see org.freedesktop.systemd1(5).
//
// The collector asks through this, so that a test can answer without a bus.
#ifndef SERVICES_COLLECT_WORKLOAD_UNIT_BUS_H_
#define SERVICES_COLLECT_WORKLOAD_UNIT_BUS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace syspulse {

struct UnitStatus {
  std::string name;          // "nginx.service"
  std::string load_state;    // "loaded", "not-found", "masked", …
  std::string active_state;  // "active", "failed", …
  std::string object_path;   // where its properties are

  bool operator==(const UnitStatus&) const = default;
};

// A property of an object.
struct BusProperty {
  std::string object_path;
  const char* interface = "";
  const char* name = "";
};

inline constexpr const char* kSystemdPath = "/org/freedesktop/systemd1";
inline constexpr const char* kSystemdManager = "org.freedesktop.systemd1.Manager";

// A connection. Confined to one thread.
//
// NotFound and InvalidArgument concern what was asked for: the object is gone, or this version of
// systemd does not have the property. After any other error the connection is of no use.
class UnitBus {
 public:
  virtual ~UnitBus() = default;

  virtual absl::StatusOr<std::vector<UnitStatus>> ListUnits() = 0;
  virtual absl::StatusOr<std::string> GetString(const BusProperty& property) = 0;
  virtual absl::StatusOr<std::uint64_t> GetNumber(const BusProperty& property) = 0;
};

// Returns a new connection; NotFound where there is no systemd.
using ConnectUnitBus = std::function<absl::StatusOr<std::unique_ptr<UnitBus>>()>;

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_UNIT_BUS_H_
