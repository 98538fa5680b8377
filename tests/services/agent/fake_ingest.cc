#include "tests/services/agent/fake_ingest.h"

#include <grpcpp/server_builder.h>

#include <algorithm>
#include <chrono>
#include <deque>

namespace syspulse {
namespace {

// Returns the time of the first frame, -1 if there is none.
std::int64_t SecondOf(const v1::FrameBatch& batch) {
  return batch.frames().empty() ? -1 : batch.frames(0).sample_time().seconds();
}

}  // namespace

// All members are guarded by the service's mutex.
class FakeIngest::Stream final
    : public grpc::ServerBidiReactor<v1::PushFramesRequest, v1::PushFramesResponse> {
 public:
  explicit Stream(FakeIngest* service) : service_(service) {
    MutexLock lock(service_->mutex_);
    service_->streams_.insert(this);
    StartRead(&request_);
  }

  // Reads on, if the service did not read until now.
  void ReadLocked() {
    if (reading_ || finished_ || !service_->behaviour_.read) return;
    reading_ = true;
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    MutexLock lock(service_->mutex_);
    reading_ = false;
    if (!ok) {
      half_closed_ = !cancelled_;
      service_->half_closes_ += half_closed_ ? 1 : 0;
      if (responses_.empty()) FinishLocked(grpc::Status::OK);
    } else if (request_.has_hello()) {
      OnHelloLocked();
    } else if (request_.has_interim()) {
      service_->interim_.push_back(request_.interim());
      if (service_->behaviour_.refuse_interim) FinishLocked(service_->behaviour_.refusal);
    } else {
      OnBatchLocked();
    }
    service_->changed_.notify_all();
    if (ok) ReadLocked();
  }
  void OnWriteDone(bool ok) override {
    MutexLock lock(service_->mutex_);
    if (!responses_.empty()) responses_.pop_front();
    if (!ok || finished_) return;
    if (!responses_.empty()) {
      StartWrite(&responses_.front());
    } else if (half_closed_) {
      FinishLocked(grpc::Status::OK);
    }
  }
  void OnCancel() override {
    MutexLock lock(service_->mutex_);
    cancelled_ = true;
    FinishLocked(grpc::Status::CANCELLED);
  }
  void OnDone() override {
    {
      MutexLock lock(service_->mutex_);
      service_->streams_.erase(this);
    }
    delete this;
  }

 private:
  void OnHelloLocked() {
    service_->hellos_.push_back(request_.hello());
    if (!service_->behaviour_.refuse_hello.ok()) {
      FinishLocked(service_->behaviour_.refuse_hello);
      return;
    }
    v1::PushFramesResponse response;
    response.mutable_welcome()->set_service_version("9.9.9");
    RespondLocked(response);
    if (service_->behaviour_.demand.ByteSizeLong() == 0) return;
    *response.mutable_demand() = service_->behaviour_.demand;
    RespondLocked(response);
  }
  void OnBatchLocked() {
    const IngestBehaviour& behaviour = service_->behaviour_;
    const std::int64_t sequence = request_.batch().sequence();
    service_->batches_.push_back(request_.batch());
    if (behaviour.refuse_seconds.contains(SecondOf(request_.batch()))) {
      FinishLocked(behaviour.refusal);
    } else if (behaviour.acknowledge && sequence % behaviour.acknowledge_each == 0) {
      v1::PushFramesResponse response;
      response.mutable_acknowledgement()->set_sequence(sequence);
      RespondLocked(response);
    }
  }
  void RespondLocked(const v1::PushFramesResponse& response) {
    responses_.push_back(response);
    if (responses_.size() == 1) StartWrite(&responses_.front());
  }
  void FinishLocked(const grpc::Status& status) {
    if (finished_) return;
    finished_ = true;
    Finish(status);
  }

  FakeIngest* const service_;
  v1::PushFramesRequest request_;
  std::deque<v1::PushFramesResponse> responses_;
  bool reading_ = true;
  bool cancelled_ = false;
  bool half_closed_ = false;
  bool finished_ = false;
};

FakeIngest::FakeIngest() = default;

FakeIngest::~FakeIngest() { Kill(); }

void FakeIngest::Start() {
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address(), grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
}

void FakeIngest::Kill() {
  if (server_ == nullptr) return;
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
  server_ = nullptr;
}

void FakeIngest::Behave(const std::function<void(IngestBehaviour*)>& change) {
  MutexLock lock(mutex_);
  change(&behaviour_);
  for (Stream* stream : streams_) stream->ReadLocked();
}

bool FakeIngest::WaitUntil(const std::function<bool()>& condition) {
  MutexLock lock(mutex_);
  return changed_.wait_for(mutex_, std::chrono::seconds(10), condition);
}

int FakeIngest::CountOf(std::int64_t second) const {
  return static_cast<int>(std::ranges::count(batches_, second, SecondOf));
}

bool FakeIngest::HasAllUpTo(std::int64_t last) const {
  for (std::int64_t second = 1; second <= last; ++second) {
    if (CountOf(second) == 0) return false;
  }
  return true;
}

grpc::ServerBidiReactor<v1::PushFramesRequest, v1::PushFramesResponse>* FakeIngest::PushFrames(
    grpc::CallbackServerContext*) {
  return new Stream(this);
}

}  // namespace syspulse
