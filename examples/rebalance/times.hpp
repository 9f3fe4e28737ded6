// Dates and times as price files write them.
#pragma once

#include <ballast/core/timestamp.hpp>

#include <string>
#include <string_view>

namespace host {

/// What `parse_time` understands, for messages.
inline constexpr const char* time_forms = "YYYY-MM-DD, YYYY-MM-DDThh:mm[:ss[.fff]][Z or +hh:mm], or Mon D YYYY";

/// Reads `2004-08-19`, `2018-05-15T06:00:00Z` (seconds, their fraction and the zone may be missing, a blank may stand for the T),
/// `2018-05-15T08:00+02:00` and `Aug 1 2000` (or `Aug 1, 2000`). Without a zone: UTC. Years 1678 to 2261.
bool parse_time(std::string_view text, ballast::timestamp& out);

/// `2004-08-19` for midnight UTC, otherwise `2018-05-15T06:00:00Z`.
std::string time_text(ballast::timestamp t);

/// True at midnight UTC.
bool is_midnight(ballast::timestamp t);

/// A name for the ticks of an axis: "2004-08-19".
std::string date_text(ballast::timestamp t);

/// The machine's clock. The library reads none; this host asks it where `--now` does not say the time.
ballast::timestamp clock_now();

}  // namespace host
