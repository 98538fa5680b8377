// Reads the feeder's script: lines that say which host speaks, when, and what it measured.
//
//   #HOST web-1 web-1.example     from here on, frames are of host web-1, whose hostname is the
//   other #SOURCE custom/app            and of this source; "system" unless said #TS 1700000000000
//   a frame begins: Unix milliseconds up{job="a"} 1                 one of its samples, as
//   Prometheus' text has it
//
//   #END                          the frame is whole; so it is where another one begins
#ifndef TESTS_FEEDER_FEED_READER_H_
#define TESTS_FEEDER_FEED_READER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/model/frame.h"

namespace syspulse {

// What the script asks for.
struct FeedEvents {
  std::function<void(const std::string& id, const std::string& hostname)> on_host;
  std::function<void(FramePtr frame)> on_frame;
};

// Confined to one thread.
class FeedReader {
 public:
  explicit FeedReader(FeedEvents events) : events_(std::move(events)) {}

  // Takes one line, without its end. InvalidArgument, which quotes the line, if it is none of those
  // above.
  absl::Status Take(std::string_view line);

  // Ends the frame at hand. InvalidArgument if its samples make no schema.
  absl::Status EndFrame();

 private:
  absl::Status TakeSample(std::string_view line);
  absl::StatusOr<SchemaPtr> FindSchema();

  const FeedEvents events_;
  std::string host_;
  std::string source_ = "system";
  bool in_frame_ = false;
  std::int64_t time_ms_ = 0;  // Unix
  std::string names_;         // of the samples, one a line: what the schema is known by
  std::vector<double> values_;
  std::unordered_map<std::string, SchemaPtr> schemas_;  // by names_
};

}  // namespace syspulse

#endif  // TESTS_FEEDER_FEED_READER_H_
