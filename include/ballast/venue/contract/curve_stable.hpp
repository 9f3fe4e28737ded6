/// Curve's StableSwap pools in their own integers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../core/configuration.hpp"
#include "../detail/checked_integer.hpp"
#include "concept.hpp"

namespace ballast::inline v0::venue::contract {

/// Which of Curve's contracts a pool is: they round differently.
enum class curve_version : std::uint8_t {
    classic,  ///< the first pools, 3pool among them: A is whole, and get_dy takes the fee of the amount in the coin's own units
    base,     ///< the later pool templates: A has two more digits
    ng,       ///< stableswap-ng: the product in D is divided by n^n at once, and the fee depends on the balances
};

/// A Curve pool of 2 to 8 coins, as the contract keeps it (curvefi/curve-contract: pools/3pool/StableSwap3Pool.vy,
/// pool-templates/base/SwapTemplateBase.vy; curvefi/stableswap-ng: CurveStableSwapNG.vy, CurveStableSwapNGViews.vy). All numbers are the
/// contract's: see `curve_stable::rates` for decimals. Coins that take a fee when they are transferred are not known here.
///
/// Answers are what `exchange` pays; the views `get_dy` and `get_dx` may say another amount: in `classic` by the rounding of the fee, in `ng`
/// while A ramps (they take whole A), and `get_dx` takes the fee of the balances before the trade.
struct curve_stable {
    static constexpr std::size_t capacity = 8;                        ///< coins that there may be
    static constexpr std::uint64_t fee_denominator = 10'000'000'000;  ///< fees and shares are 1e-10 each

    std::size_t coins = 0;                           ///< how many there are
    uint256 balances[capacity]{};                    ///< `balances(i)`, without what belongs to the admin
    uint256 rates[capacity]{};                       ///< 10^(36 − decimals), times what a coin is worth where it has a rate of its own
    uint256 amplification{};                         ///< `A()` in classic, `A_precise()` (100 times as much) in the others
    uint256 fee{};                                   ///< `fee()`
    uint256 admin_fee{};                             ///< `admin_fee()`: its share of the fee
    uint256 offpeg_fee_multiplier{};                 ///< `offpeg_fee_multiplier()`; ng alone, fixed up to 1e10
    curve_version version = curve_version::classic;  ///< whose rounding it is

    /// What `exchange` pays for an amount.
    [[nodiscard]] constexpr answer out_given_in(std::size_t in, std::size_t out, const uint256& amount) const noexcept {
        const payment p = exchange(in, out, amount, amplification);
        return p.why == refusal::none ? answer{p.paid} : answer{p.why};
    }
    /// The least amount for which `exchange` pays so much: at it, it does, and for one unit less it does not. Some 20 times the work of
    /// `out_given_in`, up to 100 where a unit of what comes out is worth many of what goes in.
    [[nodiscard]] constexpr answer in_given_out(std::size_t in, std::size_t out, const uint256& amount) const noexcept {
        if (const refusal r = refused(in, out, amount); r != refusal::none) return r;
        if (!(amount < balances[out])) return refusal::beyond_liquidity;
        uint256 high = guessed(in, out, amount);
        uint256 low{};
        uint256 stride{1};
        // From the guess up or down, by strides that double, to two amounts of which one is enough.
        if (enough(in, out, high, amount)) {
            for (;; stride <<= 1) {
                const uint256 lower = high > stride ? high - stride : uint256{};
                if (!lower || !enough(in, out, lower, amount)) {
                    low = lower;
                    break;
                }
                high = lower;
            }
        } else {
            for (;; stride <<= 1) {
                low = high;
                if (!checked_add(low, stride, high)) return refusal::beyond_liquidity;
                const payment p = exchange(in, out, high, amplification);
                if (p.why == refusal::none && p.paid >= amount) break;
                if (p.why != refusal::none && !high.fits(128)) return refusal::beyond_liquidity;
            }
        }
        while (high - low > uint256{1}) {
            const uint256 middle = low + ((high - low) >> 1);
            (enough(in, out, middle, amount) ? high : low) = middle;
        }
        return high;
    }
    /// `exchange`: moves the pool, and tells what it paid. Where it refuses, nothing changes.
    constexpr answer apply(std::size_t in, std::size_t out, const uint256& amount) noexcept {
        const payment p = exchange(in, out, amount, amplification);
        if (p.why != refusal::none) return p.why;
        const integer left = integer{balances[out]} - p.paid - p.admin;
        const integer more = integer{balances[in]} + amount;
        if (!left.valid() || !more.valid()) return refusal::overflow;
        balances[in] = more.value();
        balances[out] = left.value();
        return p.paid;
    }

