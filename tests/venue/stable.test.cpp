#include <ballast/venue/stable.hpp>

#include <ballast/numeric/wide_uint.hpp>

#include "support/catch.hpp"
#include "support/json.hpp"
#include "support/pool_dice.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using venue::amount_interval;
using venue::stable;
using venue::stable_curve;

static_assert(std::is_aggregate_v<stable> && std::is_trivially_copyable_v<stable>);
static_assert(venue::venue_model<stable> && venue::shortfall_curve<stable_curve>);
static_assert(std::is_trivially_copyable_v<stable_curve> && sizeof(stable_curve) <= venue::any_curve::room);

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double epsilon = std::numeric_limits<double>::epsilon();

using dice = test::pool_dice;

stable random_pool(dice& d, double spread) {
    stable p;
    p.coins = 2 + d.below(7);
    p.amplification = d.chance(0.1) ? d.scale(1e-6, 1.0) : d.scale(1.0, 1e6);
    p.fee = d.chance(0.2) ? 0.0 : d.scale(1e-5, 1e-2);
    p.fee_from = d.chance(0.5) ? venue::fee_side::input : venue::fee_side::output;
    const double size = d.scale(1e-3, 1e9);
    for (std::size_t k = 0; k < p.coins; ++k) {
        p.rates[k] = d.chance(0.5) ? 1.0 : d.scale(0.5, 2.0);
        p.balances[k] = size * d.scale(1.0, spread);
    }
    return p;
}

// Exact: whole numbers of 1024 bits. A number is so many 2^-320.
using exact = wide_uint<16>;
constexpr int places = 320;
exact fixed(double v) {  // v is a whole number of 2^-320
    int e = 0;
    const double m = std::frexp(v, &e);
    return exact{static_cast<std::uint64_t>(std::ldexp(m, 53))} << (places + e - 53);
}
double rounded(const exact& n) {  // scaled down in two steps, so that nothing is infinite on the way
    const int shift = std::max(n.bit_width() - 80, 0);
    return std::ldexp(static_cast<double>(n >> shift), shift - places);
}
// How (x + d)·(y − w)·(s + d − w) compares with x·y·s.
struct exact_curve {
    exact x, y, s;
    exact_curve(double a, double b, double c) : x{fixed(a)}, y{fixed(b)}, s{fixed(c)} {}
    [[nodiscard]] bool below(const exact& d, const exact& w) const {  // too much was taken
        if (w >= y || w >= s + d) return true;
        return (x + d) * (y - w) * (s + d - w) < x * y * s;
    }
    [[nodiscard]] exact out(const exact& d) const {
        exact low, high = y;
        while (high - low > exact{1}) {
            const exact middle = (low + high) >> 1;
            (below(d, middle) ? high : low) = middle;
        }
        return low;
    }
    // d·g and w/g for the first slope g, rounded down.
    [[nodiscard]] exact first_out(const exact& d) const { return y * (s + x) * d / (x * (s + y)); }
    [[nodiscard]] exact first_in(const exact& w) const { return x * (s + y) * w / (y * (s + x)); }
};
exact more(const exact& n, int k) { return n + (n >> k); }
exact less(const exact& n, int k) { return n - (n >> k); }
}  // namespace

