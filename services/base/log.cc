#include "services/base/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>
#include <string>

namespace syspulse {
namespace {

constexpr const char* kTextPattern = "%Y-%m-%dT%H:%M:%S.%e%z %l %v";
constexpr const char* kJsonPattern =
    R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","message":"%v"})";

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

// Returns `text` with quotes, backslashes and control characters as JSON escapes them.
std::string Escape(std::string_view text, bool quotes) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      escaped += absl::StrFormat("\\u%04x", static_cast<int>(c));
    } else if (quotes && (c == '"' || c == '\\')) {
      escaped += '\\';
      escaped += c;
    } else {
      escaped += c;
    }
  }
  return escaped;
}

struct Output {
  std::shared_ptr<spdlog::logger> logger;
  std::atomic<bool> json = false;  // may be set while others write
};

// The one logger of the process: lines of several threads must not mix.
Output& TheOutput() {
  static Output output = [] {
    auto logger = std::make_shared<spdlog::logger>(
        "syspulse", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_pattern(kTextPattern);
    logger->flush_on(spdlog::level::trace);
    return Output{.logger = std::move(logger)};
  }();
  return output;
}

}  // namespace

absl::Status ConfigureLog(std::string_view level, std::string_view format) {
  const bool json = format == "json";
  if (!json && format != "text") {
    return absl::InvalidArgumentError(
        absl::StrFormat("log format is '%s'; it takes text or json", format));
  }
  if (level != "debug" && level != "info" && level != "warning" && level != "error") {
    return absl::InvalidArgumentError(
        absl::StrFormat("log level is '%s'; it takes debug, info, warning or error", level));
  }
  Output& output = TheOutput();
  output.json = json;
  output.logger->set_pattern(json ? kJsonPattern : kTextPattern);
  output.logger->set_level(spdlog::level::from_str(std::string(level)));
  return absl::OkStatus();
}

void Log(LogLevel level, std::string_view message) {
  Output& output = TheOutput();
  const std::string line = Escape(message, output.json);
  output.logger->log(ToSpdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace syspulse
