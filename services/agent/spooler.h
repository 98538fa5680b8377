// Moves what waits for the service between memory and disk.
//
// The disk is a help and never a condition: while the spool cannot be opened or written, that is
// said once, memory holds what it can, and what is live goes its way; it is tried again now and
// then.
#ifndef SERVICES_AGENT_SPOOLER_H_
#define SERVICES_AGENT_SPOOLER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/agent/frame_buffer.h"
#include "services/agent/spool.h"
#include "services/base/clock.h"
#include "services/store/file_system.h"

namespace syspulse {

// Confined to one thread.
class Spooler {
 public:
  static constexpr absl::Duration kRetry = absl::Seconds(10);  // after a failure

  // The pointers must outlive this.
  Spooler(SpoolOptions options, FrameBuffer* buffer, FileSystem* files, const Clock* clock);

  // Moves what is due: call it about once a second. Waits for the disk.
  void MoveOnce();

  // Writes everything that the service has not acknowledged, as far as `patience` reaches. Call it
  // last, when no stream stands. Returns whether nothing is left that only memory has.
  bool Finish(absl::Duration patience);

 private:
  bool IsOpen();
  bool Write(bool all);  // returns false if that failed
  void Note(const absl::Status& status);
  void Report();

  const SpoolOptions options_;
  FrameBuffer* const buffer_;
  FileSystem* const files_;
  const Clock* const clock_;
  std::unique_ptr<Spool> spool_;   // null until it could be opened
  absl::Duration next_try_;        // monotonic; not before, after a failure
  absl::Duration next_retention_;  // monotonic
  std::string said_;               // the cause of what is wrong, empty if nothing is
};

}  // namespace syspulse

#endif  // SERVICES_AGENT_SPOOLER_H_
