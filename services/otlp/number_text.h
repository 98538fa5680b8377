// Numbers as texts, in the forms that Prometheus gives them in labels.
#ifndef SERVICES_OTLP_NUMBER_TEXT_H_
#define SERVICES_OTLP_NUMBER_TEXT_H_

#include <string>

namespace syspulse {

// Returns the shortest text that is read back as the same number, without an exponent; `+Inf`,
// `-Inf` and `NaN` for what is none.
std::string PlainNumberText(double number);

}  // namespace syspulse

#endif  // SERVICES_OTLP_NUMBER_TEXT_H_
