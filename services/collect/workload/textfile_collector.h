// Metrics that scripts write into files *.prom, which the agent passes on as they are.
//
// A file is read again only when it changed; one that is broken is left out as a whole, said in the
// log, and makes node_textfile_scrape_error 1 until it is mended. A script should write another
// file and rename it, so that nobody ever sees half of it.
#ifndef SERVICES_COLLECT_WORKLOAD_TEXTFILE_COLLECTOR_H_
#define SERVICES_COLLECT_WORKLOAD_TEXTFILE_COLLECTOR_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "services/collect/collector.h"
#include "services/collect/workload/metric_files.h"
#include "services/collect/workload/text_merge.h"
#include "services/collect/workload/text_parser.h"

namespace syspulse {

// Must always be given the same writer.
class TextfileCollector final : public Collector {
 public:
  explicit TextfileCollector(std::vector<std::string> directories)
      : directories_(std::move(directories)) {}

  std::string_view name() const override { return "textfile"; }
  // Always succeeds: whether files could be read is a metric of its own.
  absl::Status Collect(MetricWriter* writer) override;

 private:
  struct File {
    FileStamp stamp;
    absl::Status status;  // of reading and parsing it
    std::vector<TextFamily> families;
  };
  // A family as the writer knows it, with what its texts point at.
  struct Published {
    Family family;
    std::vector<std::string_view> label_names;
  };

  static File Read(const std::string& path);
  bool Refresh(const MetricFileList& list);
  void Merge();
  void Report(const std::vector<std::string>& list_errors);

  const std::vector<std::string> directories_;
  std::map<std::string, File> files_;  // by path
  std::vector<std::string> order_;     // of the paths
  MergedFamilies merged_;
  std::vector<Published> published_;  // of merged_.families, in their order
  std::set<std::string> reported_;    // what is wrong now, and is in the log
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_TEXTFILE_COLLECTOR_H_
