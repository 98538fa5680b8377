#include "tests/clients/cli/terminal.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>

#include "clients/cli/output/safe_text.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr std::chrono::seconds kPatience(10);

void AppendUtf8(std::string* text, char32_t c) {
  if (c < 0x80) {
    *text += static_cast<char>(c);
  } else if (c < 0x800) {
    *text += {static_cast<char>(0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3F))};
  } else {
    *text += {static_cast<char>(0xE0 | (c >> 12)), static_cast<char>(0x80 | ((c >> 6) & 0x3F)),
              static_cast<char>(0x80 | (c & 0x3F))};
  }
}

}  // namespace

Terminal::Terminal(std::vector<std::string> program,
                   const std::map<std::string, std::string>& variables, int width, int height)
    : width_(width), height_(height) {
  Clear();
  winsize size{};
  size.ws_col = static_cast<unsigned short>(width);
  size.ws_row = static_cast<unsigned short>(height);
  pid_ = forkpty(&master_, nullptr, nullptr, &size);
  if (pid_ == 0) {
    // The parent looks at the settings before the program changes them.
    raise(SIGSTOP);
    for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> arguments;
    for (std::string& word : program) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  waitpid(pid_, &status, WUNTRACED);
  tcgetattr(master_, &before_);
  kill(pid_, SIGCONT);
}

Terminal::~Terminal() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(master_);
}

void Terminal::Type(std::string_view keys) {
  [[maybe_unused]] const ssize_t written = write(master_, keys.data(), keys.size());
}

void Terminal::Resize(int width, int height) {
  width_ = width;
  height_ = height;
  Clear();
  winsize size{};
  size.ws_col = static_cast<unsigned short>(width);
  size.ws_row = static_cast<unsigned short>(height);
  ioctl(master_, TIOCSWINSZ, &size);
}

void Terminal::Signal(int signal_number) { kill(pid_, signal_number); }

bool Terminal::ReadSome(int timeout_ms) {
  pollfd wait = {.fd = master_, .events = POLLIN};
  if (poll(&wait, 1, timeout_ms) <= 0) return true;
  std::array<char, 16384> buffer;
  const ssize_t size = read(master_, buffer.data(), buffer.size());
  if (size <= 0) return false;  // the program has ended
  const std::string_view got(buffer.data(), static_cast<std::size_t>(size));
  output_ += got;
  pending_ += got;
  std::string_view rest = pending_;
  while (!rest.empty()) {
    const auto first = static_cast<unsigned char>(rest[0]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (rest.size() < length) break;
    Interpret(TakeCodePoint(&rest));
  }
  pending_ = std::string(rest);
  return true;
}

bool Terminal::WaitFor(std::string_view text) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (Text().find(text) == std::string::npos) {
    if (std::chrono::steady_clock::now() > deadline || !ReadSome(100)) return false;
  }
  return true;
}

int Terminal::WaitForEnd() {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  int status = 0;
  while (waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) return -1;
    ReadSome(20);
  }
  pid_ = -1;
  while (ReadSome(0)) {
    pollfd wait = {.fd = master_, .events = POLLIN};
    if (poll(&wait, 1, 0) <= 0) break;
  }
  return status;
}

bool Terminal::IsRestored() const {
  termios now{};
  tcgetattr(master_, &now);
  const bool same = now.c_iflag == before_.c_iflag && now.c_oflag == before_.c_oflag &&
                    now.c_cflag == before_.c_cflag && now.c_lflag == before_.c_lflag;
  const auto entered = output_.rfind("\x1b[?1049h");
  const auto left = output_.rfind("\x1b[?1049l");
  const auto hidden = output_.rfind("\x1b[?25l");
  const auto shown = output_.rfind("\x1b[?25h");
  return same && entered != output_.npos && left != output_.npos && left > entered &&
         shown != output_.npos && shown > hidden;
}