// x, y and s as a pool may have them, and trades from 1e-18 to 1e3 of what it holds. What is asserted is exact: that the answer lies between the
// exact ones of amounts a little less and a little more.
TEST_CASE("stable_curve: what goes in and out, against whole numbers") {
    dice d{std::mt19937_64{1}};
    for (int trial = 0; trial < 3'000; ++trial) {
        const double x = d.scale(1e-6, 1.0), y = d.scale(1e-6, 1.0), s = d.chance(0.5) ? d.scale(1e-9, 1.0) : d.scale(1e-3, 1e5);
        const stable_curve c{x, y, s, 1.0, 1.0};
        const exact_curve e{x, y, s};
        const double in = d.chance(0.3) ? y * d.scale(0.5, 2.0) : d.chance(0.5) ? x * d.scale(1e-18, 1e3) : x * d.scale(1e-3, 1e3);
        const double given = in < 1e3 ? in : 1e3;
        const exact ein = fixed(given);
        const double out = c.out(given);
        CAPTURE(trial, x, y, s, given, out);
        // To 4 roundings of what comes out.
        CHECK_FALSE(e.below(ein, less(fixed(out), 50)));
        CHECK((out == y || e.below(ein, more(fixed(out), 50))));
        // As if what comes out were that much more or less.
        if (const double taken = out < 0.999 * y ? out : y * d.scale(1e-18, 0.999); taken > 0.0) {
            const double need = c.in(taken);
            CAPTURE(taken, need);
            REQUIRE(need > 0.0);
            if (need < 1e5) {
                CHECK(e.below(less(fixed(need), 50), more(fixed(taken), 50)));
                CHECK_FALSE(e.below(more(fixed(need), 50), less(fixed(taken), 50)));
                // d = w/g + excess.
                const double excess = c.excess(taken);
                CAPTURE(excess);
                REQUIRE(excess >= 0.0);
                const exact lw = less(fixed(taken), 48), mw = more(fixed(taken), 48);
                CHECK(e.below(e.first_in(mw) + less(fixed(excess), 48), mw));
                CHECK_FALSE(e.below(e.first_in(lw) + more(fixed(excess), 48) + exact{2}, lw));
                if (taken < 0.1 * std::min(x, y)) {
                    CHECK(e.below(e.first_in(fixed(taken)) + less(fixed(excess), 42), fixed(taken)));
                    CHECK_FALSE(e.below(e.first_in(fixed(taken)) + more(fixed(excess), 42) + exact{2}, fixed(taken)));
                }
            }
        }
        // w = g·d − shortfall.
        const double lost = c.shortfall(given);
        CAPTURE(lost);
        REQUIRE(lost >= 0.0);
        const exact ld = less(ein, 48), md = more(ein, 48);
        const auto taken = [&](const exact& of, const exact& l) { return e.first_out(of) > l ? e.first_out(of) - l : exact{}; };
        CHECK(e.below(md, taken(md, less(fixed(lost), 48)) + exact{2}));
        CHECK_FALSE(e.below(ld, taken(ld, more(fixed(lost), 48) + exact{2})));
        if (given < 0.1 * std::min(x, y)) {  // to 1e-12 of itself
            CHECK_FALSE(e.below(ein, taken(ein, more(fixed(lost), 42) + exact{2})));
            CHECK(e.below(ein, taken(ein, less(fixed(lost), 42)) + exact{2}));
        }
    }
}

TEST_CASE("stable_curve: slopes, against whole numbers") {
    dice d{std::mt19937_64{2}};
    for (int trial = 0; trial < 150; ++trial) {
        const double x = d.scale(1e-6, 1.0), y = d.scale(1e-6, 1.0), s = d.scale(1e-9, 1e3);
        const stable_curve c{x, y, s, 1.0, 1.0};
        const exact_curve e{x, y, s};
        const double in = std::min(x * d.scale(1e-18, 1e3), 1e3);
        const exact ein = fixed(in);
        const exact w = e.out(ein);
        const double x1 = rounded(e.x + ein), y1 = rounded(e.y - w), t1 = rounded(e.s + ein - w);
        const double slope = y1 / x1 * ((t1 + x1) / (t1 + y1));
        // What is left of a coin that is nearly gone hangs on the last digit of what went in.
        const double left = std::min(y1 / y, t1 / std::max(s, y));
        CAPTURE(trial, x, y, s, in);
        CHECK(c.marginal(in).low == Approx(slope).epsilon(1e-15 + 8.0 * epsilon / left));
        CHECK(c.marginal(in).low == c.marginal(in).high);
        CHECK(c.marginal(0.0).low == Approx(y / x * ((s + x) / (s + y))).epsilon(1e-15));
        CHECK(c.marginal(0.0).high == infinity);
    }
}

