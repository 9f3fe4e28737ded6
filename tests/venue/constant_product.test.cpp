#include <ballast/venue/constant_product.hpp>

#include "support/catch.hpp"
#include "support/onchain_quotes.hpp"

#include <ballast/venue/contract/uniswap_v2.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <type_traits>

// Against the formulas of the reserves and the fee in long double, against what a curve promises, and against the contracts' integers.

using namespace ballast;
using venue::amount_interval;
using venue::constant_product;
using venue::constant_product_curve;
using venue::fee_side;
using venue::contract::fee_rounding;
using venue::contract::uniswap_v2;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double ulp = 0x1p-52;

static_assert(venue::venue_model<constant_product> && venue::shortfall_curve<constant_product_curve>);
static_assert(std::is_aggregate_v<constant_product> && std::is_trivially_copyable_v<constant_product_curve> &&
              sizeof(constant_product_curve) <= venue::any_curve::room);
static_assert(constant_product{.balances = {100.0, 100.0}}.curve(0, 1).out(100.0) == 50.0);
static_assert(constant_product{.balances = {100.0, 300.0}}.curve(1, 0).in(50.0) == 300.0);

double log_uniform(std::mt19937_64& random, double low, double high) {
    return std::exp(std::uniform_real_distribution{std::log(low), std::log(high)}(random));
}

constant_product random_pool(std::mt19937_64& random, double low = 1e-3, double high = 1e12) {
    constexpr double fees[]{0.0, 0.0001, 0.0025, 0.003, 0.01, 0.3, 0.999};
    constant_product p;
    p.balances[0] = log_uniform(random, low, high);
    p.balances[1] = log_uniform(random, low, high);
    p.fee = fees[random() % 7];
    p.fee_from = random() % 2 == 0 ? fee_side::input : fee_side::output;
    return p;
}

using wide = long double;

// The formulas as they are written, from reserves and fee.
struct exact {
    wide in, out, kept;
    fee_side side;

    exact(const constant_product& p, std::size_t from, std::size_t to)
        : in{wide(p.balances[from])},
          out{wide(p.balances[to])},
          kept{1.0L - wide(p.fee)},
          side{p.fee_from} {}

    wide given(double amount) const {
        const auto x = wide(amount);
        return side == fee_side::input ? out * kept * x / (in + kept * x) : kept * out * x / (in + x);
    }
    wide needed(double amount) const {
        const auto y = wide(amount);
        return side == fee_side::input ? in * y / ((out - y) * kept) : in * y / (kept * out - y);
    }
    wide spot() const { return out * kept / in; }
    // spot·x − given(x) and needed(y) − y/spot, brought on one denominator.
    wide shortfall(double x) const { return spot() * wide(x) * size(x) / (in + size(x)); }
    wide excess(double amount) const {
        const auto y = wide(amount);
        const wide most = side == fee_side::input ? out : kept * out;
        return y / spot() * y / (most - y);
    }
    wide slope(double x) const {
        const wide left = in / (in + size(x));
        return spot() * left * left;
    }
    // Of the reserve that pays, after x went in.
    wide left(double x) const {
        const wide spared = side == fee_side::input ? 0.0L : (1.0L - kept) * wide(x);
        return out * (in + spared) / (in + size(x));
    }

private:
    // Of x, what trades.
    wide size(double x) const { return side == fee_side::input ? kept * wide(x) : wide(x); }
};

double off(double told, wide true_value) {
    const wide difference = wide(told) - true_value;
    return static_cast<double>((difference < 0.0L ? -difference : difference) / true_value);
}
double digits(const uint256& n) { return static_cast<double>(n); }

}  // namespace

