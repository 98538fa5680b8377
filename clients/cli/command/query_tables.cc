#include "clients/cli/command/query_tables.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "clients/cli/command/fields.h"
#include "clients/cli/output/safe_text.h"
#include "clients/cli/output/units.h"

namespace syspulse {
namespace {

constexpr std::size_t kMostColumns = 8;  // of series; more are hard to follow down a page
constexpr int kWidthOfPages = 160;       // columns, where no terminal says it

Cell ValueCell(double value) {
  const std::string text = ValueText(value);
  return {.human = text, .exact = text, .is_number = true};
}

Table RecordTable() {
  return {.columns = {{"TIME", "time"}, {"SERIES", "series"}, {"VALUE", "value", true}}};
}

// Times of day alone where all are of one day.
std::string TimeFormat(const std::vector<Curve>& curves, absl::TimeZone zone) {
  std::int64_t first = INT64_MAX;
  std::int64_t last = INT64_MIN;
  bool fractions = false;
  for (const Curve& curve : curves) {
    for (const Point& point : curve.points) {
      first = std::min(first, point.time_ms);
      last = std::max(last, point.time_ms);
      fractions = fractions || point.time_ms % 1000 != 0;
    }
  }
  const bool one_day = absl::ToCivilDay(absl::FromUnixMillis(first), zone) ==
                       absl::ToCivilDay(absl::FromUnixMillis(last), zone);
  return std::string(one_day ? "" : "%Y-%m-%d ") + (fractions ? "%H:%M:%E3S" : "%H:%M:%S");
}

std::vector<SortedLabels> LabelsOf(const std::vector<Curve>& curves) {
  std::vector<SortedLabels> labels;
  for (const Curve& curve : curves) labels.push_back(curve.labels);
  return labels;
}

// A column for each series.
Table WideTable(const std::vector<Curve>& curves, const SeriesNames& names, absl::TimeZone zone) {
  const std::string format = TimeFormat(curves, zone);
  Table table{.title = names.shared, .columns = {{"TIME", ""}}};
  std::map<std::int64_t, std::vector<Cell>> rows;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    table.columns.push_back({names.names[i], "", true});
    for (const Point& point : curves[i].points) {
      std::vector<Cell>& row = rows[point.time_ms];
      if (row.empty()) {
        row.push_back({.human = absl::FormatTime(format, absl::FromUnixMillis(point.time_ms), zone),
                       .emphasis = Emphasis::kFaint});
        row.resize(curves.size() + 1, {.human = "-", .emphasis = Emphasis::kFaint});
      }
      row[i + 1] = ValueCell(point.value);
    }
  }
  for (auto& [time, row] : rows) table.rows.push_back(std::move(row));
  if (curves.size() == 1) {
    table.title = names.names[0];
    table.columns[1].title = "VALUE";
  }
  return table;
}

// A row for each value.
Table LongTable(const std::vector<Curve>& curves, const SeriesNames& names, absl::TimeZone zone) {
  const std::string format = TimeFormat(curves, zone);
  Table table{.title = names.shared,
              .columns = {{"TIME", ""}, {"VALUE", "", true}, {"SERIES", ""}}};
  for (std::size_t i = 0; i < curves.size(); ++i) {
    for (const Point& point : curves[i].points) {
      table.rows.push_back(
          {{.human = absl::FormatTime(format, absl::FromUnixMillis(point.time_ms), zone),
            .emphasis = Emphasis::kFaint},
           ValueCell(point.value),
           {.human = names.names[i]}});
    }
  }
  return table;
}

int WidthOf(const Table& table) {
  int width = 0;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    int column = DisplayWidth(table.columns[i].title);
    for (const auto& row : table.rows) column = std::max(column, DisplayWidth(row[i].human));
    width += column + (i == 0 ? 0 : 2);
  }
  return width;
}

std::int64_t Millis(const google::protobuf::Duration& duration) {
  return duration.seconds() * 1000 + duration.nanos() / 1'000'000;
}

template <typename Grid>
std::vector<Curve> OfGrid(const Grid& grid) {
  const std::int64_t start = absl::ToUnixMillis(TimeOf(grid.start_time()));
  const std::int64_t step = Millis(grid.step());
  std::vector<Curve> curves;
  for (const v1::GridSeries& series : grid.series()) {
    Curve& curve = curves.emplace_back(Curve{.labels = Sorted(series.labels()), .points = {}});
    for (int i = 0; i < series.values_size(); ++i) {
      if (IsGap(series.values(i))) continue;
      curve.points.push_back({.time_ms = start + i * step, .value = series.values(i)});
    }
  }
  return curves;
}

