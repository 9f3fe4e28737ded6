#include <ballast/any.hpp>

#include "support/catch.hpp"
#include "support/same_bits.hpp"
#include "support/same_decisions.hpp"

#include <ballast/core/archive.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/half_spread.hpp>
#include <ballast/cost/maximum.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/per_unit.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/guard/max_trade.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/guard/stale_price.hpp>
#include <ballast/keeper.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/sizing/integer.hpp>
#include <ballast/sizing/reconciled.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/target/equal.hpp>
#include <ballast/target/fixed.hpp>
#include <ballast/trigger/all_of.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/calendar.hpp>
#include <ballast/trigger/cooldown.hpp>
#include <ballast/trigger/distance.hpp>
#include <ballast/trigger/every.hpp>
#include <ballast/trigger/hysteresis.hpp>
#include <ballast/trigger/not_.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include <cmath>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace ballast;
using test::book;
using test::check_same;
using test::desk;
using test::same_bits;
using test::seen;

namespace {

// ---- policies of a host's own ----

/// Targets that follow the host's with a delay: memory ← (memory + 3 · new) / 4 at each valuation. Its targets are made from the host's.
struct followed {
    static constexpr const char* name = "followed";
    static constexpr bool transforms = true;
    struct memory {
        std::vector<double> weight{};
        bool begun = false;
        void prepare(const sizes& s) {
            weight.assign(s.assets, 0.0);
            begun = false;
        }
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.weight);
            visit(m.begun);
        }
    };
    void weights(const look& l, const memory& m, std::span<double> out) const noexcept {
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = m.begun ? 0.25 * m.weight[i] + 0.75 * l.target[i] : l.target[i];
    }
    void observe(const look& l, memory& m) const noexcept {
        for (std::size_t i = 0; i < l.assets(); ++i) m.weight[i] = l.target[i];
        m.begun = true;
    }
};

/// A convex cost that is not linear: coefficient · x² / value. `Responsive`: it answers prices.
struct smooth_view {
    double k;
    [[nodiscard]] double cost(std::size_t, double x) const noexcept { return k * x * x; }
    [[nodiscard]] slope_interval marginal(std::size_t, double x) const noexcept { return {2.0 * k * x, 2.0 * k * x}; }
};
struct answering_view : smooth_view {
    [[nodiscard]] response respond(std::size_t, double price, double curvature, double centre, double lo, double hi) const noexcept {
        const double x = (price + curvature * centre) / (2.0 * k + curvature);
        return {x < lo ? lo : x > hi ? hi : x, 1.0 / (2.0 * k + curvature), static_cast<std::int8_t>(x < 0.0 ? -1 : 1)};
    }
};
template <bool Responsive>
struct impact {
    double coefficient = 0.1;
    static constexpr const char* name = "impact";
    static constexpr cost_shape shape = cost_shape::convex;
    using view = std::conditional_t<Responsive, answering_view, smooth_view>;
    [[nodiscard]] view bind(const look& l) const noexcept {
        view v{};
        v.k = coefficient / l.value;
        return v;
    }
};

/// A solver with scratch of its own that treats convex costs alone, and asks them for their answers: it goes as far toward the target as a
/// common price of one basis point says.
struct by_price {
    double curvature = 1e-6;
    static constexpr const char* name = "by_price";
    static constexpr bool accepts(cost_shape s) noexcept { return s == cost_shape::convex; }
    struct scratch {
        std::vector<double> trade{};
        void prepare(const sizes& s) { trade.assign(s.assets, 0.0); }
    };
    template <responsive_cost View>
    [[nodiscard]] status solve(const problem& p, const View& view, scratch& m, solution& s) const noexcept {
        const look& l = p.look;
        double cost = 0.0;
        for (std::size_t i = 0; i < l.assets(); ++i) {
            const double wanted = -l.drift[i] * l.value;
            const double lo = wanted < 0.0 ? wanted : 0.0;
            const double hi = wanted < 0.0 ? 0.0 : wanted;
            m.trade[i] = view.respond(i, 0.0, curvature, wanted, lo, hi).x;
            cost += view.cost(i, m.trade[i]);
        }
        s.wealth = l.value - cost;
        for (std::size_t i = 0; i < l.assets(); ++i) {
            s.share[i] = (l.position[i] + m.trade[i]) / s.wealth;
            s.move[i] = m.trade[i] != 0.0 ? 1 : 0;
        }
        return status::solved;
    }
};

/// Holds back what trades less than `worth` of the portfolio, blocks after `until`.
struct choosy {
    double worth = 0.01;
    timestamp until{};
    const char* unused = "";
    static constexpr const char* name = "choosy";
    [[nodiscard]] verdict check(const proposal& p) const noexcept {
        if (p.look.now > until) return verdict::block;
        return p.decision.turnover < worth ? verdict::hold : verdict::pass;
    }
};

// ---- what must not be built ----

std::string refusal(auto&& build) {
    try {
        (void)build();
    } catch (const invalid_configuration& e) { return e.what(); }
    return "";
}

const trigger::band narrow_band{.absolute = 0.01, .relative = 0.1};

}  // namespace

// ---- the same decisions ----
//
// any_rebalancer(pieces) must decide what rebalancer(pieces) decides, to the last bit: outcome, firing, leaves, orders, reasons, costs,
// weights.

TEST_CASE("any_rebalancer: bands and proportional costs decide as the compile-time composition") {
    const seen s = check_same(rebalancer{narrow_band, cost::proportional{.rate = 20_bps}, solver::to_target{}},
                              any_rebalancer{narrow_band, cost::proportional{.rate = 20_bps}, solver::to_target{}}, 1);
    CHECK(s.trades > 50);
    CHECK(s.holds > 20);
    CHECK(s.rejected > 0);
    check_same(rebalancer{narrow_band, cost::zero{}, solver::to_band{}}, any_rebalancer{narrow_band, cost::zero{}, solver::to_band{}}, 2);
    check_same(rebalancer{trigger::band{.absolute = 0.02}, cost::half_spread{.spread = 30_bps},
                          solver::to_band{.depth = 0.5, .rows = solver::band_rows::all}},
               any_rebalancer{trigger::band{.absolute = 0.02}, cost::half_spread{.spread = 30_bps},
                              solver::to_band{.depth = 0.5, .rows = solver::band_rows::all}},
               3);
}