TEST_CASE("constant_product: its formulas, for trades from 1e-18 to 1e3 of the reserve", "[venue]") {
    std::mt19937_64 random{41};
    double worst[5]{};
    for (int i = 0; i < 20000; ++i) {
        // Extremes of scale as well.
        const constant_product p = i % 2 == 0 ? random_pool(random) : random_pool(random, 1e-12, 1e30);
        const std::size_t from = random() % 2;
        const std::size_t to = 1 - from;
        const constant_product_curve c = p.curve(from, to);
        const exact e{p, from, to};
        const double x = p.balances[from] * log_uniform(random, 1e-18, 1e3);
        worst[0] = std::max(worst[0], off(c.out(x), e.given(x)));
        worst[1] = std::max(worst[1], off(c.shortfall(x), e.shortfall(x)));
        const slope_interval m = c.marginal(x);
        REQUIRE(m.low == m.high);
        worst[2] = std::max(worst[2], off(m.low, e.slope(x)));
        const double y = c.output_scale() * log_uniform(random, 1e-18, 0.5);
        worst[3] = std::max(worst[3], off(c.in(y), e.needed(y)));
        worst[4] = std::max(worst[4], off(c.excess(y), e.excess(y)));
        REQUIRE(off(venue::spot(c), e.spot()) <= 2.0 * ulp);
    }
    CAPTURE(worst[0] / ulp, worst[1] / ulp, worst[2] / ulp, worst[3] / ulp, worst[4] / ulp);
    CHECK(worst[0] <= 3.0 * ulp);
    CHECK(worst[1] <= 6.0 * ulp);
    CHECK(worst[2] <= 6.0 * ulp);
    CHECK(worst[3] <= 4.0 * ulp);
    CHECK(worst[4] <= 6.0 * ulp);
}

TEST_CASE("constant_product: what goes in for what comes out, there and back", "[venue]") {
    std::mt19937_64 random{42};
    for (int i = 0; i < 20000; ++i) {
        const constant_product p = random_pool(random);
        const constant_product_curve c = p.curve(random() % 2, 1);
        if (c.depth() == 0.0) continue;
        const double y = c.output_scale() * log_uniform(random, 1e-18, 0.999999);
        REQUIRE(off(c.out(c.in(y)), wide(y)) <= 4.0 * ulp);
        // Where nearly all comes out, a bit of it is worth much of what goes in.
        const double x = c.input_scale() * log_uniform(random, 1e-18, 1e9);
        REQUIRE(off(c.in(c.out(x)), wide(x)) <= 4.0 * ulp * (1.0 + x / c.input_scale()));
    }
}

TEST_CASE("constant_product: what comes out rises, ever more slowly", "[venue]") {
    std::mt19937_64 random{43};
    for (int i = 0; i < 5000; ++i) {
        const constant_product_curve c = random_pool(random).curve(0, 1);
        const double a = c.input_scale() * log_uniform(random, 1e-9, 1e3);
        const double b = a * (1.0 + log_uniform(random, 1e-6, 1e3));
        const double ya = c.out(a);
        const double yb = c.out(b);
        REQUIRE(ya < yb);
        REQUIRE(yb < c.output_scale());
        // The chord lies between the slopes of its ends: to the rounding of a difference of two amounts out.
        const double chord = (yb - ya) / (b - a);
        const double rounding = 4.0 * ulp * yb / (b - a) + 8.0 * ulp * chord;
        REQUIRE(c.marginal(a).low >= chord - rounding);
        REQUIRE(c.marginal(b).low <= chord + rounding);
        REQUIRE(c.out(a + 0.5 * (b - a)) >= 0.5 * (ya + yb) * (1.0 - 8.0 * ulp));
        // The definition of what the size costs, where the difference can be taken.
        REQUIRE(c.shortfall(b) == Approx(venue::spot(c) * b - yb).margin(8.0 * ulp * venue::spot(c) * b));
        REQUIRE(c.excess(ya) == Approx(c.in(ya)-ya / venue::spot(c)).margin(8.0 * ulp * a));
    }
}

TEST_CASE("constant_product: the answer to a price", "[venue]") {
    std::mt19937_64 random{44};
    for (int i = 0; i < 20000; ++i) {
        const constant_product_curve c = random_pool(random, 1e-12, 1e30).curve(1, 0);
        const double spot = venue::spot(c);
        const double p = spot * (i % 2 == 0 ? 1.0 - log_uniform(random, 1e-15, 0.9) : log_uniform(random, 1e-12, 1.0));
        const amount_interval best = c.inverse_marginal(p);
        REQUIRE(best.low == best.high);
        REQUIRE(off(c.marginal(best.low).low, wide(p)) <= 12.0 * ulp);
        // Nothing near earns more, but for rounding.
        if (best.low < 1e3 * c.input_scale()) {
            const double gain = c.out(best.low) - p * best.low;
            for (double x : {0.0, 0.5 * best.low, 0.999 * best.low, 1.001 * best.low, 2.0 * best.low})
                REQUIRE(c.out(x) - p * x <= gain + 8.0 * ulp * (c.out(x) + c.out(best.low)));
        }
    }
    // Next to the spot price: x = I·(s − p)/(2p) to first order, with nothing lost.
    const constant_product_curve c{1e6, 1e6};
    CHECK(c.inverse_marginal(1.0 - 0x1p-53).low == Approx(1e6 * 0x1p-54).epsilon(1e-15));
    CHECK(c.inverse_marginal(1.0).high == 0.0);
    CHECK(c.inverse_marginal(2.0).high == 0.0);
    CHECK(c.inverse_marginal(infinity).high == 0.0);
    CHECK(c.inverse_marginal(0.25).low == 1e6);
    CHECK(c.inverse_marginal(0.0).low == infinity);
    CHECK(c.inverse_marginal(-1.0).low == infinity);
}

