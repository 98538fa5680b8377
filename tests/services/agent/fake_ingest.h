// An ingest service that does what a test tells it, on a real port.
#ifndef TESTS_SERVICES_AGENT_FAKE_INGEST_H_
#define TESTS_SERVICES_AGENT_FAKE_INGEST_H_

#include <grpcpp/server.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "services/base/mutex.h"
#include "syspulse/v1/ingest_service.grpc.pb.h"

namespace syspulse {

// How the service behaves from now on; streams that stand see the change too.
struct IngestBehaviour {
  grpc::Status refuse_hello;              // not OK: ends each stream at its hello
  bool acknowledge = true;                // whether batches are acknowledged
  std::int64_t acknowledge_each = 1;      // only every so many
  std::set<std::int64_t> refuse_seconds;  // times of frames that end the stream …
  grpc::Status refusal = {grpc::StatusCode::INVALID_ARGUMENT, "a value too many"};  // … so
  bool refuse_interim = false;  // whether a sample in between does that, too
  v1::PushFramesDemand demand;  // sent right behind the welcome, if there is anything in it
  bool read = true;  // whether anything is read after the hello: a service that hangs does not
};

// Thread-safe.
class FakeIngest final : public v1::IngestService::CallbackService {
 public:
  FakeIngest();
  ~FakeIngest() override;

  // Starts to listen: on a free port first, later on the same one.
  void Start();
  // Ends everything at once, as kill -9 does. What came in stays known.
  void Kill();

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  void Behave(const std::function<void(IngestBehaviour*)>& change);

  // Waits, 10 s at most, for something about what came in.
  bool WaitUntil(const std::function<bool()>& condition);

  // What came in so far. Call them from the condition of WaitUntil, or after it.
  const std::vector<v1::PushFramesHello>& hellos() const { return hellos_; }
  const std::vector<v1::FrameBatch>& batches() const { return batches_; }
  const std::vector<v1::InterimSample>& interim() const { return interim_; }
  // Returns how often frames of that second came, as live ones or late.
  int CountOf(std::int64_t second) const;
  // Returns whether frames of all seconds from 1 to `last` came at least once.
  bool HasAllUpTo(std::int64_t last) const;
  // Returns how many streams the agent ended in order.
  int half_closes() const { return half_closes_; }

  grpc::ServerBidiReactor<v1::PushFramesRequest, v1::PushFramesResponse>* PushFrames(
      grpc::CallbackServerContext* context) override;

 private:
  class Stream;

  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  IngestBehaviour behaviour_;
  std::set<Stream*> streams_;
  std::vector<v1::PushFramesHello> hellos_;
  std::vector<v1::FrameBatch> batches_;
  std::vector<v1::InterimSample> interim_;
  int half_closes_ = 0;
};

}  // namespace syspulse

#endif  // TESTS_SERVICES_AGENT_FAKE_INGEST_H_
