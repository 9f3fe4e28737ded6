// solver::tracking with full covariance matrices through whole rebalancers: accounts that share a market, markets that share a workspace, matrices
// that change where they stand or are none.
#include <ballast/solver/tracking.hpp>

#include <ballast/core/apply.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/risk/given_covariance.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/one_call.hpp"
#include "support/period_problems.hpp"
#include "support/same_bits.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

using namespace ballast;
using ballast::solver::tracking;
using ballast_test::covariance;
using ballast_test::dice;
using ballast_test::draw_covariance;
using test::one_call;
using test::same_bits;

namespace {

// Prices and a matrix of n assets, as a host has them.
struct market {
    std::size_t n;
    std::vector<double> price{};
    covariance c{};
    int day = 0;
    market(dice& d, std::size_t assets) : n{assets}, c{draw_covariance(d, assets, risk_layout::dense)} {
        for (std::size_t i = 0; i < n; ++i) price.push_back(d.between(10.0, 100.0));
    }
    void move(dice& d) {
        ++day;
        for (double& x : price) x *= 1.0 + 0.02 * d.normal();
    }
    [[nodiscard]] market_view view() const { return {.now = timestamp{} + days(day), .price = price, .covariance = c.dense}; }
};
struct client {
    holdings h{};
    std::vector<double> target{};
    client(dice& d, const market& m) {
        double sum = 0.0;
        for (std::size_t i = 0; i < m.n; ++i) target.push_back(d.unit());
        for (const double t : target) sum += t;
        for (double& t : target) t *= 0.97 / sum;
        h.cash = 3'000.0;
        for (std::size_t i = 0; i < m.n; ++i) h.quantity.push_back(100'000.0 * target[i] / m.price[i] * d.between(0.5, 1.5));
    }
};
tracking sectors(std::size_t n, double aversion = 5.0) {
    tracking how{.risk_aversion = aversion};
    solver::group_limits all{.groups = {{.name = "a", .upper = 0.4}, {.name = "b", .upper = 0.4}, {.name = "c"}}};
    for (std::size_t i = 0; i < n; ++i) all.group_of.push_back(static_cast<std::uint32_t>(i % 3));
    how.groups = {all};
    return how;
}
// All correlations the same.
covariance alike(std::size_t n, double correlation) {
    covariance c{.layout = risk_layout::dense, .n = n};
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) c.dense.push_back(i == j ? 0.04 : 0.04 * correlation);
    c.specific.assign(n, 0.04);
    return c;
}

// Shows numbers that are the host's, whatever they are.
struct lent_risk {
    const covariance* of;
    static constexpr const char* name = "lent_risk";
    static constexpr risk_need provides = risk_need::covariance;
    struct estimate {
        template <class Self, class Visit>
        static void fields(Self&, Visit&&) {}
    };
    [[nodiscard]] fault observe(estimate&, const market_view&) const noexcept { return {}; }
    [[nodiscard]] risk_view view(const estimate&) const noexcept { return of->view(); }
};
// Knows variances at first, and a matrix from the first tick on.
struct late_matrix {
    const covariance* of;
    static constexpr const char* name = "late_matrix";
    static constexpr risk_need provides = risk_need::covariance;
    struct estimate {
        std::uint64_t ticks = 0;
        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.ticks);
        }
    };
    [[nodiscard]] fault observe(estimate& e, const market_view&) const noexcept {
        ++e.ticks;
        return {};
    }
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        if (e.ticks > 0) return of->view();
        return {.layout = risk_layout::diagonal, .ready = true, .specific = of->specific};
    }
};
// A matrix and variances, in one order or the other.
template <bool First>
struct two_views {
    static constexpr const char* name = "two_views";
    static constexpr risk_need provides = risk_need::covariance;
    using estimate = lent_risk::estimate;
    [[nodiscard]] fault observe(estimate&, const market_view&) const noexcept { return {}; }
    [[nodiscard]] risk_view view(const estimate&) const noexcept { return {}; }
    [[nodiscard]] std::size_t view_count() const noexcept { return 2; }
    void views(const estimate&, std::span<risk_view> out) const noexcept {
        out[First ? 0 : 1].layout = risk_layout::dense;
        out[First ? 1 : 0].layout = risk_layout::diagonal;
    }
};
struct no_matrix : lent_risk {
    [[nodiscard]] risk_view view(const estimate&) const noexcept { return {.layout = risk_layout::factor}; }
};

