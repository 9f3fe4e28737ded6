#include <ballast/cost/sandwich.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"
#include "support/json.hpp"

#include <cmath>
#include <cstdlib>
#include <random>
#include <string>
#include <utility>
#include <vector>

// A pool of constant product, traded step by step in long double, against the closed forms.

using namespace ballast;

namespace {

static_assert(cost_model<cost::sandwich> && cost::sandwich::shape == cost_shape::general);
static_assert(!partly_paid_cost<cost::sandwich::view>);  // it is paid, through the price

using wide = long double;

struct traded {
    wide quote, got, gain;
};
/// The three trades, one after another.
traded step_by_step(const cost::sandwiched_pool& p, double order_in, double front_run_in) {
    const wide order = static_cast<wide>(order_in), front_run = static_cast<wide>(front_run_in);
    const wide keep = 1.0L - static_cast<wide>(p.fee);
    wide x = static_cast<wide>(p.in), y = static_cast<wide>(p.out);
    const auto out_of = [](wide in, wide out, wide amount) { return out * amount / (in + amount); };
    const wide quote = out_of(x, y, keep * order);
    const wide a = out_of(x, y, keep * front_run);
    x += front_run;
    y -= a;
    const wide got = out_of(x, y, keep * order);
    x += order;
    y -= got;
    return {quote, got, out_of(y, x, keep * a) - front_run};
}

struct random_pool {
    std::mt19937_64 random;
    double between(double a, double b) { return std::uniform_real_distribution<double>{a, b}(random); }
    double scale(double a, double b) { return std::exp(between(std::log(a), std::log(b))); }
    cost::sandwiched_pool pool() {
        const double fees[] = {0.0, 0.0001, 0.0005, 0.003, 0.01, 0.2};
        return {scale(1.0, 1e9), scale(1.0, 1e9), fees[random() % 6]};
    }
};

}  // namespace

TEST_CASE("sandwich: the closed forms against the three trades, one after another") {
    random_pool d{std::mt19937_64{1}};
    for (int trial = 0; trial < 3'000; ++trial) {
        const cost::sandwiched_pool p = d.pool();
        const double order = p.in * d.scale(1e-5, 3.0);
        const double front_run = p.in * d.scale(1e-5, 3.0);
        const traded t = step_by_step(p, order, front_run);
        CAPTURE(trial, p.in, p.out, p.fee, order, front_run);
        CHECK(p.quote(order) == Approx(static_cast<double>(t.quote)).epsilon(1e-14));
        CHECK(p.loss(order, front_run) == Approx(static_cast<double>(t.quote - t.got)).epsilon(1e-12));
        CHECK(p.gain(order, front_run) == Approx(static_cast<double>(t.gain)).epsilon(1e-11).margin(1e-16 * (order + front_run)));
        // The largest front run leaves just the least output.
        const double s = d.scale(1e-5, 0.5);
        const traded most = step_by_step(p, order, p.largest_front_run(order, s));
        CHECK(static_cast<double>((most.quote - most.got) / most.quote) == Approx(s).epsilon(1e-10));
    }
}

TEST_CASE("sandwich: the best front run against a scan") {
    random_pool d{std::mt19937_64{2}};
    int inside = 0, at_most = 0, none = 0;
    for (int trial = 0; trial < 1'500; ++trial) {
        const cost::sandwiched_pool p = d.pool();
        // Around the size from which it pays as well.
        const double order = trial % 2 == 0 ? p.in * d.scale(1e-4, 3.0) : (p.safe_order() + 1e-9 * p.in) * d.scale(0.9, 1.2);
        const double s = d.scale(1e-3, 0.6);
        const double most = p.largest_front_run(order, s);
        const double best = p.best_front_run(order, s);
        CAPTURE(trial, p.in, p.out, p.fee, order, s, most, best);
        CHECK(best >= 0.0);
        CHECK(best <= most);
        double highest = 0.0;
        for (int k = 1; k <= 400; ++k) highest = std::max(highest, p.gain(order, most * k / 400.0));
        CHECK(p.gain(order, best) >= highest * (1.0 - 1e-13));
        ++(best == 0.0 ? none : best == most ? at_most : inside);
        CHECK((best == 0.0) == (order <= p.safe_order() * (1.0 + 1e-12)));
    }
    CHECK(inside > 50);
    CHECK(at_most > 200);
    CHECK(none > 50);
}

