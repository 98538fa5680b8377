#include "clients/cli/top/screen.h"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <string>

#include "absl/strings/str_format.h"
#include "clients/cli/top/terminal_guard.h"

// Last: curses makes macros of common words.
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include <ncurses.h>
#include <term.h>

namespace syspulse {
namespace {

constexpr int kEscapeDelayMs = 25;  // Esc alone against Esc as the begin of a sequence

struct Look {
  Style style;
  short color;       // of 8; -1 = as the terminal has it
  short rich_color;  // of 256
  attr_t attributes;
  short background = -1;
  short rich_background = -1;
};

const std::array kLooks = std::to_array<Look>({
    {Style::kPlain, -1, -1, A_NORMAL},
    {Style::kFaint, -1, 244, A_NORMAL},
    {Style::kStrong, -1, -1, A_BOLD},
    {Style::kLabel, COLOR_CYAN, 80, A_NORMAL},
    {Style::kGood, COLOR_GREEN, 114, A_NORMAL},
    {Style::kWarning, COLOR_YELLOW, 221, A_NORMAL},
    {Style::kCritical, COLOR_RED, 203, A_BOLD},
    {Style::kUser, COLOR_GREEN, 114, A_NORMAL},
    {Style::kSystem, COLOR_RED, 203, A_NORMAL},
    {Style::kWait, COLOR_BLUE, 75, A_NORMAL},
    {Style::kReceive, COLOR_GREEN, 79, A_NORMAL},
    {Style::kTransmit, COLOR_MAGENTA, 176, A_NORMAL},
    {Style::kBorder, COLOR_BLUE, 240, A_NORMAL},
    {Style::kTitle, -1, -1, A_BOLD},
    {Style::kHeading, COLOR_BLACK, 252, A_NORMAL, COLOR_CYAN, 238},
    {Style::kSorted, COLOR_BLACK, 80, A_BOLD, COLOR_CYAN, 238},
    {Style::kSelected, COLOR_BLACK, 16, A_NORMAL, COLOR_GREEN, 114},
    {Style::kKey, COLOR_CYAN, 80, A_BOLD},
    {Style::kHint, -1, 244, A_NORMAL},
});

attr_t PlainAttributes(Style style) {
  switch (style) {
    case Style::kHeading:
    case Style::kSelected:
      return A_REVERSE;
    case Style::kSorted:
      return A_REVERSE | A_BOLD;
    case Style::kFaint:
    case Style::kHint:
      return A_DIM;
    case Style::kStrong:
    case Style::kTitle:
    case Style::kKey:
    case Style::kCritical:
      return A_BOLD;
    default:
      return A_NORMAL;
  }
}

// Returns what the terminal's description says for `capability`; empty if it says nothing.
std::string Capability(const char* capability) {
  const char* text = tigetstr(capability);
  if (text == nullptr || text == reinterpret_cast<const char*>(-1)) return "";
  return text;
}

KeyCode SpecialKey(wint_t code) {
  switch (code) {
    case KEY_UP:
      return KeyCode::kUp;
    case KEY_DOWN:
      return KeyCode::kDown;
    case KEY_LEFT:
      return KeyCode::kLeft;
    case KEY_RIGHT:
      return KeyCode::kRight;
    case KEY_PPAGE:
      return KeyCode::kPageUp;
    case KEY_NPAGE:
      return KeyCode::kPageDown;
    case KEY_HOME:
      return KeyCode::kHome;
    case KEY_END:
      return KeyCode::kEnd;
    case KEY_ENTER:
      return KeyCode::kEnter;
    case KEY_BACKSPACE:
      return KeyCode::kBackspace;
    case KEY_F(1):
      return KeyCode::kF1;
    case KEY_F(4):
      return KeyCode::kF4;
    case KEY_F(5):
      return KeyCode::kF5;
    case KEY_F(10):
      return KeyCode::kF10;
    default:
      return KeyCode::kOther;
  }
}

Key CharacterKey(wint_t code) {
  if (code == '\r' || code == '\n') return {.code = KeyCode::kEnter};
  if (code == 27) return {.code = KeyCode::kEscape};
  if (code == 8 || code == 127) return {.code = KeyCode::kBackspace};
  if (code == 21) return {.code = KeyCode::kClearLine};
  if (code < 32) return {};
  std::array<char, MB_LEN_MAX> bytes;
  std::mbstate_t state{};
  const std::size_t size = std::wcrtomb(bytes.data(), static_cast<wchar_t>(code), &state);
  if (size == static_cast<std::size_t>(-1)) return {};
  return {.code = KeyCode::kCharacter, .text = std::string(bytes.data(), size)};
}

class CursesScreen final : public Screen {
 public:
  // The guard is set before curses changes the terminal, and goes after it was restored.
  CursesScreen(std::unique_ptr<TerminalGuard> guard, SCREEN* screen, bool color)
      : guard_(std::move(guard)),
        screen_(screen),
        ascii_(std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0 ||
               // The console's font has neither half lines nor levels.
               std::string_view(std::getenv("TERM")) == "linux") {
    cbreak();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(kEscapeDelayMs);
    curs_set(0);
    if (color && has_colors()) StartColors();
  }