TEST_CASE("any_rebalancer: sizing goes by the shape that an erased cost has, not by the one of its type") {
    // Costs without a fixed part are no reason to leave out an order that one at the wealth without its cost would not want.
    const trigger::volatility_band second{
        .width = 0.02, .reference = 0.3, .exponent = -1.0, .floor = 0.005, .ceiling = 0.1, .estimator = 1};
    const cost::proportional rate{.rate = 10_bps};
    for (const std::uint64_t seed : {21u, 121u, 221u})
        check_same(rebalancer{second, rate, solver::to_band{}, risk::ewma{}, risk::given{}},
                   any_rebalancer{second, rate, solver::to_band{}, {}, {}, {risk::ewma{}, risk::given{}}}, seed);
}

TEST_CASE("any_rebalancer: fixed, minimum, maximum and summed fees decide as the compile-time composition") {
    const cost::sum costs{cost::fixed{.amount = 5.0}, cost::proportional{.rate = 10_bps, .sell = 20_bps}, cost::per_unit{.amount = 0.01}};
    const std::vector<any_cost> parts{cost::fixed{.amount = 5.0}, cost::proportional{.rate = 10_bps, .sell = 20_bps},
                                      cost::per_unit{.amount = 0.01}};
    const rebalancer exact{narrow_band, costs, solver::to_target{}};
    check_same(exact, any_rebalancer{narrow_band, costs, solver::to_target{}}, 4);
    check_same(exact, any_rebalancer{narrow_band, any_costs{parts}, solver::to_target{}}, 4);

    const cost::minimum least{cost::proportional{.rate = 30_bps}, 8.0};
    check_same(rebalancer{narrow_band, least, solver::to_target{}}, any_rebalancer{narrow_band, least, solver::to_target{}}, 5);
    const cost::maximum most{cost::minimum{cost::proportional{.rate = 30_bps}, 8.0}, 25.0};
    check_same(rebalancer{narrow_band, most, solver::to_band{.depth = 0.3}},
               any_rebalancer{narrow_band, most, solver::to_band{.depth = 0.3}}, 6);
}

TEST_CASE("any_rebalancer: triggers that remember decide and save as the compile-time composition") {
    const trigger::any_of either{trigger::band{.absolute = 0.03}, trigger::calendar{.period = trigger::period::weekly}};
    seen s = check_same(rebalancer{either, cost::proportional{.rate = 10_bps}, solver::to_target{}},
                        any_rebalancer{either, cost::proportional{.rate = 10_bps}, solver::to_target{}}, 7);
    CHECK(s.trades > 20);
    const trigger::cooldown rested{trigger::any_of{narrow_band, trigger::distance{.limit = 0.1}}, days(4)};
    s = check_same(rebalancer{rested, cost::fixed{.amount = 2.0}, solver::to_band{}},
                   any_rebalancer{rested, cost::fixed{.amount = 2.0}, solver::to_band{}}, 8);
    CHECK(s.trades > 20);
    const trigger::hysteresis switched{trigger::band{.absolute = 0.03}, trigger::band{.absolute = 0.005}};
    s = check_same(rebalancer{switched, cost::per_unit{.amount = 0.02}, solver::to_band{}, guard::max_turnover{.limit = 0.01}},
                   any_rebalancer{switched, cost::per_unit{.amount = 0.02}, solver::to_band{}, {guard::max_turnover{.limit = 0.01}}}, 9);
    CHECK(s.trades > 20);
    check_same(rebalancer{trigger::every{days(3)}, cost::zero{}, solver::to_target{}},
               any_rebalancer{trigger::every{days(3)}, cost::zero{}, solver::to_target{}}, 10);
}

TEST_CASE("any_rebalancer: composites of erased triggers decide as composites of the triggers themselves") {
    // The composite is put together at run time, one trigger after the other, and its region and memory are those of its parts.
    const trigger::all_of exact_trigger{trigger::calendar{.period = trigger::period::weekly, .miss = trigger::on_miss::pending},
                                        narrow_band};
    const trigger::cooldown exact_rested{exact_trigger, days(2)};
    any_trigger erased_trigger = trigger::calendar{.period = trigger::period::weekly, .miss = trigger::on_miss::pending};
    erased_trigger = trigger::all_of{std::move(erased_trigger), any_trigger{narrow_band}};
    erased_trigger = trigger::cooldown{std::move(erased_trigger), days(2)};
    const seen s = check_same(rebalancer{exact_rested, cost::proportional{.rate = 10_bps}, solver::to_band{}},
                              any_rebalancer{erased_trigger, cost::proportional{.rate = 10_bps}, solver::to_band{}}, 11);
    CHECK(s.trades > 10);
    const trigger::any_of both{trigger::not_{trigger::calendar{.period = trigger::period::monthly}},
                               trigger::hysteresis{narrow_band, narrow_band}};
    const trigger::any_of erased_both{any_trigger{trigger::not_{any_trigger{trigger::calendar{.period = trigger::period::monthly}}}},
                                      any_trigger{trigger::hysteresis{any_trigger{narrow_band}, any_trigger{narrow_band}}}};
    check_same(rebalancer{both, cost::zero{}, solver::to_band{}}, any_rebalancer{erased_both, cost::zero{}, solver::to_band{}}, 12);
}

