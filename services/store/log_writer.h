// Writes one segment of the log.
//
// Rows are collected in memory and written together: one Append of the file for all that were
// waiting. A segment is never continued after an error, nor after a restart: what is not known to
// be synced is written again to the next one. Readers take the first of two rows with the same
// host, source and time, so nothing is doubled by that.
//
// Confined to one thread.
#ifndef SERVICES_STORE_LOG_WRITER_H_
#define SERVICES_STORE_LOG_WRITER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/model/frame.h"
#include "services/store/file_system.h"

namespace syspulse {

class LogWriter {
 public:
  // Makes segment `number` in `directory`, in place of one of that number, and makes its name
  // survive a crash. Errors are those of the file system.
  static absl::StatusOr<std::unique_ptr<LogWriter>> Create(FileSystem* files,
                                                           const std::string& directory,
                                                           std::uint64_t number);
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  // Collects a frame. It is not written yet.
  void Add(const Frame& frame);

  // Writes what was collected. After an error the segment is not used again.
  absl::Status Write();

  // Makes what was written survive a crash. After an error the segment is not used again.
  absl::Status Sync();

  // Says in the segment itself that all of it was synced; what is missing from then on is damage,
  // not the trace of a crash. Call it after Sync, last.
  absl::Status Finish();

  std::uint64_t number() const { return number_; }
  std::int64_t size() const { return written_; }        // bytes written
  std::int64_t synced_size() const { return synced_; }  // bytes that survive a crash

 private:
  // The rows of one source with one schema.
  struct Group {
    std::uint64_t number = 0;
    std::uint64_t whole_count = 0;  // whole rows so far; the last one is the reference
    int rows_since_whole = 0;
    std::int64_t whole_time_ms = 0;  // Unix
    std::vector<double> whole_values;
  };
  using GroupKey = std::tuple<std::string, std::string, std::uint64_t>;  // host, source, schema

  LogWriter(std::uint64_t number, std::unique_ptr<WritableFile> file)
      : number_(number), file_(std::move(file)) {}

  Group& FindGroup(const Frame& frame);
  void AddMark();
  void AddSchema(const Schema& schema);
  void AddWhole(const Frame& frame, Group* group);
  void AddChanged(const Frame& frame, Group* group);
  void AddPart(const Frame& frame);
  std::size_t BeginRecord();
  void EndRecord(std::size_t begin);

  const std::uint64_t number_;
  const std::unique_ptr<WritableFile> file_;
  std::map<GroupKey, Group> groups_;
  std::unordered_map<std::uint64_t, int> rows_of_schemas_;  // in the segment, by id
  std::string buffer_;                                      // collected and not written
  std::int64_t written_ = 0;                                // bytes
  std::int64_t synced_ = 0;                                 // bytes
  std::int64_t marked_ = 0;  // what the last mark says is synced, bytes
};

}  // namespace syspulse

#endif  // SERVICES_STORE_LOG_WRITER_H_
