#include "services/remote_write/series_writer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/model/target.h"
#include "services/remote_write/wire_reader.h"

namespace syspulse {
namespace {

constexpr std::uint32_t kIdleSeconds = 3600;   // after which a series is forgotten
constexpr std::uint32_t kForgetSeconds = 600;  // how often such series are looked for
constexpr std::size_t kMostRecent = 8;         // sources of a target that may take on series
constexpr std::size_t kKeptBytes = 4 << 20;    // of memory that is used again

// Rows of a request may have that much room that nothing stands in, values: 16 MB.
constexpr std::size_t kMostEmptyCells = 2 << 20;
// Rows of a request at most: each takes some 350 bytes, however few values it has.
constexpr std::size_t kMostRows = 500'000;

// Returns for how many values the rows of a request may have room, when it has put so many.
std::size_t RoomFor(std::int64_t samples) {
  return kMostEmptyCells + 4 * static_cast<std::size_t>(samples);
}

// Prometheus' own NaNs: one is a value, the other says that a series has ended.
// https://pkg.go.dev/github.com/prometheus/prometheus/model/value
constexpr std::uint64_t kNanBits = 0x7ff8000000000001;
constexpr std::uint64_t kStaleBits = 0x7ff0000000000002;

std::string TextOf(std::int64_t time_ms) {
  const absl::Time time = absl::FromUnixMillis(time_ms);
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

void Refuse(std::string why, WrittenParts* parts) {
  if (parts->refusal.empty()) parts->refusal = std::move(why);
}

// Refuses a sample, `why` being what it is: "from the future".
void RefuseSample(std::string_view label_fields, std::int64_t time_ms, std::string_view why,
                  WrittenParts* parts) {
  if (!parts->refusal.empty()) return;
  parts->refusal = absl::StrFormat("the sample of %s at %s %s", DescribeFields(label_fields),
                                   TextOf(time_ms), why);
}

Target TargetOf(const LabelSet& labels) {
  Target target;
  for (const LabelView& label : labels.labels) {
    if (label.name == "job") target.job = label.value;
    if (label.name == "instance") target.instance = label.value;
  }
  // Names that are longer than the store's stay labels.
  return target.job.size() + target.instance.size() > kMostTargetBytes ? Target() : target;
}

// Takes job and instance out of the labels.
Target TakeTarget(LabelSet* labels) {
  const Target target = TargetOf(*labels);
  if (target == Target()) return target;
  std::erase_if(labels->labels, [](const LabelView& label) {
    return label.name == "job" || label.name == "instance";
  });
  return target;
}

}  // namespace

double StoredNan(double value) {
  if (!std::isnan(value) || std::bit_cast<std::uint64_t>(value) == kStaleBits) return value;
  return std::bit_cast<double>(kNanBits);
}

SeriesWriter::SeriesWriter(const SeriesWriterOptions& options, const Clock* clock,
                           MetadataBook* metadata)
    : options_(options), clock_(clock), metadata_(metadata) {}

absl::StatusOr<WrittenParts> SeriesWriter::Take(std::string_view body) {
  RETURN_IF_ERROR(DecompressBody(body, &request_));
  WrittenParts parts;
  Begin();
  bool sound = true;
  WireReader reader(request_);
  while (sound && reader.Next()) {
    if (reader.Is(1, WireType::kBytes)) {
      sound = ParseSeriesMessage(reader.bytes(), &message_);
      if (!sound) break;
      parts.exemplars += message_.exemplars;
      parts.histograms += message_.histograms;
      Add(message_.labels, message_.samples, &parts);
    } else if (MetadataMessage metadata;
               reader.Is(3, WireType::kBytes) && ParseMetadataMessage(reader.bytes(), &metadata)) {
      metadata_->Take(metadata);
    }
  }
  Finish(&parts);
  if (request_.capacity() > kKeptBytes) request_ = {};
  if (!sound || !reader.ok()) {
    return absl::InvalidArgumentError(
        "read the body: what it holds is no prometheus.WriteRequest of remote write 1.0");
  }
  return parts;
}

void SeriesWriter::Begin() {
  const absl::Time now = clock_->Now();
  oldest_ms_ = absl::ToUnixMillis(now - options_.oldest);
  newest_ms_ = absl::ToUnixMillis(now + options_.ahead);
  now_ = static_cast<std::uint32_t>(absl::ToInt64Seconds(clock_->Monotonic()));
  cells_ = 0;
  rows_ = 0;
}

void SeriesWriter::Add(std::string_view label_fields, std::span<const WrittenSample> samples,
                       WrittenParts* parts) {
  SeriesPlace* place = nullptr;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::int64_t time_ms = samples[i].time_ms;
    if (time_ms < oldest_ms_ || time_ms > newest_ms_) {
      ++parts->beyond_samples;
      RefuseSample(label_fields, time_ms,
                   time_ms > newest_ms_ ? "is from the future" : "is older than what is kept",
                   parts);
      continue;
    }
    if (place == nullptr || place->source->is_given_up()) {
      const auto left = static_cast<std::int64_t>(samples.size() - i);
      place = FindPlace(label_fields, time_ms, left, parts);
      if (place == nullptr) return;
    }
    Put(label_fields, place, samples[i], parts);
  }
}

void SeriesWriter::Put(std::string_view label_fields, SeriesPlace* place,
                       const WrittenSample& sample, WrittenParts* parts) {
  WrittenSource* const source = place->source;
  if (rows_ >= kMostRows && !source->HasRow(sample.time_ms)) {
    ++parts->unplaced_samples;
    RefuseSample(label_fields, sample.time_ms,
                 "is one too many: its request has samples of too many different times", parts);
    return;
  }
  if (!source->is_open()) open_.push_back(source);
  const std::size_t rows = source->open_rows();
  if (source->Put(place->column, sample.time_ms, StoredNan(sample.value))) {
    ++parts->samples;
  } else {
    ++parts->conflicting_samples;
    RefuseSample(label_fields, sample.time_ms,
                 "has another value in the same request, which counts as it came first", parts);
  }
  if (source->open_rows() != rows) {
    ++rows_;
    cells_ += source->columns();
    BoundCells(source, *parts);
  }
}

// A request whose series share few times would else need a multiple of its size.
void SeriesWriter::BoundCells(WrittenSource* source, const WrittenParts& parts) {
  if (cells_ > RoomFor(parts.samples) && source->IsSparse()) source->GiveUp();
}

SeriesPlace* SeriesWriter::FindPlace(std::string_view label_fields, std::int64_t time_ms,
                                     std::int64_t samples, WrittenParts* parts) {
  const SeriesHash hash = HashLabels(label_fields, options_.seed);
  SeriesPlace* known = table_.Find(hash);
  if (known != nullptr && !known->source->is_given_up()) {
    known->source->Touch(known->column, now_);
    return known;
  }
  absl::StatusOr<LabelSet> labels = ParseLabelSet(label_fields);
  if (!labels.ok()) {
    parts->invalid_samples += samples;
    std::string why(labels.status().message());
    const std::string series = DescribeFields(label_fields);
    if (why.find(series) == std::string::npos) why += ", in " + series;
    Refuse(std::move(why), parts);
    return nullptr;
  }
  const std::string spelling = SpellLabelSet(*labels);
  const SeriesHash one_hash = HashLabels(spelling, options_.seed);
  SeriesPlace* one = table_.Find(one_hash);
  const std::size_t added = (one == nullptr ? 1 : 0) + (spelling == label_fields ? 0 : 1);
  const std::string full =
      known != nullptr ? "" : WhyFull(*labels, added, /*is_new=*/one == nullptr);
  if (!full.empty()) {
    parts->unplaced_samples += samples;
    Refuse(full, parts);
    return nullptr;
  }
  if (one == nullptr) {
    ++targets_[TargetHostId(TargetOf(*labels))].series;
    table_.Insert(one_hash, NewPlace(&*labels, time_ms, *parts));
    one = table_.Find(one_hash);
  } else if (one->source->is_given_up()) {
    *one = NewPlace(&*labels, time_ms, *parts);
  }
  one->source->Touch(one->column, now_);
  if (one_hash == hash) return one;
  const SeriesPlace place = *one;
  if (known == nullptr) table_.Insert(hash, place);
  known = table_.Find(hash);
  *known = place;
  return known;
}

std::string SeriesWriter::WhyFull(const LabelSet& labels, std::size_t added, bool is_new) const {
  if (table_.size() + added > options_.max_series) {
    return absl::StrFormat("there are %d series already; new ones are refused%s, such as %s",
                           table_.size(), options_.advice, DescribeLabels(labels));
  }
  const auto target = targets_.find(TargetHostId(TargetOf(labels)));
  if (!is_new || target == targets_.end() || target->second.series < options_.max_target_series) {
    return "";
  }
  return absl::StrFormat(
      "its job and instance have %d series already; new ones are refused, such "
      "as %s",
      target->second.series, DescribeLabels(labels));
}

SeriesPlace SeriesWriter::NewPlace(LabelSet* labels, std::int64_t time_ms,
                                   const WrittenParts& parts) {
  const std::string host = TargetHostId(TakeTarget(labels));
  const std::size_t room = std::max(RoomFor(parts.samples), cells_) - cells_;
  WrittenSource* const source = SourceFor(host, *labels, time_ms, room);
  cells_ += source->open_rows();
  return {.source = source, .column = source->AddSeries(*labels)};
}

// Another column is room for one more value in each of a source's rows: of that there is `room`.
WrittenSource* SeriesWriter::SourceFor(const std::string& host, const LabelSet& series,
                                       std::int64_t time_ms, std::size_t room) {
  RecentSources& recent = targets_[host].recent;
  const auto found = std::ranges::find_if(recent, [&](const WrittenSource* source) {
    return source->HasRoomAt(time_ms) && source->open_rows() <= room && source->HasRoomFor(series);
  });
  if (found != recent.end()) return *found;
  sources_.push_back(std::make_unique<WrittenSource>(
      host, absl::StrFormat("%s%d", options_.source_prefix, next_source_++)));
  if (recent.size() >= kMostRecent) recent.erase(recent.begin());
  recent.push_back(sources_.back().get());
  return recent.back();
}

void SeriesWriter::Finish(WrittenParts* parts) {
  parts->outcome = std::make_shared<FrameOutcome>();
  for (WrittenSource* const source : open_) {
    const std::int64_t put = source->put_values();
    const absl::Status status = source->Finish(parts->outcome, &schemas_, &parts->frames);
    if (status.ok()) continue;
    parts->samples -= put;
    parts->invalid_samples += put;
    Refuse(std::string(status.message()), parts);
  }
  open_.clear();
  ForgetIfDue();
}

void SeriesWriter::ForgetIfDue() {
  if (now_ - forgotten_at_ < kForgetSeconds) return;
  forgotten_at_ = now_;
  table_.EraseIf([this](const SeriesPlace& place) {
    if (place.source->is_given_up()) return true;
    if (now_ - place.source->seen(place.column) <= kIdleSeconds) return false;
    place.source->Close();
    return true;
  });
  std::unordered_set<const WrittenSource*> used;
  table_.ForEach([&](const SeriesPlace& place) { used.insert(place.source); });
  for (auto& [host, target] : targets_) {
    std::erase_if(target.recent, [&](const WrittenSource* one) { return !used.contains(one); });
    target.series = 0;
  }
  table_.ForEach([&](const SeriesPlace& place) { ++targets_[place.source->host()].series; });
  std::erase_if(targets_, [](const auto& target) { return target.second.series == 0; });
  std::erase_if(sources_, [&](const auto& source) { return !used.contains(source.get()); });
}

}  // namespace syspulse
