#include <ballast/risk/ledoit_wolf.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/keeper.hpp>
#include <ballast/risk/sample_covariance.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/target/risk_parity.hpp>
#include <ballast/trigger/every.hpp>

#include "support/covariances.hpp"

#include <type_traits>

using namespace ballast;
using ballast::risk::ledoit_wolf;
using ballast::risk::shrink_target;
using test::matrix;
using test::not_a_number;
using test::of_market;
using test::real;

static_assert(std::is_aggregate_v<ledoit_wolf> && std::is_trivially_copyable_v<ledoit_wolf> && estimator_policy<ledoit_wolf>);
static_assert(ledoit_wolf::provides == risk_need::covariance && detail::check_estimator<ledoit_wolf>());

namespace {
constexpr auto targets = {shrink_target::identity, shrink_target::constant_correlation};

// Both papers, every sum written out as it is defined: of returns, one row per time, less their means.
struct papers {
    std::size_t n, rows;
    std::vector<real> x;  // rows × n
    std::vector<real> s;

    explicit papers(const std::vector<std::vector<real>>& returns) : n(returns[0].size()), rows(returns.size()) {
        std::vector<real> mean(n);
        for (const auto& r : returns)
            for (std::size_t i = 0; i < n; ++i) mean[i] += r[i] / static_cast<real>(rows);
        for (const auto& r : returns)
            for (std::size_t i = 0; i < n; ++i) x.push_back(r[i] - mean[i]);
        s.assign(n * n, 0);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                for (std::size_t t = 0; t < rows; ++t) s[i * n + j] += x[t * n + i] * x[t * n + j] / static_cast<real>(rows);
    }
    // Journal of Multivariate Analysis: m = ⟨S, I⟩, d² = ‖S − mI‖², b̄² = 1/T² Σ ‖xx' − S‖², b² = min(b̄², d²), δ = b²/d², with ‖A‖² = Σaᵢⱼ²/n.
    real identity(std::vector<real>& target) const {
        real m = 0, d2 = 0, b2 = 0;
        for (std::size_t i = 0; i < n; ++i) m += s[i * n + i] / static_cast<real>(n);
        target.assign(n * n, 0);
        for (std::size_t i = 0; i < n; ++i) target[i * n + i] = m;
        for (std::size_t k = 0; k < n * n; ++k) d2 += (s[k] - target[k]) * (s[k] - target[k]) / static_cast<real>(n);
        for (std::size_t t = 0; t < rows; ++t)
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j) {
                    const real off = x[t * n + i] * x[t * n + j] - s[i * n + j];
                    b2 += off * off / static_cast<real>(n) / static_cast<real>(rows * rows);
                }
        return d2 > 0 ? std::fmin(b2, d2) / d2 : 0;
    }
    // Journal of Portfolio Management: κ = (π − ρ)/γ, δ = max(0, min(κ/T, 1)).
    real constant_correlation(std::vector<real>& target) const {
        const auto sd = [&](std::size_t i) { return std::sqrt(s[i * n + i]); };
        real mean = 0;
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = i + 1; j < n; ++j) mean += 2 * s[i * n + j] / (sd(i) * sd(j)) / static_cast<real>(n * (n - 1));
        target.assign(n * n, 0);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) target[i * n + j] = i == j ? s[i * n + i] : mean * sd(i) * sd(j);
        real pi = 0, rho = 0, gamma = 0;
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) {
                real pij = 0, tii = 0, tjj = 0;
                for (std::size_t t = 0; t < rows; ++t) {
                    const real xi = x[t * n + i], xj = x[t * n + j], off = xi * xj - s[i * n + j];
                    pij += off * off / static_cast<real>(rows);
                    tii += (xi * xi - s[i * n + i]) * off / static_cast<real>(rows);
                    tjj += (xj * xj - s[j * n + j]) * off / static_cast<real>(rows);
                }
                pi += pij;
                rho += i == j ? pij : mean / 2 * (sd(j) / sd(i) * tii + sd(i) / sd(j) * tjj);
                gamma += (target[i * n + j] - s[i * n + j]) * (target[i * n + j] - s[i * n + j]);
            }
        return std::fmax(0.0L, std::fmin(1.0L, (pi - rho) / gamma / static_cast<real>(rows)));
    }
};
}  // namespace

