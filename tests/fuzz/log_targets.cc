#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "services/store/bytes.h"
#include "services/store/log_format.h"
#include "services/store/log_reader.h"
#include "services/store/log_writer.h"
#include "services/store/row_codec.h"
#include "services/store/schema_codec.h"
#include "tests/fuzz/targets.h"
#include "tests/testing/memory_file_system.h"

namespace syspulse {
namespace {

constexpr std::uint64_t kSegment = 7;

// Seeds are made, and are told from file names by the line break at their end.
std::string_view WithoutLineBreak(std::string_view input) {
  if (input.ends_with('\n')) input.remove_suffix(1);
  return input;
}

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

void ReadAsLog(std::string_view bytes) {
  const LogReadResult result = ReadLog(
      bytes, kSegment, "fuzz", [](std::uint64_t) { return nullptr; },
      [](const LogRow& row) {
        Require(row.values.size() == row.schema->series().size(), "a row fits its schema");
      });
  // A damaged header costs nothing.
  Require(!result.damage.empty() || (result.damaged_records == 0 && result.lost_rows == 0),
          "damage is put in words");
}

// The input is a segment; then the same one with all checksums made right, so that damage gets
// behind them.
void RunLog(std::string_view input) {
  std::string segment(WithoutLineBreak(input));
  ReadAsLog(segment);
  const std::string header = EncodeLogHeader(kSegment);
  if (segment.size() < header.size()) return;
  segment.replace(0, header.size(), header);
  for (std::size_t place = header.size(); place + kRecordHeaderSize <= segment.size();) {
    std::uint32_t length = 0;
    std::memcpy(&length, segment.data() + place + 4, sizeof(length));
    const std::size_t begin = place + kRecordHeaderSize;
    if (length == 0 || length > segment.size() - begin) break;
    const std::uint64_t checksum =
        RecordChecksum(std::string_view(segment).substr(begin, length), kSegment);
    std::memcpy(segment.data() + place, &kRecordMagic, sizeof(kRecordMagic));
    std::memcpy(segment.data() + place + 8, &checksum, sizeof(checksum));
    place = begin + length;
  }
  ReadAsLog(segment);
}

void RunRow(std::string_view input) {
  input = WithoutLineBreak(input);
  for (const std::size_t columns : {0U, 3U, 64U, 100U}) {
    std::vector<double> values(columns);
    if (DecodePart(input, values)) {
      std::string part;
      AppendPart(values, &part);
      Require(DecodePart(part, values), "what is encoded is a part");
    }
    if (!DecodeRow(input, {}, values)) continue;
    std::string bytes;
    AppendRow(values, {}, &bytes);
    std::vector<double> again(columns);
    Require(DecodeRow(bytes, {}, again), "what is encoded is a row");
    Require(columns == 0 || std::memcmp(values.data(), again.data(), columns * sizeof(double)) == 0,
            "doubles come back");
  }
}

void RunSchema(std::string_view input) {
  const auto schema = DecodeSchema(WithoutLineBreak(input));
  if (!schema.ok()) return;
  std::string bytes;
  AppendSchema(**schema, &bytes);
  Require(DecodeSchema(bytes).ok(), "schemas come back");
}

SchemaPtr SomeSchema() {
  return *Schema::Create({{.name = "load", .type = MetricType::kGauge, .help = "Load."},
                          {.name = "cpu_total", .unit = "seconds", .label_names = {"cpu", "mode"}}},
                         {{.family = 0},
                          {.family = 1, .label_values = {"0", "idle"}},
                          {.family = 1, .label_values = {"0", "user"}}});
}

std::string LogSeed() {
  MemoryFileSystem disk;
  const auto log = *LogWriter::Create(&disk, "/d", kSegment);
  for (int i = 0; i < 3 * kRowsPerWhole; ++i) {
    log->Add({.host = i % 2 == 0 ? "web-1" : "web-2",
              .source = "system",
              .schema = SomeSchema(),
              .time = absl::FromUnixSeconds(1'700'000'000 + i),
              .values = {0.25, i * 0.75, std::nan("")}});
    if (i % 7 == 0) {
      log->Add({.host = "~4:nodea",
                .source = "1",
                .schema = SomeSchema(),
                .time = absl::FromUnixSeconds(1'700'000'000 + i),
                .values = {0, i * 0.25, std::nan("")},
                .part = true});
    }
    if (i % 10 == 0) log->Write().IgnoreError();
    if (i % 20 == 0) log->Sync().IgnoreError();
  }
  log->Write().IgnoreError();
  log->Sync().IgnoreError();
  log->Finish().IgnoreError();
  return disk.Contents("/d/" + LogName(kSegment)) + "\n";
}

std::string RowSeed() {
  std::vector<double> values(100);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i % 7) / 10;
  std::string bytes;
  AppendRow(values, {}, &bytes);
  return bytes + "\n";
}

std::string SchemaSeed() {
  std::string bytes;
  AppendSchema(*SomeSchema(), &bytes);
  return bytes + "\n";
}

}  // namespace

std::vector<FuzzTarget> LogTargets() {
  static const std::string log = LogSeed();
  static const std::string row = RowSeed();
  static const std::string schema = SchemaSeed();
  return {{"log_segment", RunLog, {log}},
          {"log_row", RunRow, {row}},
          {"log_schema", RunSchema, {schema}}};
}

}  // namespace syspulse
