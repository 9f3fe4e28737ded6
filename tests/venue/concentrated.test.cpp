#include <ballast/venue/concentrated.hpp>

#include "support/catch.hpp"
#include "support/json.hpp"
#include "support/random_book.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <span>
#include <string>
#include <vector>

// Concentrated liquidity in doubles. The second method: the trade walked range by range in 113 bits.

using namespace ballast;
using namespace ballast::venue;

namespace {

__extension__ typedef __float128 quad;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double eps = std::numeric_limits<double>::epsilon();
constexpr quad q(double x) { return static_cast<quad>(x); }
constexpr quad bit = q(eps);

static_assert(shortfall_curve<concentrated_curve> && venue_model<concentrated>);
static_assert(sizeof(concentrated_curve) <= any_curve::room && std::is_trivially_copyable_v<concentrated_curve>);

// In the compiler: 1.5 → 1.5/(1 + 0.15).
constexpr double compiled = [] {
    std::array<concentrated_edge, 2> edges{{{.sqrt_price = 1.0, .liquidity = 10.0}, {.sqrt_price = 2.0}}};
    concentrated::prepare(edges);
    return concentrated{.edges = edges, .sqrt_price = 1.5}.curve(0, 1).out(1.0);
}();
static_assert(compiled > 1.9565217 && compiled < 1.9565218);

/// A pool with its edges.
struct pool {
    std::vector<concentrated_edge> edges{};
    double sqrt_price = 1.0;
    double fee = 0.0;

    [[nodiscard]] concentrated made() {
        concentrated::prepare(edges);
        return {.edges = edges, .sqrt_price = sqrt_price, .fee = fee};
    }
};

/// One direction of it, walked.
class walk {
public:
    walk(const pool& p, bool up) : keep_{q(1.0 - p.fee)}, up_{up} {
        const auto& e = p.edges;
        for (std::size_t k = 0; k + 1 < e.size(); ++k) {
            const double low = up ? std::max(e[k].sqrt_price, p.sqrt_price) : e[k].sqrt_price;
            const double high = up ? e[k + 1].sqrt_price : std::min(e[k + 1].sqrt_price, p.sqrt_price);
            if (low < high && e[k].liquidity > 0.0) ranges_.push_back({q(up ? low : high), q(up ? high : low), q(e[k].liquidity)});
        }
        if (!up) std::reverse(ranges_.begin(), ranges_.end());
    }

