// Hub: the agents that speak for hosts, and their clocks.
#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/status_macros.h"
#include "services/hub/hub.h"
#include "services/hub/hub_entry.h"
#include "services/model/custom_source.h"

namespace syspulse {
namespace {

// Agents that are refused come back within less.
constexpr absl::Duration kConflictLifetime = absl::Minutes(2);
constexpr std::size_t kMostRefused = 32;  // runs and boots of a host that are remembered

std::string RunKey(const std::string& session) { return "run " + session; }
std::string BootKey(const std::string& boot_id) { return "boot " + boot_id; }

}  // namespace

absl::StatusOr<HubConnection> Hub::Connect(const Host& reported, const std::string& session,
                                           const std::string& address, const std::string& boot_id) {
  if (!IsHostId(reported.id)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' is not a host id; it is up to 63 of a-z, 0-9 and -", reported.id));
  }
  MutexLock lock(mutex_);
  Entry* entry = FindEntryLocked(reported.id);
  Host host = reported;
  if (entry == nullptr) {
    if (entries_.size() >= options_.max_hosts) {
      return absl::ResourceExhaustedError(absl::StrFormat(
          "host %s is one too many: this service takes %d; delete hosts that are gone", reported.id,
          options_.max_hosts));
    }
    entry = (entries_[reported.id] = std::make_unique<Entry>()).get();
    host.first_seen = clock_->Now();
    host.last_seen = absl::InfinitePast();
    host.display_name.clear();
    host.assigned_labels.clear();
  } else {
    if (entry->connection != 0 && entry->session != session &&
        clock_->Monotonic() - entry->last_heard <= PatienceOf(*entry->host)) {
      NoteRefusalLocked(*entry, session, boot_id);
      return RefuseLocked(*entry, reported, address, boot_id);
    }
    host.first_seen = entry->host->first_seen;
    host.last_seen = entry->last_seen;
    host.display_name = entry->host->display_name;
    host.assigned_labels = entry->host->assigned_labels;
  }
  if (host.hostname.empty()) host.hostname = host.id;              // queries need an instance
  if (host.agent_version.empty()) host.agent_version = "unknown";  // only without an agent is none
  host.address = address;
  host.state = HostState::kOnline;
  OverlayLabels(&host, reported.labels);
  if (entry->session != session) {
    entry->conflict.reset();
    entry->spoken_for = TakeRefusalLocked(*entry, session, boot_id);
  }
  if (entry->boot_id != boot_id) {  // or another machine
    entry->clock.Restart();
    BeginAnewLocked(*entry);
  }
  entry->reported_labels = reported.labels;
  entry->session = session;
  entry->boot_id = boot_id;
  entry->connection = ++last_connection_;
  entry->last_heard = clock_->Monotonic();
  return HubConnection{.id = entry->connection, .host = SetHostLocked(*entry, std::move(host))};
}

void Hub::Disconnect(std::string_view host_id, std::uint64_t connection) {
  MutexLock lock(mutex_);
  Entry* entry = FindEntryLocked(host_id);
  if (entry == nullptr || entry->connection != connection) return;
  entry->connection = 0;
  SetStateLocked(*entry, HostState::kOffline);
}

absl::Status Hub::RefuseLocked(Entry& entry, const Host& refused, const std::string& address,
                               const std::string& boot_id) {
  const bool begins = !entry.conflict;
  if (begins) entry.conflict.emplace().first = clock_->Now();
  HostConflict& conflict = *entry.conflict;
  conflict.address = address;
  conflict.hostname = refused.hostname;
  conflict.same_boot = !boot_id.empty() && boot_id == entry.boot_id;
  conflict.last = clock_->Now();
  ++conflict.refusals;
  entry.refused_at = clock_->Monotonic();
  if (begins) entry.told_at.reset();
  TellNewsLocked(entry);
  return absl::AlreadyExistsError(absl::StrFormat(
      "another agent, on %s at %s, speaks for host %s; give each %s an id of its "
      "own with --host-id",
      conflict.same_boot ? "the same machine" : entry.host->hostname, entry.host->address,
      entry.host->id, conflict.same_boot ? "agent" : "machine"));
}

// An agent that is started anew on a machine which was refused is known by the boot.
void Hub::NoteRefusalLocked(Entry& entry, const std::string& session, const std::string& boot_id) {
  if (entry.completeness.empty()) return;
  const absl::Time newest = entry.completeness.newest();
  entry.refused.try_emplace(RunKey(session), newest);
  if (!boot_id.empty() && boot_id != entry.boot_id) {
    entry.refused.try_emplace(BootKey(boot_id), newest);
  }
  while (entry.refused.size() > kMostRefused) {
    entry.refused.erase(
        std::ranges::min_element(entry.refused, {}, [](const auto& one) { return one.second; }));
  }
}

// Returns the time in which others went on speaking after a run was refused, which speaks now.
SpokenFor Hub::TakeRefusalLocked(Entry& entry, const std::string& session,
                                 const std::string& boot_id) {
  const auto run = entry.refused.extract(RunKey(session));
  const auto boot = entry.refused.extract(BootKey(boot_id));
  if ((run.empty() && boot.empty()) || entry.completeness.empty()) return {};
  absl::Time after = absl::InfiniteFuture();
  if (!run.empty()) after = run.mapped();
  if (!boot.empty()) after = std::min(after, boot.mapped());
  return {.after = after, .until = entry.completeness.newest()};
}

absl::Status Hub::CheckSpeakerLocked(const Entry& entry, const Frame& frame) {
  if (!entry.spoken_for.Contains(frame.time)) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrFormat(
      "frames of %s were measured while another agent spoke for host %s",
      absl::FormatTime(absl::RFC3339_sec, frame.time, absl::UTCTimeZone()), entry.host->id));
}

void Hub::ForgetConflictLocked(Entry& entry) {
  if (entry.conflict && clock_->Monotonic() - entry.refused_at > kConflictLifetime) {
    entry.conflict.reset();
  }
}

absl::StatusOr<Hub::Entry*> Hub::FindConnectedLocked(std::string_view host_id,
                                                     std::uint64_t connection) {
  Entry* entry = FindEntryLocked(host_id);
  if (entry == nullptr) {
    return absl::NotFoundError(absl::StrFormat(
        "host %s was deleted; it comes back when its agent connects again", host_id));
  }
  if (connection == 0 || entry->connection != connection) {
    return absl::AbortedError(
        absl::StrFormat("another connection, from %s, took over host %s; two agents must not share "
                        "a --host-id",
                        entry->host->address, host_id));
  }
  return entry;
}

absl::StatusOr<std::optional<absl::Duration>> Hub::TakeClock(std::string_view host_id,
                                                             std::uint64_t connection,
                                                             const AgentClock& clock) {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Entry * entry, FindConnectedLocked(host_id, connection));
  const std::optional<absl::Duration> step =
      entry->clock.Add(clock, clock_->Now(), clock_->Monotonic());
  if (!step) return step;
  if (*step > absl::ZeroDuration()) {
    entry->completeness.Skip(*step);
  } else {
    entry->completeness.SetBack();
  }
  BeginAnewLocked(*entry);
  return step;
}

void Hub::BeginAnewLocked(Entry& entry) {
  for (const auto& [source, pair] : entry.sources) {
    if (!IsCustomSource(source)) entry.begin_anew.insert(source);
  }
  entry.processes_begin_anew = true;
}

}  // namespace syspulse