TEST_CASE("ledoit_wolf: against both papers with every sum written out") {
    for (const shrink_target target : targets)
        for (const std::uint64_t window : {3u, 10u, 40u})
            for (const std::size_t n : {2u, 5u, 12u}) {
                of_market<ledoit_wolf> s{{.target = target, .returns = window}, n};
                test::walk w{n, 20 + n, n == 5 ? 0.8 : 0.2};
                std::vector<std::vector<real>> moves;
                std::vector<double> last;
                real worst = 0, worst_share = 0;
                bool within = false;
                for (std::uint64_t k = 0; k < 3 * window + 20; ++k) {
                    w.move(days(1).years());
                    w.price[0] *= k % 9 == 0 ? 1.2 : 0.98;  // not all alike
                    REQUIRE_FALSE(s.tick(timestamp{} + days(static_cast<std::int64_t>(k)), w.price));
                    if (k > 0) {
                        moves.emplace_back();
                        for (std::size_t i = 0; i < n; ++i)
                            moves.back().push_back(std::log(static_cast<real>(w.price[i]) / static_cast<real>(last[i])));
                        if (moves.size() > window) moves.erase(moves.begin());
                    }
                    last = w.price;
                    if (moves.size() < 2) continue;
                    const papers p{moves};
                    std::vector<real> f;
                    const real share = target == shrink_target::identity ? p.identity(f) : p.constant_correlation(f);
                    within = within || (share > 0.01L && share < 0.99L);
                    // Of two rows all correlations are 1 or −1, and of two assets all are the same: γ is 0 up to rounding, and the share any.
                    const bool any = moves.size() == 2 || (n == 2 && target == shrink_target::constant_correlation);
                    if (!any) worst_share = std::fmax(worst_share, std::fabs(share - static_cast<real>(s.estimate.shrinkage)));
                    const real rows = static_cast<real>(p.rows);
                    for (std::size_t i = 0; i < n; ++i)
                        for (std::size_t j = 0; j < n; ++j) {
                            const real expected = (share * f[i * n + j] + (1 - share) * p.s[i * n + j]) * rows / (rows - 1) * 365.25L;
                            if (moves.size() > 2)
                                worst = std::fmax(worst, std::fabs(expected - static_cast<real>(s.view().covariance(i, j))));
                        }
                }
                CAPTURE(static_cast<int>(target), window, n);
                if (n > 2) CHECK(within);
                CHECK(worst_share < 1e-9L);
                CHECK(worst < 1e-9L);
            }
}

TEST_CASE("ledoit_wolf: shrinks all the way where there is nothing else to see, and not at all with much to see") {
    // 30 assets that are alike and unrelated: the truth is the target.
    of_market<ledoit_wolf> alike{{.target = shrink_target::identity, .returns = 40}, 30};
    of_market<ledoit_wolf> related{{.target = shrink_target::constant_correlation, .returns = 40}, 30};
    test::walk w{30, 31, 0.0}, v{30, 32, 0.6};
    for (int k = 0; k <= 60; ++k) {
        w.move(days(1).years());
        v.move(days(1).years());
        REQUIRE_FALSE(alike.tick(timestamp{} + days(k), w.price));
        REQUIRE_FALSE(related.tick(timestamp{} + days(k), v.price));
    }
    CHECK(alike.estimate.shrinkage > 0.9);
    CHECK(related.estimate.shrinkage > 0.8);
    for (std::size_t i = 0; i < 30; ++i) CHECK(alike.view().variance(i) == Approx(0.09).epsilon(0.2));
    of_market<ledoit_wolf> seen{{.target = shrink_target::identity, .returns = 3000}, 3};
    test::walk u{3, 33, 0.7};
    for (int k = 0; k <= 3000; ++k) {
        u.move(days(1).years());
        REQUIRE_FALSE(seen.tick(timestamp{} + days(k), u.price));
    }
    CHECK(seen.estimate.shrinkage < 0.01);
}

