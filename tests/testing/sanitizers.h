// Whether this build is instrumented, for tests that then take ten times as long.
#ifndef TESTS_TESTING_SANITIZERS_H_
#define TESTS_TESTING_SANITIZERS_H_

namespace syspulse {

#ifdef SYSPULSE_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace syspulse

#endif  // TESTS_TESTING_SANITIZERS_H_
