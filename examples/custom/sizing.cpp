// A sizing of one's own. Most of what a sizing does nobody should write again: this one decides something and leaves the rest to the one
// that is there.
#include <ballast/ballast.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

using namespace ballast;
using namespace ballast::literals;

/// Limit prices that give way by so many standard deviations of a day, of the most volatile asset; by nothing while volatilities are missing.
struct collar_by_volatility {
    double deviations = 1.0;

    static constexpr risk_need needs = risk_need::volatility;

    template <bound_cost View>
    [[nodiscard]] fault size(const problem& p, const View& cost, solution& s, sizing_scratch& scratch, decision& d) const noexcept {
        const risk_view& risk = p.look.risk[0];
        double variance = 0.0;
        for (std::size_t i = 0; risk.ready && i < p.look.assets(); ++i) variance = std::fmax(variance, risk.variance(i));
        return sizing::reconciled{.collar = deviations * std::sqrt(variance / 252.0)}.size(p, cost, s, scratch, d);
    }
};

int main() {
    keeper k{rebalancer{trigger::band{.absolute = 0.05}, cost::proportional{.rate = 10_bps}, solver::to_target{}, risk::given{},
                        collar_by_volatility{.deviations = 2.0}},
             {.assets = 2}};
    const std::vector<double> price{50.0, 100.0}, target{0.6, 0.4}, quantity{140.0, 20.0};

    for (const double sigma : {0.10, 0.40}) {
        const std::vector<double> volatility{sigma, 0.05};
        if (k.observe({.now = timestamp_from_civil(2024, 3, 1), .price = price, .volatility = volatility})) return 1;
        const decision& d = k.propose({.cash = 500.0, .quantity = quantity}, target);
        std::printf("volatility %.2f: %s\n", sigma, to_string(d.outcome));
        for (const order& o : d.orders) std::printf("  asset %u: %+.4f at %.2f, limit %.4f\n", o.asset, o.quantity, o.price, o.limit_price);
    }
}
