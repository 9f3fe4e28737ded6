#include <ballast/venue/weighted.hpp>

#include "support/catch.hpp"
#include "support/json.hpp"
#include "support/random_book.hpp"
#include "support/targets.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using venue::fee_side;
using venue::weighted;
using venue::weighted_curve;

static_assert(venue::shortfall_curve<weighted_curve> && venue::venue_model<weighted>);
static_assert(std::is_trivially_copyable_v<weighted_curve> && sizeof(weighted_curve) <= venue::any_curve::room);
static_assert(std::is_aggregate_v<weighted> && std::is_trivially_copyable_v<weighted>);

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
/// Conversions that widen stand out.
constexpr long double longer(double x) { return static_cast<long double>(x); }
constexpr long double longer(long double x) { return x; }
constexpr double epsilon = std::numeric_limits<double>::epsilon();

/// A pool of two tokens and its curve from the first to the second, with the same in 64 bits of mantissa by other formulas.
struct example {
    weighted pool{};
    weighted_curve curve{};
    long double scale = 0.0L, reach = 0.0L, w = 0.0L;

    explicit example(const weighted& p) : pool{p}, curve{p.curve(0, 1)} {
        const long double kept = 1.0L - longer(p.fee);
        scale = longer(p.balances[0]) / (p.fee_from == fee_side::input ? kept : 1.0L);
        reach = longer(p.balances[1]) * (p.fee_from == fee_side::input ? 1.0L : kept);
        w = longer(p.weights[0]) / longer(p.weights[1]);
    }
    template <class T>
    [[nodiscard]] long double out(T x) const {
        return -reach * std::expm1(-w * std::log1p(longer(x) / scale));
    }
    template <class T>
    [[nodiscard]] long double in(T y) const {
        return scale * std::expm1(std::log(reach / (reach - longer(y))) / w);
    }
    template <class T>
    [[nodiscard]] long double in_of_share(T v) const {
        return scale * std::expm1(-std::log1p(-longer(v)) / w);
    }
    template <class T>
    [[nodiscard]] long double slope(T x) const {
        return reach * w / scale * std::pow(1.0L + longer(x) / scale, -w - 1.0L);
    }
    /// (1 + z)^−a − 1 + a·z: the binomial series where it converges fast, elsewhere as it stands.
    [[nodiscard]] static long double second_order(long double z, long double a) {
        if ((a + 1.0L) * std::fabs(z) > 0.25L) return std::expm1(-a * std::log1p(z)) + a * z;
        long double term = 0.5L * a * (a + 1.0L) * z * z;
        long double sum = 0.0L;
        for (int k = 2; k < 60; ++k) {
            sum += term;
            term *= -z * (a + k) / (k + 1.0L);
        }
        return sum;
    }
    template <class T>
    [[nodiscard]] long double shortfall(T x) const {
        return reach * second_order(longer(x) / scale, w);
    }
    template <class T>
    [[nodiscard]] long double excess(T y) const {
        return scale * second_order(-longer(y) / reach, 1.0L / w);
    }
};

enum limits { with_limits, without_limits };
/// A valid pool: weights from 0.01 to 0.99, balances over 42 powers of ten.
weighted random_pool(ballast_test::dice& d, limits l) {
    weighted p{.tokens = 2};
    p.weights[0] = d.chance(0.3) ? 0.5 : d.chance(0.3) ? 0.01 + 0.98 * std::round(d.unit()) : d.between(0.01, 0.99);
    p.weights[1] = 1.0 - p.weights[0];
    p.balances[0] = d.scale(1e-12, 1e30);
    p.balances[1] = d.chance(0.5) ? p.balances[0] * d.scale(1e-4, 1e4) : d.scale(1e-12, 1e30);
    p.fee = d.chance(0.3) ? 0.0 : d.scale(1e-6, 0.1);
    p.fee_from = d.chance(0.5) ? fee_side::input : fee_side::output;
    if (l == without_limits) {
        p.max_in_ratio = infinity;
        p.max_out_ratio = 1.0;
    }
    return p;
}

double error(double got, long double wanted) {
    if (wanted == 0.0L) return got == 0.0 ? 0.0 : infinity;
    return static_cast<double>(std::fabs((longer(got) - wanted) / wanted));
}
}  // namespace

