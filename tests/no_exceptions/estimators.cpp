// Every estimator learns from bars without allocating after `prepare`, and neither does the fit of GARCH. Counts allocations itself.
#include <ballast/cost/zero.hpp>
#include <ballast/numeric/nearest_correlation.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/risk/close_to_close.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/risk/ewma_covariance.hpp>
#include <ballast/risk/factor_model.hpp>
#include <ballast/risk/garch.hpp>
#include <ballast/risk/garman_klass.hpp>
#include <ballast/risk/garman_klass_yang_zhang.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/risk/given_covariance.hpp>
#include <ballast/risk/given_factors.hpp>
#include <ballast/risk/given_regimes.hpp>
#include <ballast/risk/hamilton.hpp>
#include <ballast/risk/ledoit_wolf.hpp>
#include <ballast/risk/parkinson.hpp>
#include <ballast/risk/principal_factors.hpp>
#include <ballast/risk/realised.hpp>
#include <ballast/risk/rogers_satchell.hpp>
#include <ballast/risk/sample_covariance.hpp>
#include <ballast/risk/threshold_regimes.hpp>
#include <ballast/risk/yang_zhang.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include "allocations.hpp"
#include "expect.hpp"

using namespace ballast;

int main() {
    const std::size_t n = 3;
    const rebalancer r{
        trigger::volatility_band{.width = 0.02, .reference = 0.3, .exponent = -1.0},
        cost::zero{},
        solver::to_target{},
        risk::close_to_close{.returns = 7},
        risk::ewma{},
        risk::garch{.omega = {1e-5, 2e-5, 3e-5}, .alpha = 0.1, .beta = 0.8},
        risk::garman_klass{.bars = 7},
        risk::garman_klass_yang_zhang{.bars = 7},
        risk::given{},
        risk::parkinson{.bars = 7},
        risk::realised{.horizon = days(9), .every = hours(5)},
        risk::rogers_satchell{.bars = 7},
        risk::yang_zhang{.bars = 7},
        risk::ewma_covariance{},
        risk::sample_covariance{.returns = 7},
        risk::ledoit_wolf{.returns = 9},
        risk::factor_model{.series = 2},
        risk::principal_factors{.factors = 2, .warm_up = 5},
        risk::hamilton{.calm_volatility = 0.2, .turbulent_volatility = 0.8, .calm_lasts = days(50), .turbulent_lasts = days(10)},
        risk::threshold_regimes{risk::close_to_close{.returns = 7}, 0.5, 0.3},
        risk::given_regimes{},
        risk::given_covariance{},
        risk::given_factors{.factors = 2}};
    typename decltype(r)::market_state m;
    r.prepare(m, {.assets = n});

    std::mt19937_64 rng{3};
    const auto unit = [&] { return static_cast<double>(rng() >> 11) * (1.0 / 9007199254740992.0); };
    std::vector<double> open(n, 10.0), high(n), low(n), close(n, 10.0), told(n, 0.3);
    std::vector<double> series(2), returns(1000);
    const std::vector<double> chances{0.75, 0.25}, exposures{1.0, 0.5, 1.0, -0.5, 1.0, 0.0}, of_factors{0.04, 0.0, 0.0, 0.01}, own(n, 0.02);
    std::vector<double> covariances(n * n, 0.01);
    for (std::size_t i = 0; i < n; ++i) covariances[i * n + i] = 0.04;
    std::vector<double> matrix{1, 1, 0, 1, 1, 1, 0, 1, 1}, scratch(nearest_correlation_room(n));
    for (double& x : returns) x = unit() + unit() + unit() - 1.5;

    const std::size_t before = allocations;
    for (int day = 0; day < 100; ++day) {
        for (std::size_t i = 0; i < n; ++i) {
            open[i] = close[i] * (1.0 + 0.01 * (unit() - 0.5));
            close[i] = open[i] * (1.0 + 0.05 * (unit() - 0.5));
            high[i] = std::fmax(open[i], close[i]) * (1.0 + 0.01 * unit());
            low[i] = std::fmin(open[i], close[i]) * (1.0 - 0.01 * unit());
        }
        for (double& f : series) f = std::log(close[0]) + 0.1 * unit();
        const fault f = r.observe(m, {.now = timestamp{} + days(day),
                                      .price = close,
                                      .open = open,
                                      .high = high,
                                      .low = low,
                                      .volatility = told,
                                      .regime = chances,
                                      .factor = series,
                                      .loadings = exposures,
                                      .factor_covariance = of_factors,
                                      .specific = own,
                                      .covariance = covariances});
        expect(!f, "a bar was refused");
        if (day == 50) {
            expect(!m.adjust(1, 0.25), "a split was refused");
            close[1] *= 0.25;
        }
    }
    const risk::garch_fit fit = risk::fit_garch(returns);
    const repair_result repaired = nearest_correlation(matrix, n, scratch);
    expect(allocations == before, "allocates");
    expect(fit.converged, "no fit");
    expect(repaired.done, "no repair");
    const double v = risk::yang_zhang{.bars = 7}.view(detail::get<9>(m.estimates)).variance(1);
    expect(v > 0.01 && v < 1.0, "a volatility that can not be");
    expect(risk::ledoit_wolf{.returns = 9}.view(detail::get<12>(m.estimates)).ready, "a matrix that is not ready");
    expect(risk::principal_factors{.factors = 2}.view(detail::get<14>(m.estimates)).variance(2) > 0.0, "no factors");
    return failures == 0 ? 0 : 1;
}
