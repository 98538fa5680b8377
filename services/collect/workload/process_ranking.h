// Which processes are worth sending: those that use most.
#ifndef SERVICES_COLLECT_WORKLOAD_PROCESS_RANKING_H_
#define SERVICES_COLLECT_WORKLOAD_PROCESS_RANKING_H_

#include <cstddef>
#include <span>
#include <vector>

namespace syspulse {

// What one process uses; zero where it is not known.
struct ProcessUsage {
  double cpu = 0;
  double memory = 0;
  double io = 0;
};

// Returns the positions, ascending, of the `most` that use most CPU, of as many that use most
// memory and of as many that do most I/O; who uses no CPU or does no I/O is not among these. The
// first ones win where they are equal. All positions if there are no more than `most`.
std::vector<std::size_t> Busiest(std::span<const ProcessUsage> usages, std::size_t most);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_PROCESS_RANKING_H_
