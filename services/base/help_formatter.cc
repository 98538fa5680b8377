#include "services/base/help_formatter.h"

#include <utility>

#include "services/base/option_sources.h"

namespace syspulse {

std::string HelpFormatter::make_help(const CLI::App* app, std::string name,
                                     CLI::AppFormatMode mode) const {
  app_ = app;
  return CLI::Formatter::make_help(app, std::move(name), mode);
}

std::string HelpFormatter::make_option_desc(const CLI::Option* option) const {
  const std::string variable = app_ == nullptr ? "" : VariableOf(*app_, *option);
  const std::string description = CLI::Formatter::make_option_desc(option);
  if (variable.empty()) return description;
  return description + (description.empty() ? "[" : " [") + variable + "]";
}

}  // namespace syspulse
