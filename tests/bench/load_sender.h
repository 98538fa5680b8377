// Sends rows of hosts, as an agent of SysPulse does or as Prometheus does.
#ifndef TESTS_BENCH_LOAD_SENDER_H_
#define TESTS_BENCH_LOAD_SENDER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "services/model/metric.h"

namespace syspulse {

// What some hosts measured at one moment.
struct LoadRow {
  std::int64_t time_ms = 0;                 // Unix
  std::vector<std::vector<double>> values;  // host by host, in the order of their numbers
};

// Ends the program with a sentence when what it sends is not taken. Confined to one thread.
class LoadSender {
 public:
  virtual ~LoadSender() = default;

  virtual void Send(const LoadRow& row) = 0;

  // Waits until all is acknowledged.
  virtual void Finish() = 0;
};

// Sends the rows of the hosts numbered `hosts` to a syspulsed, a stream for each.
std::unique_ptr<LoadSender> SendFrames(const std::string& address, const SchemaPtr& schema,
                                       std::span<const std::size_t> hosts);

// Sends them in remote-write requests of 2,000 series over one connection, as a queue does, to
// HOST:PORT/PATH.
std::unique_ptr<LoadSender> SendRemoteWrite(const std::string& address, const SchemaPtr& schema,
                                            std::span<const std::size_t> hosts);

[[noreturn]] void FailSending(const std::string& what);

}  // namespace syspulse

#endif  // TESTS_BENCH_LOAD_SENDER_H_
