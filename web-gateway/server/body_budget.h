// The memory that the bodies of all requests share, from their first byte until gRPC has taken what
// was made of them.
//
//   BodyShare share(&budget);
//   if (!share.Grow(bytes.size())) …;  // answer that there is no room
//
// Each body is bounded, and so are connections and calls on them; together they could still hold
// gigabytes. What large bodies may fill leaves room for small ones: a query is answered while
// uploads wait.
#ifndef WEB_GATEWAY_SERVER_BODY_BUDGET_H_
#define WEB_GATEWAY_SERVER_BODY_BUDGET_H_

#include <cstddef>
#include <string_view>

namespace syspulse {

// What those read for whom there is no room, and when they should come again (Retry-After), in
// seconds.
inline constexpr std::string_view kNoRoomForBody =
    "the gateway holds as many bytes of requests as it takes; try again in a second";
inline constexpr const char* kNoRoomRetrySeconds = "1";

// Confined to the gateway's thread. Outlives all its shares.
class BodyBudget {
 public:
  explicit BodyBudget(std::size_t bytes) : bytes_(bytes) {}
  BodyBudget(const BodyBudget&) = delete;
  BodyBudget& operator=(const BodyBudget&) = delete;

  // Bytes in all shares.
  std::size_t used_bytes() const { return used_bytes_; }

 private:
  friend class BodyShare;

  const std::size_t bytes_;
  std::size_t used_bytes_ = 0;
};

// The bytes of one body; gives them back when it goes. Confined to the gateway's thread.
class BodyShare {
 public:
  // A share of nothing, which cannot grow.
  BodyShare() = default;
  // `budget` must outlive the share, and those that are made of it.
  explicit BodyShare(BodyBudget* budget) : budget_(budget) {}
  BodyShare(BodyShare&& other) noexcept;
  BodyShare& operator=(BodyShare&& other) noexcept;
  ~BodyShare() { Shrink(0); }

  std::size_t bytes() const { return bytes_; }

  // Takes `more` bytes of the budget; returns false, and takes none, where they are not left.
  bool Grow(std::size_t more);
  // Gives back what is beyond `bytes`.
  void Shrink(std::size_t bytes);
  // Returns a share of `bytes`, which this one has less; of all it has, if that is less.
  BodyShare Split(std::size_t bytes);

 private:
  BodyBudget* budget_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_BODY_BUDGET_H_
