/// How an answer stands to the limits of a program: sums with the sizes of their terms, what is missed, what room is left.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "../../core/arithmetic.hpp"
#include "../../core/fault.hpp"
#include "../../numeric/sum.hpp"
#include "../program.hpp"

namespace ballast::inline v0::detail::limit_check {

[[nodiscard]] constexpr double at_least_zero(double x) noexcept { return x > 0.0 ? x : 0.0; }

/// value / size of a number that is the sum of terms of that size, both at or above 0. Nothing is nothing, whatever its size; no number is infinite.
[[nodiscard]] constexpr double ratio(double value, double size) noexcept {
    if (value == 0.0) return 0.0;
    const double r = value / size;
    return r == r ? r : std::numeric_limits<double>::infinity();
}

/// A sum, and the sum of the sizes of its terms.
class sized_sum {
public:
    constexpr void add(double term) noexcept { add(term, absolute(term)); }
    /// A term that is itself the difference of larger ones.
    constexpr void add(double term, double size) noexcept {
        sum_.add(term);
        size_ += size;
    }
    [[nodiscard]] constexpr double value() const noexcept { return sum_.value(); }
    [[nodiscard]] constexpr double size() const noexcept { return size_; }

private:
    exact_sum sum_{};
    double size_ = 0.0;
};

/// What of a price its limit can have: above 0 that of an upper side, below 0 that of a lower side. 0 where there is no such side.
[[nodiscard]] constexpr double usable(double y, double lower, double upper) noexcept {
    if (y > 0.0) return upper < std::numeric_limits<double>::infinity() ? y : 0.0;
    return lower > -std::numeric_limits<double>::infinity() ? y : 0.0;
}
/// The same of the prices that are not of rows, which are left out.
[[nodiscard]] inline solver::shadow_prices usable(const solver::program& p, const solver::shadow_prices& y) noexcept {
    constexpr double none = -std::numeric_limits<double>::infinity();
    return {.budget = usable(y.budget, p.costs_inside ? none : p.budget_lower, p.budget_upper),
            .turnover = usable(y.turnover, none, p.turnover),
            .leverage = usable(y.leverage, none, p.leverage),
            .risk = usable(y.risk, none, p.tracking_error),
            .costs = usable(y.costs, none, p.costs),
            .row = {}};
}

/// The first price that is no number; of a row, its index.
[[nodiscard]] inline fault check_prices(const solver::shadow_prices& y) noexcept {
    for (const double price : {y.budget, y.turnover, y.leverage, y.risk, y.costs})
        if (!finite(price)) return {fault_code::bad_price, no_index, price};
    for (std::size_t j = 0; j < y.row.size(); ++j)
        if (!finite(y.row[j])) return {fault_code::bad_price, static_cast<std::uint32_t>(j), y.row[j]};
    return {};
}

/// What all limits say of an answer.
struct limit_totals {
    double unused = 0.0;  ///< Σ yⱼ·roomⱼ, below 0 where a limit with a price is missed
    /// How far the sum is from the limit that has a price, relative to the sizes of its terms; 0 without a price.
    /// @{
    double budget = 0.0;
    double turnover = 0.0;
    double leverage = 0.0;
    double risk = 0.0;
    double costs = 0.0;
    /// @}
};

/// A limit or bound is missed by so much.
constexpr void miss(solver::certificate& c, double by, double size) noexcept {
    if (!(by <= c.primal)) c.primal = by == by ? by : std::numeric_limits<double>::infinity();
    if (const double r = ratio(by, size); r > c.relative_primal) c.relative_primal = r;
}

/// One limit with its price, which is one that it can have. Gives the room that the price says should not be there, relative to the terms.
[[nodiscard]] inline double judge(solver::certificate& c, limit_totals& total, const sized_sum& sum, double lower, double upper,
                                  double y) noexcept {
    const double r = sum.value();
    if (!(r <= upper)) miss(c, r - upper, sum.size() + absolute(upper));
    if (!(r >= lower)) miss(c, lower - r, sum.size() + absolute(lower));
    if (y == 0.0) return 0.0;
    const double side = y > 0.0 ? upper : lower;
    const double room = y > 0.0 ? side - r : r - side;
    total.unused += absolute(y) * room;
    if (const double lost = absolute(y) * room; lost > c.complementarity) c.complementarity = lost;
    return ratio(at_least_zero(room), sum.size() + absolute(side));
}

/// The risk of an answer beside its benchmark.
struct sized_risk {
    double square = 0.0;   ///< (w − b)ᵀΣ(w − b)
    double terms = 0.0;    ///< what that would be were all its terms of one sign
    double largest = 0.0;  ///< the same with |w| + |b| instead of |w − b|
};

/// The tracking error with its price θ, of half its square. It is told beside the limit itself, as far as there are digits of it to tell: with w
/// and b rounded it is off by as many units of √largest, and its square by as many of `terms` with a rounded Σ, of which 2^-20 each is added.
[[nodiscard]] inline double judge_risk(solver::certificate& c, limit_totals& total, const sized_risk& risk, double most,
                                       double theta) noexcept {
    if (!(most < std::numeric_limits<double>::infinity())) return 0.0;
    const bool known = risk.square == risk.square;
    const double here = known ? __builtin_sqrt(at_least_zero(risk.square)) : std::numeric_limits<double>::infinity();
    const double room = (most - here) * (most + here);
    const double digits = 0x1p-20 * __builtin_sqrt(risk.largest);
    if (!(here <= most)) miss(c, here - most, most + digits + 0x1p-20 * risk.terms / (most + here));
    if (theta == 0.0) return 0.0;
    const double lost = 0.5 * theta * room;
    total.unused += lost;
    if (lost > c.complementarity) c.complementarity = lost;
    return ratio(at_least_zero(room), (most + digits) * (most + here) + 0x1p-20 * risk.terms);
}

}  // namespace ballast::inline v0::detail::limit_check
