// What solver::tracking promises of any book, with risk of every layout: order, scale, and that an answer leaves nothing to do.
#include <ballast/solver/tracking.hpp>

#include "support/catch.hpp"
#include "support/next_calls.hpp"
#include "support/period_problems.hpp"
#include "support/period_promises.hpp"
#include "support/solved.hpp"
#include "support/tracking_problems.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

using namespace ballast;
using ballast::solver::tracking;
using ballast_test::dice;
using ballast_test::draw;
using ballast_test::random_problem;
using ballast_test::show_risk;

namespace {

constexpr risk_layout layouts[] = {risk_layout::diagonal, risk_layout::factor, risk_layout::dense};

// A book and limits on several assets for about half of them; Σ is far enough from singular to say what the shares are.
struct drawn {
    random_problem p;
    tracking how{};
    drawn(dice& d, risk_layout layout, bool limited) : p{draw(d, 1 + d.below(14), layout)} {
        for (double& x : p.c.specific) x += 1e-3;
        for (std::size_t i = 0; i < p.l.assets() && layout == risk_layout::dense; ++i) p.c.dense[i * p.l.assets() + i] = p.c.specific[i];
        show_risk(p);
        how.risk_aversion = p.gamma;
        if (limited) how = ballast_test::with_limits(d, p, how, p.b);
        if (limited && d.chance(0.3)) how.turnover = d.scale(1e-3, 0.3);
    }
};
tracking in_order(const tracking& how, const std::vector<std::size_t>& order) {
    tracking t = how;
    for (auto& l : t.limits) {
        std::vector<double> coefficient;
        for (const std::size_t i : order) coefficient.push_back(l.coefficient[i]);
        l.coefficient = coefficient;
    }
    for (auto& g : t.groups) g.group_of = ballast_test::in_order(g.group_of, order);
    return t;
}

}  // namespace

TEST_CASE("tracking: money in another unit changes no share, to the last bit") {
    dice d{711};
    const int books = static_cast<int>(ballast_test::books_of(600));
    for (int round = 0; round < books; ++round) {
        drawn a{d, layouts[round % 3], round % 2 == 0};
        show_risk(a.p);
        CAPTURE(round, a.p.l.assets(), a.how.limit_count());
        ballast_test::check_scale(a.how, a.p, round % 4 < 2 ? 0x1p20 : 0x1p-17);
    }
}

TEST_CASE("tracking: assets in another order have the same trades") {
    dice d{712};
    const int books = static_cast<int>(ballast_test::books_of(600));
    int exact = 0, alone = 0;
    for (int round = 0; round < books; ++round) {
        const bool limited = round % 2 == 0;
        drawn a{d, layouts[round % 3], limited};
        show_risk(a.p);
        const std::vector<std::size_t> order = ballast_test::draw_order(d, a.p.l.assets());
        const double apart = ballast_test::apart_in_order(a.how, in_order(a.how, order), a.p, order);
        CAPTURE(round, a.p.l.assets(), a.how.limit_count(), a.how.turnover, apart);
        // Sums in another order have other last digits. How much cash is spent within a turnover is searched for, and has fewer.
        CHECK(apart <= (a.how.turnover < ballast_test::infinity ? 1e-9 : 1e-12));
        // Without correlations and without a price that all share each asset answers alone: what is left is the rounding of the wealth.
        if (a.p.c.layout != risk_layout::diagonal || limited) continue;
        const ballast_test::solved<tracking> r{a.how, a.p.l, a.p.cost, a.p.b};
        if (r.s.optimality.cash_price != 0.0 || r.s.optimality.leverage_price != 0.0) continue;
        CHECK(apart <= 0x1p-51);
        ++alone;
        exact += apart == 0.0 ? 1 : 0;
    }
    CAPTURE(exact, alone);
    CHECK(alone > books / 30);
    CHECK(exact >= alone * 9 / 10);
}

TEST_CASE("tracking: proposing again finds nothing to do, with risk of every layout") {
    ballast_test::next_calls next[4];
    const std::uint64_t books = ballast_test::books_of(1400);
    ballast_test::for_period_calls<tracking>(books, {}, ballast_test::draw_tracking, [&](auto& call, std::uint64_t seed) {
        next[static_cast<std::size_t>(call.layout)].check(call, seed);
    });
    std::size_t unlimited = 0, said_more = 0;
    for (const risk_layout layout : layouts) {
        const ballast_test::next_calls& n = next[static_cast<std::size_t>(layout)];
        CAPTURE(static_cast<int>(layout), n.again, n.found, n.said_more, n.more_was_true, n.unlimited, n.unlimited_said_more);
        CHECK(n.again > books / 20);
        CHECK(n.more_was_true == n.said_more);
        unlimited += n.unlimited;
        said_more += n.unlimited_said_more;
    }
    CHECK(static_cast<double>(said_more) <= 0.1 * static_cast<double>(unlimited));
}
