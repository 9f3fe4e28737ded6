// What the solver promises is checked against the conditions of Karush, Kuhn and Tucker, against exchanges between pairs of assets (a
// separable convex problem with one constraint is solved where no exchange helps), against a grid, and against closed forms. Everything
// here is reckoned in long doubles, without the library's formulas.
#include <ballast/solver/closest.hpp>

#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/maximum.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/guard/max_trade.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/moving_cost.hpp"
#include "support/next_calls.hpp"
#include "support/solved.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::solver::closest;
using ballast::solver::sides;
using ballast_test::dice;
using ballast_test::test_look;

static_assert(solver_policy<closest> && std::is_aggregate_v<closest>);
static_assert(!detail::needs_region<closest>() && detail::accepts<closest>(cost_shape::general));
static_assert(std::is_same_v<scratch_of<closest>, closest::scratch>);

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr long double wide(double x) { return static_cast<long double>(x); }

struct bounds {
    std::vector<double> lower{}, upper{}, buy{}, sell{};
    void narrow(const look& l, limits& lim) const noexcept {
        for (std::size_t i = 0; i < l.assets(); ++i) {
            if (!lower.empty()) lim.narrow(i, lower[i], upper[i], why::cut_by_bounds);
            if (!buy.empty()) lim.narrow_buy(i, buy[i], why::cut_by_trade_limit);
            if (!sell.empty()) lim.narrow_sell(i, sell[i], why::cut_by_trade_limit);
        }
    }
};

using solved = ballast_test::solved<closest>;

// A random account: some assets above, some below their targets, some without one, cash that may be missing.
struct random_account {
    test_look l;
    cost::proportional cost;
    bounds b;
};
random_account draw(dice& d, std::size_t n, bool limited) {
    std::vector<double> quantity, price, target;
    double sum = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        price.push_back(d.scale(0.5, 500.0));
        target.push_back(d.chance(0.1) ? 0.0 : d.scale(0.05, 1.0));
        sum += target.back();
    }
    const double invested = d.chance(0.5) ? 1.0 : d.between(0.5, 1.0);
    double held = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        target[i] *= sum > 0.0 ? invested / sum : 0.0;
        const double position = d.chance(0.1) ? 0.0 : 1000.0 * target[i] * d.between(0.3, 1.7) + (d.chance(0.1) ? 100.0 * d.unit() : 0.0);
        quantity.push_back(position / price[i]);
        held += position;
    }
    const double cash = held > 0.0 && d.chance(0.1) ? 0.0 : d.between(-0.3, 0.5) * held + 1e-3;
    random_account a{test_look::holding(cash, quantity, price, target), {}, {}};
    if (d.chance(0.4)) a.l.rules.reserve = d.between(0.0, 0.2);
    if (d.chance(0.3)) a.l.rules.reserve_amount = d.between(0.0, 0.1) * held;
    std::vector<double> buy, sell;
    for (std::size_t i = 0; i < n; ++i) {
        buy.push_back(d.chance(0.3) ? 0.001 : d.between(0.0, 0.03));
        sell.push_back(d.between(0.0, 0.03));
    }
    if (d.chance(0.8))
        a.cost = {.rate = buy, .sell = sell};
    else
        a.cost = {.rate = 0.0};
    if (limited) {
        const double w = a.l.value;
        for (std::size_t i = 0; i < n; ++i) {
            a.b.buy.push_back(d.chance(0.5) ? infinity : d.chance(0.2) ? 0.0 : d.between(0.0, 0.2) * w);
            a.b.sell.push_back(d.chance(0.5) ? infinity : d.chance(0.2) ? 0.0 : d.between(0.0, 0.2) * w);
            a.b.lower.push_back(d.chance(0.9) ? -infinity : a.l.target[i] * d.between(0.4, 1.1));
            a.b.upper.push_back(d.chance(0.9) ? infinity : std::fmax(a.b.lower.back(), a.l.target[i] * d.between(0.9, 1.6)));
        }
    }
    return a;
}

// The problem as the solver's comment states it, at the wealth that it found.
struct stated {
    std::size_t n;
    long double wealth, floor, cash;
    std::vector<long double> wish, lowest, highest, x, buy_rate, sell_rate;

