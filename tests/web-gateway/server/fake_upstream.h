// A gRPC server that answers any method with what a test told it to, in bytes.
#ifndef TESTS_WEB_GATEWAY_SERVER_FAKE_UPSTREAM_H_
#define TESTS_WEB_GATEWAY_SERVER_FAKE_UPSTREAM_H_

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/base/mutex.h"

namespace syspulse {

// How one method answers.
struct Script {
  std::vector<std::string> messages;
  grpc::Status status;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::pair<std::string, std::string>> trailers;
  // After the messages, goes on until the caller cancels.
  bool hold_open = false;
  // Sends every request back at once instead of `messages`.
  bool echo = false;
  // Sends the last message again and again, as fast as it is taken.
  bool flood = false;
};

// What a call of a method looked like.
struct SeenCall {
  std::vector<std::string> requests;
  std::multimap<std::string, std::string> metadata;
  bool has_deadline = false;
};

// Thread-safe. Stops when destroyed.
class FakeUpstream final : private grpc::CallbackGenericService {
 public:
  // Listens on `port` of loopback; 0 takes any.
  explicit FakeUpstream(int port = 0);
  ~FakeUpstream() override;

  int port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::shared_ptr<grpc::Channel> NewChannel() const;
  void SetServing(bool serving);

  // Scripts the method `/package.Service/Method`. Methods without a script are UNIMPLEMENTED.
  void On(const std::string& method, Script script);

  // The last call of a method that has ended its requests; waits for one, up to 5 seconds.
  SeenCall WaitForCall(const std::string& method);
  // Waits until `count` calls were cancelled by the caller; false after 5 seconds.
  bool WaitForCancellations(int count);
  // Messages that the calls have taken so far.
  int sent_count() const;

 private:
  class Reactor;
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;
  void Record(const std::string& method, SeenCall call);
  void RecordCancellation();
  void RecordSent();

  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, Script> scripts_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, SeenCall> calls_ ABSL_GUARDED_BY(mutex_);
  int cancellations_ ABSL_GUARDED_BY(mutex_) = 0;
  int sent_ ABSL_GUARDED_BY(mutex_) = 0;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace syspulse

#endif  // TESTS_WEB_GATEWAY_SERVER_FAKE_UPSTREAM_H_
