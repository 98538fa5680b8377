#include "services/promql/vector_matching.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/promql/label_groups.h"
#include "services/promql/math_functions.h"
#include "services/promql/table.h"

namespace syspulse::promql {
namespace {

using Cardinality = VectorMatching::Cardinality;

bool HasMetricName(const std::vector<std::string>& labels) {
  return std::ranges::find(labels, kMetricName) != labels.end();
}

// One operator over its two operands, "one" and "many".
class Matching {
 public:
  Matching(Evaluation& evaluation, const Binary& binary, const Grid& grid, const RowSink& sink)
      : evaluation_(evaluation),
        binary_(binary),
        matching_(*binary.matching),
        grid_(grid),
        sink_(sink),
        one_is_left_(matching_.cardinality == Cardinality::kOneToMany),
        one_to_one_(matching_.cardinality == Cardinality::kOneToOne),
        groups_(matching_.on, matching_.labels),
        ones_(grid.count, evaluation.context()),
        results_(grid.count, evaluation.context()) {}

  ~Matching() { evaluation_.context().Release(held_); }
  Matching(const Matching&) = delete;
  Matching& operator=(const Matching&) = delete;

  absl::Status Run() {
    const Expr& one = one_is_left_ ? *binary_.left : *binary_.right;
    const Expr& many = one_is_left_ ? *binary_.right : *binary_.left;
    const absl::Status status = evaluation_.Rows(
        one, grid_,
        [&](const Labels& labels, std::span<double> values) { return AddOne(labels, values); });
    if (!status.ok()) return one_is_left_ ? status : evaluation_.FirstError(many, grid_, status);
    row_.resize(grid_.count);
    RETURN_IF_ERROR(evaluation_.Rows(
        many, grid_,
        [&](const Labels& labels, std::span<double> values) { return MatchRow(labels, values); }));
    RETURN_IF_ERROR(fault_.error);
    return results_.SendTo(sink_);
  }

 private:
  // Two rows of the side "one" that are in the same group at the same step. An error only if the
  // other side has something at that step.
  struct Meeting {
    std::size_t first = 0;   // row of ones_
    std::size_t second = 0;  // row of ones_
  };

  absl::Status AddOne(const Labels& labels, std::span<const double> values) {
    RETURN_IF_ERROR(evaluation_.context().Check());
    const std::size_t group = groups_.Add(labels);
    if (group == members_.size()) {
      members_.emplace_back();
      owners_.emplace_back();
    }
    const std::size_t added = ones_.size();
    RETURN_IF_ERROR(ones_.Add(labels, values));
    members_[group].push_back(added);
    if (members_[group].size() == 1) return absl::OkStatus();
    if (members_[group].size() == 2) RETURN_IF_ERROR(Own(group, members_[group].front()));
    return Own(group, added);
  }

  // Takes note of where a row has values, and of those that another one of its group has already.
  absl::Status Own(std::size_t group, std::size_t row) {
    std::vector<std::uint32_t>& owners = owners_[group];
    if (owners.empty()) {
      // Two of them take the room of a sample.
      held_ += static_cast<std::int64_t>(grid_.count / 2);
      RETURN_IF_ERROR(evaluation_.context().Hold(static_cast<std::int64_t>(grid_.count / 2)));
      owners.resize(grid_.count);
    }
    const std::span<const double> values = ones_.values(row);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (IsAbsent(values[i])) continue;
      if (owners[i] == 0) {
        owners[i] = static_cast<std::uint32_t>(row + 1);
      } else {
        meetings_.try_emplace(i, Meeting{.first = owners[i] - 1, .second = row});
      }
    }
    return absl::OkStatus();
  }

  // What can be wrong at a step, in the order in which it is found there.
  enum class Wrong { kMeeting, kMatchedTwice, kSameLabels };

  // What is wrong first. Prometheus goes step by step.
  struct Fault {
    std::size_t step = std::numeric_limits<std::size_t>::max();
    Wrong wrong = Wrong::kSameLabels;
    absl::Status error;
  };

  bool IsFirst(std::size_t step, Wrong wrong) const {
    return std::pair(step, wrong) < std::pair(fault_.step, fault_.wrong);
  }

  void CheckMeetings(std::span<const double> values) {
    for (const auto& [step, meeting] : meetings_) {
      if (!IsFirst(step, Wrong::kMeeting)) return;
      if (IsAbsent(values[step])) continue;
      fault_ = {.step = step, .wrong = Wrong::kMeeting, .error = MeetingError(meeting)};
      return;
    }
  }

