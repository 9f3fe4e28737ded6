#include <ballast/trigger/concept.hpp>

#include <ballast/keeper.hpp>

#include <ballast/cost/sum.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/all_of.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/calendar.hpp>
#include <ballast/trigger/cooldown.hpp>
#include <ballast/trigger/distance.hpp>
#include <ballast/trigger/every.hpp>
#include <ballast/trigger/hysteresis.hpp>
#include <ballast/trigger/never.hpp>
#include <ballast/trigger/not_.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/triggers.hpp"

#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast_test::scripted;
using ballast_test::test_look;

namespace {
// The smallest legal trigger.
struct smallest {
    [[nodiscard]] firing check(const look& l) const noexcept { return {.fired = l.cash > 50.0, .trigger = "smallest", .measure = l.cash}; }
};
// Closed to derivation: its names can not be asked for, but are found.
struct closed final {
    [[nodiscard]] firing check(const look&) const noexcept { return {.fired = true, .trigger = "closed"}; }
    void region(const look&, const box& b) const noexcept { b.intersect(0, 0.4, 0.6); }
};
// Both ways in: the one with the memory is taken.
struct both_ways {
    using memory = scripted::memory;
    [[nodiscard]] firing check(const look&) const noexcept { return {.trigger = "without"}; }
    [[nodiscard]] firing check(const look&, const memory&) const noexcept { return {.trigger = "with"}; }
    void region(const look&, const memory& m, const box& b) const noexcept { b.intersect(0, 0.0, static_cast<double>(m.observed)); }
};
struct may_throw {
    [[nodiscard]] firing check(const look&) const { return {}; }
};
struct says_bool {
    [[nodiscard]] bool check(const look&) const noexcept { return true; }
};
struct changes_itself {
    [[nodiscard]] firing check(const look&) noexcept { return {}; }
};
struct throwing_region {
    [[nodiscard]] firing check(const look&) const noexcept { return {}; }
    void region(const look&, const box&) const {}
};
struct announces {
    std::size_t announced = 3;
    [[nodiscard]] firing check(const look&) const noexcept { return {.fired = true, .trigger = "announces"}; }
    [[nodiscard]] firing explain(const look& l, const no_memory&, leaf_sink& sink) const noexcept {
        for (std::size_t i = 0; i < announced; ++i) sink({.trigger = "leaf", .measure = static_cast<double>(i)});
        return check(l);
    }
    [[nodiscard]] std::size_t leaves() const noexcept { return announced; }
};
}  // namespace

static_assert(trigger_policy<smallest> && !banded_trigger<smallest> && detail::check_trigger<smallest>());
static_assert(trigger_policy<closed> && banded_trigger<closed> && detail::check_trigger<closed>());
static_assert(trigger_policy<both_ways> && banded_trigger<both_ways> && detail::check_trigger<both_ways>());
static_assert(trigger_policy<announces> && detail::explaining<announces> && detail::check_trigger<announces>());
static_assert(!trigger_policy<may_throw> && !trigger_policy<says_bool> && !trigger_policy<changes_itself> && !trigger_policy<int>);
static_assert(trigger_policy<throwing_region> && !banded_trigger<throwing_region>);
static_assert(std::is_trivially_copyable_v<leaf_sink>&& noexcept(leaf_sink{}(firing{})));

TEST_CASE("concept of triggers: the way with a memory is taken where there are both") {
    const test_look l{{0.5}, {0.5}};
    CHECK(std::string{ballast_test::check(both_ways{}, l).trigger} == "with");
    scripted::memory m;
    m.observed = 7;
    CHECK(ballast_test::region(both_ways{}, l, m).upper[0] == 7.0);
    CHECK(std::string{ballast_test::check(closed{}, l).trigger} == "closed");
    CHECK(ballast_test::region(closed{}, l).lower[0] == 0.4);
}

TEST_CASE("concept of triggers: one leaf where a trigger does not announce more") {
    const test_look l{{0.5}, {0.5}};
    CHECK(detail::leaf_count(smallest{}) == 1);
    const auto one = ballast_test::explain(smallest{}, l);
    REQUIRE(one.leaves.size() == 1);
    CHECK(std::string{one.leaves[0].trigger} == "smallest");
    CHECK(detail::leaf_count(announces{}) == 3);
    const auto three = ballast_test::explain(announces{}, l);
    CHECK(std::string{three.answer.trigger} == "announces");
    REQUIRE(three.leaves.size() == 3);
    CHECK(three.leaves[2].measure == 2.0);
    CHECK(ballast_test::explain(trigger::any_of{announces{}, smallest{}}, l).leaves.size() == 4);
}