TEST_CASE("any_rebalancer: guards decide in their order as the compile-time composition") {
    const guard::max_trade trade{.share = 0.05};
    const guard::stale_price stale{.max_age = hours(30)};
    const guard::max_turnover turnover{.limit = 0.2};
    const choosy judge{.worth = 0.005, .until = timestamp_from_civil(2021, 4, 5)};
    const seen s = check_same(
        rebalancer{narrow_band, cost::proportional{.rate = 10_bps}, solver::to_target{}, trade, judge, stale, turnover},
        any_rebalancer{narrow_band, cost::proportional{.rate = 10_bps}, solver::to_target{}, {trade, judge, stale, turnover}}, 13);
    CHECK(s.held_back > 20);
    CHECK(s.trades > 20);
    check_same(rebalancer{narrow_band, cost::proportional{.rate = 10_bps}, solver::to_band{}, stale, trade},
               any_rebalancer{narrow_band, cost::proportional{.rate = 10_bps}, solver::to_band{}, {stale, trade}}, 14);
}

TEST_CASE("any_rebalancer: mandate and sizing reach the decision") {
    const mandate rules{.reserve = 0.03, .bad_price = on_bad_price::freeze};
    const sizing::reconciled sized{.collar = 0.01};
    const seen s =
        check_same(rebalancer{narrow_band, cost::proportional{.rate = 10_bps}, solver::to_target{}, rules, sized},
                   any_rebalancer{narrow_band, cost::proportional{.rate = 10_bps}, solver::to_target{}, {}, {}, {}, rules, sized}, 15);
    CHECK(s.rejected == 0);
    CHECK(any_rebalancer{narrow_band, cost::zero{}, solver::to_target{}, {}, {}, {}, rules}.mandate().reserve == 0.03);
}

TEST_CASE("any_rebalancer: whole steps are chosen as in the compile-time composition") {
    const cost::sum costs{cost::fixed{.amount = 1.0}, cost::proportional{.rate = 10_bps}};
    for (const sizing::integer& chosen : {sizing::integer{}, sizing::integer{.distance = drift_measure::absolute, .max_orders = 2},
                                          sizing::integer{.exact_rows = 0, .collar = 0.01}, sizing::integer{.nodes = 40}}) {
        const seen s = check_same(rebalancer{narrow_band, costs, solver::to_target{}, chosen},
                                  any_rebalancer{narrow_band, costs, solver::to_target{}, {}, {}, {}, {}, chosen}, 35);
        CHECK(s.trades > 50);
    }
    const sizing::integer by_risk{.risk_aversion = 4.0};
    check_same(rebalancer{narrow_band, costs, solver::to_band{}, risk::given{}, by_risk},
               any_rebalancer{narrow_band, costs, solver::to_band{}, {}, {}, {risk::given{}}, {}, by_risk}, 36);
}

TEST_CASE("any_rebalancer: a workspace that another sizing was prepared for is a fault where more is needed") {
    const any_rebalancer plain{trigger::every{}, cost::zero{}, solver::to_target{}};
    const any_rebalancer chosen{trigger::every{}, cost::zero{}, solver::to_target{}, {}, {}, {}, {}, sizing::integer{}};
    book b{37, 3};
    const sizes s{.assets = 3, .rows = b.quantity.size()};
    desk d{plain, s};
    REQUIRE(d.propose(b.in()).outcome == outcome::trade);
    chosen.propose(d.market, d.account, b.in(), d.workspace, d.answer);
    CHECK(d.answer.outcome == outcome::rejected);
    CHECK(d.answer.problem.code == fault_code::not_prepared);
    CHECK(d.answer.orders.empty());
    chosen.prepare(d.workspace, s);
    chosen.propose(d.market, d.account, b.in(), d.workspace, d.answer);
    CHECK(d.answer.outcome == outcome::trade);
    CHECK(d.propose(b.in()).outcome == outcome::trade);
}

TEST_CASE("any_rebalancer: estimators are learnt, lent by number and saved as in the compile-time composition") {
    const risk::ewma quick{.half_life = days(5), .warm_up = 5};
    const trigger::volatility_band by_ewma{.width = 0.02, .reference = 0.3, .exponent = -1.0, .floor = 0.002};
    const seen s = check_same(rebalancer{by_ewma, cost::proportional{.rate = 10_bps}, solver::to_band{}, quick},
                              any_rebalancer{by_ewma, cost::proportional{.rate = 10_bps}, solver::to_band{}, {}, {}, {quick}}, 16);
    CHECK(s.trades > 20);
    CHECK(s.holds > 20);
    trigger::volatility_band by_given = by_ewma;
    by_given.estimator = 1;
    check_same(rebalancer{by_given, cost::proportional{.rate = 10_bps}, solver::to_band{}, quick, risk::given{}},
               any_rebalancer{by_given, cost::proportional{.rate = 10_bps}, solver::to_band{}, {}, {}, {quick, risk::given{}}}, 17);
    // Named, but not there: the decision is rejected by both.
    by_given.estimator = 2;
    const seen none =
        check_same(rebalancer{by_given, cost::proportional{.rate = 10_bps}, solver::to_band{}, quick, risk::given{}},
                   any_rebalancer{by_given, cost::proportional{.rate = 10_bps}, solver::to_band{}, {}, {}, {quick, risk::given{}}}, 17);
    CHECK(none.trades == 0);
}

TEST_CASE("any_rebalancer: target policies, and their absence, decide as the compile-time composition") {
    const cost::proportional fee{.rate = 10_bps};
    check_same(rebalancer{narrow_band, fee, solver::to_target{}, target::equal{.cash = 0.1}},
               any_rebalancer{narrow_band, fee, solver::to_target{}, {}, target::equal{.cash = 0.1}}, 18, true);
    check_same(rebalancer{narrow_band, fee, solver::to_target{}, target::fixed{{0.6, 0.4}}},
               any_rebalancer{narrow_band, fee, solver::to_target{}, {}, target::fixed{{0.6, 0.4}}}, 19, true);
    const seen s = check_same(rebalancer{narrow_band, fee, solver::to_target{}, followed{}},
                              any_rebalancer{narrow_band, fee, solver::to_target{}, {}, followed{}}, 20);
    CHECK(s.trades > 50);
    // Targets given to a policy that makes its own; none given where none are made.
    CHECK(check_same(rebalancer{narrow_band, fee, solver::to_target{}, target::equal{}},
                     any_rebalancer{narrow_band, fee, solver::to_target{}, {}, target::equal{}}, 21)
              .trades == 0);
    CHECK(check_same(rebalancer{narrow_band, fee, solver::to_target{}}, any_rebalancer{narrow_band, fee, solver::to_target{}}, 22, true)
              .trades == 0);
}

