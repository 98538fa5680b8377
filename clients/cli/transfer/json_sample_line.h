// One line of JSON with the samples of a series, as VictoriaMetrics exports and imports them:
//
//   {"metric":{"__name__":"up","job":"node"},"values":[1,null,"Infinity"],"timestamps":[1,2,3]}
#ifndef CLIENTS_CLI_TRANSFER_JSON_SAMPLE_LINE_H_
#define CLIENTS_CLI_TRANSFER_JSON_SAMPLE_LINE_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace syspulse {

struct JsonSamples {
  std::map<std::string, std::string> labels;  // none is empty
  std::vector<double> values;
  std::vector<std::int64_t> times_ms;  // Unix, as many as values
};

// InvalidArgument, which says what is wrong and at which byte, if the line is not of that shape.
// Members of other names are overlooked if they are strings, numbers or lists of them.
absl::StatusOr<JsonSamples> ParseJsonSamples(std::string_view line);

}  // namespace syspulse

#endif  // CLIENTS_CLI_TRANSFER_JSON_SAMPLE_LINE_H_
