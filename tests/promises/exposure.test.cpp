// Leverage, net leverage and margin after trading: Σ|position|, |Σ position| and Σ margin·|position| of the positions after the list are at or below their
// share of the value after costs, wherever orders that may be sent can make positions smaller; where they are beyond it all the same, no further than before.
// No order goes through zero where the venue takes none. The referee (support/order_checker.hpp) knows all of this but what could have been sent; that is
// asked here, order by order.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <ballast/sizing/integer.hpp>

#include "support/catch.hpp"
#include "support/random_run.hpp"

using namespace ballast_test;
using ballast::why;

namespace {

// What a decision left beyond its limits, in base currency; 0 where nothing is.
struct exposure_state {
    exposure_totals before, after, most;
    std::vector<long double> position;
    long double noise = 0.0L;

    [[nodiscard]] bool beyond(int kind) const { return after.of[kind] > most.of[kind] + noise; }
};
exposure_state state_of(const book& b, const ballast::decision& d) {
    exposure_state s;
    const std::size_t n = b.price.size();
    std::vector<long double> was(n);
    s.position.resize(n);
    long double gross = std::fabs(static_cast<long double>(d.value)) + std::fabs(static_cast<long double>(d.cash));
    for (std::size_t i = 0; i < n; ++i) {
        was[i] = static_cast<long double>(d.weight_before()[i]) * static_cast<long double>(d.value);
        s.position[i] = static_cast<long double>(d.weight_after()[i]) * static_cast<long double>(d.value_after());
        gross += std::fabs(was[i]) + std::fabs(s.position[i]);
    }
    s.noise = 1e-12L * gross;
    s.before = exposures_of(b.view(), was);
    s.after = exposures_of(b.view(), s.position);
    s.most = exposure_caps(b.view(), b.rules, static_cast<long double>(d.value_after()));
    return s;
}

// Whether nothing but steps, prices and targets decides what may be sent.
bool only_steps(const book& b, bool limited) {
    const ballast::instruments& v = b.venue;
    return !limited && b.min_notional.empty() && v.min_quantity.empty() && v.buy.min_notional.empty() && v.buy.min_quantity.empty() &&
           v.sell.min_notional.empty() && v.sell.min_quantity.empty() && v.min_position.empty() && b.held.asset_of_row.empty();
}

}  // namespace