TEST_CASE("constant_product: nothing, everything and beyond", "[venue]") {
    for (fee_side side : {fee_side::input, fee_side::output}) {
        const constant_product p{.balances = {200.0, 800.0}, .fee = 0.01, .fee_from = side};
        const constant_product_curve c = p.curve(0, 1);
        const double most = side == fee_side::input ? 800.0 : 792.0;
        CHECK(c.output_scale() == most);
        CHECK(c.input_scale() == Approx(side == fee_side::input ? 200.0 / 0.99 : 200.0));
        CHECK(c.out(0.0) == 0.0);
        CHECK(c.out(-1.0) == 0.0);
        CHECK(c.out(not_a_number) == 0.0);
        CHECK(c.out(infinity) == most);
        CHECK(c.out(1e300) == most);
        CHECK(c.in(0.0) == 0.0);
        CHECK(c.in(-1.0) == 0.0);
        CHECK(c.in(most) == infinity);
        CHECK(c.in(2.0 * most) == infinity);
        CHECK(c.in(std::nextafter(most, 0.0)) < infinity);
        CHECK(c.depth() == infinity);
        CHECK(venue::spot(c) == Approx(3.96));
        CHECK(c.marginal(0.0).high == infinity);
        CHECK(c.marginal(infinity).low == 0.0);
        CHECK(c.shortfall(0.0) == 0.0);
        CHECK(c.shortfall(infinity) == infinity);
        CHECK(c.excess(0.0) == 0.0);
        CHECK(c.excess(most) == infinity);
        CHECK(venue::quote_out(c, most).unfilled == most);
        CHECK(venue::quote_in(c, 10.0).out == c.out(10.0));
        CHECK(venue::any_curve{c}.out(10.0) == c.out(10.0));
    }
}

TEST_CASE("constant_product: an empty reserve is a venue without liquidity", "[venue]") {
    for (const constant_product& p :
         {constant_product{}, constant_product{.balances = {0.0, 5.0}, .fee = 0.003}, constant_product{.balances = {5.0, 0.0}},
          constant_product{.balances = {0.0, 5.0}, .fee = 0.003, .fee_from = fee_side::output}}) {
        CHECK_FALSE(p.validate());
        for (std::size_t from : {0u, 1u}) {
            const constant_product_curve c = p.curve(from, 1 - from);
            CHECK(c.depth() == 0.0);
            CHECK(c.out(10.0) == 0.0);
            CHECK(c.out(infinity) == 0.0);
            CHECK(c.in(0.0) == 0.0);
            CHECK(c.in(1.0) == infinity);
            CHECK(c.marginal(0.0).low == 0.0);
            CHECK(c.marginal(0.0).high == infinity);
            CHECK(c.marginal(1.0).high == 0.0);
            for (double price : {-1.0, 0.0, 1.0}) CHECK(c.inverse_marginal(price).high == 0.0);
            CHECK(c.shortfall(1.0) == 0.0);
            CHECK(c.excess(1.0) == infinity);
            CHECK(c.input_scale() == 0.0);
            CHECK(c.output_scale() == 0.0);
            CHECK(venue::quote_in(c, 10.0).unfilled == 10.0);
            constant_product moved = p;
            CHECK(moved.apply(from, 1 - from, 10.0) == 0.0);
            CHECK((moved.balances[0] == p.balances[0] && moved.balances[1] == p.balances[1]));
        }
    }
    const constant_product p{.balances = {100.0, 100.0}};
    CHECK(p.curve(0, 0).depth() == 0.0);
    CHECK(p.curve(1, 1).depth() == 0.0);
    CHECK(p.curve(0, 2).depth() == 0.0);
    CHECK(p.curve(2, 0).depth() == 0.0);
    CHECK(p.curve(std::size_t(-1), 2).depth() == 0.0);
}

