#include "services/collect/workload/text_merge.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

constexpr std::array<std::string_view, 4> kOwnNames = {
    "node_textfile_mtime_seconds", "node_textfile_scrape_error", "node_scrape_collector_success",
    "node_scrape_collector_duration_seconds"};

class Merger {
 public:
  void Add(const ParsedFile& file, const TextFamily& family);
  MergedFamilies Take();

 private:
  using LabelValues = std::vector<std::pair<std::string, std::string>>;  // sorted, none empty

  // A family and what is known of it beside.
  struct Entry {
    TextFamily family;
    std::vector<std::string> paths;
    std::set<LabelValues> seen;
  };

  void AddSeries(const ParsedFile& file, const TextFamily& from, Entry* to);
  void Conflict(std::string sentence) { merged_.conflicts.push_back(std::move(sentence)); }

  std::map<std::string, Entry> entries_;  // by name
  std::size_t series_count_ = 0;
  std::size_t text_bytes_ = 0;  // of their labels
  MergedFamilies merged_;
};

// An empty label is no label, so two series that differ in one only are the same.
std::vector<std::pair<std::string, std::string>> LabelsOf(const TextFamily& family,
                                                          const TextSeries& series) {
  std::vector<std::pair<std::string, std::string>> labels;
  for (std::size_t i = 0; i < family.label_names.size(); ++i) {
    if (series.label_values[i].empty()) continue;
    labels.emplace_back(family.label_names[i], series.label_values[i]);
  }
  std::ranges::sort(labels);
  return labels;
}

// Returns how many bytes the labels of all its series have.
std::size_t TextBytes(const TextFamily& family) {
  std::size_t bytes = family.help.value_or("").size();
  for (const TextSeries& series : family.series) {
    for (const std::string& value : series.label_values) bytes += value.size();
  }
  return bytes;
}

void Merger::AddSeries(const ParsedFile& file, const TextFamily& from, Entry* to) {
  std::vector<std::size_t> position_of;  // of each label of `from` within those of `to`
  std::vector<std::string>& names = to->family.label_names;
  for (const std::string& name : from.label_names) {
    const auto known = std::ranges::find(names, name);
    position_of.push_back(static_cast<std::size_t>(known - names.begin()));
    if (known == names.end()) names.push_back(name);
  }
  std::size_t twice = 0;
  for (const TextSeries& series : from.series) {
    if (!to->seen.insert(LabelsOf(from, series)).second) {
      ++twice;
      continue;
    }
    TextSeries mapped{.label_values = std::vector<std::string>(names.size()),
                      .value = series.value};
    for (std::size_t i = 0; i < position_of.size(); ++i) {
      mapped.label_values[position_of[i]] = series.label_values[i];
    }
    to->family.series.push_back(std::move(mapped));
    ++series_count_;
  }
  if (twice == 0) return;
  Conflict(absl::StrFormat("%s: %d series of %s stand twice", file.path, twice, from.name));
}

void Merger::Add(const ParsedFile& file, const TextFamily& family) {
  if (std::ranges::find(kOwnNames, family.name) != kOwnNames.end()) {
    return Conflict(absl::StrFormat("%s: %s is a name of the agent's", file.path, family.name));
  }
  if (series_count_ + family.series.size() > kMostTextSeries) {
    return Conflict(absl::StrFormat("%s: with %s there would be more than %d series", file.path,
                                    family.name, kMostTextSeries));
  }
  const std::size_t bytes = TextBytes(family);
  if (text_bytes_ + bytes > kMostTextBytes) {
    return Conflict(absl::StrFormat("%s: with %s the labels would have more than %d bytes",
                                    file.path, family.name, kMostTextBytes));
  }
  const auto [found, is_new] = entries_.try_emplace(family.name);
  Entry& entry = found->second;
  if (is_new) {
    entry.family = TextFamily{.name = family.name, .type = family.type, .help = family.help};
  } else if (family.type != entry.family.type) {
    return Conflict(absl::StrFormat("%s: %s has another type than in %s", file.path, family.name,
                                    entry.paths.front()));
  } else if (family.help && entry.family.help && family.help != entry.family.help) {
    return Conflict(absl::StrFormat("%s: %s has another help than in %s", file.path, family.name,
                                    entry.paths.front()));
  }
  std::vector<std::string> names = entry.family.label_names;
  for (const std::string& name : family.label_names) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  if (names.size() > kMostTextLabels) {
    return Conflict(absl::StrFormat("%s: with it %s would have more than %d labels", file.path,
                                    family.name, kMostTextLabels));
  }
  if (!entry.family.help) entry.family.help = family.help;
  entry.paths.push_back(file.path);
  text_bytes_ += bytes;
  AddSeries(file, family, &entry);
}

MergedFamilies Merger::Take() {
  for (auto& [name, entry] : entries_) {
    if (!entry.family.help) {
      std::string paths;
      for (const std::string& path : entry.paths) {
        paths += absl::StrFormat("%s%s", paths.empty() ? "" : ", ", path);
      }
      entry.family.help = absl::StrFormat("Metric read from %s", paths);
    }
    for (TextSeries& series : entry.family.series) {
      series.label_values.resize(entry.family.label_names.size());
    }
    merged_.families.push_back(std::move(entry.family));
  }
  return std::move(merged_);
}

}  // namespace

MergedFamilies MergeFamilies(const std::vector<ParsedFile>& files) {
  Merger merger;
  for (const ParsedFile& file : files) {
    for (const TextFamily& family : *file.families) merger.Add(file, family);
  }
  return merger.Take();
}

}  // namespace syspulse
