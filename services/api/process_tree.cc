#include "services/api/process_tree.h"

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <utility>

namespace syspulse {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// A process with its place in the forest; others are named by their index.
struct Node {
  ProcessRow row;
  std::size_t parent = kNone;
  bool kept = false;      // it matches, or a descendant does
  bool arranged = false;  // it is among the rows
  std::vector<std::size_t> children;
};

// Returns all processes, each with its parent. Of those with the same pid the first is the parent.
std::vector<Node> MakeNodes(std::span<const ProcessTablePtr> tables) {
  std::vector<Node> nodes;
  for (const ProcessTablePtr& table : tables) {
    const std::size_t begin = nodes.size();
    std::unordered_map<std::int32_t, std::size_t> by_pid;
    by_pid.reserve(table->processes.size());
    for (const Process& process : table->processes) {
      by_pid.emplace(process.pid, nodes.size());
      nodes.push_back({.row = {.table = table.get(), .process = &process}});
    }
    for (std::size_t i = begin; i < nodes.size(); ++i) {
      const auto parent = by_pid.find(nodes[i].row.process->ppid);
      if (parent != by_pid.end() && parent->second != i) nodes[i].parent = parent->second;
    }
  }
  return nodes;
}

// Keeps what matches, and its ancestors up to the first that is kept already.
void Keep(const std::function<bool(const Process&)>& matches, std::vector<Node>* nodes) {
  for (const Node& node : *nodes) {
    if (node.kept || !matches(*node.row.process)) continue;
    auto at = static_cast<std::size_t>(&node - nodes->data());
    for (; at != kNone && !(*nodes)[at].kept; at = (*nodes)[at].parent) (*nodes)[at].kept = true;
  }
}

// Appends the node and what is below it and not arranged yet, depth first.
void Arrange(std::size_t root, std::vector<Node>* nodes, std::vector<ProcessRow>* rows) {
  std::vector<std::pair<std::size_t, std::int32_t>> waiting = {{root, 0}};  // node, depth
  while (!waiting.empty()) {
    const auto [at, depth] = waiting.back();
    waiting.pop_back();
    Node& node = (*nodes)[at];
    if (node.arranged) continue;
    node.arranged = true;
    rows->push_back(node.row);
    rows->back().depth = depth;
    for (auto child = node.children.rbegin(); child != node.children.rend(); ++child) {
      waiting.emplace_back(*child, depth + 1);
    }
  }
}

}  // namespace

std::vector<ProcessRow> ArrangeTree(
    std::span<const ProcessTablePtr> tables, const std::function<bool(const Process&)>& matches,
    const std::function<bool(const ProcessRow&, const ProcessRow&)>& before) {
  std::vector<Node> nodes = MakeNodes(tables);
  Keep(matches, &nodes);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].kept) order.push_back(i);
  }
  std::ranges::sort(
      order, [&](std::size_t a, std::size_t b) { return before(nodes[a].row, nodes[b].row); });
  for (const std::size_t i : order) {  // so that siblings stand in order
    if (nodes[i].parent != kNone) nodes[nodes[i].parent].children.push_back(i);
  }
  std::vector<ProcessRow> rows;
  rows.reserve(order.size());
  for (const std::size_t i : order) {
    if (nodes[i].parent == kNone) Arrange(i, &nodes, &rows);
  }
  for (const std::size_t i : order) Arrange(i, &nodes, &rows);  // what has no root above it
  return rows;
}

}  // namespace syspulse
