/// Sample covariance of the last rows of returns.
#pragma once

#include <cstdint>

#include "concept.hpp"
#include "detail/window_covariance.hpp"

namespace ballast::inline v0::risk {

/// Covariance per year of the assets' log returns r in the last n rows about their means, over the time T that they took:
///   Σᵢⱼ = n/T · Σ(rᵢ − r̄ᵢ)(rⱼ − r̄ⱼ)/(n − 1)
/// the sample covariance times the rows per year. Positive semidefinite by construction; of n rows its rank is at most n − 1, and for a
/// minimum of risk it is of little use before there are many more rows than assets: see risk::ledoit_wolf. The rows are forgotten to the
/// last bit.
///
/// Missing quotes: rows are taken as by risk::ewma_covariance. Who is left out of some of them has its variance from its own returns and
/// their time. What two assets have in common is summed over rows with both and scaled as the variances are, by √(nᵢ/(Tᵢ(nᵢ − 1))) of each:
/// rows with one of them alone count as unrelated, so that who was seen seldom is related less. Who has less than two returns in the window
/// keeps its last variance. A tick without a row is O(n); a row O(n²) times 2 + ½·log₂(rows) on average, at most times the rows. So much
/// room is taken: log₂(rows) + 4 matrices, half of them each, and the rows.
struct sample_covariance {
    std::uint64_t returns = 60;   ///< n, the window
    duration every{};             ///< shortest time from one row to the next
    duration patience = days(4);  ///< longest wait of a row for an asset without a quote; 0: each tick is a row

    static constexpr const char* name = "sample_covariance";
    static constexpr risk_need provides = risk_need::covariance;

    using estimate = v0::detail::window_covariance;  ///< what it knows

    void prepare(estimate& e, const sizes& s) const { e.make_room(s.assets, static_cast<std::size_t>(returns)); }
    [[nodiscard]] bool prepared(const estimate& e) const noexcept { return e.has_room(static_cast<std::size_t>(returns)); }
    [[nodiscard]] fault check(const estimate& e, const market_view& m) const noexcept {
        if (const fault f = v0::detail::check_prices(e.assets(), m)) return f;
        if (!prepared(e)) return {fault_code::not_prepared, no_index, static_cast<double>(m.price.size())};
        return {};
    }
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        if (const fault f = check(e, m)) return f;
        e.learn(m, static_cast<std::size_t>(returns), every, patience);
        return {};
    }
    /// Ready once every asset was quoted for n rows after its first, moved or not.
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return {
            .layout = risk_layout::dense, .ready = e.assets() == 0 || e.rows.fewest >= returns, .specific = e.variance, .dense = e.dense};
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (returns < 2 || returns > (std::uint64_t{1} << 20))
            return {"sample_covariance.returns", static_cast<double>(returns), "must be 2 to 1048576 returns: of one there is no mean"};
        if (every.ns < 0) return {"sample_covariance.every", every.seconds(), "must be a time at or above 0 (seconds)"};
        if (patience.ns < 0) return {"sample_covariance.patience", patience.seconds(), "must be a time at or above 0 (seconds)"};
        return {};
    }
};

}  // namespace ballast::inline v0::risk
