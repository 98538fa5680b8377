#include "services/agent/collector_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <span>

#include "absl/strings/str_format.h"
#include "services/base/text.h"
#include "services/collect/collector_spec.h"
#include "services/collect/network/ipvs_collector.h"

namespace syspulse {

struct PatternFlags {
  const char* include = "";  // the flag, empty if there is none
  const char* exclude = "";
  NameFilter CollectorSettings::*filter = nullptr;
  const char* subject = "";      // what the names are of
  const char* old_include = "";  // what the flags were called once
  const char* old_exclude = "";
  bool both = false;  // both may be given, and are matched against whole names
};

namespace {

using Settings = CollectorSettings;

constexpr const char* kGroup = "What collectors take; REGEX is matched anywhere in the name";

constexpr std::array kPatterns = {
    PatternFlags{"--collector.arp.device-include", "--collector.arp.device-exclude",
                 &Settings::arp_devices, "interfaces"},
    PatternFlags{"--collector.diskstats.device-include", "--collector.diskstats.device-exclude",
                 &Settings::disk_devices, "disks", "", "--collector.diskstats.ignored-devices"},
    PatternFlags{"--collector.filesystem.fs-types-include",
                 "--collector.filesystem.fs-types-exclude", &Settings::filesystem_types,
                 "filesystem types", "", "--collector.filesystem.ignored-fs-types"},
    PatternFlags{"--collector.filesystem.mount-points-include",
                 "--collector.filesystem.mount-points-exclude", &Settings::mount_points,
                 "mount points", "", "--collector.filesystem.ignored-mount-points"},
    PatternFlags{"--collector.hwmon.chip-include", "--collector.hwmon.chip-exclude",
                 &Settings::hwmon_chips, "sensor chips"},
    PatternFlags{"--collector.hwmon.sensor-include", "--collector.hwmon.sensor-exclude",
                 &Settings::hwmon_sensors, "sensors, named CHIP;SENSOR"},
    PatternFlags{"--collector.infiniband.device-include", "--collector.infiniband.device-exclude",
                 &Settings::infiniband_devices, "InfiniBand devices"},
    PatternFlags{"--collector.interrupts.name-include", "--collector.interrupts.name-exclude",
                 &Settings::interrupt_names, "interrupts, named NUMBER;INFO;DEVICES"},
    PatternFlags{"", "--collector.netclass.ignored-devices", &Settings::netclass_devices,
                 "interfaces"},
    PatternFlags{"--collector.netdev.device-include", "--collector.netdev.device-exclude",
                 &Settings::netdev_devices, "interfaces", "--collector.netdev.device-whitelist",
                 "--collector.netdev.device-blacklist"},
    PatternFlags{"--collector.netstat.fields", "", &Settings::netstat_fields,
                 "fields of /proc/net/{netstat,snmp,snmp6}"},
    PatternFlags{"", "--collector.powersupply.ignored-supplies", &Settings::power_supplies,
                 "power supplies"},
    PatternFlags{"--collector.systemd.unit-include", "--collector.systemd.unit-exclude",
                 &Settings::systemd_units, "units of systemd, by their whole names",
                 "--collector.systemd.unit-whitelist", "--collector.systemd.unit-blacklist", true},
    PatternFlags{"", "--collector.tapestats.ignored-devices", &Settings::tape_devices, "tapes"},
    PatternFlags{"--collector.vmstat.fields", "", &Settings::vmstat_fields,
                 "fields of /proc/vmstat"},
};

struct SwitchFlag {
  const char* flag = "";  // without the dashes
  bool Settings::*setting = nullptr;
  const char* help = "";
};

constexpr std::array kSwitches = {
    SwitchFlag{"collector.bcache.priorityStats", &Settings::bcache_priority_stats,
               "What the space of bcache's caches is for; costs more than the rest"},
    SwitchFlag{"collector.cpu.guest", &Settings::cpu_guest, "Time of guests; on by default"},
    SwitchFlag{"collector.cpu.info", &Settings::cpu_info, "Models of processors"},
    SwitchFlag{"collector.interrupts.include-zeros", &Settings::interrupts_include_zeros,
               "Interrupts that never came; on by default"},
    SwitchFlag{"collector.netclass.ignore-invalid-speed", &Settings::netclass_ignore_invalid_speed,
               "No speed of interfaces that do not know it, rather than a negative one"},
    SwitchFlag{"collector.rapl.enable-zone-label", &Settings::rapl_zone_label,
               "One metric for all zones of energy, which a label tells apart"},
    SwitchFlag{"collector.stat.softirq", &Settings::stat_softirq, "Soft interrupts by kind"},
    SwitchFlag{"collector.systemd.enable-restarts-metrics", &Settings::systemd_restart_metrics,
               "Restarts of units"},
    SwitchFlag{"collector.systemd.enable-start-time-metrics", &Settings::systemd_start_time_metrics,
               "Start times of units"},
    SwitchFlag{"collector.systemd.enable-task-metrics", &Settings::systemd_task_metrics,
               "Tasks of units"},
};

// Flags of node_exporter that are not taken, by how they begin.
struct ForeignFlag {
  std::string_view prefix;
  const char* why = "";
};

constexpr std::array kForeignFlags = {
    ForeignFlag{"runtime.gomaxprocs",
                "this program needs no limit on its processors; leave it out"},
    ForeignFlag{"web.config.file",
                "TLS and passwords are not there yet; put a proxy before the exporter"},
    ForeignFlag{"web.max-requests", "the number of scrapes at a time is fixed; leave it out"},
    ForeignFlag{"web.systemd-socket", "sockets of systemd are not taken; say --exporter-listen"},
    ForeignFlag{"collector.filesystem.stat-workers",
                "filesystems that hang get threads of their own; leave it out"},
    ForeignFlag{"collector.qdisc.fixtures", "it is for node_exporter's own tests"},
    ForeignFlag{"collector.wifi.fixtures", "it is for node_exporter's own tests"},
};

// How node_exporter reads; what it reads is the same.
constexpr std::array kNoDifference = {"collector.arp.netlink", "collector.netclass.netlink",
                                      "collector.netdev.netlink"};

// Collectors of node_exporter's that are not here. To switch them off is to get what is asked for.
constexpr std::array kNotHere = {
    "buddyinfo", "cgroups", "drbd",          "drm",      "ethtool",       "ksmd",
    "lnstat",    "logind",  "mountstats",    "ntp",      "network_route", "pcidevice",
    "perf",      "qdisc",   "runit",         "slabinfo", "softirqs",      "supervisord",
    "swap",      "sysctl",  "netclass_rtnl", "wifi",     "xfrm",          "zoneinfo"};

std::string Both(const std::string& flag) { return absl::StrFormat("--%s,!--no-%s", flag, flag); }

void AddPattern(CLI::App* app, const std::string& flag, const std::string& group,
                const std::string& help, std::optional<std::string>* pattern) {
  if (flag.empty()) return;
  app->add_option_function<std::string>(
         flag, [pattern](const std::string& text) { *pattern = text; }, help)
      ->option_text("REGEX")
      ->group(group);
}

// The pattern as the filter is to have it.
std::string Completed(const std::string& pattern, bool whole) {
  return whole ? absl::StrFormat("^(?:%s)$", pattern) : pattern;
}

void Check(const std::optional<std::string>& pattern, const char* flag) {
  if (!pattern) return;
  const auto filter = NameFilter::Create(*pattern, "");
  if (!filter.ok()) throw CLI::ValidationError(flag, std::string(filter.status().message()));
}

std::string JoinedBy(std::string_view separator, std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) {
    if (!text.empty()) text += separator;
    text += word;
  }
  return text;
}

std::string Joined(bool by_default) {
  std::vector<std::string_view> names;
  for (const CollectorSpec& spec : AllCollectors()) {
    if (spec.by_default == by_default) names.push_back(spec.name);
  }
  std::ranges::sort(names);
  constexpr std::size_t kWidth = 96;
  std::string text;
  std::string line = " ";
  for (const std::string_view name : names) {
    if (line.size() + 1 + name.size() > kWidth) text += std::exchange(line, " ") + "\n";
    line.append(" ").append(name);
  }
  return text + line + "\n";
}

}  // namespace