TEST_CASE("concept of triggers: beyond is more than 2^-48 beyond") {
    constexpr double step = 1.0 / 281474976710656.0;
    CHECK_FALSE(detail::beyond(0.5, 0.5));
    CHECK_FALSE(detail::beyond(0.5 + step, 0.5));
    CHECK(detail::beyond(0.5 + 2 * step, 0.5));
    CHECK_FALSE(detail::beyond(0.25, 0.5));
    CHECK_FALSE(detail::beyond(0.25, std::numeric_limits<double>::infinity()));
    CHECK_FALSE(detail::beyond(std::numeric_limits<double>::quiet_NaN(), 0.5));
}

TEST_CASE("concept of triggers: a decision names every leaf, also of a user's own") {
    keeper k{rebalancer{trigger::any_of{announces{}, trigger::not_{trigger::never{}}}, cost::zero{}, solver::to_target{}}, {.assets = 1}};
    const std::vector<double> price{1.0}, quantity{1.0}, target{0.5};
    (void)k.observe({.now = timestamp{1}, .price = price});
    const decision& d = k.propose({.cash = 1.0, .quantity = quantity}, target);
    CHECK(d.firing.fired);
    REQUIRE(d.leaves.size() == 4);
    CHECK(std::string{d.leaves[0].trigger} == "leaf");
    CHECK(std::string{d.leaves[3].trigger} == "never");
}

TEST_CASE("concept of triggers: every leaf tells the unit of its measure") {
    using namespace ballast::trigger;
    test_look l = test_look{{0.6, 0.4}, {0.5, 0.5}}.volatility({0.2, 0.2});
    const auto unit = [&](const auto& t) { return ballast_test::check(t, l.at(timestamp{} + days(1))).unit; };
    CHECK(unit(band{.absolute = 0.05}) == measure_unit::weight);
    CHECK(unit(band{.relative = 0.05}) == measure_unit::weight);
    CHECK(unit(volatility_band{.width = 0.05, .reference = 0.2, .exponent = -1}) == measure_unit::weight);
    CHECK(unit(trigger::distance{}) == measure_unit::weight);
    CHECK(unit(every{}) == measure_unit::seconds);
    CHECK(unit(calendar{}) == measure_unit::yes_no);
    CHECK(unit(never{}) == measure_unit::yes_no);
    CHECK(unit(not_{every{}}) == measure_unit::seconds);
    CHECK(unit(any_of{band{.absolute = 0.5}, every{.interval = {}}}) == measure_unit::seconds);
    CHECK(unit(all_of{band{.absolute = 0.05}, every{.interval = {}}}) == measure_unit::seconds);
    const cooldown paused{band{.absolute = 0.05}, days(3)};
    CHECK(ballast_test::check(paused, l, {.last = timestamp{} + days(1)}).unit == measure_unit::seconds);
    CHECK(ballast_test::check(paused, l, {.last = timestamp::never()}).unit == measure_unit::weight);
}

TEST_CASE("concept of triggers: a rebalancer is not built from a part that does not validate, however deep it lies") {
    using namespace ballast::trigger;
    const auto told = [](const auto& t) -> std::string {
        try {
            const rebalancer r{t, cost::zero{}, solver::to_target{}};
        } catch (const invalid_configuration& e) { return e.what(); }
        return "";
    };
    CHECK(told(band{.absolute = -0.1}) == "ballast: band.absolute = -0.1: must be a weight at or above 0");
    CHECK(told(any_of{never{}, all_of{not_{cooldown{every{.interval = seconds(-1)}, days(1)}}, never{}}}) ==
          "ballast: every.interval = -1: must be a time at or above 0 (seconds)");
    CHECK(told(hysteresis{band{.absolute = 0.1}, trigger::distance{.limit = -1}}) ==
          "ballast: distance.limit = -1: must be a weight at or above 0");
    CHECK(told(calendar{.day = 0}) == "ballast: calendar.day = 0: must be 1 to 31, or -1 (last) to -28");
    CHECK(told(band{.absolute = 0.1}).empty());
}

