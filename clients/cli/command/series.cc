// What can be asked for: series, their labels, and the values of a label.
#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "clients/cli/command/commands.h"
#include "clients/cli/command/query_mistake.h"
#include "clients/cli/command/query_time.h"
#include "clients/cli/output/series_text.h"
#include "services/base/status_macros.h"
#include "services/model/proto.h"
#include "syspulse/v1/query_service.grpc.pb.h"

namespace syspulse {
namespace {

constexpr int kSeriesPageSize = 100'000;  // the most that the service gives; it lists all for each

// Fills what the requests of all lists have.
template <typename Request>
absl::Status FillRequest(const Session& session, const SeriesArguments& options, Request* request) {
  request->mutable_selectors()->Assign(options.selectors.begin(), options.selectors.end());
  request->set_page_size(kSeriesPageSize);
  const absl::Time now = session.clock->Now();
  if (!options.start.empty()) {
    ASSIGN_OR_RETURN(const absl::Time start, ParseMoment(options.start, now, session.zone));
    ToProto(start, request->mutable_start_time());
  }
  if (!options.end.empty()) {
    ASSIGN_OR_RETURN(const absl::Time end, ParseMoment(options.end, now, session.zone));
    ToProto(end, request->mutable_end_time());
  }
  return absl::OkStatus();
}

// Reads all pages into one response. `call(context, request, &page)` reads one.
template <typename Response, typename Request, typename Call>
absl::StatusOr<Response> ReadPages(const Session& session, Request request, const Call& call) {
  Response all;
  do {
    Response page;
    const absl::Status status = CallOnce(
        session, [&](grpc::ClientContext* context) { return call(context, request, &page); });
    if (absl::IsDeadlineExceeded(status)) {
      return absl::DeadlineExceededError(
          absl::StrFormat("%s; give it longer with --timeout", status.message()));
    }
    // The place is of the selector alone, so it is shown where there is one only.
    RETURN_IF_ERROR(request.selectors_size() == 1 ? WithPlace(status, request.selectors(0))
                                                  : status);
    all.MergeFrom(page);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  all.clear_next_page_token();
  return all;
}

absl::StatusOr<v1::ListLabelsResponse> LabelNames(const Session& session,
                                                  const SeriesArguments& options) {
  v1::ListLabelsRequest request;
  RETURN_IF_ERROR(FillRequest(session, options, &request));
  const auto stub = v1::QueryService::NewStub(session.channel);
  return ReadPages<v1::ListLabelsResponse>(
      session, request, [&](grpc::ClientContext* context, const auto& page_request, auto* page) {
        return stub->ListLabels(context, page_request, page);
      });
}

absl::StatusOr<v1::ListLabelValuesResponse> LabelValues(const Session& session,
                                                        const SeriesArguments& options) {
  v1::ListLabelValuesRequest request;
  request.set_label(options.label);
  RETURN_IF_ERROR(FillRequest(session, options, &request));
  const auto stub = v1::QueryService::NewStub(session.channel);
  return ReadPages<v1::ListLabelValuesResponse>(
      session, request, [&](grpc::ClientContext* context, const auto& page_request, auto* page) {
        return stub->ListLabelValues(context, page_request, page);
      });
}

template <typename Names>
Table NamesTable(const std::string& title, const std::string& key, const Names& names) {
  Table table{.columns = {{title, key}}};
  for (const std::string& name : names) table.rows.push_back({TextCell(name)});
  return table;
}

bool IsPlainName(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == ':';
  });
}

template <typename Names>
absl::Status PrintPlainNames(const Names& names, TextSink* sink) {
  std::string text;
  for (const std::string& name : names) {
    if (IsPlainName(name)) text += name + "\n";
  }
  return sink->Write(text);
}

}  // namespace

absl::Status RunLabels(const Session& session, const SeriesArguments& options) {
  if (options.label.empty()) {
    ASSIGN_OR_RETURN(const v1::ListLabelsResponse response, LabelNames(session, options));
    if (response.labels().empty()) session.tell_user("no series yet");
    return session.writer->Write(
        {.message = &response, .tables = {NamesTable("LABEL", "label", response.labels())}});
  }
  ASSIGN_OR_RETURN(const v1::ListLabelValuesResponse response, LabelValues(session, options));
  if (response.values().empty()) session.tell_user("no series has the label " + options.label);
  return session.writer->Write(
      {.message = &response, .tables = {NamesTable("VALUE", "value", response.values())}});
}

absl::Status RunSeries(const Session& session, const SeriesArguments& options) {
  v1::ListSeriesRequest request;
  RETURN_IF_ERROR(FillRequest(session, options, &request));
  const auto stub = v1::QueryService::NewStub(session.channel);
  ASSIGN_OR_RETURN(const v1::ListSeriesResponse response,
                   ReadPages<v1::ListSeriesResponse>(
                       session, request,
                       [&](grpc::ClientContext* context, const auto& page_request, auto* page) {
                         return stub->ListSeries(context, page_request, page);
                       }));
  if (response.series().empty()) session.tell_user("no series is meant by that");
  Table table{.columns = {{"SERIES", "series"}}};
  for (const v1::LabelSet& series : response.series()) {
    table.rows.push_back({TextCell(SeriesText(Sorted(series.labels())))});
  }
  return session.writer->Write({.message = &response, .tables = {std::move(table)}});
}

absl::Status RunMetricNames(const Session& session, TextSink* sink) {
  ASSIGN_OR_RETURN(const v1::ListLabelValuesResponse response,
                   LabelValues(session, {.label = kNameLabel}));
  return PrintPlainNames(response.values(), sink);
}

absl::Status RunLabelNames(const Session& session, TextSink* sink) {
  ASSIGN_OR_RETURN(const v1::ListLabelsResponse response, LabelNames(session, {}));
  return PrintPlainNames(response.labels(), sink);
}

}  // namespace syspulse
