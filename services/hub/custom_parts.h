// What was pushed to the custom sources of a host lately, by whomever: several may push to one
// source, each other series, and the latest frame alone would be that of one of them.
//
// Guarded by the hub's lock.
#ifndef SERVICES_HUB_CUSTOM_PARTS_H_
#define SERVICES_HUB_CUSTOM_PARTS_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "services/model/frame.h"

namespace syspulse {

class CustomParts {
 public:
  // Remembers a frame as the latest of its schema, if it is. What is older than the newest of its
  // source by more than Hub::kPushedLifetime is forgotten, as is the oldest where there is too
  // much.
  void Add(const FramePtr& frame);

  // Appends the frames of the source of `latest`, newest first, without those of its schema.
  void AppendOthers(const Frame& latest, std::vector<FramePtr>* frames) const;

  static constexpr std::size_t kMostValues = 40'000;  // of a source, behind the newest frame

 private:
  std::map<std::string, std::vector<FramePtr>, std::less<>> sources_;  // newest first
};

}  // namespace syspulse

#endif  // SERVICES_HUB_CUSTOM_PARTS_H_
