// Keeps the memory of the agent small: it runs on every host, beside what the host is there for.
#ifndef SERVICES_AGENT_FOOTPRINT_H_
#define SERVICES_AGENT_FOOTPRINT_H_

namespace syspulse {

// Lets all threads share one heap: what a tick frees is there for the next, whoever asks. Call it
// first in main.
void ShareOneHeap();

// Gives back the memory that only the start needed: freed heap, and the pages of code and constants
// that are mapped. Those that are needed after all come back from the page cache by themselves.
// Thread-safe.
void ForgetTheStart();

}  // namespace syspulse

#endif  // SERVICES_AGENT_FOOTPRINT_H_