TEST_CASE("any_rebalancer: a strided column of targets is read as it stands") {
    struct asset {
        double price = 0.0, held = 0.0, wanted = 0.0;
    };
    const std::vector<asset> assets{{10.0, 30.0, 0.5}, {20.0, 10.0, 0.3}, {5.0, 100.0, 0.2}};
    const inputs in{.market = {.now = timestamp_from_civil(2021, 3, 1), .price = {assets, &asset::price}},
                    .account = {.cash = 50.0, .quantity = {assets, &asset::held}},
                    .target = {assets, &asset::wanted}};
    desk a{rebalancer{narrow_band, cost::proportional{.rate = 10_bps}, solver::to_band{}}, {.assets = 3}};
    desk e{any_rebalancer{narrow_band, cost::proportional{.rate = 10_bps}, solver::to_band{}}, {.assets = 3}};
    REQUIRE(a.propose(in).outcome == outcome::trade);
    CHECK(same_bits(a.answer, e.propose(in)));
}

TEST_CASE("any_rebalancer: solvers and costs of a host's own decide as the compile-time composition") {
    const trigger::band band{.absolute = 0.01};
    // Convex, not linear: with and without answers to prices.
    const seen s =
        check_same(rebalancer{band, impact<false>{}, solver::to_target{}}, any_rebalancer{band, impact<false>{}, solver::to_target{}}, 23);
    CHECK(s.trades > 50);
    check_same(rebalancer{band, impact<true>{}, solver::to_band{}}, any_rebalancer{band, impact<true>{}, solver::to_band{}}, 24);
    // A solver with scratch of its own that is compiled for responsive convex costs alone.
    const seen own = check_same(rebalancer{band, impact<true>{}, by_price{}}, any_rebalancer{band, impact<true>{}, by_price{}}, 25);
    CHECK(own.trades > 50);
    check_same(rebalancer{band, cost::proportional{.rate = 10_bps}, by_price{}},
               any_rebalancer{band, cost::proportional{.rate = 10_bps}, by_price{}}, 26);
}

TEST_CASE("any_rebalancer: single erased pieces decide the same in a compile-time rebalancer") {
    const cost::sum costs{cost::fixed{.amount = 5.0}, cost::proportional{.rate = 10_bps}};
    const trigger::cooldown when{narrow_band, days(2)};
    const rebalancer exact{when, costs, solver::to_band{}};
    const any_rebalancer erased{when, costs, solver::to_band{}};
    book b{27, 5};
    const sizes s{.assets = 5, .rows = b.quantity.size()};
    desk a{exact, s};
    desk trigger_alone{rebalancer{any_trigger{when}, costs, solver::to_band{}}, s};
    desk cost_alone{rebalancer{when, any_cost{costs}, solver::to_band{}}, s};
    desk solver_alone{rebalancer{when, costs, any_solver{solver::to_band{}}}, s};
    desk sizing_alone{rebalancer{when, costs, solver::to_band{}, any_sizing{sizing::reconciled{}}}, s};
    desk guard_alone{rebalancer{when, costs, solver::to_band{}, any_guard{guard::max_turnover{.limit = 5.0}}}, s};
    int trades = 0;
    for (int day = 0; day < 60; ++day) {
        const inputs in = b.in();
        const decision& d = a.propose(in);
        trades += d.outcome == outcome::trade ? 1 : 0;
        const auto same = [&](auto& other) {
            REQUIRE(same_bits(d, other.propose(in)));
            REQUIRE(!other.policy.observe(other.market, other.account, in, other.workspace) == (d.outcome != outcome::rejected));
            REQUIRE(!other.policy.commit(other.account, other.answer, b.now));
        };
        same(trigger_alone);
        same(cost_alone);
        same(solver_alone);
        same(guard_alone);
        same(sizing_alone);
        (void)a.policy.observe(a.market, a.account, in, a.workspace);
        REQUIRE(!a.policy.commit(a.account, d, b.now));
        b.fill(d, 1.0);
        b.go_on();
    }
    CHECK(trades > 10);
}

// ---- states ----

TEST_CASE("any_rebalancer: bytes of a compile-time composition are restored by the same pieces chosen at run time, and back") {
    const trigger::cooldown when{trigger::any_of{narrow_band, trigger::calendar{}}, days(2)};
    const risk::ewma quick{.half_life = days(5), .warm_up = 5};
    const sizes s{.assets = 4};
    book b{28, 4};
    b.asset_of_row.clear();
    b.quantity.resize(4, 1.0);
    desk a{rebalancer{when, cost::zero{}, solver::to_target{}, guard::max_turnover{}, followed{}, quick}, s};
    const any_rebalancer erased{when, cost::zero{}, solver::to_target{}, {guard::max_turnover{}}, followed{}, {quick}};
    for (int day = 0; day < 12; ++day) {
        (void)a.policy.observe(a.market, b.market());
        (void)a.policy.commit(a.account, a.propose(b.in()), b.now);
        (void)a.policy.observe(a.market, a.account, b.in(), a.workspace);
        b.go_on();
    }
    desk e{erased, s};
    REQUIRE_FALSE(save(a.account) == save(e.account));
    REQUIRE(!load(e.account, save(a.account)));
    REQUIRE(!load(e.market, save(a.market)));
    CHECK(save(a.account) == save(e.account));
    CHECK(save(a.market) == save(e.market));
    CHECK(same_bits(a.propose(b.in()), e.propose(b.in())));
    desk back{a.policy, s};
    REQUIRE(!load(back.account, save(e.account)));
    CHECK(save(back.account) == save(a.account));

    // Of other policies: refused, and nothing is changed.
    desk other{any_rebalancer{trigger::every{}, cost::zero{}, solver::to_target{}}, s};
    const auto before = save(other.account);
    CHECK(load(other.account, save(e.account)).code == fault_code::bytes_foreign);
    CHECK(save(other.account) == before);
    // An unprepared state expects nothing.
    any_rebalancer::account_state unprepared;
    CHECK(load(unprepared, save(e.account)).code == fault_code::bytes_foreign);
}