    /// The view of that name.
    [[nodiscard]] constexpr answer get_dy(std::size_t in, std::size_t out, const uint256& amount) const noexcept {
        if (version != curve_version::classic) {
            const payment p = exchange(in, out, amount, of_views());
            return p.why == refusal::none ? answer{p.paid} : answer{p.why};
        }
        const change c = changed(in, out, amount, amplification);
        if (c.why != refusal::none) return c.why;
        const integer dy = c.dy * one() / rates[out];
        const integer paid = dy - integer{fee} * dy / fee_denominator;
        return paid.valid() ? answer{paid.value()} : answer{refusal::overflow};
    }
    /// The view of that name; stableswap-ng alone has one, and of the others this is what it would say with a fixed fee.
    [[nodiscard]] constexpr answer get_dx(std::size_t in, std::size_t out, const uint256& amount) const noexcept {
        if (const refusal r = refused(in, out, amount); r != refusal::none) return r;
        const uint256 amp = of_views();
        integer xp[capacity];
        if (!scaled(xp)) return refusal::overflow;
        const answer d = get_d(xp, amp);
        if (!d) return d;
        const integer wanted = integer{amount} * rates[out] / one() + 1;
        const integer taken = wanted * fee_denominator / (integer{fee_denominator} - fee_of(xp[in], xp[out]));
        if (!taken.valid()) return refusal::overflow;
        if (!(taken.value() < xp[out].value())) return refusal::beyond_liquidity;
        const answer x = get_y(out, in, xp[out] - taken, xp, amp, d.amount);
        if (!x) return x;
        const integer paid = (integer{x.amount} - xp[in]) * one() / rates[in];
        return paid.valid() ? answer{paid.value()} : answer{refusal::overflow};
    }
    /// `get_D` of the balances as they are: in 1e-18, or what the rates make of it.
    [[nodiscard]] constexpr answer invariant() const noexcept {
        integer xp[capacity];
        if (coins < 2 || coins > capacity || !scaled(xp)) return refusal::overflow;
        return get_d(xp, amplification);
    }

    [[nodiscard]] constexpr configuration_fault validate() const noexcept {
        const auto number = [](const uint256& n) { return static_cast<double>(n); };
        if (coins < 2 || coins > capacity) return {"curve_stable.coins", static_cast<double>(coins), "must be 2 to 8"};
        for (std::size_t k = 0; k < coins; ++k)
            if (!rates[k]) return {"curve_stable.rates", 0.0, "must be above 0"};
        if (amplification < uint256{precision()} || amplification > uint256{1'000'000 * precision()})
            return {"curve_stable.amplification", number(amplification), "must be 1 to 1e6, 100 times as much but in classic"};
        if (fee > uint256{fee_denominator / 2}) return {"curve_stable.fee", number(fee), "must be at most 5e9"};
        if (admin_fee > uint256{fee_denominator}) return {"curve_stable.admin_fee", number(admin_fee), "must be at most 1e10"};
        uint256 highest;
        if (!checked_multiply(fee, offpeg_fee_multiplier, highest) || highest > uint256{fee_denominator / 2} * uint256{fee_denominator})
            return {"curve_stable.offpeg_fee_multiplier", number(offpeg_fee_multiplier), "must leave the highest fee at most one half"};
        return {};
    }

private:
    using integer = ballast::detail::checked_integer;
    /// How much one coin's scaled balance falls, and what was before.
    struct change {
        integer dy{};
        integer x_before{}, x_after{}, y_before{}, y_after{};
        refusal why = refusal::none;
    };
    struct payment {
        uint256 paid{}, admin{};
        refusal why = refusal::none;
    };

