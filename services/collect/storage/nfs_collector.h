// Requests of the kernel's NFS client and server; sources: /proc/net/rpc/nfs and
// /proc/net/rpc/nfsd.
#ifndef SERVICES_COLLECT_STORAGE_NFS_COLLECTOR_H_
#define SERVICES_COLLECT_STORAGE_NFS_COLLECTOR_H_

#include <string_view>

#include "services/collect/collector.h"
#include "services/collect/procfs.h"

namespace syspulse {

// What this host asks of others.
class NfsCollector final : public Collector {
 public:
  explicit NfsCollector(const ProcFs& procfs) : stats_(procfs.Proc("net/rpc/nfs")) {}

  std::string_view name() const override { return "nfs"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  ProcFile stats_;
};

// What others ask of this host.
class NfsdCollector final : public Collector {
 public:
  explicit NfsdCollector(const ProcFs& procfs) : stats_(procfs.Proc("net/rpc/nfsd")) {}

  std::string_view name() const override { return "nfsd"; }
  absl::Status Collect(MetricWriter* writer) override;

 private:
  ProcFile stats_;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_STORAGE_NFS_COLLECTOR_H_