    struct answer {
        quad out = 0, price_before = 0, price = 0, missed = 0;  // missed: spot·x − out
    };
    [[nodiscard]] answer after(quad x) const {
        answer a;
        if (ranges_.empty()) return a;
        quad z = x * keep_;
        const quad spot = slope(ranges_[0].from);
        a.price = a.price_before = spot * keep_;
        for (const range& r : ranges_) {
            if (z <= 0) break;
            const quad whole = in_of(r);
            const quad part = z < whole ? z : whole;
            const quad t = part * root(r.from) / r.liquidity;
            const quad y = slope(r.from) * part / (1 + t);
            a.out += y;
            a.missed += part * (spot - slope(r.from) + slope(r.from) * (t / (1 + t)));  // spot·part − y, which 113 bits do not always hold
            const quad end = root(r.from) / (1 + t);
            a.price = end * end * keep_;
            z -= part;
        }
        a.missed += spot * (z > 0 ? z : 0);
        return a;
    }
    /// A y a little above all that there is lengthens the last range.
    [[nodiscard]] quad into(quad y) const {
        quad x = 0;
        for (const range& r : ranges_) {
            if (y <= 0) break;
            const quad whole = r.liquidity * (root(r.from) - root(r.to));
            const quad part = y < whole || &r == &ranges_.back() ? y : whole;
            const quad to = root(r.from) - part / r.liquidity;
            x += part / (root(r.from) * to);
            y -= part;
        }
        return x / keep_;
    }
    /// All that goes in, and comes out.
    /// @{
    [[nodiscard]] quad depth() const {
        quad x = 0;
        for (const range& r : ranges_) x += in_of(r);
        return x / keep_;
    }
    [[nodiscard]] quad out_depth() const {
        quad y = 0;
        for (const range& r : ranges_) y += r.liquidity * (root(r.from) - root(r.to));
        return y;
    }
    /// @}
    [[nodiscard]] double spot() const { return ranges_.empty() ? 0.0 : static_cast<double>(slope(ranges_.front().from) * keep_); }
    [[nodiscard]] double last() const { return ranges_.empty() ? 0.0 : static_cast<double>(slope(ranges_.back().to) * keep_); }
    [[nodiscard]] std::size_t size() const { return ranges_.size(); }

private:
    struct range {
        quad from, to, liquidity;
    };
    [[nodiscard]] quad root(quad p) const { return up_ ? 1 / p : p; }
    [[nodiscard]] quad slope(quad p) const { return root(p) * root(p); }
    [[nodiscard]] quad in_of(const range& r) const {
        const quad width = r.from > r.to ? r.from - r.to : r.to - r.from;
        return up_ ? r.liquidity * width : r.liquidity * width / (r.from * r.to);
    }
    quad keep_;
    bool up_;
    std::vector<range> ranges_{};
};

/// Few edges or many, wide or narrow, gaps, prices and liquidity of any size; the price within a range, on an edge, or at an end.
pool random_pool(ballast_test::dice& d) {
    pool p;
    const std::size_t n = 2 + (d.chance(0.5) ? d.below(5) : d.below(60));
    const double narrow = d.scale(1e-6, 0.3);
    double at = d.scale(1e-9, 1e9);
    const double money = d.scale(1e-12, 1e30);
    for (std::size_t k = 0; k < n; ++k) {
        const bool gap = k + 1 == n || d.chance(0.2);
        p.edges.push_back({.sqrt_price = at, .liquidity = gap ? 0.0 : money * d.scale(1e-3, 1e3)});
        at *= 1.0 + narrow * d.scale(0.1, d.chance(0.1) ? 100.0 : 3.0);
    }
    const std::size_t here = d.below(n);
    p.sqrt_price = p.edges[here].sqrt_price;
    if (here + 1 < n && d.chance(0.8))
        p.sqrt_price = std::min(d.between(p.sqrt_price, p.edges[here + 1].sqrt_price), p.edges[here + 1].sqrt_price);
    p.fee = d.chance(0.2) ? 0.0 : d.scale(1e-5, 0.3);
    return p;
}

/// From 1e-18 of the depth to all of it, and the ends of ranges.
std::vector<double> sizes_of(ballast_test::dice& d, const concentrated_curve& c, const pool& p, bool up) {
    std::vector<double> x;
    for (int k = 0; k < 8; ++k) x.push_back(c.depth() * d.scale(1e-18, 1.0));
    for (int k = 0; k < 3; ++k) x.push_back(c.depth() * d.unit());
    for (int k = 0; k < 4; ++k) {  // to an edge, and a little beyond
        const double edge = p.edges[d.below(p.edges.size())].sqrt_price;
        if (up ? edge <= p.sqrt_price : edge >= p.sqrt_price) continue;
        const double price = (1.0 - p.fee) * (up ? 1.0 / (edge * edge) : edge * edge);
        const double there = c.inverse_marginal(price).low;
        x.insert(x.end(), {there, std::nextafter(there, infinity), there * (1.0 + d.scale(1e-14, 1e-3))});
    }
    x.push_back(c.depth());
    std::erase_if(x, [&](double v) { return !(v >= 1e-18 * c.depth() && v <= c.depth()); });
    return x;
}

/// Whether v lies between two values, of any order, within a relative tolerance.
bool between(double v, quad a, quad b, double tolerance) {
    const quad low = a < b ? a : b;
    const quad high = a < b ? b : a;
    return q(v) >= low - q(tolerance) * low && q(v) <= high + q(tolerance) * high;
}

}  // namespace