    stated(const random_account& a, const solved& r, sides which) : n{r.l.assets()} {
        wealth = wide(r.s.wealth);
        const mandate& rules = *r.l.rules;
        floor = std::fmin(wide(rules.reserve) * wealth + wide(rules.reserve_amount), wealth);
        long double invested = 0.0L;
        for (const double t : r.l.target) invested += wide(t);
        const long double room = (wealth - floor) / (invested * wealth);
        const long double scale = std::fmin(1.0L, room);
        cash = wide(r.l.cash);
        for (std::size_t i = 0; i < n; ++i) {
            const long double v = wide(r.l.position[i]);
            const linear_cost c = a.cost.bind(r.l).linear(i);
            buy_rate.push_back(wide(c.buy));
            sell_rate.push_back(wide(c.sell));
            x.push_back(wide(r.trade(i)));
            wish.push_back(wide(r.l.target[i]) * scale * wealth - v);
            long double low = std::fmin(wish[i], 0.0L), high = std::fmax(wish[i], 0.0L);
            if (!a.b.buy.empty()) {
                const long double least = wide(a.b.lower[i]) * wealth - v, most = wide(a.b.upper[i]) * wealth - v;
                low = std::fmin(std::fmax(low, least), most);  // a bound may ask for more than the target
                high = std::fmin(std::fmax(high, least), most);
                low = std::fmin(std::fmax(low, -wide(a.b.sell[i])), wide(a.b.buy[i]));
                high = std::fmin(std::fmax(high, -wide(a.b.sell[i])), wide(a.b.buy[i]));
            }
            if (which == sides::buys_only) low = std::fmax(low, 0.0L), high = std::fmax(high, 0.0L);
            if (which == sides::sells_only) low = std::fmin(low, 0.0L), high = std::fmin(high, 0.0L);
            lowest.push_back(low);
            highest.push_back(high);
        }
    }
    [[nodiscard]] long double fee(std::size_t i, long double trade) const {
        return trade > 0 ? buy_rate[i] * trade : -sell_rate[i] * trade;
    }
    [[nodiscard]] long double cash_after() const {
        long double c = cash;
        for (std::size_t i = 0; i < n; ++i) c -= x[i] + fee(i, x[i]);
        return c;
    }
};

const sides every_side[] = {sides::both, sides::buys_only, sides::sells_only};

}  // namespace

TEST_CASE("closest: the conditions of Karush, Kuhn and Tucker hold on random accounts") {
    dice d{401};
    int scarce = 0, enough = 0, raised = 0, inside = 0;
    for (int round = 0; round < 6000; ++round) {
        const random_account a = draw(d, 1 + d.below(round % 50 == 0 ? 300 : 12), round % 2 == 1);
        const sides which = every_side[round % 3];
        const solved r{{.sides = which}, a.l, a.cost, a.b};
        const stated p{a, r, which};
        const long double tiny = 4e-12L * wide(a.l.value);
        CAPTURE(round, static_cast<int>(which), p.n);
        REQUIRE(r.how == status::solved);
        // The wealth is what the costs leave.
        long double costs = 0.0L;
        for (std::size_t i = 0; i < p.n; ++i) costs += p.fee(i, p.x[i]);
        CHECK(static_cast<double>(std::fabs(p.wealth - (wide(a.l.value) - costs))) <= 1e-13 * a.l.value);
        // Everything stays within its room; what bounds ask for that can not be paid for is left.
        long double demanded = p.cash - p.floor;
        for (std::size_t i = 0; i < p.n; ++i)
            demanded -= p.highest[i] <= 0.0L ? p.x[i] + p.fee(i, p.x[i]) : p.lowest[i] + p.fee(i, p.lowest[i]);
        const bool affordable = demanded >= tiny;
        for (std::size_t i = 0; i < p.n; ++i) {
            CHECK(p.x[i] >= (affordable ? p.lowest[i] : std::fmin(p.lowest[i], 0.0L)) - tiny);
            CHECK(p.x[i] <= p.highest[i] + tiny);
        }
        const long double left = p.cash_after() - p.floor;
        if (which == sides::sells_only) {
            // Exactly what is missing, from those furthest above: one level for all that are inside of their room.
            long double level = -1.0L, forced = 0.0L, all = 0.0L;
            for (std::size_t i = 0; i < p.n; ++i) {
                forced -= p.highest[i] + p.fee(i, p.highest[i]);
                all -= p.lowest[i] + p.fee(i, p.lowest[i]);
                if (p.x[i] < p.highest[i] - 1e3L * tiny && p.x[i] > p.lowest[i] + 1e3L * tiny) level = p.x[i] - p.wish[i];
            }
            const long double missing = p.floor - p.cash;
            if (missing > tiny && forced < missing && all > missing) {
                CHECK(static_cast<double>(std::fabs(left)) <= 1e-12 * a.l.value);
                ++raised;
            }
            if (level < 0.0L) continue;
            ++inside;
            for (std::size_t i = 0; i < p.n; ++i) {
                const long double excess = p.x[i] - p.wish[i];
                if (p.x[i] > p.lowest[i] + tiny) CHECK(static_cast<double>(excess - level) <= static_cast<double>(tiny));
                if (p.x[i] < p.highest[i] - tiny) CHECK(static_cast<double>(level - excess) <= static_cast<double>(tiny));
            }
            continue;
        }
        bool short_of_cash = false;
        for (std::size_t i = 0; i < p.n; ++i) {
            if (p.highest[i] <= 0.0L) {  // sales cost nothing and bring cash: all of them
                CHECK(static_cast<double>(p.x[i] - p.lowest[i]) <= static_cast<double>(tiny));
                continue;
            }
            short_of_cash = short_of_cash || p.x[i] < p.highest[i] - tiny;
        }
        if (!short_of_cash) {
            ++enough;
            CHECK(left >= std::fmin(0.0L, demanded) - tiny);
            continue;
        }
        ++scarce;
        CHECK(left <= tiny);
        if (!affordable) continue;
        // One multiplier: what the last unit of cash improves is the same for all inside, no less for those at the top of their room, no
        // more for those at the bottom.
        long double highest_low = wide(-infinity), lowest_high = wide(infinity);
        for (std::size_t i = 0; i < p.n; ++i) {
            if (p.highest[i] <= 0.0L) continue;
            const long double per_cash = (p.wish[i] - p.x[i]) / (1.0L + p.buy_rate[i]);
            if (p.x[i] > std::fmax(p.lowest[i], 0.0L) + tiny) lowest_high = std::fmin(lowest_high, per_cash);
            if (p.x[i] < p.highest[i] - tiny) highest_low = std::fmax(highest_low, per_cash);
        }
        CHECK(static_cast<double>(highest_low - lowest_high) <= static_cast<double>(tiny));
    }
    CAPTURE(scarce, enough, raised, inside);
    CHECK(scarce > 1500);
    CHECK(enough > 500);
    CHECK(raised > 300);
    CHECK(inside > 300);
}

