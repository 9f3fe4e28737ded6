/// What the models of market impact have in common: by how much the price moves, and what that costs.
///
/// One side of an asset, for a notional x ≥ 0 in a market that trades a volume V:
///   cost(x) = x·(a + m(x/V)),   marginal(x) = a + s(x/V),   s(u) = m(u) + u·m′(u)
/// with a rate a, and the average relative move m that the trade pays, which is 0 at 0 and for which s rises. Everything is a function of
/// u = x/V: a market twice the size answers amounts twice the size, to the bit.
///
/// The marginal cost goes no higher than `cost::untradable_rate`: from where it would, the cost goes on in a straight line, and stays convex.
/// With less and less volume it becomes untradable_rate·x, so this is the cost where there is none. It is far above all that a trade can
/// be worth, so that no solver trades there, and small enough for every sum with it to be a number.
///
/// The answer to a price p with the curvature k and the centre c solves k·V·u + s(u) = p + k·c − a.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "../../core/arithmetic.hpp"
#include "../../core/per_asset.hpp"
#include "../concept.hpp"

namespace ballast::inline v0::cost {

/// The most that another unit of notional costs with the models of market impact, and what each one costs where there is no volume: a
/// million times its value. A trade at this rate is worth it to no solver.
inline constexpr double untradable_rate = 1e6;

}  // namespace ballast::inline v0::cost

namespace ballast::inline v0::detail {

/// The number where it is above 0 and finite; 0 where it is not.
[[nodiscard]] inline double above_zero(double x) noexcept { return x > 0.0 && finite(x) ? x : 0.0; }

/// Base currency per day: what the policy was given, or else the market's volume at the price of the look. 0 where there is none.
[[nodiscard]] inline double volume_of(const look& l, const per_asset& given, std::size_t i) noexcept {
    if (given.given()) return above_zero(given[i]);
    if (l.input == nullptr || l.input->market.volume.empty()) return 0.0;
    return above_zero(l.input->market.volume[i] * l.price[i]);
}

/// Per day: what the policy was given, or else the market's volatility, which is per year. −1 where it is not known.
[[nodiscard]] inline double volatility_of(const look& l, const per_asset& given, double days_per_year, std::size_t i) noexcept {
    if (given.given()) return given[i];
    if (l.input == nullptr || l.input->market.volatility.empty()) return -1.0;
    const double yearly = l.input->market.volatility[i];
    return yearly >= 0.0 && finite(yearly) ? yearly / __builtin_sqrt(days_per_year) : -1.0;
}

/// m(u) = r·u
struct linear_move {
    double r = 0.0;
    [[nodiscard]] double average(double u) const noexcept { return r > 0.0 ? r * u : 0.0; }
    [[nodiscard]] double slope(double u) const noexcept { return 2.0 * average(u); }
    /// ds/du
    [[nodiscard]] double rise(double) const noexcept { return 2.0 * r; }
    /// Where flat·u + s(u) = d > 0; infinite where it does not get there.
    [[nodiscard]] double inverse(double flat, double d) const noexcept { return d / (flat + 2.0 * r); }
};

/// m(u) = r·√u: the answer is a quadratic equation in √u.
struct root_move {
    double r = 0.0;
    [[nodiscard]] double average(double u) const noexcept { return r > 0.0 ? r * __builtin_sqrt(u) : 0.0; }
    [[nodiscard]] double slope(double u) const noexcept { return 1.5 * average(u); }
    [[nodiscard]] double rise(double u) const noexcept { return r > 0.0 ? 0.75 * r / __builtin_sqrt(u) : 0.0; }
    [[nodiscard]] double inverse(double flat, double d) const noexcept {
        const double m = 1.5 * r;
        const double root = 2.0 * d / (m + __builtin_sqrt(m * m + 4.0 * flat * d));
        return root * root;
    }
};

/// m(u) = r·u²
struct square_move {
    double r = 0.0;
    [[nodiscard]] double average(double u) const noexcept { return r > 0.0 ? r * u * u : 0.0; }
    [[nodiscard]] double slope(double u) const noexcept { return 3.0 * average(u); }
    [[nodiscard]] double rise(double u) const noexcept { return r > 0.0 ? 6.0 * r * u : 0.0; }
    [[nodiscard]] double inverse(double flat, double d) const noexcept {
        return 2.0 * d / (flat + __builtin_sqrt(flat * flat + 12.0 * r * d));
    }
};

/// m(u) = Σ rₖ·u^eₖ with exponents above 0.
template <std::size_t N>
struct power_moves {
    double r[N] = {};
    double e[N] = {};

    [[nodiscard]] double average(double u) const noexcept {
        return sum(u, [](double) { return 1.0; });
    }
    [[nodiscard]] double slope(double u) const noexcept {
        return sum(u, [](double x) { return 1.0 + x; });
    }
    [[nodiscard]] double rise(double u) const noexcept {
        return sum(u, [](double x) { return (1.0 + x) * x; }) / u;
    }

