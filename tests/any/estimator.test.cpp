#include <ballast/any/estimator.hpp>

#include "support/catch.hpp"
#include "support/same_bits.hpp"

#include <ballast/core/archive.hpp>
#include <ballast/core/civil_date.hpp>
#include <ballast/core/state.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/risk/given_regimes.hpp>
#include <ballast/risk/hamilton.hpp>
#include <ballast/risk/threshold_regimes.hpp>

#include <cmath>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace ballast;
using test::same_bits;

static_assert(estimator_policy<any_estimator> && estimator_policy<any_estimators> && detail::with_several_views<any_estimators>);
static_assert(std::is_copy_constructible_v<any_estimator> && std::is_nothrow_move_constructible_v<any_estimator> &&
              std::is_nothrow_move_assignable_v<any_estimator> && std::is_copy_constructible_v<any_estimate>);
static_assert(std::is_convertible_v<risk::ewma, any_estimator> && std::is_convertible_v<any_estimators, any_estimator> &&
              !std::is_convertible_v<double, any_estimator>);

namespace {

/// Random ticks, some prices unusable, some volatilities missing or wrong.
struct ticker {
    std::mt19937_64 rng{11};
    std::vector<double> price, volatility;
    timestamp now = timestamp_from_civil(2022, 1, 3);
    explicit ticker(std::size_t n) : price(n, 50.0), volatility(n, 0.3) {}
    [[nodiscard]] market_view next() {
        now = now + hours(static_cast<std::int64_t>(rng() % 40));
        for (double& p : price)
            p = rng() % 20 == 0 ? -1.0 : std::fabs(p) * std::exp(1e-2 * (static_cast<double>(rng() % 100) - 49.5) * 0.1);
        for (double& v : volatility) v = rng() % 10 == 0 ? -0.1 : 0.01 * static_cast<double>(rng() % 60);
        return {.now = now, .price = price, .volatility = rng() % 3 == 0 ? column<double>{} : column<double>{volatility}};
    }
};

void check_same(const risk_view& a, const risk_view& b) {
    REQUIRE(a.layout == b.layout);
    REQUIRE(a.ready == b.ready);
    REQUIRE(same_bits(a.specific, b.specific));
}

template <class Exact>
void check_same(const Exact& exact) {
    const any_estimator erased = exact;
    CHECK(erased.runtime_provides() == Exact::provides);
    CHECK(erased.runtime_name() == std::string{Exact::name});
    for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{5}}) {
        market_state<Exact> of_exact;
        of_exact.prepare({.assets = n});
        auto& a = detail::get<0>(of_exact.estimates);
        market_state<any_estimator> of_erased;
        of_erased.prepare({.assets = n});
        auto& b = detail::get<0>(of_erased.estimates);
        erased.prepare(b, {.assets = n});
        ticker t{n};
        for (int k = 0; k < 60; ++k) {
            const market_view m = t.next();
            REQUIRE(same_bits(exact.observe(a, m), erased.observe(b, m)));
            check_same(exact.view(a), erased.view(b));
            REQUIRE(save(of_exact) == save(of_erased));
        }
        const std::vector<double> too_many(n + 1, 1.0);
        const market_view wrong{.now = t.now, .price = too_many, .volatility = too_many};
        REQUIRE(exact.observe(a, wrong).code == fault_code::size_mismatch);
        REQUIRE(same_bits(exact.observe(a, wrong), erased.observe(b, wrong)));
    }
}

}  // namespace

TEST_CASE("any_estimator: learns, shows and is saved as the estimator that it holds") {
    check_same(risk::ewma{.half_life = days(4), .warm_up = 7});
    check_same(risk::given{});
    risk::hamilton filter{.calm_volatility = 0.1, .turbulent_volatility = 0.5, .warm_up = 3};
    filter.calm_lasts = days(30);
    filter.turbulent_lasts = days(10);
    check_same(filter);
}

TEST_CASE("any_estimators: regimes stand at the place of their estimator, empty where it tells none") {
    const any_estimators list{{risk::ewma{}, risk::given_regimes{.count = 3}, risk::threshold_regimes{risk::given{}, 0.5}}};
    CHECK(list.runtime_provides() == (risk_need::volatility | risk_need::regimes));
    CHECK(any_estimators{{risk::ewma{}}}.runtime_provides() == risk_need::volatility);
    CHECK(any_estimators{}.runtime_provides() == risk_need::nothing);
    any_estimators::estimate e;
    list.prepare(e, {.assets = 2});
    const std::vector<double> price{1.0, 2.0}, volatility{0.6, 0.1}, chances{0.5, 0.2, 0.3};
    REQUIRE_FALSE(list.observe(e, {.price = price, .volatility = volatility, .regime = chances}));
    std::vector<regime_view> told(3);
    told[0].regimes = 9;
    list.regimes(e, told);
    CHECK(told[0].regimes == 0);
    CHECK((told[1].ready && told[1].of(1)[0] == 0.5));
    CHECK((told[2].ready && told[2].of(0)[1] == 1.0 && told[2].of(1)[1] == 0.0));
    CHECK(any_estimator{}.regimes(e.each[1]).regimes == 0);
    CHECK(any_estimator{risk::given_regimes{}}.regimes(e.each[0]).regimes == 0);  // another's estimate
}

