// An estimator of one's own: what it knows of a market, how it learns from a tick, and how others read it. Until it is ready, the band is
// as wide as at its reference.
#include <ballast/ballast.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

using namespace ballast;
using namespace ballast::literals;

/// The volatility of the last move alone.
struct last_move {
    static constexpr const char* name = "last_move";
    static constexpr risk_need provides = risk_need::volatility;

    struct estimate {
        std::vector<double> price{}, variance{};
        timestamp seen = timestamp::never();
        bool moved = false;  // there has been a move to learn from

        void prepare(const sizes& s) {
            price.assign(s.assets, 0.0);
            variance.assign(s.assets, 0.0);
        }
        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {  // for saving and restoring
            visit(e.price);
            visit(e.variance);
            visit(e.seen);
            visit(e.moved);
        }
    };
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        if (m.now <= e.seen) return {};  // no time has passed
        const double years = elapsed(e.seen, m.now).years();
        for (std::size_t i = 0; i < e.price.size(); ++i) {
            if (!(m.price[i] > 0.0)) continue;  // teaches nothing
            const double r = e.price[i] > 0.0 ? std::log(m.price[i] / e.price[i]) : 0.0;
            e.variance[i] = r * r / years;
            e.price[i] = m.price[i];
        }
        e.moved = e.seen.happened();
        e.seen = m.now;
        return {};
    }
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return {.layout = risk_layout::diagonal, .ready = e.moved, .specific = e.variance};
    }
};

int main() {
    const trigger::volatility_band band{.width = 0.05, .reference = 0.20, .exponent = -1.0, .floor = 0.01, .ceiling = 0.10};
    keeper k{rebalancer{band, cost::proportional{.rate = 10_bps}, solver::to_target{}, last_move{}}, {.assets = 1}};
    const std::vector<double> target{0.6}, quantity{60.0};

    int day = 1;
    for (const double p : {100.0, 101.0, 111.0, 110.0}) {
        const std::vector<double> price{p};
        if (k.observe({.now = timestamp_from_civil(2024, 3, day++), .price = price})) return 1;
        const decision& d = k.propose({.cash = 4000.0, .quantity = quantity}, target);
        std::printf("price %.0f: drift %+.4f, band %.4f, %s\n", p, d.drift()[0], d.firing.threshold, to_string(d.outcome));
    }
}
