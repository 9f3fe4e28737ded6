// What a solver is, what is asked of it and what it may answer; the composition around solvers of the test's own.
#include <ballast/solver/concept.hpp>

#include <ballast/cost/fixed.hpp>
#include <ballast/cost/maximum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/guard/max_trade.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/one_call.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace ballast;
using test::one_call;
using test::propose_once;

namespace {

const auto at_once = trigger::every{.interval = {}};

// The smallest legal solver: it moves nothing.
struct smallest {
    [[nodiscard]] status solve(const problem&, const auto&, solution&) const noexcept { return status::solved; }
};
// Every asset to the same share, whatever its target; takes convex costs alone.
struct flat {
    double share = 0.25;
    [[maybe_unused]] static constexpr const char* name = "flat";
    [[nodiscard]] static constexpr bool accepts(cost_shape s) noexcept { return s == cost_shape::convex; }
    template <bound_cost View>
    [[nodiscard]] status solve(const problem& p, const View&, solution& s) const noexcept {
        for (std::size_t i = 0; i < p.look.assets(); ++i) {
            s.move[i] = 1;
            s.share[i] = share;
        }
        s.wealth = p.look.value;
        return status::solved;
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        return share >= 0.0 ? configuration_fault{} : configuration_fault{"flat.share", share, "must be at or above 0"};
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return n <= 4; }
};
// Has memory of its own in the workspace, and tells what it finds there.
struct with_memory {
    struct scratch {
        std::vector<double> room{};
        void prepare(const sizes& s) { room.assign(s.assets, 0.5); }
    };
    [[nodiscard]] status solve(const problem& p, const auto&, scratch& m, solution& s) const noexcept {
        if (m.room.size() < p.look.assets()) return status::infeasible;
        for (std::size_t i = 0; i < p.look.assets(); ++i) {
            s.move[i] = 1;
            s.share[i] = m.room[i];
        }
        return status::solved;
    }
};
// Goes to the middle of the live region.
struct to_middle {
    static constexpr bool needs_region = true;
    [[nodiscard]] status solve(const problem& p, const auto&, solution& s) const noexcept {
        for (std::size_t i = 0; i < p.look.assets(); ++i) {
            s.move[i] = 1;
            s.share[i] = 0.5 * (p.region.lower[i] + p.region.upper[i]);
        }
        return status::solved;
    }
};
// Its shares hold for one wealth only: it keeps a tenth less than that in cash, and counts how often it is asked.
struct for_one_wealth {
    int* asked = nullptr;
    double* last = nullptr;
    [[nodiscard]] status solve(const problem& p, const auto&, solution& s) const noexcept {
        ++*asked;
        *last = s.given_wealth;
        s.for_this_wealth = true;
        s.share[0] = 0.5;
        s.move[0] = 1;
        s.wealth = s.given_wealth > 0.0 ? s.given_wealth : p.look.value;
        return status::solved;
    }
};
// Writes down what it was asked.
struct witness {
    bool* clean = nullptr;
    [[nodiscard]] status solve(const problem& p, const auto&, solution& s) const noexcept {
        const std::size_t n = p.look.assets();
        *clean = s.share.size() == n && s.move.size() == n && s.round.size() == n && s.cause.size() == n && s.set_aside == 0.0 &&
                 s.fraction == 1.0 && s.wealth == p.look.value && s.given_wealth == 0.0 && !s.for_this_wealth && p.region.lower.empty() &&
                 !p.rows.mapped && p.limits.narrowed && p.limits.buy_cause[0] == why::full &&
                 p.limits.sell_cause[1] == why::cut_by_trade_limit;
        for (std::size_t i = 0; i < n; ++i)
            *clean = *clean && s.move[i] == 0 && s.round[i] == rounding::toward_no_trade && s.cause[i] == why::full &&
                     p.look.position[i] == p.look.weight[i] * p.look.value;
        return status::solved;
    }
};
// Checks the rows of three assets, of which the second has none.
struct reader {
    bool* ok = nullptr;
    [[nodiscard]] status solve(const problem& p, const auto&, solution&) const noexcept {
        const auto& r = p.rows;
        *ok = r.mapped && r.first[0] == 1 && r.next[1] == 3 && r.next[3] == no_index && r.first[1] == no_index && r.first[2] == 0 &&
              r.next[0] == 2 && r.next[2] == no_index;
        return status::solved;
    }
};
// Remembers how often its answers were committed, and goes there.
struct remembering {
    [[maybe_unused]] static constexpr const char* name = "remembering";
    struct memory {
        double share = 0.25;
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.share);
        }
    };
    [[nodiscard]] status solve(const problem& p, const auto&, const memory& m, no_scratch&, solution& s) const noexcept {
        for (std::size_t i = 0; i < p.look.assets(); ++i) {
            s.move[i] = 1;
            s.share[i] = m.share;
        }
        s.wealth = p.look.value;
        return status::solved;
    }
    void commit(const decision&, timestamp, memory& m) const noexcept { m.share *= 0.5; }
};
// Tells prices of each asset and of two limits, and stands in conflict where it is told to.
struct telling {
    bool conflict = false;
    [[nodiscard]] price_counts told_prices() const noexcept { return {.any = true, .factors = 1, .limits = 2}; }
    [[nodiscard]] status solve(const problem& p, const auto&, solution& s) const noexcept {
        for (std::size_t i = 0; i < p.look.assets(); ++i) s.prices->assets.push_back({.benefit = static_cast<double>(i)});
        for (const char* name : {"one", "two"}) s.prices->limits.push_back({.name = name, .price = 2.0});
        s.optimality.end = conflict ? search_end::infeasible : search_end::best;
        if (conflict) s.conflict = {fault_code::limits_contradict, 1};
        return conflict ? status::infeasible : status::solved;
    }
};
struct tells_wrongly {
    [[nodiscard]] int told_prices() const noexcept { return 1; }
    [[nodiscard]] status solve(const problem&, const auto&, solution&) const noexcept { return status::solved; }
};
struct may_throw {
    [[nodiscard]] status solve(const problem&, const auto&, solution&) const { return status::solved; }
};
struct says_nothing {
    void solve(const problem&, const auto&, solution&) const noexcept {}
};