  ~CursesScreen() override {
    endwin();
    delscreen(screen_);
  }

  bool ascii() const override { return ascii_; }
  int width() const override { return COLS; }
  int height() const override { return LINES; }

  void Resize() override {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
      return;
    if (size.ws_row == LINES && size.ws_col == COLS) return;
    resizeterm(size.ws_row, size.ws_col);
    clearok(stdscr, TRUE);
  }

  void Show(const Canvas& canvas) override {
    for (int y = 0; y < canvas.height(); ++y) {
      move(y, 0);
      for (int x = 0; x < canvas.width();) {
        // A run of one style is one call.
        const Style style = canvas.at(x, y).style;
        std::string run;
        for (; x < canvas.width() && canvas.at(x, y).style == style; ++x) {
          run += canvas.at(x, y).glyph;
        }
        attrset(AttributesOf(style));
        addstr(run.c_str());
      }
    }
    attrset(A_NORMAL);
    refresh();
  }

  std::optional<Key> ReadKey() override {
    wint_t code = 0;
    const int kind = get_wch(&code);
    if (kind == ERR) return std::nullopt;
    if (kind == KEY_CODE_YES) return Key{.code = SpecialKey(code)};
    return CharacterKey(code);
  }

 private:
  void StartColors() {
    start_color();
    use_default_colors();
    const bool rich = COLORS >= 256;
    for (const Look& look : kLooks) {
      const auto pair = static_cast<short>(static_cast<int>(look.style) + 1);
      init_pair(pair, rich ? look.rich_color : look.color,
                rich ? look.rich_background : look.background);
    }
    color_ = true;
  }

  attr_t AttributesOf(Style style) const {
    if (!color_) return PlainAttributes(style);
    const attr_t pair = static_cast<attr_t>(COLOR_PAIR(static_cast<int>(style) + 1));
    return pair | kLooks[static_cast<std::size_t>(style)].attributes;
  }

  const std::unique_ptr<TerminalGuard> guard_;
  SCREEN* const screen_;
  const bool ascii_;
  bool color_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Screen>> Screen::Open(bool color) {
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
    return absl::FailedPreconditionError(
        "top needs a terminal; 'syspulse watch' writes a line for every snapshot anywhere");
  }
  const char* term = std::getenv("TERM");
  int error = 0;
  const bool known =
      term != nullptr && setupterm(term, STDOUT_FILENO, &error) == OK && !Capability("cup").empty();
  if (!known) {
    return absl::FailedPreconditionError(
        absl::StrFormat("the terminal type '%s' (TERM) cannot show top; 'syspulse watch' writes a "
                        "line for every snapshot anywhere",
                        term == nullptr ? "" : term));
  }
  std::string restore;
  for (const char* capability : {"sgr0", "rmkx", "rmcup", "cnorm"})
    restore += Capability(capability);
  del_curterm(cur_term);  // newterm makes its own
  auto guard = std::make_unique<TerminalGuard>(STDOUT_FILENO, restore);
  SCREEN* screen = newterm(nullptr, stdout, stdin);
  if (screen == nullptr) return absl::InternalError("cannot start curses on this terminal");
  return std::make_unique<CursesScreen>(std::move(guard), screen, color);
}

}  // namespace syspulse