TEST_CASE("concentrated: one range is a constant product of the virtual reserves") {
    const double liquidity = 1e6;
    pool p{{{.sqrt_price = 1e-9, .liquidity = liquidity}, {.sqrt_price = 1e9}}, 3.0, 0.003};
    const concentrated v = p.made();
    REQUIRE_FALSE(v.validate());
    const double r0 = liquidity / 3.0;
    const double r1 = liquidity * 3.0;
    for (const double x : {1e-9, 1.0, 1e3, 1e6, 1e9}) {
        const double z = 0.997 * x;
        CHECK(v.curve(0, 1).out(x) == Approx(r1 * z / (r0 + z)).epsilon(1e-14));
        CHECK(v.curve(1, 0).out(x) == Approx(r0 * z / (r1 + z)).epsilon(1e-14));
        CHECK(v.curve(0, 1).marginal(x).low == Approx(0.997 * r1 * r0 / ((r0 + z) * (r0 + z))).epsilon(1e-14));
    }
    CHECK(spot(v.curve(0, 1)) == Approx(0.997 * 9.0).epsilon(1e-15));
    CHECK(spot(v.curve(1, 0)) == Approx(0.997 / 9.0).epsilon(1e-15));
    CHECK(v.liquidity() == liquidity);
}

TEST_CASE("concentrated: a gap by hand, both ways") {
    pool p{{{.sqrt_price = 1.0, .liquidity = 10.0}, {.sqrt_price = 2.0}, {.sqrt_price = 4.0, .liquidity = 8.0}, {.sqrt_price = 8.0}},
           1.5,
           0.0};
    concentrated v = p.made();
    REQUIRE_FALSE(v.validate());
    const auto up = v.curve(1, 0);  // 10·0.5 to the gap, then 8·4
    CHECK(up.depth() == 37.0);
    CHECK(up.out(5.0) == Approx(10.0 * (1.0 / 1.5 - 0.5)).epsilon(1e-15));
    CHECK(up.out(37.0) == Approx(10.0 * (1.0 / 1.5 - 0.5) + 8.0 * (0.25 - 0.125)).epsilon(1e-15));
    CHECK(up.out(1e9) == up.out(37.0));
    CHECK(up.marginal(5.0).low == 1.0 / 16.0);
    CHECK(up.marginal(5.0).high == 1.0 / 4.0);
    for (const double price : {1.0 / 16.0, 0.1, 0.2, 0.25}) {
        CHECK(up.inverse_marginal(price).low == 5.0);
        CHECK(up.inverse_marginal(price).high == 5.0);
    }
    CHECK(up.marginal(37.0).low == 0.0);
    CHECK(up.marginal(37.0).high == 1.0 / 64.0);
    CHECK(up.marginal(38.0).high == 0.0);
    CHECK(up.inverse_marginal(1.0 / 65.0).low == 37.0);
    CHECK(up.inverse_marginal(0.0).high == 37.0);
    CHECK(up.inverse_marginal(0.5).high == 0.0);
    CHECK(up.in(up.out(5.0)) == 5.0);
    CHECK(up.in(up.out(37.0)) == 37.0);
    CHECK(up.in(up.out(37.0) * 1.001) == infinity);
    CHECK(up.sqrt_price_after(5.0) == 2.0);
    CHECK(up.sqrt_price_after(6.0) == 4.125);
    CHECK(up.sqrt_price_after(99.0) == 8.0);
    const quote q = quote_in(up, 40.0);
    CHECK((q.in == 37.0 && q.unfilled == 3.0 && q.price_after == 0.0));

    // From within the gap the first unit has the price of the edge; what is left of the other side is all of it.
    CHECK(v.apply(1, 0, 5.0) == Approx(10.0 * (1.0 / 1.5 - 0.5)).epsilon(1e-15));
    CHECK(v.sqrt_price == 2.0);
    v.sqrt_price = 3.0;
    CHECK(v.liquidity() == 0.0);
    CHECK(spot(v.curve(1, 0)) == 1.0 / 16.0);
    CHECK(spot(v.curve(0, 1)) == 4.0);
    CHECK(v.curve(0, 1).depth() == 5.0);
    CHECK(v.curve(0, 1).out(5.0) == 10.0);
    CHECK(v.apply(0, 1, 0.0) == 0.0);
    CHECK(v.sqrt_price == 3.0);
    CHECK(v.apply(0, 1, 7.0) == 10.0);  // the depth goes in
    CHECK(v.sqrt_price == 1.0);

    // One side exhausted.
    const auto none = v.curve(0, 1);
    CHECK((none.depth() == 0.0 && none.out(1.0) == 0.0 && none.in(0.0) == 0.0 && none.in(1e-300) == infinity));
    CHECK((none.marginal(0.0).low == 0.0 && none.marginal(0.0).high == infinity));
    CHECK((none.inverse_marginal(1.0).high == 0.0 && none.shortfall(1.0) == 0.0 && none.excess(0.0) == 0.0));
    CHECK(v.apply(0, 1, 1.0) == 0.0);
    CHECK(v.sqrt_price == 1.0);
    CHECK(v.curve(1, 0).depth() == 42.0);
    v.sqrt_price = 0.5;  // beyond the edges: as at the nearest
    CHECK(v.curve(1, 0).depth() == 42.0);
    CHECK(v.curve(0, 1).depth() == 0.0);
    CHECK(v.curve(0, 0).depth() == 0.0);
    CHECK(v.curve(0, 2).depth() == 0.0);
}

