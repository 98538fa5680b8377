// `export`: samples as they stand in the store, into a file or a pipe, for other programs or for
// `import`.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "clients/cli/command/commands.h"
#include "clients/cli/command/metric_list.h"
#include "clients/cli/command/query_mistake.h"
#include "clients/cli/command/query_time.h"
#include "clients/cli/output/series_text.h"
#include "clients/cli/transfer/output_file.h"
#include "clients/cli/transfer/progress.h"
#include "services/base/status_macros.h"
#include "services/model/proto.h"
#include "syspulse/v1/query_service.grpc.pb.h"

namespace syspulse {
namespace {

absl::StatusOr<v1::ExportSeriesRequest> RequestOf(const Session& session,
                                                  const ExportArguments& options) {
  v1::ExportSeriesRequest request;
  request.mutable_selectors()->Assign(options.selectors.begin(), options.selectors.end());
  const absl::Time now = session.clock->Now();
  if (!options.start.empty()) {
    ASSIGN_OR_RETURN(const absl::Time start, ParseMoment(options.start, now, session.zone));
    ToProto(start, request.mutable_start_time());
  }
  if (!options.end.empty()) {
    ASSIGN_OR_RETURN(const absl::Time end, ParseMoment(options.end, now, session.zone));
    ToProto(end, request.mutable_end_time());
  }
  return request;
}

// Text formats say what metrics are.
absl::StatusOr<FamiliesByName> FamiliesFor(const Session& session, SampleFormat format) {
  FamiliesByName families;
  if (format != SampleFormat::kOpenMetrics && format != SampleFormat::kPrometheus) return families;
  ASSIGN_OR_RETURN(const std::vector<v1::Metric> metrics, ListAllMetrics(session, ""));
  for (const v1::Metric& metric : metrics) families[metric.family().name()] = metric.family();
  return families;
}

// Counts the samples that it writes. DataLoss, with all that is whole written, if some are damaged.
absl::Status WriteAll(const Session& session, const v1::ExportSeriesRequest& request,
                      SampleWriter* writer, std::int64_t* exported) {
  const auto stub = v1::QueryService::NewStub(session.channel);
  grpc::ClientContext context;
  const std::stop_callback cancel(session.stop, [&] { context.TryCancel(); });
  const auto reader = stub->ExportSeries(&context, request);
  Progress progress(session.show_progress, session.clock);
  v1::ExportSeriesResponse response;
  absl::Status written;
  while (written.ok() && reader->Read(&response)) {
    for (const v1::MatrixSeries& series : response.series()) {
      *exported += std::ranges::count_if(series.values(), std::not_fn(IsGap));
      written = writer->Write(series);
      if (!written.ok()) break;
    }
    progress.Update([&] { return GroupedNumber(*exported) + " samples"; });
  }
  if (!written.ok()) context.TryCancel();
  const absl::Status read = FromGrpc(reader->Finish(), session.server);
  RETURN_IF_ERROR(written);
  if (session.stop.stop_requested()) return absl::CancelledError("interrupted");
  if (!read.ok() && !absl::IsDataLoss(read)) {
    return request.selectors_size() == 1 ? WithPlace(read, request.selectors(0)) : read;
  }
  RETURN_IF_ERROR(writer->Finish());
  return read;
}

}  // namespace

absl::Status RunExport(const Session& session, const ExportArguments& options, TextSink* sink) {
  ASSIGN_OR_RETURN(const v1::ExportSeriesRequest request, RequestOf(session, options));
  ASSIGN_OR_RETURN(FamiliesByName families, FamiliesFor(session, options.format));
  std::unique_ptr<OutputFile> file;
  if (!options.file.empty()) {
    ASSIGN_OR_RETURN(file, OutputFile::Create(options.file));
    sink = file.get();
  }
  const auto writer = MakeSampleWriter(options.format, std::move(families), sink);
  std::int64_t exported = 0;
  const absl::Status status = WriteAll(session, request, writer.get(), &exported);
  if (!status.ok() && !absl::IsDataLoss(status)) {
    if (file == nullptr || !file->is_regular()) return status;
    return absl::Status(status.code(),
                        absl::StrFormat("%s; %s was not written", status.message(), options.file));
  }
  if (exported == 0) session.tell_user("no series has samples there");
  if (file == nullptr) return status;
  RETURN_IF_ERROR(file->Commit());
  session.tell_user(
      absl::StrFormat("%s samples written to %s", GroupedNumber(exported), options.file));
  return status;
}

}  // namespace syspulse
