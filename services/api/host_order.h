// In what order hosts are listed, and where a host stands in it: what a page of the list ends with
// and the next one goes on behind.
#ifndef SERVICES_API_HOST_ORDER_H_
#define SERVICES_API_HOST_ORDER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/api/host_summary.h"
#include "services/model/host.h"

namespace syspulse {

// What a host is sorted by, in one of the orders. Only what the same order ranked can be compared.
struct HostRank {
  struct Value {
    bool known = true;  // what is not comes last
    double number = 0;
    std::string text;
  };
  std::vector<Value> values;

  // Returns the rank as text for a page token.
  std::string ToText() const;

  // Returns the rank that ToText was called of; nothing if `text` is none.
  static std::optional<HostRank> FromText(std::string_view text);
};

// A value. Thread-safe.
class HostOrder {
 public:
  // By hostname.
  HostOrder() = default;

  // Returns the order of ListHostsRequest. InvalidArgument, which says what is wrong with it, if it
  // is none.
  static absl::StatusOr<HostOrder> Parse(const std::string& text);

  // Returns what the host is sorted by. `summary` is not looked at unless NeedsSummary.
  HostRank RankOf(const Host& host, const HostSummary& summary) const;

  // Returns whether the first rank comes before the second. No two hosts have the same.
  bool Before(const HostRank& a, const HostRank& b) const;

  bool NeedsSummary() const;

  // Returns it in a form that is the same for equal orders.
  const std::string& canonical() const { return canonical_; }

 private:
  enum class Field { kHostname, kDisplayName, kName, kState, kLastSeen, kQuantity };
  struct Key {
    Field field;
    HostQuantity quantity = nullptr;  // of kQuantity
    bool descending = false;
  };
  struct FieldName;
  static const FieldName kFields[];

  static absl::StatusOr<Key> ParseKey(std::string_view text);
  static HostRank::Value ValueOf(const Key& key, const Host& host, const HostSummary& summary);

  std::vector<Key> keys_;  // hostname and name come behind them
  std::string canonical_;
};

}  // namespace syspulse

#endif  // SERVICES_API_HOST_ORDER_H_