TEST_CASE("concentrated: random pools in 113 bits") {
    ballast_test::dice d{61};
    double worst_out = 0.0;
    std::size_t crossed = 0;
    for (int trial = 0; trial < 700; ++trial) {
        pool p = random_pool(d);
        const concentrated v = p.made();
        REQUIRE_FALSE(v.validate());
        for (const bool up : {false, true}) {
            const walk exact{p, up};
            const concentrated_curve c = v.curve(up ? 1 : 0, up ? 0 : 1);
            REQUIRE(between(c.depth(), exact.depth(), exact.depth(), 4 * eps));
            REQUIRE(between(c.out(c.depth()), exact.out_depth(), exact.out_depth(), 4 * eps));
            if (exact.size() == 0) continue;
            REQUIRE(spot(c) == Approx(exact.spot()).epsilon(4 * eps));
            for (const double x : sizes_of(d, c, p, up)) {
                CAPTURE(trial, up, x / c.depth(), p.edges.size());
                const auto low = exact.after(q(x) * (1 - 4 * bit));
                const auto high = exact.after(q(x) * (1 + 4 * bit));
                const quad y = exact.after(q(x)).out;
                worst_out = std::max(worst_out, std::fabs(static_cast<double>((q(c.out(x)) - y) / y)));
                REQUIRE(between(c.out(x), y, y, 2e-15));
                const slope_interval m = c.marginal(x);
                REQUIRE(m.low <= m.high);
                REQUIRE(between(m.high, low.price, high.price, 4e-15));
                if (x < c.depth() && m.low == m.high) REQUIRE(between(m.low, low.price, high.price, 4e-15));
                REQUIRE(between(c.shortfall(x), low.missed, high.missed, 1e-13));

                const double out = c.out(x);
                REQUIRE(between(c.in(out), exact.into(q(out) * (1 - 4 * bit)), exact.into(q(out) * (1 + 4 * bit)), 4e-15));
                REQUIRE(c.out(c.in(out)) == Approx(out).epsilon(4e-15));
                const auto needed_low = exact.into(q(out) * (1 - 8 * bit));
                const auto needed_high = exact.into(q(out) * (1 + 8 * bit));
                REQUIRE(between(c.excess(out), exact.after(needed_low).missed / q(exact.spot()),
                                exact.after(needed_high).missed / q(exact.spot()), 1e-13));

                const double after = c.sqrt_price_after(x);
                REQUIRE((up ? after >= p.sqrt_price : after <= p.sqrt_price));
                REQUIRE((after >= p.edges.front().sqrt_price && after <= p.edges.back().sqrt_price));
                if (after != p.sqrt_price && c.marginal(x).high != c.marginal(c.depth() * 1e-18).high) ++crossed;
            }
        }
    }
    CAPTURE(worst_out);
    CHECK(worst_out < 1.5e-15);
    CHECK(crossed > 5000);
}

