// CLI11's classes by their names: a header that includes all of CLI11 costs whoever includes it
// seconds to compile. Sources that declare or read flags include <CLI/CLI.hpp>.
#ifndef SERVICES_BASE_CLI_FWD_H_
#define SERVICES_BASE_CLI_FWD_H_

namespace CLI {

class App;
class Error;
class Option;

}  // namespace CLI

#endif  // SERVICES_BASE_CLI_FWD_H_
