// One deadline that moves often, such as a connection's: moving it costs no timer operation.
#ifndef WEB_GATEWAY_SERVER_DEADLINE_H_
#define WEB_GATEWAY_SERVER_DEADLINE_H_

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace syspulse {

// The clock of Asio's timers, and what it says.
using TimerTime = std::chrono::steady_clock::time_point;
inline TimerTime TimerNow() { return std::chrono::steady_clock::now(); }

// Confined to the gateway's thread; part of an object that a shared_ptr owns.
class Deadline {
 public:
  explicit Deadline(boost::asio::any_io_executor executor) : timer_(std::move(executor)) {}

  // From now on a deadline that passes calls `expired`, as long as `owner` lives.
  void Bind(std::weak_ptr<void> owner, std::function<void()> expired) {
    owner_ = std::move(owner);
    expired_ = std::move(expired);
  }

  // Moves the deadline to `timeout` from now.
  void Set(std::chrono::steady_clock::duration timeout) {
    deadline_ = std::chrono::steady_clock::now() + timeout;
    // A timer that is armed for earlier looks again when it fires.
    if (!armed_ || *deadline_ < timer_.expiry()) Arm();
  }

  void Clear() { deadline_.reset(); }

  // Clears the deadline, and lets go of the timer.
  void Stop() {
    Clear();
    timer_.cancel();
  }

 private:
  void Arm() {
    timer_.expires_at(*deadline_);
    armed_ = true;
    timer_.async_wait([this, weak = owner_](const boost::system::error_code& error) {
      const std::shared_ptr<void> owner = weak.lock();
      if (error || !owner) return;
      armed_ = false;
      if (!deadline_) return;
      if (*deadline_ > std::chrono::steady_clock::now()) {
        Arm();
      } else {
        deadline_.reset();
        expired_();
      }
    });
  }

  boost::asio::steady_timer timer_;
  std::weak_ptr<void> owner_;
  std::function<void()> expired_;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  bool armed_ = false;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_DEADLINE_H_
