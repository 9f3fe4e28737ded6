// With position v, target T, wealth W and costs φ, going to the targets leaves the wealth W′ with
//
//   W′ + Σ φᵢ(Tᵢ·W′ − vᵢ) = W
//
// over the assets that trade. For proportional costs the left side increases in W′, so that bisection finds the same root without the
// library's formulas. Everything here is reckoned in long doubles.
#include <ballast/solver/to_target.hpp>

#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/guard/max_trade.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/guard/stale_price.hpp>

#include "support/books_of.hpp"
#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/solved.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast_test::test_look;

static_assert(solver_policy<solver::to_target> && std::is_empty_v<solver::to_target>);
static_assert(!detail::needs_region<solver::to_target>() && detail::accepts<solver::to_target>(cost_shape::general));
static_assert(std::is_same_v<scratch_of<solver::to_target>, no_scratch>);

namespace {

// Doubles are widened by name: clang warns where it happens on its own.
constexpr long double wide(double x) { return static_cast<long double>(x); }

using solved = ballast_test::solved<solver::to_target>;

long double ulp_of(double x) { return wide(std::nextafter(x, HUGE_VAL) - x); }

// The wealth at which wealth + Σ cost(i, T·wealth − v) over the assets of `set` is W, by halving.
template <class View>
long double bisected(const look& l, const View& view, const std::vector<bool>& set) {
    const auto over = [&](long double w) {
        long double sum = w - wide(l.value);
        for (std::size_t i = 0; i < l.assets(); ++i) {
            if (!set[i]) continue;
            const auto f = view.linear(i);
            const long double x = wide(l.target[i]) * w - wide(l.position[i]);
            sum += wide(f.fixed) + wide(x > 0 ? f.buy : f.sell) * std::fabs(x);
        }
        return sum;
    };
    long double low = -10.0L * wide(l.value), high = wide(l.value);
    for (int k = 0; k < 200; ++k) (over(0.5L * (low + high)) > 0 ? high : low) = 0.5L * (low + high);
    return low;
}

// Targets that add up to `sum`, some of them none; negative ones where shorts are allowed.
test_look random_account(std::mt19937_64& rng, std::size_t n, double sum, bool shorts) {
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    std::vector<double> target(n), weight(n);
    double all = 0.0, held = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        target[i] = unit(rng) < 0.15 ? 0.0 : unit(rng);
        weight[i] = unit(rng) < 0.15 ? 0.0 : unit(rng);
        all += target[i];
        held += weight[i];
    }
    const double invested = unit(rng);
    for (std::size_t i = 0; i < n; ++i) {
        target[i] *= all > 0.0 ? sum / all : 0.0;
        weight[i] *= held > 0.0 ? invested / held : 0.0;
        if (shorts && unit(rng) < 0.3) target[i] = -target[i];
        if (shorts && unit(rng) < 0.3) weight[i] = -weight[i];
    }
    return {weight, target, std::exp(20.0 * unit(rng))};
}

cost::proportional random_rates(std::mt19937_64& rng, std::size_t n) {
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    std::vector<double> buy(n), sell(n);
    const double scale = std::exp(-8.0 * unit(rng)) * 0.2;
    for (std::size_t i = 0; i < n; ++i) {
        buy[i] = unit(rng) < 0.1 ? 0.0 : scale * unit(rng);
        sell[i] = unit(rng) < 0.1 ? 0.0 : scale * unit(rng);
    }
    if (n < 2) return {.rate = scale, .sell = 0.5 * scale};
    return {.rate = buy, .sell = sell};
}

}  // namespace

TEST_CASE("to_target: W' + the costs of going to the targets at W' is W, to 4 ulp, and bisection finds the same") {
    std::mt19937_64 rng{1};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (int round = 0; round < 2000; ++round) {
        const std::size_t n = 1 + rng() % 40;
        const bool levered = round % 4 == 0;
        test_look l = random_account(rng, n, levered ? 1.9 * unit(rng) : unit(rng), levered);
        if (levered) l.rules = {.leverage = 2.0, .allow_short = true};
        const cost::proportional c = random_rates(rng, n);
        const solved a{l, c};
        CAPTURE(round, n, l.value);
        REQUIRE(a.how == status::solved);
        const auto view = c.bind(l);
        long double sum = wide(a.s.wealth);
        for (std::size_t i = 0; i < n; ++i) {
            const long double x = wide(l.target[i]) * wide(a.s.wealth) - wide(l.position[i]);
            sum += wide(x > 0 ? view.linear(i).buy : view.linear(i).sell) * std::fabs(x);
            CHECK(a.s.share[i] == l.target[i]);
            CHECK(a.s.move[i] == (std::fabs(x) > wide(l.value) * 0x1p-40L ? 1 : 0));
        }
        CHECK(std::fabs(sum - wide(l.value)) <= 4 * ulp_of(l.value));
        CHECK(std::fabs(bisected(l, view, std::vector<bool>(n, true)) - wide(a.s.wealth)) <= 8 * ulp_of(l.value));
        CHECK(a.s.wealth <= l.value);
        CHECK(a.s.fraction == 1.0);
        CHECK(a.s.set_aside == 0.0);
    }
}

