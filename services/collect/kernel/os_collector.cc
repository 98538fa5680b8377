#include "services/collect/kernel/os_collector.h"

#include <array>
#include <span>
#include <vector>

#include "services/base/status_macros.h"
#include "services/collect/lines.h"

namespace syspulse {
namespace {

constexpr std::string_view kFile = "os-release";

// Labels and the assignments that they come from, in one order.
constexpr LabelNames kLabels = {"build_id",      "id",      "id_like",          "image_id",
                                "image_version", "name",    "pretty_name",      "variant",
                                "variant_id",    "version", "version_codename", "version_id"};
constexpr std::array<std::string_view, 12> kKeys = {
    "BUILD_ID",    "ID",      "ID_LIKE",    "IMAGE_ID", "IMAGE_VERSION",    "NAME",
    "PRETTY_NAME", "VARIANT", "VARIANT_ID", "VERSION",  "VERSION_CODENAME", "VERSION_ID"};

constexpr Family kInfo{
    "node_os_info", MetricType::kGauge, "",
    "A metric with a constant '1' value labeled by build_id, id, id_like, image_id, image_version, "
    "name, pretty_name, variant, variant_id, version, version_codename, version_id.",
    kLabels};
constexpr Family kVersion{"node_os_version",
                          MetricType::kGauge,
                          "",
                          "Metric containing the major.minor part of the OS version.",
                          {"id", "id_like", "name"}};
constexpr Family kSupportEnd{"node_os_support_end_timestamp_seconds", MetricType::kGauge, "seconds",
                             "Metric containing the end-of-life date timestamp of the OS."};

bool IsKey(std::string_view key) {
  return !key.empty() && key.find_first_not_of(
                             "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz0123456789_") == key.npos;
}

// Returns the value of an assignment as a shell reads it; nothing if a quote does not end.
std::optional<std::string> Unquote(std::string_view text) {
  std::string value;
  char quote = 0;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else if (c == '\\' && quote != '\'' && !text.empty()) {
      value += text.front();
      text.remove_prefix(1);
    } else {
      value += c;
    }
  }
  if (quote != 0) return std::nullopt;
  return value;
}

}  // namespace

absl::StatusOr<OsRelease> ParseOsRelease(std::string_view os_release) {
  OsRelease values;
  while (!os_release.empty()) {
    const std::string_view whole = Trim(TakeUntil(&os_release, '\n'));
    std::string_view line = whole;
    if (line.empty() || line.starts_with('#')) continue;
    const std::string_view key = TakeUntil(&line, '=');
    std::optional<std::string> value = Unquote(line);
    if (!IsKey(key) || key.size() == whole.size() || !value) return BadLine(kFile, whole);
    values.insert_or_assign(std::string(key), *std::move(value));
  }
  return values;
}

std::optional<double> MajorMinor(std::string_view version) {
  const auto digits = [&](std::size_t from) {
    std::size_t end = from;
    while (end < version.size() && version[end] >= '0' && version[end] <= '9') ++end;
    return end;
  };
  const std::size_t major = digits(0);
  if (major == 0) return std::nullopt;
  const bool dot = major < version.size() && version[major] == '.';
  const std::size_t minor = dot ? digits(major + 1) : major;
  return ParseNumber<double>(version.substr(0, minor > major + 1 ? minor : major));
}

absl::StatusOr<std::string> OsCollector::Read() const {
  absl::StatusOr<std::string> text = procfs_->ReadRoot("etc/os-release");
  if (absl::IsNotFound(text.status())) text = procfs_->ReadRoot("usr/lib/os-release");
  return text;
}

absl::Status OsCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string text, Read());
  RETURN_IF_ERROR(CheckWholeLines(text, kFile));
  ASSIGN_OR_RETURN(const OsRelease os, ParseOsRelease(text));
  const auto value = [&](std::string_view key) {
    const auto found = os.find(key);
    return found != os.end() ? std::string_view(found->second) : std::string_view();
  };
  std::vector<std::string_view> labels;
  for (const std::string_view key : kKeys) labels.push_back(value(key));
  writer->AddSeries(kInfo, 1, labels);
  if (const auto version = MajorMinor(value("VERSION_ID")); version && *version > 0) {
    writer->Add(kVersion, *version, value("ID"), value("ID_LIKE"), value("NAME"));
  }
  absl::CivilDay day;
  if (const std::string end(value("SUPPORT_END")); absl::ParseCivilTime(end, &day)) {
    const absl::Time time = absl::FromCivil(day, absl::UTCTimeZone());
    writer->Add(kSupportEnd, static_cast<double>(absl::ToUnixSeconds(time)));
  }
  return absl::OkStatus();
}

}  // namespace syspulse
