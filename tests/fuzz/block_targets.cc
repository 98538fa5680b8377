#include <xxhash.h>
#include <zstd.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "services/store/block_format.h"
#include "services/store/bytes.h"
#include "services/store/column_encoder.h"
#include "services/store/column_view.h"
#include "services/store/group_codec.h"
#include "services/store/integer_codec.h"
#include "tests/fuzz/targets.h"

namespace syspulse {
namespace {

// Rows of what is decoded: enough for several lanes.
constexpr std::size_t kRows = 600;

void Check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

// Seeds are made, and are told from file names by the line break at their end.
std::string_view WithoutBreak(std::string_view input) {
  if (input.ends_with('\n')) input.remove_suffix(1);
  return input;
}

bool SameBits(const std::vector<double>& a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::bit_cast<std::uint64_t>(a[i]) != std::bit_cast<std::uint64_t>(b[i])) return false;
  }
  return true;
}

// Any bytes: what they decode to, if to anything, comes back from an encoder's bytes.
void RunIntegers(std::string_view input) {
  std::vector<std::int64_t> numbers(kRows);
  if (!DecodeIntegers(WithoutBreak(input), numbers)) return;
  std::string bytes;
  EncodeIntegers(numbers, &bytes);
  std::vector<std::int64_t> again(kRows);
  Check(DecodeIntegers(bytes, again) && again == numbers, "integers come back");
}

void RunColumn(std::string_view input) {
  const auto view = ColumnView::Parse(WithoutBreak(input), kRows);
  if (!view) return;
  Check(view->Stats().present <= kRows, "no more rows are present than there are");
  std::vector<double> values(kRows);
  if (!view->Decode(&*view, values) && !view->Decode(nullptr, values)) return;
  const std::string bytes = ColumnEncoder().Encode(values);
  const auto again = ColumnView::Parse(bytes, kRows);
  Check(again.has_value(), "what is encoded is a column");
  std::vector<double> decoded(kRows);
  Check(again->Decode(nullptr, decoded) && SameBits(decoded, values), "doubles come back");
}

// The input is a column of doubles.
void RunColumnEncoder(std::string_view input) {
  ByteReader reader(input);
  std::vector<double> values;
  while (reader.rest().size() >= sizeof(double) && values.size() < kRows) {
    values.push_back(std::bit_cast<double>(reader.Fixed<std::uint64_t>()));
  }
  if (values.empty()) return;
  ColumnEncoder encoder;
  const std::string first = encoder.Encode(values);
  const std::string second = encoder.Encode(values);  // perhaps relative to the first
  const auto first_view = ColumnView::Parse(first, values.size());
  const auto second_view = ColumnView::Parse(second, values.size());
  Check(first_view && second_view, "what is encoded is a column");
  std::vector<double> decoded(values.size());
  Check(first_view->Decode(nullptr, decoded) && SameBits(decoded, values), "doubles come back");
  Check(second_view->Decode(&*first_view, decoded) && SameBits(decoded, values),
        "doubles come back relative to others");
}

// The input is a group but for the checksum of its header, which is made right.
void RunGroup(std::string_view input) {
  std::string group(WithoutBreak(input));
  ByteReader reader(group);
  const auto header_size = reader.Fixed<std::uint32_t>();
  reader.Fixed<std::uint64_t>();
  if (reader.ok() && header_size <= reader.rest().size()) {
    const std::uint64_t checksum = XXH64(reader.rest().data(), header_size, 0);
    group.replace(sizeof(header_size), sizeof(checksum), reinterpret_cast<const char*>(&checksum),
                  sizeof(checksum));
  }
  const MemoryBytes source(group);
  const auto view = GroupView::Open(&source, 0, group.size(), "fuzz");
  if (view.ok()) view->Verify().IgnoreError();
}

// The input is a directory before it is compressed, and one that is.
void RunDirectory(std::string_view input) {
  input = WithoutBreak(input);
  DecodeDirectory(input, 1 << 20, {}).status().IgnoreError();
  std::string compressed(ZSTD_compressBound(input.size()), '\0');
  compressed.resize(
      ZSTD_compress(compressed.data(), compressed.size(), input.data(), input.size(), 1));
  const auto groups = DecodeDirectory(compressed, 1 << 20, {});
  if (!groups.ok()) return;
  const auto again = EncodeDirectory(*groups);
  Check(again.ok() && DecodeDirectory(*again, 1 << 20, {}).ok(), "directories come back");
}

std::vector<double> SomeValues() {
  std::vector<double> values(kRows);
  for (std::size_t i = 0; i < kRows; ++i) values[i] = static_cast<double>(i * i % 1013) / 100;
  values[77] = std::bit_cast<double>(kAbsentBits);
  return values;
}

std::string IntegersSeed() {
  std::vector<std::int64_t> numbers(kRows);
  for (std::size_t i = 0; i < kRows; ++i) numbers[i] = static_cast<std::int64_t>(i * i % 1013);
  std::string bytes;
  EncodeIntegers(numbers, &bytes);
  return bytes + "\n";
}

std::string GroupSeed() {
  GroupEncoder encoder(std::vector<std::int64_t>(kRows, 1'700'000'000'000));
  encoder.AddColumn(SomeValues());
  encoder.AddColumn(SomeValues());
  encoder.AddColumn(std::vector<double>(kRows, 1.5));
  return encoder.Finish() + "\n";
}

std::string DirectorySeed() {
  const SchemaPtr schema =
      *Schema::Create({{.name = "node_load1", .help = "Load."}}, {{.family = 0}});
  const std::string compressed = *EncodeDirectory({{.host = "web-1",
                                                    .source = "system",
                                                    .schema = schema,
                                                    .first_ms = 1'700'000'000'000,
                                                    .last_ms = 1'700'000'600'000,
                                                    .rows = 600,
                                                    .offset = 8,
                                                    .size = 1000}});
  std::string directory(1000, '\0');
  directory.resize(
      ZSTD_decompress(directory.data(), directory.size(), compressed.data(), compressed.size()));
  return directory + "\n";
}

}  // namespace

std::vector<FuzzTarget> BlockTargets() {
  static const std::string integers = IntegersSeed();
  static const std::string column = ColumnEncoder().Encode(SomeValues()) + "\n";
  static const std::string group = GroupSeed();
  static const std::string directory = DirectorySeed();
  return {{"block_integers", RunIntegers, {integers}},
          {"block_column", RunColumn, {column}},
          {"block_column_encoder", RunColumnEncoder, {group}},
          {"block_group", RunGroup, {group}},
          {"block_directory", RunDirectory, {directory}}};
}

}  // namespace syspulse
