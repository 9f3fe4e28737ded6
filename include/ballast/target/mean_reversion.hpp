/// A tilt against what prices have done lately.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "../numeric/sum.hpp"
#include "concept.hpp"
#include "detail/bounded_simplex.hpp"
#include "detail/scaled.hpp"

namespace ballast::inline v0::target {

/// What is leant against.
enum class tilt_signal : std::uint8_t {
    deviation,  ///< p/average − 1: how far the price is above its average
    slope,      ///< how fast the average rises per year, a share of it, smoothed once more
};

[[nodiscard]] constexpr const char* to_string(tilt_signal s) noexcept {
    switch (s) {
        case tilt_signal::deviation: return "deviation";
        case tilt_signal::slope: return "slope";
    }
    return "unknown";
}

/// The host's targets t, tilted toward the assets whose prices fell behind: wᵢ = tᵢ − |tᵢ|·strength·(sᵢ − s̄), the contrarian rule of Lo and
/// MacKinlay (1990), in proportion to the targets. s̄ keeps the sum at Σt; no weight changes by more than bound·|tᵢ|, and what the bound takes
/// from one, the others give (the exact projection of target/projected.hpp), so that targets keep their sign and a target of 0 stays 0.
/// Off by default: at a strength of 0 the host's targets are handed on to the bit. Below 0 it follows prices (momentum).
///
/// s is of an exponential average of the price with δ = 2^(−Δt/half_life): a ← δ·a + (1 − δ)·p, begun at the first price seen; its slope
/// u ← δ·u + (1 − δ)·(Δa/Δt), s = u/a. Learnt at valuations of the account; what one at the time of the look would teach counts already, so
/// that the answer at one time stamp is the same before and after it. Prices include multipliers; a frozen one stays as it was. A split
/// looks like a fall. O(n), a few passes.
struct mean_reversion {
    double strength = 0.0;                        ///< share of a target per unit of the signal; 0: off
    double bound = 0.25;                          ///< largest change of a weight, share of its target, below 1
    duration half_life = days(30);                ///< of the average
    tilt_signal signal = tilt_signal::deviation;  ///< what is leant against

    static constexpr const char* name = "mean_reversion";
    static constexpr bool transforms = true;
    struct memory {
        std::vector<double> average{};        ///< of the price
        std::vector<double> slope{};          ///< of the average, per year
        timestamp seen = timestamp::never();  ///< the last valuation
        void prepare(const sizes& s) {
            average.assign(s.assets, 0.0);
            slope.assign(s.assets, 0.0);
        }
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.average);
            visit(m.slope);
            visit(m.seen);
        }
    };

    [[nodiscard]] fault weights(const look& l, const memory& m, std::span<double> out) const noexcept {
        if (m.average.size() < out.size()) return {fault_code::not_prepared, no_index, static_cast<double>(out.size())};
        const double wanted = detail::target_sum(l.target);
        if (strength == 0.0 || !m.seen.happened() || !detail::finite(wanted)) return detail::hand_on_targets(l, out), fault{};
        const gone g = since(m.seen, l.now);
        detail::project_weights(
            [&](std::size_t i) noexcept -> detail::bounded_weight {
                const double t = l.target[i];
                const double size = detail::absolute(t);
                const learnt now = learn(m, i, l.price[i], g);
                double s = signal == tilt_signal::deviation ? (l.price[i] - now.average) / now.average : now.slope / now.average;
                if (!detail::finite(strength * s)) s = 0.0;
                return {t - size * strength * s, size, t - bound * size, t + bound * size};
            },
            wanted, out);
        return {};
    }
    void observe(const look& l, memory& m) const noexcept {
        const std::size_t n = l.assets();
        if (m.average.size() < n) return;
        const gone g = since(m.seen, l.now);
        for (std::size_t i = 0; i < n; ++i) {
            const learnt now = m.seen.happened() ? learn(m, i, l.price[i], g) : learnt{l.price[i], 0.0};
            m.average[i] = now.average;
            m.slope[i] = now.slope;
        }
        m.seen = l.now;
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!detail::finite(strength)) return {"mean_reversion.strength", strength, "must be a finite number"};
        if (!(bound >= 0.0 && bound < 1.0)) return {"mean_reversion.bound", bound, "must be at or above 0 and below 1"};
        if (half_life.ns <= 0) return {"mean_reversion.half_life", half_life.seconds(), "must be a time above 0 (seconds)"};
        return {};
    }

private:
    struct gone {
        double years = 0.0;
        double kept = 1.0;  ///< δ
        double gain = 0.0;  ///< 1 − δ
    };
    struct learnt {
        double average = 0.0;
        double slope = 0.0;
    };
    [[nodiscard]] gone since(timestamp seen, timestamp now) const noexcept {
        if (!seen.happened() || now <= seen) return {};
        const duration passed = elapsed(seen, now);
        const double lives = static_cast<double>(passed.ns) / static_cast<double>(half_life.ns);
        return {passed.years(), std::exp2(-lives), -std::expm1(-lives * 0.69314718055994530942)};
    }
    /// What a price would teach.
    [[nodiscard]] static learnt learn(const memory& m, std::size_t i, double price, const gone& g) noexcept {
        const double a = m.average[i];
        if (!(g.years > 0.0)) return {a, m.slope[i]};
        const double moved = g.gain * (price - a);
        return {a + moved, g.kept * m.slope[i] + g.gain * (moved / g.years)};
    }
};

}  // namespace ballast::inline v0::target
