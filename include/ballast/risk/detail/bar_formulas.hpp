/// What each estimator over a window makes of a bar. Where a formula comes from stands at its estimator.
#pragma once

#include <cstddef>

#include "bars.hpp"
#include "moving_moments.hpp"
#include "price_track.hpp"

namespace ballast::inline v0::detail {

[[nodiscard]] inline double parkinson_term(const bar& b) noexcept {
    const double range = log_return(b.low, b.high);
    return range * range / (4.0 * 0.69314718055994530942);
}
/// At or above 0, as no move is wider than the range.
[[nodiscard]] inline double garman_klass_term(const bar& b) noexcept {
    const double range = log_return(b.low, b.high);
    const double move = log_return(b.open, b.close);
    return 0.5 * range * range - 0.38629436111989061883 * move * move;
}
/// At or above 0, as both factors of a product have the same sign.
[[nodiscard]] inline double rogers_satchell_term(const bar& b) noexcept {
    return log_return(b.close, b.high) * log_return(b.open, b.high) + log_return(b.close, b.low) * log_return(b.open, b.low);
}

/// The sample variance of the moves from close to close.
struct close_to_close_formula {
    static constexpr std::size_t terms = 1;
    static constexpr bar_columns reads = bar_columns::close;
    static constexpr bool spans_gaps = true;
    static void of(const bar& b, double (&term)[terms]) noexcept { term[0] = log_return(b.before, b.close); }
    static double per_bar(const moments (&m)[terms]) noexcept { return m[0].sample_variance(); }
};

/// The mean of one term, which does not know of the bar before.
template <double (*Term)(const bar&) noexcept, bar_columns Columns>
struct range_formula {
    static constexpr std::size_t terms = 1;
    static constexpr bar_columns reads = Columns;
    static constexpr bool spans_gaps = false;
    static void of(const bar& b, double (&term)[terms]) noexcept { term[0] = Term(b); }
    static double per_bar(const moments (&m)[terms]) noexcept { return m[0].mean; }
};

using parkinson_formula = range_formula<parkinson_term, bar_columns::high_low_close>;
using garman_klass_formula = range_formula<garman_klass_term, bar_columns::all>;
using rogers_satchell_formula = range_formula<rogers_satchell_term, bar_columns::all>;

/// Garman and Klass with the opening jump.
struct garman_klass_yang_zhang_formula {
    static constexpr std::size_t terms = 1;
    static constexpr bar_columns reads = bar_columns::all;
    static constexpr bool spans_gaps = true;
    static void of(const bar& b, double (&term)[terms]) noexcept {
        const double jump = log_return(b.before, b.open);
        term[0] = jump * jump + garman_klass_term(b);
    }
    static double per_bar(const moments (&m)[terms]) noexcept { return m[0].mean; }
};

/// Jumps and moves about their means, and Rogers and Satchell's term.
struct yang_zhang_formula {
    static constexpr std::size_t terms = 3;
    static constexpr bar_columns reads = bar_columns::all;
    static constexpr bool spans_gaps = true;
    static void of(const bar& b, double (&term)[terms]) noexcept {
        term[0] = log_return(b.before, b.open);
        term[1] = log_return(b.open, b.close);
        term[2] = rogers_satchell_term(b);
    }
    static double per_bar(const moments (&m)[terms]) noexcept {
        const double n = m[0].count;
        const double k = n > 1.0 ? 0.34 / (1.34 + (n + 1.0) / (n - 1.0)) : 0.0;
        return m[0].sample_variance() + k * m[1].sample_variance() + (1.0 - k) * m[2].mean;
    }
};

}  // namespace ballast::inline v0::detail
