#include <ballast/risk/threshold_regimes.hpp>

#include <ballast/any/estimator.hpp>
#include <ballast/risk/close_to_close.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/risk/given_regimes.hpp>

#include "support/bar_estimators.hpp"

#include <cmath>
#include <random>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::risk::ewma;
using ballast::risk::given;
using ballast::risk::threshold_regimes;

using by_given = threshold_regimes<given>;
static_assert(std::is_aggregate_v<by_given> && estimator_policy<by_given> && regime_model<by_given>);
static_assert(by_given::provides == (risk_need::volatility | risk_need::regimes));
static_assert(detail::check_estimator<by_given>() && detail::check_estimator<threshold_regimes<any_estimator>>());
static_assert(detail::adjustable<threshold_regimes<ewma>::estimate>);

namespace {
template <class E>
typename E::estimate fresh(const E& e, std::size_t n) {
    typename E::estimate s;
    test::single<E>::prepare(e, s, n);
    return s;
}
std::vector<double> turbulent(const regime_view& r) {
    std::vector<double> p;
    for (std::size_t i = 1; i < r.probability.size(); i += 2) {
        CHECK(r.probability[i] + r.probability[i - 1] == 1.0);
        p.push_back(r.probability[i]);
    }
    return p;
}
}  // namespace

TEST_CASE("threshold_regimes: turbulent from enter on, until leave") {
    const threshold_regimes e{given{}, 0.6, 0.4};
    auto s = fresh(e, 2);
    const std::vector<double> price{1.0, 1.0};
    CHECK_FALSE(e.regimes(s).ready);
    CHECK(turbulent(e.regimes(s)) == std::vector<double>{0.0, 0.0});
    const auto tell = [&](double a, double b) {
        const std::vector<double> volatility{a, b};
        REQUIRE_FALSE(e.observe(s, {.price = price, .volatility = volatility}));
        CHECK(e.regimes(s).ready);
        CHECK(e.regimes(s).regimes == 2);
        CHECK(e.view(s).variance(0) == a * a);
        return turbulent(e.regimes(s));
    };
    using now = std::vector<double>;
    CHECK(tell(0.5, 0.59) == now{0.0, 0.0});
    CHECK(tell(0.6, 0.5) == now{1.0, 0.0});  // reached
    CHECK(tell(0.41, 0.7) == now{1.0, 1.0});
    CHECK(tell(0.59, 0.4) == now{1.0, 0.0});  // fallen to it
    CHECK(tell(0.0, 0.59) == now{0.0, 0.0});
    CHECK(tell(9.0, 9.0) == now{1.0, 1.0});
}

TEST_CASE("threshold_regimes: without leave it is enter; each asset may have its own") {
    const threshold_regimes one{given{}, 0.5};
    const threshold_regimes each{given{}, {0.5, 0.2}, {0.3, 0.2}};
    auto a = fresh(one, 2);
    auto b = fresh(each, 2);
    const std::vector<double> price{1.0, 1.0}, high{0.5, 0.5}, low{0.4, 0.19};
    for (const auto* v : {&high, &low}) {
        REQUIRE_FALSE(one.observe(a, {.price = price, .volatility = *v}));
        REQUIRE_FALSE(each.observe(b, {.price = price, .volatility = *v}));
    }
    CHECK(turbulent(one.regimes(a)) == std::vector<double>{0.0, 0.0});
    CHECK(turbulent(each.regimes(b)) == std::vector<double>{1.0, 0.0});
    CHECK(each.covers(2));
    CHECK_FALSE(each.covers(3));
}