// One asset and cash: buying W′ = (W + b·v)/(1 + b·T), selling W′ = (W − s·v)/(1 − s·T).
TEST_CASE("to_target: closed form for one asset and cash") {
    const cost::proportional c{.rate = 0.02, .sell = 0.05};
    const test_look buys{{0.25}, {0.75}};
    CHECK(solved{buys, c}.s.wealth == Approx((100.0 + 0.02 * 25.0) / (1.0 + 0.02 * 0.75)).epsilon(1e-15));
    const test_look sells{{0.75}, {0.25}};
    CHECK(solved{sells, c}.s.wealth == Approx((100.0 - 0.05 * 75.0) / (1.0 - 0.05 * 0.25)).epsilon(1e-15));
    const test_look all{{1.0}, {0.0}};
    CHECK(solved{all, c}.s.wealth == Approx(95.0).epsilon(1e-15));
    // Short by half, to short by a quarter: 25 are bought, and a little less for what that costs.
    test_look covers{{-0.5}, {-0.25}};
    covers.rules.allow_short = true;
    CHECK(solved{covers, c}.s.wealth == Approx((100.0 + 0.02 * -50.0) / (1.0 - 0.02 * 0.25)).epsilon(1e-15));
}

// Two assets and no cash, the first sold: W′·(1 + b·(1 − t) − s·t) = W − s·v₁ + b·v₂.
TEST_CASE("to_target: closed form for two assets without cash") {
    const double t = 0.6, b = 0.01, s = 0.03;
    const test_look l{{0.7, 0.3}, {t, 1.0 - t}};
    const solved a{l, cost::proportional{.rate = b, .sell = s}};
    CHECK(a.s.wealth == Approx((100.0 - s * 70.0 + b * 30.0) / (1.0 + b * (1.0 - t) - s * t)).epsilon(1e-15));
    CHECK(a.trade(0) == Approx(t * a.s.wealth - 70.0).epsilon(1e-14));
    CHECK(static_cast<double>(a.cash_after(cost::proportional{.rate = b, .sell = s}.bind(l))) == Approx(0.0).margin(1e-13));
}

TEST_CASE("to_target: without costs it goes to just the targets") {
    std::mt19937_64 rng{2};
    for (int round = 0; round < 300; ++round) {
        const std::size_t n = rng() % 20;
        const test_look l = random_account(rng, n, 0.75, false);
        const solved a{l, cost::zero{}};
        CHECK(a.s.wealth == l.value);
        for (std::size_t i = 0; i < n; ++i) CHECK(a.trade(i) == (a.s.move[i] != 0 ? l.target[i] * l.value - l.position[i] : 0.0));
    }
}

TEST_CASE("to_target: what the targets leave over is cash, as a share of what the costs leave") {
    const cost::proportional c{.rate = 0.02};
    const test_look l{{0.1, 0.8}, {0.5, 0.2}};
    const solved a{l, c};
    CHECK(static_cast<double>(a.cash_after(c.bind(l))) == Approx(0.3 * a.s.wealth).epsilon(1e-14));
}

TEST_CASE("to_target: nobody trades where everything is where it should be") {
    const test_look l{{0.25, 0.5}, {0.25, 0.5}};
    const solved a{l, cost::sum{cost::proportional{.rate = 0.02}, cost::fixed{.amount = 1.0}}};
    CHECK(a.s.wealth == 100.0);
    CHECK(a.trade(0) == 0.0);
    CHECK(a.trade(1) == 0.0);
}

