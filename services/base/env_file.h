// Files of variables, in the form that systemd reads for EnvironmentFile=: see systemd.exec(5).
//
//   # a comment, as is a line that begins with ;
//   SYSPULSE_SERVER=monitor.example:50051
//   SYSPULSE_LABEL="rack=b7,room=2"
//   SYSPULSE_HOST_ID='web-1'
//
// A value stands without quotes, where a backslash takes the next character as it is, or within
// single quotes, where nothing has a meaning, or double ones, where a backslash takes \ " ` and $
// as they are. A backslash at the end of a line joins it with the next. Blanks around a value do
// not count. Where systemd passes over what it cannot read, this is an error that names the line:
// a setting that is silently not there is worse than a program that does not start.
#ifndef SERVICES_BASE_ENV_FILE_H_
#define SERVICES_BASE_ENV_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace syspulse {

struct EnvVariable {
  std::string name;  // letters, digits and _
  std::string value;
  int line = 0;  // that the name stands in, from 1
};

// Returns the variables in their order, where the last of a name counts. InvalidArgument, with
// `path`, line and offending word, for what is no such file. Of the text it keeps nothing.
absl::StatusOr<std::vector<EnvVariable>> ParseEnvFile(std::string_view text, std::string_view path);

struct EnvFile {
  std::vector<EnvVariable> variables;
  bool others_may_write = false;  // whoever is on the machine decides what stands there
};

// Reads a file of 1 MiB at most. NotFound if there is none, PermissionDenied, or InvalidArgument
// if it is no file of variables; each names the path.
absl::StatusOr<EnvFile> ReadEnvFile(const std::string& path);

// Returns `value` as it stands in such a file: within quotes if it needs them.
std::string QuotedForEnvFile(std::string_view value);

}  // namespace syspulse

#endif  // SERVICES_BASE_ENV_FILE_H_
