// Regular expressions of POSIX, for tests that compare hand-written filters with node_exporter's.
#ifndef TESTS_SERVICES_COLLECT_POSIX_REGEX_H_
#define TESTS_SERVICES_COLLECT_POSIX_REGEX_H_

#include <regex.h>

#include <cstdlib>

namespace syspulse {

// Returns whether the extended regular expression `pattern` is found in `text`.
inline bool Matches(const char* pattern, const char* text) {
  regex_t compiled;
  if (regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0) std::abort();
  const bool found = regexec(&compiled, text, 0, nullptr, 0) == 0;
  regfree(&compiled);
  return found;
}

}  // namespace syspulse

#endif  // TESTS_SERVICES_COLLECT_POSIX_REGEX_H_