TEST_CASE("stable: D against whole numbers") {
    dice d{std::mt19937_64{3}};
    for (int trial = 0; trial < 400; ++trial) {
        stable p;
        p.coins = 2 + d.below(7);
        const auto n = static_cast<std::uint64_t>(p.coins);
        const auto a = static_cast<std::uint64_t>(d.scale(1.0, 1e6));
        p.amplification = static_cast<double>(a);
        const double spread = d.scale(1.0, 1e12);
        exact held[stable::capacity], sum, product{1};  // n^n·∏x
        for (std::size_t k = 0; k < p.coins; ++k) {
            p.balances[k] = std::round(1e15 * d.scale(1.0, spread));
            held[k] = exact::from_double(p.balances[k]);
            sum += held[k];
            product = product * held[k] * exact{n};
        }
        REQUIRE_FALSE(p.validate());
        // The largest D with D^(n+1) + (A·n − 1)·D·n^n·∏x ≤ A·n·S·n^n·∏x.
        const exact ann = a * n;
        const auto above = [&](const exact& at) {
            exact power = at;
            for (std::size_t k = 0; k < p.coins; ++k) power *= at;
            return power + (ann - exact{1}) * at * product > ann * sum * product;
        };
        exact low, high = sum + exact{1};
        while (high - low > exact{1}) {
            const exact middle = (low + high) >> 1;
            (above(middle) ? high : low) = middle;
        }
        const double want = static_cast<double>(low);
        CAPTURE(trial, p.coins, a, spread, want);
        CHECK(std::fabs(p.invariant() - want) <= 1e-15 * want + 1.0);
        // And a trade: y from the polynomial itself, with x put in its place. D is whole there, so what is less than some units is no trade.
        const std::size_t in = d.below(p.coins);
        const std::size_t out = (in + 1 + d.below(p.coins - 1)) % p.coins;
        const double amount = std::round(p.balances[in] * d.scale(1e-4, 10.0));
        held[in] += exact::from_double(amount);
        exact others{1}, rest = sum + exact::from_double(amount) - held[out];
        for (std::size_t k = 0; k < p.coins; ++k) others = others * (k == out ? exact{n} : held[k] * exact{n});
        exact power = low;
        for (std::size_t k = 0; k < p.coins; ++k) power *= low;
        // A·n·(rest + y) + D ≥ A·n·D + D^(n+1)/(others·y)
        const auto enough = [&](const exact& y) { return (ann * (rest + y) + low) * others * y >= ann * low * others * y + power; };
        exact little, much = held[out] * exact{2};
        while (much - little > exact{1}) {
            const exact middle = (little + much) >> 1;
            (enough(middle) ? much : little) = middle;
        }
        const double got = static_cast<double>(held[out]) - static_cast<double>(much);
        const double spot = p.curve(in, out).marginal(0.0).low;
        CAPTURE(got, spot);
        CHECK(p.curve(in, out).out(amount) ==
              Approx(got).epsilon(1e-13).margin(1e-15 * want + (2.0 + spot) * static_cast<double>(n) + 1e-15 * p.balances[out]));
    }
}

TEST_CASE("stable: published cases") {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: defi_cases.json is skipped");
        return;
    }
    const test::json cases = test::json::load(std::string{folder} + "/reference/defi_cases.json");
    const auto pool = [](const test::json& c, double amplification) {
        stable p{.amplification = amplification};
        for (const double b : c["input"]["balances"].numbers()) p.balances[p.coins++] = b;
        REQUIRE_FALSE(p.validate());
        return p;
    };
    const test::json& extreme = cases.by_id("stable-inv-extreme");
    CHECK(pool(extreme, extreme["input"]["A"].number()).invariant() == Approx(extreme["expected"]["invariant"].number()).epsilon(1e-15));
    const test::json& ng = cases.by_id("curve-ng-getD");
    CHECK(pool(ng, ng["input"]["amp_times_precision"].number() / ng["input"]["a_precision"].number()).invariant() ==
          Approx(ng["expected"]["D"].number()).epsilon(1e-15));
    const test::json& in = cases.by_id("stable-in-2");
    CHECK(pool(in, in["input"]["A"].number()).curve(0, 1).in(in["input"]["amount_out"].number()) ==
          Approx(in["expected"]["amount_in"].number()).epsilon(1e-15));
}

