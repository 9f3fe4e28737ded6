#include <ballast/target/concept.hpp>

#include <ballast/keeper.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

using namespace ballast;

namespace {
// The smallest legal target policy.
struct smallest {
    void weights(const look&, std::span<double> out) const noexcept {
        for (double& w : out) w = 0.0;
    }
};
// A dollar more of each asset for every trade before.
struct counting {
    struct memory {
        int commits = 0;
        int seen = 0;
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.commits);
            visit(m.seen);
        }
    };
    [[maybe_unused]] static constexpr const char* name = "counting";
    void weights(const look&, const memory& m, std::span<double> out) const noexcept {
        for (double& w : out) w = 0.1 + 0.1 * m.commits;
    }
    void observe(const look&, memory& m) const noexcept { ++m.seen; }
    void commit(const decision&, timestamp, memory& m) const noexcept { ++m.commits; }
};
// Half of what the host says.
struct halved {
    static constexpr bool transforms = true;
    void weights(const look& l, std::span<double> out) const noexcept {
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = 0.5 * l.target[i];
    }
};
// Weights as 1/σ.
struct inverse_volatility {
    static constexpr risk_need needs = risk_need::volatility;
    void weights(const look& l, std::span<double> out) const noexcept {
        double sum = 0.0;
        for (std::size_t i = 0; i < out.size(); ++i) sum += 1.0 / std::sqrt(l.risk[0].variance(i));
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = 1.0 / std::sqrt(l.risk[0].variance(i)) / sum;
    }
};
// All in the first asset, worked out in the scratch; none before it is time.
struct working {
    timestamp from{};
    void prepare(target_scratch& s, const sizes& of) const { s.ask_for(of.assets); }
    [[nodiscard]] fault weights(const look& l, target_scratch& s, std::span<double> out) const noexcept {
        if (!s.holds(out.size())) return {fault_code::not_prepared, no_index, static_cast<double>(out.size())};
        if (l.now < from) return {fault_code::bad_time, no_index, 7.0};
        for (std::size_t i = 0; i < out.size(); ++i) s.numbers[i] = i == 0 ? 1.0 : 0.0;
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = s.numbers[i];
        return {};
    }
};
// Both, without a fault to tell.
struct counting_at_work : counting {
    [[maybe_unused]] static constexpr const char* name = "counting_at_work";
    void weights(const look&, const memory& m, target_scratch& s, std::span<double> out) const noexcept {
        s.numbers[0] = 0.1 * m.commits;
        for (double& w : out) w = s.numbers[0];
    }
    void prepare(target_scratch& s, const sizes&) const { s.ask_for(1); }
};
struct returns_something {
    [[nodiscard]] bool weights(const look&, std::span<double>) const noexcept { return true; }
};
struct may_throw {
    void weights(const look&, std::span<double>) const {}
};
const auto at_once = trigger::every{.interval = {}};
}  // namespace

static_assert(target_policy<smallest> && target_policy<counting> && target_policy<halved> && target_policy<inverse_volatility>);
static_assert(target_policy<working> && target_policy<counting_at_work>);
static_assert(!target_policy<returns_something> && !target_policy<may_throw> && !target_policy<int>);
static_assert(detail::transforms<halved>() && !detail::transforms<smallest>());
static_assert(detail::need_of<inverse_volatility>() == risk_need::volatility);

TEST_CASE("concept of targets: the smallest legal one sells everything") {
    keeper k{rebalancer{at_once, cost::zero{}, solver::to_target{}, smallest{}}, {.assets = 2}};
    const std::vector<double> price{2.0, 5.0}, quantity{10.0, 10.0};
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price}));
    const decision& d = k.propose({.cash = 30.0, .quantity = quantity});
    CHECK(d.outcome == outcome::trade);
    CHECK(d.cash_after == Approx(100.0));
}

