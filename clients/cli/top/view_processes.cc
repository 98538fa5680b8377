// The process list.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "clients/cli/command/fields.h"
#include "clients/cli/output/safe_text.h"
#include "clients/cli/output/units.h"
#include "clients/cli/top/views.h"

namespace syspulse {
namespace {

constexpr int kLeastCommand = 24;
constexpr std::size_t kShortId = 12;  // of a container, as runtimes show it
constexpr int kDeepestIndent = 16;    // levels; what is deeper stands there

enum class ListColumnKind {
  kPid,
  kUser,
  kState,
  kCpu,
  kMemory,
  kResident,
  kThreads,
  kRead,
  kWrite,
  kTime,
  kOwner
};

struct ListColumn {
  ListColumnKind kind;
  std::string_view title;
  int width;
  int rank;  // the highest goes first where there is no room
  ProcessOrder order;
  bool right_aligned = true;
};

const std::vector<ListColumn>& AllColumns() {
  static const std::vector<ListColumn> kColumns = {
      {ListColumnKind::kPid, "PID", 7, 0, ProcessOrder::kPid},
      {ListColumnKind::kUser, "USER", 9, 3, ProcessOrder::kOther, false},
      {ListColumnKind::kState, "S", 1, 4, ProcessOrder::kOther, false},
      {ListColumnKind::kCpu, "CPU%", 6, 0, ProcessOrder::kCpu},
      {ListColumnKind::kMemory, "MEM%", 5, 1, ProcessOrder::kOther},
      {ListColumnKind::kResident, "RES", 5, 2, ProcessOrder::kMemory},
      {ListColumnKind::kThreads, "THR", 4, 8, ProcessOrder::kOther},
      {ListColumnKind::kRead, "READ/s", 7, 6, ProcessOrder::kRead},
      {ListColumnKind::kWrite, "WRITE/s", 8, 7, ProcessOrder::kWrite},
      {ListColumnKind::kTime, "TIME", 9, 5, ProcessOrder::kTime},
      {ListColumnKind::kOwner, "CONTAINER/UNIT", 16, 9, ProcessOrder::kOther, false},
  };
  return kColumns;
}

// Returns the columns that leave room for the command, the one that is sorted by among them.
std::vector<ListColumn> ColumnsFor(int width, ProcessOrder order) {
  std::vector<ListColumn> columns = AllColumns();
  const auto used = [&] {
    int sum = 0;
    for (const ListColumn& column : columns) sum += column.width + 1;
    return sum;
  };
  while (used() + kLeastCommand > width) {
    const auto least = std::ranges::max_element(columns, {}, [&](const ListColumn& column) {
      return column.order == order ? 0 : column.rank;
    });
    if (least->rank == 0 || least->order == order) break;
    columns.erase(least);
  }
  return columns;
}

struct ListValue {
  std::string text;
  Style style = Style::kPlain;
};

ListValue BytesValue(std::optional<double> bytes) {
  if (!bytes) return {"-", Style::kFaint};
  return {HumanBytes(*bytes), *bytes > 0 ? Style::kPlain : Style::kFaint};
}

ListValue ShareValue(std::optional<double> ratio) {
  if (!ratio) return {"-", Style::kFaint};
  const Style busy = *ratio >= 0.5 ? Style::kStrong : Style::kPlain;
  return {absl::StrFormat("%.1f", *ratio * 100), *ratio < 0.0005 ? Style::kFaint : busy};
}

Style StateStyle(v1::ProcessState state) {
  switch (state) {
    case v1::PROCESS_STATE_RUNNING:
      return Style::kGood;
    case v1::PROCESS_STATE_DISK_SLEEP:
      return Style::kWarning;
    case v1::PROCESS_STATE_ZOMBIE:
      return Style::kCritical;
    default:
      return Style::kFaint;
  }
}

// The container says more than the unit that its runtime put it into.
ListValue OwnerValue(const v1::Process& process) {
  if (!process.container().empty()) {
    return {SafeText(std::string_view(process.container()).substr(0, kShortId))};
  }
  if (process.unit().empty()) return {"-", Style::kFaint};
  return {SafeText(process.unit())};
}

ListValue ValueOf(const v1::Process& process, ListColumnKind kind) {
  switch (kind) {
    case ListColumnKind::kPid:
      return {absl::StrFormat("%d", process.pid())};
    case ListColumnKind::kUser:
      return {SafeText(process.user()), process.user() == "root" ? Style::kFaint : Style::kPlain};
    case ListColumnKind::kState:
      return {std::string(StateLetter(process.state())), StateStyle(process.state())};
    case ListColumnKind::kCpu:
      return ShareValue(FIELD(process, cpu_utilization_ratio));
    case ListColumnKind::kMemory:
      return ShareValue(process.memory_utilization_ratio());
    case ListColumnKind::kResident:
      return BytesValue(static_cast<double>(process.resident_bytes()));
    case ListColumnKind::kThreads:
      return {absl::StrFormat("%d", process.thread_count()),
              process.thread_count() > 1 ? Style::kPlain : Style::kFaint};
    case ListColumnKind::kRead:
      return BytesValue(FIELD(process, read_bytes_per_second));
    case ListColumnKind::kWrite:
      return BytesValue(FIELD(process, write_bytes_per_second));
    case ListColumnKind::kTime:
      return {HumanCpuTime(process.cpu_seconds())};
    case ListColumnKind::kOwner:
      return OwnerValue(process);
  }
  return {};
}

// What there is to say of the rows: how many match the filter, and whether some are missing.
std::string RemarkOf(const TopModel& model, bool ascii) {
  if (!model.processes()) return "";
  std::string remark;
  if (const std::string& filter = model.view().filter; !filter.empty()) {
    remark = absl::StrFormat("'%s': %d", CutToWidth(SafeText(filter), 24, ascii),
                             model.processes()->matched_count());
  }
  if (model.processes()->partial()) remark += remark.empty() ? "partial" : " partial";
  return remark;
}

void DrawHeading(Canvas* canvas, const Rect& rect, const TopModel& model,
                 const std::vector<ListColumn>& columns) {
  const View& view = model.view();
  canvas->Clear({.x = rect.x, .y = rect.y, .width = rect.width, .height = 1}, Style::kHeading);
  int x = rect.x;
  for (const ListColumn& column : columns) {
    const bool sorted = column.order == view.order && view.order != ProcessOrder::kOther;
    const std::string text = PadToWidth(column.title, column.width, column.right_aligned);
    canvas->Put(x, rect.y, text, sorted ? Style::kSorted : Style::kHeading);
    if (sorted) {
      const bool down = (view.order != ProcessOrder::kPid) != view.reversed;
      const bool ascii = canvas->ascii();
      canvas->Put(x + column.width - DisplayWidth(column.title) - 1, rect.y,
                  down ? (ascii ? "v" : "▼") : (ascii ? "^" : "▲"), Style::kSorted);
    }
    x += column.width + 1;
  }
  x = canvas->Put(x, rect.y, view.full_command ? "COMMAND LINE" : "COMMAND", Style::kHeading);
  const std::string remark = RemarkOf(model, canvas->ascii());
  if (rect.x + rect.width - x > DisplayWidth(remark) + 2) {
    canvas->PutRight(rect.x + rect.width - 1, rect.y, remark, Style::kSorted);
  }
}

std::string IndentOf(const v1::Process& process, bool ascii) {
  const int levels = std::clamp(process.depth(), 0, kDeepestIndent);
  if (levels == 0) return "";
  return std::string(2 * static_cast<std::size_t>(levels - 1), ' ') + (ascii ? "`- " : "└─ ");
}

void DrawProcess(Canvas* canvas, const Rect& row, const v1::Process& process, bool full_command,
                 const std::vector<ListColumn>& columns) {
  int x = row.x;
  for (const ListColumn& column : columns) {
    const ListValue value = ValueOf(process, column.kind);
    const std::string text = CutToWidth(value.text, column.width, canvas->ascii());
    canvas->Put(x, row.y, PadToWidth(text, column.width, column.right_aligned), value.style);
    x += column.width + 1;
  }
  const bool kernel = process.command_line().empty();
  x = canvas->Put(x, row.y, IndentOf(process, canvas->ascii()), Style::kFaint,
                  std::max(row.x + row.width - x, 0));
  const std::string command = full_command ? CommandOf(process) : process.command();
  canvas->Put(x, row.y,
              CutToWidth(SafeText(command), std::max(row.x + row.width - x, 0), canvas->ascii()),
              kernel ? Style::kFaint : Style::kPlain);
}

}  // namespace

void DrawProcesses(Canvas* canvas, const Rect& rect, const TopModel& model) {
  if (rect.height < 1) return;
  const View& view = model.view();
  const std::vector<ListColumn> columns = ColumnsFor(rect.width, view.order);
  DrawHeading(canvas, rect, model, columns);
  if (!model.processes()) return;
  const v1::ProcessTable& table = *model.processes();
  const int rows = rect.height - 1;
  // The cursor stays in sight.
  const int first =
      std::clamp(view.cursor - rows + 1, 0, std::max(table.processes_size() - rows, 0));
  for (int i = 0; i < rows && first + i < table.processes_size(); ++i) {
    const Rect row = {.x = rect.x, .y = rect.y + 1 + i, .width = rect.width, .height = 1};
    DrawProcess(canvas, row, table.processes(first + i), view.full_command, columns);
    if (first + i == view.cursor) canvas->Restyle(row, Style::kSelected);
  }
  if (table.processes().empty()) {
    const std::string text = view.filter.empty() ? "no processes" : "no process matches the filter";
    canvas->Put(rect.x + 2, rect.y + 2, text, Style::kFaint);
  }
}

}  // namespace syspulse