TEST_CASE("ledoit_wolf: is closer to the truth than the sample, and has an inverse with more assets than rows") {
    const std::size_t n = 40;
    for (const shrink_target target : targets) {
        double better = 0.0, sample_error = 0.0, error = 0.0;
        for (std::uint64_t seed = 1; seed <= 10; ++seed) {
            of_market<ledoit_wolf> s{{.target = target, .returns = 25}, n};
            of_market<risk::sample_covariance> plain{{.returns = 25}, n};
            test::walk w{n, 40 + seed, 0.3};
            for (int k = 0; k <= 25; ++k) {
                w.move(days(1).years());
                REQUIRE_FALSE(s.tick(timestamp{} + days(k), w.price));
                REQUIRE_FALSE(plain.tick(timestamp{} + days(k), w.price));
            }
            double mine = 0.0, theirs = 0.0;
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j) {
                    const double truth = i == j ? 0.09 : 0.3 * 0.09;
                    mine += std::pow(s.view().covariance(i, j) - truth, 2);
                    theirs += std::pow(plain.view().covariance(i, j) - truth, 2);
                }
            better += mine < theirs ? 1.0 : 0.0;
            error += mine;
            sample_error += theirs;
            matrix less = s.covariance();
            for (std::size_t i = 0; i < n; ++i) less(i, i) *= 0.95;
            CHECK(test::is_semidefinite(less));  // far from singular
        }
        CHECK(better >= 9.0);
        CHECK(error < 0.8 * sample_error);
    }
}

TEST_CASE("ledoit_wolf: whatever the ticks, it is a covariance matrix") {
    for (const shrink_target target : targets) {
        test::check_always_a_matrix(ledoit_wolf{.target = target, .returns = 5, .patience = hours(3)});
        test::check_always_a_matrix(ledoit_wolf{.target = target, .returns = 30, .patience = {}});
        test::check_always_a_matrix(ledoit_wolf{.target = target, .returns = 2});
    }
}

TEST_CASE("ledoit_wolf: the same bits saved and erased; faults change nothing; other orders of assets") {
    for (const shrink_target target : targets) {
        const ledoit_wolf e{.target = target, .returns = 25};
        test::check_same_elsewhere(e);
        test::check_faults(e);
        test::check_permuted(e, 1e-14);
    }
    of_market<ledoit_wolf> s{{.returns = 25}, 2};
    CHECK(ledoit_wolf{.returns = 26}.observe(s.estimate, {.now = timestamp{1}, .price = std::vector<double>{1.0, 2.0}}).code ==
          fault_code::not_prepared);
}

TEST_CASE("ledoit_wolf: assets that never move have neither variance nor correlations toward constant ones") {
    of_market<ledoit_wolf> s{{.returns = 20}, 3}, without{{.returns = 20}, 2};
    test::walk w{2, 50};
    for (int k = 0; k <= 30; ++k) {
        w.move(days(1).years());
        REQUIRE_FALSE(s.tick(timestamp{} + days(k), {w.price[0], 1.0, w.price[1]}));
        REQUIRE_FALSE(without.tick(timestamp{} + days(k), w.price));
    }
    CHECK(s.view().ready);
    CHECK(s.view().variance(1) == 0.0);
    CHECK(s.view().covariance(0, 1) == 0.0);
    CHECK(s.view().covariance(0, 2) == Approx(without.view().covariance(0, 1)).epsilon(1e-12));
    CHECK(s.estimate.shrinkage == Approx(without.estimate.shrinkage).epsilon(1e-9));
}

