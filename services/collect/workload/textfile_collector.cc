#include "services/collect/workload/textfile_collector.h"

#include <span>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "services/base/log.h"

namespace syspulse {
namespace {

constexpr Family kModifyTime{"node_textfile_mtime_seconds",
                             MetricType::kGauge,
                             "seconds",
                             "Unixtime mtime of textfiles successfully read.",
                             {"file"}};
constexpr Family kError{"node_textfile_scrape_error", MetricType::kGauge, "",
                        "1 if there was an error opening or reading a file, 0 otherwise"};

}  // namespace

// Returns what the file is now.
TextfileCollector::File TextfileCollector::Read(const std::string& path) {
  absl::StatusOr<MetricFile> read = ReadMetricFile(path);
  if (!read.ok()) return File{.status = read.status()};
  auto families = ParseTextFormat(read->text);
  if (families.ok()) return File{.stamp = read->stamp, .families = *std::move(families)};
  const std::string reason(families.status().message());
  return File{.stamp = read->stamp,
              .status = absl::Status(families.status().code(),
                                     absl::StrFormat("parse %s: %s", path, reason))};
}

// Reads the files that are new or changed, and forgets those that are gone. Returns whether there
// is another thing to say.
bool TextfileCollector::Refresh(const MetricFileList& list) {
  bool changed = order_ != list.paths;
  order_ = list.paths;
  const std::set<std::string_view> current(order_.begin(), order_.end());
  std::erase_if(files_, [&](const auto& entry) { return !current.contains(entry.first); });
  for (const std::string& path : order_) {
    const auto [found, is_new] = files_.try_emplace(path);
    File& file = found->second;
    const absl::StatusOr<FileStamp> stamp = StampMetricFile(path);
    if (!is_new && stamp.ok() && *stamp == file.stamp) continue;
    File now = Read(path);
    changed = changed || is_new || file.status.ok() || now.status.ok();
    file = std::move(now);
  }
  return changed;
}

// Builds the families anew. Their addresses may be those of the families before.
void TextfileCollector::Merge() {
  std::vector<ParsedFile> parsed;
  for (const std::string& path : order_) {
    const File& file = files_.at(path);
    if (file.status.ok()) parsed.push_back({.path = path, .families = &file.families});
  }
  merged_ = MergeFamilies(parsed);
  published_.clear();
  published_.reserve(merged_.families.size());
  for (const TextFamily& family : merged_.families) {
    Published& published = published_.emplace_back();
    published.label_names.assign(family.label_names.begin(), family.label_names.end());
    published.family = Family{.name = family.name,
                              .type = family.type,
                              .help = *family.help,
                              .more_label_names = published.label_names};
  }
}

// Says what is wrong, once for each time that it begins to be.
void TextfileCollector::Report(const std::vector<std::string>& list_errors) {
  std::set<std::string> wrong(list_errors.begin(), list_errors.end());
  wrong.insert(merged_.conflicts.begin(), merged_.conflicts.end());
  for (const auto& [path, file] : files_) {
    if (!file.status.ok()) wrong.emplace(file.status.message());
  }
  for (const std::string& sentence : wrong) {
    if (!reported_.contains(sentence)) LogWarning("collector textfile: %s", sentence);
  }
  reported_ = std::move(wrong);
}

absl::Status TextfileCollector::Collect(MetricWriter* writer) {
  const MetricFileList list = FindMetricFiles(directories_);
  if (Refresh(list)) {
    writer->Forget();
    Merge();
  }
  Report(list.errors);
  writer->Add(kError, reported_.empty() ? 0 : 1);
  for (const std::string& path : order_) {
    const File& file = files_.at(path);
    if (!file.status.ok()) continue;
    writer->Add(kModifyTime, static_cast<double>(absl::ToUnixSeconds(file.stamp.modify_time)),
                path);
  }
  std::vector<std::string_view> labels;
  for (std::size_t i = 0; i < published_.size(); ++i) {
    for (const TextSeries& series : merged_.families[i].series) {
      labels.assign(series.label_values.begin(), series.label_values.end());
      writer->AddSeries(published_[i].family, series.value, labels);
    }
  }
  return absl::OkStatus();
}

}  // namespace syspulse
