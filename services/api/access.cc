#include "services/api/access.h"

#include "absl/strings/str_format.h"

namespace syspulse {

absl::StatusOr<Access> Access::Create(
    std::span<const google::protobuf::ServiceDescriptor* const> services, Reach reach) {
  Access access(reach);
  for (const google::protobuf::ServiceDescriptor* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      const google::protobuf::MethodDescriptor& method = *service->method(i);
      const v1::Role role = method.options().GetExtension(v1::required_role);
      if (role == v1::ROLE_UNSPECIFIED) {
        return absl::FailedPreconditionError(absl::StrFormat(
            "rpc %s does not say who may call it; its .proto lacks (syspulse.v1.required_role)",
            method.full_name()));
      }
      const bool is_new =
          access.methods_
              .emplace(method.input_type()->full_name(), Method{method.full_name(), role})
              .second;
      if (!is_new) {
        return absl::FailedPreconditionError(
            absl::StrFormat("rpc %s shares its request type %s with another", method.full_name(),
                            method.input_type()->full_name()));
      }
    }
  }
  return access;
}

absl::Status Access::Check(const google::protobuf::Descriptor& request) const {
  const auto method = methods_.find(request.full_name());
  if (method == methods_.end()) {
    return absl::PermissionDeniedError(
        absl::StrFormat("%s belongs to no rpc of this service", request.full_name()));
  }
  const v1::Role role = method->second.role;
  if (reach_ == Reach::kThisMachine || role == v1::ROLE_VIEWER || role == v1::ROLE_AGENT) {
    return absl::OkStatus();
  }
  return absl::PermissionDeniedError(absl::StrFormat(
      "%s changes something, and this service listens to a network without knowing its callers "
      "(--insecure); call one that listens on loopback",
      method->second.name));
}

}  // namespace syspulse