TEST_CASE("any_rebalancer: copies of policies and of states are independent") {
    const trigger::cooldown when{narrow_band, days(3)};
    book b{29, 3};
    const sizes s{.assets = 3, .rows = b.quantity.size()};
    const rebalancer exact{when, cost::proportional{.rate = 10_bps}, solver::to_target{}};
    desk a{exact, s};
    std::optional<any_rebalancer> original{std::in_place, when, cost::proportional{.rate = 10_bps}, solver::to_target{}};
    desk e{*original, s};
    original.reset();  // the copy goes on alone
    REQUIRE(same_bits(a.propose(b.in()), e.propose(b.in())));
    REQUIRE(a.answer.outcome == outcome::trade);

    any_rebalancer::account_state kept = e.account;
    REQUIRE(!e.policy.commit(e.account, e.answer, b.now));
    CHECK(save(kept) != save(e.account));
    e.policy.propose(e.market, kept, b.in(), e.workspace, e.answer);
    CHECK(e.answer.outcome == outcome::trade);
    CHECK(e.propose(b.in()).outcome == outcome::hold);  // committed a moment ago
    e.account = kept;
    CHECK(save(kept) == save(e.account));
    CHECK(e.propose(b.in()).outcome == outcome::trade);
    kept = std::move(e.account);
    e.policy.propose(e.market, kept, b.in(), e.workspace, e.answer);
    CHECK(e.answer.outcome == outcome::trade);
    // A state that was moved from is not prepared.
    CHECK(e.propose(b.in()).problem.code == fault_code::not_prepared);
    e.policy.prepare(e.account, s);
    CHECK(e.propose(b.in()).outcome == outcome::trade);
}

TEST_CASE("any_rebalancer: states that other policies prepared are a fault; other parameters are not") {
    book b{30, 3};
    const sizes s{.assets = 3, .rows = b.quantity.size()};
    desk e{any_rebalancer{trigger::every{days(1)}, cost::zero{}, solver::to_target{}, {}, {}, {risk::ewma{}}}, s};
    REQUIRE(e.propose(b.in()).outcome == outcome::trade);
    const decision traded = e.answer;

    const any_rebalancer calendar{trigger::calendar{}, cost::zero{}, solver::to_target{}, {}, {}, {risk::ewma{}}};
    calendar.propose(e.market, e.account, b.in(), e.workspace, e.answer);
    CHECK(e.answer.outcome == outcome::rejected);
    CHECK(e.answer.problem.code == fault_code::not_prepared);
    CHECK(calendar.observe(e.market, e.account, b.in(), e.workspace).code == fault_code::not_prepared);
    CHECK(calendar.commit(e.account, traded, b.now).code == fault_code::not_prepared);

    const any_rebalancer no_estimator{trigger::every{days(1)}, cost::zero{}, solver::to_target{}};
    CHECK(no_estimator.observe(e.market, b.market()).code == fault_code::not_prepared);
    const any_rebalancer other_estimator{trigger::every{days(1)}, cost::zero{}, solver::to_target{}, {}, {}, {risk::given{}}};
    CHECK(other_estimator.observe(e.market, b.market()).code == fault_code::not_prepared);
    other_estimator.propose(e.market, e.account, b.in(), e.workspace, e.answer);
    CHECK(e.answer.problem.code == fault_code::not_prepared);

    const any_rebalancer with_followed{trigger::every{days(1)}, cost::zero{}, solver::to_target{}, {}, followed{}, {risk::ewma{}}};
    with_followed.propose(e.market, e.account, b.in(), e.workspace, e.answer);
    CHECK(e.answer.problem.code == fault_code::not_prepared);

    // Another solver's workspace.
    const any_rebalancer own_scratch{trigger::every{days(1)}, cost::zero{}, by_price{}, {}, {}, {risk::ewma{}}};
    own_scratch.propose(e.market, e.account, b.in(), e.workspace, e.answer);
    CHECK(e.answer.problem.code == fault_code::not_prepared);

    // Other parameters, and other policies that remember nothing.
    const any_rebalancer slower{
        trigger::every{days(5)}, cost::fixed{.amount = 1.0}, solver::to_target{}, {guard::max_turnover{.limit = 0.5}}, {}, {risk::ewma{}}};
    slower.propose(e.market, e.account, b.in(), e.workspace, e.answer);
    CHECK(e.answer.outcome == outcome::trade);
    const any_rebalancer own_targets{trigger::every{days(5)}, cost::fixed{.amount = 1.0}, solver::to_target{}, {}, target::equal{},
                                     {risk::ewma{}}};
    b.own_targets = true;
    own_targets.propose(e.market, e.account, b.in(), e.workspace, e.answer);
    CHECK(e.answer.outcome == outcome::trade);
    // Something to remember where nothing was, and nothing where something was.
    e.policy.prepare(e.account, s);
    const any_rebalancer forgetful{narrow_band, cost::zero{}, solver::to_target{}, {}, target::equal{}, {risk::ewma{}}};
    forgetful.propose(e.market, e.account, b.in(), e.workspace, e.answer);
    CHECK(e.answer.problem.code == fault_code::not_prepared);
    forgetful.prepare(e.account, s);
    e.policy.propose(e.market, e.account, b.in(), e.workspace, e.answer);
    CHECK(e.answer.problem.code == fault_code::not_prepared);
}

TEST_CASE("any_rebalancer: a workspace that has room for more estimators lends no more than there are") {
    const trigger::volatility_band second{.width = 0.02, .reference = 0.3, .exponent = 0.0, .estimator = 1};
    const any_rebalancer one{second, cost::zero{}, solver::to_target{}, {}, {}, {risk::given{}}};
    const any_rebalancer two{second, cost::zero{}, solver::to_target{}, {}, {}, {risk::given{}, risk::given{}}};
    book b{34, 3};
    const sizes s{.assets = 3, .rows = b.quantity.size()};
    desk d{one, s};
    two.prepare(d.workspace, s);
    CHECK(d.propose(b.in()).problem.code == fault_code::risk_not_ready);
    // One that has room for fewer is not prepared.
    desk e{two, s};
    REQUIRE(e.propose(b.in()).problem.code == fault_code::none);
    one.prepare(e.workspace, s);
    CHECK(e.propose(b.in()).problem.code == fault_code::not_prepared);
}

