// A target policy of one's own: it writes the weights, from the look and from nothing else.
#include <ballast/ballast.hpp>

#include <cstdio>
#include <span>
#include <vector>

using namespace ballast;
using namespace ballast::literals;

/// A glide path: the first asset's weight goes in a straight line from one number to another, the second has the rest.
struct glide_path {
    timestamp begin{};
    timestamp end{};
    double from = 0.8;
    double to = 0.3;

    void weights(const look& l, std::span<double> out) const noexcept {
        const double way = elapsed(begin, l.now).years() / elapsed(begin, end).years();
        out[0] = way <= 0.0 ? from : way >= 1.0 ? to : from + (to - from) * way;
        out[1] = 1.0 - out[0];
    }
    [[nodiscard]] bool covers(std::size_t assets) const noexcept { return assets == 2; }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(begin < end)) return {"glide_path.end", elapsed(begin, end).years(), "must be later than the begin"};
        return {};
    }
};

int main() {
    const glide_path path{.begin = timestamp_from_civil(2020, 1, 1), .end = timestamp_from_civil(2040, 1, 1)};
    keeper k{
        rebalancer{trigger::calendar{.period = trigger::period::yearly}, cost::proportional{.rate = 10_bps}, solver::to_target{}, path},
        {.assets = 2}};
    const std::vector<double> price{50.0, 100.0};
    holdings mine{.cash = 0.0, .quantity = {160.0, 20.0}};

    for (int year = 2020; year <= 2045; year += 5) {
        if (k.observe({.now = timestamp_from_civil(year, 1, 2), .price = price})) return 1;
        const decision& d = k.propose(mine.view());
        std::printf("%d: weights %.4f %.4f before", year, d.weight_before()[0], d.weight_before()[1]);
        if (apply(mine, d) || k.commit(d)) return 1;
        std::printf(", %.4f %.4f after, %zu orders\n", d.weight_after()[0], d.weight_after()[1], d.orders.size());
    }
}
