#include <ballast/venue/contract/uniswap_v2.hpp>

#include "support/big_number.hpp"
#include "support/catch.hpp"
#include "support/onchain_quotes.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <type_traits>

// Against the chain, against the tests of other systems, and against the same formulas in whole numbers of any size.

using namespace ballast;
using ballast::venue::contract::fee_rounding;
using ballast::venue::contract::refusal;
using ballast::venue::contract::uniswap_v2;
using ballast_test::big;
using ballast_test::big_number;
using ballast_test::wide;

namespace {

static_assert(std::is_aggregate_v<uniswap_v2> && std::is_trivially_copyable_v<uniswap_v2>);

// Uniswap/v2-core, UniswapV2Pair.spec.ts: (in, reserve in, reserve out) -> out; in the compiler.
constexpr std::uint64_t ether = 1'000'000'000'000'000'000u;
constexpr uniswap_v2 pair(std::uint64_t in, std::uint64_t out) { return {.reserves = {uint256{ether} * in, uint256{ether} * out}}; }
static_assert(pair(5, 10).out_given_in(0, 1, ether).amount == 1'662'497'915'624'478'906u);
static_assert(pair(10, 5).out_given_in(0, 1, ether).amount == 453'305'446'940'074'565u);
static_assert(pair(5, 10).out_given_in(0, 1, 2 * uint256{ether}).amount == 2'851'015'155'847'869'602u);
static_assert(pair(10, 5).out_given_in(0, 1, 2 * uint256{ether}).amount == 831'248'957'812'239'453u);
static_assert(pair(10, 10).out_given_in(0, 1, ether).amount == 906'610'893'880'149'131u);
static_assert(pair(100, 100).out_given_in(0, 1, ether).amount == 987'158'034'397'061'298u);
static_assert(pair(1000, 1000).out_given_in(0, 1, ether).amount == 996'006'981'039'903'216u);

uint256 random_amount(std::mt19937_64& random, int bits) {
    const uint256 n = uint256::from_words({random(), random(), random(), random()});
    const int width = 1 + static_cast<int>(random() % static_cast<unsigned>(bits));
    return (n >> (256 - width)) + 1;
}

// What the formulas give in whole numbers of any size.
big_number exact_out(const uniswap_v2& p, std::size_t in, std::size_t out, const uint256& amount) {
    const big_number parts = p.fee_denominator;
    const big_number x = big(amount);
    if (p.rounding == fee_rounding::in_formula) {
        const big_number taken = x * (parts - big_number{p.fee});
        return divided(taken * big(p.reserves[out]), big(p.reserves[in]) * parts + taken).quotient;
    }
    const big_number taken = x - divided(x * big_number{p.fee}, parts).quotient;
    return divided(taken * big(p.reserves[out]), big(p.reserves[in]) + taken).quotient;
}

big_number product_of(const uniswap_v2& p) { return big(p.reserves[0]) * big(p.reserves[1]); }

struct fee_of {
    std::uint32_t fee, denominator;
    fee_rounding rounding;
};
constexpr fee_of kinds[]{{3, 1000, fee_rounding::in_formula},      {25, 10000, fee_rounding::in_formula},
                         {0, 1000, fee_rounding::in_formula},      {9999, 10000, fee_rounding::in_formula},
                         {30, 10000, fee_rounding::removed_first}, {1, 10000, fee_rounding::removed_first},
                         {0, 10000, fee_rounding::removed_first},  {300, 1000, fee_rounding::removed_first}};

uniswap_v2 pool_of(const fee_of& f, const uint256& first, const uint256& second) {
    return {.reserves = {first, second}, .fee = f.fee, .fee_denominator = f.denominator, .rounding = f.rounding};
}

uniswap_v2 random_pool(const fee_of& f, std::mt19937_64& random, int bits, unsigned more = 0) {
    const uint256 first = random_amount(random, bits) + more;
    return pool_of(f, first, random_amount(random, bits) + more);
}

}  // namespace

TEST_CASE("contract::uniswap_v2: every answer of the real pairs, to the last unit", "[venue]") {
    struct known {
        const char* name;
        std::size_t quotes;
        fee_rounding rounding;
    };
    for (const known& k :
         {known{"pancake_v2_weth_usdbc", 10, fee_rounding::in_formula}, known{"aerodrome_v2_tbtc_weth", 6, fee_rounding::removed_first}}) {
        const test::onchain_pool real = test::onchain(k.name);
        if (real.quotes.empty()) continue;
        REQUIRE(real.quotes.size() == k.quotes);
        const uniswap_v2 p{.reserves = {test::whole(real.state["reserves"][std::size_t{0}].text()),
                                        test::whole(real.state["reserves"][std::size_t{1}].text())},
                           .fee = static_cast<std::uint32_t>(real.state["fee_bps"].number()),
                           .fee_denominator = 10000,
                           .rounding = k.rounding};
        CHECK_FALSE(p.validate());
        for (const test::onchain_quote& q : real.quotes) {
            CAPTURE(k.name, q.amount.to_decimal().view());
            const auto out = p.out_given_in(q.in, q.out, q.amount);
            REQUIRE(out);
            CHECK(out.amount.to_decimal().view() == q.answer.to_decimal().view());
            // What has to go in for that is no more than went in, and gives it.
            const auto in = p.in_given_out(q.in, q.out, q.answer);
            REQUIRE(in);
            CHECK(in.amount <= q.amount);
            CHECK(p.out_given_in(q.in, q.out, in.amount).amount == q.answer);
        }
    }
}

TEST_CASE("contract::uniswap_v2: cases of other systems (defi_cases.json)", "[venue]") {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: defi_cases.json is skipped");
        return;
    }
    const test::json all = test::json::load(std::string{folder} + "/reference/defi_cases.json");
    std::size_t seen = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::string& id = all[i]["id"].text();
        if (id.rfind("univ2-", 0) != 0 && id.rfind("cow-univ2-", 0) != 0) continue;
        ++seen;
        CAPTURE(id);
        const test::json& in = all[i]["input"];
        const test::json& expected = all[i]["expected"];
        const std::string& function = in["fn"].text();
        const bool quoted = function == "quote";
        const uniswap_v2 p{.reserves = {test::whole(in[quoted ? "reserve_a" : "reserve_in"].text()),
                                        test::whole(in[quoted ? "reserve_b" : "reserve_out"].text())}};
        const auto told = quoted                       ? p.quote(0, 1, test::whole(in["amount"].text()))
                          : function == "in_given_out" ? p.in_given_out(0, 1, test::whole(in["amount_out"].text()))
                                                       : p.out_given_in(0, 1, test::whole(in["amount_in"].text()));
        if (expected["error"].text() == "true") {
            CHECK_FALSE(told);
            CHECK(told.amount == 0);
        } else {
            REQUIRE(told);
            CHECK(told.amount.to_decimal().view() == expected[quoted                       ? "out"
                                                              : function == "in_given_out" ? "amount_in"
                                                                                           : "amount_out"]
                                                         .text());
        }
    }
    CHECK(seen == 8);
    // cow-univ2-in: of the whole reserve, and of more, there is no quote.
    const uniswap_v2 p{.reserves = {100, 100}};
    CHECK(p.in_given_out(0, 1, 100).why == refusal::beyond_liquidity);
    CHECK(p.in_given_out(0, 1, 101).why == refusal::beyond_liquidity);
}

TEST_CASE("contract::uniswap_v2: random pools against the formulas, and what in_given_out promises", "[venue]") {
    std::mt19937_64 random{31};
    int exact = 0;
    for (int i = 0; i < 4000; ++i) {
        const fee_of f = kinds[random() % 8];
        const uniswap_v2 p = random_pool(f, random, 111);
        CHECK_FALSE(p.validate());
        const std::size_t in = random() % 2;
        const std::size_t out = 1 - in;
        const uint256 x = random_amount(random, 111);
        CAPTURE(f.fee, p.reserves[in].to_decimal().view(), p.reserves[out].to_decimal().view(), x.to_decimal().view());
        const auto told = p.out_given_in(in, out, x);
        REQUIRE(told);
        REQUIRE(big(told.amount) == exact_out(p, in, out, x));
        REQUIRE(told.amount < p.reserves[out]);
        const auto worth = p.quote(in, out, x);
        REQUIRE(big(worth.amount) == divided(big(x) * big(p.reserves[out]), big(p.reserves[in])).quotient);
        REQUIRE(told.amount <= worth.amount);

        if (p.reserves[out] == 1) continue;
        const uint256 y = random_amount(random, 111) % (p.reserves[out] - 1) + 1;
        const auto needed = p.in_given_out(in, out, y);
        REQUIRE(needed);
        REQUIRE(p.out_given_in(in, out, needed.amount).amount >= y);
        // One less gives less; but for in_formula where the division leaves nothing over: there two less do.
        if (needed.amount < 2) continue;
        const bool spare = p.out_given_in(in, out, needed.amount - 1).amount >= y;
        if (spare) {
            ++exact;
            REQUIRE(f.rounding == fee_rounding::in_formula);
            const big_number over = big(p.reserves[in]) * big(y) * big_number{f.denominator};
            const big_number under = (big(p.reserves[out]) - big(y)) * big_number{f.denominator - f.fee};
            REQUIRE(divided(over, under).remainder.bits() == 0);
            if (needed.amount > 2) REQUIRE(p.out_given_in(in, out, needed.amount - 2).amount < y);
        }
    }
    CHECK(exact > 0);
}

TEST_CASE("contract::uniswap_v2: in_given_out is the least amount there is, on all small pools", "[venue]") {
    for (const fee_of& f : kinds) {
        if (f.fee == 9999) continue;
        for (unsigned r0 = 1; r0 <= 41; r0 += 4)
            for (unsigned r1 = 1; r1 <= 41; r1 += 5) {
                const uniswap_v2 p = pool_of(f, r0, r1);
                uint256 x = 1;
                for (unsigned y = 1; y < r1; ++y) {
                    while (p.out_given_in(0, 1, x).amount < y) ++x;
                    const auto told = p.in_given_out(0, 1, y);
                    REQUIRE(told);
                    const unsigned over = r0 * y * f.denominator;
                    const unsigned under = (r1 - y) * (f.denominator - f.fee);
                    const bool spare = f.rounding == fee_rounding::in_formula && over % under == 0;
                    if (told.amount != x + (spare ? 1 : 0))
                        FAIL(f.fee << ' ' << r0 << ' ' << r1 << ' ' << y << ' ' << told.amount.to_decimal().view());
                }
            }
    }
}

TEST_CASE("contract::uniswap_v2: the pair lets happen what is quoted, and not one unit more", "[venue]") {
    std::mt19937_64 random{32};
    int moved = 0;
    for (int i = 0; i < 4000; ++i) {
        const fee_of f = kinds[random() % 8];
        uniswap_v2 p = random_pool(f, random, 100);
        const std::size_t in = random() % 2;
        const std::size_t out = 1 - in;
        const uint256 x = random_amount(random, 100);
        const uniswap_v2 before = p;
        const auto told = p.out_given_in(in, out, x);
        CAPTURE(f.fee, f.denominator, x.to_decimal().view(), told.amount.to_decimal().view());

        uniswap_v2 greedy = p;
        const refusal r = greedy.swap(in, out, x, told.amount + 1);
        REQUIRE(r == (told.amount + 1 < p.reserves[out] ? refusal::invariant : refusal::beyond_liquidity));
        REQUIRE(greedy.reserves[in] == before.reserves[in]);
        REQUIRE(greedy.reserves[out] == before.reserves[out]);

        const auto done = p.apply(in, out, x);
        if (told.amount == 0) {
            REQUIRE(done.why == refusal::zero_amount);
            REQUIRE(p.reserves[in] == before.reserves[in]);
            continue;
        }
        ++moved;
        REQUIRE(done);
        REQUIRE(done.amount == told.amount);
        REQUIRE(p.reserves[out] == before.reserves[out] - told.amount);
        const uint256 fee = f.rounding == fee_rounding::removed_first ? x * f.fee / f.denominator : uint256{};
        REQUIRE(p.reserves[in] == before.reserves[in] + x - fee);
        REQUIRE(product_of(p) >= product_of(before));

        // One unit less than the least that gives it is refused.
        const auto needed = before.in_given_out(in, out, told.amount);
        uniswap_v2 poor = before;
        REQUIRE(poor.swap(in, out, needed.amount, told.amount) == refusal::none);
        poor = before;
        if (needed.amount > 1 && before.out_given_in(in, out, needed.amount - 1).amount < told.amount)
            REQUIRE(poor.swap(in, out, needed.amount - 1, told.amount) == refusal::invariant);
    }
    CHECK(moved > 2000);
}

TEST_CASE("contract::uniswap_v2: a second order sees the first; a round trip gains nothing", "[venue]") {
    std::mt19937_64 random{33};
    for (const fee_of& f : kinds)
        for (int i = 0; i < 200; ++i) {
            uniswap_v2 p = random_pool(f, random, 90, 1000);
            const uint256 x = random_amount(random, 90);
            const uint256 half = x / 2;
            uniswap_v2 twice = p;
            // Two orders pay the fee of the first once more than one does; where the fee is rounded down for each, it can be one unit less.
            uniswap_v2 free = p;
            free.fee = 0;
            const bool rounded = f.rounding == fee_rounding::removed_first;
            const uint256 most =
                rounded ? free.out_given_in(0, 1, x - x * f.fee / f.denominator + 1).amount : p.out_given_in(0, 1, x).amount;
            const uint256 whole = p.apply(0, 1, x).amount;
            const auto first = twice.apply(0, 1, half);
            const auto second = twice.apply(0, 1, x - half);
            if (first && second) REQUIRE(first.amount + second.amount <= most);
            if (whole == 0) continue;
            const auto back = p.apply(1, 0, whole);
            if (back) REQUIRE(back.amount <= x);
        }
}

TEST_CASE("contract::uniswap_v2: what the contract refuses", "[venue]") {
    const uniswap_v2 p{.reserves = {100, 100}};
    CHECK(p.out_given_in(0, 1, 0).why == refusal::zero_amount);
    CHECK(p.in_given_out(0, 1, 0).why == refusal::zero_amount);
    CHECK(p.quote(0, 1, 0).why == refusal::zero_amount);
    CHECK(p.out_given_in(0, 0, 1).why == refusal::same_token);
    CHECK(p.out_given_in(0, 2, 1).why == refusal::unknown_token);
    CHECK(p.in_given_out(7, 1, 1).why == refusal::unknown_token);
    CHECK(p.quote(1, 1, 1).why == refusal::same_token);
    for (const uniswap_v2& empty : {uniswap_v2{.reserves = {0, 100}}, uniswap_v2{.reserves = {100, 0}}, uniswap_v2{}}) {
        CHECK(empty.out_given_in(0, 1, 1).why == refusal::no_liquidity);
        CHECK(empty.in_given_out(0, 1, 1).why == refusal::no_liquidity);
        CHECK(empty.quote(0, 1, 1).why == refusal::no_liquidity);
        uniswap_v2 moved = empty;
        CHECK(moved.apply(0, 1, 1).why == refusal::no_liquidity);
    }
    // Nothing comes out for one unit: the library answers 0, the pair does not trade.
    uniswap_v2 tiny{.reserves = {1000, 10}};
    CHECK(tiny.out_given_in(0, 1, 1));
    CHECK(tiny.out_given_in(0, 1, 1).amount == 0);
    CHECK(tiny.apply(0, 1, 1).why == refusal::zero_amount);
    CHECK(tiny.swap(0, 1, 0, 1) == refusal::zero_amount);

    // Products of 256 bits, and reserves of 112.
    const uint256 limit = uint256::power_of_two(112);
    uniswap_v2 large{.reserves = {limit - 1, limit - 1}};
    CHECK(large.out_given_in(0, 1, uint256::largest()).why == refusal::overflow);
    CHECK(large.out_given_in(0, 1, uint256::power_of_two(150)).why == refusal::overflow);
    CHECK(large.out_given_in(0, 1, uint256::power_of_two(130)));
    CHECK(large.quote(0, 1, uint256::largest()).why == refusal::overflow);
    CHECK(large.apply(0, 1, 2).why == refusal::overflow);
    CHECK(large.reserves[0] == limit - 1);
    large.reserves[0] = limit - 3;
    CHECK(large.apply(0, 1, 2));
    CHECK(large.reserves[0] == limit - 1);
    CHECK_FALSE(large.validate());
    large.reserves[0] = limit;
    CHECK(large.validate());
    large.rounding = fee_rounding::removed_first;
    CHECK_FALSE(large.validate());
    CHECK(large.apply(0, 1, 5));

    // A fee that is none is refused, not divided by.
    for (const uniswap_v2& bad :
         {uniswap_v2{.reserves = {100, 100}, .fee = 1000}, uniswap_v2{.reserves = {100, 100}, .fee = 0, .fee_denominator = 0},
          uniswap_v2{.reserves = {100, 100}, .fee = 7, .fee_denominator = 5, .rounding = fee_rounding::removed_first}}) {
        CHECK(bad.validate());
        CHECK(bad.out_given_in(0, 1, 10).why == refusal::overflow);
        CHECK(bad.in_given_out(0, 1, 10).why == refusal::overflow);
    }
    for (int r = 0; r <= static_cast<int>(refusal::invariant); ++r) CHECK(std::string{to_string(static_cast<refusal>(r))} != "unknown");
}