TEST_CASE("any_rebalancer: nothing prepared is a fault") {
    const any_rebalancer policy{trigger::every{}, cost::zero{}, solver::to_target{}, {guard::max_turnover{}}, {}, {risk::ewma{}}};
    book b{31, 2};
    const sizes s{.assets = 2, .rows = b.quantity.size()};
    any_rebalancer::market_state market;
    any_rebalancer::account_state account;
    any_rebalancer::workspace workspace;
    decision d;
    const auto answer = [&] {
        policy.propose(market, account, b.in(), workspace, d);
        return d.problem.code;
    };
    CHECK(answer() == fault_code::not_prepared);
    policy.prepare(d, s);
    CHECK(answer() == fault_code::not_prepared);
    policy.prepare(workspace, s);
    CHECK(answer() == fault_code::not_prepared);
    policy.prepare(account, s);
    CHECK(answer() == fault_code::not_prepared);
    CHECK(policy.observe(market, b.market()).code == fault_code::not_prepared);
    policy.prepare(market, s);
    CHECK(answer() == fault_code::none);
    CHECK(!policy.observe(market, b.market()));
}

TEST_CASE("any_rebalancer: one that was moved from answers not_prepared and can be assigned to") {
    book b{32, 2};
    const sizes s{.assets = 2, .rows = b.quantity.size()};
    any_rebalancer first{trigger::every{}, cost::zero{}, solver::to_target{}, {guard::max_turnover{}}, target::equal{}, {risk::ewma{}}};
    desk e{first, s};
    b.own_targets = true;
    const any_rebalancer second = std::move(first);
    first.propose(e.market, e.account, b.in(), e.workspace, e.answer);  // NOLINT: on purpose
    CHECK(e.answer.problem.code == fault_code::not_prepared);
    CHECK(first.observe(e.market, e.account, b.in(), e.workspace).code == fault_code::not_prepared);
    CHECK(first.observe(e.market, b.market()).code == fault_code::not_prepared);
    second.propose(e.market, e.account, b.in(), e.workspace, e.answer);
    REQUIRE(e.answer.outcome == outcome::trade);
    CHECK(first.commit(e.account, e.answer, b.now).code == fault_code::not_prepared);
    const any_rebalancer copy_of_nothing = first;
    CHECK(copy_of_nothing.trigger().empty());
    first = second;
    first.propose(e.market, e.account, b.in(), e.workspace, e.answer);
    CHECK(e.answer.outcome == outcome::trade);
    first = any_rebalancer{trigger::every{}, cost::zero{}, solver::to_target{}};
    CHECK(first.trigger().runtime_name() == std::string{"every"});
}

// ---- building ----

TEST_CASE("any_rebalancer: what a rebalancer would not compile is refused with its sentence") {
    const cost::zero free{};
    CHECK_THAT(refusal([&] {
                   return any_rebalancer{trigger::every{}, free, solver::to_band{}};
               }),
               ContainsSubstring(
                   "this solver goes to the edge of a band, but the trigger has no region; use a banded trigger, or solver::to_target"));
    CHECK_THAT(refusal([&] {
                   return any_rebalancer{trigger::any_of{any_trigger{trigger::every{}}, any_trigger{trigger::distance{}}}, free,
                                         solver::to_band{}};
               }),
               ContainsSubstring("the trigger has no region"));
    CHECK(refusal([&] {
              return any_rebalancer{trigger::any_of{any_trigger{trigger::every{}}, any_trigger{narrow_band}}, free, solver::to_band{}};
          }).empty());
    // The region of a hysteresis is that of its second part alone.
    CHECK_THAT(
        refusal([&] {
            return any_rebalancer{trigger::hysteresis{any_trigger{narrow_band}, any_trigger{trigger::distance{}}}, free, solver::to_band{}};
        }),
        ContainsSubstring("the trigger has no region"));
    CHECK_THAT(refusal([&] {
                   return any_rebalancer{trigger::not_{any_trigger{narrow_band}}, free, solver::to_band{}};
               }),
               ContainsSubstring("the trigger has no region"));

    const trigger::volatility_band needs{.width = 0.02, .reference = 0.3, .exponent = -1.0};
    const std::string no_estimator =
        "a policy needs volatility or covariance, but no estimator is named; add risk::ewma{} or risk::given{}";
    CHECK_THAT(refusal([&] { return any_rebalancer{needs, free, solver::to_target{}}; }), ContainsSubstring(no_estimator));
    CHECK_THAT(refusal([&] {
                   return any_rebalancer{trigger::cooldown{any_trigger{needs}, days(1)}, free, solver::to_target{}};
               }),
               ContainsSubstring(no_estimator));
    CHECK(refusal([&] { return any_rebalancer{needs, free, solver::to_target{}, {}, {}, {risk::given{}}}; }).empty());

    CHECK_THAT(refusal([&] {
                   return any_rebalancer{narrow_band, cost::fixed{.amount = 1.0}, by_price{}};
               }),
               ContainsSubstring("this solver does not accept a cost model of this shape"));
    CHECK_THAT(refusal([&] { return any_rebalancer{narrow_band, impact<false>{}, by_price{}}; }), ContainsSubstring("does not accept"));
    CHECK(refusal([&] { return any_rebalancer{narrow_band, impact<true>{}, by_price{}}; }).empty());
    // Also where only one of the two is erased.
    CHECK_THAT(refusal([&] {
                   return rebalancer{narrow_band, any_cost{cost::fixed{.amount = 1.0}}, by_price{}};
               }),
               ContainsSubstring("does not accept"));
    CHECK_THAT(refusal([&] {
                   return rebalancer{narrow_band, cost::fixed{.amount = 1.0}, any_solver{by_price{}}};
               }),
               ContainsSubstring("does not accept"));
    CHECK_THAT(refusal([&] {
                   return rebalancer{trigger::every{}, free, any_solver{solver::to_band{}}};
               }),
               ContainsSubstring("the trigger has no region"));
}

