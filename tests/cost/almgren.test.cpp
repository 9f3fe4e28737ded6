#include <ballast/cost/almgren.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

// J = I/2 + η·σ·|X/(VT)|^{3/5}, I = γ·σ·(X/V)·(Θ/V)^{1/4}.

using namespace ballast;

static_assert(cost_model<cost::almgren> && cost::almgren::shape == cost_shape::convex);
static_assert(std::is_aggregate_v<cost::almgren> && responsive_cost<cost::almgren::view>);
static_assert(sizeof(cost::almgren::view) <= 128 && std::is_trivially_copyable_v<cost::almgren::view>);

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// IBM of the paper: 10 % of a day's volume of 6.561 million shares, of 1728 million, at 1.57 % a day.
cost::almgren ibm(double days) { return {.outstanding = 1728.0, .days = days, .daily_volatility = 0.0157, .daily_volume = 6.561}; }
}  // namespace

// As printed in the paper: 20 bp of permanent impact; 22, 15 and 8 bp of temporary, in 0.1, 0.2 and 0.5 days; costs of 32, 25 and 18 bp.
TEST_CASE("almgren: the example of the paper") {
    const ballast_test::price_look l{{1.0}};
    const double temporary[] = {22.0, 15.0, 8.0}, cost[] = {32.0, 25.0, 18.0}, days[] = {0.1, 0.2, 0.5};
    for (int k = 0; k < 3; ++k) {
        const cost::almgren m = ibm(days[k]);
        const auto v = m.bind(l.look);
        const double x = 0.6561;
        CHECK(std::round(1e4 * v.permanent_move(0, x)) == 20.0);
        CHECK(std::round(1e4 * v.temporary_move(0, x)) == temporary[k]);
        CHECK(std::round(1e4 * v.cost(0, x) / x) == cost[k]);
        CHECK(v.permanent_move(0, -x) == -v.permanent_move(0, x));
        CHECK(v.temporary_move(0, -x) == -v.temporary_move(0, x));
        CHECK(v.cost(0, -x) == v.cost(0, x));
        CHECK(v.cost(0, x) == Approx(x * (0.5 * v.permanent_move(0, x) + v.temporary_move(0, x))).epsilon(1e-14));
        CHECK(v.permanent_move(0, 0.0) == 0.0);
        CHECK(v.temporary_move(0, 0.0) == 0.0);
    }
}

TEST_CASE("almgren: every column of the table") {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: almgren2005_table.csv is skipped");
        return;
    }
    std::ifstream file{std::string{folder} + "/reference/almgren2005_table.csv"};
    std::string line;
    const auto next_line = [&] {
        if (!std::getline(file, line)) return false;
        if (!line.empty() && line.back() == '\r') line.pop_back();
        return true;
    };
    REQUIRE(next_line());
    REQUIRE(line == "stock,adv_millions,shares_out_millions,daily_vol_pct,x_over_v,duration_days,theta_over_v,perm_norm,perm_bp,temp_norm,"
                    "temp_bp,realized_J_bp,published_perm_bp,published_temp_bp,published_J_bp");
    const ballast_test::price_look l{{1.0}};
    int rows = 0;
    while (next_line()) {
        std::istringstream cells{line};
        std::string cell;
        std::getline(cells, cell, ',');
        std::vector<double> c;
        while (std::getline(cells, cell, ',')) c.push_back(std::stod(cell));
        REQUIRE(c.size() == 14);
        const double volume = c[0], theta = c[1], sigma = c[2] / 100.0, x = c[3] * volume;
        const cost::almgren m{.outstanding = theta, .days = c[4], .daily_volatility = sigma, .daily_volume = volume};
        REQUIRE_FALSE(m.validate());
        const auto v = m.bind(l.look);
        const auto is = [](double expected) { return Approx(expected).epsilon(1e-9); };
        CAPTURE(line);
        CHECK(theta / volume == is(c[5]));
        for (const double sign : {1.0, -1.0}) {
            CHECK(sign * v.permanent_move(0, sign * x) / sigma == is(c[6]));
            CHECK(sign * v.permanent_move(0, sign * x) * 1e4 == is(c[7]));
            CHECK(sign * v.temporary_move(0, sign * x) / sigma == is(c[8]));
            CHECK(sign * v.temporary_move(0, sign * x) * 1e4 == is(c[9]));
            const double cost = v.cost(0, sign * x) / x * 1e4;
            CHECK(cost == is(c[10]));
            // As published, in whole basis points.
            CHECK(std::fabs(sign * v.permanent_move(0, sign * x) * 1e4 - c[11]) <= 0.5);
            CHECK(std::fabs(sign * v.temporary_move(0, sign * x) * 1e4 - c[12]) <= 0.5);
            CHECK(std::fabs(cost - c[13]) <= 0.5);
        }
        ++rows;
    }
    CHECK(rows == 6);
}

