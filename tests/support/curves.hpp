// Curves to split over, and what every curve of straight pieces promises.
#pragma once

#include "catch.hpp"
#include "random_book.hpp"

#include <ballast/venue/concept.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace test {

/// The smallest constant-product curve: out(x) = O·x/(I + x).
struct pool {
    double input = 0.0;
    double output = 0.0;

    [[nodiscard]] double out(double x) const noexcept { return x > 0.0 ? output * (x / (input + x)) : 0.0; }
    [[nodiscard]] double in(double y) const noexcept {
        if (!(y > 0.0)) return 0.0;
        return y < output ? input * (y / (output - y)) : std::numeric_limits<double>::infinity();
    }
    [[nodiscard]] ballast::slope_interval marginal(double x) const noexcept {
        if (!(output > 0.0)) return {0.0, std::numeric_limits<double>::infinity()};
        const double part = input / (input + x);
        const double slope = output / input * part * part;
        return {slope, x > 0.0 ? slope : std::numeric_limits<double>::infinity()};
    }
    [[nodiscard]] ballast::venue::amount_interval inverse_marginal(double p) const noexcept {
        // r/√p − I without cancellation: I·(q − 1), with q² = (O/I)/p.
        const double ratio = output / input / p;
        const double x = ratio > 1.0 ? input * ((ratio - 1.0) / (std::sqrt(ratio) + 1.0)) : 0.0;
        return {x, x};
    }
    [[nodiscard]] double depth() const noexcept { return std::numeric_limits<double>::infinity(); }
};

/// The same, which says so: split in closed form.
struct known_pool : pool {
    [[nodiscard]] double input_scale() const noexcept { return input; }
    [[nodiscard]] double output_scale() const noexcept { return output; }
};

/// A smooth curve of another form, with a depth: out(x) = a·(x − x²/(2d)·k) up to d, slope from a down to a·(1 − k), 0 ≤ k ≤ 1.
struct parabola {
    double first = 1.0;
    double bend = 1.0;
    double most = 1.0;

    [[nodiscard]] double out(double x) const noexcept {
        const double z = std::clamp(x, 0.0, most);
        return first * z * (1.0 - 0.5 * bend * z / most);
    }
    [[nodiscard]] double in(double y) const noexcept {
        if (!(y > 0.0)) return 0.0;
        if (y > out(most)) return std::numeric_limits<double>::infinity();
        const double root = std::sqrt(std::max(0.0, 1.0 - 2.0 * bend * y / (first * most)));
        return std::min(most, 2.0 * y / first / (1.0 + root));
    }
    [[nodiscard]] ballast::slope_interval marginal(double x) const noexcept {
        const double slope = first * (1.0 - bend * std::clamp(x, 0.0, most) / most);
        return {x < most ? slope : 0.0, x > 0.0 ? (x > most ? 0.0 : slope) : std::numeric_limits<double>::infinity()};
    }
    [[nodiscard]] ballast::venue::amount_interval inverse_marginal(double p) const noexcept {
        const double x = std::clamp(most * ((1.0 - p / first) / bend), 0.0, most);
        return {x, x};
    }
    [[nodiscard]] double depth() const noexcept { return most; }
};

/// What a curve of straight pieces promises, at its knots, between them and beyond.
template <class Curve>
void check_straight_pieces(const Curve& c, const std::vector<double>& knots, double tolerance) {
    const double depth = c.depth();
    constexpr double infinity = std::numeric_limits<double>::infinity();
    CHECK(c.out(0.0) == 0.0);
    CHECK(c.in(0.0) == 0.0);
    CHECK(c.marginal(0.0).high == infinity);
    CHECK(c.out(2.0 * depth + 1.0) == c.out(depth));
    CHECK(c.in(c.out(depth) * (1.0 + 1e-9) + 1e-300) == infinity);
    CHECK(c.marginal(depth).low == 0.0);
    std::vector<double> at{depth * 1e-18, depth * 1e-9, depth * 0.999999, depth};
    for (std::size_t k = 0; k < knots.size(); ++k) {
        at.push_back(knots[k]);
        const double next = k + 1 < knots.size() ? knots[k + 1] : depth;
        for (const double part : {1e-12, 0.3, 0.9}) at.push_back(knots[k] + part * (next - knots[k]));
    }
    std::sort(at.begin(), at.end());
    at.erase(std::remove_if(at.begin(), at.end(), [&](double x) { return x > depth; }), at.end());
    double last_x = 0.0, last_y = 0.0, last_slope = infinity, worst = 0.0, worst_loss = 0.0;
    bool rises = true, concave = true, agrees = true;
    const double first = c.marginal(0.0).low;
    for (const double x : at) {
        const double y = c.out(x);
        const ballast::slope_interval s = c.marginal(x);
        rises = rises && y >= last_y;
        concave = concave && s.low <= s.high && (x == last_x || s.high <= last_slope);
        worst = std::max(worst, x > 0.0 ? std::fabs(c.in(y)-x) / x : 0.0);
        // in(y) is the least; each slope within marginal(x) names x.
        for (const double p : {s.low, s.high, 0.5 * (s.low + s.high)}) {
            if (!(p < infinity)) continue;
            const auto z = c.inverse_marginal(p);
            agrees = agrees && z.low <= x && x <= z.high;
        }
        const double loss = first * x - y;
        worst_loss = std::max(worst_loss, std::fabs(ballast::venue::shortfall(c, x) - loss) / (first * x + 1e-300));
        worst_loss = std::max(worst_loss, std::fabs(ballast::venue::excess(c, y) - loss / first) / (x + 1e-300));
        last_x = x;
        last_y = y;
        last_slope = s.low;
    }
    CHECK(rises);
    CHECK(concave);
    CHECK(agrees);
    CHECK(worst <= tolerance);
    CHECK(worst_loss <= tolerance);
}

}  // namespace test