TEST_CASE("any_rebalancer: check tells what building it would throw") {
    const auto told = [](const configuration_fault& f) { return f ? std::string{invalid_configuration{f}.what()} : std::string{}; };
    const auto both = [&](const any_trigger& t, const any_cost& c, const any_solver& s, const std::vector<any_guard>& guards = {},
                          const std::optional<any_target>& target = {}, const std::vector<any_estimator>& estimators = {},
                          const mandate& m = {}, const any_sizing& z = sizing::reconciled{}) {
        const std::string said = told(any_rebalancer::check(t, c, s, guards, target, estimators, m, z));
        CHECK(said == refusal([&] { return any_rebalancer{t, c, s, guards, target, estimators, m, z}; }));
        return said;
    };
    const trigger::volatility_band needs{.width = 0.02, .reference = 0.3, .exponent = -1.0};
    CHECK(both(narrow_band, cost::zero{}, solver::to_target{}).empty());
    CHECK_THAT(both(trigger::band{.absolute = -1.0}, cost::zero{}, solver::to_target{}), ContainsSubstring("band.absolute = -1"));
    CHECK_THAT(both(narrow_band, cost::fixed{.amount = -1.0}, solver::to_target{}), ContainsSubstring("fixed.amount = -1"));
    CHECK_THAT(both(narrow_band, cost::zero{}, solver::to_band{.depth = 2.0}), ContainsSubstring("to_band.depth = 2"));
    CHECK_THAT(both(narrow_band, cost::zero{}, any_solver{}), ContainsSubstring("holds no policy"));
    CHECK_THAT(both(trigger::every{}, cost::zero{}, solver::to_band{}), ContainsSubstring("the trigger has no region"));
    CHECK_THAT(both(needs, cost::zero{}, solver::to_target{}), ContainsSubstring("no estimator is named"));
    CHECK(both(needs, cost::zero{}, solver::to_target{}, {}, {}, {risk::given{}}).empty());
    CHECK_THAT(both(narrow_band, cost::fixed{.amount = 1.0}, by_price{}), ContainsSubstring("does not accept"));
    CHECK_THAT(both(narrow_band, cost::zero{}, solver::to_target{}, {guard::max_turnover{.limit = -1.0}}),
               ContainsSubstring("max_turnover"));
    CHECK_THAT(both(narrow_band, cost::zero{}, solver::to_target{}, {}, target::equal{.cash = 2.0}), ContainsSubstring("equal.cash = 2"));
    CHECK_THAT(both(narrow_band, cost::zero{}, solver::to_target{}, {}, {}, {risk::ewma{.warm_up = 0}}), ContainsSubstring("ewma.warm_up"));
    CHECK_THAT(both(narrow_band, cost::zero{}, solver::to_target{}, {}, {}, {}, {.reserve = 1.0}),
               ContainsSubstring("mandate.reserve = 1"));
    CHECK_THAT(both(narrow_band, cost::zero{}, solver::to_target{}, {}, {}, {}, {}, sizing::reconciled{.collar = 1.0}),
               ContainsSubstring("reconciled.collar"));
    CHECK_THAT(both(narrow_band, cost::zero{}, solver::to_target{}, {}, {}, {}, {}, sizing::integer{.exact_rows = 33}),
               ContainsSubstring("integer.exact_rows = 33"));
    CHECK_THAT(both(narrow_band, cost::zero{}, solver::to_target{}, {}, {}, {}, {}, sizing::integer{.risk_aversion = 2.0}),
               ContainsSubstring("no estimator is named"));
    CHECK(both(narrow_band, cost::zero{}, solver::to_target{}, {}, {}, {risk::given{}}, {}, sizing::integer{.risk_aversion = 2.0}).empty());

    // The same of one whose parts are known when it is compiled.
    using exact = rebalancer<trigger::band, cost::fixed, solver::to_target, guard::max_turnover>;
    CHECK_FALSE(exact::check(narrow_band, {}, {}, {}));
    CHECK(told(exact::check({}, {}, {}, {})) == refusal([] { return exact{{}, {}, {}, {}}; }));
    CHECK_THAT(told(exact::check(narrow_band, {}, {}, {.limit = -1.0})), ContainsSubstring("max_turnover.limit = -1"));
    CHECK_THAT(told(exact::check(narrow_band, {.amount = -1.0}, {}, {.limit = -1.0})), ContainsSubstring("fixed.amount = -1"));
}

