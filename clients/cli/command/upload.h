// Sends batches of samples to the service, each while the next one is read.
#ifndef CLIENTS_CLI_COMMAND_UPLOAD_H_
#define CLIENTS_CLI_COMMAND_UPLOAD_H_

#include <cstdint>
#include <future>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "clients/cli/command/session.h"
#include "syspulse/v1/ingest_service.grpc.pb.h"

namespace syspulse {

// What became of samples.
struct UploadCount {
  std::int64_t samples = 0;              // that are on the service's disk now
  std::int64_t expired_samples = 0;      // left out: too old
  std::int64_t future_samples = 0;       // left out: too new
  std::int64_t repeated_samples = 0;     // left out: there already, whatever their value
  std::int64_t conflicting_samples = 0;  // of these: with another value
  std::string first_conflict;            // one of those; empty if there is none

  bool operator==(const UploadCount&) const = default;
};

// Confined to one thread.
class Upload {
 public:
  // `session` must outlive this.
  explicit Upload(const Session& session);
  ~Upload();
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  // Begins to send a batch, when the one before has arrived. A service that is busy or away is
  // waited for. Returns what the batch before failed with, after which nothing more is sent.
  absl::Status Send(v1::ImportSeriesRequest batch);

  // Waits for the last batch. Errors as above.
  absl::Status Finish();

  // Returns what has arrived so far.
  const UploadCount& count() const { return count_; }

 private:
  struct Sent {
    absl::Status status;
    v1::ImportSeriesResponse response;
  };

  Sent SendPatiently(const v1::ImportSeriesRequest& batch) const;

  const Session& session_;
  const std::unique_ptr<v1::IngestService::Stub> stub_;
  std::future<Sent> sending_;  // not valid while nothing is on its way
  bool reached_ = false;       // the service, once
  UploadCount count_;
};

}  // namespace syspulse

#endif  // CLIENTS_CLI_COMMAND_UPLOAD_H_
