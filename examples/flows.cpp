// Money that comes in, and money that is wanted: a contribution only buys, a withdrawal only sells, both from one policy each, and both at
// once, whatever the calendar says.
#include <ballast/ballast.hpp>

#include <cstdio>
#include <vector>

using namespace ballast;
using namespace ballast::literals;

namespace {

const char* const name[] = {"World", "Bonds", "Gold", "Property"};

/// One account, looked at after its cash has changed by `amount`.
template <solver::sides Sides>
int flow(const char* title, double amount, holdings mine, const std::vector<double>& price, const std::vector<double>& target) {
    keeper k{rebalancer{trigger::cash_flow{.share = 0.001}, cost::proportional{.rate = 10_bps}, solver::closest{.sides = Sides}},
             {.assets = 4}};
    k.instruments({.step = {decimal_step{1}}});
    if (k.observe({.now = timestamp_from_civil(2024, 3, 1), .price = price})) return 1;

    mine.cash += amount;
    const decision& d = k.propose(mine.view(), target);
    std::printf("%s of %.0f\n", title, amount < 0.0 ? -amount : amount);
    for (std::size_t i = 0; i < 4; ++i) {
        const reason r = d.reason_of(static_cast<std::uint32_t>(i));
        std::printf("  %-8s  %5.2f %% of %5.2f %%  %9.2f of %9.2f  %s\n", name[i], 100.0 * d.weight_before()[i], 100.0 * target[i], r.done,
                    r.wished, to_string(r.code));
    }
    const double cost = d.cost;
    if (apply(mine, d) || k.commit(d)) return 1;
    const decision& next = k.propose(mine.view(), target);
    std::printf("  cost %.2f, cash afterwards %.2f; the next call: %s\n", cost, mine.cash, to_string(next.outcome));
    return 0;
}

}  // namespace

int main() {
    const std::vector<double> price{95.0, 52.0, 180.0, 24.0}, target{0.50, 0.25, 0.10, 0.15};
    const holdings mine{.cash = 0.0, .quantity = {560.0, 440.0, 48.0, 610.0}};

    return flow<solver::sides::buys_only>("A contribution", 5000.0, mine, price, target) +
           flow<solver::sides::sells_only>("A withdrawal", -5000.0, mine, price, target);
}