TEST_CASE("threshold_regimes: what switches, and how often, against a plain rule") {
    std::mt19937_64 rng{21};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    const threshold_regimes e{given{}, 0.6, 0.4}, eager{given{}, 0.5};
    auto s = fresh(e, 1);
    auto t = fresh(eager, 1);
    bool on = false;
    double v = 0.5, was = 0.0, eager_was = 0.0;
    int switches = 0, eager_switches = 0;
    for (int k = 0; k < 5000; ++k) {
        v = std::fmax(0.0, 0.5 + 0.97 * (v - 0.5) + 0.1 * (unit(rng) - 0.5));
        on = v >= 0.6 || (on && v > 0.4);
        REQUIRE_FALSE(e.observe(s, {.price = {&v, 1}, .volatility = {&v, 1}}));
        REQUIRE_FALSE(eager.observe(t, {.price = {&v, 1}, .volatility = {&v, 1}}));
        CHECK(s.probability[1] == (on ? 1.0 : 0.0));
        CHECK(t.probability[1] == (v >= 0.5 ? 1.0 : 0.0));
        switches += s.probability[1] != was ? 1 : 0;
        eager_switches += t.probability[1] != eager_was ? 1 : 0;
        was = s.probability[1];
        eager_was = t.probability[1];
    }
    CHECK(switches > 20);
    CHECK(eager_switches > 2 * switches);
}

TEST_CASE("threshold_regimes: while the other is not ready nothing switches; of one asset for the market") {
    threshold_regimes e{ewma{.half_life = days(5), .warm_up = 3}, 0.5, 0.5, 1};
    auto s = fresh(e, 2);
    std::vector<double> price{100.0, 100.0};
    for (int k = 0; k < 5; ++k) {
        price[1] *= k % 2 == 0 ? 1.2 : 0.8;
        REQUIRE_FALSE(e.observe(s, {.now = timestamp{} + days(k), .price = price}));
        CHECK(e.regimes(s).ready == (k >= 3));
        REQUIRE(e.regimes(s).probability.size() == 2);
        CHECK(e.regimes(s).of(0)[1] == (k >= 3 ? 1.0 : 0.0));
        CHECK(s.probability[1] == 0.0);
    }
    CHECK_FALSE(e.covers(1));
    e.market = 7;
    CHECK_FALSE(e.regimes(s).ready);
    CHECK(e.observe(s, {.now = timestamp{} + days(9), .price = price}).code == fault_code::bad_parameter_count);
}

TEST_CASE("threshold_regimes: what the other refuses changes nothing") {
    const threshold_regimes e{given{}, 0.6, 0.4};
    auto s = fresh(e, 2);
    const std::vector<double> price{1.0, 1.0}, good{0.7, 0.1}, bad{0.1, -1.0}, three{0.1, 0.1, 0.1};
    REQUIRE_FALSE(e.observe(s, {.price = price, .volatility = good}));
    CHECK(e.check(s, {.price = price, .volatility = bad}).code == fault_code::bad_risk);
    CHECK(e.observe(s, {.price = price, .volatility = bad}).code == fault_code::bad_risk);
    CHECK(e.observe(s, {.price = three, .volatility = three}).code == fault_code::size_mismatch);
    CHECK(turbulent(e.regimes(s)) == std::vector<double>{1.0, 0.0});
    CHECK(e.view(s).variance(0) == 0.7 * 0.7);
}

TEST_CASE("threshold_regimes: saved, erased and split it goes on as before") {
    const ewma inner{.half_life = days(5), .warm_up = 20};
    test::check_same_elsewhere(threshold_regimes{inner, 0.5, 0.4});
    // Over a window, whose estimate the estimator prepares; and made of an erased one, with the same bytes.
    const risk::close_to_close window{.returns = 10};
    test::check_same_elsewhere(threshold_regimes{window, 0.5, 0.4});
    const threshold_regimes exact{window, 0.3, 0.2};
    const threshold_regimes of_erased{any_estimator{window}, 0.3, 0.2};
    CHECK(of_erased.runtime_provides() == (risk_need::volatility | risk_need::regimes));
    market_state<threshold_regimes<risk::close_to_close>> a;
    market_state<threshold_regimes<any_estimator>> b;
    a.prepare({.assets = 1});
    b.prepare({.assets = 1});
    auto& s = detail::get<0>(a.estimates);
    auto& t = detail::get<0>(b.estimates);
    CHECK_FALSE(of_erased.prepared(t));
    exact.prepare(s, {.assets = 1});
    of_erased.prepare(t, {.assets = 1});
    CHECK(of_erased.prepared(t));
    test::random_bars bars{22};
    double sum = 0.0;
    for (int k = 0; k < 200; ++k) {
        const double p = bars.next(k < 100 ? 0.01 : 0.03).close;
        REQUIRE_FALSE(exact.observe(s, {.now = timestamp{} + days(k), .price = {&p, 1}}));
        REQUIRE_FALSE(of_erased.observe(t, {.now = timestamp{} + days(k), .price = {&p, 1}}));
        REQUIRE(s.probability == t.probability);
        REQUIRE(save(a) == save(b));
        sum += s.probability[1];
    }
    CHECK((sum > 50.0 && sum < 150.0));
}

