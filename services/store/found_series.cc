#include "services/store/found_series.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "services/base/status_macros.h"
#include "services/model/custom_source.h"
#include "services/model/target.h"
#include "services/store/cached_group.h"

namespace syspulse {
namespace {

// What a selection reads at most of the cache's size: more would drive all others out of it, and
// not be there any more when it is read again.
constexpr std::size_t kCacheShare = 3;

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

// Returns whether a row of a source says nothing of the series that it lacks.
bool ComesInParts(std::string_view host, std::string_view source) {
  return TargetOf(host).has_value() || IsCustomSource(source);
}

// Returns whether two series of a schema may be called the same on some host: the `job` of one is
// the `exported_job` of the other.
bool MayRepeat(const Schema& schema) {
  return std::ranges::any_of(schema.families(), [](const MetricFamily& family) {
    return std::ranges::any_of(
        family.label_names, [](const std::string& name) { return name.starts_with("exported_"); });
  });
}

}  // namespace

FoundSeries::FoundSeries(const ContentsView& contents, std::vector<LabelMatcher> matchers,
                         const MillisRange& range, ColumnCache* cache)
    : contents_(contents),
      matchers_(std::move(matchers)),
      range_(range),
      cache_(cache),
      match_(matchers_, contents.host_labels) {
  const std::vector<OtherRows> others = FindStreams();
  if (!IsForCache()) cache_ = nullptr;
  FindSuccessions(others);
  NameSeries();
}

std::vector<FoundSeries::OtherRows> FoundSeries::FindStreams() {
  using Key = std::tuple<std::string_view, std::string_view, std::uint64_t>;
  std::map<Key, Stream> found;  // sources of one host beside each other
  std::vector<OtherRows> others;
  std::size_t place = 0;
  const auto stream_of = [&](const std::string& host, const std::string& source,
                             const SchemaPtr& schema) -> Stream* {
    const Key key(host, source, schema->id());
    const auto known = found.find(key);
    if (known != found.end()) return &known->second;
    MatchedColumns columns = match_.Find(host, schema);
    if (columns == nullptr) return nullptr;
    Stream stream{.host = host,
                  .source = source,
                  .host_labels = &match_.LabelsOf(host),
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
      if (contents_.IsDeletedIn(*block, group.host)) continue;
      if (Stream* stream = stream_of(group.host, group.source, group.schema)) {
        stream->block_groups.emplace_back(block, i);
      } else if (!ComesInParts(group.host, group.source)) {
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
      if (head == contents_.frozen.get() && contents_.IsDeletedInFrozen(group->host())) continue;
      if (Stream* stream = stream_of(group->host(), group->source(), group->schema())) {
        stream->head_groups.push_back(group);
      } else if (!ComesInParts(group->host(), group->source())) {
        others.push_back({.host = group->host(), .source = group->source(), .head_group = group});
      }
    }
    ++place;
  }
  for (auto& [key, stream] : found) streams_.push_back(std::move(stream));
  return others;
}

void FoundSeries::Succeed(const BlockPtr& block, std::uint32_t place,
                          Succession* succession) const {
  const BlockGroup& group = block->reader().groups()[place];
  succession->Add(group.schema->id(), {.first_ms = group.first_ms, .last_ms = group.last_ms},
                  [block, place, cache = cache_]() -> absl::StatusOr<RowGroupPtr> {
                    if (cache != nullptr) return OpenCachedGroup(block, place, 1, cache);
                    return block->OpenGroup(place);
                  });
}

void FoundSeries::Succeed(const HeadGroupPtr& group, Succession* succession) {
  succession->Add(group->schema()->id(), group->range(),
                  [group]() -> absl::StatusOr<RowGroupPtr> { return group->Rows(); });
}

// Streams of one source share it.
Succession* FoundSeries::NewSuccession(std::span<Stream> streams) {
  Succession* const made = successions_.emplace_back(std::make_unique<Succession>()).get();
  for (Stream& stream : streams) {
    stream.succession = made;
    for (const auto& [block, place] : stream.block_groups) Succeed(block, place, made);
    for (const HeadGroupPtr& group : stream.head_groups) Succeed(group, made);
  }
  return made;
}

void FoundSeries::FindSuccessions(const std::vector<OtherRows>& others) {
  using Name = std::pair<std::string_view, std::string_view>;
  const auto name_of = [](const Stream& stream) { return Name(stream.host, stream.source); };
  std::set<std::string_view> sources;
  for (auto begin = streams_.begin(); begin != streams_.end();) {
    const auto end = std::find_if(begin, streams_.end(), [&](const Stream& stream) {
      return name_of(stream) != name_of(*begin);
    });
    if (!ComesInParts(begin->host, begin->source)) {
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

void FoundSeries::NameSeries() {
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
  for (Series& series : series_) {
    if (!series.others.empty()) SortOrigins(&series);
  }
}

// What came first is what stands in the older block. Of the schemas that one source has had, the
// older one is the smaller one, as sources gain series and lose none.
void FoundSeries::SortOrigins(Series* series) const {
  series->others.push_back(series->first);
  std::ranges::stable_sort(series->others, {}, [this](const Origin& origin) {
    const Stream& stream = StreamOf(origin);
    return std::tuple(stream.place, stream.schema->series().size(), origin.stream);
  });
  series->first = series->others.front();
  series->others.erase(series->others.begin());
}

LabelViews FoundSeries::LabelsOf(const Origin& origin) {
  const Stream& stream = StreamOf(origin);
  return match_.LabelsOf(*stream.host_labels, *stream.schema, origin.column);
}

std::size_t FoundSeries::SampleEstimate() const {
  double samples = 0;
  // Rows are taken to stand evenly in their group's time.
  const auto add = [&](const MillisRange& rows_range, std::size_t rows, std::size_t columns) {
    const std::int64_t first_ms = std::max(rows_range.first_ms, range_.first_ms);
    const std::int64_t last_ms = std::min(rows_range.last_ms, range_.last_ms);
    const double part = static_cast<double>(last_ms - first_ms + 1) /
                        static_cast<double>(rows_range.last_ms - rows_range.first_ms + 1);
    samples += static_cast<double>(rows * columns) * std::max(part, 0.0);
  };
  for (const Stream& stream : streams_) {
    for (const auto& [block, place] : stream.block_groups) {
      const BlockGroup& group = block->reader().groups()[place];
      add({.first_ms = group.first_ms, .last_ms = group.last_ms}, group.rows,
          stream.columns->size());
    }
    for (const HeadGroupPtr& group : stream.head_groups) {
      add(group->range(), group->rows(), stream.columns->size());
    }
  }
  return static_cast<std::size_t>(samples);
}

bool FoundSeries::IsForCache() const {
  std::size_t values = 0;  // in blocks
  for (const Stream& stream : streams_) {
    for (const auto& [block, place] : stream.block_groups) {
      values += block->reader().groups()[place].rows * stream.columns->size();
    }
  }
  return values * sizeof(double) <= cache_->limit() / kCacheShare;
}

absl::StatusOr<RowGroupPtr> FoundSeries::OpenGroup(const Stream& stream, const BlockPtr& block,
                                                   std::uint32_t place) const {
  const std::size_t columns = stream.columns->size();
  if (cache_ != nullptr) return OpenCachedGroup(block, place, columns, cache_);
  return block->OpenGroup(place, columns);
}

absl::StatusOr<std::vector<std::int64_t>> FoundSeries::EndsOf(const Series& series,
                                                              const MillisRange& range) const {
  std::vector<std::int64_t> within;
  const auto take = [&](const Origin& origin) -> absl::Status {
    const Stream& stream = StreamOf(origin);
    if (stream.succession == nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(const auto ends, stream.succession->EndsOf(stream.schema->id()));
    const auto begin = std::ranges::lower_bound(ends, range.first_ms);
    within.insert(within.end(), begin, std::upper_bound(begin, ends.end(), range.last_ms));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(take(series.first));
  for (const Origin& origin : series.others) RETURN_IF_ERROR(take(origin));
  std::ranges::sort(within);
  return within;
}

}  // namespace syspulse
