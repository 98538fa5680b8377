// Who may call what: read from the contract, decided in one place.
//
// Every rpc says in its .proto which role it needs. A message type is the request of one rpc only,
// so the request's type is enough to know the rpc.
#ifndef SERVICES_API_ACCESS_H_
#define SERVICES_API_ACCESS_H_

#include <google/protobuf/descriptor.h>

#include <map>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "syspulse/v1/options.pb.h"

namespace syspulse {

// Who can reach the service at all.
enum class Reach {
  kThisMachine,  // loopback listeners only: whoever can connect may do everything
  kNetwork,      // anyone, unauthenticated: reads and agents only
};

// Immutable, so thread-safe.
class Access {
 public:
  // Returns the policy of these services. FailedPrecondition that names the rpc, if one carries no
  // `required_role` or shares its request type with another.
  static absl::StatusOr<Access> Create(
      std::span<const google::protobuf::ServiceDescriptor* const> services, Reach reach);

  // Returns whether the rpc with this request type may be called; PermissionDenied with the way out
  // if not.
  absl::Status Check(const google::protobuf::Descriptor& request) const;

 private:
  struct Method {
    std::string name;
    v1::Role role;
  };

  explicit Access(Reach reach) : reach_(reach) {}

  Reach reach_;
  std::map<std::string, Method> methods_;  // by full name of the request
};

}  // namespace syspulse

#endif  // SERVICES_API_ACCESS_H_
