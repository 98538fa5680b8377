// Values of the model to protobuf messages and back: the only place where the two meet.
//
// From protobuf means from outside: everything is checked, and what does not hold is
// InvalidArgument with the reason.
#ifndef SERVICES_MODEL_PROTO_H_
#define SERVICES_MODEL_PROTO_H_

#include <functional>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/model/demand.h"
#include "services/model/frame.h"
#include "services/model/host.h"
#include "services/model/metric.h"
#include "services/model/process_table.h"
#include "syspulse/v1/frame.pb.h"
#include "syspulse/v1/host.pb.h"
#include "syspulse/v1/ingest_service.pb.h"
#include "syspulse/v1/metric.pb.h"
#include "syspulse/v1/process.pb.h"

namespace syspulse {

// Times outside of years 1 to 9999 are clamped.
void ToProto(absl::Time time, google::protobuf::Timestamp* out);
void ToProto(absl::Duration duration, google::protobuf::Duration* out);
absl::StatusOr<absl::Time> FromProto(const google::protobuf::Timestamp& in);
absl::StatusOr<absl::Duration> FromProto(const google::protobuf::Duration& in);

void ToProto(const MetricFamily& family, v1::MetricFamily* out);
void ToProto(const Schema& schema, v1::Schema* out);
// Also checks that the id is the hash of the content.
absl::StatusOr<SchemaPtr> FromProto(const v1::Schema& in);

void ToProto(const Frame& frame, v1::Frame* out);
// `find_schema` returns the schema of an id, null if there is none. The host must be `host`, by id.
absl::StatusOr<FramePtr> FromProto(const v1::Frame& in, std::string_view host,
                                   const std::function<SchemaPtr(std::uint64_t)>& find_schema);

void ToProto(const Host& host, v1::Host* out);
absl::StatusOr<Host> FromProto(const v1::Host& in);

// Intervals that are not wanted are absent.
void ToProto(const Demand& demand, v1::PushFramesDemand* out);
absl::StatusOr<Demand> FromProto(const v1::PushFramesDemand& in);

void ToProto(std::string_view host_id, const Process& process, v1::Process* out);
void ToProto(const ProcessTotals& totals, v1::ProcessTotals* out);
void ToProto(const ProcessTable& table, v1::ProcessTable* out);
// The host must be `host`, by id.
absl::StatusOr<ProcessTablePtr> FromProto(const v1::ProcessTable& in, std::string_view host);

}  // namespace syspulse

#endif  // SERVICES_MODEL_PROTO_H_
