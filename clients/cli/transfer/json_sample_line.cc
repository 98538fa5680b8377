#include "clients/cli/transfer/json_sample_line.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "absl/strings/str_format.h"
#include "clients/cli/transfer/sample_line.h"
#include "services/base/json_reader.h"
#include "services/base/status_macros.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

// A number, null, or a number or an infinity in quotes.
absl::StatusOr<double> SampleValue(JsonReader* reader) {
  if (reader->TakesWord("null")) return std::bit_cast<double>(kNanBits);
  if (!reader->Sees('"')) return reader->Number();
  ASSIGN_OR_RETURN(const std::string quoted, reader->String());
  std::string_view word = quoted;
  if (word.starts_with('+')) word.remove_prefix(1);
  const auto number = ParseNumber<double>(word);
  if (!number) return reader->Error("a number before what");
  return std::isnan(*number) ? std::bit_cast<double>(kNanBits) : *number;
}

absl::Status ReadLabels(JsonReader* reader, std::map<std::string, std::string>* labels) {
  return reader->Items('{', '}', [&]() -> absl::Status {
    ASSIGN_OR_RETURN(std::string name, reader->Name());
    ASSIGN_OR_RETURN(std::string value, reader->String());
    if (!value.empty()) labels->insert_or_assign(std::move(name), std::move(value));
    return absl::OkStatus();
  });
}

absl::Status ReadTimes(JsonReader* reader, std::vector<std::int64_t>* times_ms) {
  return reader->Items('[', ']', [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const double time_ms, SampleValue(reader));
    if (!(std::abs(time_ms) < 1e15)) return reader->Error("a time in milliseconds before what");
    times_ms->push_back(static_cast<std::int64_t>(time_ms));
    return absl::OkStatus();
  });
}

}  // namespace

absl::StatusOr<JsonSamples> ParseJsonSamples(std::string_view line) {
  JsonReader reader(line);
  JsonSamples samples;
  RETURN_IF_ERROR(reader.Items('{', '}', [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const std::string name, reader.Name());
    if (name == "metric") return ReadLabels(&reader, &samples.labels);
    if (name == "timestamps") return ReadTimes(&reader, &samples.times_ms);
    if (name != "values") return reader.Skip();
    return reader.Items('[', ']', [&]() -> absl::Status {
      ASSIGN_OR_RETURN(const double value, SampleValue(&reader));
      samples.values.push_back(value);
      return absl::OkStatus();
    });
  }));
  if (!reader.at_end()) return reader.Error("the end of the line");
  if (samples.values.size() != samples.times_ms.size()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "it has %d values and %d timestamps", samples.values.size(), samples.times_ms.size()));
  }
  return samples;
}

}  // namespace syspulse