TEST_CASE("concentrated: the amount for a price is the best there is") {
    ballast_test::dice d{62};
    int kinks = 0;
    for (int trial = 0; trial < 1500; ++trial) {
        pool p = random_pool(d);
        const concentrated v = p.made();
        const bool up = d.chance(0.5);
        const walk exact{p, up};
        const concentrated_curve c = v.curve(up ? 1 : 0, up ? 0 : 1);
        if (exact.size() == 0) continue;
        double before = infinity;
        std::vector<double> prices;
        for (int k = 0; k < 6; ++k) prices.push_back(d.scale(exact.last() * 0.9, exact.spot() * 1.1));
        std::sort(prices.begin(), prices.end());
        for (const double price : prices) {
            const amount_interval best = c.inverse_marginal(price);
            REQUIRE(best.low == best.high);
            REQUIRE((best.low >= 0.0 && best.low <= c.depth()));
            REQUIRE(best.low <= before);  // it falls when the price rises
            before = best.low;
            const double x = best.low;
            const slope_interval m = c.marginal(x);
            if (m.low < m.high) {
                ++kinks;
                REQUIRE((m.low * (1 - 8 * eps) <= price && price <= m.high * (1 + 8 * eps)));
            } else {
                REQUIRE(between(price, exact.after(q(x) * (1 + 8 * bit)).price, exact.after(q(x) * (1 - 8 * bit)).price, 8e-15));
            }
            const double gain = c.out(x) - price * x;
            for (int k = 0; k < 4; ++k) {
                const double other = d.chance(0.5) ? x * d.between(0.5, 1.5) : c.depth() * d.unit();
                if (other > c.depth()) continue;
                REQUIRE(c.out(other) - price * other <= gain + 8 * eps * (c.out(other) + c.out(x)));
            }
        }
    }
    CHECK(kinks > 500);
}

TEST_CASE("concentrated: out rises and is concave; the ends of ranges join") {
    ballast_test::dice d{63};
    for (int trial = 0; trial < 300; ++trial) {
        pool p = random_pool(d);
        const concentrated v = p.made();
        const concentrated_curve c = v.curve(0, 1);
        std::vector<double> x = c.depth() > 0.0 ? sizes_of(d, c, p, false) : std::vector<double>{};
        std::sort(x.begin(), x.end());
        x.erase(std::unique(x.begin(), x.end()), x.end());
        for (std::size_t k = 1; k < x.size(); ++k) {
            const double a = c.out(x[k - 1]);
            const double b = c.out(x[k]);
            REQUIRE(b >= a * (1 - 4 * eps));
            REQUIRE(c.marginal(x[k]).high <= c.marginal(x[k - 1]).low * (1 + 4 * eps));
            REQUIRE(b - a <= c.marginal(x[k - 1]).low * (x[k] - x[k - 1]) + 8 * eps * b);
            REQUIRE(b - a >= c.marginal(x[k]).high * (x[k] - x[k - 1]) - 8 * eps * b);
        }
    }
}

TEST_CASE("concentrated: two trades give what one gives, and back again what is left of it") {
    ballast_test::dice d{64};
    for (int trial = 0; trial < 500; ++trial) {
        pool p = random_pool(d);
        const concentrated v = p.made();
        const std::size_t in = d.below(2);
        const concentrated_curve c = v.curve(in, 1 - in);
        if (c.depth() == 0.0) continue;
        const double x = c.depth() * d.scale(1e-3, 1.0);
        const double part = d.unit();
        concentrated one = v;
        concentrated two = v;
        const double whole = one.apply(in, 1 - in, x);
        const double first = two.apply(in, 1 - in, part * x);
        const double second = two.apply(in, 1 - in, x - part * x);
        // The price has only the bits of a double, and the range it stands in is narrow at times.
        const double bits = 8 * eps * (1.0 + p.edges.back().sqrt_price / (p.edges.back().sqrt_price - p.edges.front().sqrt_price));
        REQUIRE(whole == c.out(x));
        REQUIRE(first + second == Approx(whole).epsilon(1e3 * bits));
        REQUIRE_FALSE(one.validate());
        REQUIRE_FALSE(two.validate());
        const double back = one.apply(1 - in, in, whole);
        REQUIRE(back <= x * (1 + 1e3 * bits));
        if (p.fee == 0.0) REQUIRE(back >= x * (1 - 1e3 * bits));
    }
}

