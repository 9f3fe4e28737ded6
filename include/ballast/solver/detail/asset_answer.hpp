/// One asset told the prices: how much of it is best.
#pragma once

#include <cstddef>

#include "../../cost/concept.hpp"
#include "../../cost/detail/best_answer.hpp"
#include "../../numeric/octet.hpp"
#include "../program.hpp"

namespace ballast::inline v0::detail {

/// The prices that bend an asset's own costs.
struct bending_prices {
    double cost = 1.0;           ///< by how much its costs weigh: 1, and the budget's price on top where they are paid out of it
    double half_turnover = 0.0;  ///< at or above 0
    double leverage = 0.0;       ///< at or above 0
};

/// The piece of its answer that an asset lies on: a kink or bound, or above 0 a slope: 1, 2 more where it is bought, 4 more where it is long. A
/// double, so that eight of them are found at a time.
using answer_piece = double;
inline constexpr answer_piece at_held = 0.0, at_lower = -1.0, at_upper = -2.0, at_zero = -3.0;
[[nodiscard, gnu::always_inline]] inline bool is_bought(answer_piece p) noexcept { return p == 3.0 || p == 7.0; }
[[nodiscard, gnu::always_inline]] inline bool is_long(answer_piece p) noexcept { return p >= 5.0; }

/// An asset's best w, and how it goes with its pull: 0 on a kink or bound.
struct asset_answer {
    double position = 0.0;
    double weight = 0.0;
    answer_piece piece = at_held;
};

[[nodiscard, gnu::always_inline]] inline answer_piece piece_of(double w, double held, double lower, double upper,
                                                               bool bent_at_zero) noexcept {
    if (w == held) return at_held;
    if (w == lower) return at_lower;
    if (w == upper) return at_upper;
    if (bent_at_zero && w == 0.0) return at_zero;
    return 1.0 + (w > held ? 2.0 : 0.0) + (w > 0.0 ? 4.0 : 0.0);
}

/// Eight assets whose costs are linear on both sides: each minimises curvature/2·(w − centre)² + buy·(w − held)⁺ + sell·(held − w)⁺ +
/// leverage·|w| over lower..upper, where the centre has the pull in it already and rates are divided by the curvature.
struct linear_octet {
    octet position, piece;
};
template <bool Leverage>
[[nodiscard, gnu::always_inline]] inline linear_octet linear_answer(const octet& centre, const octet& buy, const octet& sell,
                                                                    const octet& leverage, const octet& held, const octet& lower,
                                                                    const octet& upper) noexcept {
    const octet none = every(0.0);
    const auto around_held = [&](const octet& c) __attribute__((always_inline)) {
        const octet up = c - buy, down = c + sell;
        return where_above(up, held, up, where_above(held, down, down, held));
    };
    const auto where_equal = [](const octet& x, const octet& y, const octet& then, const octet& otherwise) __attribute__((always_inline)) {
        return where_above(x, y, otherwise, where_above(y, x, otherwise, then));
    };
    octet w;
    if constexpr (Leverage) {
        const octet as_long = around_held(centre - leverage);
        w = where_above(as_long, none, as_long, smaller(around_held(centre + leverage), none));
    } else {
        w = around_held(centre);
    }
    w = smaller(larger(w, lower), upper);
    octet piece = every(1.0) + where_above(w, held, every(2.0), none) + where_above(w, none, every(4.0), none);
    if constexpr (Leverage) piece = where_equal(w, none, every(at_zero), piece);
    piece = where_equal(w, upper, every(at_upper), piece);
    piece = where_equal(w, lower, every(at_lower), piece);
    return {w, where_equal(w, held, every(at_held), piece)};
}

/// The same for any convex cost: over each part of lower..upper on which the prices of turnover and leverage are straight lines, by the cost's
/// own answer.
template <class View>
[[nodiscard]] asset_answer bent_answer(const View& view, std::size_t i, double wealth, const bending_prices& p, double pull,
                                       double curvature, double centre, double held, double lower, double upper) noexcept {
    if (!(lower < upper)) return {lower, 0.0, lower == held ? at_held : at_lower};
    double kinks[2];
    std::size_t count = 0;
    const auto add = [&](double at) {
        if (at > lower && at < upper && (count == 0 || kinks[0] != at)) kinks[count++] = at;
    };
    if (p.half_turnover > 0.0) add(held);
    if (p.leverage > 0.0) add(0.0);
    if (count == 2 && kinks[1] < kinks[0]) {
        const double k = kinks[0];
        kinks[0] = kinks[1];
        kinks[1] = k;
    }
    double from = lower;
    for (std::size_t part = 0; part <= count; ++part) {
        const double to = part < count ? kinks[part] : upper;
        const double inside = from + 0.5 * (to - from);
        const bool bought = to <= held ? false : from >= held ? true : inside > held;
        const bool long_side = to <= 0.0 ? false : from >= 0.0 ? true : inside > 0.0;
        const double told = pull - (p.half_turnover > 0.0 ? (bought ? p.half_turnover : -p.half_turnover) : 0.0) -
                            (p.leverage > 0.0 ? (long_side ? p.leverage : -p.leverage) : 0.0);
        const double lo = wealth * (from - held), hi = wealth * (to - held);
        const response r = best_answer(view, i, told / p.cost, curvature / (wealth * p.cost), wealth * (centre - held), lo, hi);
        const bool last = part == count;
        if (r.x >= hi && !last) {
            from = to;
            continue;
        }
        double w = r.x <= lo ? from : r.x >= hi ? to : r.x == 0.0 ? held : held + r.x / wealth;
        w = w < from ? from : w > to ? to : w;
        const answer_piece piece = piece_of(w, held, lower, upper, p.leverage > 0.0);
        return {w, piece > 0 ? r.slope / (wealth * p.cost) : 0.0, piece};
    }
    return {upper, 0.0, at_upper};
}

}  // namespace ballast::inline v0::detail