TEST_CASE("weighted: errors against more digits, from 1e-18 to 1e3 of the reserve") {
    ballast_test::dice d{1};
    double of_out = 0.0, of_in = 0.0, of_slope = 0.0, of_shortfall = 0.0, of_excess = 0.0;
    for (int trial = 0; trial < 30'000; ++trial) {
        const example e{random_pool(d, without_limits)};
        const auto w = static_cast<double>(e.w);
        const double t = d.scale(1e-18, 1e3);
        const auto x = static_cast<double>(longer(t) * e.scale);
        // How far the pool moves: the errors of a power grow with its logarithm.
        const double far = 1.0 + (w + 1.0) * std::log1p(t);
        of_out = std::max(of_out, error(e.curve.out(x), e.out(x)));
        of_shortfall = std::max(of_shortfall, error(e.curve.shortfall(x), e.shortfall(x)));
        if (e.slope(x) > 1e-290L) of_slope = std::max(of_slope, error(e.curve.marginal(x).low, e.slope(x)) / far);
        // The other way, up to 0.999 of what there is: the reach itself is rounded where a fee comes off it.
        const double share = d.chance(0.3) ? 1.0 - d.scale(1e-3, 1.0) : d.scale(1e-18, 0.9);
        const double rise = 1.0 - std::log1p(-share) / w;
        if (rise > 600.0 || (e.pool.fee_from == fee_side::output && share > 0.9)) continue;
        const auto y = static_cast<double>(longer(share) * e.reach);
        of_in = std::max(of_in, error(e.curve.in(y), share < 0.5 ? e.in_of_share(longer(y) / e.reach) : e.in(y)) / rise);
        of_excess = std::max(of_excess, error(e.curve.excess(y), e.excess(y)) / rise);
    }
    CHECK(of_out < 1e-15);
    CHECK(of_in < 1e-15);
    CHECK(of_slope < 1e-15);
    CHECK(of_shortfall < 5e-14);
    CHECK(of_excess < 5e-14);
}

TEST_CASE("weighted: figures of 40 digits") {
    // By Python's decimal numbers: a pool of 80/20.
    const weighted p{
        .tokens = 2, .balances = {29401141.0, 605.0}, .weights = {0.8, 0.2}, .fee = 0.0, .max_in_ratio = infinity, .max_out_ratio = 1.0};
    struct row {
        double x, out, shortfall;
    };
    const weighted_curve c = p.curve(0, 1);
    for (const row& r : {
             row{1e-11, 8.23097307686120022187e-16, 6.99885514380309230624e-34},
             row{1.0, 8.23097237697573395597e-5, 6.99885466770900366521e-12},
             row{1000.0, 8.23027323895339857123e-2, 6.99837907802155637309e-6},
             row{229696.4, 1.85426780125827355672e+1, 3.63570829936675020060e-1},
             row{250000.0, 2.01473340085990900856e+1, 4.30098683553911731621e-1},
             row{8800000.0, 3.92721126051763018327e+2, 3.31604504712022645638e+2},
             row{29000000000.0, 6.04999999999363410007e+2, 2.38637719228974884738e+6},
         }) {
        CAPTURE(r.x);
        CHECK(c.out(r.x) == Approx(r.out).epsilon(1e-15));
        CHECK(c.shortfall(r.x) == Approx(r.shortfall).epsilon(5e-14));
        CHECK(c.in(r.out) == Approx(r.x).epsilon(r.x < 1e9 ? 1e-14 : 1e-2));
    }
}

