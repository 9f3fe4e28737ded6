/// What a search for the prices of the tracking error and of the costs works with.
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include "../program.hpp"

namespace ballast::inline v0::detail {

/// What a w comes to, and what it was found for.
struct limited_numbers {
    solver::shadow_prices price{};  ///< but for those of rows
    solver::certificate proof{};    ///< of the program without the two limits, in its own units
    double at = 0.0;                ///< the price that was tried
    double risk_weight = 0.0;       ///< ρ = γ + θ
    double cost_weight = 0.0;       ///< 1 + κ
    double variance = 0.0;          ///< (w − b)ᵀΣ(w − b)
    double cost = 0.0;              ///< Σφ
    double cost_size = 0.0;         ///< Σ|φ|
    double cost_noise = 0.0;        ///< Σ(|w| + |h|)·|slope|: what rounding of w makes of the costs is a part of it
    double gain = 0.0;              ///< αᵀw
    double bound = 0.0;             ///< of the least risk and of the least costs: nothing is below it
    bool known = false;             ///< w is one; false: the price alone
    bool joined = false;            ///< w lies between two that were found: the proof is not its own
};
/// The best w at one pair of weights of risk and costs, with its prices.
struct limited_point : limited_numbers {
    std::vector<double> position{}, factor_price{}, row{};

    void prepare(std::size_t n, std::size_t k, std::size_t m) {
        position.resize(n);
        factor_price.resize(k);
        row.resize(m);
        known = false;
    }
    void swap_with(limited_point& o) noexcept {
        position.swap(o.position);
        factor_price.swap(o.factor_price);
        row.swap(o.row);
        const limited_numbers mine = *this;
        static_cast<limited_numbers&>(*this) = o;
        static_cast<limited_numbers&>(o) = mine;
    }
};

/// One of the two limits, and what is known of its price.
struct limited_axis {
    double limit = std::numeric_limits<double>::infinity();
    double start = 0.0;      ///< a price to begin with; 0: none
    limited_point over{};    ///< the largest price at which too much is left
    limited_point within{};  ///< the least at which the limit is kept
    limited_point last{};    ///< what one of them was before
    bool any_over = false, any_within = false;
    int last_side = 0;  ///< what `last` was: 1 over, −1 within

    void prepare(std::size_t n, std::size_t k, std::size_t m) {
        for (limited_point* p : {&over, &within, &last}) p->prepare(n, k, m);
    }
    void forget() noexcept {
        any_over = any_within = false;
        last_side = 0;
        over.known = within.known = last.known = false;
    }
    [[nodiscard]] bool limits() const noexcept { return limit < std::numeric_limits<double>::infinity(); }
};

struct limited_memory {
    limited_axis risk{}, cost{};
    limited_point least_risk{}, cheapest{};
    std::vector<double> scratch{};  ///< two columns, two numbers for each factor, and a column of returns
    std::size_t assets = 0, factors = 0, rows = 0;

    void prepare(std::size_t n, std::size_t k, std::size_t m) {
        risk.prepare(n, k, m);
        cost.prepare(n, k, m);
        least_risk.prepare(n, k, m);
        cheapest.prepare(n, k, m);
        scratch.resize(2 * k + 3 * n);
        assets = n;
        factors = k;
        rows = m;
    }
    [[nodiscard]] bool holds(std::size_t n, std::size_t k, std::size_t m) const noexcept {
        return assets >= n && factors >= k && rows >= m;
    }
};

}  // namespace ballast::inline v0::detail
