#include "services/store/losses.h"

#include "services/store/damage_notes.h"

namespace syspulse {

std::string LossesWithin(std::span<const Loss> losses, const MillisRange& range) {
  DamageNotes notes;
  for (const Loss& loss : losses) {
    if (absl::FromUnixMillis(range.first_ms) <= loss.written) notes.Add(loss.damage);
  }
  return notes.text();
}

}  // namespace syspulse
