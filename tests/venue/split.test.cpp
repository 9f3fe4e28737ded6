#include <ballast/venue/split.hpp>

#include "support/catch.hpp"
#include "support/curves.hpp"
#include "support/json.hpp"

#include <ballast/venue/constant_price.hpp>
#include <ballast/venue/order_book.hpp>
#include <ballast/venue/quotes.hpp>

#if __has_include(<ballast/venue/constant_product.hpp>)
#include <ballast/venue/constant_product.hpp>
#endif
#if __has_include(<ballast/venue/weighted.hpp>)
#include <ballast/venue/weighted.hpp>
#endif
#if __has_include(<ballast/venue/stable.hpp>)
#include <ballast/venue/stable.hpp>
#endif
#if __has_include(<ballast/venue/concentrated.hpp>)
#include <ballast/venue/concentrated.hpp>
#endif

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <memory>
#include <numeric>
#include <ostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

// The best split: all venues agree on the price of a little more. Checked by these conditions, by the proof that the answer carries, by
// moving a little from one to another, and over fixed costs by all subsets.

using namespace ballast;
using ballast_test::dice;
using test::known_pool;
using test::parabola;
using test::pool;
using venue::any_curve;
using venue::split_result;
using venue::split_status;
using venue::split_workspace;

static_assert(venue::shortfall_curve<any_curve> && detail::product_curve<known_pool> && !detail::product_curve<pool>);

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();

/// A workspace and an answer for up to so many venues.
struct splitter {
    split_workspace w{};
    split_result r{};
    explicit splitter(std::size_t n) {
        w.prepare(n);
        r.prepare(n);
    }
};

// ---- random venues: to add a kind is one line in `kinds` ------------------------------------------------------------------------------

/// Books and tables that curves refer to.
struct stock {
    std::vector<std::unique_ptr<venue::order_book>> books{};
    std::vector<std::unique_ptr<venue::quotes>> tables{};
#if __has_include(<ballast/venue/concentrated.hpp>)
    std::vector<std::vector<venue::concentrated_edge>> edges{};
#endif
};

using maker = any_curve (*)(dice&, double price, double size, stock&);

any_curve make_pool(dice&, double price, double size, stock&) { return pool{size, size * price}; }
any_curve make_parabola(dice& d, double price, double size, stock&) { return parabola{price, d.scale(1e-3, 1.0), size}; }
any_curve make_price(dice& d, double price, double size, stock&) {
    return venue::constant_price{.price = price, .fee = 0.001, .holds_1 = d.chance(0.2) ? infinity : size * price}.curve(0, 1);
}
any_curve make_book(dice& d, double price, double size, stock& s) {
    std::vector<venue::book_level> bids;
    const std::size_t n = 1 + d.below(12);
    const bool tick = d.chance(0.5);  // on one grid of prices, so that venues tie
    double at = price;
    for (std::size_t k = 0; k < n; ++k) {
        const double level = tick ? dice::digits(at, 3) : at;
        if (bids.empty() || level < bids.back().price) bids.push_back({level, size * d.scale(0.01, 1.0)});
        at *= 1.0 - d.scale(1e-4, 0.1);
    }
    s.books.push_back(std::make_unique<venue::order_book>(venue::book_rules{.fee = tick ? 0.0 : 0.002}));
    s.books.back()->prepare(n);
    REQUIRE_FALSE(s.books.back()->assign(std::span<const venue::book_level>{bids}, std::span<const venue::book_level>{}));
    return s.books.back()->curve(0, 1);
}
any_curve make_quotes(dice& d, double price, double size, stock& s) {
    std::vector<double> in, out;
    double x = 0.0, y = 0.0;
    for (std::size_t k = 0; k < 5; ++k) {
        const double step = size * d.scale(0.05, 0.5);
        x += step;
        y += step * price * d.between(0.9, 1.0) / (1.0 + static_cast<double>(k) * 0.1);
        in.push_back(x);
        out.push_back(y);
    }
    s.tables.push_back(std::make_unique<venue::quotes>());
    s.tables.back()->prepare(5);
    REQUIRE_FALSE(s.tables.back()->assign(0, 1, in, out));
    return s.tables.back()->curve(0, 1);
}
any_curve make_none(dice&, double, double, stock&) { return {}; }

