// `import`: samples from files of others, or of `export`, into the service.
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "clients/cli/command/commands.h"
#include "clients/cli/command/query_time.h"
#include "clients/cli/command/upload.h"
#include "clients/cli/transfer/input_file.h"
#include "clients/cli/transfer/progress.h"
#include "clients/cli/transfer/sample_batch.h"
#include "clients/cli/transfer/sample_reader.h"
#include "services/base/status_macros.h"

namespace syspulse {
namespace {

// What became of all files.
struct ImportCount {
  UploadCount uploaded;
  std::int64_t doubled_samples = 0;  // left out: another value of that time came before in the file
};

// Adds to `*doubled` how many samples of the file stand behind another value of the same time.
absl::Status ImportFile(const Session& session, const std::string& path,
                        const SampleReaderOptions& options, Upload* upload, Progress* progress,
                        std::int64_t* doubled) {
  ASSIGN_OR_RETURN(const std::unique_ptr<InputFile> file, InputFile::Open(path, session.stop));
  SampleReader reader(file.get(), options);
  SampleBatch batch;
  while (!reader.at_end()) {
    const absl::Status read = reader.Fill(&batch);
    const std::int64_t doubled_before = batch.conflicting_samples();
    // What stands before a mistake counts.
    RETURN_IF_ERROR(upload->Send(batch.Take()));
    *doubled += batch.conflicting_samples() - doubled_before;
    RETURN_IF_ERROR(read);
    progress->Update([&] {
      return absl::StrFormat("%s samples, %s MiB of %s", GroupedNumber(upload->count().samples),
                             GroupedNumber(reader.bytes() >> 20), options.name);
    });
  }
  return absl::OkStatus();
}

absl::Status ImportAll(const Session& session, const ImportArguments& options,
                       const SampleReaderOptions& reading, ImportCount* count) {
  Upload upload(session);
  Progress progress(session.show_progress, session.clock);
  absl::Status status;
  for (const std::string& path : options.files) {
    SampleReaderOptions own = reading;
    own.name = path == "-" ? "standard input" : path;
    status = ImportFile(session, path, own, &upload, &progress, &count->doubled_samples);
    if (!status.ok()) break;
  }
  const absl::Status sent = upload.Finish();
  count->uploaded = upload.count();
  return status.ok() ? sent : status;
}

// Returns what became of the samples, as a sentence.
std::string Summary(const ImportCount& import) {
  const UploadCount& count = import.uploaded;
  std::string text = GroupedNumber(count.samples) +
                     (count.samples == 1 ? " sample imported" : " samples imported");
  if (count.expired_samples > 0) {
    text += absl::StrFormat("; %s are older than the service keeps any, and were left out",
                            GroupedNumber(count.expired_samples));
  }
  if (count.future_samples > 0) {
    text += absl::StrFormat("; %s are from the future, and were left out",
                            GroupedNumber(count.future_samples));
  }
  if (count.repeated_samples > 0) {
    text += absl::StrFormat("; %s were there already, and stay as they were",
                            GroupedNumber(count.repeated_samples));
  }
  if (count.conflicting_samples > 0) {
    text += absl::StrFormat(": %s with another value, such as %s",
                            GroupedNumber(count.conflicting_samples), count.first_conflict);
  }
  if (import.doubled_samples > 0) {
    text += absl::StrFormat("; %s stand behind another value of the same time, and were left out",
                            GroupedNumber(import.doubled_samples));
  }
  return text;
}

}  // namespace

absl::Status RunImport(const Session& session, const ImportArguments& options) {
  SampleReaderOptions reading{.unit = options.unit};
  if (!options.timestamp.empty()) {
    ASSIGN_OR_RETURN(const absl::Time time,
                     ParseMoment(options.timestamp, session.clock->Now(), session.zone));
    reading.time_ms = absl::ToUnixMillis(time);
  }
  ImportCount count;
  const absl::Status status = ImportAll(session, options, reading, &count);
  if (status.ok()) {
    session.tell_user(Summary(count));
    return status;
  }
  // Not InvalidArgument, which is for what stands on the command line.
  const absl::StatusCode code =
      absl::IsInvalidArgument(status) ? absl::StatusCode::kFailedPrecondition : status.code();
  if (count.uploaded == UploadCount{}) return absl::Status(code, status.message());
  return absl::Status(code,
                      absl::StrFormat("%s; before that, %s; it may be run again: a sample that "
                                      "comes twice counts once",
                                      status.message(), Summary(count)));
}

}  // namespace syspulse