// Moving cash from one asset to another, in any direction and amount, never brings the book closer; spending more never does either.
TEST_CASE("closest: no exchange of cash between two assets helps, in either distance") {
    dice d{402};
    int exchanges = 0;
    for (int round = 0; round < 6000; ++round) {
        const random_account a = draw(d, 1 + d.below(6), round % 2 == 1);
        const drift_measure measure = round % 3 == 0 ? drift_measure::squared : drift_measure::absolute;
        const sides which = round % 4 < 2 ? sides::buys_only : sides::both;
        const solved r{{.distance = measure, .sides = which}, a.l, a.cost, a.b};
        const stated p{a, r, which};
        const long double w = p.wealth;
        const auto off = [&](std::size_t i, long double x) {
            const long double drift = (p.wish[i] - x) / w;
            return measure == drift_measure::squared ? drift * drift : std::fabs(drift);
        };
        const long double left = std::fmax(0.0L, p.cash_after() - p.floor);
        CAPTURE(round, p.n);
        for (std::size_t i = 0; i < p.n; ++i) {
            if (p.highest[i] <= 0.0L) continue;
            const long double more = std::fmin(left / (1.0L + p.buy_rate[i]), p.highest[i] - p.x[i]);
            CHECK(static_cast<double>(off(i, p.x[i]) - off(i, p.x[i] + std::fmax(more, 0.0L))) <= 1e-11);
            for (std::size_t k = 0; k < p.n; ++k) {
                if (k == i || p.highest[k] <= 0.0L) continue;
                for (const long double part : {1e-6L, 1e-3L, 0.1L, 0.5L, 1.0L}) {
                    // From i to k: what i gives up frees cash, with its fee.
                    const long double gives = part * (p.x[i] - std::fmax(p.lowest[i], 0.0L));
                    const long double takes = gives * (1.0L + p.buy_rate[i]) / (1.0L + p.buy_rate[k]);
                    if (gives <= 0.0L || takes > p.highest[k] - p.x[k]) continue;
                    const long double before = off(i, p.x[i]) + off(k, p.x[k]);
                    const long double after = off(i, p.x[i] - gives) + off(k, p.x[k] + takes);
                    CHECK(static_cast<double>(before - after) <= 1e-13);
                    ++exchanges;
                }
            }
        }
    }
    CHECK(exchanges > 3000);
}

// All purchases on a grid that the cash pays for, three assets: none comes closer.
TEST_CASE("closest: no point of a dense grid is better") {
    dice d{403};
    for (int round = 0; round < 60; ++round) {
        const random_account a = draw(d, 3, round % 2 == 1);
        const drift_measure measure = round % 4 < 2 ? drift_measure::squared : drift_measure::absolute;
        const solved r{{.distance = measure, .sides = sides::buys_only}, a.l, a.cost, a.b};
        const stated p{a, r, sides::buys_only};
        bool forced = false;  // bounds that ask for more than can be paid for
        for (std::size_t i = 0; i < 3; ++i) forced = forced || p.lowest[i] > 0.0L;
        if (forced) continue;
        const auto value = [&](const long double* x) {
            long double sum = 0.0L;
            for (std::size_t i = 0; i < 3; ++i) {
                const long double drift = (p.wish[i] - x[i]) / p.wealth;
                sum += measure == drift_measure::squared ? drift * drift : std::fabs(drift);
            }
            return sum;
        };
        const long double found = value(p.x.data());
        constexpr int cells = 40;
        long double best = wide(infinity), x[3];
        for (int i = 0; i <= cells; ++i)
            for (int j = 0; j <= cells; ++j)
                for (int k = 0; k <= cells; ++k) {
                    const int at[3] = {i, j, k};
                    long double cash = p.cash;
                    for (std::size_t c = 0; c < 3; ++c) {
                        x[c] = std::fmax(0.0L, p.highest[c]) * at[c] / cells;
                        cash -= x[c] * (1.0L + p.buy_rate[c]);
                    }
                    if (cash < p.floor && (i > 0 || j > 0 || k > 0)) continue;
                    best = std::fmin(best, value(x));
                }
        CAPTURE(round);
        CHECK(static_cast<double>(found - best) <= 1e-12);
    }
}