TEST_CASE("promise: with shorts, leverage, margin and venues that want positions closed first, every list is accepted by the referee") {
    std::size_t traded = 0, split = 0, reduced = 0, cut = 0;
    constexpr std::uint64_t books = books_of(30'000);
    const std::size_t rejected = for_random_calls(books, {.shorts = 0.9, .exposure = 1.0}, [&](const auto& call, std::uint64_t seed) {
        const std::string complaint = first_complaint(
            call.of.view(), call.house, [&](std::size_t i, double x) { return call.cost(i, x); }, call.answer);
        if (!complaint.empty()) {
            CAPTURE(seed);
            FAIL_CHECK(complaint);
        }
        const auto& orders = call.answer.orders;
        traded += orders.empty() ? 0u : 1u;
        for (std::size_t k = 1; k < orders.size(); ++k)
            split += orders[k].row != ballast::no_index && orders[k].row == orders[k - 1].row ? 1u : 0u;
        for (const ballast::reason& r : call.answer.reasons) {
            reduced += r.code == why::exposure_reduced ? 1u : 0u;
            cut += r.code == why::cut_by_exposure || r.code == why::exposure_full ? 1u : 0u;
        }
    });
    CAPTURE(rejected, traded, split, reduced, cut);
    CHECK(rejected < books / 20);
    CHECK(traded > books / 3);
    CHECK(split > books / 2);
    CHECK(reduced > books / 10);
    CHECK(cut > books / 10);
}

TEST_CASE("promise: where nothing but steps and cash is in the way, leverage and margin are kept") {
    std::size_t counted = 0, near_limit = 0;
    constexpr std::uint64_t books = books_of(30'000);
    for_random_calls(books, {.minimums = 0.0, .shorts = 1.0, .rules = 0.0, .exposure = 1.0}, [&](const auto& call, std::uint64_t seed) {
        const ballast::decision& d = call.answer;
        if (d.orders.empty() || !only_steps(call.of, call.limited) || call.of.rules.net_leverage < HUGE_VAL) return;
        const exposure_state s = state_of(call.of, d);
        ++counted;
        near_limit += s.after.of[0] > 0.999L * s.most.of[0] ? 1u : 0u;
        for (const int kind : {0, 3}) {
            if (!s.beyond(kind)) continue;
            // Then all that is above what it should have can not be sent for its cost, or can not be paid for: buys that close shorts.
            for (std::size_t i = 0; i < s.position.size(); ++i) {
                const double step = call.of.step.empty() ? 0.0 : call.of.step[i].value() * call.of.worth(i);
                const double goal = call.of.target[i] * d.value_after();
                const auto held = static_cast<double>(s.position[i]);
                // Beside a step, what the last costs of the list moved the wealth by.
                const double near = step * (1.0 + 1e-9) + 2.0 * d.cost * std::fabs(call.of.target[i]) + static_cast<double>(s.noise);
                if (std::fabs(held) <= near || (held * goal >= 0.0 && std::fabs(held) <= std::fabs(goal) + near)) continue;
                if (kind == 3 && referee::or_else(call.of.view().instruments.margin_long, i, 0.0) == 0.0) continue;
                const why code = d.reason_of(static_cast<std::uint32_t>(i)).code;
                const bool said = code == why::exposure_stays || code == why::not_sold || code == why::not_bought;
                CAPTURE(seed, kind, i, held, goal, step, to_string(code));
                if (!said && held > 0.0) FAIL_CHECK("more could be sold");
            }
        }
    });
    CAPTURE(counted, near_limit);
    CHECK(counted > books / 10);
    CHECK(near_limit > books / 50);
}

TEST_CASE("promise: with limits on the exposure, proposing again finds nothing to do, unless it was said, and does not trade back") {
    std::size_t again = 0, free = 0, free_said_more = 0, said_more = 0, more_was_true = 0, back = 0;
    constexpr std::uint64_t books = books_of(30'000);
    for_random_calls(books, {.shorts = 0.9, .exposure = 1.0}, [&](auto& call, std::uint64_t seed) {
        if (call.answer.orders.empty()) return;
        const bool more = call.answer.more_to_do();
        const bool unlimited = !call.limited && call.house.collar == 0.0;
        free += unlimited ? 1u : 0u;
        free_said_more += unlimited && more ? 1u : 0u;
        std::vector<double> first(call.of.price.size(), 0.0);
        for (const ballast::order& o : call.answer.orders) first[o.asset] += o.notional;
        REQUIRE_FALSE(apply(call.of.held, call.answer));
        call.propose();
        if (more) {
            ++said_more;
            more_was_true += call.answer.orders.empty() ? 0u : 1u;
            bool turned = false;
            for (const ballast::order& o : call.answer.orders)
                turned = turned || (first[o.asset] * o.notional < 0.0 && std::fabs(o.notional) > 1e-3 * call.answer.value);
            back += unlimited && turned ? 1u : 0u;
            return;
        }
        ++again;
        if (!call.answer.orders.empty()) {
            CAPTURE(seed, call.answer.orders.size(), call.answer.orders[0].notional, call.answer.value);
            FAIL_CHECK("the next call trades");
        }
    });
    CAPTURE(again, said_more, more_was_true, free, free_said_more, back);
    CHECK(again > books / 4);
    CHECK(more_was_true == said_more);
    CHECK(static_cast<double>(free_said_more) <= 0.04 * static_cast<double>(free));
    CHECK(static_cast<double>(back) <= 0.001 * static_cast<double>(free));
}

TEST_CASE("promise: whole steps chosen for the book as a whole keep the limits on the exposure as well") {
    namespace cost = ballast::cost;
    std::size_t traded = 0, chosen = 0, split = 0;
    for (std::uint64_t seed = 0; seed < books_of(3'000); ++seed) {
        dice d{seed};
        const std::size_t n = d.below(12);
        book b = random_book(d, n, {.steps = 1.0, .shorts = 0.9, .exposure = 1.0});
        const double rate = d.scale(1e-5, 1e-2);
        const double fixed = d.chance(0.5) ? b.value() / static_cast<double>(n + 1) * d.scale(1e-6, 1e-2) : 0.0;
        ballast::sizing::integer sizing{.nodes = 2'000};
        if (d.chance(0.3)) sizing.max_orders = 1 + d.below(6);
        runner run{ballast::rebalancer{ballast::trigger::distance{.limit = 1e-4},
                                       cost::sum{cost::proportional{.rate = rate}, cost::fixed{.amount = fixed}},
                                       ballast::solver::to_target{}, sizing, b.rules},
                   {n, b.held.quantity.size() + n + 1}};
        ballast::decision x;
        run.propose(b.view(), x);
        if (x.outcome == ballast::outcome::rejected) continue;
        const std::string complaint = first_complaint(
            b.view(), {.rules = b.rules}, [&](std::size_t, double q) { return q == 0.0 ? 0.0 : rate * std::fabs(q) + fixed; }, x);
        CAPTURE(seed, n);
        if (!complaint.empty()) FAIL_CHECK(complaint);
        traded += x.orders.empty() ? 0u : 1u;
        for (const ballast::reason& r : x.reasons) chosen += r.code == why::steps_chosen ? 1u : 0u;
        for (std::size_t k = 1; k < x.orders.size(); ++k) split += x.orders[k].asset == x.orders[k - 1].asset ? 1u : 0u;
        if (x.orders.empty()) continue;
        const bool more = x.more_to_do();
        REQUIRE_FALSE(apply(b.held, x));
        run.propose(b.view(), x);
        if (!more && !x.orders.empty()) FAIL_CHECK("the next call trades");
    }
    CAPTURE(traded, chosen, split);
    CHECK(traded > books_of(1'500));
    CHECK(chosen > books_of(1'000));
    CHECK(split > books_of(500));
}