TEST_CASE("sandwich: below the safe order no front run gains, above it a tolerance is enough that does") {
    // 0.3 % fee: r* = 0.30105 % of the reserve, the root of gamma^3 r^2 + (gamma^2 + gamma^3) r = 1 - gamma^2.
    const cost::sandwiched_pool p{1000.0, 1000.0, 0.003};
    const double safe = p.safe_order(), g = 0.997, r = safe / 1000.0;
    CHECK(g * g * g * r * r + (g * g + g * g * g) * r == Approx(1.0 - g * g).epsilon(1e-13));
    int below = 0, above = 0;
    for (const double ratio : {0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99})
        for (const double s : {0.001, 0.01, 0.05, 0.2})
            for (int k = 1; k <= 2'000; ++k) below += p.gain(ratio * safe, p.largest_front_run(ratio * safe, s) * k / 2'000.0) > 0.0;
    for (const double ratio : {1.05, 1.2, 2.0}) above += p.gain(ratio * safe, p.best_front_run(ratio * safe, 0.2)) > 0.0;
    CHECK(below == 0);
    CHECK(above == 3);
    CHECK(cost::sandwiched_pool{5.0, 7.0, 0.0}.safe_order() == 0.0);

    // With gas: the gain of the best front run is what the attack costs, there and not before.
    random_pool d{std::mt19937_64{3}};
    for (int trial = 0; trial < 300; ++trial) {
        const cost::sandwiched_pool q = d.pool();
        const double s = d.scale(1e-3, 0.3), gas = q.in * d.scale(1e-9, 1e-2);
        const double size = q.safe_order(s, gas);
        CAPTURE(trial, q.in, q.fee, s, gas, size);
        CHECK(size >= q.safe_order());
        CHECK(q.gain(size, q.best_front_run(size, s)) == Approx(gas).epsilon(1e-9));
        double last = 0.0;
        for (int k = 1; k <= 60; ++k) {  // the gain rises with the order
            const double order = 3.0 * size * k / 60.0;
            const double gain = q.gain(order, q.best_front_run(order, s));
            CHECK(gain >= last);
            last = gain;
            if (k != 20) CHECK((q.expected_loss(order, s, gas) > 0.0) == (order > size));  // 20: the size itself
        }
    }
    CHECK(p.safe_order(0.0, 1.0) == std::numeric_limits<double>::infinity());
    CHECK(p.expected_loss(100.0, 0.0, 0.0) == 0.0);
    CHECK(p.expected_loss(0.0, 0.1, 0.0) == 0.0);
    CHECK(p.expected_loss(-5.0, 0.1, 0.0) == 0.0);
}

TEST_CASE("sandwich: orders tiny beside the pool keep their digits") {
    // Without a fee (1 + f)² = 1/(1 − s) to first order, and both the loss and the gain are the share s.
    const cost::sandwiched_pool p{1e30, 1e12, 0.0};
    for (const double order : {1e-8, 1.0, 1e10}) {
        CAPTURE(order);
        CHECK(p.expected_loss(order, 0.01, 0.0) / p.quote(order) == Approx(0.01).epsilon(1e-12));
        CHECK(p.gain(order, p.largest_front_run(order, 0.01)) / order == Approx(0.01).epsilon(1e-12));
    }
    CHECK(cost::sandwiched_pool{1e-12, 1e30, 0.003}.loss(1e-16, 1e-20) > 0.0);
}

TEST_CASE("sandwich: as the reference has it") {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: the sandwiches of defi_cases.json are skipped");
        return;
    }
    const test::json cases = test::json::load(std::string{folder} + "/reference/defi_cases.json");
    for (const auto& [id, tolerance] : {std::pair{"sandwich-nofee-10-0.005", 1e-10}, std::pair{"sandwich-nofee-10-0.01", 1e-10},
                                        std::pair{"sandwich-nofee-100-0.03", 1e-10}, std::pair{"sandwich-fee-10-0.005", 1e-6},
                                        std::pair{"sandwich-fee-100-0.03", 1e-6}}) {
        const test::json& c = cases.by_id(id);
        const test::json& in = c["input"];
        const test::json& out = c["expected"];
        CAPTURE(id);
        REQUIRE(out["front_run"].number() > 0.0);
        const double fee = std::isnan(in["gamma"].number()) ? 0.0 : 1.0 - in["gamma"].number();
        const cost::sandwiched_pool p{in["x"].number(), in["y"].number(), fee};
        const double order = in["victim_in"].number(), s = in["slippage"].number();
        const double f = p.best_front_run(order, s);
        CHECK(f == Approx(out["front_run"].number()).epsilon(tolerance));
        CHECK(p.gain(order, f) == Approx(out["attacker_profit"].number()).epsilon(tolerance));
        CHECK(p.loss(order, f) == Approx(out["victim_loss"].number()).epsilon(tolerance));
        CHECK(p.expected_loss(order, s, 0.0) == Approx(out["victim_loss"].number()).epsilon(tolerance));
        if (const double got = out["victim_out"].number(); !std::isnan(got))
            CHECK(p.quote(order) - p.loss(order, f) == Approx(got).epsilon(tolerance));
        if (const double most = out["front_run_max_allowed"].number(); !std::isnan(most))
            CHECK(p.largest_front_run(order, s) == Approx(most).epsilon(tolerance));
    }
}

