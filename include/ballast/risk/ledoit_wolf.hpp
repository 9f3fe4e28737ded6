/// Sample covariance shrunk toward a simple matrix, by as much as the data say.
#pragma once

#include <cstdint>
#include <vector>

#include "concept.hpp"
#include "detail/window_covariance.hpp"

namespace ballast::inline v0::risk {

/// What a covariance matrix is shrunk toward.
enum class shrink_target : std::uint8_t {
    identity,              ///< no correlations, and for all assets the mean of their variances
    constant_correlation,  ///< each asset's variance, and for all pairs the mean of their correlations
};

[[nodiscard]] constexpr const char* to_string(shrink_target t) noexcept {
    switch (t) {
        case shrink_target::identity: return "identity";
        case shrink_target::constant_correlation: return "constant correlation";
    }
    return "unknown";
}

/// Covariance per year (1 − δ)·S + δ·F: the sample covariance S of the last n rows of returns, as risk::sample_covariance has it, shrunk
/// toward F by the share δ within [0, 1] that is estimated to bring it closest to the truth, in the norm √Σσᵢⱼ²:
///
/// - toward a multiple of the identity: Ledoit and Wolf 2004, Journal of Multivariate Analysis 88, 365-411;
/// - toward one correlation for all pairs: Ledoit and Wolf 2004, Journal of Portfolio Management 30(4), 110-119, appendices A and B.
///
/// δ is reckoned with sums divided by n, as the authors do, and returns less their means; the result is of S divided by n − 1, in which it
/// is a constant factor larger than theirs. As a rule it has an inverse, also with more assets than rows. Positive semidefinite by
/// construction, as S and F are. Missing quotes: as risk::sample_covariance; who is left out of a row adds nothing to it. Assets without
/// two returns in the window have no correlations and do not count in their mean. O(n² + n·rows) per row of returns beside what S takes.
struct ledoit_wolf {
    shrink_target target = shrink_target::constant_correlation;  ///< F
    std::uint64_t returns = 60;                                  ///< n, the window
    duration every{};                                            ///< shortest time from one row to the next
    duration patience = days(4);  ///< longest wait of a row for an asset without a quote; 0: each tick is a row

    static constexpr const char* name = "ledoit_wolf";
    static constexpr risk_need provides = risk_need::covariance;

    struct estimate {
        v0::detail::window_covariance window{};  ///< with what is shrunk in the place of S
        double shrinkage = 0.0;                  ///< δ

        // Scratch, n each: no part of what is remembered.
        std::vector<double> mean{};       ///< return of a row
        std::vector<double> unit{};       ///< √(returns per year); 0 where an asset does not move
        std::vector<double> deviation{};  ///< √sᵢᵢ
        std::vector<double> inverse{};    ///< 1/√sᵢᵢ; 0 where an asset does not move
        std::vector<double> x{};          ///< of a row
        std::vector<double> square{};     ///< x²
        std::vector<double> standard{};   ///< x/√sᵢᵢ

        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.window);
            visit(e.shrinkage);
        }
        /// The next return is from the last price in new units.
        void adjust(std::size_t asset, double factor) noexcept { window.adjust(asset, factor); }
    };

    void prepare(estimate& e, const sizes& s) const {
        e.window.make_room(s.assets, static_cast<std::size_t>(returns));
        e.shrinkage = 0.0;
        for (auto* v : {&e.mean, &e.unit, &e.deviation, &e.inverse, &e.x, &e.square, &e.standard}) v->assign(s.assets, 0.0);
    }
    [[nodiscard]] bool prepared(const estimate& e) const noexcept { return e.window.has_room(static_cast<std::size_t>(returns)); }
    [[nodiscard]] fault check(const estimate& e, const market_view& m) const noexcept {
        if (const fault f = v0::detail::check_prices(e.window.assets(), m)) return f;
        if (!prepared(e)) return {fault_code::not_prepared, no_index, static_cast<double>(m.price.size())};
        return {};
    }
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        if (const fault f = check(e, m)) return f;
        if (!e.window.learn(m, static_cast<std::size_t>(returns), every, patience)) return {};
        e.shrinkage = 0.0;
        if (e.window.size < 2) return {};
        const moments of = look_at(e);
        if (target == shrink_target::identity)
            toward_identity(e, of);
        else
            toward_constant_correlation(e, of);
        return {};
    }
    /// Ready once every asset was quoted for n rows after its first, moved or not.
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return {.layout = risk_layout::dense,
                .ready = e.window.assets() == 0 || e.window.rows.fewest >= returns,
                .specific = e.window.variance,
                .dense = e.window.dense};
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (target != shrink_target::identity && target != shrink_target::constant_correlation)
            return {"ledoit_wolf.target", static_cast<double>(target), "must be one of the targets"};
        if (returns < 2 || returns > (std::uint64_t{1} << 20))
            return {"ledoit_wolf.returns", static_cast<double>(returns), "must be 2 to 1048576 returns: of one there is no mean"};
        if (every.ns < 0) return {"ledoit_wolf.every", every.seconds(), "must be a time at or above 0 (seconds)"};
        if (patience.ns < 0) return {"ledoit_wolf.patience", patience.seconds(), "must be a time at or above 0 (seconds)"};
        return {};
    }

