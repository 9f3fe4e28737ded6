// Tuning allocates nothing, and throws nothing: it is called while every allocation is counted.
#include <ballast/tune.hpp>

#include <cmath>
#include <cstddef>
#include <limits>

#include "allocations.hpp"
#include "expect.hpp"

using namespace ballast;

int main() {
    const tune::gbm_market m{.drift = 0.08, .volatility = 0.2, .other_drift = 0.03};
    const tune::costs c{.rate = 0.001, .fixed = 1e-5};
    const double weights[1] = {0.6};
    const double variance[1] = {0.04};
    const std::size_t before = allocations;
    for (const double depth : {0.0, 0.5, 1.0})
        for (const double t : {0.6, 1.2, -0.3})
            expect(!tune::expect(m, t, tune::band{.half_width = 0.1, .depth = depth}, c).problem, "band");
    expect(!tune::expect(m, 0.6, tune::calendar{0.25}, c).problem, "calendar");
    expect(!tune::best_width(m, 0.6, c, tune::closeness{}).expected.problem, "best_width");
    expect(!tune::best_interval(m, 0.6, c, tune::growth{}).expected.problem, "best_interval");
    expect(!tune::best_band(m, 0.6, c, tune::closeness{}).expected.problem, "best_band");
    expect(tune::excess_growth(weights, {.layout = risk_layout::diagonal, .ready = true, .specific = variance}) > 0.0, "excess_growth");
    // What is wrong is an answer as well.
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    expect(static_cast<bool>(tune::expect(m, nan, tune::band{}, c).problem), "a target that is no number");
    expect(static_cast<bool>(tune::best_width(m, 0.6, {.rate = -1.0}, tune::closeness{}).expected.problem), "costs below 0");
    expect(allocations == before, "something was allocated");
    return failures == 0 ? 0 : 1;
}
