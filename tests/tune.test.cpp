// Includes nothing else: tune.hpp has to bring all of tuning, and what it needs.
#include <ballast/tune.hpp>

#include "support/catch.hpp"

#include <vector>

using namespace ballast;

TEST_CASE("tune: the family's header brings every member") {
    const tune::gbm_market m{.drift = 0.08, .volatility = 0.2, .other_drift = 0.03};
    const tune::costs c{.rate = 0.001};
    const tune::expectation monthly = tune::expect(m, 0.6, tune::calendar{1.0 / 12.0}, c);
    const tune::expectation banded = tune::expect(m, 0.6, tune::band{.half_width = 0.05, .depth = 0.0}, c);
    REQUIRE_FALSE(monthly.problem);
    REQUIRE_FALSE(banded.problem);
    const tune::closeness o{m.risk_aversion_for(0.6)};
    CHECK(o.score(banded) > o.score(monthly));
    const tune::best<tune::band> b = tune::best_band(m, 0.6, c, o);
    CHECK(b.score >= tune::best_width(m, 0.6, c, o).score);
    CHECK(b.score > tune::best_interval(m, 0.6, c, o).score);
    STATIC_REQUIRE(tune::objective_policy<tune::growth>);
    const std::vector<double> w{0.6}, v{0.04};
    CHECK(tune::excess_growth(w, {.layout = risk_layout::diagonal, .ready = true, .specific = v}) == Approx(0.0048).epsilon(1e-12));
}
