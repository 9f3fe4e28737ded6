// Looks for tests of triggers, targets, guards and solvers: built from weights, from holdings, or at random. Plain loops in the order of
// the formulas, so that they are a second method beside detail/valuation.hpp and not a copy of it.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <utility>
#include <vector>

#include <ballast/core/inputs.hpp>
#include <ballast/core/look.hpp>
#include <ballast/core/mandate.hpp>
#include <ballast/core/regime_view.hpp>
#include <ballast/core/risk_view.hpp>
#include <ballast/core/timestamp.hpp>
#include <ballast/trigger/concept.hpp>

namespace ballast_test {

/// A look that owns everything it shows. Change a public member, then call `refresh()`; `at(t)` moves it in time.
///
///     test_look l{{0.55, 0.45}, {0.5, 0.5}};          // weights, targets; what they leave over is cash
///     CHECK(trigger::band{.absolute = 0.04}.check(l).fired);
class test_look {
public:
    double value = 100.0;
    double cash = 0.0;
    std::vector<double> weight{};    ///< per asset
    std::vector<double> target{};    ///< per asset
    std::vector<double> price{};     ///< per asset
    std::vector<double> quantity{};  ///< per row; a row is an asset
    std::vector<double> position{};
    std::vector<double> drift{};
    std::vector<std::uint8_t> frozen{};
    std::vector<ballast::timestamp> as_of{};
    std::vector<ballast::risk_view> risk{};
    std::vector<std::vector<double>> variance{};  ///< what the risk views made by `volatility` show
    std::vector<ballast::regime_view> regime{};
    std::vector<std::vector<double>> chances{};  ///< what the regime views made by `regimes` show
    ballast::mandate rules{};
    ballast::inputs input{};

    test_look() : test_look(std::vector<double>{}, std::vector<double>{}) {}

    /// From weights and targets; every price is 1.
    test_look(std::vector<double> weights, std::vector<double> targets, double portfolio_value = 100.0)
        : value{portfolio_value},
          weight(std::move(weights)),
          target(std::move(targets)) {
        price.assign(weight.size(), 1.0);
        refresh();
    }
    test_look(std::initializer_list<double> weights, std::initializer_list<double> targets)
        : test_look(std::vector<double>(weights), std::vector<double>(targets)) {}

    /// From cash, quantities and prices.
    [[nodiscard]] static test_look holding(double cash_held, const std::vector<double>& quantities, const std::vector<double>& prices,
                                           const std::vector<double>& targets) {
        double total = cash_held;
        for (std::size_t i = 0; i < quantities.size(); ++i) total += quantities[i] * prices[i];
        std::vector<double> weights;
        for (std::size_t i = 0; i < quantities.size(); ++i) weights.push_back(quantities[i] * prices[i] / total);
        test_look l{weights, targets, total};
        l.price = prices;
        l.quantity = quantities;
        l.refresh();
        l.cash = cash_held;
        l.set_cash(cash_held);
        return l;
    }

    test_look(const test_look& other) { *this = other; }
    test_look& operator=(const test_look& other) {
        if (this == &other) return *this;
        value = other.value;
        cash = other.cash;
        weight = other.weight;
        target = other.target;
        price = other.price;
        quantity = other.quantity;
        frozen = other.frozen;
        as_of = other.as_of;
        variance = other.variance;
        rules = other.rules;
        look_.now = other.look_.now;
        const double cash_held = other.cash;
        const auto views = other.risk;
        refresh();
        cash = cash_held;
        set_cash(cash_held);
        risk = views;
        for (std::size_t k = 0; k < variance.size() && k < risk.size(); ++k) risk[k].specific = variance[k];
        look_.risk = risk;
        chances = other.chances;
        regime = other.regime;
        for (std::size_t k = 0; k < chances.size() && k < regime.size(); ++k) regime[k].probability = chances[k];
        look_.regime = regime;
        return *this;
    }
    ~test_look() = default;

    /// Volatilities per year of one more estimator, after those given already.
    test_look& volatility(const std::vector<double>& sigma, bool ready = true) {
        variance.emplace_back();
        for (double s : sigma) variance.back().push_back(s * s);
        risk.push_back({.layout = ballast::risk_layout::diagonal, .ready = ready});
        // The outer vector may have moved its elements.
        for (std::size_t k = 0; k < risk.size(); ++k) risk[k].specific = variance[k];
        look_.risk = risk;
        return *this;
    }
    /// Chances of `count` regimes of one more estimator, after those given already: of the market, or of each asset.
    test_look& regimes(std::size_t count, std::vector<double> each, bool ready = true) {
        chances.push_back(std::move(each));
        regime.push_back({.ready = ready, .regimes = count});
        // The outer vector may have moved its elements.
        for (std::size_t k = 0; k < regime.size(); ++k) regime[k].probability = chances[k];
        look_.regime = regime;
        return *this;
    }
    test_look& at(ballast::timestamp now) {
        look_.now = now;
        input.market.now = now;
        return *this;
    }

