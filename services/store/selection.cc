#include "services/store/selection.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "services/base/status_macros.h"
#include "services/model/target.h"
#include "services/store/cached_group.h"

namespace syspulse {
namespace {

constexpr std::size_t kMostOpenStreams = 8;  // schemas that one series may have been in, and fast
// What a selection reads at most of the cache's size: more would drive all others out of it, and
// not be there any more when it is read again.
constexpr std::size_t kCacheShare = 3;
constexpr std::size_t kMostKeptColumns = 3;  // one is read while others are still looked at

struct LabelViewsHash {
  std::size_t operator()(const LabelViews& labels) const {
    std::size_t hash = 0;
    for (const auto& [name, value] : labels) {
      hash = hash * 0x100000001b3U ^ std::hash<std::string_view>()(name);
      hash = hash * 0x100000001b3U ^ std::hash<std::string_view>()(value);
    }
    return hash;
  }
};

// Returns whether two series of a schema may be called the same on some host: the `job` of one is
// the `exported_job` of the other.
bool MayRepeat(const Schema& schema) {
  return std::ranges::any_of(schema.families(), [](const MetricFamily& family) {
    return std::ranges::any_of(
        family.label_names, [](const std::string& name) { return name.starts_with("exported_"); });
  });
}

bool HasAbsent(std::span<const double> values) {
  // Only NaN and infinities differ from themselves by anything but zero. That loop takes several at
  // once.
  std::uint64_t differences = 0;
  for (const double value : values) differences |= std::bit_cast<std::uint64_t>(value - value);
  return differences != 0 && std::ranges::any_of(values, IsAbsent);
}

}  // namespace

Selection Selection::Find(const ContentsView& contents, std::vector<LabelMatcher> matchers,
                          const MillisRange& range, OnDamage on_damage, ColumnCache* cache) {
  Selection selection(contents, std::move(matchers), range, std::move(on_damage), cache);
  const std::vector<OtherRows> others = selection.FindStreams();
  if (selection.BytesInBlocks() > cache->limit() / kCacheShare) selection.cache_ = nullptr;
  selection.FindSuccessions(others);
  selection.NameSeries();
  return selection;
}

Selection::Selection(const ContentsView& contents, std::vector<LabelMatcher> matchers,
                     const MillisRange& range, OnDamage on_damage, ColumnCache* cache)
    : contents_(contents),
      matchers_(std::make_unique<const std::vector<LabelMatcher>>(std::move(matchers))),
      range_(range),
      on_damage_(std::move(on_damage)),
      cache_(cache),
      match_(std::make_unique<SeriesMatch>(*matchers_, contents.host_labels)) {}

std::vector<Selection::OtherRows> Selection::FindStreams() {
  using Key = std::tuple<std::string_view, std::string_view, std::uint64_t>;
  std::map<Key, Stream> found;  // sources of one host beside each other
  std::vector<OtherRows> others;
  std::size_t place = 0;
  const auto stream_of = [&](const std::string& host, const std::string& source,
                             const SchemaPtr& schema) -> Stream* {
    const Key key(host, source, schema->id());
    const auto known = found.find(key);
    if (known != found.end()) return &known->second;
    MatchedColumns columns = match_->Find(host, schema);
    if (columns == nullptr) return nullptr;
    Stream stream{.host = host,
                  .source = source,
                  .host_labels = &match_->LabelsOf(host),
                  .schema = schema,
                  .columns = std::move(columns),
                  .place = place};
    return &found.emplace(key, std::move(stream)).first->second;
  };
  for (const BlockPtr& block : contents_.blocks) {
    if (!block->range().Overlaps(range_)) continue;
    const std::vector<BlockGroup>& groups = block->reader().groups();
    for (std::uint32_t i = 0; i < groups.size(); ++i) {
      const BlockGroup& group = groups[i];
      if (!MillisRange{.first_ms = group.first_ms, .last_ms = group.last_ms}.Overlaps(range_)) {
        continue;
      }
      if (Stream* stream = stream_of(group.host, group.source, group.schema)) {
        stream->block_groups.emplace_back(block, i);
      } else if (!TargetOf(group.host)) {
        others.push_back({.host = group.host, .source = group.source, .block = block, .place = i});
      }
    }
    ++place;
  }
  for (const Head* head :
       {contents_.frozen.get(), static_cast<const Head*>(contents_.active.get())}) {
    if (head == nullptr) continue;
    for (const HeadGroupPtr& group : head->Groups()) {
      if (!group->range().Overlaps(range_)) continue;
      if (Stream* stream = stream_of(group->host(), group->source(), group->schema())) {
        stream->head_groups.push_back(group);
      } else if (!TargetOf(group->host())) {
        others.push_back({.host = group->host(), .source = group->source(), .head_group = group});
      }
    }
    ++place;
  }
  for (auto& [key, stream] : found) streams_.push_back(std::move(stream));
  return others;
}

void Selection::Succeed(const BlockPtr& block, std::uint32_t place, Succession* succession) const {
  const BlockGroup& group = block->reader().groups()[place];
  succession->Add(group.schema->id(), {.first_ms = group.first_ms, .last_ms = group.last_ms},
                  [block, place, cache = cache_]() -> absl::StatusOr<RowGroupPtr> {
                    if (cache != nullptr) return OpenCachedGroup(block, place, 1, cache);
                    return block->OpenGroup(place);
                  });
}

void Selection::Succeed(const HeadGroupPtr& group, Succession* succession) {
  succession->Add(group->schema()->id(), group->range(),
                  [group]() -> absl::StatusOr<RowGroupPtr> { return group->Rows(); });
}

// Streams of one source share it.
Succession* Selection::NewSuccession(std::span<Stream> streams) {
  Succession* const made = successions_.emplace_back(std::make_unique<Succession>()).get();
  for (Stream& stream : streams) {
    stream.succession = made;
    for (const auto& [block, place] : stream.block_groups) Succeed(block, place, made);
    for (const HeadGroupPtr& group : stream.head_groups) Succeed(group, made);
  }
  return made;
}

void Selection::FindSuccessions(const std::vector<OtherRows>& others) {
  using Name = std::pair<std::string_view, std::string_view>;
  const auto name_of = [](const Stream& stream) { return Name(stream.host, stream.source); };
  std::set<std::string_view> sources;
  for (auto begin = streams_.begin(); begin != streams_.end();) {
    const auto end = std::find_if(begin, streams_.end(), [&](const Stream& stream) {
      return name_of(stream) != name_of(*begin);
    });
    if (!TargetOf(begin->host)) {
      sources.insert(begin->source);
      if (end - begin > 1) NewSuccession(std::span(begin, end));
    }
    begin = end;
  }
  for (const OtherRows& other : others) {
    if (!sources.contains(other.source)) continue;
    const Name name(other.host, other.source);
    const auto stream = std::ranges::lower_bound(streams_, name, {}, name_of);
    if (stream == streams_.end() || name_of(*stream) != name) continue;
    Succession* succession = stream->succession;
    if (succession == nullptr) succession = NewSuccession(std::span(stream, 1));
    if (other.block != nullptr) {
      Succeed(other.block, other.place, succession);
    } else {
      Succeed(other.head_group, succession);
    }
  }
}

void Selection::NameSeries() {
  // Two streams can only share a series if their hosts are called the same, as those of one host.
  // Within a schema no series stands twice, unless a label is taken for one of the host's.
  std::map<LabelMap, std::size_t> streams_called;
  std::size_t count = 0;
  for (const Stream& stream : streams_) {
    ++streams_called[*stream.host_labels];
    count += stream.columns->size();
  }
  series_.reserve(count);
  std::unordered_map<LabelViews, std::size_t, LabelViewsHash> by_labels;
  for (std::size_t stream = 0; stream < streams_.size(); ++stream) {
    const bool alone =
        streams_called[*streams_[stream].host_labels] == 1 && !MayRepeat(*streams_[stream].schema);
    for (const std::uint32_t column : *streams_[stream].columns) {
      const Origin origin{.stream = stream, .column = column};
      if (!alone) {
        const auto [place, is_new] = by_labels.try_emplace(LabelsOf(origin), series_.size());
        if (!is_new) {
          series_[place->second].others.push_back(origin);
          continue;
        }
      }
      series_.push_back({.first = origin});
    }
  }
  for (FoundSeries& series : series_) {
    if (!series.others.empty()) SortOrigins(&series);
  }
}

// What came first is what stands in the older block. Of the schemas that one source has had, the
// older one is the smaller one, as sources gain series and lose none.
void Selection::SortOrigins(FoundSeries* series) const {
  series->others.push_back(series->first);
  std::ranges::stable_sort(series->others, {}, [this](const Origin& origin) {
    const Stream& stream = streams_[origin.stream];
    return std::tuple(stream.place, stream.schema->series().size(), origin.stream);
  });
  series->first = series->others.front();
  series->others.erase(series->others.begin());
}

LabelViews Selection::LabelsOf(const Origin& origin) const {
  const Stream& stream = streams_[origin.stream];
  return match_->LabelsOf(*stream.host_labels, *stream.schema, origin.column);
}

void Selection::Report(const std::vector<absl::Status>& damage) const {
  for (const absl::Status& status : damage) on_damage_(status);
}

std::vector<MillisRange> Selection::Slices(std::size_t index, std::size_t most_rows) const {
  struct Rows {
    MillisRange range;
    std::size_t rows = 0;
  };
  std::vector<Rows> groups;  // of all origins
  const auto add = [&](const Origin& origin) {
    const Stream& stream = streams_[origin.stream];
    for (const auto& [block, place] : stream.block_groups) {
      const BlockGroup& group = block->reader().groups()[place];
      groups.push_back({{.first_ms = group.first_ms, .last_ms = group.last_ms}, group.rows});
    }
    for (const HeadGroupPtr& group : stream.head_groups) groups.push_back({group->range(), 0});
  };
  add(series_[index].first);
  for (const Origin& origin : series_[index].others) add(origin);
  std::ranges::sort(groups, {}, [](const Rows& group) { return group.range.first_ms; });
  std::vector<MillisRange> slices;
  std::size_t rows = 0;  // of the last slice
  for (const Rows& group : groups) {
    if (!slices.empty() &&
        (rows + group.rows <= most_rows || group.range.first_ms <= slices.back().last_ms)) {
      slices.back().last_ms = std::max(slices.back().last_ms, group.range.last_ms);
      rows += group.rows;
      continue;
    }
    slices.push_back(group.range);
    rows = group.rows;
  }
  // Each goes on to the next one, for the series may have ended between the two.
  for (std::size_t i = 0; i < slices.size(); ++i) {
    slices[i].first_ms = std::max(slices[i].first_ms, range_.first_ms);
    slices[i].last_ms = i + 1 < slices.size() ? slices[i + 1].first_ms - 1 : range_.last_ms;
  }
  return slices;
}

std::size_t Selection::BytesInBlocks() const {
  std::size_t values = 0;
  for (const Stream& stream : streams_) {
    for (const auto& [block, place] : stream.block_groups) {
      values += block->reader().groups()[place].rows * stream.columns->size();
    }
  }
  return values * sizeof(double);
}

absl::StatusOr<RowGroupPtr> Selection::OpenGroup(const Stream& stream, const BlockPtr& block,
                                                 std::uint32_t place) const {
  const std::size_t columns = stream.columns->size();
  if (cache_ != nullptr) return OpenCachedGroup(block, place, columns, cache_);
  return block->OpenGroup(place, columns);
}

absl::StatusOr<Selection::OpenStream*> Selection::Open(std::size_t stream,
                                                       const MillisRange& slice) {
  const auto known = std::ranges::find_if(
      open_, [&](const OpenStream& open) { return open.stream == stream && open.slice == slice; });
  if (known != open_.end()) {
    open_.splice(open_.begin(), open_, known);
    return &open_.front();
  }
  std::vector<RowGroupPtr> parts;
  std::vector<absl::Status> damage;
  for (const auto& [block, place] : streams_[stream].block_groups) {
    const BlockGroup& group = block->reader().groups()[place];
    if (!slice.Overlaps({.first_ms = group.first_ms, .last_ms = group.last_ms})) continue;
    absl::StatusOr<RowGroupPtr> part = OpenGroup(streams_[stream], block, place);
    if (part.ok()) {
      parts.push_back(*std::move(part));
    } else if (absl::IsDataLoss(part.status())) {
      damage.push_back(part.status());
    } else {
      return part.status();
    }
  }
  for (const HeadGroupPtr& group : streams_[stream].head_groups) {
    if (!slice.Overlaps(group->range())) continue;
    if (RowGroupPtr part = group->Rows()) parts.push_back(std::move(part));
  }
  ASSIGN_OR_RETURN(MergedRows rows, MergedRows::Create(std::move(parts), &damage));
  Report(damage);
  const std::vector<std::int64_t>& times_ms = *rows.times_ms();
  const auto begin = std::ranges::lower_bound(times_ms, slice.first_ms) - times_ms.begin();
  const auto end = std::ranges::upper_bound(times_ms, slice.last_ms) - times_ms.begin();
  open_.push_front({.stream = stream,
                    .slice = slice,
                    .rows = std::move(rows),
                    .begin = static_cast<std::size_t>(begin),
                    .end = static_cast<std::size_t>(std::max(begin, end))});
  if (open_.size() > kMostOpenStreams) open_.pop_back();
  return &open_.front();
}

// Whoever reads series one by one lets go of each: its memory serves for the next one.
std::shared_ptr<Selection::ReadColumn> Selection::UnusedColumn() {
  if (keeps_columns_) return std::make_shared<ReadColumn>();
  for (std::shared_ptr<ReadColumn>& column : columns_) {
    if (column.use_count() == 1) return column;
  }
  auto made = std::make_shared<ReadColumn>();
  if (columns_.size() < kMostKeptColumns) columns_.push_back(made);
  return made;
}

absl::StatusOr<SeriesSamples> Selection::ReadOrigin(const Origin& origin,
                                                    const MillisRange& slice) {
  ASSIGN_OR_RETURN(OpenStream* const stream, Open(origin.stream, slice));
  const std::shared_ptr<ReadColumn> column = UnusedColumn();
  column->times_ms = stream->rows.times_ms();
  column->values.resize(stream->rows.rows());
  std::vector<absl::Status> damage;
  RETURN_IF_ERROR(stream->rows.ReadColumn(origin.column, column->values, &damage));
  Report(damage);
  const std::size_t count = stream->end - stream->begin;
  const auto times_ms = std::span(*column->times_ms).subspan(stream->begin, count);
  const auto values = std::span<const double>(column->values).subspan(stream->begin, count);
  if (!HasAbsent(values)) {
    return SeriesSamples{.owner = column, .times_ms = times_ms, .values = values};
  }
  OwnSamples own;
  for (std::size_t i = 0; i < count; ++i) {
    if (!IsAbsent(values[i])) own.Add(times_ms[i], values[i]);
  }
  return std::move(own).Take();
}

// Returns when the series ended, ascending; it may have begun again, even at the same time.
absl::StatusOr<std::vector<std::int64_t>> Selection::EndsWithin(const FoundSeries& series,
                                                                const MillisRange& slice) {
  std::vector<std::int64_t> within;
  const auto take = [&](const Origin& origin) -> absl::Status {
    const Stream& stream = streams_[origin.stream];
    if (stream.succession == nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(const auto ends, stream.succession->EndsOf(stream.schema->id()));
    const auto begin = std::ranges::lower_bound(ends, slice.first_ms);
    within.insert(within.end(), begin, std::upper_bound(begin, ends.end(), slice.last_ms));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(take(series.first));
  for (const Origin& origin : series.others) RETURN_IF_ERROR(take(origin));
  std::ranges::sort(within);
  return within;
}

absl::StatusOr<SeriesSamples> Selection::Read(std::size_t index, const MillisRange& slice) {
  const FoundSeries& series = series_[index];
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> ends, EndsWithin(series, slice));
  ASSIGN_OR_RETURN(SeriesSamples samples, ReadAll(series, slice));
  return WithEnds(std::move(samples), ends);
}

absl::StatusOr<SeriesSamples> Selection::ReadAll(const FoundSeries& series,
                                                 const MillisRange& slice) {
  if (series.others.empty()) return ReadOrigin(series.first, slice);
  std::vector<SeriesSamples> pieces;
  ASSIGN_OR_RETURN(pieces.emplace_back(), ReadOrigin(series.first, slice));
  for (const Origin& origin : series.others) {
    ASSIGN_OR_RETURN(SeriesSamples piece, ReadOrigin(origin, slice));
    pieces.push_back(std::move(piece));
  }
  return JoinSamples(pieces);
}

}  // namespace syspulse
