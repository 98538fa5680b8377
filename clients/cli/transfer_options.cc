#include "clients/cli/transfer_options.h"

#include <CLI/CLI.hpp>
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

void AddImportArguments(CLI::App* command, ImportArguments* imported) {
  command
      ->add_option("FILE", imported->files,
                   "The files, plain or compressed by gzip or zstd; - is standard input")
      ->required()
      ->option_text("...");
  command
      ->add_option_function<std::string>(
          "--format",
          [imported](const std::string& name) {
            if (name == "prometheus") imported->unit = TimeUnit::kMilliseconds;
            if (name == "openmetrics") imported->unit = TimeUnit::kSeconds;
          },
          "Prometheus' text format, whose times are milliseconds, OpenMetrics, whose times are "
          "seconds, or lines of JSON; the file shows it if not given")
      ->check(CLI::IsMember({"prometheus", "openmetrics", "json"}))
      ->option_text("prometheus|openmetrics|json");
  AddMoment(command, "--timestamp", &imported->timestamp,
            "The time of lines that have none; such lines are errors without it");
}

}  // namespace syspulse
