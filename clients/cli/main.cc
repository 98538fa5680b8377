#include <langinfo.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>

#include "clients/cli/cli.h"
#include "clients/cli/output/safe_text.h"
#include "services/base/options.h"
#include "services/base/signals.h"
#include "services/base/text.h"

namespace {

// Takes the user's character set; UTF-8 where no locale is set at all, as in many containers.
void SetLocale() {
  std::setlocale(LC_ALL, "");
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') return;
  }
  std::setlocale(LC_CTYPE, "C.UTF-8");
}

// Returns whether colour is wanted: see https://no-color.org.
bool WantsColor() {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  if (no_color != nullptr && *no_color != '\0') return false;
  return isatty(STDOUT_FILENO) && term != nullptr && std::string_view(term) != "dumb";
}

// Returns whether a standard stream was closed when we were started. Then a library has taken its
// number for something that is no file, before main.
bool IsClosed(int stream) {
  struct stat status {};
  return fstat(stream, &status) != 0 || (status.st_mode & S_IFMT) == 0;
}

// Writes to standard error: a sentence, or one that shows more in the lines behind it, which are
// indented so that nothing passes for a sentence of ours.
void TellUser(std::string_view text) {
  std::string lines = "syspulse: " + syspulse::SafeText(syspulse::TakeUntil(&text, '\n')) + "\n";
  while (!text.empty()) lines += "  " + syspulse::SafeText(syspulse::TakeUntil(&text, '\n')) + "\n";
  std::cerr << lines << std::flush;
}

// Returns the zone of the user, in which times are read and shown. Says so if it is not known.
absl::TimeZone LocalZone() {
  const char* name = std::getenv("TZ");
  absl::TimeZone zone;
  if (name == nullptr || *name == '\0' || absl::LoadTimeZone(name + (*name == ':'), &zone)) {
    return absl::LocalTimeZone();
  }
  TellUser("TZ=" + std::string(name) + " is not a zone such as Europe/Berlin: times are UTC");
  return absl::UTCTimeZone();
}

// Writes a line to the terminal over the one before; an empty one removes it.
void ShowProgress(std::string_view line) { std::cerr << "\r\x1b[K" << line << std::flush; }

// Returns the size of standard output's terminal; zeros if it is none.
winsize TerminalSize() {
  winsize size{};
  const bool known = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
  return known ? size : winsize{};
}

std::stop_token StopBySignal() {
  syspulse::BlockSignals();
  std::stop_source stop;
  std::thread([stop]() mutable {
    syspulse::WaitForShutdown([&] { stop.request_stop(); });
    stop.request_stop();
  }).detach();
  return stop.get_token();
}

}  // namespace

int main(int argc, char** argv) {
  SetLocale();
  // What gRPC would log is said in sentences, or stands in the way of `top`.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  if (IsClosed(STDOUT_FILENO)) {
    TellUser("standard output is closed; direct it to /dev/null if nobody wants it");
    return syspulse::kExitFailed;
  }
  std::signal(SIGPIPE, SIG_IGN);
  const syspulse::SystemClock clock;
  syspulse::FileSink out(STDOUT_FILENO);
  const winsize size = TerminalSize();
  return syspulse::RunCli(argc, argv,
                          {.out = &out,
                           .tell_user = TellUser,
                           .show_progress = isatty(STDERR_FILENO) ? ShowProgress : nullptr,
                           .clock = &clock,
                           .zone = LocalZone(),
                           .color = WantsColor(),
                           .ascii = std::string_view(nl_langinfo(CODESET)) != "UTF-8",
                           .width = size.ws_col,
                           .height = size.ws_row,
                           .stop_by_signal = StopBySignal});
}
