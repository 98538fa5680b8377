// The bytes of a column, looked at: what it holds without decoding it, and its values.
#ifndef SERVICES_STORE_COLUMN_VIEW_H_
#define SERVICES_STORE_COLUMN_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "services/store/bytes.h"
#include "services/store/column_format.h"
#include "services/store/decimal_form.h"
#include "services/store/integer_codec.h"
#include "services/store/row_patches.h"

namespace syspulse {

// What is known of a column without decoding its values.
struct ColumnStats {
  double min = std::numeric_limits<double>::quiet_NaN();  // NaN if there is no number
  double max = std::numeric_limits<double>::quiet_NaN();
  std::size_t present = 0;  // rows that were measured
  bool numbers = false;     // all rows are known to be neither NaN nor infinite
};

// Views into the bytes of a column, which must outlive it.
class ColumnView {
 public:
  // Returns the column of `rows` rows that `bytes` are, or nothing if they are none.
  static std::optional<ColumnView> Parse(std::string_view bytes, std::size_t rows);

  // Returns by how many columns the one stands before it that it is relative to; 0 = to none.
  std::size_t reference_distance() const { return reference_distance_; }

  ColumnStats Stats() const;

  // Fills `out`, one for each row, with the values. `reference` is the column that this one is
  // relative to, or null. Returns false if the bytes or the reference make no sense.
  bool Decode(const ColumnView* reference, std::span<double> out) const;

 private:
  bool ParseDecimal(std::uint8_t tag, ByteReader* reader);
  bool DecodeNumbers(std::span<std::int64_t> out) const;
  void FillRuns(const std::vector<IntegerRun>& runs, std::span<double> out) const;

  std::size_t rows_ = 0;
  ColumnKind kind_ = ColumnKind::kWhole;
  std::vector<RowPatch> patches_;
  std::size_t reference_distance_ = 0;
  double constant_ = 0;    // kConstant, kWhole
  DecimalForm form_;       // kDecimal
  std::int64_t base_ = 0;  // what is added to all numbers
  std::int64_t step_ = 0;  // kDecimal: what all numbers are multiplied with, before
  double min_ = 0;
  double max_ = 0;
  std::string_view numbers_;  // EncodeIntegers
};

}  // namespace syspulse

#endif  // SERVICES_STORE_COLUMN_VIEW_H_
