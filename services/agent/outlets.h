// Where samples go: to the service, to scrapers, or to both.
#ifndef SERVICES_AGENT_OUTLETS_H_
#define SERVICES_AGENT_OUTLETS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "services/agent/agent_metrics.h"
#include "services/agent/frame_buffer.h"
#include "services/agent/options.h"
#include "services/agent/push_stream.h"
#include "services/agent/spooler.h"
#include "services/base/clock.h"
#include "services/base/mutex.h"
#include "services/collect/procfs.h"
#include "services/collect/sampler.h"
#include "services/exporter/agent_exporter.h"
#include "services/model/demand.h"
#include "services/model/host.h"
#include "services/store/file_system.h"

namespace syspulse {

// Thread-safe, except for what says otherwise.
class Outlets {
 public:
  // The pointers must outlive this.
  // `on_demand` hears what readers want, from any thread, and must not block.
  Outlets(const AgentOptions& options, const std::string& host_id, const ProcFs* procfs,
          const Clock* clock, std::function<void(const Demand&)> on_demand);

  // Opens the page for scrapers, if one is wanted. Call it before anything else; errors as
  // AgentExporter's.
  absl::Status Listen(const AgentOptions& options);

  // Logs where the page is, once there is something on it.
  void Announce(const std::string& listen) const;

  // Speaks for `host` to `server` from now on; does nothing for an agent without one. Where a
  // stream stands already, it is ended in order, which may take two seconds, and whatever the
  // service did not acknowledge goes again by the new one. For one thread.
  void Connect(const std::string& server, const Host& host);

  void Take(HostSample sample);

  // Shows what was sampled between two ticks to the readers who want it.
  void TakeInterim(HostSample sample);

  // Moves between memory and disk what is due. Of a thread of its own.
  void Spool();

  // Brings what is left to the service, else to the disk. Call it last.
  void Finish();

  bool has_spool() const { return spooler_ != nullptr; }
  FrameBufferStats stats() const { return buffer_.Stats(); }
  PushFigures figures() const;

 private:
  PushStream* stream() const;

  const ProcFs* const procfs_;
  const Clock* const clock_;
  const std::function<void(const Demand&)> on_demand_;
  const bool pushes_;             // there is a service
  const std::string spool_dir_;   // empty without one
  const std::string session_id_;  // names this run; see PushFramesHello
  FrameBuffer buffer_;
  const std::unique_ptr<FileSystem> files_;
  std::unique_ptr<Spooler> spooler_;         // null without a folder for it
  std::unique_ptr<AgentExporter> exporter_;  // null without scrapers

  mutable Mutex mutex_;
  std::unique_ptr<PushStream> stream_ ABSL_GUARDED_BY(mutex_);  // null until it is connected
  PushFigures before_ ABSL_GUARDED_BY(mutex_);                  // of streams that were replaced
};

}  // namespace syspulse

#endif  // SERVICES_AGENT_OUTLETS_H_
