// What a program says to its operator: one line an event, to standard error, as text or as JSON.
//
//   LogInfo("listening on %s", address);
#ifndef SERVICES_BASE_LOG_H_
#define SERVICES_BASE_LOG_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"

namespace syspulse {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// Sets the least level that is written and the form: "text" or "json". Info and text until it is
// called. Returns InvalidArgument, and changes nothing, for another word. Levels are debug, info,
// warning, error.
absl::Status ConfigureLog(std::string_view level, std::string_view format);

// Writes one line. Control characters in `message` are escaped, so that no input can forge a line.
// Thread-safe.
void Log(LogLevel level, std::string_view message);

template <typename... Args>
void LogDebug(const absl::FormatSpec<Args...>& format, const Args&... args) {
  Log(LogLevel::kDebug, absl::StrFormat(format, args...));
}
template <typename... Args>
void LogInfo(const absl::FormatSpec<Args...>& format, const Args&... args) {
  Log(LogLevel::kInfo, absl::StrFormat(format, args...));
}
template <typename... Args>
void LogWarning(const absl::FormatSpec<Args...>& format, const Args&... args) {
  Log(LogLevel::kWarning, absl::StrFormat(format, args...));
}
template <typename... Args>
void LogError(const absl::FormatSpec<Args...>& format, const Args&... args) {
  Log(LogLevel::kError, absl::StrFormat(format, args...));
}

}  // namespace syspulse

#endif  // SERVICES_BASE_LOG_H_
