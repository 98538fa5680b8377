#include "services/callbacks/callback_threads.h"

#include <grpc/support/cpu.h>
#include <grpcpp/grpcpp.h>
#include <sys/resource.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "services/base/log.h"
#include "services/callbacks/run_in_callback.h"

namespace syspulse {
namespace {

constexpr double kBusy = 0.5;  // what part of its time one thread may work for all

// Returns how many threads gRPC starts for callbacks, 1 if that is not known.
std::size_t CountOfThreads() {
  if (!absl::StartsWith(grpc::Version(), "1.51.")) return 1;
  return std::clamp(gpr_cpu_num_cores() / 2, 2u, 16u);
}

// Returns the CPU time of the thread that asks.
absl::Duration OwnCpuTime() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return absl::DurationFromTimeval(usage.ru_utime) + absl::DurationFromTimeval(usage.ru_stime);
}

}  // namespace

CallbackThreads::CallbackThreads(const Clock* clock)
    : clock_(clock), count_(CountOfThreads() - 1) {}

CallbackThreads::~CallbackThreads() {
  MutexLock lock(mutex_);
  wanted_ = false;
  changed_.notify_all();
  changed_.wait(mutex_, [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return calls_ == 0; });
}

void CallbackThreads::Look() {
  MutexLock lock(mutex_);
  if (count_ == 0) return;
  if (!wanted_) {
    if (calls_ == 0 && clock_->Monotonic() >= rested_) ParkLocked();
  } else if (asked_) {
    GiveBackLocked("is held up");
  } else if (busy_) {
    GiveBackLocked("is busy");
  } else {
    asked_ = true;
    RunLocked(&CallbackThreads::Answer);
  }
}

std::size_t CallbackThreads::parked() const {
  MutexLock lock(mutex_);
  return parked_;
}

void CallbackThreads::ParkLocked() {
  LogDebug("%d of gRPC's threads are parked", count_);
  wanted_ = true;
  asked_ = busy_ = false;
  last_.reset();
  for (std::size_t i = 0; i < count_; ++i) RunLocked(&CallbackThreads::StayParked);
}

void CallbackThreads::GiveBackLocked(const char* why) {
  LogDebug("%d of gRPC's threads are given back: the one that works %s", count_, why);
  wanted_ = false;
  rested_ = clock_->Monotonic() + kRest;
  changed_.notify_all();
}

void CallbackThreads::RunLocked(void (CallbackThreads::*what)()) {
  ++calls_;
  RunInCallback([this, what] {
    (this->*what)();
    MutexLock lock(mutex_);
    --calls_;
    changed_.notify_all();
  });
}

void CallbackThreads::StayParked() {
  MutexLock lock(mutex_);
  ++parked_;
  changed_.wait(mutex_, [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return !wanted_; });
  --parked_;
}

void CallbackThreads::Answer() {
  MutexLock lock(mutex_);
  asked_ = false;
  if (parked_ < count_) return;  // this may be one that will be
  const Reading reading{.at = clock_->Monotonic(), .cpu = OwnCpuTime()};
  busy_ = last_ && reading.cpu - last_->cpu > kBusy * (reading.at - last_->at);
  last_ = reading;
}

}  // namespace syspulse
