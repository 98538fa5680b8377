// What a program asks of its process before it starts anything else.
#ifndef SERVICES_BASE_PROCESS_LIMITS_H_
#define SERVICES_BASE_PROCESS_LIMITS_H_

namespace syspulse {

// Lets this process open as many files as the system allows it without asking: the usual limit of
// 1024 is there for programs that still call select(2). A warning in the log if that fails.
void RaiseDescriptorLimit();

// Stops libraries built for debugging from recording the order of all their locks: Debian's gRPC
// looks for deadlocks at every lock that it takes. Call it before the first thread.
void SkipLockOrderChecks();

}  // namespace syspulse

#endif  // SERVICES_BASE_PROCESS_LIMITS_H_
