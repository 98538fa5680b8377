#include "services/collect/hardware/edac_collector.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "services/collect/sys_attribute.h"

namespace syspulse {
namespace {

constexpr Family kCorrected{"node_edac_correctable_errors_total",
                            MetricType::kCounter,
                            "",
                            "Total correctable memory errors.",
                            {"controller"}};
constexpr Family kUncorrected{"node_edac_uncorrectable_errors_total",
                              MetricType::kCounter,
                              "",
                              "Total uncorrectable memory errors.",
                              {"controller"}};
constexpr Family kRowCorrected{"node_edac_csrow_correctable_errors_total",
                               MetricType::kCounter,
                               "",
                               "Total correctable memory errors for this csrow.",
                               {"controller", "csrow"}};
constexpr Family kRowUncorrected{"node_edac_csrow_uncorrectable_errors_total",
                                 MetricType::kCounter,
                                 "",
                                 "Total uncorrectable memory errors for this csrow.",
                                 {"controller", "csrow"}};
constexpr Family kChannelCorrected{"node_edac_channel_correctable_errors_total",
                                   MetricType::kCounter,
                                   "",
                                   "Total correctable memory errors for this channel.",
                                   {"controller", "csrow", "channel", "dimm_label"}};
constexpr Family kChannelUncorrected{"node_edac_channel_uncorrectable_errors_total",
                                     MetricType::kCounter,
                                     "",
                                     "Total uncorrectable memory errors for this channel.",
                                     {"controller", "csrow", "channel", "dimm_label"}};

// Adds a counter if it can be read.
template <typename... Labels>
void AddCount(const SysDirectory& directory, std::string_view attribute, const Family& family,
              MetricWriter* writer, const Labels&... labels) {
  const auto count = directory.Number<std::uint64_t>(attribute);
  if (count.ok()) writer->Add(family, static_cast<double>(*count), labels...);
}

std::string Replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string replaced;
  for (auto at = text.find(from); at != text.npos; at = text.find(from)) {
    replaced += text.substr(0, at);
    replaced += to;
    text.remove_prefix(at + from.size());
  }
  replaced += text;
  return replaced;
}

// Returns the label of a module as node_exporter writes it: "mc#0csrow#1channel#0" is
// mc0_csrow1_channel0.
std::string DimmLabel(std::string_view label) {
  return Replaced(Replaced(Replaced(label, "#", ""), "csrow", "_csrow"), "channel", "_channel");
}

void AddChannel(const SysDirectory& row, std::string_view controller, std::string_view row_number,
                std::string_view channel, MetricWriter* writer) {
  absl::StatusOr<std::string> label = row.Text(absl::StrFormat("ch%s_dimm_label", channel));
  if (absl::IsNotFound(label.status())) label = "unknown";
  if (!label.ok()) return;  // its errors would be counted under another name
  const std::string dimm = DimmLabel(*label);
  AddCount(row, absl::StrFormat("ch%s_ce_count", channel), kChannelCorrected, writer, controller,
           row_number, channel, dimm);
  AddCount(row, absl::StrFormat("ch%s_ue_count", channel), kChannelUncorrected, writer, controller,
           row_number, channel, dimm);
}

void AddRow(const SysDirectory& row, std::string_view controller, std::string_view number,
            MetricWriter* writer) {
  AddCount(row, "ce_count", kRowCorrected, writer, controller, number);
  AddCount(row, "ue_count", kRowUncorrected, writer, controller, number);
  const auto files = row.List();
  if (!files.ok()) return;
  for (const std::string& file : *files) {
    if (const auto channel = EdacChannel(file))
      AddChannel(row, controller, number, *channel, writer);
  }
}

void AddController(const SysDirectory& controller, std::string_view number, MetricWriter* writer) {
  AddCount(controller, "ce_count", kCorrected, writer, number);
  AddCount(controller, "ue_count", kUncorrected, writer, number);
  // Errors that no row can be told for.
  AddCount(controller, "ce_noinfo_count", kRowCorrected, writer, number, "unknown");
  AddCount(controller, "ue_noinfo_count", kRowUncorrected, writer, number, "unknown");
  const auto names = controller.List();
  if (!names.ok()) return;
  for (const std::string& name : *names) {
    if (const auto row = NumberAfter("csrow", name)) {
      AddRow(controller.Below(name), number, *row, writer);
    }
  }
}

}  // namespace

std::optional<std::string_view> EdacChannel(std::string_view file) {
  constexpr std::string_view kSuffix = "_ce_count";
  if (!file.ends_with(kSuffix)) return std::nullopt;
  file.remove_suffix(kSuffix.size());
  const auto number = NumberAfter("ch", file);
  if (!number || number->find_first_not_of("0123456789") != number->npos) return std::nullopt;
  return number;
}

absl::Status EdacCollector::Collect(MetricWriter* writer) {
  const SysDirectory controllers(procfs_, "devices/system/edac/mc");
  const absl::StatusOr<std::vector<std::string>> names = controllers.List();
  if (absl::IsNotFound(names.status())) return absl::OkStatus();
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    if (const auto number = NumberAfter("mc", name)) {
      AddController(controllers.Below(name), *number, writer);
    }
  }
  return absl::OkStatus();
}

}  // namespace syspulse
