#include "services/store/damage_notes.h"

#include "absl/strings/str_join.h"

namespace syspulse {
namespace {

constexpr std::size_t kMostTold = 3;

}  // namespace

void DamageNotes::Add(const absl::Status& damage) {
  std::string place(damage.message());
  const MutexLock lock(mutex_);
  if (places_.contains(place)) return;
  if (places_.size() < kMostTold) {
    places_.insert(std::move(place));
  } else {
    has_more_ = true;
  }
}

std::string DamageNotes::text() const {
  const MutexLock lock(mutex_);
  return absl::StrJoin(places_, "; ") + (has_more_ ? "; and more" : "");
}

}  // namespace syspulse