TEST_CASE("closest: where a unit costs more the more is bought, what the last one improves is the same for all") {
    dice d{407};
    int inside = 0;
    for (int round = 0; round < 1500; ++round) {
        const std::size_t n = 1 + d.below(12);
        std::vector<double> weight, target;
        double sum = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            target.push_back(d.scale(0.05, 1.0));
            sum += target[i];
        }
        for (std::size_t i = 0; i < n; ++i) {
            target[i] /= sum;
            weight.push_back(target[i] * d.between(0.6, 1.1));
        }
        const test_look l{weight, target, 1000.0};
        ballast_test::moving<true> cost{.rate = d.between(0.0, 0.01)};
        for (std::size_t i = 0; i < n; ++i) cost.impact.push_back(d.scale(1e-5, 2e-3));
        const solved r{{.sides = sides::buys_only}, l, cost};
        CAPTURE(round, n);
        const double left = static_cast<double>(r.cash_after(cost.bind(l)));
        CHECK(left >= std::fmin(0.0, l.cash) - 1e-9);
        double lowest = infinity, highest = 0.0;
        bool enough = true;
        for (std::size_t i = 0; i < n; ++i) {
            const double x = r.trade(i), way = target[i] * r.s.wealth - l.position[i];
            CHECK(x <= std::fmax(way, 0.0) + 1e-9);
            CHECK(x >= 0.0);
            if (way <= 1e-6) continue;
            enough = enough && x >= way - 1e-6;
            const double per_cash = (way - x) / (1.0 + cost.rate + cost.impact[i] * x);
            if (x > 0.0) lowest = std::fmin(lowest, per_cash);
            highest = std::fmax(highest, per_cash);
        }
        if (enough || l.cash <= 0.0) continue;
        ++inside;
        CHECK(highest - lowest <= 1e-8);
        CHECK(left == Approx(0.0).margin(1e-9));
    }
    CHECK(inside > 500);
}

TEST_CASE("closest: a contribution goes to those furthest below until all stand at one shortfall") {
    // Worth 1000 with 90 in cash: short by 100, 60 and 20, above by 90. 90 = 65 + 25: both stand 35 short, the third less than that.
    const test_look l{{0.15, 0.19, 0.18, 0.39}, {0.25, 0.25, 0.20, 0.30}, 1000.0};
    const solved r{{.sides = sides::buys_only}, l, cost::zero{}};
    CHECK(r.trade(0) == Approx(65.0));
    CHECK(r.trade(1) == Approx(25.0));
    CHECK(r.trade(2) == 0.0);
    CHECK(r.trade(3) == 0.0);
    CHECK(r.cause[0] == why::cut_by_cash);
    CHECK(r.cause[1] == why::cut_by_cash);
    CHECK(r.cause[2] == why::no_cash);
    CHECK(r.cause[3] == why::not_sold);
    CHECK(r.s.for_this_wealth);
    CHECK(r.s.wealth == 1000.0);
    // The absolute distance is the same wherever it is spent; the level decides.
    const solved absolute{{.distance = drift_measure::absolute, .sides = sides::buys_only}, l, cost::zero{}};
    for (std::size_t i = 0; i < 4; ++i) CHECK(absolute.trade(i) == Approx(r.trade(i)).margin(1e-12));
    // Where one costs more, the cheaper goes first.
    const solved dear{{.distance = drift_measure::absolute, .sides = sides::buys_only},
                      l,
                      cost::proportional{.rate = {0.02, 0.01, 0.01, 0.0}, .sell = 0.0}};
    CHECK(dear.trade(2) == Approx(0.2 * dear.s.wealth - 180.0));
    CHECK(dear.trade(1) == Approx(0.25 * dear.s.wealth - 190.0));
    CHECK(dear.trade(0) == Approx((90.0 - 1.01 * (dear.trade(1) + dear.trade(2))) / 1.02));
}

TEST_CASE("closest: a withdrawal is raised from those furthest above until all stand at one excess") {
    // 60 is wanted that is not there: cash −60, worth 1000. Above by 100, 50 and 10, below by 100: 55 and 5, so that both stand 45 above.
    const test_look l{{0.40, 0.30, 0.21, 0.15}, {0.30, 0.25, 0.20, 0.25}, 1000.0};
    REQUIRE(l.cash == Approx(-60.0));
    const solved r{{.sides = sides::sells_only}, l, cost::zero{}};
    CHECK(r.trade(0) == Approx(-55.0));
    CHECK(r.trade(1) == Approx(-5.0));
    CHECK(r.trade(2) == 0.0);
    CHECK(r.trade(3) == 0.0);
    CHECK(r.cause[0] == why::cut_to_need);
    CHECK(r.cause[2] == why::cut_to_need);
    CHECK(r.cause[3] == why::not_bought);
    // Net of costs it is as much.
    const solved paid{{.sides = sides::sells_only}, l, cost::proportional{.rate = 0.02}};
    CHECK(paid.trade(0) + paid.trade(1) == Approx(-60.0 / 0.98));
    CHECK(static_cast<double>(paid.cash_after(cost::proportional{.rate = 0.02}.bind(l))) == Approx(0.0).margin(1e-12));
    // What is there is not raised.
    const test_look rich{{0.40, 0.30, 0.10, 0.15}, {0.30, 0.25, 0.20, 0.25}, 1000.0};
    const solved none{{.sides = sides::sells_only}, rich, cost::zero{}};
    for (std::size_t i = 0; i < 4; ++i) CHECK(none.trade(i) == 0.0);
    CHECK(none.cause[0] == why::cut_to_need);
}