static_assert(solver_policy<smallest> && solver_policy<flat> && solver_policy<with_memory> && solver_policy<to_middle>);
static_assert(solver_policy<remembering> && solver_policy<telling> && solver_policy<tells_wrongly>);
static_assert(detail::names_told_prices<tells_wrongly> && !detail::with_told_prices<tells_wrongly>);
static_assert(solver_policy<solver::to_target> && solver_policy<solver::to_band>);
static_assert(!solver_policy<may_throw> && !solver_policy<says_nothing> && !solver_policy<int> && !solver_policy<trigger::band>);
static_assert(std::is_same_v<scratch_of<smallest>, no_scratch> && std::is_same_v<scratch_of<with_memory>, with_memory::scratch>);
static_assert(!detail::needs_region<smallest>() && detail::needs_region<to_middle>());
static_assert(detail::accepts<smallest>(cost_shape::general) && detail::accepts<flat>(cost_shape::convex));
static_assert(!detail::accepts<flat>(cost_shape::fixed_plus_convex) && !detail::accepts<flat>(cost_shape::general));
static_assert(detail::check_solver<smallest>() && detail::check_solver<flat>() && detail::check_solver<to_middle>());

struct book {
    std::vector<double> price{1.0, 1.0};
    std::vector<double> quantity{60.0, 20.0};
    std::vector<double> target{0.5, 0.25};
    [[nodiscard]] inputs view() const {
        return {.market = {.price = price}, .account = {.cash = 20.0, .quantity = quantity}, .target = target};
    }
};

}  // namespace

TEST_CASE("solver_policy: the smallest legal solver moves nothing, so the rebalancer holds") {
    const decision d = propose_once(rebalancer{at_once, cost::zero{}, smallest{}}, book{}.view());
    CHECK(d.outcome == outcome::hold);
    CHECK(d.firing.fired);
    CHECK_FALSE(d.problem);
}

TEST_CASE("solver_policy: the shares that a solver gives are where the account goes") {
    const decision d = propose_once(rebalancer{at_once, cost::proportional{.rate = 0.0}, flat{.share = 0.375}}, book{}.view());
    REQUIRE(d.outcome == outcome::trade);
    CHECK(d.weight_after()[0] == 0.375);
    CHECK(d.weight_after()[1] == 0.375);
}

TEST_CASE("solver_policy: its configuration is validated, its coverage asked at every look") {
    CHECK_THROWS_AS((rebalancer{at_once, cost::zero{}, flat{.share = -1.0}}), invalid_configuration);
    const rebalancer r{at_once, cost::zero{}, flat{.share = 0.1}};
    const std::vector<double> five(5, 1.0);
    const std::vector<double> target(5, 0.1);
    const decision d = propose_once(r, {.market = {.price = five}, .account = {.quantity = five}, .target = target});
    CHECK(d.problem.code == fault_code::bad_parameter_count);
    CHECK(d.problem.value == 5.0);
}

TEST_CASE("solver_policy: scratch of its own is prepared with the workspace") {
    const rebalancer r{at_once, cost::zero{}, with_memory{}};
    one_call call{r, sizes{.assets = 2}};
    CHECK(call.workspace.solver.room.size() == 2);
    const decision& d = call.propose(book{}.view());
    CHECK(d.weight_after()[0] == 0.5);
    CHECK(d.weight_after()[1] == 0.5);
    call.workspace.solver.room.clear();
    CHECK(call.propose(book{}.view()).outcome == outcome::infeasible);
}

TEST_CASE("solver_policy: what it remembers of an account changes with a commit and with nothing else") {
    const rebalancer r{at_once, cost::zero{}, remembering{}};
    one_call call{r, sizes{.assets = 2}};
    for (const double share : {0.25, 0.125, 0.0625}) {
        for (int times = 0; times < 2; ++times) {
            const decision& d = call.propose(book{}.view());
            REQUIRE(d.outcome == outcome::trade);
            CHECK(d.weight_after()[0] == share);
        }
        REQUIRE_FALSE(r.commit(call.account, call.decision, {}));
    }
}

