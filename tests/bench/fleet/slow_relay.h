// A network that swallows a connection: what a client sends goes to the service at once, and after
// a while what the service answers comes back a byte a second.
#ifndef TESTS_BENCH_FLEET_SLOW_RELAY_H_
#define TESTS_BENCH_FLEET_SLOW_RELAY_H_

#include <string>
#include <thread>

namespace syspulse {

// Relays one connection. Has a thread of its own.
class SlowRelay {
 public:
  // `server` is IPV4:PORT. Ends the program with a sentence if it cannot listen.
  explicit SlowRelay(const std::string& server);

  // Where it listens, on loopback.
  const std::string& address() const { return address_; }

 private:
  std::string address_;
  std::jthread thread_;
};

}  // namespace syspulse

#endif  // TESTS_BENCH_FLEET_SLOW_RELAY_H_
