#include "services/remote_write/written_source.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <iterator>
#include <string_view>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "services/base/status_macros.h"
#include "services/store/merged_rows.h"

namespace syspulse {
namespace {

// Rows with less than one value in so many of their columns are mostly empty.
constexpr std::int64_t kSparse = 4;

// Returns the place of `name` in the family's labels. Series from before lack a label that is new;
// their room for it is added to `*cells`.
std::size_t PlaceOfLabel(std::string_view name, int family, std::vector<MetricFamily>* families,
                         std::vector<Series>* series, std::size_t* cells) {
  std::vector<std::string>& names = (*families)[static_cast<std::size_t>(family)].label_names;
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  names.emplace_back(name);
  for (Series& one : *series) {
    if (one.family != family) continue;
    one.label_values.emplace_back();
    ++*cells;
  }
  return names.size() - 1;
}

int PlaceOfFamily(std::string_view metric, std::vector<MetricFamily>* families) {
  // Series of one metric come beside each other.
  const auto found = std::find_if(families->rbegin(), families->rend(),
                                  [&](const MetricFamily& one) { return one.name == metric; });
  if (found != families->rend()) return static_cast<int>(families->rend() - found) - 1;
  families->push_back({.name = std::string(metric)});
  return static_cast<int>(families->size()) - 1;
}

std::size_t Hash(std::string_view name) { return std::hash<std::string_view>()(name); }

}  // namespace

bool WrittenSource::HasRoomAt(std::int64_t time_ms) const {
  if (closed_ || given_up_) return false;
  if (time_ms != newest_ms_) return false;
  return columns_ < (time_ms == first_ms_ ? kMostColumns : kFewColumns);
}

bool WrittenSource::HasRoomFor(const LabelSet& series) const {
  if (columns_ == 0) return true;
  const auto is_new = [this](const LabelView& label) {
    return std::ranges::find(names_, Hash(label.name)) == names_.end();
  };
  const auto added = static_cast<std::size_t>(std::ranges::count_if(series.labels, is_new));
  return (names_.size() + added) * (columns_ + 1) <= kMostLabelCells;
}

std::uint32_t WrittenSource::AddSeries(const LabelSet& series) {
  for (const LabelView& label : series.labels) {
    const std::size_t hash = Hash(label.name);
    if (std::ranges::find(names_, hash) == names_.end()) names_.push_back(hash);
  }
  NewSeries& added = waiting_.emplace_back();
  added.metric = series.metric;
  for (const LabelView& label : series.labels) added.labels.emplace_back(label.name, label.value);
  seen_.push_back(0);
  if (columns_ + 1 >= kMostColumns) names_ = {};
  return static_cast<std::uint32_t>(columns_++);
}

WrittenSource::Parts::iterator WrittenSource::OpenPart(std::int64_t time_ms) {
  if (last_part_ != parts_.end()) {
    if (last_part_->first == time_ms) return last_part_;
    // The series before had several times, and this one has the same.
    const auto next = std::next(last_part_);
    if (next != parts_.end() && next->first == time_ms) return last_part_ = next;
  }
  last_part_ = parts_.lower_bound(time_ms);
  if (last_part_ == parts_.end() || last_part_->first != time_ms) {
    last_part_ = parts_.emplace_hint(last_part_, time_ms, std::make_shared<Frame>());
    last_part_->second->values.assign(columns_, AbsentValue());
    if (newest_ms_ < first_ms_) first_ms_ = time_ms;
    if (time_ms > newest_ms_) {
      newest_ms_ = time_ms;
      ++rows_;
    }
  }
  return last_part_;
}

bool WrittenSource::Put(std::uint32_t column, std::int64_t time_ms, double value) {
  std::vector<double>& values = OpenPart(time_ms)->second->values;
  if (column >= values.size()) values.resize(columns_, AbsentValue());
  double& known = values[column];
  if (IsAbsent(known)) {
    known = value;
    ++values_;
    ++put_values_;
    return true;
  }
  return std::memcmp(&known, &value, sizeof(value)) == 0;
}

absl::Status WrittenSource::MakeSchema(SharedSchemas* schemas) {
  std::vector<MetricFamily> families;
  std::vector<Series> series;
  if (schema_ != nullptr) {
    families = schema_->families();
    series = schema_->series();
  }
  std::size_t cells = 0;
  for (const Series& one : series) cells += one.label_values.size();
  for (const NewSeries& added : waiting_) {
    const int family = PlaceOfFamily(added.metric, &families);
    Series one{.family = family};
    for (const auto& [name, value] : added.labels) {
      const std::size_t place = PlaceOfLabel(name, family, &families, &series, &cells);
      if (one.label_values.size() <= place) one.label_values.resize(place + 1);
      one.label_values[place] = value;
    }
    one.label_values.resize(families[static_cast<std::size_t>(family)].label_names.size());
    cells += one.label_values.size();
    series.push_back(std::move(one));
    if (cells > kMostLabelCells) {
      return absl::InvalidArgumentError(
          absl::StrFormat("the series of %s have too many different labels", added.metric));
    }
  }
  waiting_.clear();
  ASSIGN_OR_RETURN(SchemaPtr made, Schema::Create(std::move(families), std::move(series)));
  schema_ = schemas->Share(std::move(made));
  return absl::OkStatus();
}

bool WrittenSource::IsSparse() const {
  return put_values_ * kSparse < static_cast<std::int64_t>(parts_.size() * columns_);
}

void WrittenSource::Judge() {
  if (rows_ < kJudgedRows) return;
  if (values_ * kSparse < rows_ * static_cast<std::int64_t>(columns_)) GiveUp();
  rows_ = values_ = 0;
}

absl::Status WrittenSource::Finish(const std::shared_ptr<FrameOutcome>& outcome,
                                   SharedSchemas* schemas, std::vector<FramePtr>* parts) {
  Parts put = std::exchange(parts_, {});
  last_part_ = parts_.end();
  put_values_ = 0;
  if (!waiting_.empty()) {
    const absl::Status made = MakeSchema(schemas);
    if (!made.ok()) GiveUp();
    RETURN_IF_ERROR(made);
  }
  Judge();
  for (auto& [time_ms, frame] : put) {
    frame->host = host_;
    frame->source = name_;
    frame->schema = schema_;
    frame->time = absl::FromUnixMillis(time_ms);
    frame->values.resize(columns_, AbsentValue());
    frame->part = true;
    frame->outcome = outcome;
    parts->push_back(std::move(frame));
  }
  return absl::OkStatus();
}

}  // namespace syspulse
