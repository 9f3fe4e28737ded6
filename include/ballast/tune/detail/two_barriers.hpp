/// A Brownian motion with drift between two barriers: where it leaves, when, and where it is meanwhile.
#pragma once

#include <cmath>
#include <limits>

#include "../../core/arithmetic.hpp"
#include "panels.hpp"

namespace ballast::inline v0::detail {

/// Drift ν and variance σ² per year; distances to a barrier are positive, one of the two may be infinite. All by the scale function
/// (1 − e^(−2kx))/(2k), k = ν/σ² (Karlin and Taylor 1981, A Second Course in Stochastic Processes, chapter 15), written so that neither a
/// small nor a large k loses digits.
struct barrier_motion {
    double variance = 0.0;  ///< σ²
    double k = 0.0;         ///< ν/σ², finite

    /// Next to none of a volatility stands for none.
    barrier_motion(double nu, double sigma_squared) noexcept
        : variance{sigma_squared > absolute(nu) * 1e-100 ? sigma_squared : absolute(nu) * 1e-100},
          k{variance > 0.0 ? nu / variance : 0.0} {}

    /// (1 − e^(−2|k|d))/(2|k|); d where there is no drift.
    [[nodiscard]] double reach(double d) const noexcept {
        const double rate = 2.0 * absolute(k);
        return rate > 0.0 ? -std::expm1(-rate * d) / rate : d;
    }
    /// Chance to leave above.
    [[nodiscard]] double leaves_above(double below, double above) const noexcept {
        if (!finite(above)) return 0.0;
        return std::exp((k - absolute(k)) * above) * (finite(below) ? reach(below) / reach(below + above) : 1.0);
    }
    /// Chance to leave below.
    [[nodiscard]] double leaves_below(double below, double above) const noexcept {
        if (!finite(below)) return 0.0;
        return std::exp((-k - absolute(k)) * below) * (finite(above) ? reach(above) / reach(below + above) : 1.0);
    }
    /// Mean time until it leaves. With one barrier the drift has to lead there.
    [[nodiscard]] double time_to_leave(double below, double above) const noexcept {
        const double rate = absolute(k);
        if (!finite(above)) return below / (rate * variance);
        if (!finite(below)) return above / (rate * variance);
        const double all = below + above;
        if (2.0 * rate * all <= 1.0) {
            // From the nearer barrier, whichever way the drift leads.
            const double near_by = below < above ? below : above;
            const double twice = below < above ? 2.0 * k : -2.0 * k;
            return near_by * (all * bent(twice * all) - near_by * bent(twice * near_by)) / (variance * slowed(twice * all));
        }
        const double against = k < 0.0 ? above : below;  // the way that the drift does not lead
        const double along = k < 0.0 ? below : above;
        if (against > along) {  // by Wald's identity
            const double up = leaves_above(below, above);
            const double down = leaves_below(below, above);
            return (k < 0.0 ? down * below - up * above : up * above - down * below) / (rate * variance);
        }
        const double slow = slowed(2.0 * rate * all);
        const double z = 2.0 * rate * against;
        if (z > 0.5) return against * (slowed(z) - slow) / (rate * variance * slow);
        return against * (all * bent(2.0 * rate * all) - against * bent(z)) / (variance * slow);
    }
    /// ∫ g(y) dt until it leaves, y measured from the start. Beyond `flat` to either side g does not change.
    template <class G>
    [[nodiscard]] double until_it_leaves(double below, double above, double flat, const G& g) const noexcept {
        const double whole = finite(below) && finite(above) ? reach(below + above) : 0.0;
        // The density of time spent at y, in years.
        const auto side = [&](double near_barrier, double far_barrier, double direction) {
            const double decay = absolute(k) - direction * k;
            const auto spent = [&](double t) {
                const double back = finite(far_barrier) ? reach(far_barrier) : 1.0;
                const double on = finite(near_barrier) ? reach(near_barrier - t) : 1.0;
                const double share = whole > 0.0 ? back * on / whole : finite(far_barrier) ? back : on;
                return 2.0 / variance * share * std::exp(-decay * t);
            };
            double length = near_barrier;
            if (!finite(length) || decay * length > 50.0) {
                length = decay > 0.0 ? 50.0 / decay : length;
                if (length > near_barrier) length = near_barrier;
            }
            double rest = 0.0;
            if (!finite(near_barrier) && length > flat) {
                length = flat;
                rest = g(direction * flat) * spent(flat) / decay;
            }
            return rest + graded(length, layer(), 3.0, [&](double t) { return g(direction * t) * spent(t); });
        };
        return side(above, below, 1.0) + side(below, above, -1.0);
    }
    /// The mean of g(y) between barriers that hold it back, y measured from the one that the drift leads to, inward. Beyond `flat` g does not
    /// change.
    template <class G>
    [[nodiscard]] double held_back(double width, double flat, const G& g) const noexcept {
        const double decay = 2.0 * absolute(k);
        const double whole = reach(width);
        const auto share = [&](double t) { return std::exp(-decay * t) / whole; };
        double length = width;
        if (decay * length > 50.0) length = 50.0 / decay;
        double rest = 0.0;
        if (!finite(width) && length > flat) {
            length = flat;
            rest = g(flat) * share(flat) / decay;
        }
        return rest + graded(length, layer(), 3.0, [&](double t) { return g(t) * share(t); });
    }
    /// By how much, per year, each of two barriers holds it back. Of one alone the width is infinite; the drift has to lead to it.
    /// @{
    [[nodiscard]] double held_above(double width) const noexcept {
        if (!finite(width)) return k > 0.0 ? k * variance : 0.0;
        return variance / 2.0 * std::exp((k - absolute(k)) * width) / reach(width);
    }
    [[nodiscard]] double held_below(double width) const noexcept {
        if (!finite(width)) return k < 0.0 ? -k * variance : 0.0;
        return variance / 2.0 * std::exp((-k - absolute(k)) * width) / reach(width);
    }
    /// @}

private:
    /// (1 − e^−z)/z: 1 at 0.
    [[nodiscard]] static double slowed(double z) noexcept { return z != 0.0 ? -std::expm1(-z) / z : 1.0; }
    /// 2(e^−z − 1 + z)/z²: 1 at 0.
    [[nodiscard]] static double bent(double z) noexcept {
        if (absolute(z) > 0.5) return 2.0 * (std::expm1(-z) + z) / z / z;
        double sum = 0.0;
        double term = 1.0;
        for (int n = 3; n < 18; ++n) {
            sum += term;
            term *= -z / n;
        }
        return sum;
    }
    [[nodiscard]] double layer() const noexcept { return k != 0.0 ? 0.5 / absolute(k) : std::numeric_limits<double>::infinity(); }
};

}  // namespace ballast::inline v0::detail
