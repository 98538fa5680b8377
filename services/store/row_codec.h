// The values of one frame as bytes of the log: what differs from another row of the same series.
//
// Most of what a host says in one second it said the second before, so a row is a bit for each
// value that says whether it differs from the reference, then for each that does its exclusive or
// with it, without the zero bytes at either end. Any double comes back bit by bit. FORMAT.md draws
// the bytes.
#ifndef SERVICES_STORE_ROW_CODEC_H_
#define SERVICES_STORE_ROW_CODEC_H_

#include <span>
#include <string>
#include <string_view>

namespace syspulse {

// Adds `values` to `out`. `reference` has as many values, or none, which stands for zeros.
void AppendRow(std::span<const double> values, std::span<const double> reference, std::string* out);

// Fills `values` with the row that `bytes` are, all of them, by the reference it was made with.
// Returns false if they are none; then the content of `values` is not specified.
bool DecodeRow(std::string_view bytes, std::span<const double> reference, std::span<double> values);

// Adds those of `values` that are not absent to `out`. A part of a row needs no reference.
void AppendPart(std::span<const double> values, std::string* out);

// Fills `values` with the part of a row that `bytes` are, all of them; the others become absent.
// Returns false as DecodeRow does.
bool DecodePart(std::string_view bytes, std::span<double> values);

}  // namespace syspulse

#endif  // SERVICES_STORE_ROW_CODEC_H_
