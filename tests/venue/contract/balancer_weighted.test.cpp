#include <ballast/venue/contract/balancer_weighted.hpp>

#include <ballast/venue/weighted.hpp>

#include "support/catch.hpp"
#include "support/onchain_quotes.hpp"
#include "support/random_book.hpp"
#include "support/targets.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

using namespace ballast;
using venue::contract::answer;
using venue::contract::balancer_weighted;
using venue::contract::power_version;
using venue::contract::refusal;
using venue::contract::weighted_in_given_out;
using venue::contract::weighted_out_given_in;
namespace math = ballast::detail::balancer;

static_assert(std::is_aggregate_v<balancer_weighted> && std::is_trivially_copyable_v<balancer_weighted>);
// Also when compiled: the pool of defi_cases.json, balw-max-in, and its sibling.
static_assert(weighted_out_given_in(20'000 * math::one, math::one / 2, 10'000 * math::one, math::one / 2, 6'000 * math::one,
                                    power_version::plain)
                  .amount == 2307692307692230750000_u256);

namespace {
constexpr uint256 one = math::one;

/// To 64 bits of mantissa; of numbers below 2^128 exact to that.
long double long_value(const uint256& n) {
    long double x = 0.0L;
    for (std::size_t k = 4; k-- > 0;) x = x * 18446744073709551616.0L + static_cast<long double>(n.word(k));
    return x;
}
/// A whole number of about this size with random digits.
uint256 digits(ballast_test::dice& d, double size) {
    return uint256::from_double(size) + uint256::from_double(size * 1e-15) * static_cast<std::uint64_t>(d.unit() * 1e6) / 1'000'000;
}
/// A decimal fraction of at most 14 places, with 18.
uint256 decimal(double x) { return uint256{static_cast<std::uint64_t>(std::llround(x * 1e14))} * 10'000; }

struct real_pool {
    const char* name;
    power_version version;
};
/// Which has which: the README of the reference data; for the others it makes no difference in any answer.
constexpr real_pool real_pools[] = {
    {"balancer_apu_pepe_spx_3_token", power_version::short_cuts},
    {"balancer_dai_gp_weth_usdt_4_token", power_version::plain},
    {"balancer_dai_weth_40_60", power_version::plain},
    {"balancer_par_mimo_75_25", power_version::plain},
    {"balancer_aura_kaiaura_50_50", power_version::short_cuts},
    {"balancer_usdc_weth_50_50", power_version::plain},
    {"balancer_sdvecrv_crv_90_10", power_version::plain},
    {"balancer_gel_dexg_60_40", power_version::plain},
    {"balancer_usdc_weth", power_version::plain},
    {"balancer_weth_bal", power_version::plain},
    {"balancer_weth_rpl", power_version::plain},
};

balancer_weighted read(const test::json& state, power_version version) {
    balancer_weighted p{.tokens = state["tokens"].size(), .version = version};
    p.swap_fee = decimal(state["fee_bps"].number() / 1e4);
    for (std::size_t i = 0; i < p.tokens; ++i) {
        p.balances[i] = test::whole(state["reserves"][i].text());
        p.weights[i] = decimal(state["weights"][i].number());
        p.decimals[i] = static_cast<std::uint8_t>(state["decimals"][i].number());
    }
    return p;
}

/// The same pool in doubles, in whole units of the tokens.
venue::weighted in_doubles(const balancer_weighted& p) {
    venue::weighted w{.tokens = p.tokens, .fee = static_cast<double>(p.swap_fee) / 1e18};
    for (std::size_t i = 0; i < p.tokens; ++i) {
        w.balances[i] = static_cast<double>(p.balances[i]);
        w.weights[i] = static_cast<double>(p.weights[i]) / 1e18;
    }
    w.max_in_ratio = std::numeric_limits<double>::infinity();
    w.max_out_ratio = 1.0;
    return w;
}
/// What the doubles may say above the integers, and, with the sign turned, below: see the header.
void check_against_doubles(const balancer_weighted& p, std::size_t in, std::size_t out, const uint256& amount, const uint256& result,
                           bool given_in) {
    const venue::weighted w = in_doubles(p);
    const venue::weighted_curve c = w.curve(in, out);
    const auto x = static_cast<double>(amount);
    const auto y = static_cast<double>(result);
    CAPTURE(p.decimals[in], p.decimals[out], x, y);
    if (given_in) {
        const double about = c.out(x);
        CHECK(y <= about * (1.0 + 2e-15));
        CHECK(y >= about * (1.0 - 2e-15) - 2.2e-14 * w.balances[out] - 1.0 - venue::spot(c) / (1.0 - w.fee));
    } else {
        const double about = c.in(x);
        CHECK(y >= about * (1.0 - 2e-15));
        CHECK(y <= about * (1.0 + 2e-15) + 2.2e-14 * (w.balances[in] / (1.0 - w.fee) + about) + 2.0 + 1.0 / (1.0 - w.fee));
    }
}

/// Weights in whole percents or in odd digits, decimals of 6, 8 and 18, balances as pools have them.
balancer_weighted random_pool(ballast_test::dice& d) {
    balancer_weighted p{.tokens = 2 + static_cast<std::size_t>(d.unit() * 7.0),
                        .version = d.chance(0.5) ? power_version::plain : power_version::short_cuts};
    if (d.chance(0.4)) p.tokens = 2;
    p.swap_fee = decimal(d.scale(1e-6, 0.1));
    uint256 left = one;
    for (std::size_t i = 0; i < p.tokens; ++i) {
        constexpr std::uint8_t kinds[] = {6, 8, 18, 18};
        p.decimals[i] = kinds[static_cast<std::size_t>(d.unit() * 4.0)];
        p.balances[i] = digits(d, d.scale(1.0, 1e9) * std::pow(10.0, p.decimals[i]));
        const std::size_t more = p.tokens - 1 - i;
        // What the others need at the least stays.
        const uint256 room = left - one / 100 * more;
        uint256 w =
            d.chance(0.3) ? one / p.tokens : one / 100 + (room - one / 100) * static_cast<std::uint64_t>(d.unit() * 1e9) / 1'000'000'000;
        if (d.chance(0.2)) w = one / 5 * static_cast<std::uint64_t>(1.0 + d.unit() * 4.0);
        w = more == 0 ? left : std::min(w, room);
        p.weights[i] = w;
        left -= w;
    }
    REQUIRE_FALSE(p.validate());
    return p;
}
}  // namespace

TEST_CASE("balancer_weighted: answers of the chain, to the last unit (amm_onchain_quotes.csv)") {
    std::size_t met = 0, asked = 0, given_out = 0;
    for (const real_pool& r : real_pools) {
        const test::onchain_pool pool = test::onchain(r.name);
        if (pool.quotes.empty()) return;
        const balancer_weighted p = read(pool.state, r.version);
        REQUIRE_FALSE(p.validate());
        for (const test::onchain_quote& q : pool.quotes) {
            CAPTURE(r.name, q.function, q.in, q.out, std::string{q.amount.to_decimal().view()}, std::string{q.answer.to_decimal().view()});
            const bool given_in = q.function == "querySwap_GIVEN_IN";
            REQUIRE((given_in || q.function == "querySwap_GIVEN_OUT"));
            const answer a = given_in ? p.out_given_in(q.in, q.out, q.amount) : p.in_given_out(q.in, q.out, q.amount);
            CHECK(a.why == refusal::none);
            CHECK(a.amount == q.answer);
            check_against_doubles(p, q.in, q.out, q.amount, a.amount, given_in);
            ++asked;
            if (a.amount == q.answer) ++met;
            if (!given_in) ++given_out;
        }
    }
    CHECK(asked == 178);
    CHECK(given_out == 75);
    CHECK(met == asked);
}

TEST_CASE("balancer_weighted: figures of other systems (defi_cases.json)") {
    const test::json all = test::reference("defi_cases.json");
    if (!all.is(test::json::kind::list)) return;
    const auto amount_of = [](const test::json& text) { return test::whole(text.text()); };
    // 20,000 and 10,000 of 18 decimals at half each, no fee: with the power function of the day.
    balancer_weighted even{
        .tokens = 2, .balances = {20'000 * one, 10'000 * one}, .weights = {one / 2, one / 2}, .version = power_version::plain};
    REQUIRE_FALSE(even.validate());
    CHECK(even.out_given_in(0, 1, 6'000 * one).amount == amount_of(all.by_id("balw-max-in")["expected"]["amount_out"]));
    CHECK(even.out_given_in(0, 1, 6'000 * one + 1).why == refusal::too_much_in);
    CHECK(even.in_given_out(0, 1, 3'000 * one).amount == amount_of(all.by_id("balw-max-out")["expected"]["amount_in"]));
    CHECK(all.by_id("balw-max-out-plus1")["expected"]["error"].text() == "MaxOutRatio");
    CHECK(even.in_given_out(0, 1, 3'000 * one + 1).why == refusal::too_much_out);
    even.version = power_version::short_cuts;  // 3e7/13 and 6e4/7, but for the last digits
    CHECK(even.out_given_in(0, 1, 6'000 * one).amount == 2307692307692307690000_u256);
    CHECK(even.in_given_out(0, 1, 3'000 * one).amount == 8571428571428571440000_u256);
    // A pool of the chain.
    const test::json& c = all.by_id("balw-mainnet-sdveCRV");
    const test::json& in = c["input"];
    const balancer_weighted p{.tokens = 2,
                              .balances = {amount_of(in["balance_in"]), amount_of(in["balance_out"])},
                              .weights = {decimal(in["weight_in"].number()), decimal(in["weight_out"].number())},
                              .swap_fee = decimal(in["fee"].number()),
                              .version = power_version::plain};
    REQUIRE_FALSE(p.validate());
    CHECK(p.out_given_in(0, 1, amount_of(in["amount_in"])).amount == amount_of(c["expected"]["amount_out"]));
    // The powers in the bounds of a managed pool's circuit breaker, ratio^(1 − weight).
    const test::json& breaker = all.by_id("bal-circuit-breaker");
    const uint256 rest = one - decimal(breaker["input"]["weight"].number());
    math::fixed_point m;
    for (const char* side : {"lower", "upper"}) {
        const uint256 ratio = decimal(breaker["input"][side].number());
        const double bound = breaker["expected"][(std::string{side} + "_ratio").c_str()].number();
        CHECK(static_cast<double>(m.power(ratio, rest)) / 1e18 == Approx(bound).epsilon(1e-14));
    }
    // Weights that no pool could have.
    const test::json& far = all.by_id("balw-out-extreme-.00769");
    const answer a =
        weighted_out_given_in(100 * one, decimal(far["input"]["weight_in"].number()), 100 * one, one, 15 * one, power_version::plain);
    CHECK(static_cast<double>(a.amount) / 1e18 == Approx(far["expected"]["amount_out"].number()).epsilon(1e-11));
    CHECK(static_cast<double>(a.amount) / 1e18 <= far["expected"]["amount_out"].number());
}

TEST_CASE("balancer_weighted: powers against more digits") {
    // By Python's decimal numbers of 120 digits, rounded down; and what the contract's steps give, reckoned by a second program.
    struct fact {
        uint256 x, y, contract, exact;
    };
    constexpr fact facts[] = {
        {2000000000000000000_u256, 500000000000000000_u256, 1414213562373095047_u256, 1414213562373095048_u256},
        {500000000000000000_u256, 333333333333333333_u256, 793700525984099738_u256, 793700525984099737_u256},
        {3000000000000000000_u256, 4100000000000000000_u256, 90405977096746259031_u256, 90405977096746259189_u256},
        {1000000000000000001_u256, 1000000000000000000_u256, 1000000000000000000_u256, 1000000000000000001_u256},
        {950000000000000000_u256, 37000000000000000000_u256, 149890254048815703_u256, 149890254048815702_u256},
        {1050000000000000000_u256, 1300000000000000000000_u256, 3516323239329034246810460549778220988491700155_u256,
         3516323239329034250587785306348752283598797045_u256},
        {900000000000000000_u256, 389000000000000000000_u256, 1_u256, 1_u256},
        {1100000000000000000_u256, 1363000000000000000000_u256,
         261956917080703722128307790475690003890680000000000000000000000000000000000_u256,
         261956917080704094885143463243023407780480106380615288110821223008762808393_u256},
        {700000000000000000_u256, 99000000000000000000_u256, 462_u256, 462_u256},
        {1428571428571428572_u256, 99000000000000000000_u256, 2164183285663154358006407180522942_u256,
         2164183285663154425075908812958096_u256},
        {1_u256, 980000000000000000_u256, 2_u256, 2_u256},
        {5_u256, 1020000000000000000_u256, 2_u256, 2_u256},
        {1000000000000000000000000000000000000_u256, 3000000000000000000_u256,
         999999999999999998972838080622713645394006458410292915481467677932200000_u256,
         999999999999999999999999999999999999999999999999999999999999999999999999_u256},
        {28948022309329048855892746252171976963317496166410141009864396001978282409984_u256, 450000000000000000_u256,
         203108689678548576001092544893784875696665969_u256, 203108689678548576183283550688208167672725938_u256},
        {769230769230769231_u256, 4000000000000000000_u256, 350127796645775709_u256, 350127796645775708_u256},
        {999999999999999999_u256, 330000000000000000_u256, 1000000000000000000_u256, 999999999999999999_u256},
        {1000000000_u256, 1500000000000000000_u256, 31622_u256, 31622_u256},
        {123456789000000000000000000_u256, 5999999999999999999_u256,
         3540705968149597679694690478275175390644139362844971671637736300000_u256,
         3540705968149597685274063166926613189983108800604223525474770478627_u256},
    };
    for (const fact& f : facts) {
        math::fixed_point m;
        CAPTURE(std::string{f.x.to_decimal().view()}, std::string{f.y.to_decimal().view()});
        CHECK(m.power(f.x, f.y) == f.contract);
        CHECK(m.why == refusal::none);
        if (f.contract.fits(242))
            for (const bool v : {false, true}) {
                CHECK(m.power_down(f.x, f.y, v) <= f.exact);
                CHECK(m.power_up(f.x, f.y, v) >= f.exact);
            }
        CHECK(m.why == refusal::none);
    }
    // Random ones: within a tenth of what the contract allows for, and so its two bounds hold.
    ballast_test::dice d{1};
    double worst = 0.0;
    for (int trial = 0; trial < 20'000; ++trial) {
        const double size = d.chance(0.5) ? 1e18 * d.between(0.5, 2.0) : d.scale(1.0, 1e36);
        const uint256 x = digits(d, size);
        const long double log_x = std::log(long_value(x) / 1e18L);
        const double most = std::min(static_cast<double>((log_x < 0.0L ? 41.0L : 130.0L) / std::fabs(log_x)), 1e4);
        const uint256 y = digits(d, 1e18 * (d.chance(0.5) ? d.scale(1e-6, most) : d.between(0.0, most)) * (1.0 - 1e-9));
        math::fixed_point m;
        const uint256 p = m.power(x, y);
        REQUIRE(m.why == refusal::none);
        const long double exact = std::exp(log_x * long_value(y) / 1e18L) * 1e18L;
        // Units of the result, and what is relative; the long doubles themselves err some 1e-19 times the logarithm.
        const long double apart = std::fabs(long_value(p) - exact) - 2.0L;
        worst = std::max(worst, static_cast<double>(apart / exact));
        if (!p.fits(242)) {  // times 10,000 it exceeds 256 bits
            (void)m.power_up(x, y, false);
            CHECK(m.why == (p * 10'000 / 10'000 == p ? refusal::none : refusal::overflow));
            continue;
        }
        CHECK(long_value(m.power_up(x, y, false)) >= exact * (1.0L - 1e-16L));
        CHECK(long_value(m.power_down(x, y, false)) <= exact * (1.0L + 1e-16L));
    }
    CHECK(worst < 2e-15);
}

TEST_CASE("balancer_weighted: the bounds of powers, logarithms and exponentials") {
    const auto why = [](const uint256& x, const uint256& y) {
        math::fixed_point m;
        const uint256 p = m.power(x, y);
        if (m.why != refusal::none) CHECK(p == uint256{});
        return m.why;
    };
    math::fixed_point m;
    CHECK(m.power(0, 0) == one);
    CHECK(m.power(5, 0) == one);
    CHECK(m.power(0, 5) == uint256{});
    CHECK(m.power(one, one * 1'000) == one);
    CHECK(m.why == refusal::none);
    const uint256 too_long = uint256::power_of_two(255);
    CHECK(why(too_long, one) == refusal::overflow);
    CHECK(why(too_long, 0) == refusal::none);
    CHECK(why(too_long - 1, one / 100) == refusal::none);
    CHECK(why(too_long - 1, one) == refusal::overflow);  // ln is 135.3
    const uint256 y_limit = uint256::power_of_two(254) / 100'000'000'000'000'000'000_u256;
    CHECK(why(one, y_limit) == refusal::overflow);
    CHECK(why(one, y_limit - 1) == refusal::none);
    // ln 2 = 0.693147180559945309417: 2^y up to y = 187.5503553..., 0.5^y down to y = 59.1504967...
    CHECK(why(2 * one, 187'550'355'000'000'000'000_u256) == refusal::none);
    CHECK(why(2 * one, 187'550'356'000'000'000'000_u256) == refusal::overflow);
    CHECK(why(one / 2, 59'150'496'000'000'000'000_u256) == refusal::none);
    CHECK(why(one / 2, 59'150'498'000'000'000'000_u256) == refusal::overflow);
    CHECK(why(1, one) == refusal::overflow);  // 1e-18: ln is −41.4
    CHECK(why(1, one * 98 / 100) == refusal::none);
    // Both logarithms where one takes over from the other.
    for (const uint256& edge : {math::ln_36_above, math::ln_36_below}) {
        const auto by_36 = math::ln_36(edge);
        const auto by_18 = math::ln(edge);
        CHECK(by_36.negative == by_18.negative);
        const uint256 rounded = by_36.size / one;
        CHECK((rounded > by_18.size ? rounded - by_18.size : by_18.size - rounded) <= 2);
    }
    CHECK(math::ln(one).size == uint256{});
    CHECK(math::ln_36(one).size == uint256{});
    CHECK(math::exp_above_zero(0) == one);
    CHECK(math::exp_above_zero(one) == 2'718'281'828'459'045'235_u256);
    // The first reason stays.
    math::fixed_point f;
    (void)f.div_down(1, 0);
    (void)f.subtract(1, 2);
    CHECK(f.why == refusal::no_liquidity);
    math::fixed_point g;
    (void)g.mul_up(too_long, 2);
    CHECK(g.why == refusal::overflow);
    math::fixed_point h;
    CHECK(h.mul_up(1, 1) == uint256{1});
    CHECK(h.mul_down(1, 1) == uint256{});
    CHECK(h.mul_up(0, one) == uint256{});
    CHECK(h.div_up(1, 3) == 333'333'333'333'333'334_u256);
    CHECK(h.div_down(1, 3) == 333'333'333'333'333'333_u256);
    CHECK(h.div_up(0, 3) == uint256{});
    CHECK(h.complement(one + 1) == uint256{});
    CHECK(h.complement(0) == one);
    CHECK(h.why == refusal::none);
}

TEST_CASE("balancer_weighted: short cuts are products") {
    ballast_test::dice d{2};
    for (int trial = 0; trial < 2'000; ++trial) {
        math::fixed_point m;
        const uint256 x = digits(d, 1e18 * d.scale(0.5, 2.0));
        constexpr bool cut = true;
        constexpr bool plain = false;
        CHECK(m.power_up(x, one, cut) == x);
        CHECK(m.power_down(x, one, cut) == x);
        CHECK(m.power_up(x, one * 2, cut) == m.mul_up(x, x));
        CHECK(m.power_down(x, one * 4, cut) == m.mul_down(m.mul_down(x, x), m.mul_down(x, x)));
        for (const std::uint64_t k : {1u, 2u, 4u}) {
            // Closer on both sides than by logarithms.
            CHECK(m.power_up(x, one * k, cut) <= m.power_up(x, one * k, plain));
            CHECK(m.power_down(x, one * k, cut) >= m.power_down(x, one * k, plain));
        }
        CHECK(m.power_up(x, one * 3, cut) == m.power_up(x, one * 3, plain));
        CHECK(m.why == refusal::none);
    }
}

TEST_CASE("balancer_weighted: random pools, all pairs, both ways") {
    ballast_test::dice d{3};
    std::size_t answers = 0;
    for (int trial = 0; trial < 300; ++trial) {
        const balancer_weighted p = random_pool(d);
        for (std::size_t i = 0; i < p.tokens; ++i) {
            const std::size_t j = (i + 1 + static_cast<std::size_t>(d.unit() * static_cast<double>(p.tokens - 1))) % p.tokens;
            if (i == j) continue;
            CAPTURE(trial, i, j, p.tokens);
            const auto reserve_in = static_cast<double>(p.balances[i]);
            const auto reserve_out = static_cast<double>(p.balances[j]);
            const venue::weighted_curve about = in_doubles(p).curve(i, j);
            const double unit = venue::spot(about) * 1e18 / static_cast<double>(one - p.swap_fee);  // of what goes in
            // Given what goes in.
            const uint256 x = digits(d, std::max(1.0, reserve_in * d.scale(1e-12, 0.29)));
            const answer out = p.out_given_in(i, j, x);
            REQUIRE(out);
            ++answers;
            check_against_doubles(p, i, j, x, out.amount, true);
            balancer_weighted after = p;
            CHECK(after.apply(i, j, x).amount == out.amount);
            CHECK(after.balances[i] == p.balances[i] + x);
            CHECK(after.balances[j] == p.balances[j] - out.amount);
            // The true invariant never falls, to 19 digits.
            const auto growth = [](const uint256& weight, const uint256& amount, const uint256& balance, long double sign) {
                return long_value(weight) * std::log1p(sign * long_value(amount) / long_value(balance));
            };
            const long double gain = growth(p.weights[i], x, p.balances[i], 1.0L);
            CHECK(gain + growth(p.weights[j], out.amount, p.balances[j], -1.0L) >= -1e-18L * gain);
            // Back again brings no more than was there.
            if (out.amount) {
                const answer back = after.out_given_in(j, i, out.amount);
                if (back) CHECK(back.amount <= x);
            }
            // Given what comes out.
            const uint256 y = digits(d, std::max(1.0, reserve_out * d.scale(1e-12, 0.29)));
            const answer in = p.in_given_out(i, j, y);
            if (!in) {
                CHECK(in.why == refusal::overflow);  // more than the vault may hold
                CHECK(about.in(static_cast<double>(y)) > 0.99 * (std::pow(2.0, 112) - reserve_in));
                continue;
            }
            ++answers;
            check_against_doubles(p, i, j, y, in.amount, false);
            const long double gain_of = growth(p.weights[i], in.amount, p.balances[i], 1.0L);
            CHECK(gain_of + growth(p.weights[j], y, p.balances[j], -1.0L) >= -1e-18L * gain_of);
            // One after the other. Each errs in the pool's favour: by what the power may err, and by units.
            const answer again = p.out_given_in(i, j, in.amount);
            if (again) CHECK(static_cast<double>(again.amount) >= static_cast<double>(y) - 2.2e-14 * reserve_out - 1.0 - unit);
            if (out.amount) {
                const answer needed = p.in_given_out(i, j, out.amount);
                if (needed)
                    CHECK(static_cast<double>(needed.amount) <=
                          static_cast<double>(x) * (1.0 + 1e-15) + 4.4e-14 * 1.2 * (reserve_in + static_cast<double>(x)) + 4.0);
            }
        }
    }
    CHECK(answers > 1'500);
}

TEST_CASE("balancer_weighted: the limits of the doubles are those of the contract") {
    ballast_test::dice d{5};
    for (int trial = 0; trial < 300; ++trial) {
        balancer_weighted p = random_pool(d);
        for (std::size_t i = 0; i < 2; ++i) {
            p.decimals[i] = 18;
            p.balances[i] = digits(d, d.scale(1e18, 1e27));
        }
        venue::weighted w = in_doubles(p);
        w.max_in_ratio = venue::weighted{}.max_in_ratio;
        const double most_in = w.curve(0, 1).depth();
        CHECK(p.out_given_in(0, 1, uint256::from_double(most_in * (1.0 - 1e-14))));
        CHECK(p.out_given_in(0, 1, uint256::from_double(most_in * (1.0 + 1e-14))).why == refusal::too_much_in);
        w.max_in_ratio = std::numeric_limits<double>::infinity();
        w.max_out_ratio = venue::weighted{}.max_out_ratio;
        const double most_out = w.curve(0, 1).out(w.curve(0, 1).depth());
        const refusal below = p.in_given_out(0, 1, uint256::from_double(most_out * (1.0 - 1e-14))).why;
        CHECK((below == refusal::none || below == refusal::overflow));  // of the vault's 112 bits
        CHECK(p.in_given_out(0, 1, uint256::from_double(most_out * (1.0 + 1e-14))).why == refusal::too_much_out);
        // With both, as is the default, the whole depth can be had either way.
        w.max_in_ratio = venue::weighted{}.max_in_ratio;
        const venue::weighted_curve c = w.curve(0, 1);
        CHECK(p.out_given_in(0, 1, uint256::from_double(c.depth() * (1.0 - 1e-14))));
        CHECK(p.in_given_out(0, 1, uint256::from_double(c.out(c.depth()) * (1.0 - 1e-14))));
    }
}

TEST_CASE("balancer_weighted: tokens of fewer decimals are as ones of 18, rounded") {
    ballast_test::dice d{4};
    for (int trial = 0; trial < 500; ++trial) {
        balancer_weighted p = random_pool(d);
        p.tokens = 2;
        p.weights[1] = one - p.weights[0];
        p.decimals[0] = static_cast<std::uint8_t>(d.unit() * 19.0);
        p.decimals[1] = static_cast<std::uint8_t>(d.unit() * 19.0);
        p.swap_fee = 0;
        for (std::size_t i = 0; i < 2; ++i) p.balances[i] = digits(d, d.scale(1e3, 1e9) * std::pow(10.0, p.decimals[i]));
        REQUIRE_FALSE(p.validate());
        balancer_weighted whole = p;
        uint256 unit[2] = {1, 1};
        for (std::size_t i = 0; i < 2; ++i) {
            for (int k = p.decimals[i]; k < 18; ++k) unit[i] *= 10;
            whole.decimals[i] = 18;
            whole.balances[i] = p.balances[i] * unit[i];
        }
        const uint256 x = p.balances[0] / 5;
        CHECK(p.out_given_in(0, 1, x).amount == whole.out_given_in(0, 1, x * unit[0]).amount / unit[1]);
        const uint256 y = p.balances[1] / 50;
        const answer in = p.in_given_out(0, 1, y);
        const answer of_whole = whole.in_given_out(0, 1, y * unit[1]);
        if (in && of_whole) CHECK(in.amount == (of_whole.amount + unit[0] - 1) / unit[0]);
        CHECK(p.invariant().amount == whole.invariant().amount);
    }
}

TEST_CASE("balancer_weighted: the invariant") {
    // 100^0.8 · 50^0.2 = 87.0550563296124
    balancer_weighted p{
        .tokens = 2, .balances = {100 * one, 50 * one}, .weights = {one * 4 / 5, one / 5}, .swap_fee = 3'000'000'000'000'000};
    CHECK(static_cast<double>(p.invariant().amount) / 1e18 == Approx(87.05505632961241).epsilon(1e-13));
    CHECK(static_cast<double>(p.invariant().amount) / 1e18 < 87.05505632961242);
    const uint256 before = p.invariant().amount;
    REQUIRE(p.apply(0, 1, 10 * one));
    CHECK(p.invariant().amount > before);
    CHECK(balancer_weighted{.tokens = 2, .weights = {one / 2, one / 2}}.invariant().why == refusal::no_liquidity);
}

TEST_CASE("balancer_weighted: what is refused") {
    const balancer_weighted p{.tokens = 3,
                              .balances = {1'000 * one, 2'000'000'000, 0},
                              .weights = {one / 2, one / 4, one / 4},
                              .decimals = {18, 6, 18},
                              .swap_fee = 10'000'000'000'000'000};
    REQUIRE_FALSE(p.validate());
    const auto both = [&](std::size_t in, std::size_t out, const uint256& amount, refusal why) {
        CHECK(p.out_given_in(in, out, amount).why == why);
        CHECK(p.in_given_out(in, out, amount).why == why);
        balancer_weighted q = p;
        const answer a = q.apply(in, out, amount);
        CHECK(a.why == why);
        CHECK_FALSE(a);
        CHECK(a.amount == uint256{});
        CHECK(q.balances[0] == p.balances[0]);
        CHECK(q.balances[1] == p.balances[1]);
    };
    both(0, 1, 0, refusal::zero_amount);
    both(0, 0, 1, refusal::same_token);
    both(0, 3, 1, refusal::unknown_token);
    both(9, 1, 1, refusal::unknown_token);
    both(0, 2, 1, refusal::no_liquidity);
    both(2, 0, 1, refusal::no_liquidity);
    // The limit on what goes in is on what the fee leaves: 300/0.99.
    const uint256 most = 303'030'303'030'303'030'303_u256;
    CHECK(p.out_given_in(0, 1, most));
    CHECK(p.out_given_in(0, 1, most + 2).why == refusal::too_much_in);
    CHECK(p.in_given_out(0, 1, 600'000'000));
    CHECK(p.in_given_out(0, 1, 600'000'001).why == refusal::too_much_out);
    // Of too little nothing comes out, and the contract does not mind.
    CHECK(p.out_given_in(0, 1, 1).why == refusal::none);
    CHECK(p.out_given_in(0, 1, 1).amount == uint256{});
    CHECK(p.in_given_out(0, 1, 1).amount > uint256{});
    // The vault's 112 bits, and the contract's 256.
    balancer_weighted full = p;
    full.balances[0] = uint256::power_of_two(112) - 1;
    CHECK(full.out_given_in(0, 1, 1).why == refusal::overflow);
    full.balances[0] -= 1;
    CHECK(full.out_given_in(0, 1, 1).why == refusal::none);
    CHECK(full.out_given_in(0, 1, 2).why == refusal::overflow);
    CHECK(full.in_given_out(0, 1, 1'000'000).why == refusal::overflow);
    CHECK(p.out_given_in(0, 1, uint256::largest()).why == refusal::overflow);
    CHECK(p.in_given_out(0, 1, uint256::largest()).why == refusal::overflow);
}

TEST_CASE("balancer_weighted: what is no pool is told") {
    const balancer_weighted good{.tokens = 2, .balances = {one, one}, .weights = {one / 2, one / 2}};
    REQUIRE_FALSE(good.validate());
    const auto told = [&](auto change) {
        balancer_weighted p = good;
        change(p);
        return test::refusal(p);
    };
    CHECK_THAT(told([](balancer_weighted& p) { p.tokens = 1; }), ContainsSubstring("balancer_weighted.tokens = 1"));
    CHECK_THAT(told([](balancer_weighted& p) { p.tokens = 9; }), ContainsSubstring("balancer_weighted.tokens = 9"));
    CHECK_THAT(told([](balancer_weighted& p) { p.balances[1] = uint256::power_of_two(112); }), ContainsSubstring("must be below 2^112"));
    CHECK_THAT(told([](balancer_weighted& p) { p.weights[0] = one / 100 - 1; }), ContainsSubstring("balancer_weighted.weights"));
    CHECK_THAT(told([](balancer_weighted& p) { p.weights[0] = one / 2 + 1; }), ContainsSubstring("must have the sum 1e18"));
    CHECK_THAT(told([](balancer_weighted& p) { p.decimals[0] = 19; }), ContainsSubstring("balancer_weighted.decimals = 19"));
    CHECK_THAT(told([](balancer_weighted& p) { p.swap_fee = one; }), ContainsSubstring("balancer_weighted.swap_fee = 1e+18"));
    CHECK(told([](balancer_weighted& p) { p.balances[0] = uint256::power_of_two(112) - 1; }).empty());
    CHECK(told([](balancer_weighted& p) { p.weights[0] = one / 100, p.weights[1] = one - one / 100; }).empty());
}
