// Queries that several threads evaluate answer what one thread does, to the last bit.
#include "services/promql/row_pieces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/mutex.h"
#include "services/base/worker_pool.h"
#include "services/promql/engine.h"
#include "services/promql/function_table.h"
#include "services/promql/parser.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/memory_series.h"
#include "tests/testing/sanitizers.h"

namespace syspulse::promql {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr std::int64_t kStartMs = 1'700'000'000'000;
constexpr int kSeries = 1200;  // of two metrics: enough for threads
constexpr int kSamples = 500;  // of most series, every five seconds or so
constexpr std::int64_t kStepMs = 15'000;
constexpr TimeRange kRange = {.start_ms = kStartMs + 300'000, .end_ms = kStartMs + 2'400'000};

// Calls a function before each read, by the number of the series.
using BeforeRead = std::function<absl::Status(std::size_t index)>;

class WatchedCursor final : public SeriesCursor {
 public:
  WatchedCursor(std::unique_ptr<SeriesCursor> cursor, const BeforeRead* before)
      : cursor_(std::move(cursor)), before_(before) {}
  absl::StatusOr<SampleSpan> Read(std::size_t index) override {
    if (absl::Status status = (*before_)(index); !status.ok()) return status;
    return cursor_->Read(index);
  }
  absl::StatusOr<SampleSpan> ReadPresence(std::size_t index) override {
    if (absl::Status status = (*before_)(index); !status.ok()) return status;
    ++presences;
    return cursor_->ReadPresence(index);
  }

  static inline std::atomic<int> presences = 0;  // that were read

 private:
  const std::unique_ptr<SeriesCursor> cursor_;
  const BeforeRead* const before_;
};

class WatchedSelected final : public SelectedSeries {
 public:
  WatchedSelected(std::unique_ptr<SelectedSeries> selected, const BeforeRead* before)
      : selected_(std::move(selected)), before_(before) {}
  std::size_t size() const override { return selected_->size(); }
  std::size_t SampleEstimate() const override { return selected_->SampleEstimate(); }
  Labels labels(std::size_t index) override { return selected_->labels(index); }
  std::unique_ptr<SeriesCursor> NewCursor() const override {
    return std::make_unique<WatchedCursor>(selected_->NewCursor(), before_);
  }

 private:
  const std::unique_ptr<SelectedSeries> selected_;
  const BeforeRead* const before_;
};

class WatchedSource final : public SeriesSource {
 public:
  absl::StatusOr<std::vector<std::unique_ptr<SeriesReader>>> Select(
      std::span<const Matcher> matchers, TimeRange range,
      const QueryContext& context) const override {
    return memory.Select(matchers, range, context);
  }
  absl::StatusOr<std::unique_ptr<SelectedSeries>> SelectForThreads(
      std::span<const Matcher> matchers, TimeRange range) const override {
    return std::make_unique<WatchedSelected>(memory.SelectForThreads(matchers, range).value(),
                                             &before_read);
  }

  MemorySource memory;
  BeforeRead before_read = [](std::size_t) { return absl::OkStatus(); };
};

// What a query came to, as bytes of which none is lost.
struct Outcome {
  std::string text;
  std::int64_t series_read = 0;
  std::int64_t samples_read = 0;
  std::int64_t most_samples_held = 0;

  bool operator==(const Outcome&) const = default;
};

std::string TextOf(const absl::StatusOr<Answer>& answer) {
  if (!answer.ok()) return answer.status().ToString();
  std::string text;
  for (const Series& series : std::get<Matrix>(answer->value).series) {
    text += series.labels.ToString();
    const auto bytes_of = [](const auto& column) {
      return std::string_view(reinterpret_cast<const char*>(column.data()), column.size() * 8);
    };
    text.append(bytes_of(series.values)).append(bytes_of(*series.times_ms));
    text += "\n";
  }
  for (const std::string& info : answer->infos) text += info + "\n";
  return text;
}

class RowPiecesTest : public ::testing::Test {
 protected:
  RowPiecesTest() {
    for (int i = 0; i < kSeries; ++i) AddSeries(i);
  }

  // A counter that starts again or a gauge; with gaps, ends, NaN and infinities; longer or shorter.
  void AddSeries(int number) {
    const bool counter = number % 2 == 0;
    const Labels labels = Labels::Of({{"__name__", counter ? "x_total" : "y"},
                                      {"group", std::to_string(number % 7)},
                                      {"n", absl::StrFormat("%03d", number / 2)}});
    std::uniform_real_distribution<double> share(0, 1);
    const int samples = number % 50 == 49 ? 10 * kSamples : number % 40 == 3 ? 1 : kSamples;
    std::int64_t time_ms = kStartMs + number;
    double value = share(random_) * 1e6;
    MemoryColumns columns;
    for (int i = 0; i<samples; ++i, time_ms += samples> kSamples ? 500 : 5000) {
      const double chance = share(random_);
      value = counter && chance > 0.01 ? value + chance : std::ldexp(chance, number % 40);
      if (chance > 0.97) continue;
      double sample = value;
      if (number % 10 == 5 && chance < 0.02) sample = std::bit_cast<double>(kStaleBits);
      if (number % 20 == 9 && chance < 0.01) sample = std::nan("");
      if (number % 100 == 17 && chance < 0.01) sample = std::numeric_limits<double>::infinity();
      columns.times_ms.push_back(time_ms);
      columns.values.push_back(sample);
    }
    source_.memory.Set(labels, std::move(columns));
  }

  Outcome Evaluate(std::string_view query, WorkerPool* workers) {
    const ExprPtr expr = ParseExpr(query).value();
    QueryContext context(limits_, clock_, stop_.get_token());
    const auto answer = Engine({}, workers).Range(*expr, kRange, kStepMs, source_, context, query);
    return {.text = TextOf(answer),
            .series_read = context.series_read(),
            .samples_read = context.samples_read(),
            .most_samples_held = context.most_samples_held()};
  }
  Outcome ByOne(std::string_view query) { return Evaluate(query, nullptr); }
  Outcome ByMany(std::string_view query) { return Evaluate(query, &workers_); }

  void ExpectTheSame(const std::string& query) {
    const Outcome one = ByOne(query);
    const Outcome many = ByMany(query);
    EXPECT_TRUE(one == many) << query << "\n"
                             << one.text.substr(0, 1000) << "\n"
                             << many.text.substr(0, 1000);
  }

  std::mt19937_64 random_{20231114};
  WatchedSource source_;
  QueryLimits limits_;
  FakeClock clock_;
  std::stop_source stop_;
  WorkerPool workers_{3};
};

// Returns the call of a function that takes a range, with scalars that suit it.
std::string CallOf(const Function& function, const std::string& range) {
  std::string arguments;
  for (const ValueType type : function.arguments) {
    if (!arguments.empty()) arguments += ", ";
    arguments += type == ValueType::kMatrix ? range : "0.25";
  }
  return absl::StrFormat("%s(%s)", std::string(function.name), arguments);
}

TEST_F(RowPiecesTest, EveryFunctionOfARangeIsTheSameToTheLastBit) {
  int functions = 0;
  for (const Function& function : AllFunctions()) {
    if (std::ranges::find(function.arguments, ValueType::kMatrix) == function.arguments.end()) {
      continue;
    }
    if (++functions % 4 != 0 && kSanitized) continue;
    for (const char* range : {"x_total[1m]", "y[5m]", "y[2m] offset 1m", "y[20m] @ end()"}) {
      ExpectTheSame(CallOf(function, range));
    }
  }
  EXPECT_GT(functions, 20);
}

TEST_F(RowPiecesTest, WhatTakesTheRowsGetsThemInTheirOrder) {
  for (const char* query :
       {"sum by (group) (rate(x_total[1m]))", "avg(y)", "stddev by (group) (y)", "topk(3, y)",
        "count_values(\"v\", x_total > bool 100)", "x_total / on (n) y", "timestamp(y)",
        "sum(max_over_time(rate(x_total[1m])[5m:30s]))", "quantile(0.3, increase(x_total[2m]))",
        "last_over_time({__name__=~\"x_total|y\"}[1m])", "sum(y) - sum(y)", "x_total"}) {
    ExpectTheSame(query);
  }
}

TEST_F(RowPiecesTest, WhatLooksAtTimesAloneGetsAnyNumbers) {
  for (const char* query :
       {"count(y)", "count by (group) ((y))", "group without (n) (x_total offset 3m)",
        "timestamp(y)", "timestamp(y offset -1m)", "absent(y)", "absent(y{n=\"003\"} or y)",
        "absent_over_time(y[30s])", "count_over_time(y[1m])", "present_over_time(x_total[30s])"}) {
    const int before = WatchedCursor::presences;
    ExpectTheSame(query);
    const bool is_operator = std::string_view(query).find(" or ") != std::string_view::npos;
    EXPECT_EQ(WatchedCursor::presences > before, !is_operator) << query;
  }
  const int before = WatchedCursor::presences;
  ExpectTheSame("count(y > 1)");
  ExpectTheSame("count(y @ end())");
  EXPECT_EQ(WatchedCursor::presences, before);
}

TEST_F(RowPiecesTest, SeriesThatAreCalledTheSameAreAnErrorAsBefore) {
  ExpectTheSame("rate({__name__=~\"x_total|y\"}[1m])");
  ExpectTheSame("label_replace(rate(x_total[1m]), \"n\", \"\", \"n\", \".*\")");
}

TEST_F(RowPiecesTest, SeveralThreadsRead) {
  Mutex mutex;
  std::condition_variable_any changed;
  std::set<std::thread::id> threads;
  source_.before_read = [&](std::size_t index) {
    const MutexLock lock(mutex);
    threads.insert(std::this_thread::get_id());
    changed.notify_all();
    if (index == kSeries / 4) {  // there are pieces left that others may take
      EXPECT_TRUE(
          changed.wait_for(mutex, std::chrono::seconds(20), [&] { return threads.size() > 1; }));
    }
    return absl::OkStatus();
  };
  EXPECT_THAT(ByMany("sum(rate(x_total[1m]))").text, StartsWith("{}"));
  EXPECT_THAT(threads, SizeIs(testing::Gt(1)));
}

TEST_F(RowPiecesTest, LittleWorkIsLeftToTheThreadThatAsks) {
  std::set<std::thread::id> threads;  // no lock: if several threads came, it would be an error
  source_.before_read = [&](std::size_t) {
    threads.insert(std::this_thread::get_id());
    return absl::OkStatus();
  };
  ExpectTheSame("sum(rate(x_total{n=~\"00.\"}[1m]))");
  EXPECT_THAT(threads, testing::ElementsAre(std::this_thread::get_id()));
}

TEST_F(RowPiecesTest, OfSeveralErrorsTheFirstSeriesOneIsReturned) {
  for (const std::size_t first : {0, 1, 50, 300, 301, 598}) {
    source_.before_read = [&](std::size_t index) {
      if (index < first || index % 3 != first % 3) return absl::OkStatus();
      return absl::DataLossError(absl::StrFormat("series %d", index));
    };
    EXPECT_EQ(ByMany("rate(x_total[1m])").text, absl::StrFormat("DATA_LOSS: series %d", first));
    EXPECT_EQ(ByMany("sum(x_total)").series_read, static_cast<std::int64_t>(first));
  }
}

TEST_F(RowPiecesTest, FunctionsThatFailDoSoAsBefore) {
  ExpectTheSame("holt_winters(y[1m], 0.5, 2)");
  ExpectTheSame("holt_winters(y[1m], scalar(y{n=\"001\"}) * 0 + 3, 0.5)");
}

TEST_F(RowPiecesTest, LimitsAreMetAtTheSameSeries) {
  for (const std::int64_t series : {1, 30, 350, 599}) {
    limits_ = {.series_read = series};
    ExpectTheSame("sum(rate(x_total[1m]))");
    EXPECT_THAT(ByMany("x_total").text, HasSubstr("more than"));
  }
  for (const std::int64_t samples : {100, 3000, 60'000}) {
    limits_ = {.samples = samples};
    ExpectTheSame("rate(x_total[1m])");
    EXPECT_THAT(ByMany("topk(1000, x_total)").text, HasSubstr("too many samples"));
  }
}

TEST_F(RowPiecesTest, EndOnceTheCallerIsGone) {
  for (const std::size_t when : {0, 60, 350}) {
    stop_ = std::stop_source();
    source_.before_read = [&](std::size_t index) {
      if (index == when) stop_.request_stop();
      return absl::OkStatus();
    };
    EXPECT_THAT(ByMany("rate(x_total[1m])").text, HasSubstr("CANCELLED")) << when;
  }
}

TEST_F(RowPiecesTest, EndOnceTheTimeIsUp) {
  source_.before_read = [&](std::size_t index) {
    if (index == 350) clock_.Advance(absl::Minutes(3));
    return absl::OkStatus();
  };
  EXPECT_THAT(ByMany("rate(x_total[1m])").text, HasSubstr("DEADLINE_EXCEEDED"));
}

TEST_F(RowPiecesTest, QueriesOfManyThreadsAtOnceAllGetTheirOwn) {
  const std::vector<std::string> queries = {"rate(x_total[1m])", "sum by (group) (y)",
                                            "max_over_time(y[5m])", "avg(irate(x_total[1m]))"};
  std::vector<Outcome> outcomes(3 * queries.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      threads.emplace_back([&, i] { outcomes[i] = ByMany(queries[i % queries.size()]); });
    }
  }
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    EXPECT_TRUE(outcomes[i] == ByOne(queries[i % queries.size()])) << queries[i % queries.size()];
  }
}

}  // namespace
}  // namespace syspulse::promql
