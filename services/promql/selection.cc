#include "services/promql/selection.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "services/base/status_macros.h"

namespace syspulse::promql {
namespace {

// Samples of one series, all of them values. Keeps what the source handed out, or a copy without
// stale markers.
class Column {
 public:
  void Take(const SampleSpan& samples) {
    owner_ = samples.owner;
    times_ms_ = samples.times_ms;
    values_ = samples.values;
  }
  void TakePresent(std::span<const std::int64_t> times_ms, std::span<const double> values) {
    own_times_ms_.clear();
    own_values_.clear();
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (IsAbsent(values[i])) continue;
      own_times_ms_.push_back(times_ms[i]);
      own_values_.push_back(values[i]);
    }
    Take({.owner = nullptr, .times_ms = own_times_ms_, .values = own_values_});
  }

  const std::shared_ptr<const void>& owner() const { return owner_; }
  std::span<const std::int64_t> times_ms() const { return times_ms_; }
  std::span<const double> values() const { return values_; }

 private:
  std::shared_ptr<const void> owner_;  // null: nothing may be remembered about the columns
  std::span<const std::int64_t> times_ms_;
  std::span<const double> values_;
  std::vector<std::int64_t> own_times_ms_;
  std::vector<double> own_values_;
};

bool HasAbsent(std::span<const double> values) {
  // What is absent is a NaN, and only NaN and infinities differ from themselves by anything but
  // zero. That loop takes several at once.
  std::uint64_t differences = 0;
  for (const double value : values) differences |= std::bit_cast<std::uint64_t>(value - value);
  return differences != 0 && std::ranges::any_of(values, IsAbsent);
}

// Reads all series that match, one at a time.
absl::Status ReadSeries(Evaluation& evaluation, const std::vector<Matcher>& matchers,
                        TimeRange range,
                        const std::function<absl::Status(const Labels&, const SampleSpan&)>& sink) {
  QueryContext& context = evaluation.context();
  RETURN_IF_ERROR(context.Check());
  ASSIGN_OR_RETURN(auto readers, evaluation.source().Select(matchers, range, context));
  for (std::unique_ptr<SeriesReader>& reader : readers) {
    RETURN_IF_ERROR(context.Check());
    ASSIGN_OR_RETURN(const SampleSpan samples, reader->Read());
    const auto count = static_cast<std::int64_t>(samples.times_ms.size());
    RETURN_IF_ERROR(context.CountRead(count));
    if (count == 0) continue;
    RETURN_IF_ERROR(context.Hold(count));
    const absl::Status status = sink(reader->labels(), samples);
    context.Release(count);
    RETURN_IF_ERROR(status);
    reader.reset();
  }
  return absl::OkStatus();
}

// Sends one row a series, of what `value_of` makes of the newest sample of each step.
template <typename ValueOf>
absl::Status NewestRows(Evaluation& evaluation, const VectorSelector& selector, const Grid& grid,
                        const RowSink& sink, const ValueOf& value_of) {
  const Grid moments = evaluation.Shifted(selector.shift, grid);
  const std::int64_t lookback_ms = evaluation.options().lookback_ms;
  WindowFinder finder(moments, lookback_ms, evaluation.options().left_open);
  std::vector<double> row(grid.count);
  const TimeRange range = {.start_ms = moments.start_ms - lookback_ms, .end_ms = moments.last_ms()};
  return ReadSeries(evaluation, selector.matchers, range,
                    [&](const Labels& labels, const SampleSpan& samples) -> absl::Status {
                      const auto windows = finder.Find(samples.times_ms, samples.owner);
                      bool any = false;
                      for (std::size_t i = 0; i < row.size(); ++i) {
                        const Window window = windows[i];
                        row[i] = window.size() == 0 ? kAbsent : value_of(samples, window.last - 1);
                        any |= !IsAbsent(row[i]);
                      }
                      return any ? sink(labels, row) : absl::OkStatus();
                    });
}

absl::Status SelectedMatrix(Evaluation& evaluation, const MatrixSelector& matrix, const Grid& grid,
                            const WindowSink& sink) {
  const Grid ends = evaluation.Shifted(matrix.selector.shift, grid);
  WindowFinder finder(ends, matrix.range_ms, evaluation.options().left_open);
  Column column;
  const TimeRange range = {.start_ms = ends.start_ms - matrix.range_ms, .end_ms = ends.last_ms()};
  return ReadSeries(evaluation, matrix.selector.matchers, range,
                    [&](const Labels& labels, const SampleSpan& samples) {
                      if (HasAbsent(samples.values)) {
                        column.TakePresent(samples.times_ms, samples.values);
                      } else {
                        column.Take(samples);
                      }
                      return sink(labels,
                                  {.times_ms = column.times_ms(),
                                   .values = column.values(),
                                   .windows = finder.Find(column.times_ms(), column.owner()),
                                   .ends = ends,
                                   .range_ms = matrix.range_ms,
                                   .steps = grid,
                                   .later_corrections = evaluation.options().later_corrections,
                                   .finder = &finder,
                                   .context = &evaluation.context()});
                    });
}

// Returns the moments at which the expression of a subquery is evaluated: multiples of its step
// within all of its windows.
Grid MomentsOf(const Subquery& subquery, const Grid& ends, const EngineOptions& options) {
  const std::int64_t step = subquery.step_ms > 0 ? subquery.step_ms : options.subquery_step_ms;
  const std::int64_t earliest = ends.start_ms - subquery.range_ms;
  std::int64_t start = step * (earliest / step);
  if (start < earliest || (options.left_open && start == earliest)) start += step;
  const std::int64_t latest = ends.last_ms();
  const std::size_t count =
      latest < start ? 0 : static_cast<std::size_t>((latest - start) / step) + 1;
  return {.start_ms = start, .step_ms = step, .count = count};
}

std::shared_ptr<const std::vector<std::int64_t>> TimesOf(const Grid& grid) {
  auto times = std::make_shared<std::vector<std::int64_t>>(grid.count);
  for (std::size_t i = 0; i < grid.count; ++i) (*times)[i] = grid.At(i);
  return times;
}

absl::Status SubqueryMatrix(Evaluation& evaluation, const Subquery& subquery, const Grid& grid,
                            const WindowSink& sink) {
  const Grid ends = evaluation.Shifted(subquery.shift, grid);
  const Grid moments = MomentsOf(subquery, ends, evaluation.options());
  if (moments.count == 0) return absl::OkStatus();
  QueryContext& context = evaluation.context();
  const auto held = static_cast<std::int64_t>(moments.count);
  absl::Status status = context.Hold(held);
  if (status.ok()) {
    WindowFinder finder(ends, subquery.range_ms, evaluation.options().left_open);
    const auto times = TimesOf(moments);
    Column column;
    const RowSink take = [&](const Labels& labels, std::span<double> values) {
      if (HasAbsent(values)) {
        column.TakePresent(*times, values);
      } else {
        column.Take({.owner = times, .times_ms = *times, .values = values});
      }
      return sink(labels, {.times_ms = column.times_ms(),
                           .values = column.values(),
                           .windows = finder.Find(column.times_ms(), column.owner()),
                           .ends = ends,
                           .range_ms = subquery.range_ms,
                           .steps = grid,
                           .later_corrections = evaluation.options().later_corrections,
                           .finder = &finder,
                           .context = &context});
    };
    if (TypeOf(*subquery.expr) == ValueType::kScalar) {
      auto values = evaluation.Column(*subquery.expr, moments);
      status = values.ok() ? take(Labels(), *values) : values.status();
    } else {
      status = evaluation.Rows(*subquery.expr, moments, take);
    }
  }
  context.Release(held);
  return status;
}

}  // namespace

