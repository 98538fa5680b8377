// What a series is called: label names and values, `__name__` among them.
//
// A query hands the same label sets from operator to operator, row by row, so a Labels is one
// shared, immutable block of bytes: copying one is a reference count, comparing two is mostly
// comparing hashes. Labels are sorted by name, names are unique, and no value is empty: an empty
// label is one that is not there.
//
//   const Labels labels = LabelsBuilder().Set("__name__", "up").Set("job", "node").Build();
//   labels.Get("job");  // "node"
#ifndef SERVICES_PROMQL_LABELS_H_
#define SERVICES_PROMQL_LABELS_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syspulse::promql {

inline constexpr std::string_view kMetricName = "__name__";

struct Label {
  std::string_view name;
  std::string_view value;

  auto operator<=>(const Label&) const = default;
};

// A value. Thread-safe, as nothing in it changes.
class Labels {
 public:
  Labels() = default;

  // Returns the set of these labels, in any order; of two of one name the last one counts.
  static Labels Of(std::initializer_list<Label> labels);
  static Labels Of(std::span<const Label> labels);

  // Returns the set of these labels, which must be sorted by name, unique and not empty.
  static Labels OfSorted(std::span<const Label> labels);

  std::size_t size() const { return block_ == nullptr ? 0 : block_->count; }
  bool empty() const { return block_ == nullptr; }

  // Returns the label at this place in the order of names. The views live as long as any copy.
  Label operator[](std::size_t index) const;

  // Returns the value of this label, empty if it is not there.
  std::string_view Get(std::string_view name) const;

  // Returns the metric's name, empty if there is none.
  std::string_view name() const { return Get(kMetricName); }

  // Returns a hash of all names and values; it may differ between builds and machines.
  std::uint64_t hash() const { return block_ == nullptr ? 0 : block_->hash; }

  // Returns the set without the metric's name.
  Labels WithoutName() const;

  // Returns it as PromQL writes it: name{a="b", c="d"}, with {} for the empty set.
  std::string ToString() const;

  // Returns it as Prometheus' errors have it: {__name__="name", a="b", c="d"}.
  std::string InBraces() const;

  bool operator==(const Labels& other) const;
  // By names and values in turn, as Prometheus orders series.
  std::strong_ordering operator<=>(const Labels& other) const;

 private:
  struct Ends {
    std::uint32_t name = 0;   // byte of `text` behind the name
    std::uint32_t value = 0;  // byte of `text` behind the value
  };
  struct Block {
    std::uint64_t hash = 0;
    std::size_t count = 0;  // of labels, never 0
    std::string bytes;      // `count` Ends, then all names and values without anything between
  };

  explicit Labels(std::shared_ptr<const Block> block) : block_(std::move(block)) {}
  Ends EndsAt(std::size_t index) const;

  std::shared_ptr<const Block> block_;  // null for the empty set
};

struct LabelsHash {
  std::size_t operator()(const Labels& labels) const { return labels.hash(); }
};

// Makes label sets, from nothing or from another set.
class LabelsBuilder {
 public:
  LabelsBuilder() = default;
  explicit LabelsBuilder(const Labels& base);

  // Sets a label; an empty value takes it off.
  LabelsBuilder& Set(std::string_view name, std::string_view value);
  LabelsBuilder& Delete(std::string_view name) { return Set(name, ""); }

  // Takes off all labels but these.
  LabelsBuilder& Keep(std::span<const std::string> names);

  // Takes off these labels.
  LabelsBuilder& DeleteAll(std::span<const std::string> names);

  Labels Build() const;

 private:
  std::vector<std::pair<std::string, std::string>> labels_;  // sorted by name
};

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_LABELS_H_