TEST_CASE("solver_policy: the prices that it tells stand in the decision, also where limits contradict each other") {
    const rebalancer r{at_once, cost::zero{}, telling{}};
    one_call call{r, sizes{.assets = 2}};
    for (int times = 0; times < 2; ++times) {
        const decision& d = call.propose(book{}.view());
        CHECK(d.outcome == outcome::hold);
        REQUIRE(d.prices.assets.size() == 2);
        CHECK(d.prices.assets[1].benefit == 1.0);
        REQUIRE(d.prices.limits.size() == 2);
        CHECK(d.prices.limits[1].name == label{"two"});
    }
    const rebalancer in_conflict{at_once, cost::zero{}, telling{.conflict = true}};
    const decision d = propose_once(in_conflict, book{}.view());
    CHECK(d.outcome == outcome::infeasible);
    CHECK(d.problem.code == fault_code::limits_contradict);
    CHECK(d.problem.index == 1);
    CHECK(d.optimality.end == search_end::infeasible);
    CHECK(d.prices.limits.size() == 2);
    // A solver that tells none leaves none, and takes no room.
    const rebalancer plain{at_once, cost::zero{}, smallest{}};
    CHECK(propose_once(plain, book{}.view()).prices.assets.capacity() == 0);
}

TEST_CASE("solver_policy: one that needs a region gets the trigger's, live") {
    const rebalancer r{trigger::band{.absolute = 0.0625, .absolute_below = 0.125}, cost::zero{}, to_middle{}};
    const decision d = propose_once(r, book{}.view());
    REQUIRE(d.outcome == outcome::trade);
    CHECK(d.weight_after()[0] == 0.5 - 0.03125);
    CHECK(d.weight_after()[1] == 0.25 - 0.03125);
}

TEST_CASE("solver_policy: a solution comes clean, with what the guards noted") {
    bool clean = false;
    const rebalancer r{at_once, cost::zero{}, witness{&clean}, guard::max_trade{.amount = {std::numeric_limits<double>::infinity(), 3.0}}};
    one_call call{r, sizes{.assets = 2}};
    // Scratch full of an answer before.
    for (double& x : call.workspace.share) x = 77.0;
    for (auto& m : call.workspace.move) m = 1;
    for (auto& c : call.workspace.round) c = rounding::nearest;
    CHECK(call.propose(book{}.view()).outcome == outcome::hold);
    CHECK(clean);
}

// A fee of 4 leaves 96, of which half is 48: the solver reckoned with 100.
TEST_CASE("solver_policy: one whose shares hold for one wealth alone is asked again for the wealth that its trades leave") {
    int asked = 0;
    double last = 0.0;
    const rebalancer r{at_once, cost::fixed{.amount = 4.0}, for_one_wealth{&asked, &last}};
    const std::vector<double> price{1.0}, quantity{20.0}, target{0.5};
    const decision d = propose_once(r, {.market = {.price = price}, .account = {.cash = 80.0, .quantity = quantity}, .target = target});
    REQUIRE(d.outcome == outcome::trade);
    CHECK(asked >= 2);
    CHECK(asked < 20);
    CHECK(d.value_after() == 96.0);
    CHECK(d.weight_after()[0] == Approx(0.5));
}

TEST_CASE("solution: the trade to a share, part of the way, beside what is set aside, within its limit") {
    const ballast_test::test_look l{{0.5, 0.2}, {0.5, 0.5}};
    std::vector<double> share{0.25, 0.5}, buy{1.0, 12.0}, sell{10.0, 3.0};
    limits lim{.buy = buy, .sell = sell};
    solution s{.share = share};
    CHECK(s.trade(l, lim, 0, 80.0) == 0.25 * 80.0 - 50.0);
    CHECK(s.trade(l, lim, 1, 80.0) == 0.5 * 80.0 - 20.0);
    s.set_aside = 8.0;
    CHECK(s.trade(l, lim, 0, 80.0) == 0.25 * 72.0 - 50.0);
    s.fraction = 0.5;
    CHECK(s.trade(l, lim, 0, 80.0) == 0.5 * (0.25 * 72.0 - 50.0));
    lim.narrowed = true;  // limits count only where one is set
    CHECK(s.trade(l, lim, 0, 80.0) == -10.0);
    CHECK(s.trade(l, lim, 1, 80.0) == 0.5 * (0.5 * 72.0 - 20.0));
    s.fraction = 1.0;
    CHECK(s.trade(l, lim, 1, 80.0) == 12.0);
}

TEST_CASE("rows of assets: lists in row order") {
    bool seen = false;
    const rebalancer r{at_once, cost::zero{}, reader{&seen}};
    const std::vector<double> price(3, 1.0), quantity(4, 10.0), target(3, 0.25);
    const std::vector<std::uint32_t> asset_of{2, 0, 2, 0};
    const decision d =
        propose_once(r, {.market = {.price = price}, .account = {.quantity = quantity, .asset_of_row = asset_of}, .target = target},
                     {.assets = 3, .rows = 4});
    CHECK_FALSE(d.problem);
    CHECK(seen);
}
