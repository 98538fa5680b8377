// Frames and schemas by hand, as short as a test wants them.
#ifndef TESTS_TESTING_FRAMES_H_
#define TESTS_TESTING_FRAMES_H_

#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/model/frame.h"

namespace syspulse {

// One series with its value: {"node_cpu_seconds_total", {{"cpu", "0"}, {"mode", "idle"}}, 12.5}.
struct Sample {
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;
  MetricType type = MetricType::kGauge;
};

// Returns the schema of these samples, in their order. Samples of one name have the same labels.
inline SchemaPtr SchemaOf(const std::vector<Sample>& samples) {
  std::vector<MetricFamily> families;
  std::vector<Series> series;
  for (const Sample& sample : samples) {
    std::size_t family = 0;
    while (family < families.size() && families[family].name != sample.name) ++family;
    if (family == families.size()) {
      families.push_back({.name = sample.name, .type = sample.type, .help = "Help."});
      for (const auto& [name, value] : sample.labels) families.back().label_names.push_back(name);
    }
    series.push_back({.family = static_cast<int>(family)});
    for (const auto& [name, value] : sample.labels) series.back().label_values.push_back(value);
  }
  auto schema = Schema::Create(std::move(families), std::move(series));
  if (!schema.ok()) {
    std::cerr << "test schema: " << schema.status().ToString() << "\n";
    std::abort();
  }
  return *std::move(schema);
}

// Returns the frame of these samples, with a schema of its own.
inline FramePtr FrameOf(const std::string& host, const std::string& source, absl::Time time,
                        const std::vector<Sample>& samples) {
  std::vector<double> values;
  for (const Sample& sample : samples) values.push_back(sample.value);
  return std::make_shared<const Frame>(Frame{.host = host,
                                             .source = source,
                                             .schema = SchemaOf(samples),
                                             .time = time,
                                             .values = std::move(values)});
}

// Returns a frame of gauges test_0, test_1, … for tests to which their meaning is all one.
inline FramePtr GaugeFrame(const std::string& host, const std::string& source, absl::Time time,
                           const std::vector<double>& values) {
  std::vector<Sample> samples;
  for (const double value : values) {
    samples.push_back({.name = absl::StrFormat("test_%d", samples.size()), .value = value});
  }
  return FrameOf(host, source, time, samples);
}

}  // namespace syspulse

#endif  // TESTS_TESTING_FRAMES_H_
