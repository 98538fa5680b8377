// What the service did not take and memory has no place for, in files: it outlives the agent.
//
// A spool is a folder of segments in the form of the store's log (services/store/FORMAT.md), each
// with the schemas that its frames need: what a crash or a bad disk did to one of them costs that
// part and is said. New frames are written at one end, synced before they count; old ones are read
// at the other, segment by segment, and a segment goes once all of it is acknowledged. How far the
// oldest one is acknowledged stands in the file `acknowledged`, so that little comes twice after an
// orderly stop; a kill costs a segment that is sent again, which the service takes once.
//
// Bounded in bytes and in age: the oldest segment goes first, and its frames are counted.
//
//   ASSIGN_OR_RETURN(auto spool, Spool::Open({.directory = dir, .host_id = "web-1"}, files,
//   clock)); RETURN_IF_ERROR(spool->Append(batches)); for (SpoolBatch& batch : spool->Read(20)) …
//   // sent; then spool->Done(batch.place);
#ifndef SERVICES_AGENT_SPOOL_H_
#define SERVICES_AGENT_SPOOL_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/agent/frame_buffer.h"
#include "services/base/clock.h"
#include "services/store/file_system.h"
#include "services/store/log_reader.h"
#include "services/store/log_writer.h"

namespace syspulse {

struct SpoolOptions {
  std::string directory;  // made if it does not exist
  std::string host_id;    // whose frames it holds
  std::int64_t max_bytes = 256 << 20;
  absl::Duration max_age = absl::Hours(24);  // of frames, by their times
};

// Returns what is wrong without the file that it was noticed at: of "create /spool/7.log: No space
// left on device" the end. The same for all files that one cause makes trouble with.
std::string CauseOf(const absl::Status& status);

// Confined to one thread.
class Spool {
 public:
  // Opens the spool, whatever an agent before left of it. `files` and `clock` must outlive it.
  // FailedPrecondition if another agent has it; else errors of the file system.
  static absl::StatusOr<std::unique_ptr<Spool>> Open(SpoolOptions options, FileSystem* files,
                                                     const Clock* clock);

  // Writes down how far all is acknowledged.
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  // Writes batches, which survive a crash once this returned OK. Makes a folder that was removed
  // again. Errors are those of Open and of the file system; some of the batches may stand there
  // then, and all may be written again.
  absl::Status Append(std::span<const SpoolBatch> batches);

  // Returns the next batches that were not read yet, `most` at most, oldest first.
  std::vector<SpoolBatch> Read(std::size_t most);

  // Returns whether Read has more to return.
  bool has_more() const;

  // Says that all up to this place, which Read returned, is acknowledged.
  void Done(SpoolPlace place);

  // Drops what is too old.
  void DropOld();

  // Returns how many frames were dropped since the call before.
  SourceCounts TakeDropped();

  // Returns the bytes of all files.
  std::int64_t bytes() const { return bytes_; }

 private:
  struct Segment {
    std::int64_t bytes = 0;
    std::optional<absl::Time> newest;  // of its frames; not known of what was not read yet
  };

  Spool(SpoolOptions options, FileSystem* files, const Clock* clock);

  absl::Status TakeFolder();
  absl::Status TakeFolderAgain();
  absl::Status FindSegments();
  void LoadPlace();
  absl::Status WriteAll(std::span<const SpoolBatch> batches);
  void Abandon();
  void FinishSegment();
  void NoteSize();
  bool ReadSegment(std::uint64_t number);
  bool MayComeBack(const absl::Status& status);
  bool GiveUp(std::uint64_t number);
  absl::StatusOr<LogReadResult> ForEachRow(std::uint64_t number, const OnLogRow& on_row);
  std::uint64_t NextToRead() const;
  void DropSegment(std::uint64_t number);
  void Remove(std::uint64_t number);

  const SpoolOptions options_;
  FileSystem* const files_;
  const Clock* const clock_;
  std::unique_ptr<DirectoryLock> lock_;        // null while a removed folder cannot be taken again
  std::map<std::uint64_t, Segment> segments_;  // by number
  std::int64_t bytes_ = 0;                     // of them
  std::uint64_t next_segment_ = 1;
  std::unique_ptr<LogWriter> log_;  // the newest segment, while it grows
  absl::Time log_newest_;           // of the frames in it

  // Of reading. The end of a place is how many frames of its segment stand before it.
  SpoolPlace done_;               // acknowledged
  SpoolPlace saved_;              // what the disk knows of that
  SpoolPlace given_;              // returned by Read
  SpoolPlace read_;               // the end of what was read from files
  std::deque<SpoolBatch> ready_;  // read and not yet returned
  int tries_ = 0;                 // that the next segment was read in vain
  SourceCounts dropped_;
  std::string said_;  // why the last segment could not be read, empty if it could
};

}  // namespace syspulse

#endif  // SERVICES_AGENT_SPOOL_H_