CollectorFlags::CollectorFlags(CLI::App* app) {
  AddCollectors(app);
  AddPatterns(app);
  AddOptionalPatterns(app);
  AddIpvsLabels(app);
  AddSwitches(app);
  AddNoDifference(app);
  app->add_option("--collector.textfile.directory", textfile_directories_,
                  "Where *.prom files with metrics are; may be given many times, and may hold * "
                  "and ?")
      ->option_text("DIR")
      ->allow_extra_args(false)
      ->group(kGroup);
}

void CollectorFlags::AddCollectors(CLI::App* app) {
  for (const CollectorSpec& spec : AllCollectors()) {
    Switch& chosen = collectors_[spec.name];
    // There are too many for --help, which has their names instead.
    chosen.option =
        app->add_flag(Both("collector." + std::string(spec.name)), chosen.on)->group(kUnlisted);
  }
  app->add_flag(Both("collector.disable-defaults"), disable_defaults_,
                "Only collectors that are switched on run")
      ->group("Collectors");
}

void CollectorFlags::AddPatterns(CLI::App* app) {
  for (const PatternFlags& flags : kPatterns) {
    Pattern& pattern = patterns_.emplace_back(Pattern{.flags = &flags});
    const std::string subject = flags.subject;
    AddPattern(app, flags.include, kGroup, "Only these " + subject, &pattern.include);
    AddPattern(app, flags.exclude, kGroup, "None of these " + subject, &pattern.exclude);
    AddPattern(app, flags.old_include, kUnlisted, "", &pattern.include);
    AddPattern(app, flags.old_exclude, kUnlisted, "", &pattern.exclude);
  }
}

