// Permuting the assets permutes the answer: sizes agree to 1e-12 of the portfolio, whole steps are equal where a step is more than that. Left out is what a
// tie decides: a wish within rounding of a whole step, and, for `to_band`, whole steps that are given back where others could not move.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "support/catch.hpp"
#include "support/random_run.hpp"

using namespace ballast_test;

TEST_CASE("promise: permuting the rows permutes the answer") {
    namespace cost = ballast::cost;
    std::size_t compared = 0;
    std::size_t off = 0;
    std::size_t left_out = 0;
    for (std::uint64_t seed = 0; seed < 6'000; ++seed) {
        dice d{seed};
        const std::size_t n = random_count(d);
        const book b = random_book(d, n, {.rows = 0.0});
        const double rate = d.scale(1e-5, 1e-2);
        const double fixed = d.chance(0.5) ? 0.0 : b.value() / static_cast<double>(n + 1) * d.scale(1e-6, 1e-2);
        const bool to_band = seed % 2 == 1;

        std::vector<std::size_t> to(n);
        std::iota(to.begin(), to.end(), std::size_t{0});
        for (std::size_t k = n; k > 1; --k) std::swap(to[k - 1], to[d.below(k)]);
        book shuffled = b;
        const auto move = [&](const auto& from, auto& into) {
            if (from.size() == n)
                for (std::size_t i = 0; i < n; ++i) into[to[i]] = from[i];
        };
        move(b.price, shuffled.price);
        move(b.held.quantity, shuffled.held.quantity);
        move(b.target, shuffled.target);
        move(b.step, shuffled.step);
        move(b.tick, shuffled.tick);
        move(b.min_notional, shuffled.min_notional);

        const auto answer = [&](const book& of, ballast::decision& out) {
            const ballast::trigger::band band{.absolute = 0.1 / static_cast<double>(n + 1), .relative = 0.5};
            const cost::sum costs{cost::proportional{.rate = rate}, cost::fixed{.amount = fixed}};
            const ballast::sizes s{n, n};
            if (to_band)
                runner{ballast::rebalancer{band, costs, ballast::solver::to_band{}, of.rules}, s}.propose(of.view(), out);
            else
                runner{ballast::rebalancer{band, costs, ballast::solver::to_target{}, of.rules}, s}.propose(of.view(), out);
        };
        ballast::decision x, y;
        answer(b, x);
        answer(shuffled, y);
        CAPTURE(seed, n);
        REQUIRE(x.outcome == y.outcome);
        if (x.orders.empty()) continue;
        ++compared;
        bool given_back = false;
        bool same = x.orders.size() == y.orders.size();
        for (const ballast::order& o : x.orders) {
            const auto twin =
                std::find_if(y.orders.begin(), y.orders.end(), [&](const ballast::order& p) { return p.asset == to[o.asset]; });
            same = same && twin != y.orders.end() && std::fabs(twin->notional - o.notional) <= 1e-12 * x.value;
            given_back = given_back || (to_band && o.reason == ballast::why::cut_for_balance);
        }
        left_out += given_back && !same ? 1 : 0;
        off += same || given_back ? 0 : 1;
    }
    CAPTURE(compared, off, left_out);
    CHECK(compared > 1'500);
    CHECK(static_cast<double>(off) <= 0.005 * static_cast<double>(compared));
    CHECK(static_cast<double>(left_out) <= 0.03 * static_cast<double>(compared));
}