// A user's namespace may have functions of any name. Found by argument-dependent lookup these take whatever comes, and do not compile when
// called.
namespace greedy {
template <class... Ts>
void check(Ts&&...) = delete;
template <class... Ts>
void examine(Ts&&...) = delete;
template <class... Ts>
void observe(Ts&&...) = delete;
template <class... Ts>
void commit(Ts&&...) = delete;
template <class... Ts>
void prepare(Ts&&...) = delete;
template <class... Ts>
void covers(Ts&&...) = delete;
template <class... Ts>
void validate(Ts&&...) = delete;
template <class... Ts>
void solve(Ts&&...) = delete;
template <class... Ts>
void weights(Ts&&...) = delete;
template <class... Ts>
void leaf_count(Ts&&...) = delete;
template <class... Ts>
void narrow_to_region(Ts&&...) = delete;
template <class... Ts>
void narrow_if_banded(Ts&&...) = delete;
template <class... Ts>
void for_each(Ts&&...) = delete;
template <class... Ts>
void for_each_pair(Ts&&...) = delete;
template <std::size_t I, class... Ts>
void get(Ts&&...) = delete;
template <class... Ts>
void self_finance(Ts&&...) = delete;
template <class... Ts>
void keep_turnover(Ts&&...) = delete;
template <class... Ts>
void wealth_after(Ts&&...) = delete;
template <class... Ts>
void cost_at(Ts&&...) = delete;
template <class... Ts>
void turnover_of(Ts&&...) = delete;
template <class... Ts>
void balance(Ts&&...) = delete;
// As good a match as the library's own: a call that is looked up here is ambiguous.
template <class T>
firing check(const T&, const look&, const memory_of<T>&) noexcept = delete;
template <class T>
firing examine(const T&, const look&, const memory_of<T>&, leaf_sink&) noexcept = delete;
template <class T>
std::size_t leaf_count(const T&) noexcept = delete;
template <class T>
bool covers(const T&, std::size_t) noexcept = delete;
template <class T>
configuration_fault validate(const T&) = delete;
template <class T>
void observe(const T&, const look&, memory_of<T>&) noexcept = delete;
template <class T>
void commit(const T&, const decision&, timestamp, memory_of<T>&) noexcept = delete;
template <class T>
void prepare(T&, const sizes&) = delete;

namespace {
struct own_memory {
    int seen = 0;
    template <class Self, class Visit>
    static void fields(Self& m, Visit&& visit) {
        visit(m.seen);
    }
};
struct own_trigger {
    using memory = own_memory;
    [[nodiscard]] firing check(const look&, const memory& m) const noexcept { return {.fired = m.seen > 0, .trigger = "own"}; }
    void region(const look& l, const memory&, const box& b) const noexcept {
        for (std::size_t i = 0; i < l.assets(); ++i) b.intersect(i, l.target[i] - 0.05, l.target[i] + 0.05);
    }
    void observe(const look&, memory& m) const noexcept { ++m.seen; }
    void commit(const decision&, timestamp, memory& m) const noexcept { m.seen = -100; }
    [[nodiscard]] configuration_fault validate() const { return {}; }
    [[nodiscard]] bool covers(std::size_t) const { return true; }
};
struct own_cost {
    static constexpr cost_shape shape = cost_shape::fixed_plus_convex;
    struct view {
        [[nodiscard]] double cost(std::size_t, double x) const noexcept { return x == 0.0 ? 0.0 : 0.1; }
        [[nodiscard]] slope_interval marginal(std::size_t, double) const noexcept { return {}; }
    };
    [[nodiscard]] view bind(const look&) const noexcept { return {}; }
};
struct own_target {
    using memory = own_memory;
    void weights(const look&, const memory&, std::span<double> out) const noexcept {
        for (double& w : out) w = 0.25;
    }
};
struct own_guard {
    static constexpr const char* name = "own";
    using memory = own_memory;
    void narrow(const look&, limits& lim) const noexcept { lim.turnover = 0.2; }
    [[nodiscard]] verdict check(const proposal&) const noexcept { return verdict::pass; }
};
struct own_solver {
    template <bound_cost View>
    [[nodiscard]] status solve(const problem& p, const View& view, solution& s) const noexcept {
        return solver::to_target{}.solve(p, view, s);
    }
};
}  // namespace
}  // namespace greedy

TEST_CASE("concept of triggers: functions of a user's own namespace are left alone") {
    const auto run = [](auto policy) {
        keeper k{policy, {.assets = 2}};
        const std::vector<double> price{1.0, 1.0}, quantity{60.0, 10.0};
        (void)k.observe({.now = timestamp{1}, .price = price});
        CHECK(k.propose({.cash = 30.0, .quantity = quantity}).outcome == outcome::hold);
        const decision& d = k.propose({.cash = 30.0, .quantity = quantity});
        CHECK(d.outcome == outcome::trade);
        CHECK(d.turnover <= 0.2);
        CHECK_FALSE(k.commit(d));
        CHECK(k.propose({.cash = 30.0, .quantity = quantity}).outcome == outcome::hold);
    };
    using namespace greedy;
    using namespace ballast::trigger;
    run(rebalancer{own_trigger{}, own_cost{}, solver::to_target{}, own_target{}, own_guard{}});
    run(rebalancer{own_trigger{}, cost::sum{own_cost{}, cost::zero{}}, own_solver{}, own_target{}, own_guard{}});
    run(rebalancer{any_of{own_trigger{}, never{}}, own_cost{}, solver::to_band{}, own_target{}, own_guard{}});
    run(rebalancer{all_of{own_trigger{}, not_{never{}}}, own_cost{}, solver::to_band{}, own_target{}, own_guard{}});
    run(rebalancer{hysteresis{own_trigger{}, own_trigger{}}, own_cost{}, solver::to_band{}, own_target{}, own_guard{}});
    run(rebalancer{cooldown{own_trigger{}, days(1)}, own_cost{}, solver::to_band{}, own_target{}, own_guard{}});
}