TEST_CASE("closest: small and even accounts") {
    const closest in{.sides = sides::buys_only};
    // Equal targets, equal positions: equal parts.
    const test_look even{{0.2, 0.2, 0.2, 0.2}, {0.25, 0.25, 0.25, 0.25}, 100.0};
    const solved all{in, even, cost::zero{}};
    for (std::size_t i = 0; i < 4; ++i) CHECK(all.trade(i) == Approx(5.0));
    // All short by the same, half the cash kept back.
    test_look half{{0.2, 0.2, 0.2, 0.2}, {0.25, 0.25, 0.25, 0.25}, 100.0};
    half.rules.reserve = 0.1;
    const solved kept{in, half, cost::zero{}};
    for (std::size_t i = 0; i < 4; ++i) CHECK(kept.trade(i) == Approx(2.5));
    // One asset takes what there is, and pays for it.
    const test_look one{{0.6}, {1.0}, 100.0};
    CHECK(solved(in, one, cost::zero{}).trade(0) == Approx(40.0));
    CHECK(solved(in, one, cost::proportional{.rate = 0.25}).trade(0) == Approx(32.0));
    CHECK(solved(in, one, cost::proportional{.rate = 0.25}).s.wealth == Approx(92.0));
    // Nothing to do, no cash, no assets, more cash than all are short of.
    CHECK(solved(in, test_look({0.5, 0.5}, {0.5, 0.5}), cost::zero{}).trade(0) == 0.0);
    const solved empty{in, test_look{{0.7, 0.3}, {0.5, 0.5}}, cost::zero{}};
    CHECK(empty.trade(0) == 0.0);
    CHECK(empty.trade(1) == 0.0);
    CHECK(empty.cause[1] == why::no_cash);
    CHECK(solved(in, test_look{}, cost::zero{}).how == status::solved);
    const test_look plenty{{0.3, 0.2}, {0.4, 0.3}, 100.0};
    const solved enough{in, plenty, cost::zero{}};
    CHECK(enough.trade(0) == Approx(10.0));
    CHECK(enough.trade(1) == Approx(10.0));
    CHECK(enough.cause[0] == why::full);
    // Overdrawn, and nothing may be sold: never infeasible.
    const solved overdrawn{in, test_look{{0.7, 0.5}, {0.5, 0.5}}, cost::zero{}};
    CHECK(overdrawn.how == status::solved);
    CHECK(overdrawn.trade(1) == 0.0);
    // An asset without a target is not bought.
    CHECK(solved(in, test_look({0.0, 0.2}, {0.0, 0.9}), cost::zero{}).trade(0) == 0.0);
}

TEST_CASE("closest: with both sides and all free it goes where to_target goes") {
    dice d{404};
    for (int round = 0; round < 500; ++round) {
        const random_account a = draw(d, 1 + d.below(20), false);
        const solved r{closest{}, a.l, a.cost};
        std::vector<double> share(a.l.assets()), move_to(a.l.assets());
        std::vector<std::uint8_t> move(a.l.assets());
        std::vector<v0::rounding> rounds(a.l.assets());
        std::vector<why> cause(a.l.assets(), why::full);
        std::vector<ranked> ranks(a.l.assets());
        limits_memory room;
        room.prepare({.assets = a.l.assets()});
        const limits lim = room.free(a.l.assets());
        solution s{.share = share, .move = move, .round = rounds, .cause = cause, .wealth = a.l.value};
        REQUIRE(solver::to_target{}.solve(problem{.look = a.l, .limits = lim, .ranks = ranks}, bound<cost::proportional>{a.cost.bind(a.l)},
                                          s) == status::solved);
        CAPTURE(round);
        CHECK(r.s.wealth == Approx(s.wealth).epsilon(1e-13));
        for (std::size_t i = 0; i < a.l.assets(); ++i) {
            const double x = s.move[i] != 0 ? s.trade(a.l, lim, i, s.wealth) : 0.0;
            CHECK(r.trade(i) == Approx(x).margin(2e-12 * a.l.value));
            // Targets that sum to 1 leave the reserve nothing to change but the last digit.
            const bool there = std::fabs(x - (a.l.target[i] * s.wealth - a.l.position[i])) <= 1e-12 * a.l.value;
            if (!there) CHECK(r.cause[i] == cause[i]);
        }
    }
}

