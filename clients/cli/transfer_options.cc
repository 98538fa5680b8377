#include "clients/cli/transfer_options.h"

#include <map>
#include <string>

#include "clients/cli/query_options.h"

namespace syspulse {

void AddExportArguments(CLI::App* command, ExportArguments* exported) {
  static const std::map<std::string, SampleFormat> kFormats = {
      {"openmetrics", SampleFormat::kOpenMetrics},
      {"prometheus", SampleFormat::kPrometheus},
      {"json", SampleFormat::kJson},
      {"csv", SampleFormat::kCsv}};
  command
      ->add_option(
          "SELECTOR", exported->selectors,
          "The series to write, such as node_load1 or '{job=\"syspulse\"}'; all without it")
      ->option_text("...");
  AddMoment(command, "--start", &exported->start,
            "Only samples from here: -1d, 2026-01-02T15:04:05Z, or seconds since 1970");
  AddMoment(command, "--end", &exported->end, "Only samples up to here");
  command
      ->add_option_function<std::string>(
          "-o,--output",
          [exported](const std::string& name) { exported->format = kFormats.at(name); },
          "How to write them: OpenMetrics (the default), Prometheus' text format with times, lines "
          "of JSON as VictoriaMetrics has them, or CSV")
      ->check(CLI::IsMember({"openmetrics", "prometheus", "json", "csv"}))
      ->option_text("openmetrics|prometheus|json|csv");
  command
      ->add_option(
          "-f,--file", exported->file,
          "Where to write them, standard output if not given; the file is there once it is "
          "whole")
      ->type_name("FILE");
}

}  // namespace syspulse
