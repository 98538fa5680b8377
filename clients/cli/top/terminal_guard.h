// Gives the terminal back, whatever happens to the program.
//
// curses restores it at a normal end. This class is for the others: a crash must not leave a shell
// without echo in the alternate screen. What has to be written is prepared beforehand, because a
// signal handler may do little more than write it.
#ifndef CLIENTS_CLI_TOP_TERMINAL_GUARD_H_
#define CLIENTS_CLI_TOP_TERMINAL_GUARD_H_

#include <string_view>

namespace syspulse {

// At most one at a time: signal handlers know it by a file-local pointer, there is no other way.
class TerminalGuard {
 public:
  // Remembers the settings of the terminal `descriptor`, and restores them, after writing
  // `restore`, on SIGSEGV, SIGBUS, SIGABRT, SIGFPE and SIGILL; the signal then takes its course.
  // `restore` is what leaves the alternate screen, shows the cursor and so on. It does the same, as
  // far as the terminal takes it at once, where the program is ended because it does not stop.
  TerminalGuard(int descriptor, std::string_view restore);
  ~TerminalGuard();
  TerminalGuard(const TerminalGuard&) = delete;
  TerminalGuard& operator=(const TerminalGuard&) = delete;
};

}  // namespace syspulse

#endif  // CLIENTS_CLI_TOP_TERMINAL_GUARD_H_