    /// One term by itself is a power. Of several the logarithm of their sum is convex in ln u, so that Newton's method there, from the place
    /// where one of them alone is d, comes down to the answer and never passes it. The sum begins at no more than N + 1 times d, and falls
    /// at least as fast as its smallest exponent: a handful of steps.
    [[nodiscard]] double inverse(double flat, double d) const noexcept {
        int terms = flat > 0.0 ? 1 : 0;
        double u = flat > 0.0 ? d / flat : std::numeric_limits<double>::infinity();
        for (std::size_t k = 0; k < N; ++k) {
            if (!(r[k] > 0.0)) continue;
            ++terms;
            const double alone = std::pow(d / (r[k] * (1.0 + e[k])), 1.0 / e[k]);
            u = alone < u ? alone : u;
        }
        if (terms < 2 || !finite(u)) return u;
        for (int pass = 0; pass < 64; ++pass) {
            double height = flat * u, growth = flat * u;  // and its derivative by ln u
            for (std::size_t k = 0; k < N; ++k) {
                if (!(r[k] > 0.0)) continue;
                const double term = r[k] * (1.0 + e[k]) * std::pow(u, e[k]);
                height += term;
                growth += e[k] * term;
            }
            const double next = u * std::pow(d / height, height / growth);
            if (!(next < u)) break;
            u = next;
        }
        return u;
    }

private:
    template <class F>
    [[nodiscard]] double sum(double u, F&& factor) const noexcept {
        double s = 0.0;
        for (std::size_t k = 0; k < N; ++k)
            if (r[k] > 0.0) s += factor(e[k]) * r[k] * std::pow(u, e[k]);
        return s;
    }
};

/// The cost of one asset, the same for buys and sells. Sizes are at or above 0.
template <class Move>
struct impact_curve {
    double volume = 0.0;                  ///< base currency; 0: nothing can be traded
    double rate = 0.0;                    ///< on top, of the notional
    Move move{};                          ///< average relative move, of the share of the volume
    double most = cost::untradable_rate;  ///< largest slope

    [[nodiscard]] double cost(double size) const noexcept {
        if (volume == 0.0) return most * size;
        const double u = size / volume;
        if (rate + move.slope(u) <= most) return size * (rate + move.average(u));
        const double edge = move.inverse(0.0, most - rate);
        const double straight_from = volume * edge;
        return straight_from * (rate + move.average(edge)) + most * (size - straight_from);
    }
    [[nodiscard]] double slope(double size) const noexcept {
        if (volume == 0.0) return most;
        const double s = rate + move.slope(size / volume);
        return s <= most ? s : most;
    }
    [[nodiscard]] slope_interval marginal(double x) const noexcept {
        if (x == 0.0) {
            const double first = volume == 0.0 ? most : rate;
            return {-first, first};
        }
        const double s = slope(absolute(x));
        return x > 0.0 ? slope_interval{s, s} : slope_interval{-s, -s};
    }

    /// The best answer without bounds.
    [[nodiscard]] response answer(double price, double curvature, double centre) const noexcept {
        const double pull = price + curvature * centre;
        response r = best_size(pull, curvature);
        if (r.x > 0.0) return r;
        r = best_size(-pull, curvature);
        if (!(r.x > 0.0)) return {};
        r.x = -r.x;
        r.piece = -1;
        return r;
    }

private:
    /// The size at which the slope is pull − curvature·size; 0 where it is more than that from the start.
    [[nodiscard]] response best_size(double pull, double curvature) const noexcept {
        if (!(pull > (volume == 0.0 ? most : rate))) return {};
        double from = 0.0;  // where the straight line begins
        if (volume > 0.0) {
            const double flat = curvature * volume;
            const double u = move.inverse(flat, pull - rate);
            if (rate + move.slope(u) <= most) {
                const double bend = flat + move.rise(u);
                return {volume * u, bend > 0.0 && finite(u) ? volume / bend : 0.0, 1};
            }
            from = volume * move.inverse(0.0, most - rate);
        }
        double x = pull > most ? std::numeric_limits<double>::infinity() : from;
        if (curvature > 0.0) x = (pull - most) / curvature;
        if (!(x > from)) return {from, 0.0, 1};
        return {x, curvature > 0.0 ? 1.0 / curvature : 0.0, 1};
    }
};

/// The view of a model that gives `curve(look, i)`.
template <class Model>
struct impact_view {
    const Model* model = nullptr;  ///< which must outlive it
    const look* at = nullptr;      ///< what it is bound to

    [[nodiscard]] double cost(std::size_t i, double x) const noexcept { return model->curve(*at, i).cost(absolute(x)); }
    [[nodiscard]] slope_interval marginal(std::size_t i, double x) const noexcept { return model->curve(*at, i).marginal(x); }
    /// The cost begins at 0.
    [[nodiscard]] double jump(std::size_t) const noexcept { return 0.0; }
    [[nodiscard]] response respond(std::size_t i, double price, double curvature, double centre, double lo, double hi) const noexcept {
        const response r = model->curve(*at, i).answer(price, curvature, centre);
        if (r.x <= lo && (r.x < lo || r.piece != 0)) return {lo, 0.0, -2};
        if (r.x >= hi && (r.x > hi || r.piece != 0)) return {hi, 0.0, 2};
        return r;
    }
};

/// What these models ask of their parameters.
/// @{
[[nodiscard]] inline const double* find_no_amount(const per_asset& p) noexcept {
    return p.find([](double x) { return !(x >= 0.0) || !finite(x); });
}
[[nodiscard]] inline const double* find_not_positive(const per_asset& p) noexcept {
    return p.find([](double x) { return !(x > 0.0) || !finite(x); });
}
[[nodiscard]] inline const double* find_no_rate(const per_asset& p) noexcept {
    return p.find([](double x) { return !(x >= 0.0 && x < 1.0); });
}
[[nodiscard]] inline bool no_days(double days_per_year) noexcept { return !(days_per_year > 0.0) || !finite(days_per_year); }
/// @}

}  // namespace ballast::inline v0::detail
