// The terminal: the only place that knows curses.
#ifndef CLIENTS_CLI_TOP_SCREEN_H_
#define CLIENTS_CLI_TOP_SCREEN_H_

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "clients/cli/top/canvas.h"
#include "clients/cli/top/input.h"

namespace syspulse {

// Takes the terminal over for as long as it lives and restores it when destroyed, and in a crash.
// Confined to one thread; one at a time.
class Screen {
 public:
  // Returns the screen on standard input and output. FailedPrecondition with a sentence if they are
  // no terminal, or one that cannot show it.
  static absl::StatusOr<std::unique_ptr<Screen>> Open(bool color);

  virtual ~Screen() = default;

  // Returns whether only ASCII can be shown.
  virtual bool ascii() const = 0;

  // Takes over the size that the terminal has now; `width` and `height` tell it.
  virtual void Resize() = 0;
  virtual int width() const = 0;
  virtual int height() const = 0;

  // Shows the canvas, which is as large as the screen.
  virtual void Show(const Canvas& canvas) = 0;

  // Returns the next key that was pressed; nothing if there is none.
  virtual std::optional<Key> ReadKey() = 0;

 protected:
  Screen() = default;
};

}  // namespace syspulse

#endif  // CLIENTS_CLI_TOP_SCREEN_H_