#if __has_include(<ballast/venue/constant_product.hpp>)
any_curve make_product(dice& d, double price, double size, stock&) {
    return venue::constant_product{.balances = {size, size * price}, .fee = d.chance(0.5) ? 0.003 : 0.0}.curve(0, 1);
}
#endif
#if __has_include(<ballast/venue/weighted.hpp>)
any_curve make_weighted(dice& d, double price, double size, stock&) {
    const double weight = d.between(0.05, 0.95);
    venue::weighted w{
        .tokens = 2, .balances = {size, size * price * (1.0 - weight) / weight}, .weights = {weight, 1.0 - weight}, .fee = 0.002};
    if (d.chance(0.5)) w.max_in_ratio = infinity, w.max_out_ratio = 1.0;
    return w.curve(0, 1);
}
#endif
#if __has_include(<ballast/venue/stable.hpp>)
any_curve make_stable(dice& d, double price, double size, stock&) {
    return venue::stable{.coins = 2,
                         .balances = {size * d.between(0.5, 2.0), size * price * d.between(0.5, 2.0)},
                         .rates = {price, 1.0},
                         .amplification = d.scale(1.0, 5'000.0),
                         .fee = 0.0004}
        .curve(0, 1);
}
#endif
#if __has_include(<ballast/venue/concentrated.hpp>)
any_curve make_concentrated(dice& d, double price, double size, stock& s) {
    std::vector<venue::concentrated_edge> edges;
    const double root = std::sqrt(price);
    double at = root * d.between(0.3, 0.95);
    while (at < root * 1.001) {
        edges.push_back({.sqrt_price = at, .liquidity = d.chance(0.2) ? 0.0 : size * root * d.scale(0.1, 100.0)});
        at *= 1.0 + d.scale(1e-3, 0.3);
    }
    edges.push_back({.sqrt_price = at});
    venue::concentrated::prepare(edges);
    s.edges.push_back(std::move(edges));
    return venue::concentrated{.edges = s.edges.back(), .sqrt_price = root, .fee = 0.0005}.curve(0, 1);
}
#endif

struct kind {
    maker make;
    double share;
};
constexpr std::array kinds {
    kind{make_pool, 3.0}, kind{make_parabola, 2.0}, kind{make_price, 1.0}, kind{make_book, 3.0}, kind{make_quotes, 2.0},
        kind{make_none, 0.3},
#if __has_include(<ballast/venue/constant_product.hpp>)
        kind{make_product, 2.0},
#endif
#if __has_include(<ballast/venue/weighted.hpp>)
        kind{make_weighted, 2.0},
#endif
#if __has_include(<ballast/venue/stable.hpp>)
        kind{make_stable, 2.0},
#endif
#if __has_include(<ballast/venue/concentrated.hpp>)
        kind{make_concentrated, 2.0},
#endif
};

struct market {
    stock s{};
    std::vector<any_curve> curves{};
    double size = 0.0;   ///< typical, units in
    double price = 0.0;  ///< typical
};
market random_market(dice& d, std::size_t n) {
    market m;
    m.price = d.scale(1e-6, 1e6);
    m.size = d.scale(1e-6, 1e9);
    const double spread = d.chance(0.5) ? 0.02 : 0.5;
    double all = 0.0;
    for (const kind& k : kinds) all += k.share;
    for (std::size_t i = 0; i < n; ++i) {
        double pick = d.unit() * all;
        std::size_t k = 0;
        while (k + 1 < kinds.size() && pick > kinds[k].share) pick -= kinds[k++].share;
        m.curves.push_back(kinds[k].make(d, m.price * d.between(1.0 - spread, 1.0 + spread), m.size * d.scale(1e-2, 1e2), m.s));
    }
    return m;
}

// ---- what every answer has to be ------------------------------------------------------------------------------------------------------

/// By how much, relatively, the price of an answer is outside of what a venue's slopes say, at its size give or take rounding.
template <class Curve>
double off_price(const Curve& c, double x, double price) {
    if (!(c.depth() > 0.0)) return 0.0;
    const double low = c.marginal(x * (1.0 + 1e-9)).low, high = x > 0.0 ? c.marginal(x * (1.0 - 1e-9)).high : infinity;
    return std::max({0.0, (low - price) / price, (price - high) / price});
}

struct worst {
    double gap = 0.0, kkt = 0.0, sum = 0.0;
    friend std::ostream& operator<<(std::ostream& o, const worst& w) {
        return o << "gap " << w.gap << ", price " << w.kkt << ", sum " << w.sum;
    }
};

template <class Curves>
void judge(const Curves& curves, double amount, bool by_in, const split_result& r, worst& w, double reserve = 0.0) {
    exact_sum in, out;
    double kkt = 0.0;
    bool same = true, within = true;
    for (std::size_t i = 0; i < std::size(curves); ++i) {
        in.add(r.in[i]);
        out.add(r.out[i]);
        within = within && r.in[i] >= 0.0 && r.in[i] <= curves[i].depth() && r.out[i] >= 0.0;
        if (by_in) same = same && r.out[i] == curves[i].out(r.in[i]);
        if (!by_in && r.unfilled == 0.0) same = same && (r.in[i] == curves[i].in(r.out[i]) || r.in[i] == curves[i].depth());
        const double again = curves[i].out(r.in[i]);
        same = same && std::fabs(again - r.out[i]) <= 1e-12 * r.out[i] + 1e-300;
        // Near a pool's whole reserve rounding of the output moves the input, and with it the price, which goes by the square of what is left.
        const double rounding = by_in || r.in[i] == 0.0 ? 0.0 : 4e-15 * r.total_out / (r.price * r.in[i]);
        if (r.price > 0.0) kkt = std::max(kkt, off_price(curves[i], r.in[i], r.price) - rounding);
    }
    if (!within) FAIL_CHECK("outside of what a venue takes");
    if (!same) FAIL_CHECK("not what the curves say");
    if (!(std::fabs(in.value() - r.total_in) <= 1e-15 * r.total_in)) FAIL_CHECK("total in");
    if (!(std::fabs(out.value() - r.total_out) <= 1e-15 * r.total_out)) FAIL_CHECK("total out");
    if (!(r.gap >= 0.0)) FAIL_CHECK("no gap");
    w.sum = std::max(w.sum, std::fabs((by_in ? in : out).value() + r.unfilled - amount) / amount);
    // Of the output; where that is given of the input, and of what rounding of the output is worth (near a pool's whole reserve that is
    // much). For trades that are tiny beside the pools rounding of the sizes moves the price by that of the reserve: squared, it is what
    // may be lost.
    const double price = r.price > 0.0 ? r.price : infinity;
    const double scale = by_in ? r.total_out + 1e-16 * reserve : r.total_in + (1e-3 * r.total_out + 1e-16 * reserve) / price;
    w.gap = std::max(w.gap, r.gap / scale);
    w.kkt = std::max(w.kkt, kkt);
}

/// Moving a little from one to another gives no more out; out as the curves say.
template <class Curves>
double best_exchange(const Curves& curves, const split_result& r) {
    double best = 0.0;
    const std::size_t n = std::size(curves);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            for (const double part : {1e-6, 1e-3, 0.3}) {
                const double move = std::min(r.in[i] * part, curves[j].depth() - r.in[j]);
                if (i == j || !(move > 0.0)) continue;
                const double gain = curves[j].out(r.in[j] + move) - r.out[j] - (r.out[i] - curves[i].out(r.in[i] - move));
                best = std::max(best, gain);
            }
    return best;
}

const test::json& cases() {
    static const test::json all = [] {
        const char* folder = std::getenv("BALLAST_DATA");
        if (folder == nullptr) {
            WARN("BALLAST_DATA is not set: defi_cases.json is skipped");
            return test::json{};
        }
        return test::json::load(std::string{folder} + "/reference/defi_cases.json");
    }();
    return all;
}
}  // namespace

