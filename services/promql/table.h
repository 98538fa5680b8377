// Rows that must be held together because an operator needs all of them at once.
#ifndef SERVICES_PROMQL_TABLE_H_
#define SERVICES_PROMQL_TABLE_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "services/promql/column.h"
#include "services/promql/labels.h"
#include "services/promql/query_context.h"

namespace syspulse::promql {

// Rows in the order they came. Counts what it holds towards the limits of its query. Movable, and
// confined to the thread of the query.
class Table {
 public:
  // `context` must outlive this.
  Table(std::size_t steps, QueryContext& context) : steps_(steps), context_(&context) {}
  ~Table();
  Table(Table&& other) noexcept;
  Table& operator=(Table&&) = delete;

  // Adds a copy of a row. ResourceExhausted if the query holds too much.
  absl::Status Add(const Labels& labels, std::span<const double> values);

  std::size_t size() const { return labels_.size(); }
  std::size_t steps() const { return steps_; }
  const Labels& labels(std::size_t row) const { return labels_[row]; }
  std::span<double> values(std::size_t row);

  // Hands all rows to `sink`, in order, without those that hold no value.
  absl::Status SendTo(const RowSink& sink);

 private:
  const std::size_t steps_;  // doubles a row
  QueryContext* context_;
  std::vector<Labels> labels_;
  std::vector<std::unique_ptr<double[]>> blocks_;  // of as many rows as RowsPerBlock()
};

// Rows of which no two may share their labels at the same step: the vectors of PromQL. Rows of
// equal labels that never meet become one.
class DistinctTable {
 public:
  DistinctTable(std::size_t steps, QueryContext& context) : table_(steps, context) {}

  // Where two rows of the same labels have both a value.
  struct Clash {
    std::size_t step = 0;
    bool in_group = false;  // both rows are of the same match group
  };

  // Adds a copy of a row. FailedPrecondition if it meets another one of its labels at some step.
  absl::Status Add(const Labels& labels, std::span<const double> values);

  // The same for a row of a match group, a number other than 0; that it meets another one is in
  // `clash`, which is the first step at which it does, and no error.
  absl::Status Add(const Labels& labels, std::span<const double> values, std::size_t group,
                   std::optional<Clash>* clash);

  absl::Status SendTo(const RowSink& sink) { return table_.SendTo(sink); }

 private:
  struct Place {
    std::size_t row = 0;    // of table_
    std::size_t group = 0;  // that was added last
  };

  Table table_;
  std::unordered_map<Labels, Place, LabelsHash> places_;
};

// Returns the error for a vector in which labels stand twice.
absl::Status SameLabelsTwice();

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_TABLE_H_