absl::Status SelectorRows(Evaluation& evaluation, const VectorSelector& selector, const Grid& grid,
                          const RowSink& sink) {
  // A stale marker as a value is absent, as it must be.
  return NewestRows(evaluation, selector, grid, sink,
                    [](const SampleSpan& samples, std::size_t i) { return samples.values[i]; });
}

absl::Status TimestampRows(Evaluation& evaluation, const VectorSelector& selector, const Grid& grid,
                           const RowSink& sink) {
  const TimeShift& shift = selector.shift;
  const auto time_of = [](const SampleSpan& samples, std::size_t i) {
    return IsAbsent(samples.values[i]) ? kAbsent : static_cast<double>(samples.times_ms[i]) / 1000;
  };
  if (shift.offset_ms < 0 && (shift.at_ms.has_value() || shift.edge != TimeShift::Edge::kNone)) {
    // Prometheus overlooks an offset into the future beside an `@` here, in all its versions, but
    // for the samples that it reads: those that the offset means.
    VectorSelector without_offset = selector;
    without_offset.shift.offset_ms = 0;
    const std::int64_t first_ms =
        evaluation.Shifted(shift, grid).start_ms - evaluation.options().lookback_ms;
    return NewestRows(evaluation, without_offset, grid, sink,
                      [&](const SampleSpan& samples, std::size_t i) {
                        return samples.times_ms[i] < first_ms ? kAbsent : time_of(samples, i);
                      });
  }
  return NewestRows(evaluation, selector, grid, sink, time_of);
}

absl::Status MatrixRows(Evaluation& evaluation, const Expr& matrix, const Grid& grid,
                        const WindowSink& sink) {
  const Expr& expr = WithoutParens(matrix);
  if (const auto* selector = std::get_if<MatrixSelector>(&expr.node)) {
    return SelectedMatrix(evaluation, *selector, grid, sink);
  }
  if (const auto* subquery = std::get_if<Subquery>(&expr.node)) {
    return SubqueryMatrix(evaluation, *subquery, grid, sink);
  }
  return absl::InternalError("evaluate a matrix: the expression is none");
}

}  // namespace syspulse::promql
