// Processes as a forest: each below its parent.
//
// Tables come from agents, so nothing of them is taken for granted: a parent may be missing, pids
// may come twice, and a process may be its own ancestor.
#ifndef SERVICES_API_PROCESS_TREE_H_
#define SERVICES_API_PROCESS_TREE_H_

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "services/model/process_table.h"

namespace syspulse {

// A process among those to send. Points into tables that must outlive it.
struct ProcessRow {
  const ProcessTable* table;
  const Process* process;
  std::int32_t depth = 0;  // how many ancestors stand above it among the rows
};

// Returns the processes of these tables that match, with all their ancestors, depth first: each row
// is followed by its children, which stand in the order of `before`, as the roots do. A process
// whose parent is not in its table is a root. Where processes are each other's ancestors, the first
// of them in that order is one, and what is below them may be another. Takes linear time, besides
// sorting.
std::vector<ProcessRow> ArrangeTree(
    std::span<const ProcessTablePtr> tables, const std::function<bool(const Process&)>& matches,
    const std::function<bool(const ProcessRow&, const ProcessRow&)>& before);

}  // namespace syspulse

#endif  // SERVICES_API_PROCESS_TREE_H_