// Targets of 1 beside a reserve of r·W′ + A: every target shrinks by the same factor, and r·W′ + A is left in cash.
TEST_CASE("to_target: a reserve that the targets do not leave over is taken from all of them by one factor") {
    const cost::proportional c{.rate = 0.01};
    for (const auto& [share, amount] : {std::pair{0.1, 0.0}, {0.0, 7.0}, {0.1, 7.0}, {0.9, 5.0}}) {
        test_look l{{0.8, 0.2}, {0.6, 0.4}};
        l.rules = {.reserve = share, .reserve_amount = amount};
        const solved a{l, c};
        CAPTURE(share, amount);
        const double stays = share * a.s.wealth + amount;
        CHECK(static_cast<double>(a.cash_after(c.bind(l))) == Approx(stays).epsilon(1e-13));
        const double first = l.position[0] + a.trade(0);
        const double second = l.position[1] + a.trade(1);
        CHECK(first / second == Approx(1.5).epsilon(1e-13));
        CHECK(first + second == Approx(a.s.wealth - stays).epsilon(1e-13));
    }
}

TEST_CASE("to_target: a reserve that the targets leave over changes nothing; one above the wealth sells everything") {
    const cost::proportional c{.rate = 0.01};
    test_look l{{0.8, 0.2}, {0.5, 0.25}};
    const double free = solved{l, c}.s.wealth;
    l.rules = {.reserve = 0.125, .reserve_amount = 0.12 * free};
    const solved fits{l, c};
    CHECK(fits.s.wealth == free);
    CHECK(fits.s.share[0] == 0.5);
    CHECK(fits.s.cause[0] == why::full);
    l.rules.reserve_amount = 0.2 * free;  // 0.325 where 0.25 is left over
    const solved cut{l, c};
    CHECK(static_cast<double>(cut.cash_after(c.bind(l))) == Approx(0.125 * cut.s.wealth + 0.2 * free).epsilon(1e-13));
    CHECK(cut.s.cause[0] != why::full);
    l.rules.reserve_amount = 1e6;
    const solved none{l, c};
    CHECK(none.trade(0) == Approx(-80.0));
    CHECK(none.trade(1) == Approx(-20.0));
    CHECK(none.s.wealth == Approx(99.0));
}

TEST_CASE("to_target: leverage borrows what the targets ask for, and goes on doing so beside a reserve") {
    const cost::proportional c{.rate = 0.01};
    test_look l{{0.9, 0.6}, {1.0, 0.75}};
    l.rules = {.leverage = 2.0};
    const solved a{l, c};
    CHECK(static_cast<double>(a.cash_after(c.bind(l))) == Approx(-0.75 * a.s.wealth).epsilon(1e-13));
    l.rules.reserve = 0.1;
    const solved r{l, c};
    CHECK(static_cast<double>(r.cash_after(c.bind(l))) == Approx((0.1 - 0.75) * r.s.wealth).epsilon(1e-13));
}

// ---- fixed and minimum fees -------------------------------------------------------------------------------------------------------------
//
// A trade is worth its cost where |x| > φ(x). A set of trades is stable where each is worth its cost at the set's W′, and each other would
// not be at the W′ of the set with it. Where no trade is nearer to |x| = φ(x) than all the costs together can move it, the stable set is
// the only one.

