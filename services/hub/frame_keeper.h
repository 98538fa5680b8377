// Where frames are kept for good, as those see it who take frames in.
//
// Keeping is not waited for: a frame gets a ticket, and some time later everything up to a ticket
// is kept, so that neither a crash nor a power cut can lose it. Only then may a frame be
// acknowledged.
#ifndef SERVICES_HUB_FRAME_KEEPER_H_
#define SERVICES_HUB_FRAME_KEEPER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/model/frame.h"

namespace syspulse {

// Hears how far frames are kept.
class KeptListener {
 public:
  virtual ~KeptListener() = default;

  // All frames up to this ticket are kept. Called from any thread; must not block, nor call the
  // keeper's AddListener or RemoveListener.
  virtual void OnKept(std::uint64_t ticket) = 0;
};

// Times of frames that are worth keeping.
struct KeptTimes {
  absl::Time oldest;  // what is older is dropped soon
  absl::Time newest;  // what is newer has a wrong time
};

// Thread-safe.
class FrameKeeper {
 public:
  virtual ~FrameKeeper() = default;

  // Takes a frame, late ones and those that came before too, and returns its ticket: they count up
  // from 1. InvalidArgument for a frame that can never be kept; Unavailable if too many wait, as
  // when the disk is full: it was not taken then.
  virtual absl::StatusOr<std::uint64_t> Keep(const FramePtr& frame) = 0;

  // Returns whether it can take many frames at once that could as well come later, and still has
  // room for those that cannot.
  virtual bool has_room() const = 0;

  // Returns whether what is taken now is kept soon: not while the disk is full or broken.
  virtual bool is_keeping() const = 0;

  // Returns which frames are worth sending. Keep() takes others, too.
  virtual KeptTimes times() const = 0;

  // Returns the ticket of the frame that was taken last; 0 if there was none.
  virtual std::uint64_t taken() const = 0;

  // Returns the ticket up to which all frames are kept.
  virtual std::uint64_t kept() const = 0;

  // Deletes all frames of a host that were taken so far, and calls `done`, maybe from another
  // thread, which must not wait there: with OK once that survives a crash, NotFound if there is no
  // frame of it, ResourceExhausted if too many deletions wait, and Unavailable, having deleted
  // nothing, while the disk is full or broken.
  virtual void DeleteHost(const std::string& host_id,
                          std::function<void(const absl::Status& status)> done) = 0;

  // Tells the listener from now on, until RemoveListener has returned.
  virtual void AddListener(KeptListener* listener) = 0;
  virtual void RemoveListener(KeptListener* listener) = 0;
};

}  // namespace syspulse

#endif  // SERVICES_HUB_FRAME_KEEPER_H_
