// Takes frames in: into the head, where queries see them at once, and into the log, where they
// survive a crash.
//
//   appender.Take(frames);                    // all that wait
//   RETURN_IF_ERROR(appender.Write());        // one write
//   RETURN_IF_ERROR(appender.Sync());         // now and then; what was taken is durable once it is
//   OK
//
// Frames are kept until they are synced. After any error the segment at hand is left as it is, and
// the next Write begins another one with all frames that are not known to be synced: a disk that
// failed to sync once may have lost what it was given and say nothing when asked again.
//
// Confined to one thread.
#ifndef SERVICES_STORE_APPENDER_H_
#define SERVICES_STORE_APPENDER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "services/model/frame.h"
#include "services/store/arrivals.h"
#include "services/store/contents.h"
#include "services/store/file_system.h"
#include "services/store/log_writer.h"

namespace syspulse {

// Times that the store takes: years 1 to 9999.
inline constexpr std::int64_t kFirstTimeMs = -62'135'596'800'000;
inline constexpr std::int64_t kLastTimeMs = 253'402'300'799'999;

// Returns InvalidArgument, which says why, if the store cannot take this frame.
absl::Status CheckFrame(const Frame& frame);

// Returns InvalidArgument if the schema is larger than a record of the log may be.
absl::Status CheckSchema(const Schema& schema);

// Values of series that came again for an instant, and were others.
struct Conflicts {
  std::int64_t values = 0;
  std::string first;  // in words; empty if there is none
};

class Appender {
 public:
  // `files` and `contents` must outlive this. `directory` is where the log stands, and
  // `next_segment` a number above those of all segments and blocks there.
  Appender(FileSystem* files, std::string directory, Contents* contents, std::uint64_t next_segment)
      : files_(files),
        directory_(std::move(directory)),
        contents_(contents),
        next_segment_(next_segment) {}
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;

  // Takes the frames that have not arrived yet. Each passes CheckFrame. Returns how many there
  // were.
  std::int64_t Take(std::span<const FramePtr> frames);

  // Returns what came since this was asked last and was there already with another value: how many
  // values, and one of them in words. The first that came counts.
  Conflicts TakeConflicts() { return std::exchange(conflicts_, {}); }

  // Hands what was taken to the system. Errors are those of the file system; call it again later.
  absl::Status Write();

  // Makes what was taken survive a crash, writing it first if need be. Errors as for Write.
  absl::Status Sync();

  // Makes the active head the frozen one, of which a block can be made. Everything taken must be
  // synced, and no head frozen.
  void Freeze();

  // Ends the segment at hand: what is taken from then on stands in later ones. Everything taken
  // must be synced. Returns the number of the last segment so far.
  std::uint64_t EndSegment();

  // Forgets that rows of a host arrived, which were deleted.
  void Forget(std::string_view host) { arrivals_.Forget(host); }

  // Returns whether all that was taken is synced.
  bool is_synced() const { return unsynced_.empty(); }

  // Returns whether parts of rows are among what is not synced: somebody waits for each of them.
  bool has_unsynced_parts() const { return has_parts_; }

  std::int64_t segment_bytes() const { return log_ == nullptr ? 0 : log_->size(); }

 private:
  bool TakePart(const FramePtr& frame, std::int64_t time_ms, const ContentsView& contents);
  void NoteConflicts(const Frame& frame, std::int64_t count, std::size_t column);
  absl::Status BeginSegment();
  void Abandon();

  FileSystem* const files_;
  const std::string directory_;
  Contents* const contents_;
  std::uint64_t next_segment_;
  std::unique_ptr<LogWriter> log_;  // null until it is needed, and after an error
  std::vector<FramePtr> unsynced_;  // taken, in order
  bool has_parts_ = false;          // among them
  Arrivals arrivals_;
  Conflicts conflicts_;
};

}  // namespace syspulse

#endif  // SERVICES_STORE_APPENDER_H_
