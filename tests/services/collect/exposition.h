// Prometheus' text format of frames, for expectations that people can read and compare with
// node_exporter's.
#ifndef TESTS_SERVICES_COLLECT_EXPOSITION_H_
#define TESTS_SERVICES_COLLECT_EXPOSITION_H_

#include <array>
#include <charconv>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/model/frame.h"

namespace syspulse {

// Returns the families by name, and the series of each by their labels.
inline std::string Exposition(const std::vector<FramePtr>& frames) {
  struct Lines {
    std::string head;
    std::map<std::string, double> series;
  };
  const auto type_name = [](MetricType type) {
    return type == MetricType::kCounter ? "counter"
           : type == MetricType::kGauge ? "gauge"
                                        : "untyped";
  };
  std::map<std::string, Lines> families;
  for (const FramePtr& frame : frames) {
    for (std::size_t i = 0; i < frame->values.size(); ++i) {
      const Series& series = frame->schema->series()[i];
      const MetricFamily& family =
          frame->schema->families()[static_cast<std::size_t>(series.family)];
      std::map<std::string, std::string> labels;
      for (std::size_t j = 0; j < family.label_names.size(); ++j) {
        labels[family.label_names[j]] = series.label_values[j];
      }
      std::string text;
      for (const auto& [name, value] : labels) {
        text += absl::StrFormat("%s%s=\"%s\"", text.empty() ? "{" : ",", name, value);
      }
      Lines& lines = families[family.name];
      lines.head = absl::StrFormat("# HELP %s %s\n# TYPE %s %s\n", family.name, family.help,
                                   family.name, type_name(family.type));
      lines.series[family.name + text + (text.empty() ? "" : "}")] = frame->values[i];
    }
  }
  std::string text;
  for (const auto& [name, lines] : families) {
    text += lines.head;
    for (const auto& [series, value] : lines.series) {
      std::array<char, 32> number;  // the shortest that reads back as the same value
      char* const end = std::to_chars(number.data(), number.data() + number.size(), value).ptr;
      text += absl::StrFormat("%s %s\n", series, std::string(number.data(), end));
    }
  }
  return text;
}

}  // namespace syspulse

#endif  // TESTS_SERVICES_COLLECT_EXPOSITION_H_
