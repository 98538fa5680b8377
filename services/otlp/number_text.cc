#include "services/otlp/number_text.h"

#include <charconv>
#include <cmath>

namespace syspulse {

std::string PlainNumberText(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "+Inf" : "-Inf";
  char text[400];  // the smallest has 325 characters
  const auto [end, error] =
      std::to_chars(text, text + sizeof(text), number, std::chars_format::fixed);
  return {text, end};
}

}  // namespace syspulse
