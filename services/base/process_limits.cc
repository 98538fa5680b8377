#include "services/base/process_limits.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>
#include <system_error>
#include <tuple>

#include "absl/synchronization/mutex.h"
#include "services/base/log.h"

namespace syspulse {
namespace {

constexpr std::size_t kThreadStack = 1 << 20;

// Without the log, which needs memory.
[[noreturn]] void EndWith(std::string_view sentence) {
  std::ignore = write(STDERR_FILENO, sentence.data(), sentence.size());
  _exit(1);
}

[[noreturn]] void OnTerminate() {
  try {
    if (const std::exception_ptr thrown = std::current_exception()) std::rethrow_exception(thrown);
  } catch (const std::bad_alloc&) {
    EndWith("error out of memory; give this process more (ulimit -v, or the limit of its unit)\n");
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::resource_unavailable_try_again) {
      EndWith("error cannot start a thread; allow this process more (ulimit -u, ulimit -v)\n");
    }
  } catch (...) {  // of which the next one tells
  }
  __gnu_cxx::__verbose_terminate_handler();
  std::abort();
}

}  // namespace

void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) LogWarning("cannot raise the limit of open files");
}

void LimitThreadStacks() {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return;
  pthread_attr_setstacksize(&attributes, kThreadStack);
  pthread_setattr_default_np(&attributes);
  pthread_attr_destroy(&attributes);
}

void ExplainShortage() { std::set_terminate(OnTerminate); }

void SkipLockOrderChecks() { absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore); }

}  // namespace syspulse
