// Signals of a long-running program, received by a thread instead of interrupting one.
#ifndef SERVICES_BASE_SIGNALS_H_
#define SERVICES_BASE_SIGNALS_H_

#include <functional>

namespace syspulse {

// Blocks SIGINT, SIGTERM and SIGHUP in this thread and all it will start, and ignores SIGPIPE
// and SIGXFSZ, whose calls fail instead. Call it first in main, before any thread exists.
void BlockSignals();

// Waits until SIGINT or SIGTERM arrives and returns its number. Calls `reload` for every SIGHUP
// before. From then on a watchdog ends the process, with exit code 1, if it has not ended after 5
// seconds.
int WaitForShutdown(const std::function<void()>& reload);

// Sets what the watchdog calls before it ends the process; nothing if null. It must not wait for
// any other thread.
void SetLastAct(void (*act)());

}  // namespace syspulse

#endif  // SERVICES_BASE_SIGNALS_H_
