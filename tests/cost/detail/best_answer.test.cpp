#include <ballast/cost/detail/best_answer.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"

#include <ballast/any/cost.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/core/timestamp.hpp>
#include <ballast/cost/almgren.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/half_spread.hpp>
#include <ballast/cost/holding.hpp>
#include <ballast/cost/latency.hpp>
#include <ballast/cost/linear_impact.hpp>
#include <ballast/cost/maker_taker.hpp>
#include <ballast/cost/per_unit.hpp>
#include <ballast/cost/power_impact.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/square_root_impact.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/cost/tiered.hpp>
#include <ballast/cost/volume_share.hpp>
#include <ballast/cost/zero.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>
#include <utility>
#include <vector>

// argmin over lo..hi of cost(x) + k/2·(x − c)² − p·x. Closed forms are asked where there are any; here they check the search.

using namespace ballast;

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

/// A bound cost of which only the slopes are left, and how often they are asked for.
template <class View>
struct only_slopes {
    static constexpr cost_shape shape = cost_shape::convex;
    View view;
    int* asked;
    [[nodiscard]] double cost(std::size_t i, double x) const noexcept { return view.cost(i, x); }
    [[nodiscard]] slope_interval marginal(std::size_t i, double x) const noexcept {
        ++*asked;
        return view.marginal(i, x);
    }
};

/// Answers prices by the search.
template <class View>
struct searched {
    only_slopes<View> slopes;
    int* most;  ///< questions for one answer
    long* all;  ///< questions
    long* calls;
    [[nodiscard]] double cost(std::size_t i, double x) const noexcept { return slopes.view.cost(i, x); }
    [[nodiscard]] slope_interval marginal(std::size_t i, double x) const noexcept { return slopes.view.marginal(i, x); }
    [[nodiscard]] double jump(std::size_t i) const noexcept { return detail::jump_of(slopes.view, i); }
    [[nodiscard]] response respond(std::size_t i, double price, double curvature, double centre, double lo, double hi) const noexcept {
        *slopes.asked = 0;
        const response r = detail::best_answer(slopes, i, price, curvature, centre, lo, hi);
        *most = std::max(*most, *slopes.asked);
        *all += *slopes.asked;
        ++*calls;
        return r;
    }
};
template <class View>
only_slopes(View, int*) -> only_slopes<View>;