TEST_CASE("constant_product: trades move the pool, and its product never falls", "[venue]") {
    std::mt19937_64 random{45};
    for (int i = 0; i < 20000; ++i) {
        constant_product p = random_pool(random);
        const std::size_t from = random() % 2;
        const std::size_t to = 1 - from;
        const constant_product before = p;
        const double x = p.balances[from] * log_uniform(random, 1e-18, 1e6);
        const double y = p.apply(from, to, x);
        CAPTURE(before.balances[from], before.balances[to], p.fee, x);
        REQUIRE(y == before.curve(from, to).out(x));
        REQUIRE(p.balances[from] == before.balances[from] + x);
        REQUIRE(p.balances[to] > 0.0);
        REQUIRE(std::fabs(p.balances[to] + y - before.balances[to]) <= 4.0 * ulp * before.balances[to]);
        const wide product = wide(before.balances[0]) * wide(before.balances[1]);
        const wide after = wide(p.balances[0]) * wide(p.balances[1]);
        REQUIRE(static_cast<double>((product - after) / product) <= 4.0 * ulp);
        // Where little is left it is not the difference of two large numbers.
        REQUIRE(off(p.balances[to], exact{before, from, to}.left(x)) <= 4.0 * ulp);
        // The price after: what the next unit gets.
        if (p.fee == 0.0) REQUIRE(venue::spot(p.curve(from, to)) == Approx(before.curve(from, to).marginal(x).low).epsilon(1e-14));
        // There and back gains nothing.
        REQUIRE(p.apply(to, from, y) <= x * (1.0 + 8.0 * ulp * (1.0 + x / before.balances[from])));
    }
}

TEST_CASE("constant_product: without a fee two orders are one; with a fee the second pays for the first", "[venue]") {
    std::mt19937_64 random{46};
    for (int i = 0; i < 5000; ++i) {
        constant_product p = random_pool(random);
        constant_product twice = p;
        const double x = p.balances[0] * log_uniform(random, 1e-9, 10.0);
        const double first = x * log_uniform(random, 1e-6, 0.999999);
        const double whole = p.apply(0, 1, x);
        const double parts = twice.apply(0, 1, first) + twice.apply(0, 1, x - first);
        if (p.fee == 0.0) {
            REQUIRE(parts == Approx(whole).epsilon(1e-14));
            REQUIRE(twice.balances[1] == Approx(p.balances[1]).epsilon(1e-14));
        }
        if (p.fee_from == fee_side::input) REQUIRE(parts <= whole * (1.0 + 1e-14));
    }
    // What is no amount moves nothing.
    constant_product p{.balances = {10.0, 10.0}, .fee = 0.003};
    for (double x : {0.0, -1.0, not_a_number, infinity}) CHECK(p.apply(0, 1, x) == 0.0);
    CHECK(p.apply(0, 0, 1.0) == 0.0);
    CHECK(p.apply(0, 2, 1.0) == 0.0);
    CHECK((p.balances[0] == 10.0 && p.balances[1] == 10.0));
}

TEST_CASE("constant_product: the stated distance from the contracts' integers", "[venue]") {
    std::mt19937_64 random{47};
    double worst_out = 0.0;
    double worst_in = 0.0;
    for (int i = 0; i < 20000; ++i) {
        const bool removed = i % 3 == 0;
        uniswap_v2 whole{.fee = static_cast<std::uint32_t>(random() % 1000),
                         .fee_denominator = 10000,
                         .rounding = removed ? fee_rounding::removed_first : fee_rounding::in_formula};
        for (uint256& r : whole.reserves) r = uint256::from_double(log_uniform(random, 1e3, 5e33)) + random() % 1000;
        const constant_product p{.balances = {digits(whole.reserves[0]), digits(whole.reserves[1])}, .fee = whole.fee / 10000.0};
        const uint256 x = uint256::from_double(p.balances[0] * log_uniform(random, 1e-9, 1e3)) + 1;
        const auto told = whole.out_given_in(0, 1, x);
        REQUIRE(told);
        // The contract rounds down, by less than a unit; a fee that is rounded down leaves up to a unit more of what goes in.
        const double y = p.curve(0, 1).out(digits(x));
        const double above = y - digits(told.amount);
        const double unit_in = removed ? venue::spot(p.curve(0, 1)) / (1.0 - p.fee) : 0.0;
        const double out_off = std::max({0.0, above - 1.0, -above - unit_in}) / y;
        worst_out = std::max(worst_out, out_off);
        REQUIRE(out_off <= 4.0 * ulp);

        const uint256 wanted = uint256::from_double(p.balances[1] * log_uniform(random, 1e-9, 1.0)) * 9 / 10 + 1;
        if (wanted >= whole.reserves[1]) continue;
        const auto needed = whole.in_given_out(0, 1, wanted);
        REQUIRE(needed);
        const double needs = p.curve(0, 1).in(digits(wanted));
        // Rounded up to what has to go in (or one above it); twice, one of them divided by 1 − fee, where the fee is removed first; and with it
        // up to 1/(1 − fee) less.
        const double short_of = digits(needed.amount) - needs;
        const double unit = removed ? 1.0 + 1.0 / (1.0 - p.fee) : 1.0;
        const double condition = p.balances[1] / (p.balances[1] - digits(wanted));
        const double in_off = std::max({0.0, short_of - unit, -short_of - (removed ? unit : 0.0)}) / needs / condition;
        worst_in = std::max(worst_in, in_off);
        REQUIRE(in_off <= 4.0 * ulp);
    }
    CAPTURE(worst_out / ulp, worst_in / ulp);
    CHECK(worst_out > 0.5 * ulp);  // it is measured
    CHECK(worst_in > 0.5 * ulp);

    for (const char* name : {"pancake_v2_weth_usdbc", "aerodrome_v2_tbtc_weth"}) {
        const test::onchain_pool real = test::onchain(name);
        if (real.quotes.empty()) continue;
        const test::json& reserves = real.state["reserves"];
        const constant_product p{.balances = {reserves[std::size_t{0}].number(), reserves[std::size_t{1}].number()},
                                 .fee = real.state["fee_bps"].number() / 1e4};
        for (const test::onchain_quote& q : real.quotes) {
            const double y = p.curve(q.in, q.out).out(digits(q.amount));
            CHECK(std::fabs(y - digits(q.answer)) <= 4.0 * ulp * y + 1.0 + venue::spot(p.curve(q.in, q.out)));
        }
    }
}

