#include "services/agent/outlets.h"

#include <random>
#include <utility>

#include "absl/strings/str_format.h"
#include "clients/cpp/channel.h"
#include "services/base/listen_address.h"
#include "services/base/log.h"
#include "services/base/status_macros.h"
#include "services/collect/host_info.h"

namespace syspulse {
namespace {

constexpr absl::Duration kFlushTimeout = absl::Seconds(2);
constexpr absl::Duration kSpoolTimeout = absl::Seconds(2);
constexpr absl::Duration kLongestPause = absl::Seconds(10);  // between attempts to connect

std::string RandomSessionId() {
  std::random_device random;
  return absl::StrFormat("%08x%08x%08x%08x", random(), random(), random(), random());
}

}  // namespace

Outlets::Outlets(const AgentOptions& options, const std::string& host_id, const ProcFs* procfs,
                 const Clock* clock, std::function<void(const Demand&)> on_demand)
    : procfs_(procfs),
      clock_(clock),
      on_demand_(std::move(on_demand)),
      pushes_(!options.server.empty()),
      spool_dir_(options.spool_dir),
      session_id_(RandomSessionId()),
      buffer_(options.buffer_bytes),
      files_(PosixFileSystem()) {
  if (!pushes_ || options.spool_dir.empty()) return;
  spooler_ = std::make_unique<Spooler>(SpoolOptions{.directory = options.spool_dir,
                                                    .host_id = host_id,
                                                    .max_bytes = options.spool_bytes,
                                                    .max_age = options.spool_age},
                                       &buffer_, files_.get(), clock);
}

absl::Status Outlets::Listen(const AgentOptions& options) {
  if (options.exporter_listen.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(exporter_,
                   AgentExporter::Create(procfs_, {.listen = options.exporter_listen,
                                                   .telemetry_path = options.telemetry_path,
                                                   .own_metrics = options.exporter_metrics,
                                                   .collectors = options.collectors}));
  return absl::OkStatus();
}

void Outlets::Announce(const std::string& listen) const {
  if (exporter_ == nullptr) return;
  LogInfo("listening on %s (metrics)", WithPort(listen, exporter_->port()));
}

void Outlets::Connect(const std::string& server, const Host& host) {
  if (!pushes_) return;
  if (PushStream* const standing = stream()) {
    standing->Flush(kFlushTimeout);
    std::unique_ptr<PushStream> old;
    {
      MutexLock lock(mutex_);
      before_.reconnects += standing->reconnects() + 1;
      before_.sent_bytes += standing->sent_bytes();
      old = std::move(stream_);
    }
    old.reset();
    buffer_.Rewind();
  }
  auto stream = std::make_unique<PushStream>(MakeChannel({.server = server,
                                                          .program = "syspulse-agent",
                                                          .longest_pause = kLongestPause,
                                                          .large_answers = false}),
                                             &buffer_, clock_,
                                             PushOptions{.server = server,
                                                         .spool_dir = spool_dir_,
                                                         .host = host,
                                                         .session_id = session_id_,
                                                         .boot_id = ReadBootId(*procfs_),
                                                         .on_demand = on_demand_});
  MutexLock lock(mutex_);
  stream_ = std::move(stream);
}

void Outlets::Take(HostSample sample) {
  if (exporter_ != nullptr) exporter_->OnFrames(sample.frames);
  if (!pushes_) return;
  // Kept also while a stream is being replaced by another.
  buffer_.Add(std::move(sample.frames), std::move(sample.processes));
  MutexLock lock(mutex_);
  if (stream_ != nullptr) stream_->Wake();
}

void Outlets::TakeInterim(HostSample sample) {
  MutexLock lock(mutex_);
  if (stream_ == nullptr) return;
  stream_->SendInterim(
      {.frames = std::move(sample.frames), .processes = std::move(sample.processes)});
}

void Outlets::Spool() { spooler_->MoveOnce(); }

void Outlets::Finish() {
  PushStream* const last = stream();
  if (last == nullptr) return;
  bool all = last->Flush(kFlushTimeout);
  std::unique_ptr<PushStream> ended;
  {
    MutexLock lock(mutex_);
    ended = std::move(stream_);
  }
  ended.reset();
  if (spooler_ != nullptr) all = spooler_->Finish(kSpoolTimeout);
  if (all) return;
  LogWarning("stopping; samples that the service did not take over: %d", buffer_.Stats().batches);
}

PushFigures Outlets::figures() const {
  MutexLock lock(mutex_);
  if (stream_ == nullptr) return before_;
  return {.reconnects = before_.reconnects + stream_->reconnects(),
          .sent_bytes = before_.sent_bytes + stream_->sent_bytes()};
}

// Only the thread that asks replaces it.
PushStream* Outlets::stream() const {
  MutexLock lock(mutex_);
  return stream_.get();
}

}  // namespace syspulse
