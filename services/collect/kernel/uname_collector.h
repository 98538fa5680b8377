// Who the kernel says it is; source: uname(2). A copy of another host's procfs has the same in its
// sys/kernel, where the machine is since Linux 6.1; else it is taken to be this one's.
#ifndef SERVICES_COLLECT_KERNEL_UNAME_COLLECTOR_H_
#define SERVICES_COLLECT_KERNEL_UNAME_COLLECTOR_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// Fields of utsname, see uname(2).
struct KernelIdentity {
  std::string sysname;
  std::string release;
  std::string version;
  std::string machine;
  std::string nodename;
  std::string domainname;

  bool operator==(const KernelIdentity&) const = default;
};

// Reads the identity, again and again.
class KernelIdentityReader {
 public:
  explicit KernelIdentityReader(const ProcFs& procfs);

  // DataLoss if a file holds anything but one line.
  absl::StatusOr<KernelIdentity> Read();

 private:
  absl::StatusOr<KernelIdentity> ReadFiles();

  const bool files_;  // whether they are read: procfs is a copy
  ProcFile ostype_;
  ProcFile osrelease_;
  ProcFile version_;
  ProcFile arch_;
  ProcFile hostname_;
  ProcFile domainname_;
};

class UnameCollector final : public Collector {
 public:
  explicit UnameCollector(const ProcFs& procfs) : reader_(procfs) {}

  std::string_view name() const override { return "uname"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  KernelIdentityReader reader_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_KERNEL_UNAME_COLLECTOR_H_