TEST_CASE("ledoit_wolf: an asset that is halted for longer than the window changes nothing about the others") {
    for (const shrink_target target : targets) {
        of_market<ledoit_wolf> s{{.target = target, .returns = 20, .patience = {}}, 4}, without{{.target = target, .returns = 20}, 3};
        test::walk w{4, 51};
        for (int k = 0; k <= 100; ++k) {
            w.move(days(1).years());
            REQUIRE_FALSE(s.tick(timestamp{} + days(k), {w.price[0], w.price[1], w.price[2], k < 40 ? w.price[3] : not_a_number}));
            REQUIRE_FALSE(without.tick(timestamp{} + days(k), {w.price[0], w.price[1], w.price[2]}));
            test::check_matrix(s.view());
        }
        CHECK(s.view().covariance(0, 3) == 0.0);
        CHECK(s.view().variance(3) > 0.01);
        if (target == shrink_target::identity) continue;  // its variance counts in the mean of all
        CHECK(s.estimate.shrinkage == Approx(without.estimate.shrinkage).epsilon(1e-9));
        for (std::size_t i = 0; i < 3; ++i)
            for (std::size_t j = 0; j < 3; ++j) CHECK(s.view().covariance(i, j) == Approx(without.view().covariance(i, j)).epsilon(1e-9));
    }
}

TEST_CASE("ledoit_wolf: real prices of stocks, also before their listing, and of coins with stale runs") {
    for (const shrink_target target : targets) {
        const csv::prices daily = test::read_prices("prices/us20_stocks_daily_adjclose.csv");
        if (daily.when.empty()) return;
        of_market<ledoit_wolf> s{{.target = target, .returns = 60}, daily.assets};
        for (std::size_t k = 0; k < daily.when.size(); ++k) {
            REQUIRE_FALSE(s.tick(test::tick_of(daily, k)));
            if (k % 100 == 0) test::check_matrix(s.view());
        }
        CHECK(s.view().ready);
        CHECK(s.view().correlation(8, 18) > 0.5);  // two banks
        CHECK((s.estimate.shrinkage > 0.05 && s.estimate.shrinkage < 0.9));
    }
}

TEST_CASE("ledoit_wolf: what it refuses") {
    CHECK(test::refusal(ledoit_wolf{}) == "");
    CHECK(test::refusal(ledoit_wolf{.target = static_cast<shrink_target>(7)}) ==
          "ballast: ledoit_wolf.target = 7: must be one of the targets");
    CHECK(test::refusal(ledoit_wolf{.returns = 1}) ==
          "ballast: ledoit_wolf.returns = 1: must be 2 to 1048576 returns: of one there is no mean");
    CHECK(test::refusal(ledoit_wolf{.every = seconds(-2)}) == "ballast: ledoit_wolf.every = -2: must be a time at or above 0 (seconds)");
    CHECK(test::refusal(ledoit_wolf{.patience = seconds(-1)}) ==
          "ballast: ledoit_wolf.patience = -1: must be a time at or above 0 (seconds)");
}

TEST_CASE("ledoit_wolf: feeds risk parity through a keeper, with more assets than returns") {
    const std::size_t n = 12;
    keeper k{rebalancer{trigger::every{}, cost::zero{}, solver::to_target{}, target::risk_parity{}, ledoit_wolf{.returns = 10}},
             {.assets = n}};
    test::walk w{n, 60, 0.5};
    const std::vector<double> quantity(n, 0.0);
    for (int day = 0; day <= 30; ++day) {
        w.move(days(1).years());
        REQUIRE_FALSE(k.observe({.now = timestamp{} + days(day), .price = w.price}));
        const decision& d = k.propose({.cash = 1e6, .quantity = quantity});
        CHECK(d.outcome == (day < 10 ? outcome::rejected : outcome::trade));
        if (day < 10) CHECK(d.problem.code == fault_code::risk_not_ready);
        if (day >= 10) CHECK(d.orders.size() == n);
    }
}
