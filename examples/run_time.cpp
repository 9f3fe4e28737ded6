// The same pieces, composed at run time from a host's own settings.
#include <ballast/ballast.hpp>

#include <cstdio>
#include <utility>
#include <vector>

using namespace ballast;
using namespace ballast::literals;

struct settings {
    double band = 0.05;
    int cooldown_days = 0;
    double max_turnover = 1.0;
};

any_rebalancer policy_from(const settings& s) {
    any_trigger when = trigger::band{.absolute = s.band};
    if (s.cooldown_days > 0) when = trigger::cooldown{std::move(when), days(s.cooldown_days)};
    std::vector<any_guard> guards;
    if (s.max_turnover < 1.0) guards.emplace_back(guard::max_turnover{.limit = s.max_turnover});
    return any_rebalancer{std::move(when), cost::proportional{.rate = 10_bps}, solver::to_target{}, std::move(guards)};
}

int main() {
    const std::vector<double> price{50.0, 100.0}, target{0.6, 0.4}, quantity{160.0, 30.0};
    for (const settings& s : {settings{}, settings{.band = 0.2}, settings{.cooldown_days = 5, .max_turnover = 0.02}}) {
        keeper k{policy_from(s), {.assets = 2}};
        if (k.observe({.now = timestamp_from_civil(2024, 3, 1), .price = price})) return 1;
        const decision& d = k.propose({.quantity = quantity}, target);
        std::printf("%s, turnover %.4f\n", to_string(d.outcome), d.turnover);
    }
}
