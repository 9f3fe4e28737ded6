#include <ballast/risk/given_regimes.hpp>

#include <ballast/any/estimator.hpp>
#include <ballast/core/archive.hpp>
#include <ballast/core/state.hpp>

#include "support/catch.hpp"

#include <limits>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::risk::given_regimes;

static_assert(std::is_aggregate_v<given_regimes> && estimator_policy<given_regimes> && regime_model<given_regimes>);
static_assert(given_regimes::provides == risk_need::regimes && detail::check_estimator<given_regimes>());

namespace {
given_regimes::estimate fresh(const given_regimes& g) {
    given_regimes::estimate e;
    g.prepare(e, {.assets = 5});
    return e;
}
fault tell(const given_regimes& g, given_regimes::estimate& e, const std::vector<double>& chances) {
    return g.observe(e, {.regime = chances});
}
std::vector<double> told(const given_regimes& g, const given_regimes::estimate& e) {
    const regime_view r = g.regimes(e);
    return {r.probability.begin(), r.probability.end()};
}
}  // namespace

TEST_CASE("given_regimes: passes on what the host says, as of the newest tick that said it") {
    const given_regimes g{.count = 3};
    auto e = fresh(g);
    CHECK_FALSE(g.regimes(e).ready);
    CHECK_FALSE(tell(g, e, {}));
    CHECK_FALSE(g.regimes(e).ready);
    CHECK_FALSE(tell(g, e, {0.5, 0.25, 0.25}));
    CHECK(g.regimes(e).ready);
    CHECK(g.regimes(e).regimes == 3);
    CHECK(told(g, e) == std::vector<double>{0.5, 0.25, 0.25});
    CHECK(g.regimes(e).of(4)[0] == 0.5);
    CHECK_FALSE(tell(g, e, {}));  // a tick without
    CHECK(told(g, e) == std::vector<double>{0.5, 0.25, 0.25});
    CHECK_FALSE(tell(g, e, {0.0, 1.0, 0.0}));
    CHECK(told(g, e) == std::vector<double>{0.0, 1.0, 0.0});
    // Six decimals: three thirds add up to 0.999999.
    CHECK_FALSE(tell(g, e, {0.333333, 0.333333, 0.333333}));
    CHECK(told(g, e)[0] == Approx(1.0 / 3.0).epsilon(1e-15));
    CHECK(g.view(e).layout == risk_layout::none);
    CHECK_FALSE(g.view(e).ready);
}

TEST_CASE("given_regimes: a fault changes nothing") {
    const given_regimes g;
    auto e = fresh(g);
    REQUIRE_FALSE(tell(g, e, {0.75, 0.25}));
    const auto refused = [&](const std::vector<double>& chances, fault_code code, std::uint32_t index) {
        const fault f = tell(g, e, chances);
        CHECK(f.code == code);
        CHECK(f.index == index);
        CHECK(told(g, e) == std::vector<double>{0.75, 0.25});
        CHECK(g.check(e, {.regime = chances}).code == code);
    };
    refused({1.0}, fault_code::size_mismatch, no_index);
    refused({0.2, 0.3, 0.5}, fault_code::size_mismatch, no_index);
    refused({1.5, -0.5}, fault_code::bad_regime, 0);
    refused({0.5, -0.5}, fault_code::bad_regime, 1);
    refused({0.5, std::numeric_limits<double>::quiet_NaN()}, fault_code::bad_regime, 1);
    refused({std::numeric_limits<double>::infinity(), 0.0}, fault_code::bad_regime, 0);
    refused({0.5, 0.4}, fault_code::bad_regime, no_index);
    refused({0.0, 0.0}, fault_code::bad_regime, no_index);
    CHECK(tell(g, e, {0.5, 0.4}).value == 0.9);
    // Of another number of regimes.
    const given_regimes three{.count = 3};
    CHECK_FALSE(three.prepared(e));
    CHECK(tell(three, e, {0.2, 0.3, 0.5}).code == fault_code::not_prepared);
}

TEST_CASE("given_regimes: saved, erased and loaded") {
    const given_regimes g{.count = 3};
    const any_estimator erased = g;
    CHECK(erased.runtime_provides() == risk_need::regimes);
    market_state<given_regimes> a, c;
    market_state<any_estimator> b;
    for (auto* m : {&a, &c}) {
        m->prepare({.assets = 2});
        g.prepare(detail::get<0>(m->estimates), {.assets = 2});
    }
    b.prepare({.assets = 2});
    erased.prepare(detail::get<0>(b.estimates), {.assets = 2});
    const std::vector<double> chances{0.5, 0.25, 0.25};
    REQUIRE_FALSE(g.observe(detail::get<0>(a.estimates), {.regime = chances}));
    REQUIRE_FALSE(erased.observe(detail::get<0>(b.estimates), {.regime = chances}));
    CHECK(save(a) == save(b));
    REQUIRE_FALSE(load(c, save(b)));
    CHECK(told(g, detail::get<0>(c.estimates)) == chances);
    CHECK(g.regimes(detail::get<0>(c.estimates)).ready);
    CHECK(erased.regimes(detail::get<0>(b.estimates)).of(1)[0] == 0.5);
}

TEST_CASE("given_regimes: bad parameters are refused with parameter, value and range") {
    const auto refusal = [](std::size_t count) {
        const configuration_fault f = given_regimes{.count = count}.validate();
        return f ? std::string{f.parameter} : "";
    };
    CHECK(refusal(1).empty());
    CHECK(refusal(64).empty());
    CHECK(refusal(0) == "given_regimes.count");
    CHECK(refusal(65) == "given_regimes.count");
}
