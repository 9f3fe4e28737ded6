// `to_target` moves every asset toward its share T·W′ of the wealth W′ that is left after costs and overshoots by less than a step; an asset with target 0
// is never bought; only orders that keep the exposure or the reserve, or buy what fees are paid in, and say so, may differ.
#include <cmath>

#include "support/catch.hpp"
#include "support/random_run.hpp"

using namespace ballast_test;

TEST_CASE("promise: to_target trades toward the targets and overshoots by less than a step") {
    std::size_t orders = 0;
    const auto body = [&](const auto& call, std::uint64_t seed) {
        const ballast::decision& d = call.answer;
        const double wealth = d.value_after();
        // What is left of a wish where an order has a minimum; and amounts of money that are rounded move the wealth.
        const double noise = 1e-8 * d.value + static_cast<double>(d.orders.size()) * call.of.rules.money_step.value();
        for (const ballast::order& o : d.orders) {
            ++orders;
            const double target = call.of.target[o.asset];
            const double before = d.weight_before()[o.asset] * d.value;
            const double after = d.weight_after()[o.asset] * wealth;
            // A fee that is paid in kind is rounded up as well.
            const auto& fee_step = call.of.venue.fee_step;
            const double step = (o.step.value() + (fee_step.empty() ? 0.0 : fee_step[0].value())) * o.price * o.multiplier;
            CAPTURE(seed, o.asset, o.notional, before, after, target * wealth, step, to_string(o.reason));
            if (o.reason == ballast::why::fees_covered) continue;
            if (target == 0.0 && before >= 0.0 && o.quantity > 0.0) FAIL_CHECK("buys an asset that has no target");
            if (o.reason == ballast::why::exposure_kept || o.reason == ballast::why::reserve_kept || call.limited) continue;
            // A reserve that the targets do not leave over is taken from all of them: the goal lies between nothing and the target.
            const double goal = target * wealth;
            const double past =
                o.quantity > 0.0
                    ? after - (goal > 0.0 ? goal : goal * (call.of.rules.reserve > 0.0 || call.of.rules.reserve_amount > 0.0 ? 0.0 : 1.0))
                    : (goal > 0.0 && (call.of.rules.reserve > 0.0 || call.of.rules.reserve_amount > 0.0) ? 0.0 : goal) - after;
            if (past > step * (1.0 + 1e-9) + noise) FAIL_CHECK("overshoots");
        }
    };
    using ballast::solver::to_target;
    for (std::uint64_t seed = 0; seed < books_of(12'000); ++seed) {
        const auto one = [&](auto call) {
            call.propose();
            if (call.answer.outcome != ballast::outcome::rejected) body(call, seed);
        };
        if (seed % 3 == 0) one(make_random_call<convex_cost, to_target>(seed, {}));
        if (seed % 3 == 1) one(make_random_call<fixed_cost, to_target>(seed, {}));
        if (seed % 3 == 2) one(make_random_call<general_cost, to_target>(seed, {}));
    }
    CHECK(orders > books_of(10'000));
}

TEST_CASE("promise: nothing without a target is bought for fees that nobody pays in it after all") {
    std::size_t paid = 0;
    const auto check = [&](std::uint64_t seed) {
        auto call = make_random_call<general_cost, ballast::solver::to_target>(seed, {.rules = 1.0});
        call.propose();
        const ballast::decision& d = call.answer;
        for (const ballast::order& o : d.orders) {
            if (!o.buy() || call.of.target[o.asset] != 0.0 || d.weight_before()[o.asset] < 0.0) continue;
            bool needed = false;
            for (const ballast::fee_payment& f : d.fees) needed = needed || (f.asset == o.asset && d.orders[f.order].asset != o.asset);
            paid += needed ? 1u : 0u;
            CAPTURE(seed, o.asset, to_string(o.reason));
            CHECK(needed);
        }
    };
    // In the first an order of which the fee was most is taken back when the coin for it was bought already.
    check(38'793);
    for (std::uint64_t seed = 0; seed < 3'000; ++seed) check(seed);
    CHECK(paid > 10);
}
