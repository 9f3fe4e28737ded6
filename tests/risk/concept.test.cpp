#include <ballast/risk/concept.hpp>

#include <ballast/keeper.hpp>

#include <ballast/core/archive.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/never.hpp>
#include <ballast/trigger/regime_band.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include "support/catch.hpp"

#include <cstddef>
#include <limits>
#include <vector>

using namespace ballast;

namespace {
// The smallest legal estimator: every asset has the volatility of 1/price.
struct smallest {
    static constexpr const char* name = "smallest";
    static constexpr risk_need provides = risk_need::volatility;
    struct estimate {
        std::vector<double> variance{};
        void prepare(const sizes& s) { variance.assign(s.assets, 0.0); }
        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.variance);
        }
    };
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        for (std::size_t i = 0; i < e.variance.size(); ++i) e.variance[i] = 1.0 / (m.price[i] * m.price[i]);
        return {};
    }
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return {.layout = risk_layout::diagonal, .ready = true, .specific = e.variance};
    }
};
struct without_name : smallest {
    static constexpr int name = 3;
};
struct may_throw : smallest {
    [[nodiscard]] fault observe(estimate&, const market_view&) const { return {}; }
};
struct says_nothing : smallest {
    void observe(estimate&, const market_view&) const noexcept {}
};
struct no_estimate {
    [[maybe_unused]] static constexpr const char* name = "none";
    [[maybe_unused]] static constexpr risk_need provides = risk_need::volatility;
};
// Tells numbers that are none, or too few of them.
struct broken : smallest {
    bool short_of_one = false;
    [[nodiscard]] fault observe(estimate& e, const market_view&) const noexcept {
        e.variance[0] = std::numeric_limits<double>::quiet_NaN();
        return {};
    }
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return {.layout = risk_layout::diagonal,
                .ready = true,
                .specific = std::span{e.variance}.first(e.variance.size() - (short_of_one ? 1 : 0))};
    }
};
// Faults on a price above 100.
struct picky : smallest {
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        for (std::size_t i = 0; i < m.price.size(); ++i)
            if (m.price[i] > 100.0) return {fault_code::bad_risk, static_cast<std::uint32_t>(i), m.price[i]};
        return smallest::observe(e, m);
    }
};

// A host's own model of three regimes, by the number of assets whose price rose.
struct breadth {
    static constexpr const char* name = "breadth";
    static constexpr risk_need provides = risk_need::regimes;
    struct estimate {
        std::vector<double> price{};
        std::vector<double> chances{};
        bool ready = false;
        void prepare(const sizes& s) {
            price.assign(s.assets, 0.0);
            chances.assign(3, 0.0);
        }
        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.price);
            visit(e.chances);
            visit(e.ready);
        }
    };
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        double risen = 0.0;
        for (std::size_t i = 0; i < e.price.size(); ++i) {
            risen += m.price[i] > e.price[i] ? 1.0 / static_cast<double>(e.price.size()) : 0.0;
            e.ready = e.price[i] > 0.0;
            e.price[i] = m.price[i];
        }
        e.chances[0] = risen * risen;
        e.chances[1] = 2.0 * risen * (1.0 - risen);
        e.chances[2] = (1.0 - risen) * (1.0 - risen);
        return {};
    }
    [[nodiscard]] risk_view view(const estimate&) const noexcept { return {}; }
    [[nodiscard]] regime_view regimes(const estimate& e) const noexcept {
        return {.ready = e.ready, .regimes = 3, .probability = e.chances};
    }
};
static_assert(regime_model<breadth> && detail::check_estimator<breadth>() && !regime_model<smallest>);

const trigger::volatility_band band{.width = 0.1, .reference = 0.5, .exponent = 1.0};
}  // namespace

static_assert(estimator_policy<smallest> && detail::check_estimator<smallest>());
static_assert(!estimator_policy<without_name> && !estimator_policy<may_throw> && !estimator_policy<says_nothing>);
static_assert(!estimator_policy<no_estimate> && !estimator_policy<int> && !estimator_policy<trigger::never>);

