// What evaluating a query costs beyond reading: 55,000 series of 200 instances, one sample a second
// for an hour, asked for 240 steps. All series hand out the same column of values, or one of
// 1,000 that no cache holds; instances have columns of times of their own, as in the store.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/base/clock.h"
#include "services/promql/engine.h"
#include "services/promql/parser.h"

namespace syspulse::promql {
namespace {

constexpr int kInstances = 200;
constexpr int kSeriesEach = 275;
constexpr int kSeconds = 3600;
constexpr std::int64_t kStartMs = 1'700'000'000'000;

class Reader final : public SeriesReader {
 public:
  Reader(const Labels& labels, SampleSpan samples)
      : labels_(labels), samples_(std::move(samples)) {}
  const Labels& labels() const override { return labels_; }
  absl::StatusOr<SampleSpan> Read() override { return samples_; }
  absl::StatusOr<std::optional<SampleSpan>> ReadPart() override { return std::nullopt; }

 private:
  const Labels& labels_;
  const SampleSpan samples_;
};

class Source final : public SeriesSource {
 public:
  explicit Source(int columns) {
    for (int column = 0; column < columns; ++column) {
      auto values = std::make_shared<std::vector<double>>();
      for (int i = 0; i < kSeconds; ++i) values->push_back(1e6 + i * 7 + i % 7);
      values_.push_back(std::move(values));
    }
    for (int instance = 0; instance < kInstances; ++instance) {
      auto times = std::make_shared<std::vector<std::int64_t>>();
      for (int i = 0; i < kSeconds; ++i) times->push_back(kStartMs + i * 1000 + instance);
      times_.push_back(std::move(times));
      for (int series = 0; series < kSeriesEach; ++series) {
        labels_.push_back(LabelsBuilder()
                              .Set("__name__", "x_total")
                              .Set("instance", "host-" + std::to_string(instance))
                              .Set("job", "syspulse")
                              .Set("series", std::to_string(series))
                              .Build());
      }
    }
  }

  absl::StatusOr<std::vector<std::unique_ptr<SeriesReader>>> Select(
      std::span<const Matcher> matchers, TimeRange, const QueryContext&) const override {
    std::vector<std::unique_ptr<SeriesReader>> readers;
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      if (matchers.size() > 1 && !matchers[0].Matches(labels_[i].Get(matchers[0].name()))) continue;
      const auto& times = times_[i / kSeriesEach];
      readers.push_back(
          std::make_unique<Reader>(labels_[i], SampleSpan{.owner = times,
                                                          .times_ms = *times,
                                                          .values = *values_[i % values_.size()],
                                                          .numbers = true,
                                                          .falls = {0, 0}}));
    }
    return readers;
  }

 private:
  std::vector<std::shared_ptr<const std::vector<double>>> values_;       // of series in turn
  std::vector<std::shared_ptr<const std::vector<std::int64_t>>> times_;  // by instance
  std::vector<Labels> labels_;                                           // instance by instance
};

void EvaluateOver(const Source& source, benchmark::State& state, const char* query) {
  const SystemClock clock;
  const ExprPtr expr = ParseExpr(query).value();
  const Engine engine;
  for (auto _ : state) {
    QueryContext context({}, clock, {});
    auto answer =
        engine.Range(*expr, {kStartMs, kStartMs + kSeconds * 1000 - 1}, 15'000, source, context);
    if (!answer.ok()) state.SkipWithError(std::string(answer.status().message()).c_str());
    benchmark::DoNotOptimize(answer);
  }
}

void Evaluate(benchmark::State& state, const char* query) {
  static const Source source(1);
  EvaluateOver(source, state, query);
}

void EvaluateFar(benchmark::State& state, const char* query) {
  static const Source source(1000);
  EvaluateOver(source, state, query);
}

BENCHMARK_CAPTURE(Evaluate, select, "x_total")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Evaluate, sum, "sum(x_total)")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Evaluate, sum_by, "sum by (instance) (x_total)")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Evaluate, avg_by, "avg by (instance) (x_total)")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Evaluate, rate, "sum by (instance) (rate(x_total[1m]))")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(EvaluateFar, rate, "sum by (instance) (rate(x_total[1m]))")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Evaluate, max_over_time, "max(max_over_time(x_total[1m]))")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Evaluate, avg_over_time, "max(avg_over_time(x_total[1m]))")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Evaluate, divide, "sum(x_total / x_total)")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Evaluate, topk, "topk(5, x_total)")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace syspulse::promql

BENCHMARK_MAIN();