  absl::Status MeetingError(const Meeting& meeting) const {
    std::string first = ones_.labels(meeting.first).InBraces();
    std::string second = ones_.labels(meeting.second).InBraces();
    // Prometheus 2 names the later one first, Prometheus 3 puts them in order.
    if (!evaluation_.options().later_corrections || second < first) std::swap(first, second);
    return absl::FailedPreconditionError(absl::StrFormat(
        "found duplicate series for the match group %s on the %s hand-side of the operation: "
        "[%s, %s];many-to-many matching not allowed: matching labels must be unique on one side",
        groups_.Select(ones_.labels(meeting.first)).InBraces(), one_is_left_ ? "left" : "right",
        first, second));
  }

  absl::Status MatchRow(const Labels& labels, std::span<const double> values) {
    CheckMeetings(values);
    // Nothing that would be found now comes before what was: results are not kept for an error.
    if (!IsFirst(0, Wrong::kMatchedTwice)) return absl::OkStatus();
    const std::size_t group = groups_.Find(labels);
    if (group == LabelGroups::kNone) return absl::OkStatus();
    for (const std::size_t one : members_[group]) {
      const bool any = Combine(values, ones_.values(one));
      if (one_to_one_) CheckMatchedOnce(group, values, ones_.values(one));
      if (!any) continue;
      const Labels result = ResultLabels(labels, ones_.labels(one));
      if (ResultsDiffer()) {
        RETURN_IF_ERROR(sink_(result, row_));
      } else {
        RETURN_IF_ERROR(AddResult(result, group));
      }
    }
    return absl::OkStatus();
  }

  absl::Status AddResult(const Labels& labels, std::size_t group) {
    std::optional<DistinctTable::Clash> clash;
    RETURN_IF_ERROR(results_.Add(labels, row_, group + 1, &clash));
    if (!clash) return absl::OkStatus();
    const Wrong wrong = clash->in_group ? Wrong::kMatchedTwice : Wrong::kSameLabels;
    if (!IsFirst(clash->step, wrong)) return absl::OkStatus();
    fault_ = {.step = clash->step,
              .wrong = wrong,
              .error = clash->in_group ? MatchedTwice("grouping labels must ensure unique matches")
                                       : SameLabelsTwice()};
    return absl::OkStatus();
  }

  static absl::Status MatchedTwice(std::string_view what) {
    return absl::FailedPreconditionError(absl::StrFormat("multiple matches for labels: %s", what));
  }

  // Fills `row_` where both sides have a value; returns whether that is anywhere.
  bool Combine(std::span<const double> many, std::span<const double> one) {
    const std::span<const double> left = one_is_left_ ? one : many;
    const std::span<const double> right = one_is_left_ ? many : one;
    const bool filters = IsComparison(binary_.op) && !binary_.return_bool;
    bool any = false;
    for (std::size_t i = 0; i < row_.size(); ++i) {
      row_[i] = kAbsent;
      if (IsAbsent(left[i]) || IsAbsent(right[i])) continue;
      if (!filters) {
        row_[i] = Compute(binary_.op, left[i], right[i]);
      } else if (Compare(binary_.op, left[i], right[i])) {
        row_[i] = left[i];
      }
      any |= !IsAbsent(row_[i]);
    }
    return any;
  }

  // Each group may give one result a step. In Prometheus 2 what a comparison filters is none.
  void CheckMatchedOnce(std::size_t group, std::span<const double> many,
                        std::span<const double> one) {
    const bool counts_filtered = evaluation_.options().later_corrections;
    if (matched_.empty()) matched_.resize(groups_.size() * grid_.count, false);
    for (std::size_t i = 0; i < row_.size(); ++i) {
      const bool met = !IsAbsent(many[i]) && !IsAbsent(one[i]);
      if (!(counts_filtered ? met : !IsAbsent(row_[i]))) continue;
      if (matched_[group * grid_.count + i] && IsFirst(i, Wrong::kMatchedTwice)) {
        fault_ = {.step = i,
                  .wrong = Wrong::kMatchedTwice,
                  .error = MatchedTwice(
                      "many-to-one matching must be explicit (group_left/group_right)")};
      }
      matched_[group * grid_.count + i] = true;
    }
  }

