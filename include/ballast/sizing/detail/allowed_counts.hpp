/// Which whole numbers of steps an asset may be traded by: limits, smallest orders, what is held, positions that may not be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "../../core/instruments.hpp"
#include "../../solver/detail/rounding.hpp"
#include "../concept.hpp"
#include "integer_problem.hpp"

namespace ballast::inline v0::detail {

/// The allowed counts of one asset, as the search wants them: up to four intervals, ascending.
template <class Round>
class allowed_counts {
public:
    allowed_counts(const problem& p, const Round& round, std::size_t i) noexcept
        : p_{p},
          i_{i},
          unit_{round.step_of(i).value() * p.look.price[i]},
          held_{p.look.position[i]},
          hole_{rule(p.look.input->instruments.min_position, i) * p.look.price[i]},
          least_buy_{smallest(round.minimum_of(i, true))},
          least_sell_{smallest(round.minimum_of(i, false))},
          close_first_{round.crossing().has_rule(i)} {}

    /// Those from two steps beyond a trade of `wanted` (base currency) back to two steps on the other side of none, at this wealth. False where they are
    /// too many to be counted in doubles.
    [[nodiscard]] bool around(double wanted, double wealth, integer_row& r) const noexcept {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        const limits& lim = p_.limits;
        double high = (wanted > 0.0 ? wanted : 0.0) + 2.0 * unit_;
        double low = (wanted < 0.0 ? wanted : 0.0) - 2.0 * unit_;
        high = lesser(high, lim.nearest_trade(i_, infinity));
        low = -lesser(-low, -lim.nearest_trade(i_, -infinity));
        if (lim.narrowed) {
            high = lesser(high, at_least_zero(lim.weight.upper[i_] * wealth - held_));
            low = -lesser(-low, at_least_zero(held_ - lim.weight.lower[i_] * wealth));
        }
        if (!p_.look.rules->allow_short) low = -lesser(-low, at_least_zero(held_));
        if (!(high < most_count * unit_ && -low < most_count * unit_)) return false;
        sales(above(low / unit_), r);
        buys(below(high / unit_), r);
        return true;
    }

private:
    static constexpr double most_count = 4503599627370496.0;  // 2^52

    [[nodiscard]] static double lesser(double a, double b) noexcept { return a < b ? a : b; }
    /// The next whole number at or below x, and at or above it; one within rounding counts as there.
    [[nodiscard]] static std::int64_t below(double x) noexcept { return floor_count(x + absolute(x) * snap); }
    [[nodiscard]] static std::int64_t above(double x) noexcept { return -below(-x); }
    [[nodiscard]] std::int64_t smallest(double notional) const noexcept {
        const std::int64_t k = above(notional / unit_);
        return k > 1 ? k : 1;
    }
    static void add(integer_row& r, std::int64_t lo, std::int64_t hi) noexcept {
        if (lo <= hi) r.allowed[r.intervals++] = {lo, hi};
    }
    static std::int64_t smaller_of(std::int64_t a, std::int64_t b) noexcept { return a < b ? a : b; }
    static std::int64_t larger_of(std::int64_t a, std::int64_t b) noexcept { return a > b ? a : b; }

    /// The count that closes the position, 0 where it is no whole number of steps.
    [[nodiscard]] std::int64_t closing() const noexcept {
        const std::int64_t k = below(-held_ / unit_);
        return absolute(static_cast<double>(k) * unit_ + held_) <= absolute(held_) * snap ? k : 0;
    }
    /// The largest count that leaves a short position that may be held, and the smallest that leaves such a long one.
    /// @{
    [[nodiscard]] std::int64_t to_short() const noexcept { return below((-hole_ - held_) / unit_); }
    [[nodiscard]] std::int64_t to_long() const noexcept { return above((hole_ - held_) / unit_); }
    /// @}

    /// Where a venue takes no order through zero: the counts that go through it are out of reach, or close the position and go on by an order
    /// of at least the smallest size.
    void sales(std::int64_t most, integer_row& r) const noexcept {
        std::int64_t through = -least_sell_;  // the smallest sale that may end below zero
        if (close_first_ && held_ > 0.0) {
            const std::int64_t k = closing();
            through = k < 0 && k <= -least_sell_ ? k - least_sell_ : most - 1;
            if (hole_ <= 0.0) {
                add(r, most, through);
                return add(r, larger_of(most, above(-held_ / unit_)), -least_sell_);
            }
        }
        if (hole_ <= 0.0) return add(r, most, -least_sell_);
        add(r, most, smaller_of(to_short(), through));
        if (const std::int64_t k = closing(); k < 0 && k >= most && k <= -least_sell_) add(r, k, k);
        if (held_ >= hole_) add(r, larger_of(most, to_long()), -least_sell_);
    }
    void buys(std::int64_t most, integer_row& r) const noexcept {
        std::int64_t through = least_buy_;
        if (close_first_ && held_ < 0.0) {
            const std::int64_t k = closing();
            through = k > 0 && k >= least_buy_ ? k + least_buy_ : most + 1;
            if (hole_ <= 0.0) {
                add(r, least_buy_, smaller_of(most, below(-held_ / unit_)));
                return add(r, through, most);
            }
        }
        if (hole_ <= 0.0) return add(r, least_buy_, most);
        if (held_ <= -hole_) add(r, least_buy_, smaller_of(most, to_short()));
        if (const std::int64_t k = closing(); k > 0 && k <= most && k >= least_buy_) add(r, k, k);
        add(r, larger_of(through, to_long()), most);
    }

    const problem& p_;
    std::size_t i_;
    double unit_;
    double held_;
    double hole_;
    std::int64_t least_buy_;
    std::int64_t least_sell_;
    bool close_first_;
};

}  // namespace ballast::inline v0::detail