/// Everything that a closed form has to keep, of the search; but to the last bits where the model has its kink at all numbers that are next to it.
template <class Model>
void check_search(const Model& model, const look& l, std::uint64_t seed, std::size_t assets = 1, bool around_a_kink = false) {
    REQUIRE_FALSE(detail::validate(model));
    int asked = 0, most = 0;
    long all = 0, calls = 0;
    const auto view = model.bind(l);
    const searched<std::remove_cvref_t<decltype(view)>> v{{view, &asked}, &most, &all, &calls};
    STATIC_REQUIRE_FALSE(responsive_cost<decltype(v.slopes)>);
    STATIC_REQUIRE_FALSE(linear_bound_cost<decltype(v.slopes)>);
    if (!around_a_kink) {
        ballast_test::check_respond(v, assets, seed, 1'500);
        CHECK(all <= 20 * calls);
    }
    for (std::size_t i = 0; i < assets; ++i) ballast_test::check_conditions(v, i, seed + 1, 1e6);
    CHECK(most <= 80);
}

/// The closed form and the search give the same.
template <class Model>
void check_against_closed_form(const Model& model, const look& l, std::uint64_t seed, std::size_t assets = 1) {
    int asked = 0;
    const auto view = model.bind(l);
    const only_slopes slopes{view, &asked};
    std::mt19937_64 random{seed};
    std::uniform_real_distribution<double> unit{-1.0, 1.0};
    for (int trial = 0; trial < 1'000; ++trial) {
        const std::size_t i = static_cast<std::size_t>(trial) % assets;
        const double p = 0.02 * unit(random), k = trial % 4 == 0 ? 0.0 : std::pow(10.0, -5.0 + 3.0 * unit(random));
        const double c = trial % 5 == 0 ? 0.0 : 1e4 * unit(random);
        double lo = trial % 3 == 0 ? 0.0 : 1e4 * unit(random), hi = trial % 7 == 0 ? 0.0 : 1e4 * unit(random);
        if (lo > hi) std::swap(lo, hi);
        const response closed = view.respond(i, p, k, c, lo, hi), found = detail::best_answer(slopes, i, p, k, c, lo, hi);
        CAPTURE(trial, i, p, k, c, lo, hi, closed.x, found.x, closed.slope, found.slope);
        CHECK(std::fabs(closed.x - found.x) <= 1e-11 * (std::fabs(c) + std::fabs(closed.x)));
        CHECK(found.slope == Approx(closed.slope).epsilon(1e-6));
        if (lo < 0.0 && hi > 0.0) CHECK(int{closed.piece} == int{found.piece});
    }
}

/// A host's own convex cost: x²·1e-6, and a second kink on each side.
struct own_cost {
    static constexpr cost_shape shape = cost_shape::convex;
    struct view {
        [[nodiscard]] double cost(std::size_t, double x) const noexcept {
            const double over = std::fabs(x) > 1234.5 ? std::fabs(x) - 1234.5 : 0.0;
            return 1e-6 * x * x + 0.004 * over;
        }
        [[nodiscard]] slope_interval marginal(std::size_t, double x) const noexcept {
            const double s = 2e-6 * x;
            if (std::fabs(x) < 1234.5) return {s, s};
            const double step = x > 0.0 ? 0.004 : -0.004;
            if (std::fabs(x) > 1234.5) return {s + step, s + step};
            return x > 0.0 ? slope_interval{s, s + step} : slope_interval{s + step, s};
        }
    };
    [[nodiscard]] view bind(const look&) const noexcept { return {}; }
};

const cost::square_root_impact root{.daily_volatility = 0.02, .daily_volume = 1e6};
const cost::linear_impact line{.coefficient = 0.3, .daily_volume = 1e6};
const cost::proportional rate{.rate = 10_bps, .sell = 30_bps};
const cost::tiered tiers{.tiers = {{100.0, 0.001}, {5'000.0, 0.01}, {.rate = 0.02}}};

/// A look at one asset whose position is worth so much.
struct held_look {
    double price = 1.0, weight = 1.0;
    look at{};
    explicit held_look(double value) {
        at.price = {&price, 1};
        at.weight = {&weight, 1};
        at.value = value;
    }
};
}  // namespace

TEST_CASE("best_answer: the search answers as every convex model does") {
    const ballast_test::price_look l{{10.0, 0.5}};
    check_search(rate, l.look, 1);
    check_search(cost::proportional{.rate = -0.001, .sell = 0.002}, l.look, 3);
    check_search(cost::half_spread{.spread = {0.004, 0.01}}, l.look, 5, 2);
    check_search(cost::per_unit{.amount = {0.01, 0.0005}}, l.look, 7, 2);
    check_search(cost::maker_taker{.maker = -0.0001, .taker = 0.0005, .maker_share = 0.5}, l.look, 9);
    check_search(cost::latency{.volatility = 0.5, .delay = days(1)}, l.look, 11);
    check_search(line, l.look, 13);
    check_search(root, l.look, 15);
    check_search(cost::power_impact{.exponent = 1.3, .daily_volatility = 0.02, .daily_volume = 1e6, .rate = 0.001}, l.look, 17);
    check_search(cost::almgren{.outstanding = 1e8, .daily_volatility = 0.02, .daily_volume = 1e6, .rate = 0.001}, l.look, 19);
    check_search(cost::volume_share{.volume = 1e5, .rate = 0.001}, l.look, 21);
    check_search(tiers, l.look, 23);
    check_search(own_cost{}, l.look, 25);
    for (const double position : {5'000.0, -1'234.56789, 1e-7}) {
        const held_look h{position};
        check_search(cost::holding{.long_rate = 0.1, .short_rate = 0.3, .horizon = days(30)}, h.at, 27, 1, true);
        check_against_closed_form(cost::holding{.long_rate = 0.1, .short_rate = 0.3, .horizon = days(30)}, h.at, 29);
    }
    check_against_closed_form(rate, l.look, 31);
    check_against_closed_form(cost::half_spread{.spread = {0.004, 0.01}}, l.look, 33, 2);
    check_against_closed_form(line, l.look, 35);
    check_against_closed_form(root, l.look, 37);
    check_against_closed_form(tiers, l.look, 39);
    check_against_closed_form(cost::sum{root, rate, cost::zero{}}, l.look, 41);
}

TEST_CASE("best_answer: sums of which several parts bend") {
    const ballast_test::price_look l{{10.0}};
    const cost::sum two{line, root};
    STATIC_REQUIRE_FALSE(responsive_cost<decltype(two)::view>);
    check_search(two, l.look, 51);
    check_search(cost::sum{line, root, rate}, l.look, 53);
    check_search(cost::sum{own_cost{}, root}, l.look, 55);
    check_search(cost::sum{tiers, root, cost::half_spread{.spread = 0.001}}, l.look, 57);
    check_search(cost::sum{tiers, cost::volume_share{.volume = 1e5}}, l.look, 59);
    const held_look h{-3'000.0};
    check_search(cost::sum{cost::holding{.long_rate = 0.1, .short_rate = 0.3, .horizon = days(30)}, line, root, rate}, h.at, 61, 1, true);
}

// a·|x| + σ·|x|·√u + η/2·|x|·u, u = |x|/V: (η + k·V)·u + 3/2·σ·√u = |p + k·c| − a, a quadratic equation in √u.
TEST_CASE("best_answer: the closed form of a rate, a root and a line, in long doubles") {
    const ballast_test::price_look l{{1.0}};
    std::mt19937_64 random{71};
    std::uniform_real_distribution<double> unit{-1.0, 1.0};
    for (int trial = 0; trial < 3'000; ++trial) {
        const double volume = std::pow(10.0, 6.0 + 6.0 * unit(random)), a = 0.001 * (1.0 + unit(random));
        const double sigma = 0.02 * (1.01 + unit(random)), eta = 0.3 * (1.01 + unit(random));
        const cost::sum model{cost::proportional{.rate = a}, cost::square_root_impact{.daily_volatility = sigma, .daily_volume = volume},
                              cost::linear_impact{.coefficient = eta, .daily_volume = volume}};
        const double k = trial % 5 == 0 ? 0.0 : std::pow(10.0, -2.0 + 3.0 * unit(random)) / volume;
        const double p = 0.05 * unit(random), c = trial % 3 == 0 ? 0.0 : 0.1 * volume * unit(random);
        const response r = detail::best_answer(model.bind(l.look), 0, p, k, c, -infinity, infinity);
        const auto wide = [](double x) { return static_cast<long double>(x); };
        const long double pull = wide(p) + wide(k) * wide(c);
        const long double left = std::fabs(pull) - wide(a);
        const long double v = wide(volume), m = 1.5L * wide(sigma), q = wide(eta) + wide(k) * v;  // of u = x/V
        const long double s = left > 0.0L ? 2.0L * left / (m + std::sqrt(m * m + 4.0L * q * left)) : 0.0L;
        const double x = static_cast<double>((pull > 0.0L ? 1.0L : -1.0L) * v * s * s);
        const double reach = x == 0.0 ? 0.0 : static_cast<double>(v / (q + 0.5L * m / s));
        CAPTURE(trial, p, k, c, x, r.x, reach, r.slope);
        // A rounding of the slopes moves it by so much.
        CHECK(std::fabs(r.x - x) <= 4e-16 * std::fabs(x) + 1e-15 * reach * (std::fabs(p) + std::fabs(k * c) + std::fabs(k * x)));
        CHECK(r.slope == Approx(reach).epsilon(1e-7));
        CHECK(int{r.piece} == (x > 0.0 ? 1 : x < 0.0 ? -1 : 0));
    }
}

TEST_CASE("best_answer: an erased cost answers as the cost does, to the bit") {
    const ballast_test::price_look l{{10.0}};
    const auto check = [&](const auto& model, bool told) {
        const any_cost erased = model;
        const any_cost::view view = erased.bind(l.look);
        std::mt19937_64 random{81};
        std::uniform_real_distribution<double> unit{-1.0, 1.0};
        for (int trial = 0; trial < 300; ++trial) {
            const double p = 0.02 * unit(random), k = trial % 4 == 0 ? 0.0 : 1e-6 * (1.1 + unit(random)), c = 1e4 * unit(random);
            const response a = detail::best_answer(model.bind(l.look), 0, p, k, c, -5e3, 8e3);
            const response b = detail::best_answer(view, 0, p, k, c, -5e3, 8e3);
            const response e = detail::with_exact_traits(view.ref(), [&](const auto& exact) noexcept {
                if constexpr (responsive_cost<std::remove_cvref_t<decltype(exact)>>) CHECK(told);
                return detail::best_answer(exact, 0, p, k, c, -5e3, 8e3);
            });
            for (const response& other : {b, e}) {
                CHECK(same_bits(a.x, other.x));
                CHECK(same_bits(a.slope, other.slope));
                CHECK(a.piece == other.piece);
            }
        }
    };
    check(rate, true);
    check(root, true);
    check(tiers, true);
    check(cost::sum{root, rate}, true);
    check(cost::sum{root, line}, false);
    check(cost::sum{root, line, rate}, false);
    check(own_cost{}, false);
    check(any_costs{{root, rate, cost::half_spread{.spread = 0.001}}}, true);
    check(any_costs{{tiers, rate}}, true);
    check(any_costs{{tiers, root}}, false);
}

TEST_CASE("best_answer: exactly no trade where the price lies within the slopes at 0") {
    const ballast_test::price_look l{{1.0}};
    const cost::sum model{line, root, rate};
    const auto v = model.bind(l.look);
    const double buy = 10_bps, sell = 30_bps;
    std::mt19937_64 random{91};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (int trial = 0; trial < 5'000; ++trial) {
        const double k = trial % 3 == 0 ? 0.0 : std::pow(10.0, -12.0 + 12.0 * unit(random)), c = (unit(random) - 0.5) * 0.01 / (k + 1e-6);
        const double p = -sell + (sell + buy) * unit(random) * 1.2 - k * c;
        const bool within = p + k * c <= buy && p + k * c >= -sell;
        const response r = detail::best_answer(v, 0, p, k, c, -infinity, infinity);
        CAPTURE(trial, p, k, c, r.x);
        CHECK(within == (r.x == 0.0));
        CHECK(within == (r.piece == 0));
        if (within) CHECK_FALSE(std::signbit(r.x));
    }
    CHECK(detail::best_answer(v, 0, buy, 0.0, 0.0, -infinity, infinity).x == 0.0);
    CHECK(detail::best_answer(v, 0, -sell, 0.0, 0.0, -infinity, infinity).x == 0.0);
    CHECK(detail::best_answer(v, 0, std::nextafter(buy, 1.0), 0.0, 0.0, -infinity, infinity).x > 0.0);
    CHECK(detail::best_answer(v, 0, std::nextafter(-sell, -1.0), 0.0, 0.0, -infinity, infinity).x < 0.0);
}

TEST_CASE("best_answer: kinks are met exactly, and answers keep still there") {
    const ballast_test::price_look l{{1.0}};
    const auto v = own_cost{}.bind(l.look);
    std::mt19937_64 random{101};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (int trial = 0; trial < 2'000; ++trial) {
        const double sign = trial % 2 == 0 ? 1.0 : -1.0, k = trial % 3 == 0 ? 0.0 : std::pow(10.0, -10.0 + 10.0 * unit(random));
        // The slopes at the kink are 0.002469 and 0.006469.
        const double p = sign * (0.00247 + 0.00399 * unit(random)), c = trial % 5 == 0 ? 0.0 : sign * 1234.5;
        const response r = detail::best_answer(v, 0, p + (c == 0.0 ? sign * k * 1234.5 : 0.0), k, c, -1e9, infinity);
        CAPTURE(trial, p, k, c, r.x);
        CHECK(r.x == sign * 1234.5);
        CHECK(r.slope == 0.0);
        CHECK(int{r.piece} == (sign > 0.0 ? 1 : -1));
    }
    // Of units of a price: where no double is at the kink, one beside it.
    struct by_units {
        double price, edge;
        [[nodiscard]] double cost(std::size_t, double x) const noexcept {
            const double over = std::fabs(x / price) > edge ? std::fabs(x / price) - edge : 0.0;
            return 0.001 * std::fabs(x) + 0.004 * over * price;
        }
        [[nodiscard]] slope_interval marginal(std::size_t, double x) const noexcept {
            if (x == 0.0) return {-0.001, 0.001};
            const double low = std::fabs(x / price) > edge ? 0.005 : 0.001, high = std::fabs(x / price) < edge ? 0.001 : 0.005;
            return x > 0.0 ? slope_interval{low, high} : slope_interval{-high, -low};
        }
    };
    for (int trial = 0; trial < 500; ++trial) {
        const by_units u{std::pow(10.0, 6.0 * unit(random) - 3.0), std::pow(10.0, 6.0 * unit(random) - 3.0)};
        const double k = 0.002 / (u.price * u.edge);
        const response r = detail::best_answer(u, 0, 0.005, k, 0.0, -infinity, infinity);
        const double before = std::nextafter(r.x, 0.0), behind = std::nextafter(r.x, infinity);
        CAPTURE(u.price, u.edge, r.x, r.slope);
        CHECK(u.marginal(0, before).low == 0.001);
        CHECK(u.marginal(0, behind).high == 0.005);
        CHECK(r.slope == 0.0);
    }
}

TEST_CASE("best_answer: bounds stop it, and of equally good answers it is the smallest trade") {
    const ballast_test::price_look l{{1.0}};
    const cost::sum model{line, root, rate};
    const auto v = model.bind(l.look);
    const auto ask = [&](double p, double k, double c, double lo, double hi) { return detail::best_answer(v, 0, p, k, c, lo, hi); };
    CHECK(ask(0.05, 0.0, 0.0, -5.0, 7.0).x == 7.0);
    CHECK(int{ask(0.05, 0.0, 0.0, -5.0, 7.0).piece} == 2);
    CHECK(ask(-0.05, 0.0, 0.0, -5.0, 7.0).x == -5.0);
    CHECK(int{ask(-0.05, 0.0, 0.0, -5.0, 7.0).piece} == -2);
    CHECK(ask(0.0, 0.0, 0.0, 3.0, 7.0).x == 3.0);
    CHECK(int{ask(0.0, 0.0, 0.0, 3.0, 7.0).piece} == -2);
    CHECK(ask(0.0, 0.0, 0.0, -9.0, -3.0).x == -3.0);
    CHECK(int{ask(0.0, 0.0, 0.0, -9.0, -3.0).piece} == 2);
    CHECK(ask(-0.05, 1.0, 100.0, 3.0, 3.0).x == 3.0);
    CHECK(ask(0.05, 0.0, 0.0, -3.0, 0.0).x == 0.0);
    CHECK(int{ask(0.05, 0.0, 0.0, -3.0, 0.0).piece} == 2);
    CHECK(int{ask(-0.05, 0.0, 0.0, 0.0, 3.0).piece} == -2);
    CHECK(int{ask(0.0, 0.0, 0.0, 0.0, 0.0).piece} == 0);
    CHECK(ask(0.0, 0.0, 0.0, 0.0, 0.0).x == 0.0);
    // The impact goes on in a straight line from a million times the value on; beyond, nothing ends it but curvature.
    CHECK(ask(1e9, 0.0, 0.0, -infinity, infinity).x == infinity);
    CHECK(ask(-1e9, 0.0, 0.0, -infinity, infinity).x == -infinity);
    CHECK(ask(1e9, 1e-3, 0.0, -infinity, infinity).x < 1e12);
    // A slope that stays the same from 100 to 5000.
    int asked = 0;
    const only_slopes flat{tiers.bind(l.look), &asked};
    CHECK(detail::best_answer(flat, 0, 0.01, 0.0, 0.0, -infinity, infinity).x == 100.0);
    CHECK(detail::best_answer(flat, 0, -0.01, 0.0, 0.0, -infinity, infinity).x == -100.0);
    CHECK(detail::best_answer(flat, 0, 0.01, 0.0, 0.0, 300.0, 400.0).x == 300.0);
    CHECK(detail::best_answer(flat, 0, 0.0101, 0.0, 0.0, -infinity, infinity).x == 5'000.0);
    CHECK(detail::best_answer(flat, 0, 0.02, 0.0, 0.0, -infinity, infinity).x == 5'000.0);
    CHECK(detail::best_answer(flat, 0, 0.021, 0.0, 0.0, -infinity, infinity).x == infinity);
    CHECK(detail::best_answer(flat, 0, 0.0, 0.0, 0.0, -infinity, infinity).x == 0.0);
    // Without costs the centre and the price.
    const only_slopes free{cost::zero{}.bind(l.look), &asked};
    CHECK(detail::best_answer(free, 0, 0.5, 0.25, 10.0, -infinity, infinity).x == 12.0);
    CHECK(detail::best_answer(free, 0, 0.5, 0.25, 10.0, -infinity, infinity).slope == 4.0);
}

TEST_CASE("best_answer: markets of any size, answers in proportion") {
    const ballast_test::price_look l{{1.0}};
    std::mt19937_64 random{111};
    std::uniform_real_distribution<double> unit{-1.0, 1.0};
    for (int trial = 0; trial < 600; ++trial) {
        const double volume = std::pow(10.0, 6.0 + unit(random)), times = std::ldexp(1.0, static_cast<int>(800.0 * unit(random)));
        const auto make = [&](double v) {
            return cost::sum{rate, cost::square_root_impact{.daily_volatility = 0.02, .daily_volume = v},
                             cost::linear_impact{.coefficient = 0.3, .daily_volume = v}};
        };
        const auto one = make(volume), many = make(volume * times);
        const double p = 0.05 * unit(random), k = trial % 4 == 0 ? 0.0 : 1e-3 / volume, c = volume * unit(random);
        const response a = detail::best_answer(one.bind(l.look), 0, p, k, c, -volume, volume);
        const response b = detail::best_answer(many.bind(l.look), 0, p, k / times, c * times, -volume * times, volume * times);
        CAPTURE(trial, volume, times, p, k, c, a.x, b.x / times);
        CHECK(std::fabs(b.x / times - a.x) <= 1e-14 * std::fabs(a.x));
        CHECK(b.slope / times == Approx(a.slope).epsilon(1e-9));
        CHECK(a.piece == b.piece);
    }
    // No volume, or next to none: no trade, no endless search, all numbers are numbers.
    for (const double volume : {0.0, 5e-324, 1e-300, 1e-30, 1e300}) {
        const cost::sum model{rate, cost::square_root_impact{.daily_volatility = 0.02, .daily_volume = volume},
                              cost::linear_impact{.coefficient = 0.3, .daily_volume = volume}};
        for (const double p : {-0.01, 0.0005, 0.01, 1e5})
            for (const double k : {0.0, 1e-300, 1e-9, 1.0, 1e300}) {
                const response r = detail::best_answer(model.bind(l.look), 0, p, k, 1e4, -1e9, 1e9);
                CAPTURE(volume, p, k, r.x, r.slope);
                CHECK((std::isfinite(r.x) && std::fabs(r.x) <= 1e9));
                CHECK((std::isfinite(r.slope) && r.slope >= 0.0 && r.slope * k <= 1.0 + 1e-15));
            }
    }
}

TEST_CASE("best_answer: it never falls when the price rises") {
    const ballast_test::price_look l{{1.0}};
    const auto check = [&](const auto& view) {
        for (const double k : {0.0, 1e-7, 1e-5}) {
            double last = -infinity;
            for (int step = -2'000; step <= 2'000; ++step) {
                const double x = detail::best_answer(view, 0, 1e-5 * step, k, 500.0, -4e4, 6e4).x;
                CHECK(x >= last);
                last = x;
            }
        }
    };
    check(cost::sum{line, root, rate}.bind(l.look));
    check(cost::sum{own_cost{}, root}.bind(l.look));
    int asked = 0;
    check(only_slopes{cost::sum{tiers, rate}.bind(l.look), &asked});
}

// A fixed part is left out: what is weighed is the convex rest.
TEST_CASE("best_answer: of a cost with a fixed part the rest is answered") {
    const ballast_test::price_look l{{1.0}};
    const cost::sum all{root, rate, cost::fixed{.amount = 5.0}};
    const cost::sum rest{root, rate};
    const auto with_fixed = all.bind(l.look);
    const auto without = rest.bind(l.look);
    for (const double p : {-0.02, -0.003, 0.0005, 0.002, 0.05})
        for (const double k : {0.0, 1e-6, 1e-3}) {
            const response a = detail::best_answer(with_fixed, 0, p, k, 10.0, -1e5, 1e5);
            const response b = detail::best_answer(without, 0, p, k, 10.0, -1e5, 1e5);
            CHECK(a.x == Approx(b.x).epsilon(1e-12));
            CHECK(a.piece == b.piece);
        }
}

// A host's slopes that are not numbers, or do not rise, bring no good answer, but an answer within the bounds.
TEST_CASE("best_answer: slopes that make no sense end the search") {
    struct nonsense {
        [[nodiscard]] double cost(std::size_t, double) const noexcept { return 0.0; }
        [[nodiscard]] slope_interval marginal(std::size_t i, double x) const noexcept {
            const double nan = std::numeric_limits<double>::quiet_NaN();
            if (i == 0) return {nan, nan};
            if (i == 1) return x > 100.0 ? slope_interval{nan, nan} : slope_interval{0.0, 0.0};
            if (i == 2) return {std::sin(x), std::sin(x)};
            if (i == 3) return {-infinity, infinity};
            return x > 5.0 ? slope_interval{infinity, infinity} : slope_interval{-infinity, -infinity};
        }
    };
    const nonsense v;
    for (std::size_t i = 0; i < 5; ++i)
        for (const double p : {-2.0, 0.3, 0.5})
            for (const double k : {0.0, 1e-3}) {
                const response r = detail::best_answer(v, i, p, k, 1.0, -1e3, 1e3);
                CAPTURE(i, p, k, r.x);
                CHECK(!(std::fabs(r.x) > 1e3));
                CHECK(r.slope >= 0.0);
            }
}
