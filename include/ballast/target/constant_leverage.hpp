/// A gross exposure that is kept, at once or little by little.
#pragma once

#include <cmath>
#include <limits>

#include "../numeric/sum.hpp"
#include "concept.hpp"
#include "detail/scaled.hpp"

namespace ballast::inline v0::target {

/// The host's targets say what the exposure is made of, this how much there is: they are scaled so that Σ|w| of the risky assets is
///   clamp(leverage + (current − leverage)·(1 − speed)^(t/interval), lower, upper)
/// with `current` the book's own Σ|w|, and t the time since the account's last commit, one interval before there was any: after one interval
/// the share `speed` of the way is gone, the rule by which leveraged tokens recentre. At the default speed of 1 it is `leverage` at once.
/// Right after a commit t is 0 and the exposure stays as it is, so that proposing again changes nothing. What is left is cash, below 0
/// where it is lent, or the safe asset's. Leverage and shorts are the mandate's to allow. O(n).
struct constant_leverage {
    double leverage = std::numeric_limits<double>::quiet_NaN();  ///< Σ|w|; to be given
    double lower = 0.0;                                          ///< where it is below after a part of the way, it goes here at once
    double upper = std::numeric_limits<double>::infinity();      ///< and where it is above
    double speed = 1.0;                                          ///< share of the way in an interval
    duration interval = days(1);                                 ///< in which that much of it is gone
    std::uint32_t safe = no_index;                               ///< the asset that takes the rest; none: cash

    static constexpr const char* name = "constant_leverage";
    static constexpr bool transforms = true;
    struct memory {
        timestamp last = timestamp::never();  ///< commit
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.last);
        }
    };

    void weights(const look& l, const memory& m, std::span<double> out) const noexcept {
        double wanted = leverage;
        if (speed < 1.0) {
            const duration passed = m.last.happened() ? elapsed(m.last, l.now) : interval;
            const double part = passed.ns > 0 ? static_cast<double>(passed.ns) / static_cast<double>(interval.ns) : 0.0;
            const double kept = part == 1.0 ? 1.0 - speed : std::pow(1.0 - speed, part);
            wanted += (current(l, out) - leverage) * kept;
        }
        wanted = wanted < lower ? lower : wanted > upper ? upper : wanted;
        detail::scale_targets_to(l, wanted, safe, out);
    }
    void commit(const decision&, timestamp at, memory& m) const noexcept { m.last = at; }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return detail::covers_safe(safe, n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(leverage >= 0.0) || !detail::finite(leverage))
            return {"constant_leverage.leverage", leverage, "has to be given: a finite number at or above 0"};
        if (!(lower >= 0.0) || !detail::finite(lower))
            return {"constant_leverage.lower", lower, "must be a finite number at or above 0, and not above upper"};
        if (!(upper >= lower)) return {"constant_leverage.upper", upper, "must be a number at or above lower"};
        if (!(speed > 0.0 && speed <= 1.0)) return {"constant_leverage.speed", speed, "must be above 0 and at most 1"};
        if (interval.ns <= 0) return {"constant_leverage.interval", interval.seconds(), "must be a time above 0 (seconds)"};
        return {};
    }

private:
    /// Σ|w| of the risky assets as they are held; works in `out`.
    [[nodiscard]] double current(const look& l, std::span<double> out) const noexcept {
        exact_sum all;
        for (double& held : out) held = 0.0;
        if (l.position.size() == out.size())
            for (std::size_t i = 0; i < out.size(); ++i) out[i] = l.position[i];
        else
            for (std::size_t r = 0; r < l.rows(); ++r) out[l.asset_of(r)] += l.quantity[r] * l.price[l.asset_of(r)];
        for (std::size_t i = 0; i < out.size(); ++i)
            if (i != safe) all.add(detail::absolute(out[i]));
        return all.value() / l.value;
    }
};

}  // namespace ballast::inline v0::target
