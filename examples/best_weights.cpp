// Target weights from a covariance matrix of one's own: the least variance, the best ratio of return to risk, and the market's weights with a
// view of one's own; the first two within limits.
#include <ballast/ballast.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

using namespace ballast;

namespace {

constexpr std::size_t n = 4;
const char* const name[n] = {"World", "Bonds", "Gold", "Property"};
const std::vector<double> price{95.0, 52.0, 180.0, 24.0}, market_weights{0.55, 0.30, 0.05, 0.10}, none_held{0.0, 0.0, 0.0, 0.0};
const std::vector<double> covariance{0.0256, 0.0010, 0.0012, 0.0180,   // per year: World
                                     0.0010, 0.0036, 0.0009, 0.0016,   // Bonds
                                     0.0012, 0.0009, 0.0225, 0.0014,   // Gold
                                     0.0180, 0.0016, 0.0014, 0.0324};  // Property

/// The weights that a policy asks for, and the volatility that they have.
template <class Target>
int weights(const char* title, const Target& policy, const column<double>& targets = {}) {
    keeper k{rebalancer{trigger::every{}, cost::zero{}, solver::to_target{}, policy, risk::given_covariance{}}, {.assets = n}};
    if (k.observe({.now = timestamp_from_civil(2024, 3, 1), .price = price, .covariance = covariance})) return 1;
    const decision& d = k.propose({.cash = 100000.0, .quantity = none_held}, targets);
    if (d.outcome == outcome::rejected) return 1;
    std::printf("%-44s", title);
    std::vector<double> w(n);
    for (std::size_t i = 0; i < n; ++i) {
        w[i] = d.weight_before()[i] - d.drift()[i];
        std::printf("  %5.2f %%", 100.0 * w[i]);
    }
    double variance = 0.0;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) variance += w[i] * covariance[i * n + j] * w[j];
    std::printf("    %5.2f %%\n", 100.0 * std::sqrt(variance));
    return 0;
}

}  // namespace

int main() {
    std::printf("%-44s", "");
    for (const char* asset : name) std::printf("  %7s", asset);
    std::printf("  volatility\n");

    const std::vector<solver::group_limits> real_things{
        {.group_of = {no_index, no_index, 0, 0}, .groups = {{.name = "gold and property", .upper = 0.25}}}};
    target::minimum_variance least;
    least.upper = 0.60;
    least.groups = real_things;
    target::maximum_sharpe best{.expected_return = {0.050, 0.015, 0.010, 0.045}, .upper = 0.60};
    best.groups = real_things;
    // Gold will return 3% a year more than bonds: held for as sure as what the market says.
    const target::black_litterman tilted{.views = {{.weight = {0.0, -1.0, 1.0, 0.0}, .expected_return = 0.03, .confidence = 0.5}}};

    return weights("least variance", target::minimum_variance{}) + weights("  within limits", least) +
           weights("best ratio of return to risk, within limits", best) +
           weights("the market's", target::black_litterman{}, market_weights) +
           weights("  with a view: gold better than bonds", tilted, market_weights);
}
