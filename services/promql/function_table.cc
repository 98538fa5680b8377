#include "services/promql/function_table.h"

#include <algorithm>
#include <array>

namespace syspulse::promql {
namespace {

constexpr ValueType kScalar = ValueType::kScalar;
constexpr ValueType kVector = ValueType::kVector;
constexpr ValueType kMatrix = ValueType::kMatrix;
constexpr ValueType kString = ValueType::kString;

// Lists of arguments, named by their types.
constexpr ValueType kV[] = {kVector};
constexpr ValueType kM[] = {kMatrix};
constexpr ValueType kS[] = {kScalar};
constexpr ValueType kSV[] = {kScalar, kVector};
constexpr ValueType kVS[] = {kVector, kScalar};
constexpr ValueType kVSS[] = {kVector, kScalar, kScalar};
constexpr ValueType kSM[] = {kScalar, kMatrix};
constexpr ValueType kMS[] = {kMatrix, kScalar};
constexpr ValueType kMSS[] = {kMatrix, kScalar, kScalar};
constexpr ValueType kSSV[] = {kScalar, kScalar, kVector};
constexpr ValueType kLabelReplace[] = {kVector, kString, kString, kString, kString};
constexpr ValueType kLabelJoin[] = {kVector, kString, kString, kString};

// By name, so that FindFunction may search.
constexpr Function kFunctions[] = {
    {"abs", kV, 1},
    {"absent", kV, 1},
    {"absent_over_time", kM, 1},
    {"acos", kV, 1},
    {"acosh", kV, 1},
    {"asin", kV, 1},
    {"asinh", kV, 1},
    {"atan", kV, 1},
    {"atanh", kV, 1},
    {"avg_over_time", kM, 1},
    {"ceil", kV, 1},
    {"changes", kM, 1},
    {"clamp", kVSS, 3},
    {"clamp_max", kVS, 2},
    {"clamp_min", kVS, 2},
    {"cos", kV, 1},
    {"cosh", kV, 1},
    {"count_over_time", kM, 1},
    {"day_of_month", kV, 0},
    {"day_of_week", kV, 0},
    {"day_of_year", kV, 0},
    {"days_in_month", kV, 0},
    {"deg", kV, 1},
    {"delta", kM, 1},
    {"deriv", kM, 1},
    {"exp", kV, 1},
    {"floor", kV, 1},
    {"histogram_count", kV, 1},
    {"histogram_fraction", kSSV, 3},
    {"histogram_quantile", kSV, 2},
    {"histogram_sum", kV, 1},
    {"holt_winters", kMSS, 3},
    {"hour", kV, 0},
    {"idelta", kM, 1},
    {"increase", kM, 1},
    {"irate", kM, 1},
    {"label_join", kLabelJoin, 3, true},
    {"label_replace", kLabelReplace, 5},
    {"last_over_time", kM, 1},
    {"ln", kV, 1},
    {"log10", kV, 1},
    {"log2", kV, 1},
    {"max_over_time", kM, 1},
    {"min_over_time", kM, 1},
    {"minute", kV, 0},
    {"month", kV, 0},
    {"pi", {}, 0, false, kScalar},
    {"predict_linear", kMS, 2},
    {"present_over_time", kM, 1},
    {"quantile_over_time", kSM, 2},
    {"rad", kV, 1},
    {"rate", kM, 1},
    {"resets", kM, 1},
    {"round", kVS, 1},
    {"scalar", kV, 1, false, kScalar},
    {"sgn", kV, 1},
    {"sin", kV, 1},
    {"sinh", kV, 1},
    {"sort", kV, 1},
    {"sort_desc", kV, 1},
    {"sqrt", kV, 1},
    {"stddev_over_time", kM, 1},
    {"stdvar_over_time", kM, 1},
    {"sum_over_time", kM, 1},
    {"tan", kV, 1},
    {"tanh", kV, 1},
    {"time", {}, 0, false, kScalar},
    {"timestamp", kV, 1},
    {"vector", kS, 1},
    {"year", kV, 0},
};

constexpr bool NamesAscend() {
  return std::ranges::is_sorted(kFunctions, std::ranges::less_equal{}, &Function::name);
}
static_assert(NamesAscend());

}  // namespace

std::span<const Function> AllFunctions() { return kFunctions; }

const Function* FindFunction(std::string_view name) {
  const auto found = std::ranges::lower_bound(kFunctions, name, {}, &Function::name);
  return found != std::end(kFunctions) && found->name == name ? &*found : nullptr;
}

}  // namespace syspulse::promql