TEST_CASE("any_estimators: a split is told to each, also where one of them holds no prices") {
    const risk::ewma quick{.half_life = days(2), .warm_up = 1};
    const any_estimators list{{quick, risk::given{}, quick}};
    market_state<any_estimators> m;
    m.prepare({.assets = 1});
    auto& estimate = detail::get<0>(m.estimates);
    list.prepare(estimate, {.assets = 1});
    for (int k = 0; k < 4; ++k) {
        const std::vector<double> price{k < 2 ? 100.0 + k : 50.0 + k};
        if (k == 2) REQUIRE_FALSE(m.adjust(0, 0.5));
        REQUIRE_FALSE(list.observe(estimate, {.now = timestamp{} + days(k), .price = price}));
    }
    std::vector<risk_view> views(3);
    list.views(estimate, views);
    CHECK(views[0].variance(0) < 1.0);
    CHECK(same_bits(views[0].specific, views[2].specific));
    any_estimate unprepared;
    unprepared.adjust(0, 0.5);  // knows nothing, and nothing happens
}

TEST_CASE("any_estimators: a list learns and shows each as it would alone, and tells the first fault, from which none learns") {
    const risk::ewma slow{.half_life = days(40), .warm_up = 3};
    const risk::ewma quick{.half_life = days(2), .warm_up = 3};
    const any_estimators list{{slow, risk::given{}, quick}};
    market_state<risk::ewma, risk::given, risk::ewma> exact;
    exact.prepare({.assets = 4});
    market_state<any_estimators> erased;
    erased.prepare({.assets = 4});
    auto& estimate = detail::get<0>(erased.estimates);
    CHECK_FALSE(list.prepared(estimate));
    list.prepare(estimate, {.assets = 4});
    CHECK(list.prepared(estimate));
    CHECK(list.view_count() == 3);
    ticker t{4};
    int faults = 0;
    for (int k = 0; k < 40; ++k) {
        const market_view m = t.next();
        const fault f = risk::given{}.observe(detail::get<1>(exact.estimates), m);
        if (!f) {  // else the others do not learn either
            (void)slow.observe(detail::get<0>(exact.estimates), m);
            (void)quick.observe(detail::get<2>(exact.estimates), m);
        }
        faults += f ? 1 : 0;
        REQUIRE(same_bits(list.observe(estimate, m), f));
        std::vector<risk_view> views(3);
        list.views(estimate, views);
        check_same(views[0], slow.view(detail::get<0>(exact.estimates)));
        check_same(views[1], risk::given{}.view(detail::get<1>(exact.estimates)));
        check_same(views[2], quick.view(detail::get<2>(exact.estimates)));
        check_same(list.view(estimate), views[0]);
        REQUIRE(save(exact) == save(erased));
    }
    CHECK(faults > 0);
    CHECK(faults < 40);

    const any_estimators none;
    CHECK(none.view_count() == 0);
    CHECK_FALSE(none.prepared(estimate));
    none.prepare(estimate, {.assets = 4});
    CHECK(none.prepared(estimate));
    CHECK_FALSE(none.observe(estimate, t.next()));
    CHECK(none.view(estimate).layout == risk_layout::none);
}

TEST_CASE("any_estimator: an estimate that is not its own is a fault and never ready") {
    const any_estimator e = risk::ewma{.warm_up = 0};
    ticker t{2};
    any_estimate none, of_given;
    any_estimator{risk::given{}}.prepare(of_given, {.assets = 2});
    CHECK(e.observe(none, t.next()).code == fault_code::not_prepared);
    CHECK(e.observe(of_given, t.next()).code == fault_code::not_prepared);
    CHECK_FALSE(e.view(none).ready);
    CHECK(e.view(of_given).layout == risk_layout::none);
    CHECK_FALSE(e.prepared(of_given));
    any_estimators::estimate empty;
    CHECK(any_estimators{{e, e}}.observe(empty, t.next()).code == fault_code::not_prepared);
    any_estimate own;
    e.prepare(own, {.assets = 2});
    CHECK(any_estimator{risk::ewma{.half_life = days(1)}}.prepared(own));
    CHECK(e.view(own).ready);
}

TEST_CASE("any_estimator: estimators are values; an empty one does not validate") {
    any_estimator a = risk::ewma{.half_life = {}};
    any_estimator b = a;
    a = risk::given{};
    CHECK(b.validate().parameter == std::string{"ewma.half_life"});
    CHECK_FALSE(a.validate());
    b = std::move(a);
    CHECK_FALSE(b.validate());
    CHECK(a.empty());  // NOLINT: on purpose
    CHECK(a.validate().parameter == std::string{"any_estimator"});
    CHECK(a.runtime_provides() == risk_need::nothing);
    any_estimate e;
    a.prepare(e, {.assets = 2});
    CHECK_FALSE(a.prepared(e));
    ticker t{2};
    CHECK(a.observe(e, t.next()).code == fault_code::not_prepared);
    CHECK_FALSE(a.view(e).ready);
    CHECK(any_estimators{{risk::given{}, risk::ewma{.half_life = {}}}}.validate().parameter == std::string{"ewma.half_life"});
    CHECK(any_estimators{{risk::given{}, any_estimator{}}}.validate().parameter == std::string{"any_estimator"});
    CHECK(any_estimators{{risk::given{}}}.size() == 1);
    CHECK(any_estimators{{risk::given{}}}[0].runtime_name() == std::string{"given"});
}
