// Keys, and what they mean: the only place that knows which key does what.
#ifndef CLIENTS_CLI_TOP_INPUT_H_
#define CLIENTS_CLI_TOP_INPUT_H_

#include <optional>
#include <string>

namespace syspulse {

enum class KeyCode {
  kCharacter,
  kUp,
  kDown,
  kLeft,
  kRight,
  kPageUp,
  kPageDown,
  kHome,
  kEnd,
  kEnter,
  kEscape,
  kBackspace,
  kClearLine,  // Ctrl-U, as a shell has it
  kF1,
  kF4,
  kF5,
  kF10,
  kOther,
};

struct Key {
  KeyCode code = KeyCode::kOther;
  std::string text;  // of kCharacter: one character in UTF-8

  bool operator==(const Key&) const = default;
};

// What the keys are for just now.
enum class InputMode { kList, kFilter, kHosts, kHelp };

enum class Action {
  kNone,
  kQuit,
  kSortCpu,
  kSortMemory,
  kSortTime,
  kSortIo,
  kSortPid,
  kSortState,
  kReverse,
  kUp,
  kDown,
  kPageUp,
  kPageDown,
  kFirst,
  kLast,
  kFilter,  // begin to write a filter
  kType,    // add the key's text to what is being written
  kErase,   // take its last character away
  kClear,   // take all of it away
  kAccept,
  kCancel,
  kHosts,
  kTree,
  kFullCommand,
  kPause,
  kHelp,
};

// Returns what `key` means in `mode`.
Action ActionOf(const Key& key, InputMode mode);

// Returns where the cursor goes in a list of `count` rows, of which the screen shows `page`;
// nothing if the action moves no cursor.
std::optional<int> MoveCursor(Action action, int cursor, int count, int page);

}  // namespace syspulse

#endif  // CLIENTS_CLI_TOP_INPUT_H_