TEST_CASE("stable: random pools, both directions of all pairs") {
    dice d{std::mt19937_64{4}};
    for (int trial = 0; trial < 150; ++trial) {
        const stable p = random_pool(d, trial % 3 == 0 ? 1e12 : trial % 3 == 1 ? 1e3 : 2.0);
        REQUIRE_FALSE(p.validate());
        for (std::size_t i = 0; i < p.coins; ++i)
            for (std::size_t j = 0; j < p.coins; ++j) {
                if (i == j) continue;
                const stable_curve c = p.curve(i, j);
                const double first = venue::spot(c);
                CAPTURE(trial, i, j, p.coins, p.amplification);
                REQUIRE(first > 0.0);
                // At the same D the other direction has the inverse price, but for both fees.
                CHECK(first * venue::spot(p.curve(j, i)) == Approx((1.0 - p.fee) * (1.0 - p.fee)).epsilon(1e-13));
                CHECK(c.depth() == infinity);
                CHECK(c.out(0.0) == 0.0);
                CHECK(c.in(0.0) == 0.0);
                CHECK(c.shortfall(0.0) == 0.0);
                CHECK(c.excess(0.0) == 0.0);
                const double most = p.balances[j] * (p.fee_from == venue::fee_side::input ? 1.0 : 1.0 - p.fee);
                CHECK(c.in(most * (1.0 + 1e-14)) == infinity);
                CHECK(c.excess(most * 1.1) == infinity);
                CHECK(c.out(infinity) <= most * (1.0 + 1e-15));
                CHECK(c.out(infinity) == Approx(most).epsilon(1e-15));
                CHECK(c.marginal(infinity).low < 1e-30 * first);
                double before = 0.0, slope = infinity, paid = 0.0;
                for (const double share : {1e-18, 1e-9, 1e-4, 0.01, 0.1, 0.3, 1.0, 3.0, 30.0, 1e3}) {
                    const double x = p.balances[i] * share;
                    const double y = c.out(x);
                    const double m = c.marginal(x).low;
                    CAPTURE(share, y, m);
                    // Rising and concave: the chord lies between the slopes at its ends.
                    CHECK(y >= paid);
                    CHECK(y <= most * (1.0 + 1e-15));
                    CHECK(m <= slope * (1.0 + 1e-12));
                    if (y < 0.999 * most) {
                        CHECK(m > 0.0);
                        CHECK(y - paid <= slope * (x - before) * (1.0 + 1e-12) + 1e-15 * y);
                        CHECK(y - paid >= m * (x - before) * (1.0 - 1e-12) - 1e-15 * y);
                        CHECK(c.in(y) == Approx(x).epsilon(1e-13 + 8.0 * epsilon * y / (m * x)));
                        CHECK(c.shortfall(x) == Approx(first * x - y).epsilon(1e-9).margin(4.0 * epsilon * (first * x + y)));
                        CHECK(c.excess(y) == Approx(c.in(y)-y / first).epsilon(1e-9).margin(4.0 * epsilon * (c.in(y) + y / first + y / m)));
                        CHECK(c.out(c.in(y)) == Approx(y).epsilon(1e-13));
                        // The price: right within its roundings, to both sides of the amount.
                        const amount_interval at = c.inverse_marginal(m);
                        CHECK(at.low == at.high);
                        CHECK(c.marginal(at.low * (1.0 - 1e-14)).low >= m * (1.0 - 1e-14));
                        CHECK(c.marginal(at.low * (1.0 + 1e-14) + 1e-300).low <= m * (1.0 + 1e-14));
                    }
                    before = x;
                    slope = m;
                    paid = y;
                }
                for (const double share : {2.0, 1.0 + 1e-9, 1.0}) {
                    CHECK(c.inverse_marginal(first * share).low == 0.0);
                    CHECK(c.inverse_marginal(first * share).high == 0.0);
                }
                CHECK(c.inverse_marginal(0.0).low == infinity);
                for (const double share : {0.999, 0.9, 0.5, 0.01, 1e-6, 1e-12, 1e-30}) {
                    const double x = c.inverse_marginal(first * share).low;
                    CAPTURE(share, x);
                    REQUIRE(x > 0.0);
                    CHECK(c.marginal(x * (1.0 - 1e-14)).low >= first * share * (1.0 - 1e-13));
                    CHECK(c.marginal(x * (1.0 + 1e-14)).low <= first * share * (1.0 + 1e-13));
                }
            }
    }
}