std::string Terminal::Text() const {
  std::string text;
  for (const std::u32string& row : rows_) {
    for (const char32_t c : row) AppendUtf8(&text, c);
    text += '\n';
  }
  return text;
}

void Terminal::Clear() {
  rows_.assign(static_cast<std::size_t>(height_),
               std::u32string(static_cast<std::size_t>(width_), U' '));
  x_ = 0;
  y_ = 0;
}

void Terminal::Erase(int from, int to) {
  for (int x = std::max(from, 0); x < std::min(to, width_); ++x) {
    rows_[static_cast<std::size_t>(y_)][static_cast<std::size_t>(x)] = U' ';
  }
}

int Terminal::Parameter(std::size_t index, int fallback) const {
  const auto parts = Split(std::string_view(sequence_).substr(1), ';');
  if (index >= parts.size()) return fallback;
  return ParseNumber<int>(parts[index]).value_or(fallback);
}

// Obeys a control sequence; `sequence_` is what stands before `final`, from the bracket on.
void Terminal::Control(char final) {
  switch (final) {
    case 'H':
      y_ = Parameter(0, 1) - 1;
      x_ = Parameter(1, 1) - 1;
      break;
    case 'G':
      x_ = Parameter(0, 1) - 1;
      break;
    case 'd':
      y_ = Parameter(0, 1) - 1;
      break;
    case 'A':
      y_ -= Parameter(0, 1);
      break;
    case 'B':
      y_ += Parameter(0, 1);
      break;
    case 'C':
      x_ += Parameter(0, 1);
      break;
    case 'D':
      x_ -= Parameter(0, 1);
      break;
    case 'X':
      Erase(x_, x_ + Parameter(0, 1));
      break;
    case 'K':
      Erase(Parameter(0, 0) == 0 ? x_ : 0, Parameter(0, 0) == 1 ? x_ + 1 : width_);
      break;
    case 'J':
      if (Parameter(0, 0) == 2) {
        const int x = x_;
        const int y = y_;
        Clear();
        x_ = x;
        y_ = y;
      } else {
        Erase(x_, width_);
        for (int y = y_ + 1; y < height_; ++y) {
          rows_[static_cast<std::size_t>(y)].assign(static_cast<std::size_t>(width_), U' ');
        }
      }
      break;
    case 'b': {
      const int times = Parameter(0, 1);
      sequence_.clear();  // what is repeated is text, not more of the sequence
      for (int i = 0; i < times; ++i) Interpret(last_);
      break;
    }
    default:  // colours and modes
      break;
  }
  x_ = std::clamp(x_, 0, width_);
  y_ = std::clamp(y_, 0, height_ - 1);
}

void Terminal::Interpret(char32_t code_point) {
  const char byte = code_point < 0x80 ? static_cast<char>(code_point) : '?';
  if (!sequence_.empty()) {
    if (sequence_ == "\x1b") {
      // A bracket begins a control sequence, a parenthesis names a character set; others stand
      // alone.
      sequence_ = byte == '[' ? "[" : byte == '(' ? "(" : "";
    } else if (sequence_ == "(") {
      sequence_.clear();
    } else if (byte >= '@' && byte <= '~') {
      Control(byte);
      sequence_.clear();
    } else {
      sequence_ += byte;
    }
    return;
  }
  if (byte == '\x1b') {
    sequence_ = "\x1b";
  } else if (byte == '\r') {
    x_ = 0;
  } else if (byte == '\n') {
    y_ = std::min(y_ + 1, height_ - 1);
  } else if (byte == '\b') {
    x_ = std::max(x_ - 1, 0);
  } else if (code_point >= 0x20 && CodePointWidth(code_point) > 0) {
    if (x_ >= width_) {
      x_ = 0;
      y_ = std::min(y_ + 1, height_ - 1);
    }
    rows_[static_cast<std::size_t>(y_)][static_cast<std::size_t>(x_)] = code_point;
    last_ = code_point;
    ++x_;
  }
}

}  // namespace syspulse
