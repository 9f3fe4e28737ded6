// Checks of cost models against what they promise: the look that they are bound to, slopes against finite differences, the claims of a shape,
// responses against a search.
#pragma once

#include "support/catch.hpp"

#include <ballast/cost/concept.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <utility>
#include <vector>

namespace ballast_test {

/// A look at prices, and at the volumes and volatilities of a market.
struct market_look {
    std::vector<double> price, volume, volatility;
    ballast::inputs in{};
    ballast::look look{};

    explicit market_look(std::vector<double> prices, std::vector<double> volumes = {}, std::vector<double> volatilities = {})
        : price(std::move(prices)),
          volume(std::move(volumes)),
          volatility(std::move(volatilities)) {
        in.market.price = price;
        in.market.volume = volume;
        in.market.volatility = volatility;
        look.price = price;
        look.input = &in;
    }
    market_look(const market_look&) = delete;
    market_look& operator=(const market_look&) = delete;
};

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

// ---- market impact ----

/// The slope at each of the points is that of the cost, by differences that are exact but for the fourth power of their width; the cost is
/// the same for both signs.
inline void check_smooth_slopes(const auto& view, std::size_t i, const std::vector<double>& points) {
    for (const double x : points) {
        if (x == 0.0) continue;
        const double h = std::fabs(x) * std::ldexp(1.0, -7);
        const auto by = [&](double width) { return (view.cost(i, x + width) - view.cost(i, x - width)) / (2.0 * width); };
        const double slope = (4.0 * by(0.5 * h) - by(h)) / 3.0;
        const ballast::slope_interval s = view.marginal(i, x);
        CAPTURE(i, x);
        CHECK(s.low == s.high);
        CHECK(std::fabs(s.low - slope) <= 1e-8 * std::fabs(slope));
        CHECK(view.cost(i, x) == view.cost(i, -x));
        CHECK(view.marginal(i, -x).low == -s.high);
        CHECK(view.marginal(i, -x).high == -s.low);
    }
}

/// A convex cost with slopes: its answers are at the price's slope, to the rounding of the slope, whatever the sizes.
inline void check_conditions(const auto& view, std::size_t i, std::uint64_t seed, double volume) {
    std::mt19937_64 random{seed};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (int trial = 0; trial < 300; ++trial) {
        const double p = (trial % 2 == 0 ? 1.0 : -1.0) * std::pow(10.0, -8.0 + 12.0 * unit(random));
        const double k = trial % 3 == 0 ? 0.0 : std::pow(10.0, -12.0 + 14.0 * unit(random)) / volume;
        const double c = trial % 5 == 0 ? 0.0 : volume * (unit(random) - 0.5) * std::pow(10.0, 4.0 * unit(random) - 4.0);
        constexpr double infinity = std::numeric_limits<double>::infinity();
        const ballast::response r = view.respond(i, p, k, c, -infinity, infinity);
        CAPTURE(trial, p, k, c, r.x, volume);
        if (!std::isfinite(r.x)) {
            CHECK(k == 0.0);
            continue;
        }
        ballast::slope_interval s = view.marginal(i, r.x);
        const double least = 1e-299 * volume;  // some best sizes are below all numbers
        if (std::fabs(r.x) <= least) s = {view.marginal(i, -least).low, view.marginal(i, least).high};
        const double pull = p + k * c;
        const double scale = std::fabs(p) + std::fabs(k * c) + std::fabs(k * r.x) + std::fabs(s.low) + std::fabs(s.high);
        CHECK(s.low + k * r.x - pull <= 1e-12 * scale);
        CHECK(s.high + k * r.x - pull >= -1e-12 * scale);
        CHECK(r.slope >= 0.0);
        CHECK(std::isfinite(r.slope));
        // It never falls when the price rises, but for rounding.
        const double up = view.respond(i, p + std::fabs(p) * 1e-9, k, c, -infinity, infinity).x;
        CHECK(up >= r.x - 1e-12 * std::fabs(r.x));
    }
}

/// Where nothing can be traded every unit costs a million times its value, all numbers are numbers, and no price that is worth anything makes
/// it trade.
inline void check_untradable(const auto& view, std::size_t i) {
    CAPTURE(i);
    CHECK(view.cost(i, 0.0) == 0.0);
    CHECK(view.jump(i) == 0.0);
    for (const double x : {1e-280, 1e-3, 1.0, 1e9, 1e200}) {
        CHECK(view.cost(i, x) == 1e6 * x);
        CHECK(view.cost(i, -x) == 1e6 * x);
        CHECK(view.marginal(i, x).low == 1e6);
        CHECK(view.marginal(i, x).high == 1e6);
        CHECK(view.marginal(i, -x).high == -1e6);
    }
    CHECK(view.marginal(i, 0.0).low == -1e6);
    CHECK(view.marginal(i, 0.0).high == 1e6);
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (const double p : {-9e5, -1.0, 0.0, 1e-9, 1.0, 9e5})
        for (const double k : {0.0, 1e-9, 1.0}) {
            const ballast::response r = view.respond(i, p, k, 1e4, -infinity, infinity);
            CHECK(r.x == 0.0);
            CHECK(r.piece == 0);
            CHECK(r.slope == 0.0);
        }
    CHECK(view.respond(i, 0.0, 0.0, 0.0, 5.0, 9.0).x == 5.0);
    CHECK(view.respond(i, 0.0, 0.0, 0.0, -9.0, -5.0).piece == 2);
    CHECK(view.respond(i, 3e6, 1.0, 0.0, -infinity, infinity).x == 2e6);
    CHECK(view.respond(i, -3e6, 1.0, 0.0, -infinity, infinity).x == -2e6);
}

/// `make(V)` is a model in a market of the volume V; all volumes and amounts twice as large give numbers twice as large, to the bit.
inline void check_scale(auto&& make, const ballast::look& l, std::uint64_t seed) {
    std::mt19937_64 random{seed};
    std::uniform_real_distribution<double> unit{-1.0, 1.0};
    for (int trial = 0; trial < 200; ++trial) {
        const double volume = std::pow(10.0, 6.0 + 3.0 * unit(random));
        const double times = std::ldexp(1.0, static_cast<int>(20.0 * unit(random)));
        const auto one = make(volume), many = make(volume * times);
        const auto a = one.bind(l);
        const auto b = many.bind(l);
        const double x = volume * unit(random) * std::pow(10.0, 3.0 * unit(random) - 3.0);
        CAPTURE(volume, times, x);
        CHECK(b.cost(0, x * times) == a.cost(0, x) * times);
        CHECK(b.marginal(0, x * times).low == a.marginal(0, x).low);
        const double p = 0.1 * unit(random), k = 1e-3 / volume, c = volume * unit(random);
        const ballast::response ra = a.respond(0, p, k, c, -volume, volume);
        const ballast::response rb = b.respond(0, p, k / times, c * times, -volume * times, volume * times);
        CHECK(rb.x == ra.x * times);
        CHECK(rb.slope == ra.slope * times);
        CHECK(rb.piece == ra.piece);
    }
}

/// Everything above, of a model with a volume V of its own, over volumes from far too little to plenty. `make(V, k)` is the k-th of them.
inline void check_impact(auto&& make, const ballast::look& l, std::uint64_t seed) {
    std::mt19937_64 random{seed};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (int k = 0; k < 12; ++k) {
        const double volume = std::pow(10.0, 4.0 + 5.0 * unit(random));
        const auto model = make(volume, k);
        REQUIRE_FALSE(model.validate());
        const auto view = model.bind(l);
        CAPTURE(k, volume);
        check_shape<ballast::cost_shape::convex>(view, 1, many_points(seed + 1));
        check_smooth_slopes(view, 0, many_points(seed + 2));
        check_conditions(view, 0, seed + 3, volume);
        CHECK(view.cost(0, 0.0) == 0.0);
        CHECK(view.cost(0, -0.0) == 0.0);
        CHECK(view.marginal(0, 0.0).low == -view.marginal(0, 0.0).high);
    }
    for (int k = 0; k < 12; ++k) {
        const auto model = make(std::pow(10.0, 4.5 + 2.5 * unit(random)), k);
        CAPTURE(k);
        check_respond(model.bind(l), 1, seed + 4, 600);
    }
    const auto none = make(0.0, 0);
    REQUIRE_FALSE(none.validate());
    check_untradable(none.bind(l), 0);
    // From too little to nothing the cost rises to that of nothing, and stays convex where its slope has come to its end.
    double last = 0.0;
    for (const double volume : {1e12, 1e6, 1.0, 1e-6, 1e-12, 1e-30, 1e-100, 1e-300, 0.0}) {
        const auto model = make(volume, 0);
        const auto view = model.bind(l);
        const double cost = view.cost(0, 1e4);
        CAPTURE(volume, cost);
        CHECK(cost >= last);
        CHECK(cost <= 1e10 * (1.0 + 1e-12));
        last = cost;
        check_shape<ballast::cost_shape::convex>(view, 1, many_points(seed + 6, {1e100, -1e100, 1e-100}));
        CHECK(std::isfinite(view.cost(0, 1e290)));
        const ballast::response r = view.respond(0, 0.01, 0.0, 0.0, -1e9, 1e9);
        CHECK(std::isfinite(r.x));
        CHECK(std::isfinite(r.slope));
    }
    CHECK(last == 1e10);
}

}  // namespace ballast_test
