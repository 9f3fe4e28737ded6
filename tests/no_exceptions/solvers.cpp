// Solvers that search for their answer, without exceptions and without an allocation after `prepare`: chosen when the program is compiled
// and at run time, with a covariance that is ready and one that is not.
#include <ballast/any.hpp>
#include <ballast/core/apply.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/keeper.hpp>
#include <ballast/solver/no_trade_region.hpp>
#include <ballast/solver/tracking.hpp>
#include <ballast/solver/trading_rate.hpp>
#include <ballast/trigger/every.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "allocations.hpp"
#include "expect.hpp"

using namespace ballast;

namespace {

// All assets correlate by one half; not ready before the second tick.
struct half_correlated {
    std::vector<double> variance{}, matrix{};
    static constexpr const char* name = "half_correlated";
    static constexpr risk_need provides = risk_need::covariance;
    struct estimate {
        std::uint64_t ticks = 0;
        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.ticks);
        }
    };
    explicit half_correlated(std::size_t n) : variance(n, 0.04), matrix(n * n, 0.02) {
        for (std::size_t i = 0; i < n; ++i) matrix[i * n + i] = 0.04;
    }
    [[nodiscard]] fault observe(estimate& e, const market_view&) const noexcept {
        ++e.ticks;
        return {};
    }
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return {.layout = risk_layout::dense, .ready = e.ticks > 1, .specific = variance, .dense = matrix};
    }
};

// The same as one factor that all have in common.
struct one_factor {
    std::vector<double> variance{}, loading{}, common{0.02};
    static constexpr const char* name = "one_factor";
    static constexpr risk_need provides = risk_need::covariance;
    using estimate = half_correlated::estimate;
    explicit one_factor(std::size_t n) : variance(n, 0.02), loading(n, 1.0) {}
    [[nodiscard]] fault observe(estimate& e, const market_view&) const noexcept {
        ++e.ticks;
        return {};
    }
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return {
            .layout = risk_layout::factor, .ready = e.ticks > 1, .specific = variance, .loadings = loading, .factor_covariance = common};
    }
};

template <class Keeper>
void live(Keeper& k, std::size_t n, const std::vector<double>& target, bool reads_risk) {
    std::vector<double> price(n, 10.0);
    holdings h{.cash = 100.0};
    for (std::size_t i = 0; i < n; ++i) h.quantity.push_back(static_cast<double>(10 + i % 7));
    std::size_t traded = 0;
    for (int day = 0; day < 30; ++day) {
        for (std::size_t i = 0; i < n; ++i) price[i] *= 0.96 + 0.02 * static_cast<double>((i * 7 + static_cast<std::size_t>(day) * 3) % 5);
        const inputs in{.market = {.now = timestamp{} + days(day), .price = price}, .account = h.view(), .target = target};
        const std::size_t before = allocations;
        expect(!k.observe(in.market), "a tick was refused");
        const decision& d = k.propose(in.account, target);
        const std::size_t after = allocations;
        expect(before == after, "allocates");
        if (reads_risk && day == 0) {
            expect(d.outcome == outcome::rejected && d.problem.code == fault_code::risk_not_ready, "risk that is not ready is no fault");
            continue;
        }
        expect(d.outcome == outcome::trade || d.outcome == outcome::hold, "does not decide");
        expect(d.optimality.made == reads_risk, "tells how good an answer is that it did not search for, or does not");
        expect(!reads_risk || d.optimality.proved, "is not proved");
        traded += d.orders.empty() ? 0u : 1u;
        expect(!k.commit(d) && !apply(h, d), "a commit was refused");
    }
    expect(traded > 3, "hardly trades");
}

template <class Risk = half_correlated, class Solver>
void both(const Solver& solver, std::size_t n, bool reads_risk) {
    const std::vector<double> target(n, 0.9 / static_cast<double>(n));
    const cost::proportional fees{.rate = 10_bps};
    const trigger::every always{.interval = {}};
    const guard::max_turnover most{.limit = 0.3};
    const Risk risk{n};
    keeper exact{rebalancer{always, fees, solver, most, risk}, {.assets = n}};
    keeper erased{any_rebalancer{always, fees, solver, {most}, {}, {risk}}, {.assets = n}};
    live(exact, n, target, reads_risk);
    live(erased, n, target, reads_risk);
}

}  // namespace

int main() {
    for (const std::size_t n : {std::size_t{2}, std::size_t{9}, std::size_t{30}}) {
        both(solver::no_trade_region{.risk_aversion = 50.0}, n, true);
        both(solver::trading_rate{.impact = 5.0}, n, false);
        // Limits on halves of the book, its beta and its exposure to the factor; in turnover.
        solver::group_limits halves{.groups = {{.name = "first", .upper = 0.55}, {.name = "second", .upper = 0.55}}};
        for (std::size_t i = 0; i < n; ++i) halves.group_of.push_back(i % 2 == 0 ? 0 : 1);
        both<one_factor>(
            solver::tracking{.risk_aversion = 50.0, .turnover = 0.2, .groups = {halves}, .exposures = {{.name = "market", .upper = 0.98}}},
            n, true);
        both(solver::tracking{.risk_aversion = 50.0, .turnover = 0.2, .groups = {halves}}, n, true);  // with a full matrix
    }
    return failures == 0 ? 0 : 1;
}
