// What is wrong with a command line, in our words: CLI11 has its own, which are no sentences.
#ifndef SERVICES_BASE_OPTION_MISTAKE_H_
#define SERVICES_BASE_OPTION_MISTAKE_H_

#include <string>

#include "services/base/cli_fwd.h"

namespace syspulse {

// Returns what to tell the user of an error that parsing `app` threw. It names the flag, if it is
// about one.
std::string MistakeOf(const CLI::App& app, const CLI::Error& error);

}  // namespace syspulse

#endif  // SERVICES_BASE_OPTION_MISTAKE_H_