constexpr trigger::every always{.interval = {}};

}  // namespace

TEST_CASE("tracking: accounts of two markets with a matrix each share a workspace, and decide as with one of their own") {
    dice d{721};
    std::size_t orders = 0;
    for (const std::size_t n : {std::size_t{3}, std::size_t{9}, std::size_t{24}}) {
        const rebalancer policy{always, cost::proportional{.rate = 5_bps}, sectors(n), risk::given_covariance{}};
        const sizes s{.assets = n};
        market markets[] = {{d, n}, {d, n}};
        decltype(policy)::market_state known[2];
        decltype(policy)::workspace shared;
        policy.prepare(shared, s);
        for (auto& m : known) policy.prepare(m, s);
        std::vector<client> clients;
        std::vector<decltype(policy)::account_state> accounts(6);
        for (std::size_t a = 0; a < accounts.size(); ++a) {
            clients.emplace_back(d, markets[a % 2]);
            policy.prepare(accounts[a], s);
        }
        decision one, two;
        policy.prepare(one, s);
        policy.prepare(two, s);
        for (int day = 0; day < 8; ++day) {
            for (std::size_t m = 0; m < 2; ++m) {
                markets[m].move(d);
                if (day == 4) markets[m].c = draw_covariance(d, n, risk_layout::dense);  // into the same memory of the market's state
                REQUIRE_FALSE(policy.observe(known[m], markets[m].view()));
            }
            for (std::size_t a = 0; a < accounts.size(); ++a) {  // by turns
                const std::size_t m = a % 2;
                CAPTURE(n, day, a);
                const inputs in{.market = markets[m].view(), .account = clients[a].h.view(), .target = clients[a].target};
                decltype(policy)::workspace fresh;
                policy.prepare(fresh, s);
                policy.propose(known[m], accounts[a], in, shared, one);
                policy.propose(known[m], accounts[a], in, fresh, two);
                REQUIRE_FALSE(one.problem);
                CHECK(same_bits(one, two));
                CHECK(one.optimality.proved);
                orders += one.orders.size();
                REQUIRE_FALSE(policy.commit(accounts[a], one, in.market.now));
                REQUIRE_FALSE(apply(clients[a].h, one));
            }
        }
    }
    CHECK(orders > 200);
}

TEST_CASE("tracking: a matrix that changed where it stands is seen") {
    // The sign of one covariance: two numbers of the matrix, and no more.
    dice d{722};
    for (const std::size_t n : {std::size_t{2}, std::size_t{9}, std::size_t{17}}) {
        market m{d, n};
        m.c = alike(n, 0.2);
        const client a{d, m};
        const rebalancer policy{always, cost::proportional{.rate = 5_bps}, sectors(n), risk::given_covariance{}};
        one_call call{policy, {.assets = n}};
        const inputs in{.market = m.view(), .account = a.h.view(), .target = a.target};
        REQUIRE_FALSE(policy.observe(call.market, m.view()));
        const double before = call.propose(in).optimality.objective;
        m.c.dense[1] = m.c.dense[n] = -0.008;
        REQUIRE_FALSE(policy.observe(call.market, m.view()));
        const decision after = call.propose(in);
        one_call fresh{policy, {.assets = n}};
        REQUIRE_FALSE(policy.observe(fresh.market, m.view()));
        CAPTURE(n);
        CHECK(after.optimality.proved);
        CHECK(after.optimality.objective != before);
        CHECK(same_bits(after, fresh.propose(in)));
    }
}

