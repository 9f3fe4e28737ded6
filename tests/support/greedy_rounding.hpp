// The floor that a search for whole steps is measured by: everything rounded toward no trade, then one step at a time to the largest deficit.
#pragma once

#include <ballast/sizing/detail/integer_search.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ballast_test {

/// Fills `k`. Where the rounded trades do not fit, only the sales are kept to begin with. A step is affordable while takes(i, k) summed in the
/// order of the rows is within the means. Intervals are asked one count at a time.
template <class Takes>
void greedy_rounding(const ballast::detail::integer_problem& p, const Takes& takes, std::span<std::int64_t> k, std::span<double> deficit) {
    const auto allowed = [&](std::size_t i, std::int64_t x) {
        if (x == 0) return true;
        const auto& r = p.rows[i];
        if (!r.targeted && std::fabs(r.value - r.goal + r.step * static_cast<double>(x)) > std::fabs(r.value - r.goal)) return false;
        for (std::size_t j = 0; j < r.intervals; ++j)
            if (r.allowed[j].lo <= x && x <= r.allowed[j].hi) return true;
        return false;
    };
    double cash = 0.0;
    std::size_t orders = 0;
    const auto count = [&] {
        cash = 0.0;
        orders = 0;
        for (std::size_t i = 0; i < p.rows.size(); ++i)
            if (k[i] != 0) {
                cash += takes(i, k[i]);
                ++orders;
            }
    };
    for (std::size_t i = 0; i < p.rows.size(); ++i) {
        const double x = (p.rows[i].goal - p.rows[i].value) / p.rows[i].step;
        k[i] = static_cast<std::int64_t>(x);
        while (!allowed(i, k[i])) k[i] += k[i] > 0 ? -1 : 1;
    }
    count();
    for (std::size_t i = 0; cash > p.means && i < p.rows.size(); ++i)
        if (k[i] > 0) k[i] = 0;
    count();
    for (std::size_t i = 0; i < p.rows.size(); ++i)
        deficit[i] = p.rows[i].goal - p.rows[i].value - p.rows[i].step * static_cast<double>(k[i]);
    while (true) {
        std::size_t i = 0;
        for (std::size_t j = 1; j < p.rows.size(); ++j)
            if (deficit[j] > deficit[i]) i = j;
        if (p.rows.empty() || !(deficit[i] > 0.0)) return;
        const double more = takes(i, k[i] + 1) - (k[i] == 0 ? 0.0 : takes(i, k[i]));
        if (!allowed(i, k[i] + 1) || cash + more > p.means || (k[i] == 0 && orders >= p.max_orders)) {
            deficit[i] = 0.0;
            continue;
        }
        if (k[i] == 0) ++orders;
        cash += more;
        ++k[i];
        deficit[i] -= p.rows[i].step;
    }
}

}  // namespace ballast_test
