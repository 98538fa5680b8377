// Which sources of a host say what is now.
#ifndef SERVICES_EXPORTER_CURRENT_FRAMES_H_
#define SERVICES_EXPORTER_CURRENT_FRAMES_H_

#include <vector>

#include "services/model/frame.h"

namespace syspulse {

// Removes frames of sources that have said nothing for five minutes while others go on: such a one
// is over. It is as long as Prometheus itself looks back for a value.
void RemoveEnded(std::vector<FramePtr>* frames);

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_CURRENT_FRAMES_H_