void CollectorFlags::AddOptionalPatterns(CLI::App* app) {
  const auto add = [&](const char* flag, std::optional<NameFilter> Settings::*filter,
                       const char* help) {
    auto& added = optional_patterns_.emplace_back(OptionalPattern{.flag = flag, .filter = filter});
    AddPattern(app, flag, kGroup, help, &added.text);
  };
  add("--collector.cpu.info.flags-include", &Settings::cpu_flags,
      "These flags of the first processor, and models of processors");
  add("--collector.cpu.info.bugs-include", &Settings::cpu_bugs,
      "These bugs of the first processor, and models of processors");
}

void CollectorFlags::AddIpvsLabels(CLI::App* app) {
  constexpr const char* kFlag = "--collector.ipvs.backend-labels";
  app->add_option_function<std::string>(
         kFlag,
         [this](const std::string& text) {
           std::vector<std::string> labels;
           for (const std::string_view label : Split(text, ',')) {
             if (label.empty()) continue;
             if (std::ranges::find(kIpvsBackendLabels, label) == kIpvsBackendLabels.end()) {
               throw CLI::ValidationError(
                   kFlag, absl::StrFormat("'%s' is no label of servers behind IPVS; there are %s",
                                          ToUtf8(label), JoinedBy(", ", kIpvsBackendLabels)));
             }
             labels.emplace_back(label);
           }
           ipvs_labels_ = std::move(labels);
         },
         "What tells servers behind IPVS apart; those alike in these are counted together")
      ->option_text("LABEL,...")
      ->default_str(JoinedBy(",", kIpvsBackendLabels))
      ->group(kGroup);
}

void CollectorFlags::AddSwitches(CLI::App* app) {
  for (const SwitchFlag& flag : kSwitches) {
    auto& [setting, given] = switches_.emplace_back(flag.setting, Switch());
    given.option = app->add_flag(Both(flag.flag), given.on, flag.help)->group(kGroup);
  }
}

void CollectorFlags::AddNoDifference(CLI::App* app) {
  for (const char* flag : kNoDifference) app->add_flag(Both(flag))->group(kUnlisted);
  for (const char* collector : kNotHere) {
    app->add_flag(absl::StrFormat("--no-collector.%s", collector))->group(kUnlisted);
  }
}

void CollectorFlags::Apply(CollectorSettings* settings) const {
  for (const auto& [name, given] : collectors_) {
    if (given.option->count() > 0) settings->chosen[std::string(name)] = given.on;
  }
  settings->disable_defaults = disable_defaults_;
  for (const auto& [setting, given] : switches_) {
    if (given.option->count() > 0) settings->*setting = given.on;
  }
  for (const OptionalPattern& pattern : optional_patterns_) {
    if (!pattern.text || pattern.text->empty()) continue;
    Check(pattern.text, pattern.flag);
    settings->*pattern.filter = NameFilter::Including(*pattern.text);
  }
  if (ipvs_labels_) settings->ipvs_backend_labels = ipvs_labels_;
  settings->textfile_directories = textfile_directories_;
  for (const Pattern& pattern : patterns_) {
    const PatternFlags& flags = *pattern.flags;
    if (!pattern.include && !pattern.exclude) continue;
    Check(pattern.include, flags.include);
    Check(pattern.exclude, flags.exclude);
    std::string include = pattern.include.value_or("");
    std::string exclude = pattern.exclude.value_or("");
    NameFilter& filter = settings->*flags.filter;
    if (flags.both) {
      include = pattern.include ? Completed(include, true) : std::string(filter.include());
      exclude = pattern.exclude ? Completed(exclude, true) : std::string(filter.exclude());
    } else if (!include.empty() && !exclude.empty()) {
      throw CLI::ValidationError(
          flags.include, absl::StrFormat("and %s exclude each other; give one", flags.exclude));
    }
    filter = NameFilter::Create(include, exclude).value();
  }
}

std::string WhyUnknown(std::string_view argument) {
  if (!argument.starts_with("--")) {
    return absl::StrFormat("'%s' is not expected here; flags begin with --", ToUtf8(argument));
  }
  const std::string flag = ToUtf8(argument.substr(0, argument.find('=')));
  std::string_view name = std::string_view(flag).substr(2);
  if (name.starts_with("no-")) name.remove_prefix(3);
  for (const ForeignFlag& foreign : kForeignFlags) {
    if (name == foreign.prefix) return absl::StrFormat("there is no %s: %s", flag, foreign.why);
  }
  constexpr std::string_view kCollector = "collector.";
  if (!name.starts_with(kCollector)) return absl::StrFormat("there is no flag %s", flag);
  name.remove_prefix(kCollector.size());
  const std::string_view collector = name.substr(0, name.find('.'));
  const std::vector<CollectorSpec> all = AllCollectors();
  if (std::ranges::find(all, collector, &CollectorSpec::name) == all.end()) {
    return absl::StrFormat("there is no %s: nothing called '%s' is collected here", flag,
                           collector);
  }
  return absl::StrFormat("there is no %s: the collector %s has no such flag", flag, collector);
}

std::string CollectorNames() {
  return absl::StrFormat(
      "Collectors, switched by --collector.NAME and --no-collector.NAME. These run:\n%s"
      "and these do not unless they are switched on:\n%s",
      Joined(true), Joined(false));
}

}  // namespace syspulse
