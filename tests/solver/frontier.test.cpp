// The frontier against closed forms, against single searches, and for its shape: costs fall and are convex in the tracking error.
#include <ballast/solver/frontier.hpp>

#include <ballast/solver/verify.hpp>

#include "support/catch.hpp"
#include "support/dense_dice.hpp"
#include "support/program_answers.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

using namespace ballast;
using ballast_test::draw_dense_program;
using ballast_test::draw_program;
using ballast_test::owned_answer;
using ballast_test::random_program;
using solver::frontier_point;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Charges the same rate on both sides.
struct flat_rate {
    double rate;
    [[nodiscard]] double cost(std::size_t, double x) const noexcept { return rate * std::fabs(x); }
    [[nodiscard]] slope_interval marginal(std::size_t, double x) const noexcept { return {x > 0.0 ? rate : -rate, x < 0.0 ? -rate : rate}; }
    [[nodiscard]] linear_cost linear(std::size_t) const noexcept { return {.buy = rate, .sell = rate}; }
    [[nodiscard]] response trade(std::size_t, double, double) const noexcept { return {}; }
};

}  // namespace

TEST_CASE("frontier: one asset by hand") {
    // Held 0.2, wanted 0.7, volatility 20 %: within a tracking error of te it has to be within te/0.2 of 0.7.
    const std::vector<double> variance{0.04}, benchmark{0.7}, held{0.2}, lower{0.0}, upper{1.0};
    solver::program p{.risk = {.layout = risk_layout::dense, .ready = true, .specific = variance, .dense = variance},
                      .risk_aversion = 0.0,
                      .benchmark = benchmark,
                      .held = held,
                      .lower = lower,
                      .upper = upper};
    const double rate = 0.001;
    std::vector<double> w(1), all(5);
    solver::program_answer a;
    a.position = w;
    solver::limited_search search;
    search.prepare(1, 0, 0, true);
    std::vector<frontier_point> points{{.limit = infinity}, {.limit = 0.2}, {.limit = 0.08}, {.limit = 0.02}, {.limit = 0.001}};
    REQUIRE(trace_frontier(search, p, flat_rate{rate}, points, a, all));
    for (std::size_t k = 0; k < points.size(); ++k) {
        const double te = points[k].limit, reach = te / 0.2 < 0.5 ? te / 0.2 : 0.5;
        CHECK(points[k].certificate.how == search_end::best);
        CHECK(all[k] == Approx(0.7 - reach).epsilon(1e-9));
        CHECK(points[k].tracking_error == Approx(0.2 * reach).epsilon(1e-9));
        CHECK(points[k].costs == Approx(rate * (0.5 - reach)).margin(1e-12));
        // One more unit of tracking error saves rate/0.2.
        CHECK(points[k].price == Approx(reach < 0.5 ? rate / 0.2 : 0.0).epsilon(1e-8));
    }
    CHECK_FALSE(trace_frontier(search, p, flat_rate{rate}, points, a, std::span<double>{all}.first(3)));
    // A bound that keeps it 0.2 away: closer than 4 % nothing can be.
    const std::vector<double> most{0.5};
    p.upper = most;
    REQUIRE(trace_frontier(search, p, flat_rate{rate}, points, a));
    CHECK(points[2].certificate.how == search_end::best);
    CHECK(points[3].certificate.how == search_end::infeasible);
    CHECK(points[3].costs == 0.0);
    CHECK(points[4].certificate.how == search_end::infeasible);
}

TEST_CASE("frontier: each point is a search's own answer, and costs fall and are convex") {
    int traced = 0, priced = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        random_program r = seed % 2 == 0 ? draw_dense_program(seed, 20) : draw_program(seed, 20);
        if (!r.feasible || seed % 5 == 0) continue;
        r.risk_aversion = 0.0;
        r.expected_return.clear();
        CAPTURE(r.name());
        owned_answer a{r}, alone{r};
        solver::limited_search search;
        search.prepare(r.assets(), r.factors(), r.row_lower.size(), r.layout == risk_layout::dense);
        const solver::program p = r.view();
        r.with_cost([&](const auto& view) {
            std::vector<frontier_point> widest(1);
            REQUIRE(trace_frontier(search, p, view, widest, a.a));
            const double most = widest[0].tracking_error;
            double size_of_risk = 0.0;  // of which te has its digits
            for (std::size_t i = 0; i < r.assets(); ++i)
                size_of_risk += std::sqrt(p.risk.variance(i)) * (std::fabs(r.benchmark[i]) + std::fabs(r.held[i]));
            if (widest[0].certificate.how != search_end::best || !(most > 1e-6 * size_of_risk) || !std::isfinite(most)) return;
            std::vector<frontier_point> points;
            for (const double share : {0.95, 0.9, 0.85, 0.8, 0.75}) points.push_back({.limit = share * most});
            a.a.warm = false;
            REQUIRE(trace_frontier(search, p, view, points, a.a));
            for (const frontier_point& point : points)
                if (point.certificate.how != search_end::best) return;
            ++traced;
            const double size = std::fabs(widest[0].costs) + std::fabs(points.back().costs);
            for (std::size_t k = 0; k < points.size(); ++k) {
                CHECK(points[k].tracking_error <= points[k].limit * (1.0 + 1e-8));
                if (points[k].price > 0.0) CHECK(points[k].tracking_error >= points[k].limit * (1.0 - 1e-8));
                priced += points[k].price > 0.0 ? 1 : 0;
                if (k > 0) CHECK(points[k].costs >= points[k - 1].costs - 1e-9 * size);
                if (k > 1) CHECK(2.0 * points[k - 1].costs <= points[k].costs + points[k - 2].costs + 1e-8 * size);
            }
            solver::program one = p;
            one.tracking_error = points[3].limit;
            search.solve(one, view, alone.a);
            CHECK(alone.a.certificate.how == search_end::best);
            CHECK(std::fabs(alone.a.certificate.objective - points[3].certificate.objective) <= 1e-8 * size);
        });
    }
    CAPTURE(traced, priced);
    CHECK(traced > 60);
    CHECK(priced > 200);
}