  Labels ResultLabels(const Labels& many, const Labels& one) const {
    const bool drops_name = DropsName(binary_, evaluation_.options());
    // What counts is what is left, unless a name is kept that does not count.
    if (one_to_one_ && (drops_name || matching_.on)) {
      Labels selected = groups_.Select(many);
      return drops_name ? selected.WithoutName() : selected;
    }
    LabelsBuilder builder(many);
    if (drops_name) builder.Delete(kMetricName);
    if (one_to_one_) builder.DeleteAll(matching_.labels);
    for (const std::string& name : matching_.include) builder.Set(name, one.Get(name));
    return builder.Build();
  }

  // Whether different groups always give different labels, and each group only once a step. Rows of
  // equal labels at different steps must still be put together.
  bool ResultsDiffer() const {
    return one_to_one_ && grid_.count == 1 && !(matching_.on && HasMetricName(matching_.labels));
  }

  Evaluation& evaluation_;
  const Binary& binary_;
  const VectorMatching& matching_;
  const Grid grid_;
  const RowSink& sink_;
  const bool one_is_left_;
  const bool one_to_one_;
  LabelGroups groups_;                             // of the side "one"
  std::vector<std::vector<std::size_t>> members_;  // rows of ones_ by group
  // By group with several rows and by step: the first of them that has a value there, plus one.
  std::vector<std::vector<std::uint32_t>> owners_;
  std::int64_t held_ = 0;                    // samples' room that those take
  std::map<std::size_t, Meeting> meetings_;  // by step
  Table ones_;
  std::vector<bool> matched_;  // one-to-one: by group and step, whether there is a result
  std::vector<double> row_;    // scratch
  Fault fault_;
  DistinctTable results_;  // unless rows can be sent at once
};

// At which steps each group has a row.
class Presence {
 public:
  Presence(bool only, const std::vector<std::string>& names, std::size_t steps)
      : groups_(only, names), steps_(steps) {}

  void Note(const Labels& labels, std::span<const double> values) {
    const std::size_t group = groups_.Add(labels);
    if (group * steps_ == present_.size()) present_.resize(present_.size() + steps_, false);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!IsAbsent(values[i])) present_[group * steps_ + i] = true;
    }
  }

  // Takes off the values of steps at which the row's group is, or is not, there.
  void Erase(const Labels& labels, std::span<double> values, bool where_present) const {
    const std::size_t group = groups_.Find(labels);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const bool there = group != LabelGroups::kNone && present_[group * steps_ + i];
      if (there == where_present) values[i] = kAbsent;
    }
  }

 private:
  LabelGroups groups_;
  const std::size_t steps_;
  std::vector<bool> present_;  // by group and step
};

absl::Status OrRows(Evaluation& evaluation, const Binary& binary, const Grid& grid,
                    const RowSink& sink) {
  Presence present(binary.matching->on, binary.matching->labels, grid.count);
  // A series may come from the left at some steps and from the right at others.
  DistinctTable results(grid.count, evaluation.context());
  const bool at_once = grid.count == 1;
  RETURN_IF_ERROR(
      evaluation.Rows(*binary.left, grid, [&](const Labels& labels, std::span<double> values) {
        present.Note(labels, values);
        return at_once ? sink(labels, values) : results.Add(labels, values);
      }));
  RETURN_IF_ERROR(
      evaluation.Rows(*binary.right, grid, [&](const Labels& labels, std::span<double> values) {
        present.Erase(labels, values, true);
        if (IsEmpty(values)) return absl::OkStatus();
        return at_once ? sink(labels, values) : results.Add(labels, values);
      }));
  return results.SendTo(sink);
}

}  // namespace

absl::Status VectorOperatorRows(Evaluation& evaluation, const Binary& binary, const Grid& grid,
                                const RowSink& sink) {
  return Matching(evaluation, binary, grid, sink).Run();
}

absl::Status SetOperatorRows(Evaluation& evaluation, const Binary& binary, const Grid& grid,
                             const RowSink& sink) {
  if (binary.op == BinaryOp::kOr) return OrRows(evaluation, binary, grid, sink);
  Presence right(binary.matching->on, binary.matching->labels, grid.count);
  const absl::Status status =
      evaluation.Rows(*binary.right, grid, [&](const Labels& labels, std::span<double> values) {
        right.Note(labels, values);
        return absl::OkStatus();
      });
  if (!status.ok()) return evaluation.FirstError(*binary.left, grid, status);
  const bool erases_where_present = binary.op == BinaryOp::kUnless;
  return evaluation.Rows(*binary.left, grid, [&](const Labels& labels, std::span<double> values) {
    right.Erase(labels, values, erases_where_present);
    return IsEmpty(values) ? absl::OkStatus() : sink(labels, values);
  });
}

}  // namespace syspulse::promql
