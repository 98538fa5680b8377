// Takes secrets out of command lines before they leave the host.
//
// Whoever may run ps(1) on a host sees them there anyway, but a monitoring service shows them to
// more people, and keeps them. What is taken for a secret:
//   by its name   --password=x, --api-token x, DB_PASSWORD=x, ?token=x, "secret": "x", -Dkey.pass=x
//   by its place  user:x@host, in URLs and elsewhere, Authorization: Bearer x, PASSWORD 'x' and
//                 IDENTIFIED BY 'x' in SQL
//   by a program  mysql -px, curl -u user:x, docker login -p x, vault login x, sqlplus me/x@db,
//                 echo x | sudo -S: see secret_options.h and secret_commands.h
//   by its look   JSON web tokens, AWS access keys, tokens with their maker's prefix, private keys
// A name that only leads to a secret (--password-file=/run/x, --no-password) is left alone. Where
// it cannot be told how far a secret reaches, too much is taken rather than too little.
#ifndef SERVICES_COLLECT_WORKLOAD_REDACTION_H_
#define SERVICES_COLLECT_WORKLOAD_REDACTION_H_

#include <string>
#include <string_view>

namespace syspulse {

inline constexpr std::string_view kRedacted = "***";

// Returns the arguments of a process, each ended by a zero as in /proc/[pid]/cmdline, with
// kRedacted in the place of each secret. Any bytes may be given; the last argument may be cut.
std::string RedactSecrets(std::string_view arguments);

// Returns whether the value of an option, variable or field of this name is a secret: true of
// "--api-key", "DB_PASSWORD", "clientSecret"; false of "--password-file".
bool IsSecretName(std::string_view name);

// Returns `text` without what is in private keys in PEM; those end at a zero at the latest.
std::string RedactPrivateKeys(std::string_view text);

// Returns `word` without the secrets that can be told by their look or their place in a URL.
std::string RedactTokens(std::string_view word);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_REDACTION_H_
