// Reads the series of a selection on several threads, while those before are looked at: half of
// what a query over many series costs is decoding them.
//
//   ReadAhead series(store->Select(matchers, range));
//   for (std::size_t i = 0; i < series.size(); ++i) ASSIGN_OR_RETURN(samples, series.Read(i));
//
// Series are read in batches, which the threads take one after the other; whoever asks for a batch
// that is not there yet reads as well, instead of waiting. What is read and not yet asked for is
// bounded. Little to decode, long series, and whoever asks in another order are read when asked
// for.
//
// Confined to one thread, but for its own.
#ifndef SERVICES_HISTORY_READ_AHEAD_H_
#define SERVICES_HISTORY_READ_AHEAD_H_

#include <condition_variable>
#include <cstddef>
#include <map>
#include <optional>
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
  static constexpr std::size_t kManyValues = 256 << 10;  // to decode: fewer are not worth threads
  static constexpr std::size_t kLongSeries = 128 << 10;  // samples: they are not read ahead
  static constexpr unsigned kMostThreads = 3;            // beside the one that asks

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
  // Series beside each other that were read. Where they turned out long it ends early: those that
  // are missing are read when they are asked for.
  using Batch = std::vector<absl::StatusOr<SeriesSamples>>;

  static constexpr std::size_t kBatchSamples = 64 << 10;
  static constexpr std::size_t kMostBatchSeries = 64;
  static constexpr std::size_t kMostAhead = 6;  // batches: 6 MB

  void Begin();
  void Run(Selection selection, const std::stop_token& stop);
  Batch ReadBatch(std::size_t number, Selection* selection) const;
  std::optional<std::size_t> TakeNext(const std::stop_token& stop);
  void Put(std::size_t number, Batch batch);
  Batch Obtain(std::size_t number);

  Selection selection_;           // of the thread that asks
  bool begun_ = false;            // a series was read
  std::size_t next_ = 0;          // that is expected to be asked for
  std::size_t batch_series_ = 1;  // that a batch has
  std::size_t batches_ = 0;
  Batch batch_;  // that `next_` is in

  Mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t wanted_ ABSL_GUARDED_BY(mutex_) = 0;   // the batch that is asked for next
  std::size_t untaken_ ABSL_GUARDED_BY(mutex_) = 0;  // the first one that nobody reads yet
  std::map<std::size_t, Batch> read_ ABSL_GUARDED_BY(mutex_);  // and not asked for yet
  std::vector<std::jthread> threads_;
};

}  // namespace syspulse

#endif  // SERVICES_HISTORY_READ_AHEAD_H_
