// A host with many processes: forks as many children as it is told, which sleep until it ends.
//
//   build/tests/crowd 1000 60        1000 children for 60 s, or until SIGTERM
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace {

constexpr int kMostChildren = 60'000;
constexpr int kLongest = 3'600;  // s

// Returns the number, -1 if the text is none from 0 to `most`.
int Number(const char* text, int most) {
  int number = -1;
  const char* const end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, number);
  return error == std::errc() && stop == end && number >= 0 && number <= most ? number : -1;
}

[[noreturn]] void Sleep(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(0);  // it ended before the line above
  while (true) pause();
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc == 3 ? Number(argv[1], kMostChildren) : -1;
  const int seconds = argc == 3 ? Number(argv[2], kLongest) : -1;
  if (count < 0 || seconds < 0) {
    std::fprintf(stderr, "usage: crowd CHILDREN (to %d) SECONDS (to %d)\n", kMostChildren,
                 kLongest);
    return 2;
  }
  const pid_t self = getpid();
  for (int i = 0; i < count; ++i) {
    const pid_t child = fork();
    if (child == 0) Sleep(self);
    if (child < 0) {
      std::perror("crowd: fork");
      return 1;  // the children follow
    }
  }
  std::printf("crowd of %d\n", count);
  std::fflush(stdout);
  alarm(static_cast<unsigned>(seconds));
  pause();  // until the alarm or another signal ends this, and so the children
  return 0;
}