TEST_CASE("weighted: out and in are inverse") {
    ballast_test::dice d{2};
    double there_and_back = 0.0, back_and_there = 0.0;
    for (int trial = 0; trial < 20'000; ++trial) {
        const example e{random_pool(d, trial % 2 == 0 ? with_limits : without_limits)};
        const auto w = static_cast<double>(e.w);
        const double t = d.scale(1e-18, trial % 2 == 0 ? 0.3 : 1e3);
        const double x = std::min(static_cast<double>(longer(t) * e.scale), e.curve.depth());
        const double y = e.curve.out(x);
        const double left = static_cast<double>((e.reach - longer(y)) / e.reach);
        const double rise = 1.0 - std::log(std::max(left, 1e-300)) / w;
        // Where little is left of the reserve, the last bit of y is worth much of x.
        if (left > 1e-6) there_and_back = std::max(there_and_back, std::fabs(e.curve.in(y) / x - 1.0) / (rise + 1.0 / (w * left)));
        const double asked = std::min(d.scale(1e-18, 0.999) * static_cast<double>(e.reach), e.curve.out(e.curve.depth()));
        const double needed = e.curve.in(asked);
        if (needed < 1e300) back_and_there = std::max(back_and_there, std::fabs(e.curve.out(needed) / asked - 1.0));
        CHECK(e.curve.in(e.curve.out(e.curve.depth())) == e.curve.depth());
    }
    CHECK(there_and_back < 2e-15);
    CHECK(back_and_there < 5e-15);
}

TEST_CASE("weighted: rising, concave, with the slopes that it tells") {
    ballast_test::dice d{3};
    double worst = 0.0;
    for (int trial = 0; trial < 3'000; ++trial) {
        const example e{random_pool(d, trial % 2 == 0 ? with_limits : without_limits)};
        const weighted_curve& c = e.curve;
        std::vector<double> xs{0.0};
        for (int k = 0; k < 12; ++k) xs.push_back(std::min(d.scale(1e-9, 1e3) * static_cast<double>(e.scale), c.depth()));
        std::sort(xs.begin(), xs.end());
        for (std::size_t k = 1; k < xs.size(); ++k) {
            const double a = xs[k - 1], b = xs[k];
            CHECK(c.out(a) <= c.out(b));
            CHECK(c.out(b) < e.pool.balances[1] * (1.0 + epsilon));
            CHECK(c.marginal(a).low >= c.marginal(b).low);
            if (b - a <= 1e-3 * b || c.out(a) >= (1.0 - 1e-9) * static_cast<double>(e.reach)) continue;
            // Between its ends it rises by no more than the slope on the left says, and no less than that on the right; the rise comes from
            // the longer numbers, where two of the curve's would cancel.
            const auto rise = static_cast<double>((e.out(b) - e.out(a)) / (longer(b) - longer(a)));
            CHECK(rise <= c.marginal(a).low * (1.0 + 1e-12));
            CHECK(rise >= c.marginal(b).high * (1.0 - 1e-12));
            const long double h = 1e-5L * longer(b);
            if (longer(b) + h <= longer(c.depth()) && c.out(b) < 0.999 * static_cast<double>(e.reach))
                worst = std::max(worst, error(c.marginal(b).low, (e.out(longer(b) + h) - e.out(longer(b) - h)) / (2.0L * h)) /
                                            std::pow(2.0 + static_cast<double>(e.w), 2.0));
        }
    }
    CHECK(worst < 1e-9);
}

TEST_CASE("weighted: the answer to a price satisfies it, and is the best") {
    ballast_test::dice d{4};
    double worst = 0.0;
    for (int trial = 0; trial < 10'000; ++trial) {
        const example e{random_pool(d, trial % 2 == 0 ? with_limits : without_limits)};
        const weighted_curve& c = e.curve;
        const double spot = venue::spot(c);
        const double p = spot * (d.chance(0.3) ? 1.0 - d.scale(1e-15, 1e-3) : d.scale(1e-6, 3.0));
        const venue::amount_interval best = c.inverse_marginal(p);
        REQUIRE(best.low == best.high);
        REQUIRE(best.low >= 0.0);
        REQUIRE(best.low <= c.depth());
        const slope_interval slopes = c.marginal(best.low);
        const double tolerance = 1e-15 * (4.0 + std::fabs(std::log(p / spot)));
        CHECK(p >= slopes.low * (1.0 - tolerance));
        CHECK(p <= slopes.high * (1.0 + tolerance));
        // No other amount gains more, in longer numbers.
        const auto gain = [&](double x) { return e.out(x) - longer(p) * longer(x); };
        for (const double other :
             {0.0, best.low * d.between(0.5, 1.0), best.low * d.between(1.0, 2.0), static_cast<double>(e.scale) * d.scale(1e-12, 1e3)})
            if (other <= c.depth())
                worst = std::max(worst, static_cast<double>((gain(other) - gain(best.low)) / (e.out(best.low) + e.out(other) + 1e-300L)));
    }
    CHECK(worst < 1e-15);
}

