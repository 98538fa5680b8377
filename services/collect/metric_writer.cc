#include "services/collect/metric_writer.h"

#include <algorithm>
#include <set>
#include <utility>

#include "services/base/status_macros.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

MetricFamily ToModel(const Family& family) {
  MetricFamily model{.name = std::string(family.name),
                     .type = family.type,
                     .unit = std::string(family.unit),
                     .help = std::string(family.help)};
  for (const std::string_view label : family.label_names) {
    if (!label.empty()) model.label_names.emplace_back(label);
  }
  for (const std::string_view label : family.more_label_names) {
    model.label_names.emplace_back(label);
  }
  return model;
}

}  // namespace

DynamicFamilies::Entries::iterator DynamicFamilies::Keep(std::string_view key, Text text) {
  auto entry = std::make_unique<Entry>();
  entry->text = std::move(text);
  entry->family = Family{.name = entry->text.name,
                         .type = entry->text.type,
                         .unit = entry->text.unit,
                         .help = entry->text.help,
                         .label_names = entry->text.label_names};
  return families_.emplace(std::string(key), std::move(entry)).first;
}

bool MetricWriter::Slot::Is(const Family& other,
                            std::span<const std::string_view> other_labels) const {
  return family == &other && std::ranges::equal(labels, other_labels);
}

void MetricWriter::AddSeries(const Family& family, double value,
                             std::span<const std::string_view> labels) {
  const std::size_t position = values_.size();
  values_.push_back(value);
  if (position < slots_.size()) {
    if (slots_[position].Is(family, labels)) return;
    slots_.resize(position);
  }
  changed_ = true;
  slots_.push_back(Slot{.family = &family, .labels = {labels.begin(), labels.end()}});
}

void MetricWriter::Forget() {
  slots_.resize(std::min(slots_.size(), values_.size()));
  changed_ = true;
}

absl::Status MetricWriter::BuildSchema() {
  std::vector<MetricFamily> families;
  std::vector<Series> series;
  std::map<std::string_view, int> index_of;  // by name
  std::set<std::pair<int, std::vector<std::string>>> seen;
  some_left_out_ = false;
  for (Slot& slot : slots_) {
    MetricFamily family = ToModel(*slot.family);
    const auto [found, is_new] =
        index_of.emplace(slot.family->name, static_cast<int>(families.size()));
    if (is_new) families.push_back(family);
    std::vector<std::string> labels;
    for (const std::string& label : slot.labels) labels.push_back(ToUtf8(label));
    slot.left_out = families[static_cast<std::size_t>(found->second)] != family ||
                    !seen.emplace(found->second, labels).second;
    some_left_out_ = some_left_out_ || slot.left_out;
    if (slot.left_out) continue;
    series.push_back(Series{.family = found->second, .label_values = std::move(labels)});
  }
  ASSIGN_OR_RETURN(schema_, Schema::Create(std::move(families), std::move(series)));
  return absl::OkStatus();
}

absl::StatusOr<Tick> MetricWriter::Finish() {
  std::vector<double> values;
  values.reserve(values_.size());
  values.swap(values_);  // the next tick starts with room for as many
  if (values.size() != slots_.size()) {
    slots_.resize(values.size());
    changed_ = true;
  }
  if (changed_) {
    RETURN_IF_ERROR(BuildSchema());
    changed_ = false;
  }
  if (some_left_out_) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!slots_[i].left_out) values[kept++] = values[i];
    }
    values.resize(kept);
  }
  return Tick{.schema = schema_, .values = std::move(values)};
}

}  // namespace syspulse