TEST_CASE("split: the published and derived cases of constant-product pools") {
    for (const char* id : {"set-split-equal", "set-split-one-empty", "split4-in-20"}) {
        const test::json& row = cases().by_id(id);
        if (row.is(test::json::kind::null)) continue;
        std::vector<known_pool> pools;
        for (std::size_t k = 0; k < row["input"]["pools"].size(); ++k) {
            const test::json& p = row["input"]["pools"][k];
            pools.push_back({{p["Rin"].number() / p["gamma"].number(), p["Rout"].number()}});
        }
        const std::vector<any_curve> erased(pools.begin(), pools.end());
        const double amount = row["input"]["amount_in"].number();
        const test::json& wanted = row["expected"];
        splitter s{pools.size()};
        const auto meets = [&](double tolerance) {
            CAPTURE(id);
            for (std::size_t k = 0; k < pools.size(); ++k) CHECK(s.r.in[k] == Approx(wanted["split"][k].number()).epsilon(tolerance));
            if (wanted["amount_out"].number() > 0.0) CHECK(s.r.total_out == Approx(wanted["amount_out"].number()).epsilon(1e-15));
            if (wanted["marginal_price"].number() > 0.0) CHECK(s.r.price == Approx(wanted["marginal_price"].number()).epsilon(1e-13));
            CHECK(s.r.gap <= 1e-15 * s.r.total_out);
        };
        CHECK(split_in(pools, amount, s.w, s.r) == split_status::solved);
        meets(1e-13);
        CHECK(split_in(erased, amount, s.w, s.r) == split_status::solved);
        meets(1e-13);
        // And back: as much out needs just as much in.
        const double out = s.r.total_out;
        CHECK(split_out(pools, out, s.w, s.r) == split_status::solved);
        meets(1e-12);
        CHECK(split_out(erased, out, s.w, s.r) == split_status::solved);
        meets(1e-12);
        CHECK(s.r.total_in == Approx(amount).epsilon(1e-14));
    }
}