TEST_CASE("to_target: with fixed fees the trades are the one stable set, by trying all of them") {
    std::mt19937_64 rng{3};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    int unique = 0, proper = 0, near = 0;
    constexpr int rounds = static_cast<int>(ballast_test::books_of(3000));
    for (int round = 0; round < rounds; ++round) {
        const std::size_t n = 1 + rng() % 6;
        std::vector<double> weight(n), target(n), fee(n);
        for (std::size_t i = 0; i < n; ++i) {
            target[i] = unit(rng) / static_cast<double>(n);
            weight[i] = std::fmax(0.0, target[i] + (unit(rng) - 0.5) * (unit(rng) < 0.5 ? 0.01 : 0.1) / static_cast<double>(n));
            fee[i] = 100.0 * unit(rng) * 0.02 / static_cast<double>(n);
        }
        const test_look l{weight, target};
        const cost::sum c{cost::proportional{.rate = 0.01 * unit(rng)}, cost::fixed{.amount = fee}};
        const auto view = c.bind(l);
        const solved a{l, c};
        CAPTURE(round, n);
        REQUIRE(a.how == status::solved);
        const auto trade_at = [&](std::size_t i, long double w) { return static_cast<double>(wide(target[i]) * w - wide(l.position[i])); };
        const auto worth = [&](std::size_t i, long double w) { return std::fabs(trade_at(i, w)) > view.cost(i, trade_at(i, w)); };
        std::vector<bool> found(n);
        for (std::size_t i = 0; i < n; ++i) {
            found[i] = a.s.move[i] != 0;
            if (found[i])
                CHECK(std::fabs(a.trade(i)) > view.cost(i, a.trade(i)));
            else
                CHECK(a.s.cause[i] == why::not_worth_cost);
        }
        CHECK(static_cast<double>(bisected(l, view, found)) == Approx(a.s.wealth).epsilon(1e-14));

        std::vector<std::vector<bool>> stable;
        for (unsigned bits = 0; bits < (1u << n); ++bits) {
            std::vector<bool> set(n);
            for (std::size_t i = 0; i < n; ++i) set[i] = (bits >> i & 1u) != 0;
            const long double w = bisected(l, view, set);
            bool is = true;
            for (std::size_t i = 0; i < n && is; ++i) {
                if (set[i]) {
                    is = worth(i, w);
                } else {
                    auto with = set;
                    with[i] = true;
                    is = !worth(i, bisected(l, view, with));
                }
            }
            if (is) stable.push_back(set);
        }
        double all_costs = 0.0;
        for (std::size_t i = 0; i < n; ++i) all_costs += view.cost(i, trade_at(i, wide(l.value)));
        bool clear = true;
        for (std::size_t i = 0; i < n; ++i) {
            const double x = trade_at(i, wide(a.s.wealth));
            clear = clear && std::fabs(std::fabs(x) - view.cost(i, x)) > 1.02 * target[i] * all_costs;
        }
        if (!clear) {
            ++near;
            continue;
        }
        REQUIRE(stable.size() == 1);
        CHECK(stable[0] == found);
        ++unique;
        std::size_t moving = 0;
        for (const bool m : found) moving += m ? 1 : 0;
        proper += moving > 0 && moving < n ? 1 : 0;
    }
    CHECK(unique > rounds / 4);
    CHECK(proper > rounds / 10);
    CHECK(near > rounds / 60);
}

TEST_CASE("to_target: a minimum fee is paid where the trade moves more, to the last cent") {
    // Two assets without cash; 1 has to move from one to the other.
    const test_look l{{0.51, 0.49}, {0.5, 0.5}};
    const auto moves = [&](double fee) {
        const solved a{l, cost::minimum{cost::proportional{.rate = 10_bps}, fee}};
        return std::pair{a.s.move[0] != 0, a.s.move[1] != 0};
    };
    CHECK(moves(0.4) == std::pair{true, true});
    CHECK(moves(1.1) == std::pair{false, false});
    const solved none{l, cost::fixed{.amount = 200.0}};  // more than there is
    CHECK(none.s.wealth == 100.0);
    CHECK(none.s.cause[0] == why::not_worth_cost);
    CHECK(none.s.cause[1] == why::not_worth_cost);
}

// ---- limits -----------------------------------------------------------------------------------------------------------------------------

namespace {
// Nothing moves away from its target, or further than to it, and the sum of all lies between what it was and what the targets ask for.
void moves_well(const solved& a, double largest_cost) {
    double held = 0.0, wanted = 0.0, after = 0.0;
    for (std::size_t i = 0; i < a.l.assets(); ++i) {
        const double way = a.l.target[i] * a.s.wealth - a.l.position[i];
        const double x = a.trade(i);
        CAPTURE(i, way, x);
        CHECK(x * way >= 0.0);
        CHECK(std::fabs(x) <= std::fabs(way) * (1.0 + 1e-12) + 1e-10 * a.l.value);
        CHECK(x <= a.lim.buy[i]);
        CHECK(-x <= a.lim.sell[i]);
        held += a.l.position[i];
        wanted += a.l.target[i] * a.s.wealth;
        after += a.l.position[i] + x;
    }
    const double slack = 1e-9 * a.l.value + largest_cost;
    CHECK(after >= std::fmin(held, wanted) - slack);
    CHECK(after <= std::fmax(held, wanted) + slack);
}
}  // namespace

