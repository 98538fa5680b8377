#include "services/store/schema_codec.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/store/bytes.h"

namespace syspulse {
namespace {

constexpr std::uint64_t kMostFamilies = 1 << 30;  // what an int can count

// Returns as many things as the next varint says, or as there are bytes for.
template <typename Thing, typename Take>
std::vector<Thing> TakeAll(ByteReader* reader, const Take& take) {
  std::vector<Thing> things;
  for (std::size_t left = reader->Count(); left > 0 && reader->ok(); --left) {
    things.push_back(take(reader));
  }
  return things;
}

std::vector<std::string> TakeStrings(ByteReader* reader) {
  return TakeAll<std::string>(reader, [](ByteReader* r) { return std::string(r->String()); });
}

MetricType TypeOf(std::uint64_t code) {
  if (code == 0) return MetricType::kCounter;
  if (code == 1) return MetricType::kGauge;
  return MetricType::kUntyped;
}

std::uint64_t CodeOf(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return 0;
    case MetricType::kGauge:
      return 1;
    case MetricType::kUntyped:
      return 2;
  }
  return 2;
}

void AppendFamily(const MetricFamily& family, std::string* out) {
  PutString(family.name, out);
  PutVarint(CodeOf(family.type), out);
  PutString(family.unit, out);
  PutString(family.help, out);
  PutVarint(family.label_names.size(), out);
  for (const std::string& name : family.label_names) PutString(name, out);
}

MetricFamily TakeFamily(ByteReader* reader) {
  MetricFamily family;
  family.name = reader->String();
  family.type = TypeOf(reader->Varint());
  family.unit = reader->String();
  family.help = reader->String();
  family.label_names = TakeStrings(reader);
  return family;
}

Series TakeSeries(ByteReader* reader) {
  Series series;
  const std::uint64_t family = reader->Varint();
  // One that is too large for an index is none in any schema.
  series.family = family <= kMostFamilies ? static_cast<int>(family) : -1;
  series.label_values = TakeStrings(reader);
  return series;
}

}  // namespace

void AppendSchema(const Schema& schema, std::string* out) {
  PutFixed(schema.id(), out);
  PutVarint(schema.families().size(), out);
  for (const MetricFamily& family : schema.families()) AppendFamily(family, out);
  PutVarint(schema.series().size(), out);
  for (const Series& series : schema.series()) {
    PutVarint(static_cast<std::uint64_t>(series.family), out);
    PutVarint(series.label_values.size(), out);
    for (const std::string& value : series.label_values) PutString(value, out);
  }
}

absl::StatusOr<SchemaPtr> DecodeSchema(std::string_view bytes) {
  ByteReader reader(bytes);
  const auto id = reader.Fixed<std::uint64_t>();
  auto families = TakeAll<MetricFamily>(&reader, TakeFamily);
  auto series = TakeAll<Series>(&reader, TakeSeries);
  if (!reader.ok() || !reader.rest().empty()) {
    return absl::DataLossError(absl::StrFormat("decode schema: %d bytes are none", bytes.size()));
  }
  absl::StatusOr<SchemaPtr> schema = Schema::Create(std::move(families), std::move(series));
  if (!schema.ok()) {
    return absl::DataLossError(
        absl::StrFormat("decode schema: %s", std::string(schema.status().message())));
  }
  if ((*schema)->id() != id) {
    return absl::DataLossError(
        absl::StrFormat("decode schema: its id is %016x, not %016x", (*schema)->id(), id));
  }
  return schema;
}

}  // namespace syspulse
