/// Balancer's stable pools in their own integers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../core/configuration.hpp"
#include "../detail/checked_integer.hpp"
#include "concept.hpp"

namespace ballast::inline v0::venue::contract {

/// A stable pool of Balancer v2, 2 to 5 tokens, for trades between its tokens (balancer/balancer-v2-monorepo: pool-stable/StableMath.sol,
/// ComposableStablePool.sol, pool-utils/BaseGeneralPool.sol). The pool's own token is not among the tokens. The fee is taken from what goes
/// in and stays in the pool: the protocol's share leaves with joins and exits.
struct balancer_stable {
    static constexpr std::size_t capacity = 5;            ///< tokens that there may be
    static constexpr std::uint64_t amp_precision = 1000;  ///< the amplification is in thousandths

    std::size_t tokens = 0;        ///< how many there are
    uint256 balances[capacity]{};  ///< as the vault keeps them, below 2^112
    uint256 scaling[capacity]{};   ///< 10^(36 − decimals), times the token's rate where it has one (rounded down after division by 1e18)
    uint256 amplification{};       ///< `getAmplificationParameter()`: thousandths
    uint256 swap_fee{};            ///< `getSwapFeePercentage()`: 1e-18 each

    /// What a swap of a given amount in pays.
    [[nodiscard]] constexpr answer out_given_in(std::size_t in, std::size_t out, const uint256& amount) const noexcept {
        if (const refusal r = refused(in, out, amount); r != refusal::none) return r;
        if (!(integer{balances[in]} + amount).value().fits(balance_bits)) return refusal::overflow;
        integer held[capacity];
        if (!scaled(held)) return refusal::overflow;
        const answer d = invariant_of(held);
        if (!d) return d;
        const integer net = integer{amount} - times_up(amount, swap_fee);
        held[in] = held[in] + times_down(net, scaling[in]);
        const answer left = balance_of(held, d.amount, out);
        if (!left) return left;
        const integer paid = (held[out] - left.amount - 1) * one() / scaling[out];
        return paid.valid() ? answer{paid.value()} : answer{refusal::overflow};
    }
    /// What a swap of a given amount out takes.
    [[nodiscard]] constexpr answer in_given_out(std::size_t in, std::size_t out, const uint256& amount) const noexcept {
        if (const refusal r = refused(in, out, amount); r != refusal::none) return r;
        if (!(amount < balances[out])) return refusal::beyond_liquidity;
        integer held[capacity];
        if (!scaled(held)) return refusal::overflow;
        const answer d = invariant_of(held);
        if (!d) return d;
        held[out] = held[out] - times_down(amount, scaling[out]);
        if (!held[out].valid() || !held[out].value()) return refusal::beyond_liquidity;
        const answer more = balance_of(held, d.amount, in);
        if (!more) return more;
        const integer net = quotient_up((integer{more.amount} - held[in] + 1) * one(), scaling[in]);
        const integer taken = quotient_up(net * one(), one() - swap_fee);
        if (!taken.valid() || !(integer{balances[in]} + taken).value().fits(balance_bits)) return refusal::overflow;
        return taken.value();
    }
    /// A swap of a given amount in: moves the pool, and tells what it paid. Where it refuses, nothing changes.
    constexpr answer apply(std::size_t in, std::size_t out, const uint256& amount) noexcept {
        const answer paid = out_given_in(in, out, amount);
        if (paid) {
            balances[in] += amount;
            balances[out] -= paid.amount;
        }
        return paid;
    }
    /// D of the balances as they are, in 1e-18.
    [[nodiscard]] constexpr answer invariant() const noexcept {
        integer held[capacity];
        if (tokens < 2 || tokens > capacity || !scaled(held)) return refusal::overflow;
        return invariant_of(held);
    }

