// The values of frames by series, for tests that look for one.
#ifndef TESTS_SERVICES_COLLECT_VALUES_H_
#define TESTS_SERVICES_COLLECT_VALUES_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "services/model/frame.h"

namespace syspulse {

// Adds the values, by keys such as `node_load1{}` or `node_disk_io_now{sda,}`.
inline void AddValues(const Schema& schema, const std::vector<double>& values,
                      std::map<std::string, double>* by_series) {
  ASSERT_EQ(values.size(), schema.series().size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Series& series = schema.series()[i];
    std::string key = schema.families()[static_cast<std::size_t>(series.family)].name;
    key += '{';
    for (const std::string& value : series.label_values) key += value + ',';
    (*by_series)[key + '}'] = values[i];
  }
}

inline std::map<std::string, double> Values(const std::vector<FramePtr>& frames) {
  std::map<std::string, double> values;
  for (const FramePtr& frame : frames) AddValues(*frame->schema, frame->values, &values);
  return values;
}

}  // namespace syspulse

#endif  // TESTS_SERVICES_COLLECT_VALUES_H_
