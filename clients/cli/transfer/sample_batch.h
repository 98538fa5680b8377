// Samples on their way to the service, by series, until there are enough for a message.
//
// Many samples of few series pack better than few of many, and a message has a bound: so it is by
// samples that a batch is full. What goes into which batch depends on the file alone, so importing
// a file twice sends the same messages twice.
#ifndef CLIENTS_CLI_TRANSFER_SAMPLE_BATCH_H_
#define CLIENTS_CLI_TRANSFER_SAMPLE_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "syspulse/v1/ingest_service.pb.h"

namespace syspulse {

// Confined to one thread.
class SampleBatch {
 public:
  using SeriesLabels = std::map<std::string, std::string>;  // by name

  // Returns the place of a series in this batch.
  std::size_t PlaceOf(const SeriesLabels& labels);

  // Adds a sample of the series at that place.
  void Add(std::size_t place, std::int64_t time_ms, double value);

  // Says what a metric means; what was said last counts.
  void Describe(const v1::MetricFamily& family);

  std::size_t samples() const { return samples_; }

  // Returns whether it should be taken: a message of it has some 4 MiB, and the service has to hold
  // a few.
  bool full() const { return samples_ >= kMostSamples || label_bytes_ >= kMostLabelBytes; }

  // Returns all as a message and begins with none again. The samples of a series are in order of
  // time; of two at one time the one that was added first is there.
  v1::ImportSeriesRequest Take();

  // Returns how many samples all messages so far lack since one of another value and the same time
  // was added before.
  std::int64_t conflicting_samples() const { return conflicting_samples_; }

 private:
  static constexpr std::size_t kMostSamples = 250'000;     // of 14 bytes
  static constexpr std::size_t kMostLabelBytes = 2 << 20;  // with the bytes around them

  struct SampleList {
    std::vector<std::int64_t> times_ms;
    std::vector<double> values;
  };

  void PutInOrder(const SampleList& list, v1::MatrixSeries* series);

  std::map<SeriesLabels, std::size_t> places_;
  std::vector<SampleList> lists_;
  std::size_t samples_ = 0;
  std::size_t label_bytes_ = 0;
  std::map<std::string, v1::MetricFamily> families_;  // by name
  std::int64_t conflicting_samples_ = 0;              // of all messages
};

}  // namespace syspulse

#endif  // CLIENTS_CLI_TRANSFER_SAMPLE_BATCH_H_