TEST_CASE("stable: trades in a row") {
    dice d{std::mt19937_64{5}};
    for (int trial = 0; trial < 400; ++trial) {
        stable p = random_pool(d, trial % 2 == 0 ? 1e6 : 3.0);
        if (trial % 4 == 0) {
            p.fee_from = venue::fee_side::output;
            p.offpeg_fee_multiplier = d.scale(1.0, 20.0);
        }
        const std::size_t in = d.below(p.coins);
        const std::size_t out = (in + 1 + d.below(p.coins - 1)) % p.coins;
        const double x = p.balances[in] * d.scale(1e-6, 10.0);
        CAPTURE(trial, p.coins, p.amplification, in, out, x, p.fee);
        // Without a fee two trades are one, and D stays.
        stable whole = p, parts = p;
        whole.fee = parts.fee = 0.0;
        const double share = d.unit();
        const double once = whole.apply(in, out, x);
        const double twice = parts.apply(in, out, share * x) + parts.apply(in, out, x - share * x);
        const double held = p.balances[out];
        CHECK(twice == Approx(once).epsilon(1e-12).margin(1e-14 * held));
        // What is left of a coin that is nearly gone is a difference, and its last digits are worth what its price has become.
        const double d0 = p.invariant();
        const double price = 1.0 / p.curve(in, out).marginal(x).low;
        const double slack = 1e-14 * d0 + 4.0 * epsilon * held * price * p.rates[in];
        CHECK(whole.invariant() == Approx(d0).epsilon(1e-13).margin(slack));
        // What the venue says is what it pays; D never falls, unless the admin has the whole fee.
        stable moved = p;
        const double said = p.out(in, out, x);
        CHECK(moved.apply(in, out, x) == said);
        if (p.offpeg_fee_multiplier <= 1.0) CHECK(said == p.curve(in, out).out(x));
        CHECK(moved.balances[in] == p.balances[in] + x);
        CHECK(moved.balances[out] == p.balances[out] - said);
        CHECK(moved.invariant() >= d0 - slack);
        stable shared = p;
        shared.admin_share = 0.5;
        CHECK(shared.apply(in, out, x) == said);
        CHECK(shared.invariant() >= d0 - slack);
        CHECK(shared.invariant() <= moved.invariant() + slack);
        stable robbed = p;
        robbed.admin_share = 1.0;
        (void)robbed.apply(in, out, x);
        CHECK(robbed.invariant() == Approx(d0).epsilon(1e-12).margin(slack));
        // There and back never pays.
        const double back = moved.apply(out, in, said);
        CHECK(back <= x * (1.0 + 1e-12) + 4.0 * epsilon * held * price);
        CHECK(moved.apply(in, out, 0.0) == 0.0);
    }
}

TEST_CASE("stable: rates and fees") {
    // A rate is another unit of the coin.
    const stable plain{.coins = 3, .balances = {100.0, 220.0, 150.0}, .amplification = 85.0, .fee = 0.0004};
    const stable rated{.coins = 3, .balances = {50.0, 220.0, 600.0}, .rates = {2.0, 1.0, 0.25}, .amplification = 85.0, .fee = 0.0004};
    CHECK(rated.invariant() == plain.invariant());
    CHECK(rated.curve(0, 2).out(10.0) == Approx(4.0 * plain.curve(0, 2).out(20.0)).epsilon(1e-15));
    CHECK(rated.curve(2, 1).in(10.0) == Approx(4.0 * plain.curve(2, 1).in(10.0)).epsilon(1e-15));
    // On the output: a share of what comes out. On the input: a share of what goes in.
    stable free = plain;
    free.fee = 0.0;
    stable input = plain;
    input.fee_from = venue::fee_side::input;
    CHECK(plain.curve(0, 1).out(30.0) == Approx(0.9996 * free.curve(0, 1).out(30.0)).epsilon(1e-15));
    CHECK(input.curve(0, 1).out(30.0) == Approx(free.curve(0, 1).out(0.9996 * 30.0)).epsilon(1e-15));
    CHECK(plain.fee_at(0, 1, 30.0) == 0.0004);
    // A of the paper.
    CHECK(venue::amplification_of_paper(100.0, 2) == 200.0);
    CHECK(venue::amplification_of_paper(100.0, 4) == 6400.0);
}