TEST_CASE("concentrated: what validate finds") {
    const auto fault_of = [](pool p, bool prepare = true) {
        if (prepare) return std::string{p.made().validate().parameter == nullptr ? "" : p.made().validate().parameter};
        const concentrated v{.edges = p.edges, .sqrt_price = p.sqrt_price, .fee = p.fee};
        return std::string{v.validate().parameter == nullptr ? "" : v.validate().parameter};
    };
    const pool good{{{.sqrt_price = 1.0, .liquidity = 5.0}, {.sqrt_price = 2.0, .liquidity = 3.0}, {.sqrt_price = 3.0}}, 1.5, 0.003};
    CHECK(fault_of(good).empty());
    CHECK(fault_of(good, false) == "concentrated.edges");
    CHECK(fault_of({{}, 1.0, 0.0}) == "concentrated.edges");
    CHECK(fault_of({{{.sqrt_price = 1.0}}, 1.0, 0.0}) == "concentrated.edges");
    pool bad = good;
    bad.edges[1].sqrt_price = 1.0;
    CHECK(fault_of(bad) == "concentrated.edges.sqrt_price");
    bad.edges[1].sqrt_price = std::nan("");
    CHECK(fault_of(bad) == "concentrated.edges.sqrt_price");
    bad = good;
    bad.edges[0].sqrt_price = 0.0;
    CHECK(fault_of(bad) == "concentrated.edges.sqrt_price");
    bad = good;
    bad.edges[2].sqrt_price = infinity;
    CHECK(fault_of(bad) == "concentrated.edges.sqrt_price");
    bad = good;
    bad.edges[1].liquidity = -1.0;
    CHECK(fault_of(bad) == "concentrated.edges.liquidity");
    bad = good;
    bad.edges[2].liquidity = 1.0;
    CHECK(fault_of(bad) == "concentrated.edges.liquidity");
    for (const double price : {0.999, 3.001, std::nan("")}) {
        bad = good;
        bad.sqrt_price = price;
        CHECK(fault_of(bad) == "concentrated.sqrt_price");
    }
    for (const double fee : {-1e-9, 1.0, std::nan("")}) {
        bad = good;
        bad.fee = fee;
        CHECK(fault_of(bad) == "concentrated.fee");
    }
    // A later change is not forgotten.
    pool changed = good;
    (void)changed.made();
    changed.edges[1].liquidity = 4.0;
    CHECK(fault_of(changed, false) == "concentrated.edges");
}

TEST_CASE("concentrated: edges of a contract's ticks") {
    struct tick {
        std::int32_t index;
        int128 net;
    };
    std::vector<tick> ticks{{-887220, 1'000'000'000'000'000'000}, {-60, 500}, {0, -500}, {887220, -1'000'000'000'000'000'000}};
    std::vector<concentrated_edge> edges(4);
    REQUIRE_FALSE(concentrated::from_ticks(ticks, 6, 12, edges));
    CHECK(edges[0].liquidity == 1e9);
    CHECK(edges[1].liquidity == 1e9 + 500e-9);
    CHECK(edges[2].liquidity == 1e9);
    CHECK(edges[3].liquidity == 0.0);
    CHECK(edges[2].sqrt_price == 1e-3);
    CHECK_FALSE(concentrated{.edges = edges, .sqrt_price = 1e-3}.validate());
    const auto refused = [&](std::vector<tick> t, std::size_t room) {
        std::vector<concentrated_edge> e(room);
        return static_cast<bool>(concentrated::from_ticks(t, 6, 12, e));
    };
    CHECK_FALSE(refused(ticks, 4));
    CHECK(refused(ticks, 3));
    CHECK(refused({{0, 5}, {0, -5}}, 2));
    CHECK(refused({{0, 5}, {1, -6}, {2, 1}}, 3));
    CHECK(refused({{0, 5}, {1, -4}}, 2));
    CHECK(refused({{-887273, 5}, {1, -5}}, 2));
    CHECK_FALSE(refused({{-887272, 5}, {887272, -5}}, 2));

    // √1.0001^index from Python's decimal module, 60 digits.
    const auto close_to = [](double a, double b) { return std::fabs(a / b - 1.0) <= eps; };
    CHECK(close_to(concentrated::tick_sqrt_price(1), 1.0000499987500624));
    CHECK(close_to(concentrated::tick_sqrt_price(-1), 0.9999500037496876));
    CHECK(close_to(concentrated::tick_sqrt_price(887272), 1.8446050711097704e+19));
    CHECK(close_to(concentrated::tick_sqrt_price(-887272), 5.421214631044951e-20));
    CHECK(close_to(concentrated::tick_sqrt_price(265269, 8, 18), 5.753805182114012));
    CHECK(close_to(concentrated::tick_sqrt_price(-196256, 18, 6), 54.77320777904402));
    CHECK(close_to(concentrated::tick_sqrt_price(12345, 7, 18), 5.862122187427764e-06));
    CHECK(close_to(concentrated::sqrt_price_of(79228162514264337593543950336.0), 1.0));
    CHECK(close_to(concentrated::sqrt_price_of(79228162514264337593543950336.0, 18, 7), 316227.76601683795));
}

