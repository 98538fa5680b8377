#include "services/promql/calendar.h"

#include <array>
#include <cstdint>
#include <limits>

namespace syspulse::promql {
namespace {

constexpr std::uint64_t kSecondsADay = 86400;
constexpr std::uint64_t kDaysIn400Years = 146097;
constexpr std::uint64_t kDaysIn100Years = 36524;
constexpr std::uint64_t kDaysIn4Years = 1461;

// Years are counted from one that lies before all moments, begins a cycle of 400, and began on a
// Monday.
constexpr std::int64_t kFirstYear = -292277022399;

// From the start of that year to 1970. Sums wrap around, as Go's do.
constexpr std::uint64_t kSecondsTo1970 = 9223372028715321600ULL;

// What a processor that Prometheus runs on makes of a double that does not fit.
std::uint64_t SecondsFromFirstYear(double seconds) {
  constexpr double kLimit = 9223372036854775808.0;
  const bool fits = seconds >= -kLimit && seconds < kLimit;
  const std::int64_t whole =
      fits ? static_cast<std::int64_t>(seconds) : std::numeric_limits<std::int64_t>::min();
  return static_cast<std::uint64_t>(whole) + kSecondsTo1970;
}

struct Date {
  std::int64_t year = 0;
  int month = 1;        // 1 to 12
  int day = 1;          // of the month, from 1
  int day_of_year = 1;  // from 1
  bool leap = false;    // the year has a 29th of February
};

constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

int LengthOf(int month, bool leap) {
  return kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

Date DateAt(double seconds) {
  std::uint64_t days = SecondsFromFirstYear(seconds) / kSecondsADay;
  std::uint64_t years = 400 * (days / kDaysIn400Years);
  days %= kDaysIn400Years;
  const std::uint64_t hundreds = days / kDaysIn100Years == 4 ? 3 : days / kDaysIn100Years;
  days -= hundreds * kDaysIn100Years;
  const std::uint64_t fours = days / kDaysIn4Years;
  days -= fours * kDaysIn4Years;
  const std::uint64_t ones = days / 365 == 4 ? 3 : days / 365;
  days -= ones * 365;
  years += hundreds * 100 + fours * 4 + ones;

  Date date;
  date.year = static_cast<std::int64_t>(years) + kFirstYear;
  date.leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
  date.day_of_year = static_cast<int>(days) + 1;
  date.day = date.day_of_year;
  while (date.day > LengthOf(date.month, date.leap)) {
    date.day -= LengthOf(date.month, date.leap);
    ++date.month;
  }
  return date;
}

}  // namespace

double DayOfMonth(double seconds) { return DateAt(seconds).day; }

double DayOfWeek(double seconds) {
  return static_cast<double>((SecondsFromFirstYear(seconds) / kSecondsADay + 1) % 7);
}

double DayOfYear(double seconds) { return DateAt(seconds).day_of_year; }

double DaysInMonth(double seconds) {
  const Date date = DateAt(seconds);
  return LengthOf(date.month, date.leap);
}

double Hour(double seconds) {
  return static_cast<double>(SecondsFromFirstYear(seconds) % kSecondsADay / 3600);
}

double Minute(double seconds) {
  return static_cast<double>(SecondsFromFirstYear(seconds) % 3600 / 60);
}

double Month(double seconds) { return DateAt(seconds).month; }

double Year(double seconds) { return static_cast<double>(DateAt(seconds).year); }

}  // namespace syspulse::promql
