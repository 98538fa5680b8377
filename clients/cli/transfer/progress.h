// How far a long command is: a line in the terminal that is written over again and again.
#ifndef CLIENTS_CLI_TRANSFER_PROGRESS_H_
#define CLIENTS_CLI_TRANSFER_PROGRESS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "services/base/clock.h"

namespace syspulse {

// Returns a whole number with commas between its thousands: `1,234,567`.
std::string GroupedNumber(std::int64_t number);

// Confined to one thread.
class Progress {
 public:
  // `show` takes the line, empty to remove it; it is null where nobody looks. `clock` must outlive
  // this.
  Progress(std::function<void(std::string_view)> show, const Clock* clock)
      : show_(std::move(show)), clock_(clock) {}
  ~Progress() {
    if (shown_) show_("");
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Shows what `line()` returns, unless it did so a moment ago.
  template <typename Line>
  void Update(const Line& line) {
    if (show_ == nullptr) return;
    const absl::Duration now = clock_->Monotonic();
    if (shown_ && now - last_ < kInterval) return;
    last_ = now;
    shown_ = true;
    show_(line());
  }

 private:
  static constexpr absl::Duration kInterval = absl::Milliseconds(250);

  const std::function<void(std::string_view)> show_;
  const Clock* const clock_;
  bool shown_ = false;
  absl::Duration last_;  // monotonic
};

}  // namespace syspulse

#endif  // CLIENTS_CLI_TRANSFER_PROGRESS_H_
