#include "services/collect/storage/mdadm_collector.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {
namespace {

constexpr std::string_view kFile = "/proc/mdstat";

constexpr Family Gauge(std::string_view name, std::string_view help, std::string_view label = {}) {
  return {name, MetricType::kGauge, "", help, {"device", label}};
}

constexpr Family kDisksRequired =
    Gauge("node_md_disks_required", "Total number of disks of device.");
constexpr Family kDisks =
    Gauge("node_md_disks", "Number of active/failed/spare disks of device.", "state");
constexpr Family kState = Gauge("node_md_state", "Indicates the state of md-device.", "state");
constexpr Family kBlocks = Gauge("node_md_blocks", "Total number of blocks on device.");
constexpr Family kBlocksSynced =
    Gauge("node_md_blocks_synced", "Number of blocks synced on device.");
constexpr Family kRaidDisks = Gauge("node_md_raid_disks", "Number of raid disks on device.");
constexpr Family kDegraded = Gauge("node_md_degraded", "Number of degraded disks on device.");

// A state as mdstat has it and as the metric has it.
struct StateName {
  std::string_view in_file;
  std::string_view published;
};
constexpr std::array kStates = {StateName{"active", "active"}, StateName{"inactive", "inactive"},
                                StateName{"recovery", "recovering"}, StateName{"resync", "resync"},
                                StateName{"check", "check"}};

constexpr std::array<std::string_view, 4> kActions = {"recovery", "reshape", "resync", "check"};
constexpr std::array<std::string_view, 3> kStatesOfArrays = {"active", "inactive", "broken"};
// Without redundancy every disk is required.
constexpr std::array<std::string_view, 3> kWithoutRedundancy = {"raid0", "linear", "faulty"};
// Sets of disks that others make arrays of.
constexpr std::array<std::string_view, 4> kContainers = {"", "container", "imsm", "ddf"};
constexpr std::array<std::string_view, 5> kRedundant = {"raid1", "raid4", "raid5", "raid6",
                                                        "raid10"};

bool Contains(std::span<const std::string_view> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// Returns the two numbers of "[2/1]" or "(5/7)", whose parentheses are given.
std::optional<std::pair<std::uint64_t, std::uint64_t>> ParseFraction(std::string_view field,
                                                                     char open, char close) {
  if (!field.starts_with(open) || !field.ends_with(close) || field.size() < 2) return std::nullopt;
  field = field.substr(1, field.size() - 2);
  const auto first = ParseNumber<std::uint64_t>(TakeUntil(&field, '/'));
  const auto second = ParseNumber<std::uint64_t>(field);
  if (!first || !second) return std::nullopt;
  return std::pair(*first, *second);
}

// Reads "md0 : active raid1 sdb1[1] sda1[0](F)". Returns whether it is such a line; `*level` stays
// empty for arrays that have none.
bool ReadArrayLine(std::string_view line, MdArray* array, std::string_view* level) {
  array->name = TakeField(&line);
  if (array->name.empty() || TakeField(&line) != ":") return false;
  array->state = TakeField(&line);
  if (!Contains(kStatesOfArrays, array->state)) return false;
  for (std::string_view field = TakeField(&line); !field.empty(); field = TakeField(&line)) {
    if (field.starts_with('(')) continue;  // (read-only)
    if (field == "super") break;           // stands here where there are no disks
    if (field.find('[') == field.npos) {
      if (!level->empty()) return false;
      *level = field;
      continue;
    }
    ++array->disks_active;
    array->disks_failed += field.find("(F)") != field.npos ? 1 : 0;
    array->disks_spare += field.find("(S)") != field.npos ? 1 : 0;
  }
  return true;
}

// Reads "  523968 blocks super 1.2 [4/4] [UUUU]", given how many disks the line before has.
bool ReadBlocksLine(std::string_view line, std::string_view level, MdArray* array) {
  const auto blocks = ParseNumber<std::uint64_t>(TakeField(&line));
  if (!blocks || TakeField(&line) != "blocks") return false;
  array->blocks = array->blocks_synced = *blocks;
  if (Contains(kWithoutRedundancy, level)) {
    array->disks_required = array->disks_active;
    return true;
  }
  if (array->state == "inactive") {
    array->disks_active = 0;
    return true;
  }
  for (std::string_view field = TakeField(&line); !field.empty(); field = TakeField(&line)) {
    const auto disks = ParseFraction(field, '[', ']');
    if (!disks) continue;
    array->disks_required = disks->first;
    array->disks_active = disks->second;
    return true;
  }
  return false;
}

// Reads "  [=>....]  recovery =  8.5% (16775552/195310144) finish=17.0min speed=259783K/sec" or
// "  resync=DELAYED"; other lines say nothing. Returns false if it is one of them but cut.
bool ReadActionLine(std::string_view line, MdArray* array) {
  for (std::string_view field = TakeField(&line); !field.empty(); field = TakeField(&line)) {
    const std::string_view whole = field;
    const std::string_view word = TakeUntil(&field, '=');
    if (!Contains(kActions, word)) continue;
    array->state = word;
    array->blocks_synced = 0;
    if (word.size() < whole.size()) return !field.empty();  // =DELAYED, =PENDING, =REMOTE
    while (!(field = TakeField(&line)).empty()) {
      const auto blocks = ParseFraction(field, '(', ')');
      if (!blocks) continue;
      array->blocks_synced = blocks->first;
      return true;
    }
    return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<std::vector<MdArray>> ParseMdstat(std::string_view mdstat) {
  RETURN_IF_ERROR(CheckWholeLines(mdstat, kFile));
  std::vector<MdArray> arrays;
  std::string_view level;
  bool blocks_are_next = false;
  bool complete = false;
  while (!mdstat.empty()) {
    const std::string_view line = TakeUntil(&mdstat, '\n');
    if (line.starts_with("Personalities")) continue;
    complete = line.starts_with("unused devices");
    if (complete) continue;
    if (line.starts_with(' ') || line.starts_with('\t')) {
      const bool good =
          !arrays.empty() && (blocks_are_next ? ReadBlocksLine(line, level, &arrays.back())
                                              : ReadActionLine(line, &arrays.back()));
      if (!good) return BadLine(kFile, line);
      blocks_are_next = false;
    } else if (!line.empty()) {
      MdArray array;
      level = {};
      if (!ReadArrayLine(line, &array, &level)) return BadLine(kFile, line);
      arrays.push_back(array);
      blocks_are_next = array.disks_active > 0;  // without disks the kernel counts no blocks
    }
  }
  if (complete && !blocks_are_next) return arrays;
  return absl::DataLossError(absl::StrFormat("parse %s: its last lines are missing", kFile));
}

std::optional<std::uint64_t> ParseRaidDisks(std::string_view raid_disks) {
  return ParseNumber<std::uint64_t>(TakeField(&raid_disks));
}

void MdadmCollector::AddDisks(const std::string& array, MetricWriter* writer) const {
  const SysDirectory md(procfs_, absl::StrFormat("block/%s/md", array));
  const absl::StatusOr<std::string> level = md.Text("level");
  if (!level.ok()) return;  // not an array, or just stopped
  if (!Contains(kContainers, *level)) {
    const absl::StatusOr<std::string> text = md.Text("raid_disks");
    const auto disks = text.ok() ? ParseRaidDisks(*text) : std::nullopt;
    if (disks) writer->Add(kRaidDisks, static_cast<double>(*disks), array);
  }
  // What has no redundancy cannot lose any.
  const absl::StatusOr<std::uint64_t> degraded =
      Contains(kRedundant, *level) ? md.Number<std::uint64_t>("degraded") : std::uint64_t{0};
  if (degraded.ok()) writer->Add(kDegraded, static_cast<double>(*degraded), array);
}

absl::Status MdadmCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view text, mdstat_.Read());
  ASSIGN_OR_RETURN(const std::vector<MdArray> arrays, ParseMdstat(text));
  for (const MdArray& array : arrays) {
    const auto add = [&](const Family& family, std::uint64_t value, const auto&... labels) {
      writer->Add(family, static_cast<double>(value), array.name, labels...);
    };
    add(kDisksRequired, array.disks_required);
    add(kDisks, array.disks_active, "active");
    add(kDisks, array.disks_failed, "failed");
    add(kDisks, array.disks_spare, "spare");
    for (const StateName& state : kStates) {
      add(kState, array.state == state.in_file ? 1 : 0, state.published);
    }
    add(kBlocks, array.blocks);
    add(kBlocksSynced, array.blocks_synced);
  }
  const auto devices = procfs_->ListSys("block");
  if (!devices.ok()) return absl::OkStatus();
  for (const std::string& device : *devices) {
    if (device.starts_with("md")) AddDisks(device, writer);
  }
  return absl::OkStatus();
}

}  // namespace syspulse
