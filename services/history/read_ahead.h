// Reads the series of a selection on a thread of its own, while those before are looked at: half of
// what a query over many series costs is decoding them.
//
//   ReadAhead series(store->Select(matchers, range));
//   for (std::size_t i = 0; i < series.size(); ++i) ASSIGN_OR_RETURN(samples, series.Read(i));
//
// What is read and not yet asked for is bounded. Few series, long ones, and whoever asks in another
// order get what they ask for when they ask.
//
// Confined to one thread, but for its own.
#ifndef SERVICES_HISTORY_READ_AHEAD_H_
#define SERVICES_HISTORY_READ_AHEAD_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <stop_token>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "services/base/mutex.h"
#include "services/store/selection.h"

namespace syspulse {

class ReadAhead {
 public:
  static constexpr std::size_t kManySeries = 256;        // less are not worth a thread
  static constexpr std::size_t kLongSeries = 128 << 10;  // samples: they are not read ahead

  explicit ReadAhead(Selection selection) : selection_(std::move(selection)) {}
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  std::size_t size() const { return selection_.size(); }
  LabelViews labels(std::size_t index) const { return selection_.labels(index); }

  // Returns what Selection::Read does.
  absl::StatusOr<SeriesSamples> Read(std::size_t index);

  // Returns the selection, to be read in another way. Nothing is read ahead from then on.
  Selection& Direct();

 private:
  using Batch = std::vector<absl::StatusOr<SeriesSamples>>;

  static constexpr std::size_t kBatchSeries = 16;
  static constexpr std::size_t kBatchSamples = 64 << 10;
  static constexpr std::size_t kMostBatches = 4;  // that wait: 6 MB

  void Run(const std::stop_token& stop);
  bool Hand(Batch batch, bool last, const std::stop_token& stop);
  // Takes the next batch; false if there is none any more.
  bool NextBatch();

  Selection selection_;   // of the thread while there is one
  bool begun_ = false;    // a series was read
  std::size_t next_ = 0;  // that is expected to be asked for
  Batch batch_;           // the one at hand
  std::size_t at_ = 0;    // in it

  Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Batch> waiting_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;  // nothing more will wait
  std::jthread thread_;
};

}  // namespace syspulse

#endif  // SERVICES_HISTORY_READ_AHEAD_H_
