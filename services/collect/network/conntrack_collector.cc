#include "services/collect/network/conntrack_collector.h"

#include <array>
#include <cstddef>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr std::string_view kStat = "/proc/net/stat/nf_conntrack";
constexpr std::size_t kFewestColumns = 16;  // before Linux 2.6.35
constexpr std::size_t kColumns = 17;

constexpr Family Gauge(std::string_view name, std::string_view help) {
  return {name, MetricType::kGauge, "", help};
}

constexpr Family kEntries =
    Gauge("node_nf_conntrack_entries",
          "Number of currently allocated flow entries for connection tracking.");
constexpr Family kLimit =
    Gauge("node_nf_conntrack_entries_limit", "Maximum size of connection tracking table.");
constexpr Family kFound =
    Gauge("node_nf_conntrack_stat_found", "Number of searched entries which were successful.");
constexpr Family kInvalid =
    Gauge("node_nf_conntrack_stat_invalid", "Number of packets seen which can not be tracked.");
constexpr Family kIgnore =
    Gauge("node_nf_conntrack_stat_ignore",
          "Number of packets seen which are already connected to a conntrack entry.");
constexpr Family kInsert =
    Gauge("node_nf_conntrack_stat_insert", "Number of entries inserted into the list.");
constexpr Family kInsertFailed =
    Gauge("node_nf_conntrack_stat_insert_failed",
          "Number of entries for which list insertion was attempted but failed.");
constexpr Family kDrop =
    Gauge("node_nf_conntrack_stat_drop", "Number of packets dropped due to conntrack failure.");
constexpr Family kEarlyDrop = Gauge("node_nf_conntrack_stat_early_drop",
                                    "Number of dropped conntrack entries to make room for new "
                                    "ones, if maximum table size was reached.");
constexpr Family kSearchRestart =
    Gauge("node_nf_conntrack_stat_search_restart",
          "Number of conntrack table lookups which had to be restarted due to hashtable resizes.");

absl::StatusOr<std::uint64_t> ReadCount(ProcFile* file) {
  ASSIGN_OR_RETURN(const std::string_view text, file->Read());
  RETURN_IF_ERROR(CheckWholeLines(text, file->path()));
  const auto number = ParseNumber<std::uint64_t>(Trim(text));
  if (!number) return BadLine(file->path(), Trim(text));
  return *number;
}

}  // namespace

absl::StatusOr<ConntrackStats> ParseConntrack(std::string_view conntrack) {
  RETURN_IF_ERROR(CheckWholeLines(conntrack, kStat));
  const std::string_view heads = TakeUntil(&conntrack, '\n');
  if (!heads.starts_with("entries ")) return BadLine(kStat, heads);
  ConntrackStats sum;
  while (!conntrack.empty()) {
    const std::string_view whole = TakeUntil(&conntrack, '\n');
    std::string_view line = whole;
    std::array<std::uint64_t, kColumns> columns{};
    std::size_t count = 0;
    for (std::string_view field = TakeField(&line); !field.empty(); field = TakeField(&line)) {
      const auto number = ParseHex<std::uint64_t>(field);
      if (!number || count == kColumns) return BadLine(kStat, whole);
      columns[count++] = *number;
    }
    if (count < kFewestColumns) return BadLine(kStat, whole);
    sum.found += columns[2];
    sum.invalid += columns[4];
    sum.ignore += columns[5];
    sum.insert += columns[8];
    sum.insert_failed += columns[9];
    sum.drop += columns[10];
    sum.early_drop += columns[11];
    sum.search_restart += columns[16];
  }
  return sum;
}

absl::Status ConntrackCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::uint64_t entries, ReadCount(&count_));
  ASSIGN_OR_RETURN(const std::uint64_t limit, ReadCount(&max_));
  writer->Add(kEntries, static_cast<double>(entries));
  writer->Add(kLimit, static_cast<double>(limit));
  ASSIGN_OR_RETURN(const std::string_view text, stat_.Read());
  ASSIGN_OR_RETURN(const ConntrackStats stats, ParseConntrack(text));
  writer->Add(kFound, static_cast<double>(stats.found));
  writer->Add(kInvalid, static_cast<double>(stats.invalid));
  writer->Add(kIgnore, static_cast<double>(stats.ignore));
  writer->Add(kInsert, static_cast<double>(stats.insert));
  writer->Add(kInsertFailed, static_cast<double>(stats.insert_failed));
  writer->Add(kDrop, static_cast<double>(stats.drop));
  writer->Add(kEarlyDrop, static_cast<double>(stats.early_drop));
  writer->Add(kSearchRestart, static_cast<double>(stats.search_restart));
  return absl::OkStatus();
}

}  // namespace syspulse