// Calls `take(curve, point)` for all points in the order of their times.
template <typename Take>
void ForEachInTime(const std::vector<Curve>& curves, const Take& take) {
  std::multimap<std::int64_t, std::pair<const Curve*, const Point*>> by_time;
  for (const Curve& curve : curves) {
    for (const Point& point : curve.points)
      by_time.emplace(point.time_ms, std::pair(&curve, &point));
  }
  for (const auto& [time, place] : by_time) take(*place.first, *place.second);
}

}  // namespace

std::vector<Curve> CurvesOf(const v1::QueryRangeResponse& response) { return OfGrid(response); }

std::vector<Curve> CurvesOf(const v1::QueryUpdate& update) { return OfGrid(update); }

std::vector<Curve> CurvesOf(const v1::SampleMatrix& matrix) {
  std::vector<Curve> curves;
  for (const v1::MatrixSeries& series : matrix.series()) {
    Curve& curve = curves.emplace_back(Curve{.labels = Sorted(series.labels()), .points = {}});
    const int count = std::min(series.times_ms_size(), series.values_size());
    for (int i = 0; i < count; ++i) {
      curve.points.push_back({.time_ms = series.times_ms(i), .value = series.values(i)});
    }
  }
  return curves;
}

std::int64_t StepMillis(const v1::QueryRangeResponse& response) { return Millis(response.step()); }

std::int64_t StepMillis(const v1::QueryUpdate& update) { return Millis(update.step()); }

Table InstantTable(const v1::QueryResponse& response) {
  // A scalar or a text speaks for itself.
  Table alone{.columns = {{"", ""}}};
  if (response.has_text()) {
    alone.rows.push_back({TextCell(response.text())});
    return alone;
  }
  if (response.has_scalar()) {
    alone.rows.push_back({ValueCell(response.scalar())});
    return alone;
  }
  Table table{.columns = {{"SERIES", ""}, {"VALUE", "", true}}};
  for (const v1::VectorSample& sample : response.vector().samples()) {
    table.rows.push_back(
        {{.human = SeriesText(Sorted(sample.labels()))}, ValueCell(sample.value())});
  }
  return table;
}

Table RangeTable(const std::vector<Curve>& curves, int width, absl::TimeZone zone) {
  const SeriesNames names = NamesOf(LabelsOf(curves));
  if (!curves.empty() && curves.size() <= kMostColumns) {
    Table table = WideTable(curves, names, zone);
    if (curves.size() == 1 || WidthOf(table) <= (width > 0 ? width : kWidthOfPages)) return table;
  }
  return LongTable(curves, names, zone);
}

Table LineTable(const std::vector<Curve>& curves, absl::TimeZone zone) {
  Table table{.columns = {{"TIME", ""}, {"VALUE", "", true}, {"SERIES", ""}}};
  ForEachInTime(curves, [&](const Curve& curve, const Point& point) {
    const char* const format = point.time_ms % 1000 == 0 ? "%H:%M:%S" : "%H:%M:%E3S";
    table.rows.push_back(
        {{.human = absl::FormatTime(format, absl::FromUnixMillis(point.time_ms), zone),
          .emphasis = Emphasis::kFaint},
         ValueCell(point.value),
         {.human = SeriesText(curve.labels)}});
  });
  return table;
}

Table LineRecords(const std::vector<Curve>& curves) {
  Table table = RecordTable();
  ForEachInTime(curves, [&](const Curve& curve, const Point& point) {
    const std::string name = SeriesText(curve.labels);
    table.rows.push_back({TextCell(ExactTime(absl::FromUnixMillis(point.time_ms))),
                          {.human = name, .exact = name},
                          ValueCell(point.value)});
  });
  return table;
}

Table Records(const std::vector<Curve>& curves) {
  Table table = RecordTable();
  for (const Curve& curve : curves) {
    const std::string name = SeriesText(curve.labels);
    for (const Point& point : curve.points) {
      table.rows.push_back({TextCell(ExactTime(absl::FromUnixMillis(point.time_ms))),
                            {.human = name, .exact = name},
                            ValueCell(point.value)});
    }
  }
  return table;
}

Table Records(const v1::QueryResponse& response) {
  if (response.has_matrix()) return Records(CurvesOf(response.matrix()));
  Table table = RecordTable();
  const Cell time = TextCell(ExactTime(TimeOf(response.time())));
  if (response.has_scalar()) table.rows.push_back({time, Cell{}, ValueCell(response.scalar())});
  if (response.has_text()) table.rows.push_back({time, Cell{}, TextCell(response.text())});
  for (const v1::VectorSample& sample : response.vector().samples()) {
    const std::string name = SeriesText(Sorted(sample.labels()));
    table.rows.push_back({time, {.human = name, .exact = name}, ValueCell(sample.value())});
  }
  return table;
}

}  // namespace syspulse
