// What a command has to say, before anyone decides how it is written: as a table, as JSON, as CSV.
#ifndef CLIENTS_CLI_OUTPUT_TABLE_H_
#define CLIENTS_CLI_OUTPUT_TABLE_H_

#include <google/protobuf/message.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace syspulse {

// How much a value should stand out.
enum class Emphasis { kNone, kFaint, kGood, kWarning, kCritical };

// Returns the emphasis of a share of something that can run out: warning from 75 %, critical from
// 90 %.
Emphasis EmphasisOf(double ratio);

// One value: as people read it and as programs do. Its texts are safe for a terminal.
struct Cell {
  std::string human;
  std::string exact;       // empty where the value was not measured
  bool is_number = false;  // programs get it unguarded
  Emphasis emphasis = Emphasis::kNone;

  bool operator==(const Cell&) const = default;
};

Cell TextCell(std::string_view text, Emphasis emphasis = Emphasis::kNone);
Cell CountCell(std::int64_t count);
// `-` where there is no value, as for all below.
Cell NumberCell(std::optional<double> number, int decimals);
Cell BytesCell(std::optional<double> bytes);
// Emphasis by EmphasisOf if `can_run_out`.
Cell RatioCell(std::optional<double> ratio, bool can_run_out = true);
Cell TimeCell(absl::Time time, absl::TimeZone zone, bool milliseconds = false);

struct Column {
  std::string title;           // for people
  std::string key;             // for programs: the heading in CSV, after the field of the API
  bool right_aligned = false;  // numbers are
};

struct Table {
  std::string title;  // empty where the table speaks for itself
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;  // each as long as `columns`
};

// One answer of a command.
struct Report {
  // What the API sent; JSON writes it as it is. Must outlive the call that takes the report.
  const google::protobuf::Message* message = nullptr;
  std::vector<Table> tables;  // for people
  // For CSV, where it is not the first of `tables`.
  std::optional<Table> records;
};

}  // namespace syspulse

#endif  // CLIENTS_CLI_OUTPUT_TABLE_H_
