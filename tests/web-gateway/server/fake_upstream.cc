#include "tests/web-gateway/server/fake_upstream.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include <chrono>
#include <deque>

namespace syspulse {
namespace {

constexpr std::chrono::seconds kPatience(5);

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string ToText(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

}  // namespace

// Reads all requests, then plays the script; or echoes.
class FakeUpstream::Reactor final : public grpc::ServerGenericBidiReactor {
 public:
  Reactor(FakeUpstream* owner, grpc::GenericCallbackServerContext* context, Script script)
      : owner_(owner), context_(context), script_(std::move(script)) {
    for (const auto& [key, value] : script_.headers) context->AddInitialMetadata(key, value);
    for (const auto& [key, value] : script_.trailers) context->AddTrailingMetadata(key, value);
    for (const auto& [key, value] : context->client_metadata()) {
      call_.metadata.emplace(std::string(key.data(), key.size()),
                             std::string(value.data(), value.size()));
    }
    call_.has_deadline =
        context->deadline() < std::chrono::system_clock::now() + std::chrono::hours(24);
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    MutexLock lock(mutex_);
    if (ok) {
      call_.requests.push_back(ToText(request_));
      if (script_.echo) {
        outgoing_.push_back(ToBuffer(call_.requests.back()));
        WriteLocked();
      }
      StartRead(&request_);
      return;
    }
    reads_done_ = true;
    owner_->Record(context_->method(), call_);
    if (!script_.echo) {
      for (const std::string& message : script_.messages) outgoing_.push_back(ToBuffer(message));
    }
    if (outgoing_.empty() && script_.hold_open) StartSendInitialMetadata();
    WriteLocked();
  }

  void OnWriteDone(bool ok) override {
    MutexLock lock(mutex_);
    writing_ = false;
    if (!ok) {
      FinishLocked(grpc::Status::CANCELLED);
      return;
    }
    owner_->RecordSent();
    if (!script_.flood || outgoing_.size() > 1) outgoing_.pop_front();
    WriteLocked();
  }

  void OnCancel() override {
    owner_->RecordCancellation();
    MutexLock lock(mutex_);
    FinishLocked(grpc::Status::CANCELLED);
  }

  void OnDone() override { delete this; }

 private:
  void WriteLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || finished_) return;
    if (!outgoing_.empty()) {
      writing_ = true;
      StartWrite(&outgoing_.front());
    } else if (reads_done_ && !script_.hold_open) {
      FinishLocked(script_.status);
    }
  }
  void FinishLocked(const grpc::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (finished_) return;
    finished_ = true;
    Finish(status);
  }

  FakeUpstream* const owner_;
  grpc::GenericCallbackServerContext* const context_;
  const Script script_;
  Mutex mutex_;
  grpc::ByteBuffer request_;
  SeenCall call_;
  std::deque<grpc::ByteBuffer> outgoing_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool reads_done_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

FakeUpstream::FakeUpstream(int port) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(this);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort("127.0.0.1:" + std::to_string(port), grpc::InsecureServerCredentials(),
                           &port_);
  server_ = builder.BuildAndStart();
}

FakeUpstream::~FakeUpstream() {
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
}

std::shared_ptr<grpc::Channel> FakeUpstream::NewChannel() const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  return grpc::CreateCustomChannel(address(), grpc::InsecureChannelCredentials(), arguments);
}

void FakeUpstream::SetServing(bool serving) {
  server_->GetHealthCheckService()->SetServingStatus(serving);
}

void FakeUpstream::On(const std::string& method, Script script) {
  MutexLock lock(mutex_);
  scripts_[method] = std::move(script);
}

SeenCall FakeUpstream::WaitForCall(const std::string& method) {
  MutexLock lock(mutex_);
  changed_.wait_for(mutex_, kPatience,
                    [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return calls_.contains(method); });
  return calls_[method];
}

bool FakeUpstream::WaitForCancellations(int count) {
  MutexLock lock(mutex_);
  return changed_.wait_for(
      mutex_, kPatience, [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return cancellations_ >= count; });
}

int FakeUpstream::sent_count() const {
  MutexLock lock(mutex_);
  return sent_;
}

grpc::ServerGenericBidiReactor* FakeUpstream::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  Script script{.status = grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "no script")};
  {
    MutexLock lock(mutex_);
    if (const auto found = scripts_.find(context->method()); found != scripts_.end()) {
      script = found->second;
    }
  }
  return new Reactor(this, context, std::move(script));
}

void FakeUpstream::Record(const std::string& method, SeenCall call) {
  MutexLock lock(mutex_);
  calls_[method] = std::move(call);
  changed_.notify_all();
}

void FakeUpstream::RecordCancellation() {
  MutexLock lock(mutex_);
  ++cancellations_;
  changed_.notify_all();
}

void FakeUpstream::RecordSent() {
  MutexLock lock(mutex_);
  ++sent_;
}

}  // namespace syspulse
