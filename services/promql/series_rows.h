// A row for each series that matches, made by several threads where there is enough to do.
//
// Reading a series and looking at it through windows is most of what a query over many series
// costs, and no series needs another one for it. So threads take pieces, some series beside each
// other, and whoever evaluates the query takes rows in the order of the series, and makes rows
// himself while the next one is not there. What comes out is what one thread would have made,
// errors and limits included. Rows that are made and not yet taken are bounded.
#ifndef SERVICES_PROMQL_SERIES_ROWS_H_
#define SERVICES_PROMQL_SERIES_ROWS_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "services/promql/column.h"
#include "services/promql/evaluation.h"
#include "services/promql/matcher.h"
#include "services/promql/series_source.h"

namespace syspulse::promql {

// What of samples a row is made of.
enum class LooksAt {
  kValues,
  kPresence,  // when there were samples; numbers are as good as other numbers
};

// Confined to one thread.
class RowMaker {
 public:
  explicit RowMaker(LooksAt looks_at) : looks_at_(looks_at) {}
  virtual ~RowMaker() = default;

  LooksAt looks_at() const { return looks_at_; }

  // Fills `row`, a value a step, from the samples of a series; there is one at least.
  virtual absl::Status Make(const SampleSpan& samples, std::span<double> row) = 0;

 private:
  const LooksAt looks_at_;
};

// Makes a maker for a thread. Thread-safe; all it makes do the same.
using NewRowMaker = std::function<std::unique_ptr<RowMaker>()>;

// Sends a row of `steps` for each series that matches, without those that hold no value.
absl::Status SendRows(Evaluation& evaluation, const std::vector<Matcher>& matchers, TimeRange range,
                      std::size_t steps, const NewRowMaker& new_maker, const RowSink& sink);

// Sends the samples of each series that matches, one series at a time.
using SampleSink = std::function<absl::Status(const Labels& labels, const SampleSpan& samples)>;
absl::Status SendSamples(Evaluation& evaluation, const std::vector<Matcher>& matchers,
                         TimeRange range, const SampleSink& sink);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_SERIES_ROWS_H_