TEST_CASE("any_rebalancer: every piece is validated when it is built") {
    const cost::zero free{};
    const auto refused = [](const std::string& what, auto&& build) { CHECK_THAT(refusal(build), ContainsSubstring(what)); };
    refused("band.absolute = -1", [&] { return any_rebalancer{trigger::band{.absolute = -1.0}, free, solver::to_target{}}; });
    refused("fixed.amount = -1", [&] { return any_rebalancer{narrow_band, cost::fixed{.amount = -1.0}, solver::to_target{}}; });
    refused("fixed.amount = -1", [&] {
        return any_rebalancer{narrow_band, any_costs{{free, cost::fixed{.amount = -1.0}}}, solver::to_target{}};
    });
    refused("to_band.depth = 2", [&] { return any_rebalancer{narrow_band, free, solver::to_band{.depth = 2.0}}; });
    refused("max_turnover.limit = -1", [&] {
        return any_rebalancer{narrow_band, free, solver::to_target{}, {guard::max_trade{.share = 0.1}, guard::max_turnover{.limit = -1.0}}};
    });
    refused("equal.cash = 2", [&] { return any_rebalancer{narrow_band, free, solver::to_target{}, {}, target::equal{.cash = 2.0}}; });
    refused("ewma.half_life", [&] {
        return any_rebalancer{narrow_band, free, solver::to_target{}, {}, {}, {risk::given{}, risk::ewma{.half_life = {}}}};
    });
    refused("mandate.reserve", [&] { return any_rebalancer{narrow_band, free, solver::to_target{}, {}, {}, {}, mandate{.reserve = 2.0}}; });
    refused("reconciled.collar",
            [&] { return any_rebalancer{narrow_band, free, solver::to_target{}, {}, {}, {}, {}, sizing::reconciled{.collar = 2.0}}; });
    refused("integer.cost_weight = -1",
            [&] { return any_rebalancer{narrow_band, free, solver::to_target{}, {}, {}, {}, {}, sizing::integer{.cost_weight = -1.0}}; });
    // Pieces that hold nothing.
    refused("any_trigger = 0: holds no policy", [&] { return any_rebalancer{any_trigger{}, free, solver::to_target{}}; });
    refused("any_cost = 0: holds no policy", [&] { return any_rebalancer{narrow_band, any_cost{}, solver::to_target{}}; });
    refused("any_solver = 0: holds no policy", [&] { return any_rebalancer{narrow_band, free, any_solver{}}; });
    refused("any_guard = 0: holds no policy", [&] { return any_rebalancer{narrow_band, free, solver::to_target{}, {any_guard{}}}; });
    refused("any_target = 0: holds no policy", [&] { return any_rebalancer{narrow_band, free, solver::to_target{}, {}, any_target{}}; });
    refused("any_estimator = 0: holds no policy",
            [&] { return any_rebalancer{narrow_band, free, solver::to_target{}, {}, {}, {any_estimator{}}}; });
    refused("any_sizing = 0: holds no policy",
            [&] { return any_rebalancer{narrow_band, free, solver::to_target{}, {}, {}, {}, {}, any_sizing{}}; });
}

TEST_CASE("any_rebalancer: lists that do not have an entry for each asset reject the decision") {
    book b{33, 3};
    b.own_targets = true;
    const sizes s{.assets = 3, .rows = b.quantity.size()};
    const cost::zero free{};
    const auto code = [&](const any_rebalancer& policy) {
        desk e{policy, s};
        return e.propose(b.in()).problem.code;
    };
    const target::equal even{};
    CHECK(code(any_rebalancer{narrow_band, free, solver::to_target{}, {}, even}) == fault_code::none);
    CHECK(code(any_rebalancer{trigger::band{.absolute = {0.1, 0.2}}, free, solver::to_target{}, {}, even}) ==
          fault_code::bad_parameter_count);
    CHECK(code(any_rebalancer{narrow_band, cost::fixed{.amount = {1.0, 2.0}}, solver::to_target{}, {}, even}) ==
          fault_code::bad_parameter_count);
    CHECK(code(any_rebalancer{narrow_band, any_costs{{free, cost::fixed{.amount = {1.0, 2.0}}}}, solver::to_target{}, {}, even}) ==
          fault_code::bad_parameter_count);
    CHECK(code(any_rebalancer{narrow_band, free, solver::to_target{}, {guard::max_trade{.share = {0.1, 0.1}}}, even}) ==
          fault_code::bad_parameter_count);
    CHECK(code(any_rebalancer{narrow_band, free, solver::to_target{}, {}, target::fixed{{0.5, 0.5}}}) == fault_code::bad_parameter_count);
}

TEST_CASE("any_rebalancer: a keeper keeps it as a member") {
    class account_service {
    public:
        account_service(any_rebalancer policy, std::size_t assets) : keeper_{std::move(policy), {.assets = assets}} {}
        const decision& look_after(const market_view& market, const account_view& account, const column<double>& targets) {
            (void)keeper_.observe(market);
            return keeper_.propose(account, targets);
        }
        void filled(const decision& d) { (void)keeper_.commit(d); }

    private:
        keeper<any_rebalancer> keeper_;
    };
    const trigger::cooldown when{trigger::band{.absolute = 0.05}, days(2)};
    account_service erased{any_rebalancer{when, cost::proportional{.rate = 10_bps}, solver::to_target{}}, 2};
    keeper exact{rebalancer{when, cost::proportional{.rate = 10_bps}, solver::to_target{}}, {.assets = 2}};
    std::vector<double> price{100.0, 50.0};
    const std::vector<double> target{0.6, 0.4};
    const account_view account{.cash = 0.0, .weight = {}, .asset_of_row = {}};
    std::vector<double> held{6.0, 20.0};
    int trades = 0;
    for (int day = 0; day < 10; ++day) {
        const market_view market{.now = timestamp_from_civil(2021, 3, 1) + days(day), .price = price};
        account_view now = account;
        now.cash = 10.0;
        now.quantity = held;
        const decision& d = erased.look_after(market, now, target);
        (void)exact.observe(market);
        REQUIRE(same_bits(d, exact.propose(now, target)));
        trades += d.outcome == outcome::trade ? 1 : 0;
        erased.filled(d);
        (void)exact.commit(exact.propose(now, target));
        price[0] *= 1.1;
    }
    CHECK(trades > 1);
    CHECK(trades < 8);
}

static_assert(std::is_copy_constructible_v<any_rebalancer> && std::is_nothrow_move_constructible_v<any_rebalancer> &&
              std::is_copy_assignable_v<any_rebalancer> && std::is_nothrow_move_assignable_v<any_rebalancer>);
static_assert(std::is_nothrow_move_constructible_v<any_rebalancer::account_state> &&
              std::is_copy_constructible_v<any_rebalancer::account_state>);
static_assert(std::is_copy_constructible_v<any_rebalancer::workspace> && std::is_copy_constructible_v<any_rebalancer::market_state>);
// Every question to a policy is asked without exceptions.
static_assert(noexcept(std::declval<const any_rebalancer&>().propose(
    std::declval<const any_rebalancer::market_state&>(), std::declval<const any_rebalancer::account_state&>(),
    std::declval<const inputs&>(), std::declval<any_rebalancer::workspace&>(), std::declval<decision&>())));
