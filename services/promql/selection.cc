#include "services/promql/selection.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "services/base/status_macros.h"
#include "services/promql/expr_traits.h"

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

// Samples of one series after the other, seen through the windows of a matrix. Confined to one
// thread.
class WindowView {
 public:
  // Windows of `range_ms` that end at `ends`, for a query's `steps`. What `evaluation` refers to
  // must outlive this.
  WindowView(Evaluation& evaluation, Grid ends, std::int64_t range_ms, Grid steps)
      : finder_(ends, range_ms, evaluation.options().left_open),
        steps_(steps),
        later_corrections_(evaluation.options().later_corrections),
        context_(evaluation.context()) {}

  // Returns a series as it is seen, valid until the next call, as long as the samples.
  WindowedSeries See(const SampleSpan& samples) {
    if (!samples.numbers && HasAbsent(samples.values)) {
      column_.TakePresent(samples.times_ms, samples.values);
    } else {
      column_.Take(samples);
    }
    return {.times_ms = column_.times_ms(),
            .values = column_.values(),
            .falls = samples.numbers ? samples.falls : FallRange(),
            .windows = finder_.Find(column_.times_ms(), column_.owner()),
            .ends = finder_.ends(),
            .range_ms = finder_.range_ms(),
            .steps = steps_,
            .later_corrections = later_corrections_,
            .finder = &finder_,
            .context = &context_};
  }

 private:
  WindowFinder finder_;
  Column column_;
  const Grid steps_;
  const bool later_corrections_;
  const QueryContext& context_;
};

// Makes a row of what a function says about windows.
class WindowRowMaker final : public RowMaker {
 public:
  WindowRowMaker(LooksAt looks_at, WindowView view, const WindowWork& work)
      : RowMaker(looks_at), view_(std::move(view)), work_(work) {}

  absl::Status Make(const SampleSpan& samples, std::span<double> row) override {
    return work_(view_.See(samples), row);
  }

 private:
  WindowView view_;
  const WindowWork& work_;
};

// Makes a row of what `ValueOf` makes of the newest sample of each step.
template <typename ValueOf>
class NewestRowMaker final : public RowMaker {
 public:
  NewestRowMaker(LooksAt looks_at, WindowFinder finder, const ValueOf& value_of)
      : RowMaker(looks_at), finder_(std::move(finder)), value_of_(value_of) {}

  absl::Status Make(const SampleSpan& samples, std::span<double> row) override {
    const std::span<const Window> windows = finder_.Find(samples.times_ms, samples.owner);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const Window window = windows[i];
      row[i] = window.size() == 0 ? kAbsent : value_of_(samples, window.last - 1);
    }
    return absl::OkStatus();
  }

 private:
  WindowFinder finder_;
  const ValueOf& value_of_;
};

// Sends one row a series, of what `value_of` makes of the newest sample of each step; several
// threads may call it.
template <typename ValueOf>
absl::Status NewestRows(Evaluation& evaluation, const VectorSelector& selector, const Grid& grid,
                        LooksAt looks_at, const RowSink& sink, const ValueOf& value_of) {
  const Grid moments = evaluation.Shifted(selector.shift, grid);
  const std::int64_t lookback_ms = evaluation.options().lookback_ms;
  const TimeRange range = {.start_ms = moments.start_ms - lookback_ms, .end_ms = moments.last_ms()};
  const auto new_maker = [&] {
    return std::make_unique<NewestRowMaker<ValueOf>>(
        looks_at, WindowFinder(moments, lookback_ms, evaluation.options().left_open), value_of);
  };
  return SendRows(evaluation, selector.matchers, range, grid.count, new_maker, sink);
}

// Returns the range that all windows of a matrix lie in.
TimeRange RangeOf(const Grid& ends, std::int64_t range_ms) {
  return {.start_ms = ends.start_ms - range_ms, .end_ms = ends.last_ms()};
}

absl::Status SelectedMatrix(Evaluation& evaluation, const MatrixSelector& matrix, const Grid& grid,
                            const WindowSink& sink) {
  const Grid ends = evaluation.Shifted(matrix.selector.shift, grid);
  WindowView view(evaluation, ends, matrix.range_ms, grid);
  return SendSamples(evaluation, matrix.selector.matchers, RangeOf(ends, matrix.range_ms),
                     [&](const Labels& labels, const SampleSpan& samples) {
                       return sink(labels, view.See(samples));
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
  // The times, and of each row its values, their windows and what of it goes to other threads.
  const auto held = 4 * static_cast<std::int64_t>(moments.count);
  absl::Status status = context.Hold(held);
  if (status.ok()) {
    WindowView view(evaluation, ends, subquery.range_ms, grid);
    const auto times = TimesOf(moments);
    const RowSink take = [&](const Labels& labels, std::span<double> values) {
      return sink(labels, view.See({.owner = times, .times_ms = *times, .values = values}));
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

absl::Status NewestValues(Evaluation& evaluation, const VectorSelector& selector, const Grid& grid,
                          LooksAt looks_at, const RowSink& sink) {
  // A stale marker as a value is absent, as it must be.
  return NewestRows(evaluation, selector, grid, looks_at, sink,
                    [](const SampleSpan& samples, std::size_t i) { return samples.values[i]; });
}

}  // namespace

absl::Status SelectorRows(Evaluation& evaluation, const VectorSelector& selector, const Grid& grid,
                          const RowSink& sink) {
  return NewestValues(evaluation, selector, grid, LooksAt::kValues, sink);
}

absl::Status PresenceRows(Evaluation& evaluation, const Expr& vector, const Grid& grid,
                          const RowSink& sink) {
  const Expr& expr = WithoutParens(vector);
  const auto* selector = std::get_if<VectorSelector>(&expr.node);
  if (selector == nullptr || IsTheSameAtAllSteps(expr)) return evaluation.Rows(vector, grid, sink);
  return NewestValues(evaluation, *selector, grid, LooksAt::kPresence, sink);
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
    return NewestRows(evaluation, without_offset, grid, LooksAt::kPresence, sink,
                      [&](const SampleSpan& samples, std::size_t i) {
                        return samples.times_ms[i] < first_ms ? kAbsent : time_of(samples, i);
                      });
  }
  return NewestRows(evaluation, selector, grid, LooksAt::kPresence, sink, time_of);
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

absl::Status WindowRows(Evaluation& evaluation, const Expr& matrix, const Grid& grid,
                        LooksAt looks_at, const WindowWork& work, const RowSink& sink) {
  if (const auto* selector = std::get_if<MatrixSelector>(&WithoutParens(matrix).node)) {
    const Grid ends = evaluation.Shifted(selector->selector.shift, grid);
    const auto new_maker = [&] {
      return std::make_unique<WindowRowMaker>(
          looks_at, WindowView(evaluation, ends, selector->range_ms, grid), work);
    };
    return SendRows(evaluation, selector->selector.matchers, RangeOf(ends, selector->range_ms),
                    grid.count, new_maker, sink);
  }
  std::vector<double> row(grid.count);
  return MatrixRows(evaluation, matrix, grid,
                    [&](const Labels& labels, const WindowedSeries& series) -> absl::Status {
                      RETURN_IF_ERROR(work(series, row));
                      return IsEmpty(row) ? absl::OkStatus() : sink(labels, row);
                    });
}

}  // namespace syspulse::promql
