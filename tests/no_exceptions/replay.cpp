// A replay takes all of its memory before its second row, where exceptions are off as well. Counts allocations itself, which the program of
// the unit tests can not do for one file.
#include <ballast/any.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/sim/replay.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/calendar.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <vector>

#include "allocations.hpp"

using namespace ballast;

namespace {

/// Allocations after the first row, or −1 where the replay did not trade.
template <class Rebalancer>
long allocations_of(const Rebalancer& r, const sim::history& h, const std::vector<double>& target, const sim::options& o) {
    std::size_t at_first = 0;
    std::size_t at_last = 0;
    const sim::result done = sim::replay(r, h, target, o, [&](const sim::row_report& row) {
        if (row.row == 0) at_first = allocations;
        at_last = allocations;
    });
    return done.problem || done.orders == 0 || at_first == 0 ? -1 : static_cast<long>(at_last - at_first);
}

}  // namespace

int main() {
    constexpr std::size_t assets = 20;
    constexpr std::size_t rows = 200;
    std::vector<timestamp> when;
    std::vector<double> price;
    for (std::size_t k = 0; k < rows; ++k) {
        when.push_back(timestamp{} + days(static_cast<std::int64_t>(k)));
        for (std::size_t i = 0; i < assets; ++i)
            price.push_back(100.0 + 60.0 * std::sin(0.1 * static_cast<double>(k * (i + 1)) + static_cast<double>(i)));
    }
    const sim::history h{.when = when, .price = price, .assets = assets};
    const std::vector<double> target(assets, 0.95 / assets);
    const std::vector<decimal_step> step{decimal_step{1, -2}};

    const trigger::volatility_band band{.width = 0.01, .reference = 0.5, .exponent = -1.0};
    const trigger::any_of when_due{band, trigger::calendar{}};
    const cost::minimum fee{cost::proportional{.rate = 10_bps}, 1.0};
    const risk::ewma volatility{.half_life = days(10)};
    const guard::max_turnover most{.limit = 0.2};
    const sim::options o{.wealth = 1e6, .instruments = {.step = step}};

    const long fixed = allocations_of(rebalancer{when_due, fee, solver::to_band{}, most, volatility}, h, target, o);
    const long any = allocations_of(any_rebalancer{when_due, fee, solver::to_band{}, {most}, {}, {volatility}}, h, target, o);
    if (fixed == 0 && any == 0) return 0;
    std::printf("allocations after the first row: %ld composed at compile time, %ld at run time\n", fixed, any);
    return 1;
}