TEST_CASE("closest: multiplying all money by a power of two changes no share; permuting assets permutes the answer") {
    dice d{405};
    for (int round = 0; round < 400; ++round) {
        const random_account a = draw(d, 1 + d.below(12), round % 2 == 1);
        const closest solver{.distance = round % 3 == 0 ? drift_measure::absolute : drift_measure::squared, .sides = every_side[round % 3]};
        const solved r{solver, a.l, a.cost, a.b};
        random_account b = a;
        const double k = round % 4 < 2 ? 1048576.0 : 1.0 / 1024.0;
        for (double& q : b.l.quantity) q *= k;
        b.l.value *= k;
        b.l.rules.reserve_amount *= k;
        for (auto* column : {&b.b.buy, &b.b.sell})
            for (double& x : *column) x *= k;
        b.l.refresh();
        const double cash = a.l.cash * k;
        b.l = test_look(b.l);
        random_account scaled{test_look::holding(cash, b.l.quantity, b.l.price, b.l.target), b.cost, b.b};
        scaled.l.rules = b.l.rules;
        random_account plain{test_look::holding(a.l.cash, a.l.quantity, a.l.price, a.l.target), a.cost, a.b};
        plain.l.rules = a.l.rules;
        const solved one{solver, plain.l, plain.cost, plain.b};
        const solved other{solver, scaled.l, scaled.cost, scaled.b};
        CAPTURE(round);
        CHECK(other.s.wealth == one.s.wealth * k);
        for (std::size_t i = 0; i < a.l.assets(); ++i) {
            CHECK(other.share[i] == one.share[i]);
            CHECK(other.move[i] == one.move[i]);
            CHECK(other.cause[i] == one.cause[i]);
        }

        // Backwards.
        const auto turned = [](std::vector<double> v) {
            std::reverse(v.begin(), v.end());
            return v;
        };
        std::vector<double> buy, sell;
        for (std::size_t i = a.l.assets(); i-- > 0;) {
            const linear_cost c = a.cost.bind(a.l).linear(i);
            buy.push_back(c.buy);
            sell.push_back(c.sell);
        }
        random_account back{test_look::holding(a.l.cash, turned(a.l.quantity), turned(a.l.price), turned(a.l.target)),
                            {.rate = buy, .sell = sell},
                            {turned(a.b.lower), turned(a.b.upper), turned(a.b.buy), turned(a.b.sell)}};
        back.l.rules = a.l.rules;
        const solved reversed{solver, back.l, back.cost, back.b};
        for (std::size_t i = 0; i < a.l.assets(); ++i)
            CHECK(reversed.trade(a.l.assets() - 1 - i) == Approx(one.trade(i)).margin(1e-11 * a.l.value));
        (void)r;
    }
}

// ---- through a whole rebalancer ----

namespace {
template <class Cost, class... More>
decision decide(const closest& solver, const Cost& cost, double cash, const std::vector<double>& quantity, const std::vector<double>& price,
                const std::vector<double>& target, instrument_view rules = {}, const More&... more) {
    const rebalancer r{trigger::every{.interval = {}}, cost, solver, more...};
    const sizes s{.assets = price.size()};
    typename std::remove_const_t<decltype(r)>::market_state market;
    typename std::remove_const_t<decltype(r)>::account_state account;
    typename std::remove_const_t<decltype(r)>::workspace workspace;
    decision d;
    r.prepare(market, s);
    r.prepare(account, s);
    r.prepare(workspace, s);
    r.prepare(d, s);
    r.propose(market, account,
              {.market = {.price = price}, .account = {.cash = cash, .quantity = quantity}, .target = target, .instruments = rules},
              workspace, d);
    return d;
}
double bought(const decision& d, std::size_t asset) {
    for (const order& o : d.orders)
        if (o.asset == asset) return o.quantity;
    return 0.0;
}
}  // namespace

TEST_CASE("closest: a contribution in whole steps leaves less than the cheapest step") {
    // 1000 come in; each asset is short of more. Whole shares at 30, 70 and 110.
    const std::vector<double> price{30.0, 70.0, 110.0}, quantity{100.0, 40.0, 20.0}, target{0.4, 0.3, 0.3};
    const std::vector<decimal_step> step{decimal_step{1, 0}};
    const decision d =
        decide({.sides = sides::buys_only}, cost::proportional{.rate = 10_bps}, 1000.0, quantity, price, target, {.step = step});
    CHECK(d.outcome == outcome::trade);
    for (const order& o : d.orders) CHECK(o.buy());
    CHECK(d.cash_after >= 0.0);
    CHECK(d.cash_after < 30.0 * 1.001);
    CHECK(bought(d, 2) > 0.0);  // furthest below
    CHECK_FALSE(d.more_to_do());
}

