#include "web-gateway/server/body_budget.h"

#include <algorithm>
#include <utility>

namespace syspulse {
namespace {

// A body up to here is small: queries, calls of the dashboard, most batches of remote write.
constexpr std::size_t kSmallBytes = 64 << 10;
// The part of the budget that larger ones leave to small ones: an eighth.
constexpr std::size_t kPartOfSmall = 8;

}  // namespace

BodyShare::BodyShare(BodyShare&& other) noexcept
    : budget_(other.budget_), bytes_(std::exchange(other.bytes_, 0)) {}

BodyShare& BodyShare::operator=(BodyShare&& other) noexcept {
  if (this == &other) return *this;
  Shrink(0);
  budget_ = other.budget_;
  bytes_ = std::exchange(other.bytes_, 0);
  return *this;
}

bool BodyShare::Grow(std::size_t more) {
  if (budget_ == nullptr) return more == 0;
  std::size_t limit = budget_->bytes_;
  if (bytes_ + more > kSmallBytes) limit -= limit / kPartOfSmall;
  if (budget_->used_bytes_ + more > limit) return false;
  budget_->used_bytes_ += more;
  bytes_ += more;
  return true;
}

void BodyShare::Shrink(std::size_t bytes) {
  if (bytes >= bytes_) return;
  budget_->used_bytes_ -= bytes_ - bytes;
  bytes_ = bytes;
}

BodyShare BodyShare::Split(std::size_t bytes) {
  BodyShare part;
  part.budget_ = budget_;
  part.bytes_ = std::min(bytes, bytes_);
  bytes_ -= part.bytes_;
  return part;
}

}  // namespace syspulse
