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

// Gives threads that start from now on a stack of 1 MiB instead of 8: where the address space is
// limited, a dozen threads would not fit. For programs without deep recursion.
void LimitThreadStacks();

// Ends the process with a sentence and exit code 1, not with an abort, where memory or threads
// cannot be had.
void ExplainShortage();

}  // namespace syspulse

#endif  // SERVICES_BASE_PROCESS_LIMITS_H_
