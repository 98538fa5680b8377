// A program of ours, run by a test as people run it: started, read, signalled, waited for by pid.
//
//   ChildProcess service({SYSPULSED, "--grpc-listen=127.0.0.1:0"});
//   const std::string line = service.WaitForLine("(grpc)");
//   service.Kill(SIGKILL);
#ifndef TESTS_TESTING_CHILD_PROCESS_H_
#define TESTS_TESTING_CHILD_PROCESS_H_

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syspulse {

// Confined to one thread. The program is killed, if it still runs, when this goes.
class ChildProcess {
 public:
  // Starts the program. What it writes to standard error is kept and shown with the test's output.
  explicit ChildProcess(const std::vector<std::string>& command) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) std::abort();
    output_ = ends[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    std::vector<char*> arguments;
    for (const std::string& argument : command) {
      arguments.push_back(const_cast<char*>(argument.c_str()));
    }
    arguments.push_back(nullptr);
    if (posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ) != 0) {
      pid_ = -1;
    }
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
  }
  ~ChildProcess() {
    Kill(SIGKILL);
    close(output_);
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Waits, 10 s at most, for a line that holds `part`, from where the call before ended. Returns
  // the line, or nothing if the program ended without it.
  std::optional<std::string> WaitForLine(std::string_view part) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (true) {
      while (const auto line = NextLine()) {
        if (line->find(part) != std::string::npos) return line;
      }
      if (!ReadMore(deadline)) return std::nullopt;
    }
  }

  pid_t pid() const { return pid_; }

  // Sends a signal to the program, which goes on.
  void Signal(int signal_number) const {
    if (pid_ > 0) kill(pid_, signal_number);
  }

  // Sends a signal and waits for the end of the program. Returns its exit code, or nothing if a
  // signal ended it or it had ended before.
  std::optional<int> Kill(int signal_number) {
    if (pid_ <= 0) return std::nullopt;
    kill(pid_, signal_number);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    if (!WIFEXITED(status)) return std::nullopt;
    return WEXITSTATUS(status);
  }

 private:
  std::optional<std::string> NextLine() {
    const std::size_t end = unread_.find('\n');
    if (end == std::string::npos) return std::nullopt;
    std::string line = unread_.substr(0, end);
    unread_.erase(0, end + 1);
    std::cerr << "  | " << line << '\n';
    return line;
  }

  bool ReadMore(std::chrono::steady_clock::time_point deadline) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd one{.fd = output_, .events = POLLIN, .revents = 0};
    if (poll(&one, 1, static_cast<int>(left.count())) <= 0) return false;
    char buffer[4096];
    const ssize_t count = read(output_, buffer, sizeof(buffer));
    if (count <= 0) return false;
    unread_.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

  pid_t pid_ = -1;
  int output_ = -1;
  std::string unread_;
};

}  // namespace syspulse

#endif  // TESTS_TESTING_CHILD_PROCESS_H_