TEST_CASE("concept of targets: one with a memory learns from valuations and commits") {
    keeper k{rebalancer{at_once, cost::zero{}, solver::to_target{}, counting{}}, {.assets = 2}};
    const std::vector<double> price{1.0, 1.0};
    holdings h{100.0, {0.0, 0.0}, {}};
    for (int round = 0; round < 3; ++round) {
        REQUIRE_FALSE(k.observe({.now = timestamp{} + days(round), .price = price}));
        const decision& d = k.propose(h.view());
        REQUIRE(d.outcome == outcome::trade);
        CHECK(d.weight_after()[1] == Approx(0.1 + 0.1 * round));
        CHECK(k.propose(h.view()).weight_after()[1] == Approx(0.1 + 0.1 * round));  // proposing again changes nothing
        REQUIRE_FALSE(apply(h, d));
        REQUIRE_FALSE(k.commit(d));
    }
}

TEST_CASE("concept of targets: one that transforms needs the host's") {
    keeper k{rebalancer{at_once, cost::zero{}, solver::to_target{}, halved{}}, {.assets = 2}};
    const std::vector<double> price{1.0, 1.0}, quantity{0.0, 0.0}, target{0.6, 0.4};
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price}));
    CHECK(k.propose({.cash = 100.0, .quantity = quantity}).problem.code == fault_code::targets_missing);
    const decision& d = k.propose({.cash = 100.0, .quantity = quantity}, target);
    CHECK(d.weight_after()[0] == Approx(0.3));
    CHECK(d.weight_after()[1] == Approx(0.2));
    // Also where they lie in an array of structs.
    struct row {
        int other;
        double target;
    };
    const std::vector<row> rows{{1, 0.6}, {2, 0.4}};
    CHECK(k.propose({.cash = 100.0, .quantity = quantity}, column<double>{rows, &row::target}).weight_after()[0] == Approx(0.3));
}

TEST_CASE("concept of targets: one may read an estimator") {
    keeper k{rebalancer{at_once, cost::zero{}, solver::to_target{}, inverse_volatility{}, risk::given{}}, {.assets = 2}};
    const std::vector<double> price{1.0, 1.0}, quantity{0.0, 0.0}, volatility{0.1, 0.3};
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price, .volatility = volatility}));
    const decision& d = k.propose({.cash = 100.0, .quantity = quantity});
    CHECK(d.weight_after()[0] == Approx(0.75));
    CHECK(d.weight_after()[1] == Approx(0.25));
}

TEST_CASE("concept of targets: without a policy the host's are required") {
    keeper k{rebalancer{at_once, cost::zero{}, solver::to_target{}}, {.assets = 1}};
    const std::vector<double> price{1.0}, quantity{0.0};
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price}));
    CHECK(k.propose({.cash = 100.0, .quantity = quantity}).problem.code == fault_code::targets_missing);
}

TEST_CASE("concept of targets: one may work in the scratch, and say that there are no weights") {
    keeper k{rebalancer{at_once, cost::zero{}, solver::to_target{}, working{timestamp{5}}}, {.assets = 2}};
    const std::vector<double> price{1.0, 1.0}, quantity{0.0, 0.0};
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price}));
    const decision& early = k.propose({.cash = 100.0, .quantity = quantity});
    CHECK(early.outcome == outcome::rejected);
    CHECK(early.problem.code == fault_code::bad_time);
    CHECK(early.problem.value == 7.0);
    CHECK(early.orders.empty());
    REQUIRE_FALSE(k.observe({.now = timestamp{5}, .price = price}));
    CHECK(k.propose({.cash = 100.0, .quantity = quantity}).weight_after()[0] == Approx(1.0));
    target_scratch s;
    CHECK(s.holds(0));
    s.ask_for(3);
    s.ask_for(2);
    CHECK(s.holds(3));
    CHECK_FALSE(s.holds(4));

    keeper both{rebalancer{at_once, cost::zero{}, solver::to_target{}, counting_at_work{}}, {.assets = 2}};
    holdings h{100.0, {0.0, 0.0}, {}};
    REQUIRE_FALSE(both.observe({.now = timestamp{1}, .price = price}));
    CHECK(both.propose(h.view()).orders.empty());
}
