#include "services/base/status_macros.h"
#include "services/model/proto.h"

namespace syspulse {

void ToProto(const Demand& demand, v1::PushFramesDemand* out) {
  out->set_all_processes(demand.all_processes);
  if (demand.sample_interval > absl::ZeroDuration()) {
    ToProto(demand.sample_interval, out->mutable_sample_interval());
  }
  if (demand.process_interval > absl::ZeroDuration()) {
    ToProto(demand.process_interval, out->mutable_process_interval());
  }
}

absl::StatusOr<Demand> FromProto(const v1::PushFramesDemand& in) {
  Demand demand{.all_processes = in.all_processes()};
  ASSIGN_OR_RETURN(demand.sample_interval, FromProto(in.sample_interval()));
  ASSIGN_OR_RETURN(demand.process_interval, FromProto(in.process_interval()));
  return demand;
}

}  // namespace syspulse
