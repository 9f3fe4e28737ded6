// Checks of cost models against what they promise: the look that they are bound to, slopes against finite differences, the claims of a shape,
// responses against a search.
#pragma once

#include "support/catch.hpp"

#include <ballast/cost/concept.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace ballast_test {

/// A look at nothing but prices.
struct price_look {
    std::vector<double> price;
    ballast::look look{};

    explicit price_look(std::vector<double> prices) : price(std::move(prices)) { look.price = price; }
    price_look(const price_look&) = delete;
    price_look& operator=(const price_look&) = delete;
};

inline double jump_at(const auto& view, std::size_t i, double x) { return x == 0.0 ? 0.0 : ballast::detail::jump_of(view, i); }

/// The slopes on both sides of x, of the cost without its jump. `h` has to be small enough that no other kink lies within.
inline std::pair<double, double> slopes_beside(const auto& view, std::size_t i, double x, double h) {
    const auto rest = [&](double y) { return view.cost(i, y) - jump_at(view, i, y); };
    return {(rest(x) - rest(x - h)) / h, (rest(x + h) - rest(x)) / h};
}

/// cost(0) = 0; and at every point given, kinks among them, the interval spans just the slopes on its two sides.
inline void check_slopes(const auto& view, std::size_t assets, const std::vector<double>& points) {
    for (std::size_t i = 0; i < assets; ++i) {
        CHECK(view.cost(i, 0.0) == 0.0);
        CHECK(view.cost(i, -0.0) == 0.0);
        for (const double x : points) {
            const double h = std::max(std::fabs(x), 1.0) * std::ldexp(1.0, -20);
            const auto [left, right] = slopes_beside(view, i, x, h);
            const ballast::slope_interval s = view.marginal(i, x);
            CAPTURE(i, x);
            CHECK(s.low == Approx(std::min(left, right)).margin(1e-8));
            CHECK(s.high == Approx(std::max(left, right)).margin(1e-8));
        }
    }
}

/// Points on both sides of 0 over many sizes, 0 and `more` among them.
inline std::vector<double> many_points(std::uint64_t seed, const std::vector<double>& more = {}) {
    std::mt19937_64 random{seed};
    std::uniform_real_distribution<double> magnitude{-3.0, 7.0};
    std::vector<double> points{0.0};
    for (int k = 0; k < 60; ++k) points.push_back((k % 2 == 0 ? 1.0 : -1.0) * std::pow(10.0, magnitude(random)));
    points.insert(points.end(), more.begin(), more.end());
    return points;
}

/// How often, and how far relative to the amounts, f(y) ≥ f(x) + g·(y − x) fails for the slopes g at x, f being the cost without its jump.
inline double worst_subgradient(const auto& view, std::size_t i, const std::vector<double>& points) {
    const auto rest = [&](double y) { return view.cost(i, y) - jump_at(view, i, y); };
    double worst = 0.0;
    for (const double x : points)
        for (const double y : points) {
            const ballast::slope_interval s = view.marginal(i, x);
            for (const double g : {s.low, s.high}) {
                const double below = rest(x) + g * (y - x) - rest(y);
                worst = std::max(worst, below / (std::fabs(x) + std::fabs(y) + view.cost(i, x) + view.cost(i, y) + 1e-300));
            }
        }
    return worst;
}

/// What the shape claims, over all pairs of the points.
template <ballast::cost_shape Shape>
void check_shape(const auto& view, std::size_t assets, const std::vector<double>& points) {
    for (std::size_t i = 0; i < assets; ++i) {
        CAPTURE(i);
        const double jump = ballast::detail::jump_of(view, i);
        if constexpr (Shape == ballast::cost_shape::convex) {
            CHECK(std::fabs(view.cost(i, 1e-250)) < 1e-240);
            CHECK(std::fabs(view.cost(i, -1e-250)) < 1e-240);
            CHECK(std::fabs(jump) < 1e-240);
        } else {
            CHECK(jump >= 0.0);
            CHECK(view.cost(i, 1e-200) == Approx(jump).margin(1e-100));
            CHECK(view.cost(i, -1e-200) == Approx(jump).margin(1e-100));
        }
        if constexpr (Shape != ballast::cost_shape::general) CHECK(worst_subgradient(view, i, points) < 1e-13);
    }
}