TEST_CASE("closest: a withdrawal in whole steps raises no less than is missing, and less than a step more") {
    const std::vector<double> price{30.0, 70.0, 110.0}, quantity{100.0, 40.0, 20.0}, target{0.2, 0.4, 0.4};
    const std::vector<decimal_step> step{decimal_step{1, 0}};
    const decision d =
        decide({.sides = sides::sells_only}, cost::proportional{.rate = 10_bps}, -755.0, quantity, price, target, {.step = step});
    REQUIRE(d.orders.size() >= 1);
    for (const order& o : d.orders) CHECK_FALSE(o.buy());
    CHECK(d.cash_after >= 0.0);
    CHECK(d.cash_after < 30.0);
    CHECK_FALSE(d.more_to_do());
    CHECK(d.reason_of(0).code == why::cut_to_need);
    CHECK(d.reason_of(2).code == why::not_bought);
}

TEST_CASE("closest: an order that is not worth its fee is not made, and its cash goes to the others") {
    // All are short by 11: a fee of 12 is never worth it; one of 6 is for an order of 10, not for one of 5, so that some go without.
    const std::vector<double> price(6, 1.0), quantity(6, 100.0), target(6, 1.0 / 6.0);
    const closest in{.sides = sides::buys_only};
    const decision none = decide(in, cost::fixed{.amount = 12.0}, 66.0, quantity, price, target);
    CHECK(none.outcome == outcome::hold);
    for (const reason& r : none.reasons) CHECK(r.code == why::not_worth_cost);
    const decision some = decide(in, cost::fixed{.amount = 6.0}, 66.0, quantity, price, target);
    CHECK(some.outcome == outcome::trade);
    CHECK(some.orders.size() < 6);
    for (const order& o : some.orders) CHECK(o.notional > o.cost);
    const decision more =
        decide({.sides = sides::buys_only}, cost::fixed{.amount = 6.0}, 30.0, {100.0, 100.0, 100.0, 100.0, 100.0, 0.0}, price, target);
    REQUIRE(more.orders.size() == 1);
    CHECK(more.orders[0].asset == 5);
    CHECK(more.orders[0].notional == Approx(24.0));
    CHECK(more.cash_after == Approx(0.0).margin(1e-9));
}

TEST_CASE("closest: limits cut, and the others take their part of the cash") {
    const std::vector<double> price(3, 1.0), quantity{10.0, 20.0, 60.0}, target{0.4, 0.3, 0.3};
    const decision d = decide({.sides = sides::buys_only}, cost::zero{}, 10.0, quantity, price, target, {},
                              guard::max_trade{.amount = {4.0, infinity, infinity}});
    CHECK(bought(d, 0) == Approx(4.0));
    CHECK(bought(d, 1) == Approx(6.0));
    CHECK(d.reason_of(0).code == why::cut_by_trade_limit);
    CHECK(d.reason_of(1).code == why::cut_by_cash);
    CHECK(d.reason_of(2).code == why::not_sold);
    const decision half =
        decide({.sides = sides::buys_only}, cost::zero{}, 10.0, quantity, price, target, {}, guard::max_turnover{.limit = 0.05});
    CHECK(half.turnover == Approx(0.05));
    CHECK(half.reason_of(0).code == why::cut_by_turnover);
    CHECK(half.more_to_do());
}

// Books with a flow of their own: contributions, withdrawals, both.
namespace {
template <class Call>
void let_flow(Call& call, std::uint64_t seed) {
    dice d{seed * 7 + 1};
    const double flow = call.of.value() * d.scale(1e-4, 0.4);
    const sides which = call.run.policy.solver().sides;
    if (!d.chance(0.7)) return;
    const bool in = which == sides::buys_only || (which == sides::both && d.chance(0.5));
    call.of.held.cash += in ? flow : -flow;
}
template <class Body>
void for_flows(std::uint64_t count, Body&& body) {
    const auto one = [&](auto call, std::uint64_t seed) {
        let_flow(call, seed);
        call.propose();
        if (call.answer.outcome != outcome::rejected) body(call, seed);
    };
    for (std::uint64_t seed = 0; seed < count; ++seed) {
        if (seed % 3 == 0) one(ballast_test::make_random_call<ballast_test::convex_cost, closest>(seed, {}), seed);
        if (seed % 3 == 1) one(ballast_test::make_random_call<ballast_test::fixed_cost, closest>(seed, {}), seed);
        if (seed % 3 == 2) one(ballast_test::make_random_call<ballast_test::general_cost, closest>(seed, {}), seed);
    }
}
}  // namespace

