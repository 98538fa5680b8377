// The one noun that flows: from collectors through the agent and the service to every reader.
#ifndef SERVICES_MODEL_FRAME_H_
#define SERVICES_MODEL_FRAME_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/model/metric.h"

namespace syspulse {

// What became of frames that bring parts of rows: those that share it, together. Thread-safe.
struct PartOutcome {
  std::atomic<std::int64_t> conflicting_values = 0;  // another one came before, and stays
};

// The values of one source on one host at one instant. Never changed once shared.
struct Frame {
  std::string host;            // id, without "hosts/"
  std::string source;          // "system", "filesystem", …
  SchemaPtr schema;            // never null
  absl::Time time;             // by the host's clock
  std::vector<double> values;  // one for each series of the schema; NaN = not measured
  // Null if these are all values of that instant. Else what is NaN here may come in other frames.
  std::shared_ptr<PartOutcome> part;
};

using FramePtr = std::shared_ptr<const Frame>;

}  // namespace syspulse

#endif  // SERVICES_MODEL_FRAME_H_
