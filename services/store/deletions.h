// Hosts whose rows were deleted: up to which segment of the log their rows count no more.
//
// A deletion counts from the moment that its file is durable. It holds for rows wherever they
// stand: for those in segments up to that one, and in blocks that hold no later segment. The rows
// themselves go when their blocks are made anew; the deletion is done with once none is left.
#ifndef SERVICES_STORE_DELETIONS_H_
#define SERVICES_STORE_DELETIONS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/file_system.h"

namespace syspulse {

using Deletions = std::map<std::string, std::uint64_t, std::less<>>;  // last segment, by host
using DeletionsPtr = std::shared_ptr<const Deletions>;

// Returns whether the rows of a host that stand in segments up to `last_segment` are deleted. Null
// deletions are none.
inline bool IsDeleted(const DeletionsPtr& deletions, std::string_view host,
                      std::uint64_t last_segment) {
  if (deletions == nullptr || deletions->empty()) return false;
  const auto found = deletions->find(host);
  return found != deletions->end() && last_segment <= found->second;
}

// Writes the deletions; once it is OK they survive a crash. Errors are those of the file system.
absl::Status WriteDeletions(FileSystem* files, const std::string& directory,
                            const Deletions& deletions);

// Returns what was written last; nothing if nothing was. DataLoss if the file is damaged.
absl::StatusOr<Deletions> ReadDeletions(FileSystem* files, const std::string& directory);

}  // namespace syspulse

#endif  // SERVICES_STORE_DELETIONS_H_