TEST_CASE("closest: the referee accepts every list, no side is crossed, nothing overshoots") {
    std::size_t orders = 0;
    for_flows(ballast_test::books_of(24'000), [&](auto& call, std::uint64_t seed) {
        const decision& d = call.answer;
        CAPTURE(seed);
        if (const std::string complaint = call.complaint(); !complaint.empty()) FAIL_CHECK(complaint);
        const sides which = call.run.policy.solver().sides;
        for (const order& o : d.orders) {
            ++orders;
            if (o.reason == why::fees_covered) continue;  // what fees are paid in is bought and kept whatever is asked for
            if (which == sides::buys_only && !o.buy()) FAIL_CHECK("sells");
            if (which == sides::sells_only && o.buy()) FAIL_CHECK("buys");
            const double target = call.of.target[o.asset];
            if (target == 0.0 && o.buy() && d.weight_before()[o.asset] >= 0.0 && !call.limited)
                FAIL_CHECK("buys an asset that has no target");
            bool pays_for_others = false;
            for (const fee_payment& f : d.fees)
                pays_for_others = pays_for_others || (f.asset == o.asset && d.orders[f.order].asset != o.asset);
            if (call.limited || pays_for_others || o.reason == why::reserve_kept) continue;
            const double after = d.weight_after()[o.asset] * d.value_after();
            // Fees that are paid in kind are rounded up, those of each row.
            const double rows =
                static_cast<double>(std::count_if(d.orders.begin(), d.orders.end(), [&](const order& p) { return p.asset == o.asset; }));
            const double fee_step = call.of.venue.fee_step.empty() ? 0.0 : call.of.venue.fee_step[0].value();
            const double step = (o.step.value() + 2.0 * rows * fee_step) * o.price * o.multiplier +
                                static_cast<double>(d.orders.size()) * call.of.rules.money_step.value();
            // A reserve that the targets do not leave over is taken from all of them: the goal lies between nothing and the target.
            const bool reserved = call.of.rules.reserve > 0.0 || call.of.rules.reserve_amount > 0.0;
            const double goal = target * d.value_after();
            const double most = goal > 0.0 || !reserved ? goal : 0.0, least = goal < 0.0 || !reserved ? goal : 0.0;
            const double past = o.buy() ? after - most : least - after;
            if (past > step * (1.0 + 1e-9) + 1e-8 * d.value) {
                CAPTURE(o.asset, o.notional, target * d.value_after(), after, step, to_string(o.reason));
                FAIL_CHECK("overshoots");
            }
        }
    });
    CHECK(orders > ballast_test::books_of(30'000));
}

// Under a turnover limit less is paid than for the whole way, so that the wealth is larger, and a short position that stays as it is a
// smaller share of it than was wanted.
TEST_CASE("closest: a purchase that a turnover limit makes smaller stays a purchase") {
    const std::vector<double> price{1.0, 1.0, 1.0}, quantity{-200.0, 100.0, 600.0}, target{-0.18, 0.4, 0.5};
    for (const double limit : {0.3, 0.1, 0.01, 1e-4, 1e-6, 0.0}) {
        const decision d = decide({.sides = sides::buys_only}, cost::proportional{.rate = 0.05}, 600.0, quantity, price, target, {},
                                  guard::max_turnover{.limit = limit}, mandate{.leverage = 3.0, .allow_short = true});
        CAPTURE(limit);
        REQUIRE_FALSE(d.problem);
        for (const order& o : d.orders) CHECK(o.buy());
        CHECK(d.turnover <= limit * (1.0 + 1e-12));
        CHECK((limit < 1e-9 || !d.orders.empty()));
    }
}

TEST_CASE("closest: proposing again finds nothing to do") {
    ballast_test::next_calls next;
    for_flows(ballast_test::books_of(24'000), [&](auto& call, std::uint64_t seed) { next.check(call, seed); });
    CAPTURE(next.again, next.said_more, next.more_was_true, next.unlimited, next.unlimited_said_more);
    CHECK(next.again > ballast_test::books_of(8'000));
    CHECK(static_cast<double>(next.unlimited_said_more) <= 0.002 * static_cast<double>(next.unlimited) + 3.0);
    CHECK(next.more_was_true == next.said_more);
}

// Continuous quantities, no guards, costs that are linear: the cash afterwards is the reserve, to 1e-12 of the value.
TEST_CASE("closest: a withdrawal is raised exactly, net of costs") {
    dice d{406};
    int raised = 0;
    for (int round = 0; round < 3000; ++round) {
        const std::size_t n = 1 + d.below(15);
        std::vector<double> price, quantity, target;
        double sum = 0.0, held = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            price.push_back(d.scale(0.1, 1000.0));
            target.push_back(d.scale(0.05, 1.0));
            sum += target[i];
        }
        for (std::size_t i = 0; i < n; ++i) {
            target[i] /= sum;
            quantity.push_back(1e5 * target[i] * d.between(0.5, 1.5) / price[i]);
            held += price[i] * quantity[i];
        }
        const double withdrawn = held * d.scale(1e-5, 0.5);
        const mandate rules{.reserve = d.chance(0.5) ? d.between(0.0, 0.1) : 0.0, .reserve_amount = d.chance(0.3) ? 100.0 : 0.0};
        const drift_measure measure = d.chance(0.5) ? drift_measure::squared : drift_measure::absolute;
        const auto check = [&](const auto& cost) {
            const decision a =
                decide({.distance = measure, .sides = sides::sells_only}, cost, -withdrawn, quantity, price, target, {}, rules);
            CAPTURE(round, n);
            REQUIRE_FALSE(a.problem);
            const double wanted = rules.reserve * a.value_after() + rules.reserve_amount;
            CHECK(std::fabs(a.cash_after - wanted) <= 1e-12 * a.value);
            ++raised;
        };
        check(cost::zero{});
        check(cost::proportional{.rate = 0.01, .sell = d.between(0.0, 0.03)});
    }
    CHECK(raised == 6000);
}
