/// A venue that trades at one price as long as it holds something: a peg, a wrapper, a firm quote.
#pragma once

#include <cstddef>
#include <limits>

#include "../core/configuration.hpp"
#include "concept.hpp"

namespace ballast::inline v0::venue {

/// out(x) = price·x up to the depth: one straight piece. O(1).
struct straight_curve {
    double price = 0.0;  ///< units out per unit in, the fee taken; at or above 0
    double most = 0.0;   ///< the depth, units in; may be infinite

    [[nodiscard]] constexpr double out(double x) const noexcept { return x > 0.0 ? price * (x < most ? x : most) : 0.0; }
    [[nodiscard]] constexpr double in(double y) const noexcept {
        if (!(y > 0.0)) return 0.0;
        const double x = y / price;
        if (x <= most && detail::finite(x)) return x;
        return y <= price * most && detail::finite(most) ? most : std::numeric_limits<double>::infinity();
    }
    [[nodiscard]] constexpr slope_interval marginal(double x) const noexcept {
        return {x < most ? price : 0.0, x > 0.0 ? (x > most ? 0.0 : price) : std::numeric_limits<double>::infinity()};
    }
    [[nodiscard]] constexpr amount_interval inverse_marginal(double p) const noexcept {
        return {p < price ? most : 0.0, p > price ? 0.0 : most};
    }
    [[nodiscard]] constexpr double depth() const noexcept { return most; }
    [[nodiscard]] constexpr double shortfall(double x) const noexcept { return x > most ? price * (x - most) : 0.0; }
    [[nodiscard]] constexpr double excess(double y) const noexcept { return detail::finite(in(y)) ? 0.0 : in(y); }
};

/// Asset 0 is traded against asset 1 at one price, as long as the venue holds what is asked for: `{.price = 1.0, .fee = 1_bps, .holds_0 =
/// 5e6, .holds_1 = 2e6}`. What goes in can be had back: `apply` moves what it holds; a fee stays outside of that. A firm quote of one
/// side alone holds 0 of the other asset. Without limits it holds infinitely much. All amounts are one product or quotient from exact.
struct constant_price {
    double price = std::numeric_limits<double>::quiet_NaN();   ///< units of asset 1 for one of asset 0, above 0
    double fee = 0.0;                                          ///< a share, 0..1
    fee_side fee_from = fee_side::output;                      ///< from where the fee is taken
    double holds_0 = std::numeric_limits<double>::infinity();  ///< units of asset 0 that it can give, before a fee on the output
    double holds_1 = std::numeric_limits<double>::infinity();  ///< units of asset 1, likewise

    /// From asset `in` to asset `out`: 0 to 1 or 1 to 0; any other pair takes nothing.
    [[nodiscard]] constexpr straight_curve curve(std::size_t in, std::size_t out) const noexcept {
        if (!((in == 0 && out == 1) || (in == 1 && out == 0))) return {};
        const double plain = in == 0 ? price : 1.0 / price;
        const double kept = 1.0 - fee;
        const double most = (in == 0 ? holds_1 : holds_0) / plain;
        return {plain * kept, fee_from == fee_side::input ? most / kept : most};
    }
    /// Trades x, or the depth where x is more, and tells what came out.
    constexpr double apply(std::size_t in, std::size_t out, double x) noexcept {
        const straight_curve c = curve(in, out);
        if (!(x > 0.0) || !(c.most > 0.0)) return 0.0;
        const bool all = x >= c.most;
        const double traded = (all ? c.most : x) * (fee_from == fee_side::input ? 1.0 - fee : 1.0);
        double& to = in == 0 ? holds_0 : holds_1;
        double& from = in == 0 ? holds_1 : holds_0;
        const double left = from - traded * (in == 0 ? price : 1.0 / price);
        const double result = c.out(x);
        to += traded;
        if (detail::finite(from)) from = all || !(left > 0.0) ? 0.0 : left;
        return result;
    }
    [[nodiscard]] constexpr configuration_fault validate() const noexcept {
        if (!(price > 0.0 && detail::finite(price))) return {"constant_price.price", price, "must be a number above 0"};
        if (!(fee >= 0.0 && fee < 1.0)) return {"constant_price.fee", fee, "must be at or above 0 and below 1"};
        if (fee_from != fee_side::input && fee_from != fee_side::output)
            return {"constant_price.fee_from", static_cast<double>(fee_from), "must be one of those that there are"};
        if (!(holds_0 >= 0.0)) return {"constant_price.holds_0", holds_0, "must be at or above 0; infinite where there is no limit"};
        if (!(holds_1 >= 0.0)) return {"constant_price.holds_1", holds_1, "must be at or above 0; infinite where there is no limit"};
        return {};
    }
};

}  // namespace ballast::inline v0::venue