TEST_CASE("concentrated: published figures (defi_cases.json)") {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: defi_cases.json is skipped");
        return;
    }
    const test::json all = test::json::load(std::string{folder} + "/reference/defi_cases.json");
    const test::json& list = all.is(test::json::kind::list) ? all : all["cases"];
    const test::json& example = list.by_id("cfmm-univ3-example");
    REQUIRE(example["input"]["gamma"].number() == 0.997);
    // The list goes downward: each liquidity, squared, lies below its tick.
    pool p;
    const std::vector<double> ticks = example["input"]["lower_ticks"].numbers();
    const std::vector<double> squares = example["input"]["liquidity_k"].numbers();
    REQUIRE(ticks.size() == 4);
    for (std::size_t k = ticks.size(); k-- > 0;)
        p.edges.push_back({.sqrt_price = std::sqrt(ticks[k]), .liquidity = k == 0 ? 0.0 : std::sqrt(squares[k - 1])});
    p.sqrt_price = std::sqrt(example["input"]["current_price"].number());
    p.fee = 0.003;
    const concentrated v = p.made();
    REQUIRE_FALSE(v.validate());
    const std::vector<double> prices = example["input"]["prices"].numbers();
    const auto c = v.curve(1, 0);
    const double x = c.inverse_marginal(prices[1] / prices[0]).low;
    CHECK(x == Approx(example["expected"]["tender_token2"].number()).epsilon(1e-12));
    CHECK(c.out(x) == Approx(example["expected"]["receive_token1"].number()).epsilon(1e-12));

    // Next prices: a range around everything.
    for (const char* id : {"univ3-nextprice-in-token1", "univ3-nextprice-out-token1", "univ3-nextprice-out-almost-all"}) {
        const test::json& one = list.by_id(id);
        const test::json& in = one["input"];
        const double price = in["sqrt_price"].is(test::json::kind::null) ? concentrated::sqrt_price_of(in["sqrt_price_x96"].number())
                                                                         : in["sqrt_price"].number();
        pool wide{{{.sqrt_price = 1e-12, .liquidity = in["liquidity"].number()}, {.sqrt_price = 1e12}}, price, 0.0};
        concentrated w = wide.made();
        const bool down = in["zero_for_one"].is(test::json::kind::boolean) && in["zero_for_one"].text() == "true";
        const auto curve = down ? w.curve(0, 1) : w.curve(1, 0);
        const bool given_in = !in["amount_in"].is(test::json::kind::null);
        const double x_in = given_in ? in["amount_in"].number() : curve.in(in["amount_out"].number());
        CAPTURE(id, price, x_in);
        // Almost all is wanted: what is left of 262144 is 1, known to 2^-35.
        const double tolerance = std::string{id} == "univ3-nextprice-out-almost-all" ? 1e-10 : 1e-15;
        CHECK(curve.sqrt_price_after(x_in) == Approx(one["expected"]["sqrt_price_real"].number()).epsilon(tolerance));
    }
}

TEST_CASE("concentrated: any_curve holds it") {
    pool p{{{.sqrt_price = 1.0, .liquidity = 10.0}, {.sqrt_price = 2.0}}, 1.5, 0.01};
    const concentrated v = p.made();
    const any_curve any{v.curve(0, 1)};
    CHECK(any.out(1.0) == v.curve(0, 1).out(1.0));
    CHECK(any.shortfall(1.0) == v.curve(0, 1).shortfall(1.0));
    CHECK(any.depth() == v.curve(0, 1).depth());
}