TEST_CASE("weighted: nothing, the depth and beyond") {
    weighted p{.tokens = 2, .balances = {100.0, 50.0}, .weights = {0.8, 0.2}, .fee = 0.01};
    REQUIRE_FALSE(p.validate());
    const weighted_curve by_out = p.curve(0, 1);  // 30 % of the second token go out long before 30 % of the first come in
    CHECK(by_out.out(by_out.depth()) == Approx(15.0).epsilon(1e-14));
    CHECK(by_out.depth() < 10.0);
    p.max_out_ratio = 1.0;
    const weighted_curve c = p.curve(0, 1);
    CHECK(c.depth() == Approx(0.3 * 100.0 / 0.99).epsilon(1e-15));
    CHECK(venue::spot(c) == Approx(50.0 * 4.0 * 0.99 / 100.0).epsilon(1e-15));
    CHECK(c.out(0.0) == 0.0);
    CHECK(c.in(0.0) == 0.0);
    CHECK(c.shortfall(0.0) == 0.0);
    CHECK(c.excess(0.0) == 0.0);
    CHECK(c.marginal(0.0).low == venue::spot(c));
    CHECK(c.marginal(0.0).high == infinity);
    const double depth = c.depth();
    const double most = c.out(depth);
    CHECK(most == Approx(50.0 * (1.0 - std::pow(1.3, -4.0))).epsilon(1e-14));
    CHECK(c.out(2.0 * depth) == most);
    CHECK(c.out(infinity) == most);
    CHECK(c.in(most) == depth);
    CHECK(c.in(std::nextafter(most, infinity)) == infinity);
    CHECK(c.excess(most) == Approx(depth - most / venue::spot(c)).epsilon(1e-13));
    CHECK(c.excess(2.0 * most) == infinity);
    CHECK(c.shortfall(2.0 * depth) == Approx(2.0 * depth * venue::spot(c) - most).epsilon(1e-13));
    CHECK(c.marginal(depth).low == 0.0);
    CHECK(c.marginal(depth).high == Approx(venue::spot(c) * std::pow(1.3, -5.0)).epsilon(1e-13));
    CHECK(c.marginal(2.0 * depth).high == 0.0);
    CHECK(c.inverse_marginal(0.0).low == depth);
    CHECK(c.inverse_marginal(-1.0).high == depth);
    CHECK(c.inverse_marginal(c.marginal(depth).high * 0.999).low == depth);
    CHECK(c.inverse_marginal(venue::spot(c)).high == 0.0);
    CHECK(c.inverse_marginal(infinity).high == 0.0);
    const venue::quote beyond = venue::quote_in(c, depth + 1.0);
    CHECK(beyond.in == depth);
    CHECK(beyond.unfilled == Approx(1.0));
    CHECK(beyond.price_after == 0.0);
    // Without limits it only flattens.
    p.max_in_ratio = infinity;
    const weighted_curve flat = p.curve(0, 1);
    CHECK(flat.depth() == infinity);
    CHECK(flat.out(infinity) == 50.0);
    CHECK(flat.in(50.0) == infinity);
    CHECK(flat.in(51.0) == infinity);
    CHECK(flat.in(std::nextafter(50.0, 0.0)) < infinity);
    CHECK(flat.excess(50.0) == infinity);
    CHECK(flat.shortfall(infinity) == infinity);
    CHECK(flat.inverse_marginal(0.0).low == infinity);
    CHECK(flat.marginal(infinity).high == 0.0);
    CHECK(venue::quote_out(flat, 50.0).unfilled == 50.0);
    // In another place it says the same.
    const venue::any_curve any = c;
    CHECK(any.out(3.0) == c.out(3.0));
    CHECK(any.in(3.0) == c.in(3.0));
    CHECK(any.shortfall(3.0) == c.shortfall(3.0));
    CHECK(any.excess(3.0) == c.excess(3.0));
    CHECK(any.depth() == c.depth());
}

