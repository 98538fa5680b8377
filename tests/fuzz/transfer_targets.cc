#include <cstdio>
#include <cstdlib>

#include "clients/cli/transfer/json_sample_line.h"
#include "clients/cli/transfer/sample_line.h"
#include "services/base/text.h"
#include "tests/fuzz/targets.h"

namespace syspulse {
namespace {

[[noreturn]] void Broken(const char* rule) {
  std::fprintf(stderr, "%s\n", rule);
  std::abort();
}

// What a line is taken for can be sent: labels that are text, a time that exists.
void ReadTextLine(std::string_view line) {
  const auto sample = ParseSampleLine(line);
  if (!sample.ok()) return;
  if (const auto labels = ParseSeriesLabels(sample->series); labels.ok()) {
    for (const auto& [name, value] : *labels) {
      if (value.empty() || ToUtf8(value) != value) Broken("a label is empty or no text");
    }
  }
  if (sample->time.empty()) return;
  static_cast<void>(ParseSampleTime(sample->time, GuessTimeUnit(sample->time)));
}

void ReadJsonLine(std::string_view line) {
  const auto samples = ParseJsonSamples(line);
  if (!samples.ok()) return;
  if (samples->values.size() != samples->times_ms.size()) Broken("values lack times");
  for (const auto& [name, value] : samples->labels) {
    if (ToUtf8(name) != name || ToUtf8(value) != value) Broken("a label is no text");
  }
}

}  // namespace

std::vector<FuzzTarget> TransferTargets() {
  return {
      {"text_sample_line",
       ReadTextLine,
       {"x{a=\"b\\\"\\n\",c=\"d\"} 1.5 1700000000000\n",
        "{__name__=\"x\", a=\"b\"} NaN 17.5 # {t=\"1\"} 1\n"}},
      {"json_sample_line",
       ReadJsonLine,
       {"{\"metric\":{\"__name__\":\"x\",\"a\":\"\\u00e9\\ud83d\\ude00\"},\"values\":[1,null,"
        "\"Infinity\"],"
        "\"timestamps\":[1,2,3]}\n"}},
  };
}

}  // namespace syspulse
