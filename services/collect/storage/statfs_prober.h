// Asks filesystems for their usage without ever waiting for one that hangs.
//
// statfs(2) on a network filesystem whose server is gone blocks, uninterruptibly, for as long as
// the server stays away. So the questions are asked by threads of their own. A mount point that
// has not answered is not asked again until it does; meanwhile the others are asked by another
// thread.
#ifndef SERVICES_COLLECT_STORAGE_STATFS_PROBER_H_
#define SERVICES_COLLECT_STORAGE_STATFS_PROBER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/base/clock.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Answers for a mount point. Called by several threads at once; may block.
using StatfsFunction = std::function<FilesystemUsage(const std::string& mount_point)>;

struct StatfsOptions {
  absl::Duration wait = absl::Milliseconds(100);   // for the answers of one round
  absl::Duration stuck_after = absl::Seconds(15);  // then the answer before is not good any more
  int most_threads = 16;                           // beside those whose mount points are stuck
  int most_stuck = 1'000;  // when that many threads hang, mount points that wait for one are stuck
};

// Confined to one thread.
class StatfsProber {
 public:
  // `clock` must outlive this.
  StatfsProber(const Clock* clock, StatfsFunction statfs, StatfsOptions options = {});
  // Leaves threads behind that still hang; they touch nothing of this any more.
  ~StatfsProber();
  StatfsProber(const StatfsProber&) = delete;
  StatfsProber& operator=(const StatfsProber&) = delete;

  // Returns an answer for each mount point: that of this round, else the last one if it is not too
  // old, else the error ETIMEDOUT.
  std::vector<FilesystemUsage> Ask(const std::vector<std::string>& mount_points);

 private:
  struct State;  // shared with the threads

  const Clock* const clock_;
  const StatfsOptions options_;
  const std::shared_ptr<State> state_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_STORAGE_STATFS_PROBER_H_
