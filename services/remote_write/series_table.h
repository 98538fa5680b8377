// Where each series of remote write goes: from a fingerprint of its labels to its column.
//
// Senders name every series anew with every sample, mostly in the same order. So the bytes of the
// labels are hashed as they came, and the series behind the one found last is tried first. The hash
// has 128 bits and a seed that nobody knows: no two series share one, not even on purpose.
//
// Confined to one thread.
#ifndef SERVICES_REMOTE_WRITE_SERIES_TABLE_H_
#define SERVICES_REMOTE_WRITE_SERIES_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace syspulse {

class WrittenSource;

// Fingerprint of a label set as it was spelled.
struct SeriesHash {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  bool operator==(const SeriesHash&) const = default;
};

// Returns the fingerprint of these label fields.
SeriesHash HashLabels(std::string_view fields, std::uint64_t seed);

// Where the samples of a series go.
struct SeriesPlace {
  WrittenSource* source = nullptr;
  std::uint32_t column = 0;
};

class SeriesTable {
 public:
  SeriesTable();
  SeriesTable(const SeriesTable&) = delete;
  SeriesTable& operator=(const SeriesTable&) = delete;

  // Returns the place of a series, to read and to change until the next Insert or EraseIf; null if
  // the table does not know it.
  SeriesPlace* Find(const SeriesHash& hash);

  // Adds a series that the table does not know.
  void Insert(const SeriesHash& hash, const SeriesPlace& place);

  // Forgets the series of which `is_done(place)` holds.
  template <typename IsDone>
  void EraseIf(const IsDone& is_done) {
    if (std::erase_if(entries_, [&](const Entry& entry) { return is_done(entry.place); }) > 0) {
      Rebuild(slots_.size());
    }
  }

  // Calls `visit` with the place of each series.
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    for (const Entry& entry : entries_) visit(entry.place);
  }

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    SeriesHash hash;
    SeriesPlace place;
  };

  void Rebuild(std::size_t slots);
  std::size_t FirstSlot(const SeriesHash& hash) const { return hash.low & (slots_.size() - 1); }

  std::vector<Entry> entries_;        // in the order they came
  std::vector<std::uint32_t> slots_;  // places in `entries_` plus one; 0 = free; a power of two
  std::size_t last_ = 0;              // found last, in `entries_`
};

}  // namespace syspulse

#endif  // SERVICES_REMOTE_WRITE_SERIES_TABLE_H_
