// A rebalancer as a member of a host's own class, three ways: as any_rebalancer (embed_in_class/portfolio.hpp, in full: with symbols, books
// and order ids of the host, and columns read from its structs), by the type that a function returns, and by a deduced one.
#include <ballast/ballast.hpp>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "embed_in_class/portfolio.hpp"

using namespace ballast;
using namespace ballast::literals;

// Where the policy is known when the program is compiled, a function gives its type a name. No indirect calls, and the compiler sees through.
auto make_policy() {
    return rebalancer{trigger::band{.absolute = 0.05, .relative = 0.25}, cost::minimum{cost::proportional{.rate = 10_bps}, 1.00},
                      solver::to_target{}};
}

class desk {
public:
    [[nodiscard]] std::size_t orders_for(timestamp now, const std::vector<instrument>& instruments, const holdings& account) {
        if (keeper_.observe({.now = now, .price = {instruments, &instrument::last}})) return 0;
        return keeper_.propose(account.view(), {instruments, &instrument::target}).orders.size();
    }

private:
    using policy_type = decltype(make_policy());
    keeper<policy_type> keeper_{make_policy(), {.assets = 4}};
};

// Where the user of the class brings the policy, its type is a parameter, deduced like that of the keeper itself.
template <class Policy>
class monitor {
public:
    monitor(Policy policy, std::size_t assets) : keeper_{std::move(policy), {.assets = assets}} {}
    [[nodiscard]] double furthest(timestamp now, const std::vector<instrument>& instruments, const holdings& account) {
        if (keeper_.observe({.now = now, .price = {instruments, &instrument::last}})) return 0.0;
        return keeper_.propose(account.view(), {instruments, &instrument::target}).firing.measure;
    }

private:
    keeper<Policy> keeper_;
};

int main() {
    const std::vector<instrument> instruments{
        {17, "MSFT", 28.30, 0.30}, {4, "AMZN", 61.33, 0.20}, {9, "IBM", 96.98, 0.30}, {23, "AAPL", 99.80, 0.20}};
    const timestamp now = timestamp_from_civil(2007, 4, 30);

    // At run time, from settings. The portfolio is in two books, and holds no AAPL.
    any_rebalancer policy{trigger::band{.absolute = 0.05, .relative = 0.25}, cost::minimum{cost::proportional{.rate = 10_bps}, 1.00},
                          solver::to_target{}};
    portfolio growth{
        "growth", instruments, {{"core", 0, 200}, {"core", 1, 148}, {"core", 2, 82}, {"tactical", 0, 66}}, 5900.0, std::move(policy)};
    for (int day = 0; day < 3; ++day) {
        if (day == 2 && !growth.on_price("AMZN", 94.20)) return 1;
        if (growth.update(now + days(day))) return 1;
        const std::vector<client_order> orders = growth.rebalance();
        if (orders.empty()) std::printf("day %d: %s\n", day, describe(growth.why(), {"MSFT", "AMZN", "IBM", "AAPL"}).c_str());
        for (const client_order& o : orders) {
            std::printf("day %d: send %s: %+.0f %s in book %s, limit %.2f\n", day, o.id.c_str(), o.quantity, o.symbol.c_str(),
                        o.book.c_str(), o.limit);
            if (!growth.on_fill(o.id, o.quantity, o.limit, 1.00)) return 1;
        }
        if (growth.settle(now + days(day))) return 1;
    }
    for (const position& p : growth.positions())
        std::printf("%s holds %.0f %s\n", p.book.c_str(), p.quantity, instruments[p.instrument].symbol.c_str());
    std::printf("cash %.2f\n", growth.cash());

    const holdings account{.cash = 129.54, .quantity = {266, 148, 82, 58}};
    std::printf("desk: %zu orders\n", desk{}.orders_for(now, instruments, account));
    monitor watch{rebalancer{trigger::distance{}, cost::zero{}, solver::to_target{}}, instruments.size()};
    std::printf("monitor: %.2f %% of the portfolio would have to move\n", 100.0 * watch.furthest(now, instruments, account));
}