TEST_CASE("weighted: a side that is empty, the same token, no such token") {
    weighted p{.tokens = 3, .balances = {100.0, 0.0, 7.0}, .weights = {0.4, 0.3, 0.3}};
    REQUIRE_FALSE(p.validate());
    for (const auto& c : {p.curve(0, 1), p.curve(1, 0), p.curve(0, 0), p.curve(0, 3), p.curve(9, 0), weighted_curve{}}) {
        CHECK(c.depth() == 0.0);
        CHECK(c.out(1.0) == 0.0);
        CHECK(c.in(0.0) == 0.0);
        CHECK(c.in(1.0) == infinity);
        CHECK(c.excess(1.0) == infinity);
        CHECK(c.shortfall(1.0) == 0.0);
        CHECK(c.marginal(0.0).low == 0.0);
        CHECK(c.marginal(0.0).high == infinity);
        CHECK(c.marginal(1.0).high == 0.0);
        CHECK(c.inverse_marginal(0.5).high == 0.0);
        CHECK(c.inverse_marginal(0.0).high == 0.0);
    }
    CHECK(p.apply(0, 1, 5.0) == 0.0);
    CHECK(p.apply(0, 0, 5.0) == 0.0);
    CHECK(p.apply(0, 2, -5.0) == 0.0);
    CHECK(p.apply(0, 2, std::numeric_limits<double>::quiet_NaN()) == 0.0);
    weighted unbounded = p;
    unbounded.max_in_ratio = infinity;
    unbounded.max_out_ratio = 1.0;
    CHECK(unbounded.apply(0, 2, infinity) == 0.0);
    CHECK(unbounded.balances[0] == 100.0);
    weighted bounded = p;
    CHECK(bounded.apply(0, 2, infinity) == p.curve(0, 2).out(infinity));
    CHECK(bounded.balances[0] == 100.0 + p.curve(0, 2).depth());
    CHECK(std::isnan(p.curve(0, 2).out(std::numeric_limits<double>::quiet_NaN())));
    CHECK(p.balances[0] == 100.0);
    CHECK(p.apply(0, 2, 5.0) > 0.0);
    CHECK(p.balances[0] == 105.0);
}

TEST_CASE("weighted: without a fee two trades are one; the invariant never falls") {
    ballast_test::dice d{5};
    double apart = 0.0, fall = 0.0;
    for (int trial = 0; trial < 10'000; ++trial) {
        weighted p = random_pool(d, without_limits);
        // More tokens, up to eight.
        p.tokens = 2 + static_cast<std::size_t>(d.unit() * 7.0);
        double sum = 0.0;
        for (std::size_t i = 0; i < p.tokens; ++i) sum += p.weights[i] = d.between(0.01, 1.0);
        for (std::size_t i = 0; i < p.tokens; ++i) p.weights[i] /= sum;
        for (std::size_t i = 2; i < p.tokens; ++i) p.balances[i] = p.balances[0] * d.scale(1e-3, 1e3);
        REQUIRE_FALSE(p.validate());
        const auto in = static_cast<std::size_t>(d.unit() * static_cast<double>(p.tokens));
        const std::size_t out = (in + 1) % p.tokens;
        const double x1 = p.balances[in] * d.scale(1e-9, 10.0);
        const double x2 = p.balances[in] * d.scale(1e-9, 10.0);
        const auto log_invariant = [&](const weighted& q) {
            return longer(q.weights[in]) * std::log(longer(q.balances[in])) + longer(q.weights[out]) * std::log(longer(q.balances[out]));
        };
        weighted after = p;
        const double y1 = after.apply(in, out, x1);
        CHECK(after.balances[in] == p.balances[in] + x1);
        CHECK(after.balances[out] == p.balances[out] - y1);
        const double left = after.balances[out] / p.balances[out];
        if (left > 1e-3) fall = std::max(fall, static_cast<double>(log_invariant(p) - log_invariant(after)) * left);
        if (p.fee >= 1e-3 && x1 > 1e-6 * p.balances[in] && left > 1e-3) CHECK(log_invariant(after) > log_invariant(p));
        weighted once = p, twice = p;
        once.fee = twice.fee = 0.0;
        const double all = once.apply(in, out, x1 + x2);
        const double first = twice.apply(in, out, x1);
        apart = std::max(apart, std::fabs(first + twice.apply(in, out, x2) - all) / (p.balances[out] + all));
        // There and back brings no more than was there, but for what rounding the balances is worth.
        weighted round = p;
        const double rounding = epsilon * after.balances[in] * (1.0 + p.weights[out] / (p.weights[in] * left));
        CHECK(round.apply(out, in, round.apply(in, out, x1)) <= x1 + rounding);
    }
    CHECK(apart < 1e-15);
    CHECK(fall < 1e-15);
}

