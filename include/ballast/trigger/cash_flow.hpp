/// When cash came in, or is wanted.
#pragma once

#include <cstdint>
#include <limits>

#include "concept.hpp"

namespace ballast::inline v0::trigger {

/// Which cash a trigger looks at.
enum class cash_kind : std::uint8_t {
    both,
    idle,     ///< beyond what the targets leave over and the reserve
    missing,  ///< to the reserve
};

/// Fires when idle cash, or cash that is missing, exceeds a share of the portfolio value, an amount, or the smaller of both: a contribution
/// or a withdrawal, which a host tells by the cash that it hands in. Idle is what the account has beyond what its targets leave over, and
/// beyond its reserve; missing is what it has less than its reserve (cash may be below 0), both with the leverage that the mandate allows.
/// Strict as bands are. It looks at the cash alone, and its measure is a share of the value; it has no region. O(1).
///
/// Beside a calendar it makes flows act at once: `any_of{calendar{}, cash_flow{.share = 0.02}}`. With `solver::closest` a contribution is
/// only bought with, and a withdrawal only sold for.
struct cash_flow {
    double share = 0.01;                                      ///< of the portfolio value
    double amount = std::numeric_limits<double>::infinity();  ///< base currency
    cash_kind watch = cash_kind::both;                        ///< which of the two

    static constexpr const char* name = "cash_flow";

    [[nodiscard]] firing check(const look& l) const noexcept {
        const double floor = l.rules->cash_floor(l.value, l.cash_target);
        const double left_over = l.cash_target * l.value;
        const double idle = l.cash - (left_over > floor ? left_over : floor);
        const double missing = floor - l.cash;
        const double flow = watch == cash_kind::idle ? idle : watch == cash_kind::missing ? missing : idle > missing ? idle : missing;
        const double measure = flow > 0.0 ? flow / l.value : 0.0;
        const double as_share = amount / l.value;
        const double limit = share < as_share ? share : as_share;
        return {
            .fired = detail::beyond(measure, limit), .trigger = name, .measure = measure, .threshold = limit, .unit = measure_unit::weight};
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(share >= 0.0)) return {"cash_flow.share", share, "must be a share at or above 0"};
        if (!(amount >= 0.0)) return {"cash_flow.amount", amount, "must be an amount at or above 0"};
        if (share > 1e300 && amount > 1e300) return {"cash_flow.share", share, "a share or an amount has to be given"};
        return {};
    }
};

}  // namespace ballast::inline v0::trigger