    [[nodiscard]] static constexpr integer one() noexcept { return integer{1'000'000'000'000'000'000u}; }
    [[nodiscard]] constexpr std::uint64_t precision() const noexcept { return version == curve_version::classic ? 1 : 100; }
    /// The contract's views of ng read A in whole numbers.
    [[nodiscard]] constexpr uint256 of_views() const noexcept {
        return version == curve_version::ng ? amplification / uint256{100} * uint256{100} : amplification;
    }
    [[nodiscard]] constexpr refusal refused(std::size_t in, std::size_t out, const uint256& amount) const noexcept {
        if (coins < 2 || coins > capacity || in >= coins || out >= coins) return refusal::unknown_token;
        if (in == out) return refusal::same_token;
        if (!amount) return refusal::zero_amount;
        for (std::size_t k = 0; k < coins; ++k)
            if (!balances[k]) return refusal::no_liquidity;
        return refusal::none;
    }
    [[nodiscard]] constexpr bool scaled(integer* xp) const noexcept {
        bool valid = true;
        for (std::size_t k = 0; k < coins; ++k) {
            xp[k] = integer{rates[k]} * balances[k] / one();
            valid = valid && xp[k].valid();
        }
        return valid;
    }
    [[nodiscard]] constexpr answer get_d(const integer* xp, const uint256& amp) const noexcept {
        integer sum;
        for (std::size_t k = 0; k < coins; ++k) sum = sum + xp[k];
        if (!sum.valid()) return refusal::overflow;
        if (!sum.value()) return uint256{};
        const integer n{coins};
        const integer ann = integer{amp} * n;
        integer all{1};
        for (std::size_t k = 0; k < coins; ++k) all = all * n;
        integer d = sum;
        for (int step = 0; step < 255; ++step) {
            integer power = d;
            for (std::size_t k = 0; k < coins; ++k) power = power * d / (version == curve_version::ng ? xp[k] : xp[k] * n);
            if (version == curve_version::ng) power = power / all;
            const integer before = d;
            d = (ann * sum / precision() + power * n) * d / ((ann - precision()) * d / precision() + (n + 1) * power);
            if (!d.valid()) return refusal::overflow;
            if (adjacent(d, before)) return d.value();
        }
        return version == curve_version::classic ? answer{d.value()} : answer{refusal::no_convergence};
    }
    /// What there is of `out` where there is x of `in`.
    [[nodiscard]] constexpr answer get_y(std::size_t in, std::size_t out, const integer& x, const integer* xp, const uint256& amp,
                                         const uint256& d) const noexcept {
        const integer n{coins};
        const integer ann = integer{amp} * n;
        integer sum;
        integer c{d};
        for (std::size_t k = 0; k < coins; ++k) {
            if (k == out) continue;
            const integer& held = k == in ? x : xp[k];
            sum = sum + held;
            c = c * d / (held * n);
        }
        // Of a product and a quotient by 1 nothing is left: the same lines serve without a precision.
        c = c * d * precision() / (ann * n);
        const integer b = sum + integer{d} * precision() / ann;
        integer y{d};
        for (int step = 0; step < 255; ++step) {
            const integer before = y;
            y = (y * y + c) / (integer{2} * y + b - d);
            if (!y.valid()) return refusal::overflow;
            if (adjacent(y, before)) return y.value();
        }
        return version == curve_version::classic ? answer{y.value()} : answer{refusal::no_convergence};
    }
    [[nodiscard]] constexpr integer fee_of(const integer& x, const integer& y) const noexcept {
        if (version != curve_version::ng || offpeg_fee_multiplier <= uint256{fee_denominator}) return fee;
        const integer both = x + y;
        return integer{offpeg_fee_multiplier} * fee /
               ((integer{offpeg_fee_multiplier} - fee_denominator) * 4 * x * y / (both * both) + fee_denominator);
    }
    [[nodiscard]] constexpr change changed(std::size_t in, std::size_t out, const uint256& amount, const uint256& amp) const noexcept {
        change c;
        c.why = refused(in, out, amount);
        if (c.why != refusal::none) return c;
        integer xp[capacity];
        const bool valid = scaled(xp);
        c.x_before = xp[in];
        c.y_before = xp[out];
        c.x_after = xp[in] + integer{amount} * rates[in] / one();
        c.why = refusal::overflow;
        if (!valid || !c.x_after.valid()) return c;
        const answer d = get_d(xp, amp);
        const answer y = d ? get_y(in, out, c.x_after, xp, amp, d.amount) : d;
        c.why = y.why;
        if (!y) return c;
        c.y_after = y.amount;
        c.dy = c.y_before - y.amount - 1;
        if (!c.dy.valid()) c.why = refusal::overflow;
        return c;
    }
    [[nodiscard]] constexpr payment exchange(std::size_t in, std::size_t out, const uint256& amount, const uint256& amp) const noexcept {
        payment p;
        const change c = changed(in, out, amount, amp);
        p.why = c.why;
        if (c.why != refusal::none) return p;
        const integer taken = c.dy * fee_of((c.x_before + c.x_after) / 2, (c.y_before + c.y_after) / 2) / fee_denominator;
        const integer paid = (c.dy - taken) * one() / rates[out];
        const integer admin = taken * admin_fee / fee_denominator * one() / rates[out];
        p.paid = paid.value();
        p.admin = admin.value();
        if (!paid.valid() || !admin.valid()) p.why = refusal::overflow;
        return p;
    }
    /// Near the least amount for which so much is paid: from the view by secants, at least 1.
    [[nodiscard]] constexpr uint256 guessed(std::size_t in, std::size_t out, const uint256& wanted) const noexcept {
        const answer guess = get_dx(in, out, wanted);
        uint256 x = guess && guess.amount ? guess.amount : uint256{1};
        payment at = exchange(in, out, x, amplification);
        double slope = static_cast<double>(at.paid) / static_cast<double>(x);
        for (int step = 0; step < 8 && at.why == refusal::none && slope > 0.0; ++step) {
            const bool less = at.paid < wanted;
            const uint256 missing = less ? wanted - at.paid : at.paid - wanted;
            const uint256 move = uint256::from_double(static_cast<double>(missing) / slope);
            if (!move || !move.fits(200) || !(less || move < x)) break;
            const uint256 next = less ? x + move : x - move;
            const payment then = exchange(in, out, next, amplification);
            if (then.why != refusal::none) break;
            const bool rose = then.paid > at.paid;
            const double rate = static_cast<double>(rose ? then.paid - at.paid : at.paid - then.paid) / static_cast<double>(move);
            if (rose == less && rate > 0.0) slope = rate;
            x = next;
            at = then;
        }
        return x;
    }
    [[nodiscard]] constexpr bool enough(std::size_t in, std::size_t out, const uint256& amount, const uint256& wanted) const noexcept {
        const payment p = exchange(in, out, amount, amplification);
        return p.why == refusal::none && p.paid >= wanted;
    }
};

}  // namespace ballast::inline v0::venue::contract