// BCH stands at 335.99 for 419 hours up to 2018-12-06 and then prints 101.26: to a window of returns that is one return over all of this time.
TEST_CASE("threshold_regimes: a stale run in real hourly prices is as the other takes it") {
    const std::string path = test::data_file("prices/crypto_hourly_close.csv");
    if (path.empty()) return;
    const csv::prices data = test::read_columns(path, {"BCH"});
    test::single s{threshold_regimes{risk::close_to_close{.returns = 72}, 1.2, 0.8}};
    double last = 0.0, before_run = 0.0;
    int run = 0, switches = 0;
    for (std::size_t row = 0; row < data.when.size(); ++row) {
        const double p = data.price[row], was = s.estimate.probability[1];
        run = p == last ? run + 1 : 0;
        REQUIRE_FALSE(s.price(data.when[row], p));
        const double q = s.estimate.probability[1];
        if (run == 0) before_run = q;
        if (run > 0) CHECK(q == before_run);
        switches += q != was ? 1 : 0;
        last = p;
    }
    CHECK(switches > 10);
    CHECK(switches < 400);
}

TEST_CASE("threshold_regimes: bad parameters are refused with parameter, value and range") {
    CHECK(test::refusal(threshold_regimes{given{}, 0.5, 0.4}).empty());
    CHECK(test::refusal(threshold_regimes{given{}, 0.5}).empty());
    CHECK(test::refusal(threshold_regimes{given{}, 0.5, 0.0}).empty());
    CHECK_THAT(test::refusal(threshold_regimes<given>{}), StartsWith("ballast: threshold_regimes.enter = 0: has to be given"));
    CHECK_THAT(test::refusal(threshold_regimes{given{}, 0.0}), StartsWith("ballast: threshold_regimes.enter = 0: must be"));
    CHECK_THAT(test::refusal(threshold_regimes{given{}, {0.5, test::no_number}}), StartsWith("ballast: threshold_regimes.enter = nan"));
    CHECK_THAT(test::refusal(threshold_regimes{given{}, 0.5, -0.1}), StartsWith("ballast: threshold_regimes.leave = -0.1"));
    CHECK_THAT(test::refusal(threshold_regimes{given{}, 0.5, 0.6}),
               StartsWith("ballast: threshold_regimes.leave = 0.6: must not be above"));
    CHECK_THAT(test::refusal(threshold_regimes{given{}, {0.5, 0.3}, 0.4}), StartsWith("ballast: threshold_regimes.leave = 0.4: must not"));
    CHECK_THAT(test::refusal(threshold_regimes{risk::given_regimes{}, 0.5}), StartsWith("ballast: threshold_regimes.inner = 0: must be"));
    CHECK_THAT(test::refusal(threshold_regimes{ewma{.warm_up = 0}, 0.5}), StartsWith("ballast: ewma.warm_up"));
    CHECK_THAT(test::refusal(threshold_regimes{any_estimator{}, 0.5}), StartsWith("ballast: any_estimator"));
    CHECK(test::refusal(threshold_regimes{given{}, std::vector<double>{}, std::vector<double>{}}).empty());
}
