// What the store has to read: the heads, the blocks, and what hosts are called.
//
// Readers take a view, which does not change under them: a row stands in exactly one of the heads
// and blocks of a view, however blocks are made and merged meanwhile. Files of blocks that are
// replaced stay readable until the last view of them is gone.
#ifndef SERVICES_STORE_CONTENTS_H_
#define SERVICES_STORE_CONTENTS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "services/base/mutex.h"
#include "services/store/block.h"
#include "services/store/deletions.h"
#include "services/store/head.h"

namespace syspulse {

using LabelMap = std::map<std::string, std::string>;              // by name
using HostLabels = std::map<std::string, LabelMap, std::less<>>;  // by host id
using HostLabelsPtr = std::shared_ptr<const HostLabels>;

// Everything there is to read at one moment.
struct ContentsView {
  std::shared_ptr<Head> active;        // never null; goes on to take rows
  std::shared_ptr<const Head> frozen;  // null unless a block is being made of it
  std::vector<BlockPtr> blocks;        // by segments
  HostLabelsPtr host_labels;           // never null
  DeletionsPtr deletions = {};         // null if there are none

  // Returns whether the rows of a host in that block, or in the frozen head, are deleted.
  bool IsDeletedIn(const Block& block, std::string_view host) const {
    return IsDeleted(deletions, host, block.segments().last);
  }
  bool IsDeletedInFrozen(std::string_view host) const {
    return IsDeleted(deletions, host, active->first_segment() - 1);
  }
};

// Thread-safe.
class Contents {
 public:
  Contents(std::shared_ptr<Head> active, std::vector<BlockPtr> blocks, HostLabels host_labels,
           Deletions deletions = {});
  Contents(const Contents&) = delete;
  Contents& operator=(const Contents&) = delete;

  ContentsView View() const;

  // Makes the active head the frozen one, and an empty one that begins with `next_segment` the
  // active one. Its rows stand in segments up to the one before. There must be no frozen one.
  void Freeze(std::uint64_t next_segment);

  // Puts the block that was made of the frozen head in its place; null if it had no rows.
  void Thaw(BlockPtr block);

  // Puts `merged` in the place of the blocks whose segments it holds.
  void Replace(BlockPtr merged);

  // Takes a block out.
  void Drop(const SegmentRange& segments);

  // Sets which hosts are deleted, and takes `host` out of the active head; none if it is empty.
  void SetDeletions(Deletions deletions, std::string_view host);

  // Sets what a host is called. Returns false if that is no change.
  bool SetHostLabels(const std::string& host, LabelMap labels);

 private:
  void AddLocked(BlockPtr block) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  ContentsView view_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace syspulse

#endif  // SERVICES_STORE_CONTENTS_H_