private:
    /// Sums over the window, with s = S·(n − 1)/n and rows x of which s is the mean of xxᵀ.
    struct moments {
        double rows = 0.0;
        double divided = 1.0;         ///< (n − 1)/n
        double squares = 0.0;         ///< Σᵢⱼ sᵢⱼ²
        double trace = 0.0;           ///< Σ sᵢᵢ
        double unseen_squares = 0.0;  ///< the same of assets that have a variance from before, but no two returns in the window
        double unseen_trace = 0.0;
        double fourth = 0.0;  ///< mean of (Σᵢ xᵢ²)²
        double own = 0.0;     ///< mean of Σᵢ xᵢ⁴
        double skewed = 0.0;  ///< mean of Σᵢ xᵢ³/√sᵢᵢ · Σⱼ √sⱼⱼ·xⱼ
    };
    [[nodiscard]] moments look_at(estimate& e) const noexcept {
        const auto& w = e.window;
        const std::size_t n = w.assets();
        const auto room = static_cast<std::size_t>(returns);
        moments of;
        of.rows = static_cast<double>(w.size);
        of.divided = (of.rows - 1.0) / of.rows;
        for (std::size_t i = 0; i < n; ++i) {
            const double variance = w.variance[i] * of.divided;
            const bool seen = variance > 0.0 && w.count_of(i) > 1.0;
            e.mean[i] = w.mean_of(i);
            e.unit[i] = seen ? __builtin_sqrt(w.count_of(i) / w.years_of(i)) : 0.0;
            e.deviation[i] = seen ? __builtin_sqrt(variance) : 0.0;
            e.inverse[i] = seen ? 1.0 / e.deviation[i] : 0.0;
            (seen ? of.trace : of.unseen_trace) += variance;
            (seen ? of.squares : of.unseen_squares) += v0::detail::dot(&w.dense[i * n], &w.dense[i * n], n) * of.divided * of.divided;
        }
        for (std::uint64_t row = w.next - w.size; row < w.next; ++row) {
            const std::size_t at = w.place(row, room);
            for (std::size_t i = 0; i < n; ++i) {
                e.x[i] = w.took[at + i].ns != 0 ? (w.move[at + i] - e.mean[i]) * e.unit[i] : 0.0;
                e.square[i] = e.x[i] * e.x[i];
                e.standard[i] = e.x[i] * e.inverse[i];
            }
            const auto sum = [&](const std::vector<double>& a, const std::vector<double>& b) {
                return v0::detail::dot(a.data(), b.data(), n);
            };
            const double all = sum(e.x, e.x);
            of.fourth += all * all / of.rows;
            of.own += sum(e.square, e.square) / of.rows;
            of.skewed += sum(e.square, e.standard) * sum(e.x, e.deviation) / of.rows;
        }
        return of;
    }
    [[nodiscard]] static double share(double top, double bottom) noexcept {
        if (!(top > 0.0) || !(bottom > 0.0)) return 0.0;
        return top < bottom ? top / bottom : 1.0;
    }
    static void toward_identity(estimate& e, const moments& of) noexcept {
        auto& w = e.window;
        const std::size_t n = w.assets();
        const double size = static_cast<double>(n);
        const double mean = (of.trace + of.unseen_trace) / size;
        e.shrinkage = share((of.fourth - of.squares) / of.rows, of.squares + of.unseen_squares - mean * mean * size);
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) w.dense[i * n + j] *= 1.0 - e.shrinkage;
            w.variance[i] = w.dense[i * n + i] += e.shrinkage * mean / of.divided;
        }
    }
    static void toward_constant_correlation(estimate& e, const moments& of) noexcept {
        auto& w = e.window;
        const std::size_t n = w.assets();
        double moving = 0.0;
        double correlations = 0.0;
        double along = 0.0;     // Σ √sᵢᵢ·√sⱼⱼ·sᵢⱼ
        double diagonal = 0.0;  // Σ sᵢᵢ²
        for (std::size_t i = 0; i < n; ++i) {
            if (e.inverse[i] == 0.0) continue;
            const double* row = &w.dense[i * n];
            const double own = row[i] * of.divided;
            moving += 1.0;
            diagonal += own * own;
            correlations += e.inverse[i] * (v0::detail::dot(row, e.inverse.data(), n) - row[i] * e.inverse[i]);
            along += e.deviation[i] * (v0::detail::dot(row, e.deviation.data(), n) - row[i] * e.deviation[i]);
        }
        correlations *= of.divided;
        along *= of.divided;
        const double pairs = moving * (moving - 1.0);
        const double products = of.trace * of.trace - diagonal;  // Σ sᵢᵢ·sⱼⱼ; all of pairs i ≠ j
        const double mean = pairs > 0.0 ? correlations / pairs : 0.0;
        const double pi = of.fourth - of.squares;
        const double rho = of.own - diagonal + mean * (of.skewed - of.own - along);
        const double gamma = mean * mean * products - 2.0 * mean * along + (of.squares - diagonal);
        e.shrinkage = share((pi - rho) / of.rows, gamma);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) {
                if (i == j) continue;
                const double wanted = mean * (e.deviation[i] * e.deviation[j]) / of.divided;
                w.dense[i * n + j] += e.shrinkage * (wanted - w.dense[i * n + j]);
            }
    }
};

}  // namespace ballast::inline v0::risk
