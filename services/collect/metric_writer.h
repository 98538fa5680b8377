// What collectors write to, each tick.
//
// Series hardly ever change from one tick to the next. The writer remembers what stood at which
// position: as long as the same series come in the same order, adding one is a comparison and a
// stored double, without hashing or allocation. Any difference builds a new schema at the end of
// the tick.
//
//   constexpr Family kLoad1{"node_load1", MetricType::kGauge, "", "1m load average."};
//   writer.Add(kLoad1, 0.25);
#ifndef SERVICES_COLLECT_METRIC_WRITER_H_
#define SERVICES_COLLECT_METRIC_WRITER_H_

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/model/metric.h"

namespace syspulse {

inline constexpr std::size_t kMostLabels = 20;  // node_dmi_info has as many

// The unused ones are empty.
using LabelNames = std::array<std::string_view, kMostLabels>;

// A metric family as a collector declares it. The writer knows a family by its address, so it is a
// constant or lives as long as the writer.
struct Family {
  std::string_view name;
  MetricType type = MetricType::kUntyped;
  std::string_view unit;  // in the plural, empty for plain counts
  std::string_view help;
  LabelNames label_names = {};
  std::span<const std::string_view> more_label_names = {};  // behind them, if made at run time
};

// Families whose names the kernel makes up as it goes. Keeps one for each name, at a fixed address.
class DynamicFamilies {
 public:
  // Returns the family that `make` made for `key` when it was first asked for. `make` returns an
  // object with strings `name`, `unit`, `help`, the type, and label names, which are constants.
  struct Text {
    std::string name;
    MetricType type = MetricType::kUntyped;
    std::string unit;
    std::string help;
    LabelNames label_names = {};
  };
  template <typename Make>
  const Family& Get(std::string_view key, const Make& make) {
    auto found = families_.find(key);
    if (found == families_.end()) found = Keep(key, make());
    return found->second->family;
  }

 private:
  struct Entry {
    Text text;
    Family family;
  };
  using Entries = std::map<std::string, std::unique_ptr<Entry>, std::less<>>;

  Entries::iterator Keep(std::string_view key, Text text);

  Entries families_;
};

// The values of one tick with the schema that says what they are.
struct Tick {
  SchemaPtr schema;
  std::vector<double> values;
};

// Confined to one thread.
class MetricWriter {
 public:
  // Adds the value of the series with these label values, as many as the family has label names.
  // A series that was already added in this tick is left out, and so is one whose family has the
  // name of another but not its type or labels.
  template <typename... LabelValues>
  void Add(const Family& family, double value, const LabelValues&... label_values) {
    const std::array<std::string_view, sizeof...(label_values)> labels{label_values...};
    AddSeries(family, value, labels);
  }
  void AddSeries(const Family& family, double value, std::span<const std::string_view> labels);

  // Forgets the families behind those that were added so far in this tick. Call it before one of
  // them goes, so that another may have its address.
  void Forget();

  // Ends the tick. The schema is the one of the tick before if the series are the same.
  absl::StatusOr<Tick> Finish();

 private:
  // One call of Add.
  struct Slot {
    const Family* family;
    std::vector<std::string> labels;
    bool left_out = false;

    bool Is(const Family& other, std::span<const std::string_view> other_labels) const;
  };

  absl::Status BuildSchema();

  std::vector<Slot> slots_;     // of this tick up to values_.size(), behind it of the last
  std::vector<double> values_;  // of this tick, one for each slot
  bool changed_ = true;         // slots_ differ from those that schema_ was built of
  bool some_left_out_ = false;  // slots that have no place in schema_
  SchemaPtr schema_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_METRIC_WRITER_H_
