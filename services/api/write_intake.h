// Takes requests of the ways in that others speak: makes frames of them on a thread of its own, so
// that those of gRPC never wait, and answers each once all of it is kept.
//
// Requests that come while the disk works share its next sync. What waits is bounded: beyond it a
// request is refused, and its sender sends it again. Each way has an intake of its own, so that one
// that is flooded leaves the others alone.
//
// Thread-safe.
#ifndef SERVICES_API_WRITE_INTAKE_H_
#define SERVICES_API_WRITE_INTAKE_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/mutex.h"
#include "services/exporter/service_metrics.h"
#include "services/hub/frame_keeper.h"
#include "services/remote_write/series_writer.h"

namespace syspulse {

// What became of a request of which something counts.
struct WriteResult {
  std::int64_t samples = 0;  // kept for good
  std::int64_t refused = 0;  // that cannot be kept; sending them again would not help
  std::string refusal;       // what was wrong first, in words; empty if nothing was
};

// Returns the error that a result with refused samples is for a way in that knows no partial
// success; OK if all samples are kept.
absl::Status ToStatus(const WriteResult& result);

class WriteIntake final : public KeptListener {
 public:
  // Makes the frames of a request. Called once, on the intake's thread. An error fails the request.
  using Take = std::function<absl::StatusOr<WrittenParts>()>;
  // Hears what became of a request, or why it failed. Called once, from any thread.
  using Answered = std::function<void(const absl::StatusOr<WriteResult>& result)>;

  static constexpr std::size_t kMostWaiting = 256;            // requests, until they are answered
  static constexpr std::size_t kMostWaitingBytes = 64 << 20;  // of requests that are not yet taken

  // The pointers must outlive this.
  WriteIntake(FrameKeeper* keeper, WriteMetrics* metrics);
  // Ends as Stop does, and waits.
  ~WriteIntake() override;
  WriteIntake(const WriteIntake&) = delete;
  WriteIntake& operator=(const WriteIntake&) = delete;

  // Takes a request of so many bytes. Unavailable if too many wait, while the disk takes nothing,
  // or after Stop: then nobody is told anything more.
  absl::Status Start(std::size_t bytes, Take take, Answered answered);

  void OnKept(std::uint64_t ticket) override;

  // Answers all requests with Unavailable.
  void Stop();

 private:
  struct Request {
    std::size_t bytes = 0;
    Take take;
    Answered answered;
  };
  // A request that is taken, and waits to be kept.
  struct Unkept {
    std::uint64_t ticket = 0;
    WrittenParts parts;
    Answered answered;
  };

  void Run(const std::stop_token& stop);
  void TakeOnce(const Request& request, const std::stop_token& stop);
  absl::StatusOr<std::uint64_t> KeepAll(const std::vector<FramePtr>& frames,
                                        const std::stop_token& stop);
  bool WaitForRoom(const std::stop_token& stop);
  void Count(const WrittenParts& parts);
  void AnswerKept(std::uint64_t ticket);
  void Answer(const Unkept& request);
  void Fail(const Answered& answered, const absl::Status& status);

  FrameKeeper* const keeper_;
  WriteMetrics* const metrics_;

  Mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<Request> waiting_ ABSL_GUARDED_BY(mutex_);
  std::size_t waiting_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::deque<Unkept> unkept_ ABSL_GUARDED_BY(mutex_);  // by ticket
  std::uint64_t kept_ ABSL_GUARDED_BY(mutex_) = 0;     // the last ticket heard of
  bool waits_for_room_ ABSL_GUARDED_BY(mutex_) = false;  // the thread, in the middle of a request
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace syspulse

#endif  // SERVICES_API_WRITE_INTAKE_H_
