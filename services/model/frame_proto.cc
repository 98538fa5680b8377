#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"
#include "services/model/proto.h"
#include "services/model/resource_name.h"

namespace syspulse {
namespace {

v1::MetricType TypeToProto(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return v1::METRIC_TYPE_COUNTER;
    case MetricType::kGauge:
      return v1::METRIC_TYPE_GAUGE;
    case MetricType::kUntyped:
      return v1::METRIC_TYPE_UNTYPED;
  }
  return v1::METRIC_TYPE_UNTYPED;
}

MetricType TypeFromProto(v1::MetricType type) {
  switch (type) {
    case v1::METRIC_TYPE_COUNTER:
      return MetricType::kCounter;
    case v1::METRIC_TYPE_GAUGE:
      return MetricType::kGauge;
    default:  // a newer agent's type is untyped here
      return MetricType::kUntyped;
  }
}

MetricFamily FamilyFromProto(const v1::MetricFamily& in) {
  return MetricFamily{.name = in.name(),
                      .type = TypeFromProto(in.type()),
                      .unit = in.unit(),
                      .help = in.help(),
                      .label_names = {in.label_names().begin(), in.label_names().end()}};
}

}  // namespace

void ToProto(const MetricFamily& family, v1::MetricFamily* out) {
  out->set_name(family.name);
  out->set_type(TypeToProto(family.type));
  out->set_unit(family.unit);
  out->set_help(family.help);
  for (const std::string& label : family.label_names) out->add_label_names(label);
}

void ToProto(const Schema& schema, v1::Schema* out) {
  out->set_id(schema.id());
  for (const MetricFamily& family : schema.families()) ToProto(family, out->add_families());
  for (const Series& series : schema.series()) {
    v1::Series* one = out->add_series();
    one->set_family(series.family);
    for (const std::string& value : series.label_values) one->add_label_values(value);
  }
}

absl::StatusOr<SchemaPtr> FromProto(const v1::Schema& in) {
  std::vector<MetricFamily> families;
  families.reserve(static_cast<std::size_t>(in.families_size()));
  for (const v1::MetricFamily& family : in.families()) families.push_back(FamilyFromProto(family));
  std::vector<Series> series;
  series.reserve(static_cast<std::size_t>(in.series_size()));
  for (const v1::Series& one : in.series()) {
    series.push_back(
        Series{.family = one.family(),
               .label_values = {one.label_values().begin(), one.label_values().end()}});
  }
  ASSIGN_OR_RETURN(SchemaPtr schema, Schema::Create(std::move(families), std::move(series)));
  if (schema->id() != in.id()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "schema says its id is %016x, its content hashes to %016x", in.id(), schema->id()));
  }
  return schema;
}

void ToProto(const Frame& frame, v1::Frame* out) {
  out->set_host(HostName(frame.host));
  out->set_source(frame.source);
  out->set_schema_id(frame.schema->id());
  ToProto(frame.time, out->mutable_sample_time());
  out->mutable_values()->Add(frame.values.begin(), frame.values.end());
}

absl::StatusOr<FramePtr> FromProto(const v1::Frame& in, std::string_view host,
                                   const std::function<SchemaPtr(std::uint64_t)>& find_schema) {
  if (HostIdOf(in.host()) != host) {
    return absl::InvalidArgumentError(
        absl::StrFormat("frame of '%s' in the stream of hosts/%s", in.host(), host));
  }
  if (in.source().empty()) return absl::InvalidArgumentError("frame names no source");
  SchemaPtr schema = find_schema(in.schema_id());
  if (schema == nullptr) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "frame of source %s has schema %016x, which was not sent", in.source(), in.schema_id()));
  }
  if (static_cast<std::size_t>(in.values_size()) != schema->series().size()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("frame of source %s has %d values, its schema %d series", in.source(),
                        in.values_size(), schema->series().size()));
  }
  ASSIGN_OR_RETURN(const absl::Time time, FromProto(in.sample_time()));
  return std::make_shared<const Frame>(Frame{.host = std::string(host),
                                             .source = in.source(),
                                             .schema = std::move(schema),
                                             .time = time,
                                             .values = {in.values().begin(), in.values().end()}});
}

}  // namespace syspulse
