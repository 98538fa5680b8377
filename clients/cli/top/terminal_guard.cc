#include "clients/cli/top/terminal_guard.h"

#include <fcntl.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstring>

#include "services/base/signals.h"

namespace syspulse {
namespace {

constexpr std::array kCrashes = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};

constexpr useconds_t kGoodbyeUs = 300'000;

// What a handler needs. Written before the handlers are set, only read by them.
struct Rescue {
  int descriptor = -1;
  termios settings{};
  std::array<char, 256> text{};
  std::size_t text_size = 0;
};
Rescue rescue;  // see the class comment: signal handlers take no arguments

// A stack overflow leaves no stack to handle it on.
alignas(16) std::array<std::byte, 64 * 1024> handler_stack;

// Calls only what signal-safety(7) lists.
void OnCrash(int signal_number) {
  [[maybe_unused]] const ssize_t written =
      write(rescue.descriptor, rescue.text.data(), rescue.text_size);
  tcsetattr(rescue.descriptor, TCSANOW, &rescue.settings);
  raise(signal_number);  // SA_RESETHAND has put the default back: this ends the program
}

// A terminal that takes no output (Ctrl-S) is why the program does not stop: nothing waits for it.
void OnGivingUp() {
  signal(SIGTTOU, SIG_IGN);           // or a program in the background is stopped for what follows
  tcflow(rescue.descriptor, TCOOFF);  // only what this has stopped goes on by the next
  tcflow(rescue.descriptor, TCOON);
  // curses ends well now, and the program with it, if that is all it waited for.
  usleep(kGoodbyeUs);
  const int terminal = open("/dev/tty", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (terminal >= 0) {
    [[maybe_unused]] const ssize_t written = write(terminal, rescue.text.data(), rescue.text_size);
    close(terminal);
  }
  tcsetattr(rescue.descriptor, TCSANOW, &rescue.settings);
}

}  // namespace

TerminalGuard::TerminalGuard(int descriptor, std::string_view restore) {
  rescue.descriptor = descriptor;
  tcgetattr(descriptor, &rescue.settings);
  rescue.text_size = std::min(restore.size(), rescue.text.size());
  std::memcpy(rescue.text.data(), restore.data(), rescue.text_size);
  const stack_t stack = {
      .ss_sp = handler_stack.data(), .ss_flags = 0, .ss_size = handler_stack.size()};
  sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_handler = OnCrash;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_ONSTACK;
  for (const int crash : kCrashes) sigaction(crash, &action, nullptr);
  SetLastAct(OnGivingUp);
}

TerminalGuard::~TerminalGuard() {
  SetLastAct(nullptr);
  for (const int crash : kCrashes) signal(crash, SIG_DFL);
}

}  // namespace syspulse