/// Smallest value of the objective of `respond` that a search over lo..hi finds, and where. Golden sections from bounds that are cut at ±`far`.
struct found {
    double x;
    double objective;
};
inline found golden_section(auto&& objective, double lo, double hi, double far = 1e9) {
    double a = std::max(lo, -far);
    double b = std::min(hi, far);
    const double ratio = 0.6180339887498949;
    for (int k = 0; k < 200 && b > a; ++k) {
        const double left = b - ratio * (b - a);
        const double right = a + ratio * (b - a);
        (objective(left) <= objective(right) ? b : a) = objective(left) <= objective(right) ? right : left;
    }
    found best{a, objective(a)};
    for (const double x : {b, std::max(lo, -far), std::min(hi, far), std::clamp(0.0, lo, hi)})
        if (objective(x) < best.objective) best = {x, objective(x)};
    return best;
}

/// respond(i, p, k, c, lo, hi) minimises the cost without its jump + k/2·(x − c)² − p·x over lo..hi, for random parameters, with and without
/// curvature, with bounds on one side of 0, on both, on none; the piece names where it ended, the slope is dx/dp.
inline void check_respond(const auto& view, std::size_t assets, std::uint64_t seed, int trials = 3'000) {
    std::mt19937_64 random{seed};
    std::uniform_real_distribution<double> price{-0.05, 0.05};
    std::uniform_real_distribution<double> log_curvature{-7.0, -2.0};
    std::uniform_real_distribution<double> amount{-1e4, 1e4};
    constexpr double infinity = std::numeric_limits<double>::infinity();
    int pieces[5] = {};
    for (int trial = 0; trial < trials; ++trial) {
        const std::size_t i = static_cast<std::size_t>(trial) % assets;
        const double p = price(random);
        const double k = trial % 4 == 0 ? 0.0 : std::pow(10.0, log_curvature(random));
        const double c = trial % 5 == 0 ? 0.0 : amount(random);
        double lo = amount(random);
        double hi = amount(random);
        if (lo > hi) std::swap(lo, hi);
        switch (trial % 7) {
            case 0: hi = lo; break;
            case 1: lo = 0.0, hi = std::fabs(hi); break;
            case 2: hi = 0.0, lo = -std::fabs(lo); break;
            case 3: lo = k > 0.0 ? -infinity : lo; break;
            case 4: hi = k > 0.0 ? infinity : hi; break;
            default: break;
        }
        const auto objective = [&](double x) { return view.cost(i, x) - jump_at(view, i, x) + 0.5 * k * (x - c) * (x - c) - p * x; };
        const ballast::response r = view.respond(i, p, k, c, lo, hi);
        const found best = golden_section(objective, lo, hi);
        const double scale = std::fabs(best.objective) + 0.5 * k * c * c + std::fabs(p * best.x) + jump_at(view, i, 1.0) + 1e-12;
        CAPTURE(trial, i, p, k, c, lo, hi, r.x, r.slope, int{r.piece}, best.x, objective(r.x) - best.objective);
        bool good = lo <= r.x && r.x <= hi && objective(r.x) <= best.objective + 1e-12 * scale;
        // The piece: where it ended.
        switch (r.piece) {
            case -2: good = good && r.x == lo && r.slope == 0.0; break;
            case -1: good = good && r.x < 0.0 && lo < r.x && r.x < hi; break;
            case 0: good = good && r.x == 0.0 && r.slope == 0.0; break;
            case 1: good = good && r.x > 0.0 && lo < r.x && r.x < hi; break;
            case 2: good = good && r.x == hi && r.slope == 0.0; break;
            default: good = false;
        }
        // The slope, and that the answer never falls when the price rises.
        const double h = 1e-7;
        const ballast::response up = view.respond(i, p + h, k, c, lo, hi);
        const ballast::response down = view.respond(i, p - h, k, c, lo, hi);
        good = good && down.x <= r.x && r.x <= up.x;
        if (up.piece == r.piece && down.piece == r.piece)
            good = good && std::fabs((up.x - down.x) / (2.0 * h) - r.slope) <= 1e-6 * (r.slope + 1.0 / (k + 1e-9));
        if (!good) FAIL("not the best answer");
        ++pieces[r.piece + 2];
    }
    for (const int piece : {-2, -1, 1, 2}) CHECK(pieces[piece + 2] > trials / 100);
}

}  // namespace ballast_test
