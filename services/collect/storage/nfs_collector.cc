#include "services/collect/storage/nfs_collector.h"

#include <array>

#include "services/base/status_macros.h"
#include "services/collect/storage/rpc_stats.h"

namespace syspulse {
namespace {

constexpr Family Counter(std::string_view name, std::string_view unit, std::string_view help,
                         std::string_view label = {}) {
  return {name, MetricType::kCounter, unit, help, {label}};
}

constexpr Family Gauge(std::string_view name, std::string_view help) {
  return {name, MetricType::kGauge, "", help};
}

constexpr Family kClientRequests{"node_nfs_requests_total",
                                 MetricType::kCounter,
                                 "",
                                 "Number of NFS procedures invoked.",
                                 {"proto", "method"}};
constexpr Family kClientPackets =
    Counter("node_nfs_packets_total", "",
            "Total NFSd network packets (sent+received) by protocol type.", "protocol");

constexpr std::array kClientColumns = {
    RpcColumn{"net", 1, kClientPackets, "udp"},
    RpcColumn{"net", 2, kClientPackets, "tcp"},
    RpcColumn{"net", 3,
              Counter("node_nfs_connections_total", "", "Total number of NFSd TCP connections.")},
    RpcColumn{"rpc", 0, Counter("node_nfs_rpcs_total", "", "Total number of RPCs performed.")},
    RpcColumn{"rpc", 1,
              Counter("node_nfs_rpc_retransmissions_total", "",
                      "Number of RPC transmissions performed.")},
    RpcColumn{"rpc", 2,
              Counter("node_nfs_rpc_authentication_refreshes_total", "",
                      "Number of RPC authentication refreshes performed.")},
};

constexpr Family kServerRequests{"node_nfsd_requests_total",
                                 MetricType::kCounter,
                                 "",
                                 "Total number NFSd Requests by method and protocol.",
                                 {"proto", "method"}};
constexpr Family kServerPackets =
    Counter("node_nfsd_packets_total", "",
            "Total NFSd network packets (sent+received) by protocol type.", "proto");
constexpr Family kServerErrors = Counter("node_nfsd_rpc_errors_total", "",
                                         "Total number of NFSd RPC errors by error type.", "error");

constexpr std::array kServerColumns = {
    RpcColumn{"rc", 0,
              Counter("node_nfsd_reply_cache_hits_total", "",
                      "Total number of NFSd Reply Cache hits (client lost server response).")},
    RpcColumn{"rc", 1,
              Counter("node_nfsd_reply_cache_misses_total", "",
                      "Total number of NFSd Reply Cache an operation that requires caching "
                      "(idempotent).")},
    RpcColumn{"rc", 2,
              Counter("node_nfsd_reply_cache_nocache_total", "",
                      "Total number of NFSd Reply Cache non-idempotent operations "
                      "(rename/delete/…).")},
    RpcColumn{"fh", 0,
              Counter("node_nfsd_file_handles_stale_total", "",
                      "Total number of NFSd stale file handles")},
    RpcColumn{"io", 0,
              Counter("node_nfsd_disk_bytes_read_total", "bytes", "Total NFSd bytes read.")},
    RpcColumn{"io", 1,
              Counter("node_nfsd_disk_bytes_written_total", "bytes", "Total NFSd bytes written.")},
    RpcColumn{
        "th", 0,
        Gauge("node_nfsd_server_threads", "Total number of NFSd kernel threads that are running.")},
    RpcColumn{"ra", 0,
              Gauge("node_nfsd_read_ahead_cache_size_blocks",
                    "How large the read ahead cache is in blocks.")},
    RpcColumn{"ra", 11,
              Counter("node_nfsd_read_ahead_cache_not_found_total", "",
                      "Total number of NFSd read ahead cache not found.")},
    RpcColumn{"net", 1, kServerPackets, "udp"},
    RpcColumn{"net", 2, kServerPackets, "tcp"},
    RpcColumn{"net", 3,
              Counter("node_nfsd_connections_total", "", "Total number of NFSd TCP connections.")},
    RpcColumn{"rpc", 2, kServerErrors, "fmt"},
    RpcColumn{"rpc", 3, kServerErrors, "auth"},
    RpcColumn{"rpc", 4, kServerErrors, "cInt"},
    RpcColumn{"rpc", 0, Counter("node_nfsd_server_rpcs_total", "", "Total number of NFSd RPCs.")},
};

// RFC 1094, section 2.2.
constexpr std::array<std::string_view, 18> kVersion2 = {
    "Null",   "GetAttr", "SetAttr", "Root", "Lookup",  "ReadLink", "Read",  "WrCache", "Write",
    "Create", "Remove",  "Rename",  "Link", "SymLink", "MkDir",    "RmDir", "ReadDir", "FsStat"};

// RFC 1813, section 3.
constexpr std::array<std::string_view, 22> kVersion3 = {
    "Null",    "GetAttr",     "SetAttr", "Lookup", "Access",   "ReadLink", "Read",   "Write",
    "Create",  "MkDir",       "SymLink", "MkNod",  "Remove",   "RmDir",    "Rename", "Link",
    "ReadDir", "ReadDirPlus", "FsStat",  "FsInfo", "PathConf", "Commit"};

// nfs4_procedures of Linux, fs/nfs/nfs4xdr.c.
constexpr std::array<std::string_view, 59> kClientVersion4 = {"Null",
                                                              "Read",
                                                              "Write",
                                                              "Commit",
                                                              "Open",
                                                              "OpenConfirm",
                                                              "OpenNoattr",
                                                              "OpenDowngrade",
                                                              "Close",
                                                              "Setattr",
                                                              "FsInfo",
                                                              "Renew",
                                                              "SetClientID",
                                                              "SetClientIDConfirm",
                                                              "Lock",
                                                              "Lockt",
                                                              "Locku",
                                                              "Access",
                                                              "Getattr",
                                                              "Lookup",
                                                              "LookupRoot",
                                                              "Remove",
                                                              "Rename",
                                                              "Link",
                                                              "Symlink",
                                                              "Create",
                                                              "Pathconf",
                                                              "StatFs",
                                                              "ReadLink",
                                                              "ReadDir",
                                                              "ServerCaps",
                                                              "DelegReturn",
                                                              "GetACL",
                                                              "SetACL",
                                                              "FsLocations",
                                                              "ReleaseLockowner",
                                                              "Secinfo",
                                                              "FsidPresent",
                                                              "ExchangeID",
                                                              "CreateSession",
                                                              "DestroySession",
                                                              "Sequence",
                                                              "GetLeaseTime",
                                                              "ReclaimComplete",
                                                              "GetDeviceInfo",
                                                              "LayoutGet",
                                                              "LayoutCommit",
                                                              "LayoutReturn",
                                                              "SecinfoNoName",
                                                              "TestStateID",
                                                              "FreeStateID",
                                                              "GetDeviceList",
                                                              "BindConnToSession",
                                                              "DestroyClientID",
                                                              "Seek",
                                                              "Allocate",
                                                              "DeAllocate",
                                                              "LayoutStats",
                                                              "Clone"};

// Operations by their numbers, RFC 7530, section 16: 0 to 2 are none, and PUTPUBFH and PUTROOTFH
// are not published.
constexpr std::array<std::string_view, 40> kServerOperations = {"",
                                                                "",
                                                                "",
                                                                "Access",
                                                                "Close",
                                                                "Commit",
                                                                "Create",
                                                                "DelegPurge",
                                                                "DelegReturn",
                                                                "GetAttr",
                                                                "GetFH",
                                                                "Link",
                                                                "Lock",
                                                                "Lockt",
                                                                "Locku",
                                                                "Lookup",
                                                                "LookupRoot",
                                                                "Nverify",
                                                                "Open",
                                                                "OpenAttr",
                                                                "OpenConfirm",
                                                                "OpenDgrd",
                                                                "PutFH",
                                                                "",
                                                                "",
                                                                "Read",
                                                                "ReadDir",
                                                                "ReadLink",
                                                                "Remove",
                                                                "Rename",
                                                                "Renew",
                                                                "RestoreFH",
                                                                "SaveFH",
                                                                "SecInfo",
                                                                "SetAttr",
                                                                "SetClientID",
                                                                "SetClientIDConfirm",
                                                                "Verify",
                                                                "Write",
                                                                "RelLockOwner"};

constexpr std::array kClientProcedures = {RpcProcedures{"proc2", "2", kVersion2},
                                          RpcProcedures{"proc3", "3", kVersion3},
                                          RpcProcedures{"proc4", "4", kClientVersion4}};

constexpr std::array<std::string_view, 1> kDelegatedGetattr = {"WdelegGetattr"};

// The server does not publish how often it was asked for nothing.
constexpr std::array kServerProcedures = {RpcProcedures{"proc2", "2", kVersion2, 1},
                                          RpcProcedures{"proc3", "3", kVersion3, 1},
                                          RpcProcedures{"proc4ops", "4", kServerOperations},
                                          RpcProcedures{"wdeleg_getattr", "4", kDelegatedGetattr}};

}  // namespace

absl::Status NfsCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view text, stats_.Read());
  ASSIGN_OR_RETURN(const RpcStats stats, ParseRpcStats(text, "/proc/net/rpc/nfs"));
  AddRpcColumns(stats, kClientColumns, writer);
  for (const RpcProcedures& procedures : kClientProcedures) {
    AddRpcProcedures(stats, procedures, kClientRequests, writer);
  }
  return absl::OkStatus();
}

absl::Status NfsdCollector::Collect(MetricWriter* writer) {
  ASSIGN_OR_RETURN(const std::string_view text, stats_.Read());
  ASSIGN_OR_RETURN(const RpcStats stats, ParseRpcStats(text, "/proc/net/rpc/nfsd"));
  AddRpcColumns(stats, kServerColumns, writer);
  for (const RpcProcedures& procedures : kServerProcedures) {
    AddRpcProcedures(stats, procedures, kServerRequests, writer);
  }
  return absl::OkStatus();
}

}  // namespace syspulse