TEST_CASE("weighted: all pairs of a pool, with both sides of the fee") {
    // Price of the first unit: balance out·weight in/(balance in·weight out)·(1 − fee) on either side.
    for (const fee_side side : {fee_side::input, fee_side::output}) {
        weighted p{.tokens = 4, .balances = {100.0, 200.0, 3.0, 1e6}, .weights = {0.1, 0.2, 0.3, 0.4}, .fee = 0.02, .fee_from = side};
        REQUIRE_FALSE(p.validate());
        for (std::size_t i = 0; i < 4; ++i)
            for (std::size_t j = 0; j < 4; ++j) {
                if (i == j) continue;
                const weighted_curve c = p.curve(i, j);
                CHECK(venue::spot(c) == Approx(0.98 * p.balances[j] / p.weights[j] * p.weights[i] / p.balances[i]).epsilon(1e-14));
                const double x = 0.05 * p.balances[i];
                const double ratio = p.weights[i] / p.weights[j];
                const double expected = side == fee_side::input ? p.balances[j] * (1.0 - std::pow(1.0 / (1.0 + 0.98 * 0.05), ratio))
                                                                : 0.98 * p.balances[j] * (1.0 - std::pow(1.0 / 1.05, ratio));
                CHECK(c.out(x) == Approx(expected).epsilon(1e-13));
            }
    }
    // With the fee of what comes out a limit in what comes out is that before the fee.
    const weighted p{.tokens = 2, .balances = {100.0, 50.0}, .weights = {0.8, 0.2}, .fee = 0.1, .fee_from = fee_side::output};
    CHECK(p.curve(0, 1).out(infinity) == Approx(0.3 * 0.9 * 50.0));
}

TEST_CASE("weighted: equal weights are a constant product") {
    ballast_test::dice d{6};
    for (int trial = 0; trial < 1'000; ++trial) {
        const double a = d.scale(1e-6, 1e12), b = d.scale(1e-6, 1e12), fee = d.scale(1e-5, 0.1);
        const weighted p{
            .tokens = 2, .balances = {a, b}, .weights = {0.5, 0.5}, .fee = fee, .max_in_ratio = infinity, .max_out_ratio = 1.0};
        const double x = a * d.scale(1e-9, 1e3);
        const double after_fee = x * (1.0 - fee);
        CHECK(p.curve(0, 1).out(x) == Approx(b * after_fee / (a + after_fee)).epsilon(2e-15));
        CHECK(p.curve(0, 1).shortfall(x) == Approx(b / a * after_fee * (after_fee / (a + after_fee))).epsilon(1e-13));
    }
}