// A of the paper multiplies n^n in A·n^n·S + D = A·D·n^n + D^(n+1)/(n^n·∏x).
TEST_CASE("stable: the paper's invariant") {
    const stable p{.coins = 3, .balances = {90.0, 110.0, 130.0}, .amplification = venue::amplification_of_paper(20.0, 3)};
    const double d = p.invariant();
    const double left = 20.0 * 27.0 * 330.0 + d;
    const double right = 20.0 * 27.0 * d + d * d * d * d / (27.0 * 90.0 * 110.0 * 130.0);
    CHECK(left == Approx(right).epsilon(1e-14));
}

TEST_CASE("stable: between a constant sum and a constant product") {
    for (std::size_t n = 2; n <= 8; ++n) {
        stable p{.coins = n};
        for (std::size_t k = 0; k < n; ++k) p.balances[k] = 1000.0;
        // Even coins are worth the same.
        for (const double a : {1e-12, 1.0, 100.0, 1e6, 1e12}) {
            p.amplification = a;
            CHECK(p.curve(0, 1).marginal(0.0).low == Approx(1.0).epsilon(1e-15));
            CHECK(p.invariant() == Approx(1000.0 * static_cast<double>(n)).epsilon(1e-15));
        }
        p.balances[0] = 400.0;
        p.balances[1] = 1300.0;
        p.amplification = 1e12;
        CHECK(p.curve(0, 1).out(700.0) == Approx(700.0).epsilon(1e-9));
        CHECK(p.curve(0, 1).out(2'000.0) == Approx(1300.0).epsilon(1e-6));
        CHECK(p.curve(1, 0).out(399.0) == Approx(399.0).epsilon(1e-8));
        // Flat, and then a cliff: the amount of a price between lies on it.
        for (const double price : {1.0 - 1e-9, 0.99, 0.5, 1e-3, 1e-9}) {
            const stable_curve c = p.curve(0, 1);
            const double x = c.inverse_marginal(price).low;
            CAPTURE(n, price, x);
            CHECK(x > 0.0);
            CHECK(c.marginal(x * (1.0 - 1e-15)).low >= price * (1.0 - 1e-13));
            CHECK(c.marginal(x * (1.0 + 1e-15)).low <= price * (1.0 + 1e-13));
        }
        // x·y = k, with the slope y/x.
        p.amplification = 1e-12;
        CHECK(p.curve(0, 1).out(700.0) == Approx(1300.0 * 700.0 / 1100.0).epsilon(1e-9));
        CHECK(p.curve(1, 0).out(700.0) == Approx(400.0 * 700.0 / 2000.0).epsilon(1e-9));
        CHECK(p.curve(0, 1).marginal(0.0).low == Approx(1300.0 / 400.0).epsilon(1e-9));
    }
}

TEST_CASE("stable: scales from 1e-12 to 1e30 give the same answer") {
    for (const double size : {1e-12, 1e-6, 1.0, 1e12, 1e30}) {
        const stable p{.coins = 3, .balances = {1e6 * size, 2e6 * size, 3e5 * size}, .amplification = 200.0, .fee = 0.0001};
        const stable one{.coins = 3, .balances = {1e6, 2e6, 3e5}, .amplification = 200.0, .fee = 0.0001};
        for (const double x : {1e-12, 1.0, 1e5, 1e9}) {
            CHECK(p.curve(2, 1).out(x * size) == Approx(size * one.curve(2, 1).out(x)).epsilon(1e-13).margin(0.0));
            CHECK(p.curve(2, 1).shortfall(x * size) == Approx(size * one.curve(2, 1).shortfall(x)).epsilon(1e-12).margin(0.0));
        }
    }
}

// Curve's stableswap-ng: `_dynamic_fee`, of the means of both balances before and after the trade.
TEST_CASE("stable: the fee that depends on the balances") {
    dice d{std::mt19937_64{6}};
    int convex = 0;
    for (int trial = 0; trial < 300; ++trial) {
        stable p = random_pool(d, trial % 2 == 0 ? 3.0 : 1e3);
        p.fee_from = venue::fee_side::output;
        p.fee = d.scale(1e-5, 1e-3);
        p.offpeg_fee_multiplier = d.scale(1.1, 20.0);
        REQUIRE_FALSE(p.validate());
        stable free = p;
        free.fee = 0.0;
        const std::size_t in = d.below(p.coins);
        const std::size_t out = (in + 1 + d.below(p.coins - 1)) % p.coins;
        const double m = p.offpeg_fee_multiplier;
        const auto formula = [&](double x) {
            const double w = free.curve(in, out).out(x);
            const double a = p.rates[in] * (p.balances[in] + 0.5 * x), b = p.rates[out] * (p.balances[out] - 0.5 * w);
            return m * p.fee / ((m - 1.0) * 4.0 * a * b / ((a + b) * (a + b)) + 1.0);
        };
        const double largest = p.balances[in] * d.scale(1e-3, 30.0);
        const stable_curve capped = p.curve(in, out, largest);
        const stable_curve endless = p.curve(in, out);
        CAPTURE(trial, in, out, m, largest);
        CHECK(p.fee_at(in, out, 0.0) == Approx(formula(0.0)).epsilon(1e-14));
        CHECK(p.fee_at(in, out, largest) == Approx(formula(largest)).epsilon(1e-12));
        CHECK(p.fee_at(in, out, 1e300) == Approx(m * p.fee).epsilon(1e-12));
        CHECK(capped.depth() == largest);
        CHECK(endless.depth() == infinity);
        double worst = 0.0;
        for (double share = 1.0 / 64.0; share <= 1.0; share += 1.0 / 64.0) {
            const double x = share * largest;
            const double paid = p.out(in, out, x);
            CHECK(paid == Approx((1.0 - formula(x)) * free.curve(in, out).out(x)).epsilon(1e-13));
            CHECK(capped.out(x) <= paid * (1.0 + 1e-14));
            CHECK(endless.out(x) <= capped.out(x) * (1.0 + 1e-14));
            worst = std::max(worst, 1.0 - capped.out(x) / paid);
            const double h = largest / 64.0;
            const double bend = p.out(in, out, x + h) - 2.0 * paid + p.out(in, out, x - h);
            if (bend > 1e-13 * paid && x > h) ++convex;
        }
        CHECK(worst <= (m - 1.0) * p.fee / (1.0 - m * p.fee));
        // It meets what is paid where the fee is highest.
        const double end = std::min(1.0 - capped.out(largest) / p.out(in, out, largest),
                                    1.0 - capped.out(1e-9 * largest) / p.out(in, out, 1e-9 * largest));
        CHECK(std::fabs(end) < 1e-8);
        // The end of the curve.
        CHECK(capped.out(2.0 * largest) == capped.out(largest));
        const double condition = capped.out(largest) / (capped.marginal(largest).high * largest);
        CHECK(capped.in(capped.out(largest)) == Approx(largest).epsilon(1e-13 + 8.0 * epsilon * condition));
        CHECK(capped.in(capped.out(largest)) <= largest);
        CHECK(capped.in(capped.out(largest) * (1.0 + 1e-9)) == infinity);
        CHECK(capped.excess(capped.out(largest) * (1.0 + 1e-9)) == infinity);
        const slope_interval last = capped.marginal(largest);
        CHECK(last.low == 0.0);
        CHECK(last.high == Approx(capped.marginal(largest * (1.0 - 1e-15)).low).epsilon(1e-9));
        CHECK(capped.inverse_marginal(last.high * 0.5).low == largest);
        CHECK(capped.inverse_marginal(0.0).high == largest);
        CHECK(capped.shortfall(2.0 * largest) == Approx(capped.shortfall(largest) + venue::spot(capped) * largest).epsilon(1e-12));
    }
    // What is paid is not concave: this is why the curve is another.
    CHECK(convex > 100);
    // At 1 and below the fee is fixed, and nothing is capped.
    stable p{.coins = 2, .balances = {10.0, 12.0}, .amplification = 100.0, .fee = 0.001, .offpeg_fee_multiplier = 0.0};
    CHECK(p.fee_at(0, 1, 5.0) == 0.001);
    CHECK(p.curve(0, 1, 3.0).depth() == infinity);
    p.offpeg_fee_multiplier = 2.0;
    CHECK(p.curve(0, 1, 3.0).depth() == 3.0);
    CHECK(p.curve(0, 1, 0.0).depth() == 0.0);
    CHECK(p.curve(0, 1, std::numeric_limits<double>::quiet_NaN()).depth() == 0.0);
}

TEST_CASE("stable: what is no pool, and named") {
    const stable good{.coins = 2, .balances = {10.0, 12.0}, .amplification = 100.0, .fee = 0.001};
    CHECK_FALSE(good.validate());
    const auto refused = [&](auto change) {
        stable p = good;
        change(p);
        const configuration_fault f = p.validate();
        REQUIRE(f);
        // Not valid, but safe to ask.
        const stable_curve c = p.curve(0, 1);
        CHECK(c.out(1.0) == 0.0);
        CHECK(c.in(1.0) == infinity);
        CHECK(c.in(0.0) == 0.0);
        CHECK(c.depth() == 0.0);
        CHECK(c.marginal(0.0).low == 0.0);
        CHECK(c.inverse_marginal(1.0).high == 0.0);
        CHECK(c.shortfall(1.0) == 0.0);
        CHECK(c.excess(1.0) == infinity);
        CHECK(p.out(0, 1, 1.0) == 0.0);
        CHECK(p.invariant() == 0.0);
        CHECK(p.apply(0, 1, 1.0) == 0.0);
        return std::string{f.parameter};
    };
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(refused([](stable& p) { p.coins = 1; }) == "stable.coins");
    CHECK(refused([](stable& p) { p.coins = 9; }) == "stable.coins");
    CHECK(refused([](stable& p) { p.balances[1] = 0.0; }) == "stable.balances");
    CHECK(refused([&](stable& p) { p.balances[0] = nan; }) == "stable.balances");
    CHECK(refused([](stable& p) { p.balances[0] = infinity; }) == "stable.balances");
    CHECK(refused([](stable& p) { p.rates[1] = -1.0; }) == "stable.rates");
    CHECK(refused([](stable& p) { p.amplification = 0.0; }) == "stable.amplification");
    CHECK(refused([](stable& p) { p.amplification = stable{}.amplification; }) == "stable.amplification");
    CHECK(refused([](stable& p) { p.fee = 1.0; }) == "stable.fee");
    CHECK(refused([&](stable& p) { p.fee = nan; }) == "stable.fee");
    CHECK(refused([](stable& p) { p.offpeg_fee_multiplier = -1.0; }) == "stable.offpeg_fee_multiplier");
    CHECK(refused([](stable& p) { p.offpeg_fee_multiplier = 1000.0; }) == "stable.offpeg_fee_multiplier");
    CHECK(refused([](stable& p) { p.offpeg_fee_multiplier = 2.0, p.fee_from = venue::fee_side::input; }) == "stable.offpeg_fee_multiplier");
    CHECK(refused([](stable& p) { p.admin_share = 1.5; }) == "stable.admin_share");
    // Coins that are not there, or the same.
    CHECK(good.curve(0, 0).out(1.0) == 0.0);
    CHECK(good.curve(0, 2).out(1.0) == 0.0);
    CHECK(good.curve(5, 1).in(1.0) == infinity);
    stable moved = good;
    CHECK(moved.apply(1, 1, 1.0) == 0.0);
    CHECK(moved.apply(0, 1, nan) == 0.0);
    CHECK(moved.apply(0, 1, infinity) == 0.0);
    CHECK(moved.balances[0] == good.balances[0]);
    // All of it: the pool is none any more.
    for (const venue::fee_side side : {venue::fee_side::input, venue::fee_side::output}) {
        stable drained = good;
        drained.fee_from = side;
        drained.admin_share = 1.0;
        CHECK(drained.apply(0, 1, 1e50) <= 12.0);
        CHECK(drained.balances[1] >= 0.0);
        CHECK(drained.balances[1] < 1e-14);
        (void)drained.apply(0, 1, 1e50);
        CHECK(drained.balances[1] >= 0.0);
    }
    CHECK(moved.balances[1] == good.balances[1]);
    // What one can ask of any venue, of this one too.
    const venue::any_curve any = good.curve(0, 1);
    CHECK(any.out(1.0) == good.curve(0, 1).out(1.0));
    const venue::quote q = venue::quote_in(good.curve(0, 1), 3.0);
    CHECK(q.in == 3.0);
    CHECK(q.out == good.curve(0, 1).out(3.0));
    CHECK(q.unfilled == 0.0);
    CHECK(venue::quote_out(good.curve(0, 1), 20.0).unfilled == 20.0);
}
