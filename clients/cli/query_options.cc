#include "clients/cli/query_options.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "clients/cli/command/query_time.h"
#include "services/base/options.h"

namespace syspulse {
namespace {

constexpr std::int64_t kMostUpdates = 1'000'000'000;

void AddBounds(CLI::App* command, SeriesArguments* series) {
  AddMoment(command, "--start", &series->start, "Leave out series that ended before");
  AddMoment(command, "--end", &series->end, "Leave out series that began later");
}

}  // namespace

void AddMoment(CLI::App* command, const std::string& flag, std::string* moment,
               const std::string& help) {
  command->add_option(flag, *moment, help)
      ->check(CLI::Validator(
          [](std::string& text) {
            const auto parsed = ParseMoment(text, absl::UnixEpoch(), absl::UTCTimeZone());
            return parsed.ok() ? std::string() : std::string(parsed.status().message());
          },
          ""))
      ->type_name("TIME");
}

void AddQueryArguments(CLI::App* command, QueryArguments* query) {
  command
      ->add_option("EXPR", query->expression,
                   "The expression, in PromQL; in single quotes, for the shell's sake")
      ->required()
      ->option_text(" ");
  AddMoment(command, "--time", &query->time,
            "The moment it is evaluated for, now if not given: -15m, 2026-01-02 15:04, "
            "2026-01-02T15:04:05Z, or "
            "seconds since 1970");
  AddMoment(command, "--start", &query->start, "Evaluate it over time, from here");
  AddMoment(command, "--end", &query->end, "The end of that time, now if not given");
  command
      ->add_option_function<std::string>(
          "--step",
          [query](const std::string& text) {
            const auto step = ParseDuration(text);
            if (!step.ok() || *step < absl::Milliseconds(1)) {
              throw CLI::ValidationError(
                  "--step", step.ok() ? "the step is a millisecond at least, such as 15s"
                                      : std::string(step.status().message()));
            }
            query->step = *step;
          },
          "Time between two values, a 1/250 of it all if not given, and 1s at least")
      ->type_name("DURATION");
  command->add_flag("-w,--watch", query->watch,
                    "Go on until Ctrl-C, with a value every --step, 1s if not given; --start says "
                    "how much of the past comes first");
  AddNumber(command, "-n,--count", &query->count, 0, kMostUpdates,
            "When watching: end after so many updates, the past being one; 0 goes on until Ctrl-C");
}

void AddLabelsArguments(CLI::App* command, SeriesArguments* labels) {
  command
      ->add_option("NAME", labels->label, "The label whose values to list; all labels without it")
      ->option_text(" ");
  command
      ->add_option("-m,--match", labels->selectors,
                   "Only of series that this means, such as node_load1; may be given again")
      ->type_name("SELECTOR")
      ->allow_extra_args(false);
  AddBounds(command, labels);
}

void AddSeriesArguments(CLI::App* command, SeriesArguments* series) {
  command
      ->add_option("SELECTOR", series->selectors,
                   "The series to list, such as node_load1 or '{job=\"syspulse\"}'")
      ->required()
      ->option_text("...");
  AddBounds(command, series);
}

}  // namespace syspulse