TEST_CASE("tracking: a matrix that is none is rejected with its most negative eigenvalue; mended, the next call works") {
    dice d{723};
    for (const std::size_t n : {std::size_t{2}, std::size_t{3}, std::size_t{9}}) {
        covariance c = alike(n, 0.3);
        market m{d, n};
        const client a{d, m};
        const rebalancer policy{always, cost::proportional{.rate = 5_bps}, sectors(n), lent_risk{&c}};
        one_call call{policy, {.assets = n}};
        const inputs in{.market = m.view(), .account = a.h.view(), .target = a.target};
        const decision good = call.propose(in);
        CHECK(good.outcome == outcome::trade);
        const auto told = [&](double correlation) {
            const covariance other = alike(n, correlation);
            for (std::size_t i = 0; i < c.dense.size(); ++i) c.dense[i] = other.dense[i];
        };
        for (const double correlation : {-1.5, 1.25}) {
            told(correlation);
            CAPTURE(n, correlation);
            const decision& bad = call.propose(in);
            // 0.04·(1 + (n − 1)ρ) of what all do together, 0.04·(1 − ρ) of what they do apart
            const double least = 0.04 * (correlation < 0.0 ? 1.0 + static_cast<double>(n - 1) * correlation : 1.0 - correlation);
            CHECK(bad.outcome == outcome::rejected);
            CHECK(bad.problem.code == fault_code::bad_risk);
            CHECK(bad.problem.index == no_index);
            CHECK(bad.problem.value == Approx(least).epsilon(0.01));
            CHECK(bad.orders.empty());
            CHECK(same_bits(call.propose(in).problem, bad.problem));
            told(0.3);
            CHECK(same_bits(call.propose(in), good));
        }
        // Only just none, by one covariance's sign.
        if (n < 3) continue;
        told(0.9);
        const decision close_together = call.propose(in);
        CHECK_FALSE(close_together.problem);
        c.dense[1] = c.dense[n] = -c.dense[1];
        CHECK(call.propose(in).problem.code == fault_code::bad_risk);
        told(0.9);
        CHECK(same_bits(call.propose(in), close_together));
    }
}

TEST_CASE("tracking: room for a matrix is made where an estimator tells one, or where it is asked for") {
    const sizes three{.assets = 3};
    CHECK(detail::tells_dense(risk::given_covariance{}, three));
    CHECK(detail::tells_dense(two_views<true>{}, three));
    CHECK(detail::tells_dense(two_views<false>{}, three));
    CHECK_FALSE(detail::tells_dense(no_matrix{}, three));
    dice d{724};
    const std::size_t n = 7;
    const market m{d, n};
    const client a{d, m};
    CHECK_FALSE(detail::tells_dense(late_matrix{&m.c}, {.assets = n}));
    const inputs in{.market = m.view(), .account = a.h.view(), .target = a.target};
    const rebalancer policy{always, cost::proportional{.rate = 5_bps}, sectors(n), late_matrix{&m.c}};
    const rebalancer from_the_start{always, cost::proportional{.rate = 5_bps}, sectors(n), lent_risk{&m.c}};
    one_call without{policy, {.assets = n}}, with{policy, {.assets = n, .dense_risk = true}};
    one_call known{from_the_start, {.assets = n}};
    CHECK_FALSE(without.propose(in).problem);  // of variances
    CHECK(same_bits(with.propose(in), without.propose(in)));
    REQUIRE_FALSE(policy.observe(without.market, m.view()));
    REQUIRE_FALSE(policy.observe(with.market, m.view()));
    CHECK(without.propose(in).outcome == outcome::rejected);
    CHECK(without.decision.problem.code == fault_code::not_prepared);
    CHECK(without.decision.orders.empty());
    CHECK(with.propose(in).outcome == outcome::trade);
    CHECK(same_bits(with.decision, known.propose(in)));
}
