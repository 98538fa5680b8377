#include <snappy.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "services/remote_write/label_set.h"
#include "services/remote_write/series_writer.h"
#include "services/remote_write/write_request.h"
#include "services/store/merged_rows.h"
#include "tests/fuzz/targets.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/write_request.h"

namespace syspulse {
namespace {

constexpr std::int64_t kNow = 1'700'000'000'000;  // of the fake clock

// Seeds are made, and are told from file names by the line break at their end.
std::string_view SeedBytes(std::string_view input) {
  if (input.ends_with('\n')) input.remove_suffix(1);
  return input;
}

void Insist(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

void CheckParts(const WrittenParts& parts) {
  std::int64_t samples = 0;
  for (const FramePtr& frame : parts.frames) {
    Insist(frame->values.size() == frame->schema->series().size(), "a part fits its schema");
    for (const double value : frame->values) samples += IsAbsent(value) ? 0 : 1;
  }
  Insist(samples <= parts.samples, "no sample comes from nowhere");
  Insist(parts.refusal.empty() == (parts.refused_samples() == 0), "a refusal is put in words");
}

// The input is a body, then what a body becomes, which damage would else hardly ever reach. Each
// twice, as series are known the second time.
void RunBody(std::string_view input) {
  const FakeClock clock(absl::FromUnixMillis(kNow));
  MetadataBook metadata;
  SeriesWriter writer({.max_series = 1000}, &clock, &metadata);
  std::string compressed;
  snappy::Compress(SeedBytes(input).data(), SeedBytes(input).size(), &compressed);
  for (int i = 0; i < 2; ++i) {
    for (const std::string_view body : {SeedBytes(input), std::string_view(compressed)}) {
      const auto parts = writer.Take(body);
      if (parts.ok()) CheckParts(*parts);
    }
  }
}

void RunLabels(std::string_view input) {
  const auto set = ParseLabelSet(SeedBytes(input));
  if (!set.ok()) return;
  const std::string spelling = SpellLabelSet(*set);
  const auto again = ParseLabelSet(spelling);
  Insist(again.ok() && SpellLabelSet(*again) == spelling, "a spelling is the spelling of itself");
}

TestWrite SomeWrite() {
  TestWrite write;
  for (int i = 0; i < 5; ++i) {
    const std::string number = std::to_string(i);
    write.Series({{"__name__", "m" + number}, {"instance", "a"}, {"job", "node"}, {"l", number}},
                 {{0.5 * i, kNow}, {1e9, kNow - i}});
  }
  return write.Metadata(3, "m", "Help.", "seconds").Field(2, "reserved");
}

}  // namespace

std::vector<FuzzTarget> RemoteWriteTargets() {
  static const std::string request = SomeWrite().request() + "\n";
  static const std::string body = SomeWrite().Body() + "\n";
  static const std::string labels =
      LabelFields({{"job", "node"}, {"__name__", "up"}, {"a", ""}, {"b", "\xc3\xa9"}}) + "\n";
  return {{"remote_write_body", RunBody, {request, body}},
          {"remote_write_labels", RunLabels, {labels}}};
}

}  // namespace syspulse
