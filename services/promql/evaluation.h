// One query being evaluated: walks the tree, and is what the operators ask for their operands.
//
// Rows are pushed: a node sends each row to the sink it was given as soon as it has it, so
// `sum(rate( x[5m]))` never holds more than one series of x. Operators that need several rows at
// once hold them in a Table. A node is evaluated once for all steps of a grid.
#ifndef SERVICES_PROMQL_EVALUATION_H_
#define SERVICES_PROMQL_EVALUATION_H_

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/worker_pool.h"
#include "services/promql/ast.h"
#include "services/promql/column.h"
#include "services/promql/engine_options.h"
#include "services/promql/query_context.h"
#include "services/promql/series_source.h"
#include "services/promql/table.h"

namespace syspulse::promql {

// Confined to the thread of its query: workers see series and rows, nothing of this.
class Evaluation {
 public:
  // `query` is what start() and end() mean, `text` the query as it was written or empty; `workers`,
  // if not null, help. All that is referred to must outlive this.
  Evaluation(const EngineOptions& options, const SeriesSource& source, QueryContext& context,
             WorkerPool* workers, TimeRange query, std::string_view text);
  Evaluation(const Evaluation&) = delete;
  Evaluation& operator=(const Evaluation&) = delete;

  // Sends the rows of a vector. Rows without any value may be among them; no two rows share labels.
  absl::Status Rows(const Expr& expr, const Grid& grid, const RowSink& sink);

  // Of several things that are wrong with a query Prometheus tells of the one that it comes across
  // first: operands from left to right, then what is made of them. So does Rows(), which keeps what
  // its sink does not like until the operand has ended.
  //
  // Returns `error`, which was found without a look at an operand that Prometheus evaluates before;
  // or the error of that one, if it has one.
  absl::Status FirstError(const Expr& operand, const Grid& grid, absl::Status error);

  // Returns a scalar at each step.
  absl::StatusOr<std::vector<double>> Column(const Expr& expr, const Grid& grid);

  // Returns all rows of a vector.
  absl::StatusOr<Table> Collect(const Expr& expr, const Grid& grid);

  // Sends the rows of a vector without the metric's name, after `change` has worked on them.
  absl::Status RowsWithoutName(const Expr& expr, const Grid& grid,
                               const std::function<void(std::span<double>)>& change,
                               const RowSink& sink);

  // Returns the moments that a selector or subquery looks at when it is evaluated at those of
  // `grid`.
  Grid Shifted(const TimeShift& shift, const Grid& grid) const;

  // Note what people should know about the query at this place. The same is noted once.
  void Warn(std::string_view text, const Position& position);
  void Inform(std::string_view text, const Position& position);

  // Warns of what the source could not read; nothing if it is empty.
  void NoteDamage(std::string_view damage);

  const EngineOptions& options() const { return options_; }
  const SeriesSource& source() const { return source_; }
  QueryContext& context() { return context_; }
  WorkerPool* workers() const { return workers_; }  // null: none
  const std::set<std::string>& warnings() const { return warnings_; }
  const std::set<std::string>& infos() const { return infos_; }

 private:
  absl::Status RowsOfGrid(const Expr& expr, const Grid& grid, const RowSink& sink);
  absl::Status RowsOfNode(const Expr& expr, const Grid& grid, const RowSink& sink);
  absl::StatusOr<std::vector<double>> ColumnOfNode(const Expr& expr, const Grid& grid);
  bool IsSteady(const Expr& expr);
  std::string LineAndColumn(const Position& position) const;

  const EngineOptions& options_;
  const SeriesSource& source_;
  QueryContext& context_;
  WorkerPool* const workers_;
  const TimeRange query_;
  const std::string_view text_;
  std::unordered_map<const Expr*, bool> steady_;  // what IsSteady() found out
  std::set<std::string> warnings_;
  std::set<std::string> infos_;
};

// Warns if one of the quantiles, given at this place of the query, is not within 0 and 1.
void WarnOfQuantiles(Evaluation& evaluation, std::span<const double> quantiles,
                     const Position& position);

// Returns the rows of a selector or of functions, aggregations and operators; the files of these
// names hold them.
absl::Status SelectorRows(Evaluation& evaluation, const VectorSelector& selector, const Grid& grid,
                          const RowSink& sink);
absl::Status CallRows(Evaluation& evaluation, const Call& call, const Grid& grid,
                      const RowSink& sink);
absl::Status AggregateRows(Evaluation& evaluation, const Aggregate& aggregate, const Grid& grid,
                           const RowSink& sink);
absl::Status BinaryRows(Evaluation& evaluation, const Binary& binary, const Grid& grid,
                        const RowSink& sink);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_EVALUATION_H_
