// Names of users by number, asked for once each.
//
// /etc/passwd of the host's root answers first: in a container the names are the host's. Where the
// root is this process' own, getpwuid_r(3) knows the users that a directory service adds.
#ifndef SERVICES_COLLECT_USER_NAMES_H_
#define SERVICES_COLLECT_USER_NAMES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "services/collect/procfs.h"

namespace syspulse {

// Returns the name of `uid` in the text of passwd(5).
std::optional<std::string> FindUser(std::string_view passwd, std::uint32_t uid);

// Confined to one thread.
class UserNames {
 public:
  explicit UserNames(const ProcFs& procfs);

  // Returns the name of the user, or its number where it has none. The reference stays valid.
  const std::string& Name(std::uint32_t uid);

 private:
  std::string Resolve(std::uint32_t uid);

  ProcFile passwd_;
  const bool own_root_;  // rootfs is the root of this process
  std::map<std::uint32_t, std::string> names_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_USER_NAMES_H_