TEST_CASE("concept of estimators: the smallest legal one feeds a trigger") {
    keeper k{rebalancer{band, cost::zero{}, solver::to_target{}, smallest{}}, {.assets = 2}};
    const std::vector<double> price{2.0, 4.0}, quantity{25.0, 12.5}, target{0.7, 0.3};
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price}));
    const decision& d = k.propose({.quantity = quantity}, target);
    // Widths 0.1·(1/2)/0.5 = 0.1 and 0.1·(1/4)/0.5 = 0.05; both are 0.2 off.
    CHECK(d.firing.fired);
    CHECK(d.firing.asset == 1);
    CHECK(d.firing.threshold == Approx(0.05));
}

TEST_CASE("concept of estimators: a host's own model of regimes feeds a trigger") {
    const trigger::regime_band by_regime{.width = {0.01, 0.05, 0.2}, .estimator = 1};
    keeper k{rebalancer{by_regime, cost::zero{}, solver::to_target{}, smallest{}, breadth{}}, {.assets = 2}};
    std::vector<double> price{2.0, 4.0};
    const std::vector<double> quantity{25.0, 12.5}, target{0.7, 0.3};
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price}));
    CHECK(k.propose({.quantity = quantity}, target).firing.threshold == Approx(0.26 / 3.0));
    price = {2.2, 3.9};
    REQUIRE_FALSE(k.observe({.now = timestamp{2}, .price = price}));
    CHECK(k.propose({.quantity = quantity}, target).firing.threshold == Approx(0.25 * 0.01 + 0.5 * 0.05 + 0.25 * 0.2));
    const auto bytes = save(k.market());
    price = {2.0, 3.0};
    REQUIRE_FALSE(k.observe({.now = timestamp{3}, .price = price}));
    CHECK(k.propose({.quantity = quantity}, target).firing.threshold == Approx(0.2));
    REQUIRE_FALSE(load(k.market(), bytes));
    CHECK(k.propose({.quantity = quantity}, target).firing.threshold == Approx(0.25 * 0.01 + 0.5 * 0.05 + 0.25 * 0.2));
}

TEST_CASE("concept of estimators: numbers that are none reject the decision and are named") {
    const std::vector<double> price{2.0, 4.0}, quantity{25.0, 12.5}, target{0.7, 0.3};
    keeper nan{rebalancer{band, cost::zero{}, solver::to_target{}, broken{}}, {.assets = 2}};
    REQUIRE_FALSE(nan.observe({.now = timestamp{1}, .price = price}));
    CHECK(nan.propose({.quantity = quantity}, target).outcome == outcome::rejected);
    CHECK(nan.propose({.quantity = quantity}, target).problem.code == fault_code::bad_risk);
    CHECK(nan.propose({.quantity = quantity}, target).problem.index == 0);
    broken b;
    b.short_of_one = true;
    keeper few{rebalancer{band, cost::zero{}, solver::to_target{}, b}, {.assets = 2}};
    REQUIRE_FALSE(few.observe({.now = timestamp{1}, .price = price}));
    CHECK(few.propose({.quantity = quantity}, target).problem.code == fault_code::size_mismatch);
}

TEST_CASE("concept of estimators: a tick that one of several refuses teaches none") {
    const rebalancer policy{trigger::never{}, cost::zero{}, solver::to_target{}, risk::ewma{.warm_up = 1}, risk::given{}};
    decltype(policy)::market_state market;
    policy.prepare(market, {.assets = 2});
    const std::vector<double> price{2.0, 3.0}, later{2.2, 2.9}, good{0.1, 0.2}, bad{0.1, -0.2};
    REQUIRE_FALSE(policy.observe(market, {.now = timestamp{1}, .price = price, .volatility = good}));
    const auto before = save(market);
    const fault f = policy.observe(market, {.now = timestamp{2}, .price = later, .volatility = bad});
    CHECK(f.code == fault_code::bad_risk);
    CHECK(f.index == 1);
    CHECK(save(market) == before);
    CHECK_FALSE(policy.observe(market, {.now = timestamp{2}, .price = later, .volatility = good}));
    CHECK(save(market) != before);
}

TEST_CASE("concept of estimators: an estimator's fault is the tick's") {
    keeper k{rebalancer{trigger::never{}, cost::zero{}, solver::to_target{}, picky{}}, {.assets = 2}};
    const std::vector<double> bad{2.0, 400.0};
    const fault f = k.observe({.now = timestamp{1}, .price = bad});
    CHECK(f.code == fault_code::bad_risk);
    CHECK(f.index == 1);
    CHECK(f.value == 400.0);
}