    /// Reckons everything that follows from value, weights, targets and prices again.
    void refresh() {
        const std::size_t n = weight.size();
        position.assign(n, 0.0);
        drift.assign(n, 0.0);
        if (quantity.size() != n) quantity.assign(n, 0.0);
        double invested = 0.0;
        double wanted = 0.0;
        double largest = 0.0;
        std::uint32_t furthest = ballast::no_index;
        for (std::size_t i = 0; i < n; ++i) {
            position[i] = weight[i] * value;
            quantity[i] = position[i] / price[i];
            drift[i] = weight[i] - target[i];
            invested += position[i];
            wanted += target[i];
            if (i == 0 || std::fabs(drift[i]) > largest) {
                largest = std::fabs(drift[i]);
                furthest = static_cast<std::uint32_t>(i);
            }
        }
        cash = value - invested;
        input.market.now = look_.now;
        input.market.price = price;
        input.market.as_of = as_of;
        input.account.cash = cash;
        input.account.quantity = quantity;
        input.target = target;
        look_.value = value;
        set_cash(cash);
        look_.cash_target = 1.0 - wanted;
        look_.largest_drift = largest;
        look_.furthest = furthest;
        look_.price = price;
        look_.position = position;
        look_.weight = weight;
        look_.target = target;
        look_.drift = drift;
        look_.quantity = quantity;
        look_.frozen = frozen;
        look_.risk = risk;
        look_.regime = regime;
        look_.input = &input;
        look_.rules = &rules;
    }

    [[nodiscard]] std::size_t assets() const noexcept { return weight.size(); }
    [[nodiscard]] const ballast::look& look() const noexcept { return look_; }
    operator const ballast::look&() const noexcept { return look_; }  // NOLINT: reads as a look

private:
    void set_cash(double held) noexcept { look_.cash = look_.booked = look_.at_hand = look_.settled = held; }

    ballast::look look_{};
};

/// What random looks are made of.
struct look_kind {
    bool shorts = true;        ///< some targets and weights negative
    double still = 0.2;        ///< chance that an asset sits exactly on its target
    double untargeted = 0.15;  ///< chance that a target is 0
    double spread = 0.05;      ///< standard deviation of drifts
    double round_to = 0.0;     ///< weights and targets are whole multiples of it, so that drifts tie; 0: any double
};

/// A look of n assets.
[[nodiscard]] inline test_look random_look(std::mt19937_64& rng, std::size_t n, const look_kind& kind = {}) {
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    std::normal_distribution<double> noise{0.0, kind.spread};
    const auto rounded = [&](double x) { return kind.round_to > 0.0 ? std::round(x / kind.round_to) * kind.round_to : x; };
    std::vector<double> weight(n), target(n);
    for (std::size_t i = 0; i < n; ++i) {
        double t = 2.0 * unit(rng) / static_cast<double>(n);
        if (kind.shorts && unit(rng) < 0.3) t = -t;
        if (unit(rng) < kind.untargeted) t = 0.0;
        target[i] = rounded(t);
        double w = unit(rng) < kind.still ? target[i] : rounded(target[i] + noise(rng));
        if (!kind.shorts && w < 0.0) w = 0.0;
        weight[i] = w;
    }
    return {std::move(weight), std::move(target), 1000.0 * (0.5 + unit(rng))};
}

/// The numbers of assets worth trying: none, one, around the width of eight lanes, and more.
inline constexpr std::size_t look_sizes[] = {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 40};

/// A trigger's answer with everything that its leaves told.
struct explained {
    ballast::firing answer{};
    std::vector<ballast::firing> leaves{};
};
template <ballast::trigger_policy Trigger>
[[nodiscard]] explained explain(const Trigger& t, const ballast::look& l, const ballast::memory_of<Trigger>& m = {}) {
    explained e;
    // One more than it announces, so that a leaf too many is seen.
    e.leaves.reserve(ballast::detail::leaf_count(t) + 1);
    ballast::leaf_sink sink{e.leaves};
    e.answer = ballast::detail::examine(t, l, m, sink);
    return e;
}
template <ballast::trigger_policy Trigger>
[[nodiscard]] ballast::firing check(const Trigger& t, const ballast::look& l, const ballast::memory_of<Trigger>& m = {}) {
    return ballast::detail::check(t, l, m);
}

/// A box that starts unbounded.
struct test_box {
    std::vector<double> lower{};
    std::vector<double> upper{};
    explicit test_box(std::size_t n) : lower(n, -HUGE_VAL), upper(n, HUGE_VAL) {}
    [[nodiscard]] ballast::box view() noexcept { return {lower, upper}; }
};
template <ballast::banded_trigger Trigger>
[[nodiscard]] test_box region(const Trigger& t, const ballast::look& l, const ballast::memory_of<Trigger>& m = {}) {
    test_box b{l.assets()};
    ballast::detail::narrow_to_region(t, l, m, b.view());
    return b;
}

}  // namespace ballast_test