TEST_CASE("sandwich: the cost of an order") {
    const cost::sandwich m{.reserve = {1e6, 1e8, 1e6}, .fee = {0.003, 0.003, 0.0}, .tolerance = 0.01, .attack_cost = 50.0};
    REQUIRE_FALSE(m.validate());
    const auto v = m.bind(look{});
    for (const std::size_t i : {0u, 1u, 2u}) {
        const double safe = m.safe_size(i);
        CAPTURE(i, safe);
        CHECK(v.cost(i, 0.0) == 0.0);
        CHECK(v.cost(i, safe * (1.0 - 1e-9)) == 0.0);
        CHECK(v.marginal(i, safe * 0.5).high == 0.0);
        CHECK(v.cost(i, safe * 1.0001) > 0.0);
        CHECK(v.cost(i, -2.0 * safe) == v.cost(i, 2.0 * safe));
        // At most the tolerance of the quote, and all of it for a large order.
        CHECK(v.cost(i, 1e5 + 2.0 * safe) == Approx(0.01 * m.pool(i).quote(1e5 + 2.0 * safe)).epsilon(1e-12));
        for (const double x : ballast_test::many_points(9)) CHECK(v.cost(i, x) <= 0.01 * m.pool(i).quote(std::fabs(x)));
    }
    CHECK(v.jump(0) == 0.0);
    CHECK(v.marginal(0, 0.0).high == 0.0);
    const cost::sandwich open{.reserve = 1e6, .fee = 0.0, .tolerance = 0.01};
    CHECK(open.bind(look{}).marginal(0, 0.0).high == 0.01);
    CHECK(open.bind(look{}).cost(0, 1e-3) == Approx(1e-5).epsilon(1e-8));
    ballast_test::check_slopes(open.bind(look{}), 1, ballast_test::many_points(4));
}

TEST_CASE("sandwich: slopes against differences, where the best front run is within the tolerance and where it is not") {
    random_pool d{std::mt19937_64{5}};
    int inside = 0, at_most = 0;
    for (int trial = 0; trial < 3'000; ++trial) {
        const double fee = d.scale(1e-3, 0.2), s = d.scale(1e-2, 0.6);
        const cost::sandwich m{.reserve = 1.0, .fee = fee, .tolerance = s};
        const auto p = m.pool(0);
        const double x = p.safe_order() * d.scale(1.001, 3.0), h = x * 1e-6;
        const bool free = p.best_front_run(x, s) < p.largest_front_run(x, s);
        if ((p.best_front_run(x - h, s) < p.largest_front_run(x - h, s)) != free) continue;
        if ((p.best_front_run(x + h, s) < p.largest_front_run(x + h, s)) != free || x - h <= p.safe_order()) continue;
        ++(free ? inside : at_most);
        const auto v = m.bind(look{});
        CAPTURE(trial, fee, s, x, free);
        CHECK(v.marginal(0, x).low == Approx((v.cost(0, x + h) - v.cost(0, x - h)) / (2.0 * h)).epsilon(1e-5).margin(1e-9));
        CHECK(v.marginal(0, -x).low == -v.marginal(0, x).low);
    }
    CHECK(inside > 200);
    CHECK(at_most > 200);
}

TEST_CASE("sandwich: parameters that are refused") {
    const auto said = [](const cost::sandwich& m) { return m.validate() ? std::string{m.validate().parameter} : std::string{}; };
    CHECK(said({.reserve = 1e6}).empty());
    CHECK(said({}) == "sandwich.reserve");
    CHECK(said({.reserve = {1.0, 0.0}}) == "sandwich.reserve");
    CHECK(said({.reserve = 1.0, .fee = 1.0}) == "sandwich.fee");
    CHECK(said({.reserve = 1.0, .tolerance = -0.1}) == "sandwich.tolerance");
    CHECK(said({.reserve = 1.0, .tolerance = std::nan("")}) == "sandwich.tolerance");
    CHECK(said({.reserve = 1.0, .attack_cost = -1.0}) == "sandwich.attack_cost");
    CHECK_FALSE(cost::sandwich{.reserve = {1.0, 2.0}}.covers(3));
}
