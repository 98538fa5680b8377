#include "clients/cpp/watch.h"

namespace syspulse {

bool WaitUnlessStopped(absl::Duration duration, const std::stop_token& stop) {
  Mutex mutex;
  std::condition_variable_any changed;
  MutexLock lock(mutex);
  changed.wait_for(mutex, stop, absl::ToChronoNanoseconds(duration), [] { return false; });
  return !stop.stop_requested();
}

}  // namespace syspulse
