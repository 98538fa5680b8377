// Requests of remote write by hand, as short as a test wants them.
#ifndef TESTS_TESTING_WRITE_REQUEST_H_
#define TESTS_TESTING_WRITE_REQUEST_H_

#include <snappy.h>

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/remote_write/label_set.h"
#include "services/remote_write/write_request.h"

namespace syspulse {

using TestLabels = std::vector<std::pair<std::string, std::string>>;

inline void PutWireVarint(std::uint64_t number, std::string* out) {
  for (; number >= 0x80; number >>= 7) out->push_back(static_cast<char>(number | 0x80));
  out->push_back(static_cast<char>(number));
}

inline void PutWireBytes(int field, std::string_view bytes, std::string* out) {
  PutWireVarint(static_cast<std::uint64_t>(field) << 3 | 2, out);
  PutWireVarint(bytes.size(), out);
  out->append(bytes);
}

// Returns label fields in the order of the list.
inline std::string LabelFields(const TestLabels& labels) {
  std::string fields;
  for (const auto& [name, value] : labels) AppendLabelField({name, value}, &fields);
  return fields;
}

// Builds the body of a request.
class TestWrite {
 public:
  TestWrite& Series(const TestLabels& labels, const std::vector<WrittenSample>& samples) {
    std::string series = LabelFields(labels);
    for (const WrittenSample& sample : samples) {
      std::string bytes;
      bytes.push_back(1 << 3 | 1);
      const auto bits = std::bit_cast<std::uint64_t>(sample.value);
      for (int i = 0; i < 64; i += 8) bytes.push_back(static_cast<char>(bits >> i));
      bytes.push_back(2 << 3);
      PutWireVarint(static_cast<std::uint64_t>(sample.time_ms), &bytes);
      PutWireBytes(2, bytes, &series);
    }
    return Field(1, series);
  }
  TestWrite& Metadata(std::uint64_t type, std::string_view family, std::string_view help,
                      std::string_view unit) {
    std::string bytes;
    bytes.push_back(1 << 3);
    PutWireVarint(type, &bytes);
    PutWireBytes(2, family, &bytes);
    PutWireBytes(4, help, &bytes);
    PutWireBytes(5, unit, &bytes);
    return Field(3, bytes);
  }
  TestWrite& Field(int number, std::string_view bytes) {
    PutWireBytes(number, bytes, &request_);
    return *this;
  }

  const std::string& request() const { return request_; }
  std::string Body() const {
    std::string body;
    snappy::Compress(request_.data(), request_.size(), &body);
    return body;
  }

 private:
  std::string request_;
};

}  // namespace syspulse

#endif  // TESTS_TESTING_WRITE_REQUEST_H_