TEST_CASE("constant_product: cases of other systems (defi_cases.json)", "[venue]") {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: defi_cases.json is skipped");
        return;
    }
    const test::json all = test::json::load(std::string{folder} + "/reference/defi_cases.json");
    const test::json& core = all.by_id("univ2-core-out-2");
    const test::json& in = core["input"];
    const constant_product p{.balances = {in["reserve_in"].number(), in["reserve_out"].number()}, .fee = in["fee"].number()};
    CHECK(p.curve(0, 1).out(in["amount_in"].number()) == Approx(core["expected"]["amount_out"].number()).epsilon(1e-15));

    // Of two equal pools each takes half.
    const test::json& equal = all.by_id("set-split-equal");
    const test::json& pool = equal["input"]["pools"][std::size_t{0}];
    const constant_product half{.balances = {pool["Rin"].number(), pool["Rout"].number()}, .fee = 1.0 - pool["gamma"].number()};
    CHECK(2.0 * half.curve(0, 1).out(5.0) == Approx(equal["expected"]["amount_out"].number()).epsilon(1e-12));

    const test::json& empty = all.by_id("set-split-one-empty")["input"]["pools"][std::size_t{1}];
    const constant_product none{.balances = {empty["Rin"].number(), empty["Rout"].number()}, .fee = 1.0 - empty["gamma"].number()};
    CHECK_FALSE(none.validate());
    CHECK(none.curve(0, 1).depth() == 0.0);
    CHECK(none.curve(0, 1).out(10.0) == 0.0);
}

TEST_CASE("constant_product: pools that can not be", "[venue]") {
    CHECK_FALSE(constant_product{.balances = {1.0, 2.0}, .fee = 0.003}.validate());
    const auto parameter = [](const constant_product& p) { return std::string{p.validate().parameter}; };
    for (double r : {-1.0, not_a_number, infinity}) {
        CHECK(parameter({.balances = {r, 1.0}}) == "constant_product.balances");
        CHECK(parameter({.balances = {1.0, r}}) == "constant_product.balances");
        for (fee_side side : {fee_side::input, fee_side::output}) {
            const constant_product p{.balances = {1.0, r}, .fee_from = side};
            CHECK(p.curve(0, 1).depth() == 0.0);
            CHECK(p.curve(1, 0).depth() == 0.0);
        }
    }
    for (double fee : {-0.1, 1.0, 1.5, not_a_number}) CHECK(parameter({.balances = {1.0, 1.0}, .fee = fee}) == "constant_product.fee");
    for (double fee : {1.0, 1.5, not_a_number})
        for (fee_side side : {fee_side::input, fee_side::output})
            CHECK(constant_product{.balances = {1.0, 1.0}, .fee = fee, .fee_from = side}.curve(0, 1).depth() == 0.0);
}
