#include "services/agent/reload.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "services/base/options.h"

namespace syspulse {
namespace {

struct Part {
  std::string_view prefix;  // of flags
  bool log = false;
  bool sampler = false;
  bool stream = false;
};

// The first that fits counts; a flag that fits none needs a restart.
constexpr std::array kParts = {
    Part{.prefix = "--log", .log = true},
    Part{.prefix = "--collector.", .sampler = true},
    Part{.prefix = "--slow-interval", .sampler = true},
    Part{.prefix = "--process-top", .sampler = true},
    Part{.prefix = "--min-interval"},
    // How long processes may take to be measured is a part of it, and the service is told.
    Part{.prefix = "--interval", .sampler = true, .stream = true},
    Part{.prefix = "--label", .stream = true},
    Part{.prefix = "--server", .stream = true},
};

const Part* PartOf(std::string_view flag, const AgentOptions& options, const AgentOptions& again) {
  // Where there is no service there is neither buffer nor spool.
  if (flag == "--server" && options.server.empty() != again.server.empty()) return nullptr;
  const auto* const part = std::ranges::find_if(
      kParts, [&](const Part& candidate) { return flag.starts_with(candidate.prefix); });
  return part == kParts.end() ? nullptr : part;
}

// What the sampler, the stream and the log are made of.
void Take(const AgentOptions& again, AgentOptions* options) {
  options->common.log_level = again.common.log_level;
  options->common.log_format = again.common.log_format;
  options->common.warnings = again.common.warnings;
  options->interval = again.interval;
  options->min_interval = again.min_interval;
  options->slow_interval = again.slow_interval;
  options->mount_timeout = again.mount_timeout;
  options->process_top = again.process_top;
  options->collectors = again.collectors;
  options->labels = again.labels;
  if (options->server.empty() == again.server.empty()) options->server = again.server;
}

}  // namespace

ReloadPlan PlanReload(const AgentOptions& options, const AgentOptions& again) {
  ReloadPlan plan{.options = options};
  Take(again, &plan.options);
  for (const Setting& setting : ChangedSettings(options.common, again.common)) {
    const auto held = std::ranges::find(plan.options.common.settings, setting.flag, &Setting::flag);
    const Part* const part = PartOf(setting.flag, options, again);
    if (part == nullptr) {
      plan.refused.push_back(NeedsRestart(setting, held->value));
      continue;
    }
    *held = setting;
    plan.applied.push_back(setting.flag);
    plan.log = plan.log || part->log;
    plan.sampler = plan.sampler || part->sampler;
    plan.stream = plan.stream || part->stream;
  }
  return plan;
}

}  // namespace syspulse
