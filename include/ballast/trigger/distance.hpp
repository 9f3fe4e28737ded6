/// When the book as a whole is too far from its targets.
#pragma once

#include <cmath>

#include "../numeric/octet.hpp"
#include "concept.hpp"

namespace ballast::inline v0::trigger {

/// How the distance is measured.
enum class distance_measure : std::uint8_t {
    turnover,   ///< ½·(Σ|drift| + |cash drift|): the one-way turnover that would bring the book to its targets
    euclidean,  ///< √(Σ drift²), cash included
};

/// Fires when the distance of the weights from the targets exceeds `limit`. Strict as bands are. It sees what no band does: a deposit that
/// leaves every asset a little short. The set in which it stays quiet is no box, so that it has no region. O(n).
struct distance {
    double limit = 0.05;  ///< weight
    /// How it is measured.
    distance_measure measure = distance_measure::turnover;

    static constexpr const char* name = "distance";

    [[nodiscard]] firing check(const look& l) const noexcept {
        const double* drift = l.drift.data();
        const double of_cash = l.cash_drift();
        const bool squares = measure == distance_measure::euclidean;
        detail::octet sums = detail::every(0.0);
        detail::for_each_octet(l.assets(), [&](std::size_t i, auto lanes) {
            const detail::octet d = detail::load(drift + i, lanes, 0.0);
            sums = sums + (squares ? d * d : detail::absolute(d));
        });
        const double sum = detail::sum_of(sums);
        const double d = squares ? std::sqrt(sum + of_cash * of_cash) : 0.5 * (sum + detail::absolute(of_cash));
        return {.fired = detail::beyond(d, limit), .trigger = name, .measure = d, .threshold = limit, .unit = measure_unit::weight};
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(limit >= 0.0)) return {"distance.limit", limit, "must be a weight at or above 0"};
        return {};
    }
};

}  // namespace ballast::inline v0::trigger
