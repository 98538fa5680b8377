// Reads JSON token by token, without building anything of it (RFC 8259).
//
//   RETURN_IF_ERROR(reader.Items('{', '}', [&]() -> absl::Status {
//     ASSIGN_OR_RETURN(const std::string name, reader.Name());
//     return name == "value" ? TakeValue(&reader) : reader.Skip();
//   }));
//   if (!reader.at_end()) return reader.Error("the end");
//
// Errors say what was expected, or what is wrong with what is there, and at which byte. Confined to
// one thread.
#ifndef SERVICES_BASE_JSON_READER_H_
#define SERVICES_BASE_JSON_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/status_macros.h"

namespace syspulse {

class JsonReader {
 public:
  // `text` must outlive this.
  explicit JsonReader(std::string_view text) : text_(text), rest_(text) {}

  // Returns the InvalidArgument that says what is expected here.
  absl::Status Error(std::string_view expected) const;

  // Returns whether `c` is what comes next, behind white space.
  bool Sees(char c);
  // The same, and takes it.
  bool Takes(char c);
  // Returns whether a word such as `null` comes next, and takes it.
  bool TakesWord(std::string_view word);

  // Returns whether nothing but white space is left.
  bool at_end() { return !Sees('\0') && rest_.empty(); }

  // Takes a string, which is valid UTF-8.
  absl::StatusOr<std::string> String();
  // Takes the name of a member with its colon.
  absl::StatusOr<std::string> Name();
  // Takes a finite number.
  absl::StatusOr<double> Number();
  // Takes a value of any kind that is nested no deeper than 64.
  absl::Status Skip();

  // Calls `item()`, which takes it, for each item of a list or object between `open` and `close`.
  template <typename Item>
  absl::Status Items(char open, char close, const Item& item) {
    if (!Takes(open)) return Error(std::string_view(&open, 1));
    if (Takes(close)) return absl::OkStatus();
    do {
      RETURN_IF_ERROR(item());
    } while (Takes(','));
    return Takes(close) ? absl::OkStatus() : Error(std::string_view(&close, 1));
  }

 private:
  std::size_t place() const;  // of what comes next, in bytes from 1
  std::string_view Word() const;
  absl::Status SkipBelow(int depth);
  absl::Status Escape(std::string* text);
  absl::StatusOr<std::uint32_t> Unicode();  // takes `uXXXX`

  const std::string_view text_;
  std::string_view rest_;
};

}  // namespace syspulse

#endif  // SERVICES_BASE_JSON_READER_H_