    [[nodiscard]] constexpr configuration_fault validate() const noexcept {
        const auto number = [](const uint256& n) { return static_cast<double>(n); };
        if (tokens < 2 || tokens > capacity) return {"balancer_stable.tokens", static_cast<double>(tokens), "must be 2 to 5"};
        for (std::size_t k = 0; k < tokens; ++k) {
            if (!balances[k].fits(balance_bits)) return {"balancer_stable.balances", number(balances[k]), "must be below 2^112"};
            if (!scaling[k]) return {"balancer_stable.scaling", 0.0, "must be above 0"};
        }
        if (amplification < uint256{amp_precision} || amplification > uint256{5000 * amp_precision})
            return {"balancer_stable.amplification", number(amplification), "must be 1e3 to 5e6"};
        if (!(swap_fee < one().value())) return {"balancer_stable.swap_fee", number(swap_fee), "must be below 1e18"};
        return {};
    }

private:
    using integer = ballast::detail::checked_integer;
    static constexpr int balance_bits = 112;

    [[nodiscard]] static constexpr integer one() noexcept { return integer{1'000'000'000'000'000'000u}; }
    [[nodiscard]] static constexpr integer times_down(const integer& a, const integer& b) noexcept { return a * b / one(); }
    [[nodiscard]] static constexpr integer times_up(const integer& a, const integer& b) noexcept { return quotient_up(a * b, one()); }

    [[nodiscard]] constexpr refusal refused(std::size_t in, std::size_t out, const uint256& amount) const noexcept {
        if (tokens < 2 || tokens > capacity || in >= tokens || out >= tokens) return refusal::unknown_token;
        if (in == out) return refusal::same_token;
        if (!amount) return refusal::zero_amount;
        if (!amount.fits(balance_bits)) return refusal::overflow;
        for (std::size_t k = 0; k < tokens; ++k)
            if (!balances[k]) return refusal::no_liquidity;
        return refusal::none;
    }
    [[nodiscard]] constexpr bool scaled(integer* held) const noexcept {
        bool valid = true;
        for (std::size_t k = 0; k < tokens; ++k) {
            held[k] = times_down(balances[k], scaling[k]);
            valid = valid && held[k].valid();
        }
        return valid;
    }
    [[nodiscard]] constexpr answer invariant_of(const integer* held) const noexcept {
        integer sum;
        for (std::size_t k = 0; k < tokens; ++k) sum = sum + held[k];
        if (!sum.value()) return uint256{};
        const integer n{tokens};
        const integer ann = integer{amplification} * n;
        integer d = sum;
        for (int step = 0; step < 255; ++step) {
            integer power = d;
            for (std::size_t k = 0; k < tokens; ++k) power = power * d / (held[k] * n);
            const integer before = d;
            d = (ann * sum / amp_precision + power * n) * d / ((ann - amp_precision) * d / amp_precision + (n + 1) * power);
            if (!d.valid()) return refusal::overflow;
            if (adjacent(d, before)) return d.value();
        }
        return refusal::no_convergence;
    }
    /// What there is of one token, from D and all others; what stands in its place is divided out again. Rounded up.
    [[nodiscard]] constexpr answer balance_of(const integer* held, const uint256& d, std::size_t of) const noexcept {
        const integer n{tokens};
        const integer ann = integer{amplification} * n;
        integer sum = held[0];
        integer power = held[0] * n;
        for (std::size_t k = 1; k < tokens; ++k) {
            power = power * held[k] * n / d;
            sum = sum + held[k];
        }
        sum = sum - held[of];
        const integer square = integer{d} * d;
        const integer c = quotient_up(square, ann * power) * amp_precision * held[of];
        const integer b = sum + integer{d} / ann * amp_precision;
        integer y = quotient_up(square + c, integer{d} + b);
        if (!y.valid()) return refusal::overflow;
        for (int step = 0; step < 255; ++step) {
            const integer before = y;
            y = quotient_up(y * y + c, y * 2 + b - d);
            if (!y.valid()) return refusal::overflow;
            if (adjacent(y, before)) return y.value();
        }
        return refusal::no_convergence;
    }
};

}  // namespace ballast::inline v0::venue::contract
