// Store: hosts whose rows are deleted.
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/log.h"
#include "services/base/status_macros.h"
#include "services/store/log_format.h"
#include "services/store/store.h"

namespace syspulse {
namespace {

constexpr std::size_t kMostWaitingDeletions = 1000;  // more than people ask for at once

// Returns whether there are rows of the host that are not deleted.
bool HasRows(const ContentsView& view, const std::string& host) {
  if (view.active->Has(host)) return true;
  if (view.frozen != nullptr && !view.IsDeletedInFrozen(host) && view.frozen->Has(host))
    return true;
  return std::ranges::any_of(view.blocks, [&](const BlockPtr& block) {
    return !view.IsDeletedIn(*block, host) && block->Has(host);
  });
}

}  // namespace

void Store::DeleteHost(const std::string& host, OnDeleted done) {
  absl::Status refusal;
  {
    MutexLock lock(mutex_);
    if (ended_) {
      refusal = absl::UnavailableError("the service stops");
    } else if (waiting_deletions_.size() >= kMostWaitingDeletions) {
      refusal = absl::ResourceExhaustedError(
          absl::StrFormat("delete the history of %s: %d deletions wait; try again later", host,
                          waiting_deletions_.size()));
    } else {
      waiting_deletions_.push_back(
          {.host = host, .ticket = queue_.last_ticket(), .done = std::move(done)});
      deletions_wait_ = true;
    }
  }
  if (refusal.ok()) {
    queue_.Wake();
  } else {
    done(refusal);
  }
}

// `disk` says whether all that was taken is on it.
void Store::DeleteWaiting(const absl::Status& disk) {
  std::vector<WaitingDeletion> waiting;
  {
    MutexLock lock(mutex_);
    // What was appended before is to be taken before.
    const auto later = std::ranges::partition(waiting_deletions_, [&](const WaitingDeletion& one) {
      return !disk.ok() || one.ticket <= taken_ticket_;
    });
    std::ranges::move(waiting_deletions_.begin(), later.begin(), std::back_inserter(waiting));
    waiting_deletions_.erase(waiting_deletions_.begin(), later.begin());
    deletions_wait_ = !waiting_deletions_.empty();
  }
  for (const WaitingDeletion& one : waiting) {
    absl::Status status = disk.ok() ? DeleteOnce(one.host) : disk;
    if (!status.ok() && !absl::IsNotFound(status)) {
      status = absl::UnavailableError(
          absl::StrFormat("the history of %s cannot be deleted now: %s; try again later", one.host,
                          std::string(status.message())));
    }
    one.done(status);
  }
  if (erased_.exchange(false)) ForgetDeletions();
}

absl::Status Store::DeleteOnce(const std::string& host) {
  const ContentsView view = contents_.View();
  if (!HasRows(view, host)) {
    return absl::NotFoundError(absl::StrFormat("there is no history of %s", host));
  }
  Deletions deletions = *view.deletions;
  deletions[host] = appender_.EndSegment();
  RETURN_IF_ERROR(WriteDeletions(files_, options_.directory, deletions));
  contents_.SetDeletions(std::move(deletions), host);
  appender_.Forget(host);
  freeze_at_once_ = true;  // the segments of the log go with the head
  LogInfo("store %s: the history of %s is deleted", options_.directory, host);
  WakeKeeper();
  return absl::OkStatus();
}

// Forgets the deletions of which nothing is left to delete.
void Store::ForgetDeletions() {
  const ContentsView view = contents_.View();
  if (view.deletions->empty() || view.frozen != nullptr || freeze_at_once_) return;
  const absl::StatusOr<std::vector<std::string>> names = files_->List(options_.directory);
  if (!names.ok()) return;
  Deletions left = *view.deletions;
  std::erase_if(left, [&](const auto& deletion) {
    const auto& [host, last_segment] = deletion;
    const bool in_log = std::ranges::any_of(*names, [&, last = last_segment](const auto& name) {
      const auto number = LogNumber(name);
      return number && *number <= last;
    });
    return !in_log && view.active->first_segment() > last_segment &&
           std::ranges::none_of(view.blocks, [&, &id = host](const BlockPtr& block) {
             return view.IsDeletedIn(*block, id) && block->Has(id);
           });
  });
  if (left.size() == view.deletions->size()) return;
  if (WriteDeletions(files_, options_.directory, left).ok()) {
    contents_.SetDeletions(std::move(left), "");
  }
}

void Store::RefuseDeletions(const absl::Status& reason) {
  std::vector<WaitingDeletion> waiting;
  {
    MutexLock lock(mutex_);
    ended_ = true;
    waiting = std::exchange(waiting_deletions_, {});
  }
  for (const WaitingDeletion& one : waiting) one.done(reason);
}

}  // namespace syspulse
