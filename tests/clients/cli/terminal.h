// A terminal for tests: a pseudo-terminal with a program in it, and a screen that understands what
// curses writes for TERM=xterm.
#ifndef TESTS_CLIENTS_CLI_TERMINAL_H_
#define TESTS_CLIENTS_CLI_TERMINAL_H_

#include <sys/types.h>
#include <termios.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace syspulse {

class Terminal {
 public:
  // Starts `program` with these variables in a terminal of that size. Kills it when destroyed.
  Terminal(std::vector<std::string> program, const std::map<std::string, std::string>& variables,
           int width, int height);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void Type(std::string_view keys);
  void Resize(int width, int height);
  void Signal(int signal_number);

  // Reads until the screen contains `text`, at most 10 seconds; returns whether it does.
  bool WaitFor(std::string_view text);
  // Reads until the program ends, at most 10 seconds; returns its wait status, or -1.
  int WaitForEnd();

  // Returns the screen, a line a row.
  std::string Text() const;
  // Returns everything that the program wrote.
  const std::string& output() const { return output_; }
  // Returns whether the program has left the alternate screen, shows the cursor and left the
  // settings of the terminal as it found them.
  bool IsRestored() const;

 private:
  bool ReadSome(int timeout_ms);
  void Interpret(char32_t code_point);
  void Control(char final);
  void Erase(int from, int to);
  void Clear();
  int Parameter(std::size_t index, int fallback) const;

  pid_t pid_ = -1;
  int master_ = -1;
  termios before_{};
  std::string output_;
  std::string pending_;  // the begin of a character
  int width_;
  int height_;
  int x_ = 0;
  int y_ = 0;
  std::vector<std::u32string> rows_;
  std::string sequence_;  // an escape sequence under way
  char32_t last_ = ' ';
};

}  // namespace syspulse

#endif  // TESTS_CLIENTS_CLI_TERMINAL_H_
