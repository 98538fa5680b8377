// The commands that answer and go: one function each, one file each.
//
// All return OK when the answer is written or the user ended a stream, InvalidArgument for what the
// user can write better, and otherwise a sentence on what failed. Confined to the calling thread.
#ifndef CLIENTS_CLI_COMMAND_COMMANDS_H_
#define CLIENTS_CLI_COMMAND_COMMANDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/cli/command/session.h"
#include "clients/cli/transfer/sample_line.h"
#include "clients/cli/transfer/sample_writer.h"
#include "syspulse/v1/host.pb.h"

namespace syspulse {

struct HostsArguments {
  bool watch = false;
  std::int64_t count = 0;     // lists to show when watching; 0 = until stopped
  std::string filter;         // as ListHosts takes it; empty = all
  std::string sort = "name";  // as HostOrderBy takes it
};
// Returns the keys that hosts can be sorted by, for people.
std::vector<std::string> HostSortKeys();
// Returns `order_by` of ListHosts for a key, with `-asc` or `-desc` behind it or not.
// InvalidArgument, with the keys there are, for another.
absl::StatusOr<std::string> HostOrderBy(std::string_view sort);
absl::Status RunHosts(const Session& session, const HostsArguments& options);

struct UpdateHostArguments {
  std::string host;
  std::optional<std::string> display_name;
  std::vector<std::string> labels;        // KEY=VALUE
  std::vector<std::string> unset_labels;  // keys
};
absl::Status RunUpdateHost(const Session& session, const UpdateHostArguments& options);

struct DeleteHostArguments {
  std::string host;
  bool history = false;  // and what was measured of it
};
absl::Status RunDeleteHost(const Session& session, const DeleteHostArguments& options);

struct SnapshotArguments {
  std::string host;  // empty = the only one
};
absl::Status RunSnapshot(const Session& session, const SnapshotArguments& options);

struct WatchArguments {
  std::string host;        // empty = all
  std::int64_t count = 0;  // snapshots to show; 0 = until stopped
  absl::Duration interval;
};
absl::Status RunWatch(const Session& session, const WatchArguments& options);

struct MetricsArguments {
  std::string host;   // empty = all
  std::string match;  // names that contain this text
};
absl::Status RunMetrics(const Session& session, const MetricsArguments& options);

struct PsArguments {
  std::string host;  // empty = the only one
  bool all_hosts = false;
  std::string sort = "cpu";
  std::string filter;
  std::int64_t limit = 50;  // 0 = all
  bool all = false;         // whatever the limit is
  bool tree = false;
  std::string columns;  // as ParseProcessColumns takes them; empty = DefaultProcessColumns
};
absl::Status RunPs(const Session& session, const PsArguments& options);

struct QueryArguments {
  std::string expression;
  // Times as ParseMoment() takes them; empty = not given.
  std::string time;   // of an instant query; now if not given
  std::string start;  // makes it a range query
  std::string end;    // now if not given
  std::optional<absl::Duration> step;
  bool chart = false;      // draw it
  bool watch = false;      // go on as time does; `start` is then how far the past goes back
  std::int64_t count = 0;  // updates to show when watching; 0 = until stopped
};
// What the answer is shown on.
struct QueryDisplay {
  TextSink* sink = nullptr;  // takes charts
  int width = 0;             // characters of the terminal; 0 without one
  int height = 0;
  bool color = false;
  bool ascii = false;
};
absl::Status RunQuery(const Session& session, const QueryArguments& options,
                      const QueryDisplay& display);
absl::Status WatchQuery(const Session& session, const QueryArguments& options);

// Which series `labels` and `series` look at.
struct SeriesArguments {
  std::vector<std::string> selectors;
  std::string label;  // of `labels`: whose values to list; empty = the names of all labels
  std::string start;  // as ParseMoment() takes it; empty = no bound
  std::string end;
};
absl::Status RunLabels(const Session& session, const SeriesArguments& options);
absl::Status RunSeries(const Session& session, const SeriesArguments& options);

struct ExportArguments {
  std::vector<std::string> selectors;  // empty = all series
  std::string start;                   // as ParseMoment() takes it; empty = no bound
  std::string end;
  SampleFormat format = SampleFormat::kOpenMetrics;
  std::string file;  // empty = into the sink
};
absl::Status RunExport(const Session& session, const ExportArguments& options, TextSink* sink);

struct ImportArguments {
  std::vector<std::string> files;  // `-` = standard input
  std::optional<TimeUnit> unit;    // of times in text formats; the file says it if it is not given
  std::string timestamp;           // of lines without one, as ParseMoment() takes it
};
absl::Status RunImport(const Session& session, const ImportArguments& options);

// Print the names of all metrics or labels, one a line, as completion asks for them: those that a
// shell takes for one plain word.
absl::Status RunMetricNames(const Session& session, TextSink* sink);
absl::Status RunLabelNames(const Session& session, TextSink* sink);

// Prints the names that commands take for a host, one a line: what completion asks for.
absl::Status RunHostNames(const Session& session, TextSink* sink);

// Returns all hosts that the filter of ListHosts means, in its order: by hostname if that is empty.
absl::StatusOr<std::vector<v1::Host>> ListAllHosts(const Session& session,
                                                   const std::string& filter = {},
                                                   const std::string& order_by = {});

// What `--sort` takes, each with `-asc` or `-desc` behind it as well.
std::vector<std::string> SortKeys();

// Returns the `order_by` of the API for a sort key: `cpu` and what else is big at the top, names
// and numbers from the smallest. InvalidArgument for anything else.
absl::StatusOr<std::string> OrderBy(std::string_view sort);

}  // namespace syspulse

#endif  // CLIENTS_CLI_COMMAND_COMMANDS_H_
