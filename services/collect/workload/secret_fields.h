// Where names and values are in a word of a command line: password=x, "password":"x", Api-Key:x,
// f(password='x'), x['password']='x', and the same with the backslashes of a shell in a shell.
//
// What is secret of them is said in redaction.h; here it is told where it begins and ends.
#ifndef SERVICES_COLLECT_WORKLOAD_SECRET_FIELDS_H_
#define SERVICES_COLLECT_WORKLOAD_SECRET_FIELDS_H_

#include <cstddef>
#include <string_view>

namespace syspulse {

// The name at the end of a text, as that of password, {"password", x[\"password\"] and f(password.
struct FieldName {
  std::string_view text;
  char before = '\0';   // what stands before it, zero if nothing does
  bool quoted = false;  // a quote or a bracket closes it
};

// Where a value is, without its quotes: bytes from the word's begin.
struct FieldValue {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Whether a name may have this character.
bool IsNameCharacter(char c);

// Returns how many characters of `text` are the quote at its start, with the backslashes of the
// shell before it; 0 if there is none.
std::size_t QuoteAt(std::string_view text);

// Returns `text` without all quotes at its begin and its end.
std::string_view WithoutQuotes(std::string_view text);

// Returns the name that ends where `text` ends; an empty one if there is none.
FieldName NameAtEnd(std::string_view text);

// Returns where the value is that begins at `begin` of `word`, given the name before it.
FieldValue ValueOfField(std::string_view word, std::size_t begin, const FieldName& name);

// Whether the word says what kind of credentials follow: Bearer, Basic.
bool IsScheme(std::string_view word);

// Whether the header of this name has credentials, which a scheme may precede.
bool IsCredentialsHeader(std::string_view name);

// Whether the name is `auth`, which before a colon is more often a subsystem in a title.
bool IsAuth(std::string_view name);

// Whether the name is that of a signature in a URL.
bool IsSignature(const FieldName& name);

// Whether name:value, with no blank behind the colon, has a secret as its value: begins a word, or
// is quoted in one. A path behind the colon is what a volume of that name is mounted on.
bool IsSecretField(const FieldName& name, std::string_view before, std::string_view value);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_SECRET_FIELDS_H_
