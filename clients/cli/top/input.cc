#include "clients/cli/top/input.h"

#include <algorithm>

namespace syspulse {
namespace {

Action MoveOf(KeyCode code) {
  switch (code) {
    case KeyCode::kUp:
      return Action::kUp;
    case KeyCode::kDown:
      return Action::kDown;
    case KeyCode::kPageUp:
      return Action::kPageUp;
    case KeyCode::kPageDown:
      return Action::kPageDown;
    case KeyCode::kHome:
      return Action::kFirst;
    case KeyCode::kEnd:
      return Action::kLast;
    default:
      return Action::kNone;
  }
}

Action ListCharacter(char character) {
  switch (character) {
    case 'q':
    case 'Q':
      return Action::kQuit;
    case 'P':
    case 'p':
      return Action::kSortCpu;
    case 'M':
    case 'm':
      return Action::kSortMemory;
    case 'T':
      return Action::kSortTime;
    case 't':
      return Action::kTree;
    case 'I':
    case 'i':
      return Action::kSortIo;
    case 'N':
    case 'n':
      return Action::kSortPid;
    case 'S':
    case 's':
      return Action::kSortState;
    case 'r':
    case 'R':
      return Action::kReverse;
    case 'j':
      return Action::kDown;
    case 'k':
      return Action::kUp;
    case 'g':
      return Action::kFirst;
    case 'G':
      return Action::kLast;
    case '/':
      return Action::kFilter;
    case 'h':
    case 'H':
      return Action::kHosts;
    case 'c':
    case 'C':
      return Action::kFullCommand;
    case ' ':
      return Action::kPause;
    case '?':
      return Action::kHelp;
    default:
      return Action::kNone;
  }
}

Action ListAction(const Key& key) {
  switch (key.code) {
    case KeyCode::kCharacter:
      return key.text.size() == 1 ? ListCharacter(key.text[0]) : Action::kNone;
    case KeyCode::kF1:
      return Action::kHelp;
    case KeyCode::kF4:
      return Action::kFilter;
    case KeyCode::kF5:
      return Action::kTree;
    case KeyCode::kF10:
      return Action::kQuit;
    case KeyCode::kEscape:
      return Action::kCancel;
    case KeyCode::kEnter:
      return Action::kAccept;
    default:
      return MoveOf(key.code);
  }
}

Action FilterAction(const Key& key) {
  switch (key.code) {
    case KeyCode::kCharacter:
      return Action::kType;
    case KeyCode::kBackspace:
      return Action::kErase;
    case KeyCode::kClearLine:
      return Action::kClear;
    case KeyCode::kEnter:
    case KeyCode::kF4:
      return Action::kAccept;
    case KeyCode::kEscape:
      return Action::kCancel;
    default:
      return MoveOf(key.code);
  }
}

Action HostsAction(const Key& key) {
  if (key.code == KeyCode::kEnter) return Action::kAccept;
  if (key.code == KeyCode::kEscape) return Action::kCancel;
  if (key.code == KeyCode::kCharacter) {
    if (key.text == "h" || key.text == "H") return Action::kCancel;
    if (key.text == "j") return Action::kDown;
    if (key.text == "k") return Action::kUp;
    if (key.text == "q" || key.text == "Q") return Action::kCancel;
    return Action::kNone;
  }
  return MoveOf(key.code);
}

}  // namespace

Action ActionOf(const Key& key, InputMode mode) {
  switch (mode) {
    case InputMode::kFilter:
      return FilterAction(key);
    case InputMode::kHosts:
      return HostsAction(key);
    case InputMode::kHelp:
      return key.code == KeyCode::kOther ? Action::kNone : Action::kCancel;
    case InputMode::kList:
      break;
  }
  return ListAction(key);
}

std::optional<int> MoveCursor(Action action, int cursor, int count, int page) {
  switch (action) {
    case Action::kUp:
      --cursor;
      break;
    case Action::kDown:
      ++cursor;
      break;
    case Action::kPageUp:
      cursor -= page;
      break;
    case Action::kPageDown:
      cursor += page;
      break;
    case Action::kFirst:
      cursor = 0;
      break;
    case Action::kLast:
      cursor = count;
      break;
    default:
      return std::nullopt;
  }
  return std::clamp(cursor, 0, std::max(count - 1, 0));
}

}  // namespace syspulse
