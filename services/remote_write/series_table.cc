#include "services/remote_write/series_table.h"

#include <xxhash.h>

#include <algorithm>

namespace syspulse {
namespace {

constexpr std::size_t kFewSlots = 1024;

}  // namespace

SeriesHash HashLabels(std::string_view fields, std::uint64_t seed) {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(fields.data(), fields.size(), seed);
  return {.low = hash.low64, .high = hash.high64};
}

SeriesTable::SeriesTable() : slots_(kFewSlots) {}

SeriesPlace* SeriesTable::Find(const SeriesHash& hash) {
  if (++last_ < entries_.size() && entries_[last_].hash == hash) return &entries_[last_].place;
  for (std::size_t slot = FirstSlot(hash); slots_[slot] != 0;
       slot = (slot + 1) & (slots_.size() - 1)) {
    Entry& entry = entries_[slots_[slot] - 1];
    if (entry.hash != hash) continue;
    last_ = slots_[slot] - 1;
    return &entry.place;
  }
  return nullptr;
}

void SeriesTable::Insert(const SeriesHash& hash, const SeriesPlace& place) {
  last_ = entries_.size();
  entries_.push_back({.hash = hash, .place = place});
  if (entries_.size() * 2 > slots_.size()) {
    Rebuild(slots_.size() * 2);
    return;
  }
  std::size_t slot = FirstSlot(hash);
  while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
  slots_[slot] = static_cast<std::uint32_t>(entries_.size());
}

void SeriesTable::Rebuild(std::size_t slots) {
  while (slots > kFewSlots && entries_.size() * 8 < slots) slots /= 2;
  slots_.assign(slots, 0);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    std::size_t slot = FirstSlot(entries_[i].hash);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots - 1);
    slots_[slot] = static_cast<std::uint32_t>(i + 1);
  }
  last_ = 0;
}

}  // namespace syspulse
