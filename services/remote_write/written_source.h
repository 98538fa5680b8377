// Some series of one target that come together: a source of the store, whose rows come in parts.
//
// Samples that a sender took at one instant share a row, so series share a source if they came at
// one instant first. A source takes on many series at its first instant and only some more later,
// because each that comes later means another schema. When most of its rows are mostly empty, its
// series have parted, and it is given up: they find other places by the times they come with then.
// What it holds already stays where it is: a series is known by its labels, not by its place.
//
// Confined to one thread.
#ifndef SERVICES_REMOTE_WRITE_WRITTEN_SOURCE_H_
#define SERVICES_REMOTE_WRITE_WRITTEN_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "services/model/frame.h"
#include "services/remote_write/label_set.h"
#include "services/store/shared_schemas.h"

namespace syspulse {

class WrittenSource {
 public:
  // Series at its first instant. More would save no bytes, and a row has a number for each.
  static constexpr std::size_t kMostColumns = 256;
  // Series up to which it takes on more later.
  static constexpr std::size_t kFewColumns = 32;
  // Different names of labels, times series. Series of one metric share the names of its labels: a
  // row of label values has room for those that only other series have.
  static constexpr std::size_t kMostLabelCells = 1 << 16;
  // Rows from which on it is judged by how full they are.
  static constexpr std::int64_t kJudgedRows = 32;

  // Of that host of the store, under that name.
  WrittenSource(std::string host, std::string name)
      : host_(std::move(host)), name_(std::move(name)) {}
  WrittenSource(const WrittenSource&) = delete;
  WrittenSource& operator=(const WrittenSource&) = delete;

  // Returns whether it takes on a series that comes first at this time, Unix.
  bool HasRoomAt(std::int64_t time_ms) const;
  // Returns whether its labels are so few, or so much the same, that it can take on the series too.
  bool HasRoomFor(const LabelSet& series) const;

  // Takes on a series, which it does not have yet and has room for, for its labels without those of
  // the target. Returns its column.
  std::uint32_t AddSeries(const LabelSet& series);

  // Puts a value into the row of that time. Returns false if another one has come in this request.
  bool Put(std::uint32_t column, std::int64_t time_ms, double value);

  // Moves what was put to `parts`, as frames that share `outcome`, and judges itself. Errors are
  // those of a schema that cannot be made; what was put is lost then, and the source given up.
  absl::Status Finish(const std::shared_ptr<FrameOutcome>& outcome, SharedSchemas* schemas,
                      std::vector<FramePtr>* parts);

  // Takes on no more series from then on, as one of those that it has is forgotten.
  void Close() { closed_ = true; }

  // Returns whether what was put in this request fills few of the rows that it began.
  bool IsSparse() const;

  // Has its series find other places.
  void GiveUp() { given_up_ = true; }
  bool is_given_up() const { return given_up_; }

  // Returns whether anything was put in this request.
  bool is_open() const { return !parts_.empty(); }
  bool HasRow(std::int64_t time_ms) const { return parts_.contains(time_ms); }

  // When a series came last, in seconds of the caller's clock.
  void Touch(std::uint32_t column, std::uint32_t now) { seen_[column] = now; }
  std::uint32_t seen(std::uint32_t column) const { return seen_[column]; }

  const std::string& host() const { return host_; }
  std::int64_t put_values() const { return put_values_; }  // in this request
  std::size_t columns() const { return columns_; }
  std::size_t open_rows() const { return parts_.size(); }

 private:
  struct NewSeries {
    std::string metric;
    std::vector<std::pair<std::string, std::string>> labels;
  };
  using Parts = std::map<std::int64_t, std::shared_ptr<Frame>>;  // by time, Unix

  Parts::iterator OpenPart(std::int64_t time_ms);
  absl::Status MakeSchema(SharedSchemas* schemas);
  void Judge();

  const std::string host_;
  const std::string name_;
  SchemaPtr schema_;                 // null before the first series is in it
  std::vector<NewSeries> waiting_;   // not in the schema yet
  std::size_t columns_ = 0;          // those that wait among them
  std::vector<std::uint32_t> seen_;  // by column
  std::vector<std::size_t> names_;   // hashes of the names of all labels; empty if it is full
  std::int64_t first_ms_ = std::numeric_limits<std::int64_t>::max();   // Unix, of the first row
  std::int64_t newest_ms_ = std::numeric_limits<std::int64_t>::min();  // Unix
  bool closed_ = false;
  bool given_up_ = false;

  Parts parts_;
  std::int64_t put_values_ = 0;               // in them
  Parts::iterator last_part_ = parts_.end();  // that was put into

  std::int64_t rows_ = 0;    // since it was judged last
  std::int64_t values_ = 0;  // in them
};

}  // namespace syspulse

#endif  // SERVICES_REMOTE_WRITE_WRITTEN_SOURCE_H_
