// A target: what Prometheus and its like scrape, known by its `job` and `instance`.
//
// Series that such a sender passes on are kept as those of a host, one for each target. Its id
// begins with a character that no agent's host id has, and says both labels, so nothing else needs
// to remember them.
//
// Thread-safe: values only.
#ifndef SERVICES_MODEL_TARGET_H_
#define SERVICES_MODEL_TARGET_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace syspulse {

// Empty where the series lack the label.
struct Target {
  std::string_view job;
  std::string_view instance;

  bool operator==(const Target&) const = default;
};

// What the two may have together, bytes: the store takes ids of 1,024.
inline constexpr std::size_t kMostTargetBytes = 1000;

// Returns the id of the host that stands for a target of at most kMostTargetBytes.
std::string TargetHostId(const Target& target);

// Returns the target that a host id stands for, views into it; nothing if it stands for none.
std::optional<Target> TargetOf(std::string_view host_id);

}  // namespace syspulse

#endif  // SERVICES_MODEL_TARGET_H_