TEST_CASE("almgren: slopes, convexity, answers to prices, and markets from plenty to nothing") {
    const ballast_test::price_look l{{1.0}};
    const auto make = [](double volume, int k) {
        return cost::almgren{.outstanding = 1e8,
                             .days = 0.1 + 0.2 * k,
                             .daily_volatility = 0.01 + 0.005 * k,
                             .daily_volume = volume,
                             .permanent = k % 4 == 3 ? 0.0 : 0.314,
                             .temporary = k % 4 == 2 ? 0.0 : 0.142,
                             .rate = k % 2 == 0 ? 0.0 : 0.002};
    };
    ballast_test::check_impact(make, l.look, 31);
    const auto as_large = [](double volume) {
        return cost::almgren{.outstanding = 200.0 * volume, .days = 0.3, .daily_volatility = 0.02, .daily_volume = volume, .rate = 0.001};
    };
    ballast_test::check_scale(as_large, l.look, 32);
}

TEST_CASE("almgren: a trade that takes longer costs less, down to half of what stays") {
    const ballast_test::price_look l{{1.0}};
    double last = infinity;
    for (const double days : {0.01, 0.1, 0.5, 1.0, 2.0, 50.0, 1e6}) {
        const cost::almgren m = ibm(days);
        const double c = m.bind(l.look).cost(0, 1.0);
        CHECK(c < last);
        CHECK(c > 0.5 * m.bind(l.look).permanent_move(0, 1.0));
        CHECK(m.bind(l.look).permanent_move(0, 1.0) == ibm(1.0).bind(l.look).permanent_move(0, 1.0));
        last = c;
    }
    CHECK(last == Approx(0.5 * ibm(1.0).bind(l.look).permanent_move(0, 1.0)).epsilon(1e-2));
}

TEST_CASE("almgren: volume and volatility of the market, where none are given") {
    const ballast_test::market_look l{{2.0, 2.0, 2.0, 2.0}, {5e5, 5e5, 0.0, 5e5}, {0.4, 0.0, 0.4, not_a_number}};
    const cost::almgren m{.outstanding = 1e9, .rate = 0.001};
    const cost::almgren own{.outstanding = 1e9, .daily_volatility = 0.4 / std::sqrt(365.25), .daily_volume = 1e6, .rate = 0.001};
    const auto v = m.bind(l.look);
    CHECK(v.cost(0, 1e4) == Approx(own.bind(l.look).cost(0, 1e4)).epsilon(1e-14));
    CHECK(v.cost(1, 1e4) == Approx(10.0));
    CHECK(v.respond(1, 0.002, 0.0, 0.0, -7.0, infinity).x == infinity);
    for (const std::size_t i : {2u, 3u}) {
        ballast_test::check_untradable(v, i);
        CHECK(v.permanent_move(i, 1.0) == 0.0);
        CHECK(v.temporary_move(i, 1.0) == 0.0);
    }
    const ballast_test::price_look bare{{1.0}};
    ballast_test::check_untradable(m.bind(bare.look), 0);
}

TEST_CASE("almgren: what makes no sense is refused, and named") {
    CHECK(std::string{cost::almgren{}.validate().parameter} == "almgren.outstanding");
    CHECK_FALSE(ibm(1.0).validate());
    const auto named = [](auto&& change) {
        cost::almgren m = ibm(1.0);
        change(m);
        const configuration_fault f = m.validate();
        return f ? std::string{f.parameter} : std::string{};
    };
    for (const double bad : {-0.1, not_a_number, infinity}) {
        CHECK(named([&](cost::almgren& m) { m.outstanding = bad; }) == "almgren.outstanding");
        CHECK(named([&](cost::almgren& m) { m.days = bad; }) == "almgren.days");
        CHECK(named([&](cost::almgren& m) { m.daily_volatility = bad; }) == "almgren.daily_volatility");
        CHECK(named([&](cost::almgren& m) { m.daily_volume = bad; }) == "almgren.daily_volume");
        CHECK(named([&](cost::almgren& m) { m.permanent = bad; }) == "almgren.permanent");
        CHECK(named([&](cost::almgren& m) { m.temporary = bad; }) == "almgren.temporary");
        CHECK(named([&](cost::almgren& m) { m.rate = bad; }) == "almgren.rate");
        CHECK(named([&](cost::almgren& m) { m.days_per_year = bad; }) == "almgren.days_per_year");
    }
    CHECK(named([](cost::almgren& m) { m.days = 0.0; }) == "almgren.days");
    CHECK(named([](cost::almgren& m) { m.outstanding = 0.0; }) == "almgren.outstanding");
    CHECK(named([](cost::almgren& m) { m.daily_volume = 0.0; }).empty());
    cost::almgren list = ibm(1.0);
    list.temporary = {0.1, 0.2};
    CHECK(list.covers(2));
    CHECK_FALSE(list.covers(3));
}
