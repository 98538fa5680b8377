// Columns of doubles as bytes, each in the way that takes the fewest.
//
// Most metrics never change over an hour; others are whole numbers in disguise (decimal_form.h),
// all multiples of something, such as pages of 4096 bytes; and some follow another metric of the
// same host, nearly or exactly, as bytes received over loopback follow bytes sent. The last are
// encoded as differences to the metric that they follow. What is no decimal is encoded by its bits.
#ifndef SERVICES_STORE_COLUMN_ENCODER_H_
#define SERVICES_STORE_COLUMN_ENCODER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/store/decimal_form.h"
#include "services/store/row_patches.h"

namespace syspulse {

// Encodes the columns of one group, one after the other. Confined to one thread.
class ColumnEncoder {
 public:
  // Returns the bytes of the next column, which has as many rows as all others. NaN of kAbsentBits
  // = not measured.
  std::string Encode(std::span<const double> values);

 private:
  // A column as numbers.
  struct Numbers {
    DecimalForm form;
    std::int64_t base = 0;
    std::int64_t step = 0;
    std::int64_t min = 0;  // of `values`
    std::int64_t max = 0;
    std::vector<std::int64_t> values;
    std::vector<RowPatch> patches;
  };
  // A column that others may be relative to.
  struct Candidate {
    std::size_t column = 0;  // its place in the group
    std::string encoded;     // its numbers: decoded again, they would take far more memory
    std::vector<std::int64_t> sample;  // of its changes
  };

  static Numbers ToNumbers(const DecimalForm& form, std::span<const double> values);
  static std::string EncodeBits(std::span<const double> values);
  std::string EncodeDecimal(const DecimalForm& form, std::span<const double> values);
  // Makes `*encoded`, which is what the numbers of the column at hand are on their own, relative to
  // another column, if that is shorter, and returns how far before this one that stands; else 0.
  std::size_t TryReferences(std::span<const std::int64_t> numbers, std::string* encoded);
  // Returns the column whose changes are the most like those of `sample`, if any are.
  const Candidate* FindReference(std::span<const std::int64_t> sample) const;

  std::size_t columns_ = 0;  // encoded so far
  std::deque<Candidate> candidates_;
};

}  // namespace syspulse

#endif  // SERVICES_STORE_COLUMN_ENCODER_H_