TEST_CASE("to_target: what one asset may not move the others do not move either") {
    // Sell 20 of the first, buy 10 each; but of the first no more than 8 may be sold, so 4 each.
    const test_look l{{0.6, 0.2, 0.2}, {0.4, 0.3, 0.3}};
    const solved a{l, cost::zero{}, guard::max_trade{.amount = {8.0, 100.0, 100.0}}};
    CHECK(a.trade(0) == Approx(-8.0));
    CHECK(a.trade(1) == Approx(4.0));
    CHECK(a.trade(2) == Approx(4.0));
    CHECK(a.s.cause[0] == why::cut_by_trade_limit);
    CHECK(a.s.cause[1] == why::cut_for_balance);
    CHECK(a.s.cause[2] == why::cut_for_balance);
    CHECK(a.s.for_this_wealth);
    // A limit that is reached by none changes nothing.
    const solved wide{l, cost::zero{}, guard::max_trade{.amount = 20.5}};
    CHECK(wide.trade(0) == Approx(-20.0));
    CHECK(wide.s.cause[0] == why::full);
}

TEST_CASE("to_target: a frozen asset stays, and the others go as far as the exposure allows") {
    const test_look l{{0.6, 0.2, 0.2}, {0.4, 0.3, 0.3}};
    const solved a{l, cost::zero{}, guard::max_trade{.amount = {100.0, 100.0, 0.0}}};
    CHECK(a.trade(2) == 0.0);
    CHECK(a.trade(1) == Approx(10.0));
    CHECK(a.trade(0) == Approx(-10.0));
    CHECK(a.s.cause[2] == why::cut_by_trade_limit);
    CHECK(a.s.cause[0] == why::cut_for_balance);
}

TEST_CASE("to_target: trade limits over random accounts: within them, never away from a target, the exposure kept") {
    std::mt19937_64 rng{4};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (int round = 0; round < 1000; ++round) {
        const std::size_t n = 1 + rng() % 12;
        const test_look l = random_account(rng, n, unit(rng), false);
        std::vector<double> most(n);
        for (double& m : most) m = unit(rng) < 0.2 ? 0.0 : l.value * unit(rng) / static_cast<double>(n);
        const guard::max_trade g{.amount = most};
        CAPTURE(round, n);
        moves_well(solved{l, cost::zero{}, g}, 0.0);
        const cost::proportional c{.rate = 0.01};
        const solved a{l, c, g};
        double costs = 0.0;
        for (std::size_t i = 0; i < n; ++i) costs += c.bind(l).cost(i, a.trade(i));
        CHECK(a.s.wealth == Approx(l.value - costs).epsilon(1e-12));
        moves_well(a, costs);
    }
}

TEST_CASE("to_target: a turnover limit makes all trades smaller by one factor") {
    std::mt19937_64 rng{5};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    int cut = 0;
    for (int round = 0; round < 500; ++round) {
        const std::size_t n = 1 + rng() % 12;
        const test_look l = random_account(rng, n, unit(rng), false);
        const cost::proportional c{.rate = 0.01};
        const guard::max_turnover g{.limit = 0.3 * unit(rng)};
        const solved free{l, c};
        const solved a{l, c, g};
        CAPTURE(round, n);
        const auto turnover = [&](const solved& of) {
            double gross = 0.0, net = 0.0;
            for (std::size_t i = 0; i < n; ++i) {
                gross += std::fabs(of.trade(i));
                net += of.trade(i) + c.bind(l).cost(i, of.trade(i));
            }
            return 0.5 * (gross + std::fabs(net)) / l.value;
        };
        CHECK(turnover(a) <= g.limit * (1.0 + 1e-12));
        if (turnover(free) <= g.limit * 0.98) {
            CHECK(a.s.fraction == 1.0);
            CHECK(a.s.wealth == free.s.wealth);
        } else if (turnover(free) > g.limit) {
            ++cut;
            CHECK(a.s.fraction < 1.0);
            CHECK(turnover(a) >= g.limit * 0.97);  // it is used
            for (std::size_t i = 0; i < n; ++i)
                if (a.s.move[i] != 0) CHECK(a.s.cause[i] == why::cut_by_turnover);
        }
    }
    CHECK(cut > 200);
}

TEST_CASE("to_target: no assets") {
    test_look l{};
    l.rules.reserve = 0.5;
    const solved a{l, cost::proportional{.rate = 0.01}};
    CHECK(a.how == status::solved);
    CHECK(a.s.wealth == 100.0);
    const solved limited{l, cost::fixed{.amount = 1.0}, guard::max_turnover{.limit = 0.0}, guard::max_trade{.share = 0.1}};
    CHECK(limited.how == status::solved);
    CHECK(limited.s.wealth == 100.0);
}