TEST_CASE("weighted: figures of other systems (defi_cases.json)") {
    const test::json all = test::reference("defi_cases.json");
    if (!all.is(test::json::kind::list)) return;
    {
        const test::json& c = all.by_id("balw-max-in");
        const weighted p{.tokens = 2, .balances = {20'000.0, 10'000.0}, .weights = {0.5, 0.5}};
        CHECK(c["input"]["amount_in"].text() == "6000e18");
        CHECK(p.curve(0, 1).depth() == Approx(6'000.0).epsilon(1e-15));
        CHECK(p.curve(0, 1).out(6'000.0) == Approx(c["expected"]["real_valued"].number() / 1e18).epsilon(1e-15));
    }
    {
        const test::json& c = all.by_id("balw-max-out");
        const weighted p{.tokens = 2, .balances = {20'000.0, 10'000.0}, .weights = {0.5, 0.5}, .max_in_ratio = infinity};
        CHECK(p.curve(0, 1).in(3'000.0 * (1.0 - 1e-15)) == Approx(c["expected"]["real_valued"].number() / 1e18).epsilon(1e-14));
        CHECK(p.curve(0, 1).in(3'000.0 * (1.0 + 1e-15)) == infinity);
    }
    {
        const test::json& c = all.by_id("balw-mainnet-sdveCRV");
        const test::json& in = c["input"];
        const weighted p{.tokens = 2,
                         .balances = {in["balance_in"].number() / 1e18, in["balance_out"].number() / 1e18},
                         .weights = {in["weight_in"].number(), in["weight_out"].number()},
                         .fee = in["fee"].number()};
        REQUIRE_FALSE(p.validate());
        CHECK(p.curve(0, 1).out(in["amount_in"].number() / 1e18) == Approx(c["expected"]["amount_out"].number() / 1e18).epsilon(1e-9));
    }
    {
        const test::json& c = all.by_id("balw-out-extreme-.00769");
        const test::json& in = c["input"];
        const weighted_curve curve{in["balance_in"].number(), in["balance_out"].number(), in["weight_in"].number(),
                                   in["weight_out"].number()};
        CHECK(curve.out(in["amount_in"].number()) == Approx(c["expected"]["amount_out"].number()).epsilon(1e-12));
    }
}

TEST_CASE("weighted: what is no pool is refused, and named") {
    const weighted good{.tokens = 2, .balances = {1.0, 2.0}, .weights = {0.5, 0.5}};
    REQUIRE_FALSE(good.validate());
    const auto refusal = [&](auto change) {
        weighted p = good;
        change(p);
        return test::refusal(p);
    };
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK_THAT(refusal([](weighted& p) { p.tokens = 1; }), ContainsSubstring("weighted.tokens = 1"));
    CHECK_THAT(refusal([](weighted& p) { p.tokens = 9; }), ContainsSubstring("weighted.tokens = 9"));
    CHECK_THAT(refusal([](weighted& p) { p.balances[1] = -1.0; }), ContainsSubstring("weighted.balances = -1"));
    CHECK_THAT(refusal([](weighted& p) { p.balances[1] = infinity; }), ContainsSubstring("weighted.balances = inf"));
    CHECK_THAT(refusal([&](weighted& p) { p.balances[0] = nan; }), ContainsSubstring("weighted.balances = "));
    CHECK_THAT(refusal([](weighted& p) { p.weights[0] = 0.0; }), ContainsSubstring("weighted.weights = 0"));
    CHECK_THAT(refusal([](weighted& p) { p.weights[0] = 1.0; }), ContainsSubstring("weighted.weights = 1"));
    CHECK_THAT(refusal([&](weighted& p) { p.weights[0] = nan; }), ContainsSubstring("weighted.weights = "));
    CHECK_THAT(refusal([](weighted& p) { p.weights[0] = 0.5 + 2e-9; }), ContainsSubstring("must have the sum 1"));
    CHECK(refusal([](weighted& p) { p.weights[0] = 0.5 + 0.5e-9; }).empty());
    CHECK_THAT(refusal([](weighted& p) { p.fee = 1.0; }), ContainsSubstring("weighted.fee = 1"));
    CHECK_THAT(refusal([](weighted& p) { p.fee = -0.1; }), ContainsSubstring("weighted.fee = -0.1"));
    CHECK_THAT(refusal([&](weighted& p) { p.fee = nan; }), ContainsSubstring("weighted.fee = "));
    CHECK_THAT(refusal([](weighted& p) { p.max_in_ratio = 0.0; }), ContainsSubstring("weighted.max_in_ratio = 0"));
    CHECK_THAT(refusal([&](weighted& p) { p.max_in_ratio = nan; }), ContainsSubstring("weighted.max_in_ratio = "));
    CHECK_THAT(refusal([](weighted& p) { p.max_out_ratio = 1.1; }), ContainsSubstring("weighted.max_out_ratio = 1.1"));
    CHECK_THAT(refusal([](weighted& p) { p.max_out_ratio = 0.0; }), ContainsSubstring("weighted.max_out_ratio = 0"));
    CHECK(refusal([](weighted& p) { p.max_in_ratio = infinity; }).empty());
    CHECK(refusal([](weighted& p) { p.max_out_ratio = 1.0; }).empty());
}
