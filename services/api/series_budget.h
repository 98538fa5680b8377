// How many series each sender had within the last hour, about: what a sender may not exceed.
//
// A series that comes again costs nothing; one that has not come for an hour is forgotten. What is
// remembered of a series is a fingerprint, so memory is bounded whatever series are called.
//
// Confined to one thread.
#ifndef SERVICES_API_SERIES_BUDGET_H_
#define SERVICES_API_SERIES_BUDGET_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace syspulse {

struct SeriesBudgetOptions {
  std::size_t of_sender = 20'000;  // what a host may have
  std::size_t of_all = 400'000;    // some 20 MB
  std::uint64_t seed = 0;          // of fingerprints; random in a service
};

class SeriesBudget {
 public:
  explicit SeriesBudget(const SeriesBudgetOptions& options) : options_(options) {}
  SeriesBudget(const SeriesBudget&) = delete;
  SeriesBudget& operator=(const SeriesBudget&) = delete;

  // Counts series as the sender's. ResourceExhausted if it then had too many, or all had: then none
  // of the new ones is counted. `now` is monotonic.
  absl::Status Take(const std::string& sender, const std::vector<std::string>& series,
                    absl::Duration now);

  // Returns how many series are counted.
  std::size_t size() const { return size_; }

 private:
  using Seen = std::unordered_map<std::uint64_t, std::uint32_t>;  // when last, seconds

  void ForgetIfDue(std::uint32_t now);

  const SeriesBudgetOptions options_;
  std::map<std::string, Seen> senders_;
  std::size_t size_ = 0;
  std::uint32_t forgotten_at_ = 0;  // seconds
};

}  // namespace syspulse

#endif  // SERVICES_API_SERIES_BUDGET_H_