TEST_CASE("split: random mixes of venues agree on a price, and prove it") {
    dice d{1};
    splitter s{12};
    worst in, out;
    double exchange = 0.0;
    std::uint32_t steps = 0, most_steps = 0, splits = 0;
    int solved = 0, unfilled = 0;
    for (int trial = 0; trial < 12'000; ++trial) {
        const market m = random_market(d, 1 + d.below(12));
        const double amount = m.size * (d.chance(0.3) ? d.scale(1e-12, 1e3) : d.scale(1e-2, 3e2));
        CAPTURE(trial, amount, m.size, m.price, m.curves.size());
        split_status how = split_in(m.curves, amount, s.w, s.r);
        if (how == split_status::inexact) FAIL_CHECK("stopped");
        unfilled += how == split_status::unfilled;
        if (s.r.total_in > 0.0) {
            ++splits;
            steps += s.r.steps;
            most_steps = std::max(most_steps, s.r.steps);
            judge(m.curves, amount, true, s.r, in);
            if (trial % 4 == 0) exchange = std::max(exchange, best_exchange(m.curves, s.r) / s.r.total_out);
        }
        const double wanted = trial % 2 == 0 && s.r.total_out > 0.0 ? s.r.total_out : amount * m.price;
        const double spent = s.r.total_in;
        const bool same = wanted == s.r.total_out && how == split_status::solved;
        how = split_out(m.curves, wanted, s.w, s.r);
        if (how == split_status::inexact) FAIL_CHECK("stopped");
        solved += how == split_status::solved;
        if (s.r.total_in > 0.0) {
            ++splits;
            steps += s.r.steps;
            most_steps = std::max(most_steps, s.r.steps);
            judge(m.curves, wanted, false, s.r, out);
        }
        // What came out for an amount does not need more in.
        if (same && !(std::fabs(s.r.total_in - spent) <= 1e-9 * spent)) {
            CAPTURE(s.r.total_in, spent);
            CHECK(s.r.total_in <= spent * (1.0 + 1e-12) + 1e-15 * wanted / s.r.price);
        }
    }
    CAPTURE(in, out, exchange * 1e15, most_steps, steps / splits, unfilled);
    CHECK(splits > 20'000);
    CHECK(unfilled > 200);
    CHECK(solved > 6'000);
    CHECK(in.gap < 1e-13);
    CHECK(out.gap < 1e-12);
    CHECK(in.kkt < 1e-9);
    CHECK(out.kkt < 1e-9);
    CHECK(in.sum < 4e-16);
    CHECK(out.sum < 4e-16);
    CHECK(exchange < 1e-13);
    CHECK(most_steps < 80);
}

TEST_CASE("split: constant-product pools in closed form, of every number and scale, beside the search") {
    dice d{2};
    splitter s{1024}, t{1024};
    worst in, out;
    double apart = 0.0, exchange = 0.0;
    for (int trial = 0; trial < 3'000; ++trial) {
        const std::size_t n = trial % 100 == 0 ? 1024 : 1 + d.below(trial % 2 == 0 ? 8 : 70);
        const double price = d.scale(1e-12, 1e12), size = d.scale(1e-12, 1e30), spread = d.scale(1e-6, 2.0);
        std::vector<known_pool> pools;
        std::vector<pool> plain;
        for (std::size_t i = 0; i < n; ++i) {
            const double input = d.chance(0.03) ? 0.0 : size * d.scale(1e-3, 1e3);
            pools.push_back({{input, input * price * std::exp(spread * (d.unit() - 0.5))}});
            if (i > 0 && d.chance(0.1)) pools[i] = pools[i - 1];
            plain.push_back(pools[i]);
        }
        const double amount = size * d.scale(1e-15, 1e6);
        double all = 0.0;
        for (const known_pool& p : pools) all += p.output;
        CAPTURE(trial, n, price, size, amount);
        const split_status how = split_in(pools, amount, s.w, s.r);
        if (how == split_status::unfilled) {
            CHECK(s.r.unfilled == amount);
            continue;
        }
        if (how != split_status::solved) FAIL_CHECK("not solved");
        judge(pools, amount, true, s.r, in, all);
        for (std::size_t i = 1; i < n; ++i)
            if (pools[i].input == pools[i - 1].input && pools[i].output == pools[i - 1].output &&
                std::fabs(s.r.in[i] - s.r.in[i - 1]) > 1e-13 * amount)
                FAIL_CHECK("equal pools, but not equal sizes");
        if (n < 20) {
            exchange = std::max(exchange, best_exchange(pools, s.r) / s.r.total_out);
            static_cast<void>(split_in(plain, amount, t.w, t.r));
            apart = std::max(apart, std::fabs(t.r.total_out - s.r.total_out) / s.r.total_out);
        }
        // The other way, up to nearly all that there is.
        const double wanted = d.chance(0.5) ? s.r.total_out : all * d.unit();
        if (!(wanted < all * (1.0 - 1e-9))) continue;
        if (split_out(pools, wanted, s.w, s.r) != split_status::solved) FAIL_CHECK("not solved");
        judge(pools, wanted, false, s.r, out, all);
        if (n < 20) {
            static_cast<void>(split_out(plain, wanted, t.w, t.r));
            apart = std::max(apart, std::fabs(t.r.total_in - s.r.total_in) / s.r.total_in * (1.0 - wanted / all));
        }
        if (split_out(pools, all * 1.01, s.w, s.r) != split_status::unfilled || s.r.total_in != 0.0) FAIL_CHECK("more than all");
    }
    CAPTURE(in, out, apart * 1e15, exchange * 1e15);
    CHECK(in.gap < 1e-14);
    CHECK(out.gap < 1e-14);
    CHECK(in.kkt < 1e-8);
    CHECK(out.kkt < 1e-8);
    CHECK(in.sum < 4e-16);
    CHECK(out.sum < 4e-16);
    CHECK(apart < 1e-13);
    CHECK(exchange < 1e-13);
}

TEST_CASE("split: pools that drop out one by one, the worst case of the closed form") {
    // Of the same r = √(O·I), with t = √(I/O) that triples: every pass drops but one or two.
    std::vector<known_pool> pools;
    std::vector<any_curve> plain;
    for (int i = 0; i < 150; ++i) {
        const double t = std::pow(3.0, i);
        pools.push_back({{t, 1.0 / t}});
        plain.emplace_back(pool{t, 1.0 / t});
    }
    std::reverse(pools.begin() + 40, pools.end());
    std::reverse(plain.begin() + 40, plain.end());
    splitter s{150}, t{150};
    std::uint32_t passes = 0;
    for (const double amount : {1e-12, 1e-3, 1.0, 30.0, 1e3, 1e6, 1e20, 1e50}) {
        CAPTURE(amount);
        CHECK(split_in(pools, amount, s.w, s.r) == split_status::solved);
        passes = std::max(passes, s.r.steps);
        worst w;
        judge(pools, amount, true, s.r, w);
        CHECK(w.gap < 1e-14);
        CHECK(w.kkt < 1e-9);
        CHECK(w.sum < 4e-16);
        CHECK(split_in(plain, amount, t.w, t.r) == split_status::solved);
        CHECK(t.r.total_out == Approx(s.r.total_out).epsilon(1e-14));
        for (std::size_t i = 0; i < pools.size(); ++i) CHECK(std::fabs(t.r.in[i] - s.r.in[i]) <= 1e-7 * amount);
        const double out = s.r.total_out;
        if (amount > 1e10) continue;  // to rounding that is all that there is
        CHECK(split_out(pools, out, s.w, s.r) == split_status::solved);
        worst back;
        judge(pools, out, false, s.r, back);
        CHECK(back.gap < 1e-13);
        CHECK(back.sum < 4e-16);
    }
    CHECK(passes == 13);  // twelve, and one after the heap
    // Scales whose product no double holds: by the search.
    const std::vector<known_pool> huge{{{1e200, 1e200}}, {{1e200, 2e200}}};
    CHECK(split_in(huge, 1e199, s.w, s.r) == split_status::solved);
    CHECK(s.r.total_in == 1e199);
    CHECK(s.r.in[1] == 1e199);
    CHECK(s.r.total_out == Approx(2e200 * (1e199 / 1.1e200)).epsilon(1e-14));
}

TEST_CASE("split: nothing, one venue, no liquidity, more than there is, and what is no amount") {
    splitter s{4};
    const std::vector<any_curve> none;
    CHECK(split_in(none, 5.0, s.w, s.r) == split_status::unfilled);
    CHECK(s.r.unfilled == 5.0);
    CHECK(s.r.in.empty());
    CHECK(split_out(std::vector<known_pool>{}, 5.0, s.w, s.r) == split_status::unfilled);
    CHECK(split_in(none, 0.0, s.w, s.r) == split_status::solved);

    const std::array<any_curve, 1> one{pool{100.0, 200.0}};
    CHECK(split_in(one, 5.0, s.w, s.r) == split_status::solved);
    CHECK(s.r.in[0] == 5.0);
    CHECK(s.r.out[0] == one[0].out(5.0));
    CHECK(s.r.price == Approx(one[0].marginal(5.0).low).epsilon(1e-14));
    CHECK(split_out(one, 5.0, s.w, s.r) == split_status::solved);
    CHECK(s.r.out[0] == 5.0);
    CHECK(split_out(one, 200.0, s.w, s.r) == split_status::unfilled);
    CHECK(s.r.total_in == 0.0);
    CHECK(s.r.unfilled == 200.0);

    const std::array<any_curve, 3> few{venue::straight_curve{2.0, 10.0}, parabola{3.0, 0.5, 4.0}, any_curve{}};
    CHECK(split_in(few, 0.0, s.w, s.r) == split_status::solved);
    CHECK(s.r.price == 3.0);
    CHECK(s.r.total_out == 0.0);
    CHECK(split_in(few, 100.0, s.w, s.r) == split_status::unfilled);
    CHECK(s.r.in[0] == 10.0);
    CHECK(s.r.in[1] == 4.0);
    CHECK(s.r.in[2] == 0.0);
    CHECK(s.r.unfilled == 86.0);
    CHECK(s.r.price == 0.0);
    CHECK(s.r.gap == 0.0);
    CHECK(split_in(few, 14.0, s.w, s.r) == split_status::solved);  // just what they take
    CHECK(s.r.unfilled == 0.0);
    CHECK(split_out(few, 100.0, s.w, s.r) == split_status::unfilled);
    CHECK(s.r.total_out == 20.0 + 9.0);
    CHECK(s.r.unfilled == 71.0);
    // At 2 the parabola takes what it has beyond: 2.67; the rest the constant price.
    CHECK(split_in(few, 5.0, s.w, s.r) == split_status::solved);
    CHECK(s.r.price == 2.0);
    CHECK(s.r.in[1] == Approx(4.0 * (1.0 / 3.0) / 0.5).epsilon(1e-15));

    const std::array<any_curve, 2> empty{any_curve{}, pool{0.0, 0.0}};
    CHECK(split_in(empty, 1.0, s.w, s.r) == split_status::unfilled);
    CHECK(split_out(empty, 1.0, s.w, s.r) == split_status::unfilled);

    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const double wrong : {nan, -1.0, infinity}) {
        CHECK(split_in(few, wrong, s.w, s.r) == split_status::bad_amount);
        CHECK(s.r.total_in == 0.0);
        CHECK(split_out(few, wrong, s.w, s.r) == split_status::bad_amount);
        const std::array<double, 3> fixed{0.0, wrong == infinity ? -infinity : wrong, 1.0};
        CHECK(split_in(few, 1.0, venue::split_costs{fixed}, s.w, s.r) == split_status::bad_amount);
    }
    const std::array<double, 2> short_list{0.0, 1.0};
    CHECK(split_in(few, 1.0, venue::split_costs{short_list}, s.w, s.r) == split_status::bad_amount);
    CHECK(split_in(std::vector<any_curve>(5), 1.0, s.w, s.r) == split_status::not_prepared);
    CHECK(std::string{to_string(split_status::not_prepared)} == "not prepared for so many venues");
}

TEST_CASE("split: a curve that answers with no number is told") {
    struct broken : pool {
        [[nodiscard]] double out(double) const noexcept { return std::numeric_limits<double>::quiet_NaN(); }
    };
    splitter s{2};
    const std::array<any_curve, 2> curves{any_curve{broken{{100.0, 100.0}}}, pool{100.0, 101.0}};
    CHECK(split_in(curves, 10.0, s.w, s.r) == split_status::inexact);
    CHECK(std::isnan(s.r.gap));
}

TEST_CASE("split: equal venues get equal parts, and the order of the venues makes no difference") {
    dice d{3};
    splitter s{12}, t{12};
    for (int trial = 0; trial < 500; ++trial) {
        const market m = random_market(d, 2 + d.below(11));
        const double amount = m.size * d.scale(1e-3, 1e2);
        std::vector<std::size_t> order(m.curves.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[d.below(i)]);
        std::vector<any_curve> other;
        for (const std::size_t i : order) other.push_back(m.curves[i]);
        const split_status a = split_in(m.curves, amount, s.w, s.r), b = split_in(other, amount, t.w, t.r);
        CAPTURE(trial);
        CHECK(a == b);
        CHECK(std::fabs(s.r.total_out - t.r.total_out) <= 1e-14 * s.r.total_out);
        double apart = 0.0;
        for (std::size_t i = 0; i < order.size(); ++i) apart = std::max(apart, std::fabs(t.r.in[i] - s.r.in[order[i]]));
        CHECK(apart <= 1e-9 * amount);
        // The same twice, warm: the same bits.
        const std::vector<double> before = s.r.in;
        static_cast<void>(split_in(other, amount * 0.5, s.w, s.r));
        static_cast<void>(split_in(m.curves, amount, s.w, s.r));
        CHECK(before == s.r.in);
    }
    for (std::size_t n = 1; n <= 12; ++n) {
        const std::vector<known_pool> pools(n, {{1e6, 3e6}});
        const std::vector<any_curve> books(n, venue::straight_curve{2.0, 100.0});
        CHECK(split_in(pools, 100.0, s.w, s.r) == split_status::solved);
        for (const double x : s.r.in) CHECK(x == Approx(100.0 / static_cast<double>(n)).epsilon(1e-14));
        CHECK(split_in(books, 10.0, s.w, s.r) == split_status::solved);
        for (const double x : s.r.in) CHECK(x == Approx(10.0 / static_cast<double>(n)).epsilon(1e-14));
    }
}

TEST_CASE("split: what comes out rises with the amount, concavely, and the price falls") {
    dice d{4};
    splitter s{10};
    for (int trial = 0; trial < 100; ++trial) {
        const market m = random_market(d, 1 + d.below(10));
        const double top = m.size * d.scale(1e-3, 1e2);
        double last = 0.0, last_slope = infinity, last_price = infinity;
        bool rises = true, concave = true, price = true;
        for (int k = 1; k <= 40; ++k) {
            const double amount = top * k / 40.0;
            static_cast<void>(split_in(m.curves, amount, s.w, s.r));
            const double slope = (s.r.total_out - last) / (top / 40.0);
            const double noise = 1e-13 * s.r.total_out / (top / 40.0);
            rises = rises && s.r.total_out >= last * (1.0 - 1e-15);
            concave = concave && slope <= last_slope + noise;
            price = price && s.r.price <= last_price * (1.0 + 1e-9);
            // The price is the slope.
            concave = concave && slope >= s.r.price - noise - 1e-9 * s.r.price;
            last = s.r.total_out;
            last_slope = slope;
            last_price = s.r.price;
        }
        CAPTURE(trial);
        CHECK(rises);
        CHECK(concave);
        CHECK(price);
    }
}

TEST_CASE("split: what is split can be traded, and two splits after one another are one") {
    dice d{7};
    splitter s{6};
    for (int trial = 0; trial < 300; ++trial) {
        // Books and fixed prices pay the same for two trades as for one.
        stock shelf;
        std::vector<venue::constant_price> pegs;
        const double price = d.scale(1e-3, 1e3), size = d.scale(1e-3, 1e6);
        for (int k = 0; k < 3; ++k) static_cast<void>(make_book(d, price * d.between(0.95, 1.05), size, shelf));
        for (int k = 0; k < 2; ++k) pegs.push_back({.price = price * d.between(0.95, 1.0), .holds_1 = size * price * d.unit()});
        const auto curves = [&] {
            std::vector<any_curve> all;
            for (const auto& b : shelf.books) all.emplace_back(b->curve(0, 1));
            for (const auto& p : pegs) all.emplace_back(p.curve(0, 1));
            return all;
        };
        const auto trade = [&] {
            double out = 0.0;
            bool same = true;
            for (std::size_t i = 0; i < 5; ++i) {
                const double got = i < 3 ? shelf.books[i]->apply(0, 1, s.r.in[i]) : pegs[i - 3].apply(0, 1, s.r.in[i]);
                same = same && got == s.r.out[i];
                out += got;
            }
            CHECK(same);
            return out;
        };
        double depth = 0.0;
        for (const any_curve& c : curves()) depth += c.depth();
        const double first = depth * d.unit() * 0.5, second = depth * d.unit() * 0.49;
        CHECK(split_in(curves(), first + second, s.w, s.r) == split_status::solved);
        const double whole = s.r.total_out, last = s.r.price;
        CHECK(split_in(curves(), first, s.w, s.r) == split_status::solved);
        const double one = trade();
        CHECK(split_in(curves(), second, s.w, s.r) == split_status::solved);
        CHECK(s.r.price == Approx(last).epsilon(1e-12));
        CAPTURE(trial, first, second);
        CHECK(one + trade() == Approx(whole).epsilon(1e-13));
    }
}

TEST_CASE("split: fixed costs, by all subsets") {
    dice d{5};
    splitter s{12}, t{12};
    double worst_in = 0.0, worst_out = 0.0, gap = 0.0;
    std::size_t most = 0;
    int left = 0;
    for (int trial = 0; trial < 240; ++trial) {
        const std::size_t n = trial % 24 == 0 ? 12 : 1 + d.below(8);
        const market m = random_market(d, n);
        const double amount = m.size * d.scale(1e-4, 10.0);
        const double gas = amount * m.price * d.scale(1e-5, 0.3);
        std::vector<double> fixed;
        for (std::size_t i = 0; i < n; ++i)
            fixed.push_back(d.chance(0.1) ? 0.0 : d.chance(0.03) ? infinity : gas * (d.chance(0.5) ? 1.0 : d.scale(0.3, 3.0)));
        CAPTURE(trial, n, amount, gas);
        // Sets of venues, and the best value of each.
        double best_in = 0.0, best_out = infinity;
        std::vector<any_curve> some;
        static_cast<void>(split_in(m.curves, amount, t.w, t.r));
        const double wanted = t.r.total_out * 0.9;
        const double rate = t.r.total_out > 0.0 ? t.r.total_in / t.r.total_out : 1.0;
        for (std::size_t set = 1; set < (std::size_t{1} << n); ++set) {
            some.clear();
            double cost = 0.0;
            for (std::size_t i = 0; i < n; ++i)
                if (((set >> i) & 1U) != 0) {
                    some.push_back(m.curves[i]);
                    cost += fixed[i];
                }
            if (!(cost < infinity)) continue;
            static_cast<void>(split_in(some, amount, t.w, t.r));
            best_in = std::max(best_in, t.r.total_out - cost);
            if (split_out(some, wanted, t.w, t.r) == split_status::solved) best_out = std::min(best_out, t.r.total_in + cost * rate);
        }
        split_status how = split_in(m.curves, amount, venue::split_costs{fixed}, s.w, s.r);
        CHECK(how != split_status::inexact);
        left += how == split_status::unfilled;
        most = std::max(most, s.r.nodes);
        worst_in = std::max(worst_in, std::fabs(s.r.primal - best_in) / (s.r.total_out + 1e-300));
        gap = std::max(gap, s.r.gap / (s.r.total_out + 1e-300));
        double charged = 0.0;
        for (std::size_t i = 0; i < n; ++i) charged += s.r.in[i] > 0.0 ? fixed[i] : 0.0;
        CHECK(s.r.fixed == Approx(charged).epsilon(1e-14));
        CHECK(s.r.primal == s.r.total_out - s.r.fixed);
        for (double& f : fixed) f *= rate;
        how = split_out(m.curves, wanted, venue::split_costs{fixed}, s.w, s.r);
        CHECK(how != split_status::inexact);
        most = std::max(most, s.r.nodes);
        if (best_out < infinity && wanted > 0.0) {
            CHECK(how == split_status::solved);
            worst_out = std::max(worst_out, std::fabs(s.r.primal - best_out) / best_out);
            gap = std::max(gap, s.r.gap / s.r.primal);
        } else if (wanted > 0.0) {
            CHECK(how == split_status::unfilled);
        }
    }
    CAPTURE(worst_in * 1e15, worst_out * 1e15, gap * 1e15, most, left);
    CHECK(worst_in < 1e-12);
    CHECK(worst_out < 1e-12);
    CHECK(gap < 1e-12);
    CHECK(left > 3);
}

TEST_CASE("split: fixed costs decide how many of equal pools are used") {
    // k of n equal pools: O·A/(I + A/k) − k·f is best at some k; all n costs too much, and which of them makes no difference.
    const std::vector<known_pool> pools(20, {{1000.0, 1000.0}});
    splitter s{20};
    for (const double f : {0.01, 0.1, 0.5, 2.0, 50.0, 500.0}) {
        double best = 0.0;
        std::size_t count = 0;
        for (std::size_t k = 1; k <= 20; ++k) {
            const double part = 500.0 / static_cast<double>(k);
            const double value = static_cast<double>(k) * (1000.0 * part / (1000.0 + part) - f);
            if (value > best) {
                best = value;
                count = k;
            }
        }
        const std::vector<double> fixed(20, f);
        CAPTURE(f, count);
        static_cast<void>(split_in(pools, 500.0, venue::split_costs{fixed}, s.w, s.r));
        CHECK(s.r.primal == Approx(best).epsilon(1e-13));
        std::size_t used = 0;
        for (const double x : s.r.in) used += x > 0.0;
        CHECK(used == count);
        CHECK(s.r.nodes < 2'000);
        if (count == 0) {  // nothing pays: nothing is sent
            CHECK(s.r.status == split_status::unfilled);
            CHECK(s.r.unfilled == 500.0);
            CHECK(s.r.primal == 0.0);
        }
    }
}

TEST_CASE("split: fixed costs over many venues have a bound") {
    dice d{6};
    std::vector<known_pool> pools;
    std::vector<double> fixed;
    for (int i = 0; i < 60; ++i) {
        const double size = d.scale(1e3, 1e5);
        pools.push_back({{size, size * d.between(1.9, 2.1)}});
        fixed.push_back(d.scale(0.5, 20.0));
    }
    splitter s{60};
    const split_status how = split_in(pools, 3e4, venue::split_costs{fixed, 40}, s.w, s.r);
    CHECK(s.r.nodes <= 40);
    CHECK(s.r.primal > 0.0);
    CHECK(s.r.dual >= s.r.primal);
    CAPTURE(s.r.gap, s.r.primal);
    CHECK(s.r.gap < 1e-3 * s.r.primal);
    const double bound = s.r.dual, first = s.r.primal;
    static_cast<void>(how);
    static_cast<void>(split_in(pools, 3e4, venue::split_costs{fixed, 20'000}, s.w, s.r));
    CHECK(s.r.primal <= bound * (1.0 + 1e-14));
    CHECK(s.r.primal >= first);
    CHECK(s.r.dual <= bound * (1.0 + 1e-14));
}

TEST_CASE("split: a constant-product pool and a real book together") {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: the book is skipped");
        return;
    }
    std::vector<venue::book_level> bids, asks;
    std::ifstream file{std::string{folder} + "/market/lob_bitstamp_ethusd_2022-01-05.csv"};
    for (std::string line; std::getline(file, line);) {
        std::stringstream cells{line};
        std::string side, price, size;
        std::getline(cells, side, ',');
        std::getline(cells, price, ',');
        std::getline(cells, size, ',');
        if (side == "bid") bids.push_back({std::strtod(price.c_str(), nullptr), std::strtod(size.c_str(), nullptr)});
        if (side == "ask") asks.push_back({std::strtod(price.c_str(), nullptr), std::strtod(size.c_str(), nullptr)});
    }
    REQUIRE(asks.size() == 1500);
    venue::order_book book{{.fee = 0.0005, .fee_from = venue::taker_fee::money}};
    book.prepare(1500);
    REQUIRE_FALSE(book.assign(std::span<const venue::book_level>{bids}, std::span<const venue::book_level>{asks}));
    // A pool of 100 million dollars at the mid price, fee 0.30 %.
    const double mid = 0.5 * (bids[0].price + asks[0].price);
    const pool buying{50e6 / 0.997, 50e6 / mid}, selling{50e6 / mid / 0.997, 50e6};
    const std::array<any_curve, 2> buy{book.curve(1, 0), buying}, sell{book.curve(0, 1), selling};
    splitter s{2};
    worst in, out;
    for (const double money : {1e4, 1e5, 3e5, 1e6, 3e6, 1e7, 3e7, 1e9}) {
        CAPTURE(money);
        CHECK(split_in(buy, money, s.w, s.r) == split_status::solved);
        judge(buy, money, true, s.r, in);
        const double alone = std::max(buy[0].out(money), buy[1].out(money));
        CHECK(s.r.total_out >= alone * (1.0 - 1e-15));
        if (money >= 1e6) CHECK(s.r.total_out > alone);
        if (money >= 1e7) CHECK(s.r.total_out > alone * 1.01);
        if (money <= 1e5) CHECK(s.r.in[1] == 0.0);  // the pool's fee is more than the book's first levels cost
        CHECK(best_exchange(buy, s.r) <= 1e-13 * s.r.total_out);
        CHECK(split_out(sell, std::min(money, 6e7), s.w, s.r) == split_status::solved);
        judge(sell, std::min(money, 6e7), false, s.r, out);
    }
    CHECK(in.gap < 1e-13);
    CHECK(out.gap < 1e-13);
    CHECK(in.kkt < 1e-9);
    CHECK(out.kkt < 1e-9);
}
