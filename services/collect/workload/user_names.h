// Names of users by number, asked for once each, without ever waiting for a directory service. Who
// has no name may get one, or the service was away: such are asked for again after a minute.
//
// /etc/passwd of the host's root answers first: in a container the names are the host's. Where the
// root is this process' own, getpwuid_r(3) knows the users that a directory service adds; as that
// may take as long as the network takes, a thread of its own asks, and the number stands in until
// then.
#ifndef SERVICES_COLLECT_WORKLOAD_USER_NAMES_H_
#define SERVICES_COLLECT_WORKLOAD_USER_NAMES_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Returns the name of `uid` in the text of passwd(5).
std::optional<std::string> FindUser(std::string_view passwd, std::uint32_t uid);

// Returns the name of a user, if it has one. May block.
using UserLookup = std::function<std::optional<std::string>(std::uint32_t uid)>;

// Asks the system's user database, nsswitch.conf(5).
std::optional<std::string> LookUpUser(std::uint32_t uid);

// Confined to one thread. Movable. A lookup that still blocks outlives it.
class UserNames {
 public:
  // Asks LookUpUser for users that are not in passwd, if the root of `procfs` is this process' own.
  // `clock` must outlive this.
  UserNames(const ProcFs& procfs, const Clock* clock);
  // Asks `lookup` for them; nobody if it is null.
  UserNames(const ProcFs& procfs, const Clock* clock, UserLookup lookup);

  // Returns the name of the user; its number where it has none, or while it is being asked for. The
  // reference is valid until the next call.
  const std::string& Name(std::uint32_t uid);

 private:
  struct Lookups;  // shared with the thread that asks
  struct Entry {
    std::string name;
    bool pending = false;                             // the thread was asked
    absl::Duration again = absl::InfiniteDuration();  // monotonic: when it is asked for once more
  };

  Entry Resolve(std::uint32_t uid);

  const Clock* clock_;
  ProcFile passwd_;
  std::shared_ptr<Lookups> lookups_;  // null if nobody is asked
  std::map<std::uint32_t, Entry> names_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_USER_NAMES_H_
