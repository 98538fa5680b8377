#include "tests/bench/recording.h"

#include <cstdio>
#include <cstdlib>
#include <limits>
#include <map>
#include <string_view>

#include "services/base/text.h"

namespace syspulse {
namespace {

struct Label {
  std::string name;
  std::string value;
};

// Takes labels apart: `a="x",b="y"`. The recording has no escapes in them.
std::vector<Label> ParseLabels(std::string_view text) {
  std::vector<Label> labels;
  while (!text.empty()) {
    Label label;
    label.name = TakeUntil(&text, '=');
    text.remove_prefix(1);
    label.value = TakeUntil(&text, '"');
    if (text.starts_with(',')) text.remove_prefix(1);
    labels.push_back(std::move(label));
  }
  return labels;
}

}  // namespace

Recording ReadRecording(std::istream& in) {
  Recording recording;
  std::map<std::string, std::size_t, std::less<>> places;
  std::string line;
  while (std::getline(in, line)) {
    if (line.starts_with("#TS ")) {
      recording.times_ms.push_back(
          ParseNumber<std::int64_t>(std::string_view(line).substr(4)).value_or(0));
      continue;
    }
    const std::size_t space = line.rfind(' ');
    if (line.starts_with('#') || space == std::string::npos) continue;
    const std::string_view name = std::string_view(line).substr(0, space);
    auto place = places.find(name);
    if (place == places.end()) {
      place = places.emplace(name, recording.names.size()).first;
      recording.names.emplace_back(name);
      recording.columns.emplace_back();
    }
    const auto value = ParseNumber<double>(std::string_view(line).substr(space + 1));
    recording.columns[place->second].resize(recording.times_ms.size(),
                                            std::numeric_limits<double>::quiet_NaN());
    if (value) recording.columns[place->second].back() = *value;
  }
  for (auto& column : recording.columns) {
    column.resize(recording.times_ms.size(), std::numeric_limits<double>::quiet_NaN());
  }
  return recording;
}

SchemaPtr SchemaOf(const Recording& recording) {
  std::vector<MetricFamily> families;
  std::vector<Series> series;
  for (const std::string& text : recording.names) {
    std::string_view rest = text;
    const std::string_view name = TakeUntil(&rest, '{');
    if (rest.ends_with('}')) rest.remove_suffix(1);
    const std::vector<Label> labels = ParseLabels(rest);
    if (families.empty() || families.back().name != name) {
      families.push_back({.name = std::string(name), .help = "A metric of the recording."});
      for (const Label& label : labels) families.back().label_names.push_back(label.name);
    }
    series.push_back({.family = static_cast<int>(families.size()) - 1});
    for (const Label& label : labels) series.back().label_values.push_back(label.value);
  }
  auto schema = Schema::Create(std::move(families), std::move(series));
  if (!schema.ok()) {
    std::fprintf(stderr, "the recording: %s\n", schema.status().ToString().c_str());
    std::abort();
  }
  return *std::move(schema);
}

}  // namespace syspulse
