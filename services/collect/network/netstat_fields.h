// The fields of one of the kernel's files of network statistics: its names, which stay the same for
// as long as the kernel runs, and its values.
//
// Two shapes: pairs of lines, names above values, and lines of a name and a value. Most fields are
// in no metric, so what was decided about the names of a line is kept with the line; as long as it
// reads the same, only the values that are wanted are looked at.
#ifndef SERVICES_COLLECT_NETWORK_NETSTAT_FIELDS_H_
#define SERVICES_COLLECT_NETWORK_NETSTAT_FIELDS_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/collect/metric_writer.h"

namespace syspulse {

// Returns the metric of a field such as "ListenDrops" of a protocol such as "TcpExt"; null if it is
// in none. The views are of the text.
using ChooseFamily =
    std::function<const Family*(std::string_view protocol, std::string_view field)>;

struct NetstatValue {
  const Family* family = nullptr;
  double value = 0;  // a count; Tcp's MaxConn is -1 where it is not fixed

  bool operator==(const NetstatValue&) const = default;
};

// Confined to one thread.
class NetstatFields {
 public:
  enum class Shape {
    kPairs,       // "Tcp: MaxConn InSegs" above "Tcp: -1 7"; of /proc/net/netstat and snmp
    kOneOnALine,  // "Ip6InOctets 5", the protocol being "Ip6"; of /proc/net/snmp6
  };

  // `file` is what errors call it. `choose` is asked once for each field.
  NetstatFields(std::string file, Shape shape, ChooseFamily choose)
      : file_(std::move(file)), shape_(shape), choose_(std::move(choose)) {}

  // Returns the values that are wanted, in their order. DataLoss if a line is not one of the shape,
  // names and values do not pair up, a value that is wanted is no number, or the text is cut or
  // empty.
  absl::StatusOr<std::vector<NetstatValue>> Parse(std::string_view text);

 private:
  struct Line {
    std::string names;                    // all that stands before the values
    std::vector<const Family*> families;  // of the values
  };

  absl::Status LearnPair(std::string_view names, Line* line) const;
  absl::Status LearnSingle(std::string_view name, Line* line) const;
  absl::Status TakeValues(const Line& line, std::string_view values,
                          std::vector<NetstatValue>* taken) const;

  const std::string file_;
  const Shape shape_;
  const ChooseFamily choose_;
  std::vector<Line> lines_;  // as they were last
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_NETWORK_NETSTAT_FIELDS_H_
