// What a query answers.
#ifndef SERVICES_PROMQL_VALUES_H_
#define SERVICES_PROMQL_VALUES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "services/promql/labels.h"

namespace syspulse::promql {

struct Scalar {
  double value = 0;
};

struct String {
  std::string value;
};

struct Sample {
  Labels labels;
  double value = 0;
};

// One value for each series, all of the moment the query was asked for. The order is the query's:
// sort(), topk() and bottomk() give it a meaning.
struct Vector {
  std::vector<Sample> samples;
};

struct Series {
  Labels labels;
  // Since 1970, ascending, never null; series that have all steps of a query share one.
  std::shared_ptr<const std::vector<std::int64_t>> times_ms;
  std::vector<double> values;  // as many as times
};

// Series over time: of a range query one value a step where there is one, sorted by labels; of an
// instant query for `x[5m]` the samples themselves.
struct Matrix {
  std::vector<Series> series;
};

using Value = std::variant<Scalar, String, Vector, Matrix>;

// A value, and what people should know about it: Prometheus' annotations, each said once.
struct Answer {
  Value value;
  std::vector<std::string> warnings;  // the query is probably wrong
  std::vector<std::string> infos;     // the query may be wrong
};

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_VALUES_H_
