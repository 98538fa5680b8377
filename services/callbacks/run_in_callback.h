// Has gRPC's threads do something: those that run the callbacks of all calls.
#ifndef SERVICES_CALLBACKS_RUN_IN_CALLBACK_H_
#define SERVICES_CALLBACKS_RUN_IN_CALLBACK_H_

#include <functional>

namespace syspulse {

// Has one of them call `what`, once, whichever is free. Thread-safe.
void RunInCallback(std::function<void()> what);

}  // namespace syspulse

#endif  // SERVICES_CALLBACKS_RUN_IN_CALLBACK_H_
