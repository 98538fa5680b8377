// A process that speaks D-Bus as systemd does, on a thread of the test: what the real client asks
// is answered from FakeUnits.
#ifndef TESTS_SERVICES_COLLECT_WORKLOAD_FAKE_SYSTEMD_H_
#define TESTS_SERVICES_COLLECT_WORKLOAD_FAKE_SYSTEMD_H_

#include <systemd/sd-bus.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>

#include "tests/services/collect/workload/fake_unit_bus.h"

namespace syspulse {

// How it treats who connects.
enum class Manners {
  kAnswers,
  kIgnoresCalls,        // reads and never answers
  kIgnoresConnections,  // accepts nobody
  kHangsUp,             // as soon as it was asked something
};

class FakeSystemd {
 public:
  FakeSystemd(FakeUnits host, Manners manners) : host_(std::move(host)), manners_(manners) {}
  ~FakeSystemd();
  FakeSystemd(const FakeSystemd&) = delete;
  FakeSystemd& operator=(const FakeSystemd&) = delete;

  // Listens at the socket, as systemd does at /run/systemd/private.
  void ListenAt(const std::string& socket);
  // Takes systemd's name on the bus.
  void JoinBus(const std::string& address);

 private:
  static int OnMessage(sd_bus_message* message, void* self, sd_bus_error* error);
  int Answer(sd_bus_message* message);
  int AnswerUnits(sd_bus_message* message);
  int AnswerProperty(sd_bus_message* message);
  void Accept();
  void Serve(sd_bus* bus);

  const FakeUnits host_;
  const Manners manners_;
  int listener_ = -1;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace syspulse

#endif  // TESTS_SERVICES_COLLECT_WORKLOAD_FAKE_SYSTEMD_H_
