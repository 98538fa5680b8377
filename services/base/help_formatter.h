// Help that names the variable of each flag.
#ifndef SERVICES_BASE_HELP_FORMATTER_H_
#define SERVICES_BASE_HELP_FORMATTER_H_

#include <CLI/CLI.hpp>
#include <string>

namespace syspulse {

// AddEnvironment gives it to a program.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
  std::string make_option_desc(const CLI::Option* option) const override;

 private:
  mutable const CLI::App* app_ = nullptr;  // whose help is being made
};

}  // namespace syspulse

#endif  // SERVICES_BASE_HELP_FORMATTER_H_
