// Which damage a selection's reads came across, for whoever asked: what they got lacks something.
#ifndef SERVICES_STORE_DAMAGE_NOTES_H_
#define SERVICES_STORE_DAMAGE_NOTES_H_

#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "services/base/mutex.h"

namespace syspulse {

// Thread-safe.
class DamageNotes {
 public:
  void Add(const absl::Status& damage);

  // Returns the first few in one line; empty if there was none.
  std::string text() const;

 private:
  mutable Mutex mutex_;
  std::set<std::string> places_ ABSL_GUARDED_BY(mutex_);  // each once, and no more than are told
  bool has_more_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace syspulse

#endif  // SERVICES_STORE_DAMAGE_NOTES_H_
