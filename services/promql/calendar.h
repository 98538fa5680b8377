// Parts of a moment, given in seconds since 1970, in UTC: what hour(), month() and their like
// return.
//
// Any double is a moment. Fractions of a second do not count, and what is beyond 292 thousand
// million years, or no number, is the moment that Go makes of it: Prometheus' answers to nonsense
// are repeated, too.
#ifndef SERVICES_PROMQL_CALENDAR_H_
#define SERVICES_PROMQL_CALENDAR_H_

namespace syspulse::promql {

double DayOfMonth(double seconds);   // from 1
double DayOfWeek(double seconds);    // 0 is Sunday
double DayOfYear(double seconds);    // from 1
double DaysInMonth(double seconds);  // 28 to 31
double Hour(double seconds);         // 0 to 23
double Minute(double seconds);       // 0 to 59
double Month(double seconds);        // from 1
double Year(double seconds);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_CALENDAR_H_
