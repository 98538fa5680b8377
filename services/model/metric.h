// What series are called and what their values mean: Prometheus' data model, without values.
#ifndef SERVICES_MODEL_METRIC_H_
#define SERVICES_MODEL_METRIC_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace syspulse {

enum class MetricType {
  kCounter,  // only grows; starts again from zero when its source restarts
  kGauge,    // goes up and down
  kUntyped,  // the kernel does not say which of the two
};

// All series that share a name.
struct MetricFamily {
  std::string name;  // [a-zA-Z_:][a-zA-Z0-9_:]*
  MetricType type = MetricType::kUntyped;
  std::string unit;  // in the plural, such as "seconds"; empty for plain counts
  std::string help;
  std::vector<std::string> label_names;  // in the order of Series::label_values

  bool operator==(const MetricFamily&) const = default;
};

// One series of a schema.
struct Series {
  int family = 0;  // index into Schema::families()
  std::vector<std::string> label_values;

  bool operator==(const Series&) const = default;
};

// The ordered series of one source: says what each number of a frame is. Immutable, so thread-safe.
class Schema {
 public:
  // Returns the schema of these series. InvalidArgument if a name breaks Prometheus' rules, a
  // family or a label of a family stands twice, a series points at no family or has another number
  // of labels than its family, or a series stands twice.
  static absl::StatusOr<std::shared_ptr<const Schema>> Create(std::vector<MetricFamily> families,
                                                              std::vector<Series> series);

  // Hash of families and series: the same on every machine.
  std::uint64_t id() const { return id_; }
  bool operator==(const Schema& other) const = default;
  const std::vector<MetricFamily>& families() const { return families_; }
  const std::vector<Series>& series() const { return series_; }

 private:
  Schema(std::vector<MetricFamily> families, std::vector<Series> series);

  const std::vector<MetricFamily> families_;
  const std::vector<Series> series_;
  const std::uint64_t id_;
};

using SchemaPtr = std::shared_ptr<const Schema>;

}  // namespace syspulse

#endif  // SERVICES_MODEL_METRIC_H_
