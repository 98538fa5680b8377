#include "services/base/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "services/base/log.h"
#include "services/base/options.h"

namespace syspulse {
namespace {

constexpr std::chrono::seconds kGrace(5);

std::atomic<void (*)()> last_act = nullptr;  // signals are the process', and so is this

sigset_t OurSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  return set;
}

void StartWatchdog() {
  std::thread([] {
    std::this_thread::sleep_for(kGrace);
    if (void (*const act)() = last_act.load(); act != nullptr) act();
    alarm(1);  // ends it where standard error takes nothing either
    LogError("did not stop within %d s; giving up", static_cast<int>(kGrace.count()));
    _exit(kExitFailed);
  }).detach();
}

}  // namespace

void BlockSignals() {
  const sigset_t set = OurSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // a file that may grow no more (RLIMIT_FSIZE) is as a full disk
}

int WaitForShutdown(const std::function<void()>& reload) {
  const sigset_t set = OurSignals();
  while (true) {
    int signal_number = 0;
    if (sigwait(&set, &signal_number) != 0) continue;
    if (signal_number != SIGHUP) {
      StartWatchdog();
      return signal_number;
    }
    if (reload) reload();
  }
}

void SetLastAct(void (*act)()) { last_act = act; }

}  // namespace syspulse
