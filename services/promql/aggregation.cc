// sum, avg, count, min, max, group, stddev and stdvar: each row is added to the running values of
// its group and forgotten. What needs all rows at once is in ranking.cc.
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "services/base/status_macros.h"
#include "services/promql/evaluation.h"
#include "services/promql/exact_sum.h"
#include "services/promql/label_groups.h"
#include "services/promql/ranking.h"
#include "services/promql/selection.h"

namespace syspulse::promql {
namespace {

// The running values of one group at all steps.
class Accumulator {
 public:
  virtual ~Accumulator() = default;
  virtual void Add(std::span<const double> values) = 0;
  // Writes one value a step, absent where nothing was added.
  virtual void Finish(std::span<double> out) const = 0;
};

// `State` is the running value of one step: Add(value) and Total().
template <typename State>
class Accumulated final : public Accumulator {
 public:
  explicit Accumulated(std::size_t steps) : states_(steps), any_(steps, 0) {}

  void Add(std::span<const double> values) override {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (IsAbsent(values[i])) continue;
      states_[i].Add(values[i]);
      any_[i] = 1;
    }
  }
  void Finish(std::span<double> out) const override {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = any_[i] ? states_[i].Total() : kAbsent;
  }

 private:
  std::vector<State> states_;
  std::vector<char> any_;  // whether the step has a value
};

struct Count {
  double count = 0;
  void Add(double) { ++count; }
  double Total() const { return count; }
};

struct Group {
  void Add(double) {}
  double Total() const { return 1; }
};

// A number wins over NaN.
struct Least {
  double least = std::numeric_limits<double>::quiet_NaN();
  void Add(double value) {
    if (value < least || std::isnan(least)) least = value;
  }
  double Total() const { return least; }
};

struct Most {
  double most = std::numeric_limits<double>::quiet_NaN();
  void Add(double value) {
    if (value > most || std::isnan(most)) most = value;
  }
  double Total() const { return most; }
};

// Welford's method. Prometheus 2 takes any single value for one without variance.
template <bool kOfOneFinite>
struct Variance {
  double count = 0;
  double mean = 0;
  double squares = 0;
  void Add(double value) {
    ++count;
    if (count == 1) {
      mean = value;
      if (kOfOneFinite && !std::isfinite(value)) squares = std::numeric_limits<double>::quiet_NaN();
      return;
    }
    const double delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
  }
  double Total() const { return squares / count; }
};

template <bool kOfOneFinite>
struct Deviation : Variance<kOfOneFinite> {
  double Total() const { return std::sqrt(Variance<kOfOneFinite>::Total()); }
};

std::unique_ptr<Accumulator> MakeAccumulator(AggregateOp op, std::size_t steps,
                                             const EngineOptions& options) {
  switch (op) {
    case AggregateOp::kSum:
      return std::make_unique<Accumulated<ExactSum>>(steps);
    case AggregateOp::kAvg:
      return std::make_unique<Accumulated<ExactMean>>(steps);
    case AggregateOp::kCount:
      return std::make_unique<Accumulated<Count>>(steps);
    case AggregateOp::kMin:
      return std::make_unique<Accumulated<Least>>(steps);
    case AggregateOp::kMax:
      return std::make_unique<Accumulated<Most>>(steps);
    case AggregateOp::kStddev:
      if (options.later_corrections) return std::make_unique<Accumulated<Deviation<true>>>(steps);
      return std::make_unique<Accumulated<Deviation<false>>>(steps);
    case AggregateOp::kStdvar:
      if (options.later_corrections) return std::make_unique<Accumulated<Variance<true>>>(steps);
      return std::make_unique<Accumulated<Variance<false>>>(steps);
    default:
      return std::make_unique<Accumulated<Group>>(steps);
  }
}

absl::Status AccumulatedRows(Evaluation& evaluation, const Aggregate& aggregate, const Grid& grid,
                             const RowSink& sink) {
  LabelGroups groups(!aggregate.without, aggregate.grouping);
  std::vector<std::unique_ptr<Accumulator>> accumulators;
  const auto steps = static_cast<std::int64_t>(grid.count);
  const RowSink add = [&](const Labels& labels, std::span<double> values) -> absl::Status {
    const std::size_t group = groups.Add(labels);
    if (group == accumulators.size()) {
      accumulators.push_back(MakeAccumulator(aggregate.op, grid.count, evaluation.options()));
      RETURN_IF_ERROR(evaluation.context().Hold(steps));
    }
    accumulators[group]->Add(values);
    return absl::OkStatus();
  };
  const bool counts = aggregate.op == AggregateOp::kCount || aggregate.op == AggregateOp::kGroup;
  absl::Status status = counts ? PresenceRows(evaluation, *aggregate.expr, grid, add)
                               : evaluation.Rows(*aggregate.expr, grid, add);
  std::vector<double> row(grid.count);
  for (std::size_t group = 0; status.ok() && group < accumulators.size(); ++group) {
    accumulators[group]->Finish(row);
    if (!IsEmpty(row)) status = sink(groups.labels(group), row);
  }
  evaluation.context().Release(steps * static_cast<std::int64_t>(accumulators.size()));
  return status;
}

}  // namespace

absl::Status AggregateRows(Evaluation& evaluation, const Aggregate& aggregate, const Grid& grid,
                           const RowSink& sink) {
  switch (aggregate.op) {
    case AggregateOp::kTopK:
    case AggregateOp::kBottomK:
      return TopRows(evaluation, aggregate, grid, sink);
    case AggregateOp::kQuantile:
      return QuantileRows(evaluation, aggregate, grid, sink);
    case AggregateOp::kCountValues:
      return CountValuesRows(evaluation, aggregate, grid, sink);
    default:
      return AccumulatedRows(evaluation, aggregate, grid, sink);
  }
}

}  // namespace syspulse::promql
