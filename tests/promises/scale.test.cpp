// Multiplying every amount of money by 2^k (cash, prices stay and quantities grow, fees and minimums of the same currency) scales the answer exactly where no
// step, tick or money step is set: all arithmetic is homogeneous, and nothing is compared with an absolute amount.
#include "support/catch.hpp"
#include "support/random_run.hpp"

using namespace ballast_test;

namespace {

constexpr double factor = 1024.0;

ballast::per_asset scaled(const ballast::per_asset& p, std::size_t n) {
    if (p.uniform()) return p[0] * factor;
    std::vector<double> each(n);
    for (std::size_t i = 0; i < n; ++i) each[i] = p[i] * factor;
    return each;
}

}  // namespace

TEST_CASE("promise: amounts scaled by a power of two scale the answer exactly") {
    namespace cost = ballast::cost;
    using model = cost::sum<cost::minimum<cost::proportional>, cost::fixed>;
    std::size_t orders = 0;
    for (std::uint64_t seed = 0; seed < 4'000; ++seed) {
        dice d{seed};
        const std::size_t n = random_count(d);
        book b = random_book(d, n, {.steps = 0.0, .ticks = 0.0, .rules = 0.0});
        b.step.clear();
        const double slice = b.value() / static_cast<double>(n + 1);
        const double rate = d.scale(1e-5, 1e-2);
        const double least = d.chance(0.5) ? slice * d.scale(1e-6, 1e-2) : 0.0;
        const ballast::per_asset fixed = random_rates(d, n, slice * 1e-6, slice * 1e-2);
        const auto policy = [&](double k, const ballast::mandate& m) {
            return ballast::rebalancer{ballast::trigger::band{.absolute = 0.3 / static_cast<double>(n + 1)},
                                       model{cost::minimum{cost::proportional{.rate = rate}, least * k},
                                             cost::fixed{.amount = k == 1.0 ? fixed : scaled(fixed, n)}},
                                       ballast::solver::to_target{}, m};
        };
        book big = b;
        big.held.cash *= factor;
        for (double& q : big.held.quantity) q *= factor;
        for (double& m : big.min_notional) m *= factor;
        big.rules.reserve_amount *= factor;
        runner small_run{policy(1.0, b.rules), {n, b.held.quantity.size() + n + 1}};
        runner big_run{policy(factor, big.rules), {n, b.held.quantity.size() + n + 1}};
        ballast::decision x, y;
        small_run.propose(b.view(), x);
        big_run.propose(big.view(), y);
        CAPTURE(seed, n);
        REQUIRE(x.outcome == y.outcome);
        REQUIRE(x.orders.size() == y.orders.size());
        CHECK(x.cost * factor == y.cost);
        CHECK(x.cash_after * factor == y.cash_after);
        for (std::size_t k = 0; k < x.orders.size(); ++k) {
            CHECK(x.orders[k].quantity * factor == y.orders[k].quantity);
            CHECK(x.orders[k].cost * factor == y.orders[k].cost);
        }
        orders += x.orders.size();
    }
    CHECK(orders > 5'000);
}
