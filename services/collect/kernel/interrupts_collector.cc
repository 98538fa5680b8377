#include "services/collect/kernel/interrupts_collector.h"

#include <optional>
#include <utility>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr std::string_view kFile = "/proc/interrupts";

constexpr Family kInterrupts{"node_interrupts_total",
                             MetricType::kCounter,
                             "",
                             "Interrupt details.",
                             {"cpu", "type", "info", "devices"}};

// Returns the words of `text` with single spaces between them.
std::string Words(std::string_view text) {
  std::string words;
  for (std::string_view word = TakeField(&text); !word.empty(); word = TakeField(&text)) {
    if (!words.empty()) words += ' ';
    words += word;
  }
  return words;
}

// Returns the line; nothing if it does not count by processor.
absl::StatusOr<std::optional<Interrupt>> ParseLine(std::string_view line, std::size_t cpus) {
  const std::string_view whole = line;
  if (line.find(':') == line.npos) return std::nullopt;
  Interrupt interrupt{.type = Trim(TakeUntil(&line, ':'))};
  interrupt.counts.reserve(cpus);
  while (interrupt.counts.size() < cpus) {
    const std::string_view field = TakeField(&line);
    // Lines such as ERR have one count for all processors.
    if (field.empty() && interrupt.counts.size() < cpus) return std::nullopt;
    const auto count = ParseNumber<std::uint64_t>(field);
    if (!count) return BadLine(kFile, whole);
    interrupt.counts.push_back(*count);
  }
  if (Trim(line).empty()) return std::nullopt;
  if (ParseNumber<std::uint64_t>(interrupt.type)) {
    interrupt.info = TakeField(&line);
    interrupt.devices = Words(line);
  } else {
    interrupt.info = Words(line);
  }
  return interrupt;
}

}  // namespace

absl::StatusOr<std::vector<Interrupt>> ParseInterrupts(std::string_view interrupts) {
  RETURN_IF_ERROR(CheckWholeLines(interrupts, kFile));
  std::size_t cpus = 0;
  std::string_view head = TakeUntil(&interrupts, '\n');
  while (!TakeField(&head).empty()) ++cpus;
  std::vector<Interrupt> lines;
  while (!interrupts.empty()) {
    ASSIGN_OR_RETURN(std::optional<Interrupt> line, ParseLine(TakeUntil(&interrupts, '\n'), cpus));
    if (!line) continue;
    lines.push_back(*std::move(line));
    if (lines.size() * cpus > kMostInterruptSeries) {
      return absl::ResourceExhaustedError(absl::StrFormat(
          "%s has more than %d counts; leave lines out with --collector.interrupts.name-exclude "
          "or all with --no-collector.interrupts",
          kFile, kMostInterruptSeries));
    }
  }
  return lines;
}

absl::Status InterruptsCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view text, interrupts_.Read());
  ASSIGN_OR_RETURN(const std::vector<Interrupt> lines, ParseInterrupts(text));
  std::vector<std::string> cpus;  // their numbers as labels
  for (const Interrupt& line : lines) {
    if (!names_.Takes(absl::StrFormat("%s;%s;%s", line.type, line.info, line.devices))) continue;
    while (cpus.size() < line.counts.size()) cpus.push_back(absl::StrFormat("%d", cpus.size()));
    for (std::size_t i = 0; i < line.counts.size(); ++i) {
      if (line.counts[i] == 0 && !include_zeros_) continue;
      writer->Add(kInterrupts, static_cast<double>(line.counts[i]), cpus[i], line.type, line.info,
                  line.devices);
    }
  }
  return absl::OkStatus();
}

}  // namespace syspulse
