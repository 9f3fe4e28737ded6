#include <ballast/guard/participation.hpp>

#include <ballast/core/bps.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/closest.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/guarded.hpp"
#include "support/one_call.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace ballast;
using ballast::guard::participation;
using ballast_test::book;

static_assert(std::is_aggregate_v<participation> && guard_policy<participation>);
static_assert(detail::limiting_guard<participation> && !detail::judging_guard<participation>);
static_assert(std::is_same_v<memory_of<participation>, no_memory>);
static_assert(noexcept(participation{}.narrow(look{}, std::declval<limits&>())) && detail::check_guard<participation>());

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
const auto at_once = trigger::every{.interval = {}};

template <class Trigger, class Solver, class Cost>
decision decide(const book& b, const std::vector<double>& volume, const participation& g, const Trigger& trigger, const Cost& cost,
                const Solver& solver, const std::vector<double>& multiplier = {}) {
    const rebalancer r{trigger, cost, solver, mandate{.leverage = 10.0, .allow_short = true}, g};
    inputs in = b.inputs();
    in.market.volume = volume;
    in.instruments.multiplier = multiplier;
    return test::propose_once(r, in);
}
book three() {
    book b;
    b.price = {1.0, 2.0, 4.0};
    b.quantity = {70.0, 10.0, 2.5};
    b.target = {0.4, 0.3, 0.3};
    return b;
}
}  // namespace

// 70/20/10 to 40/30/30, a tenth of 100 units at 1, of 30 at 2 and of 1000 at 4.
TEST_CASE("participation: a share of the daily volume, in units") {
    const decision d = decide(three(), {100.0, 30.0, 1000.0}, {.rate = 0.1}, at_once, cost::zero{}, solver::to_target{});
    const std::vector<double> x = ballast_test::traded(three(), d);
    CHECK(x[0] == Approx(-10.0));
    CHECK(d.reason_of(0).code == why::cut_by_participation);
    CHECK(x[1] <= 6.0 * (1.0 + 1e-12));
    CHECK(d.more_to_do());
    CHECK(d.reason_of(0).more);
    // One rate for each.
    const decision each = decide(three(), {100.0, 30.0, 1000.0}, {.rate = {0.2, 0.0, 1.0}}, at_once, cost::zero{}, solver::to_target{});
    CHECK(ballast_test::traded(three(), each)[0] == Approx(-20.0));
    CHECK(ballast_test::traded(three(), each)[1] == 0.0);
    CHECK(each.reason_of(1).code == why::cut_by_participation);
    // Volumes that are large enough limit nothing.
    const decision free = decide(three(), {1e6, 1e6, 1e6}, {.rate = 0.1}, at_once, cost::zero{}, solver::to_target{});
    CHECK(ballast_test::traded(three(), free)[0] == Approx(-30.0));
    CHECK_FALSE(free.more_to_do());
}

TEST_CASE("participation: volumes are in contracts where there is a multiplier") {
    book b = three();
    b.price = {0.1, 0.2, 0.4};  // the same worth, ten to a contract
    const decision d = decide(b, {100.0, 1e6, 1e6}, {.rate = 0.1}, at_once, cost::zero{}, solver::to_target{}, {10.0, 10.0, 10.0});
    REQUIRE_FALSE(d.problem);
    REQUIRE(d.orders.size() >= 1);
    CHECK(d.orders[0].asset == 0);
    CHECK(d.orders[0].quantity == Approx(-10.0));
}

TEST_CASE("participation: what can not be judged is not traded, and says so") {
    for (const double bad : {0.0, -0.0, -5.0, not_a_number, infinity, -infinity}) {
        const decision d = decide(three(), {1e6, bad, 1e6}, {}, at_once, cost::zero{}, solver::to_target{});
        CAPTURE(bad);
        CHECK(ballast_test::traded(three(), d)[1] == 0.0);
        CHECK(d.reason_of(1).code == why::no_volume);
        CHECK(ballast_test::traded(three(), d)[2] == Approx(20.0));
    }
    const decision none = decide(three(), {}, {}, at_once, cost::zero{}, solver::to_target{});
    CHECK(none.outcome == outcome::hold);
    REQUIRE(none.reasons.size() == 3);
    for (const reason& r : none.reasons) CHECK(r.code == why::no_volume);
    CHECK_FALSE(none.more_to_do());
}

TEST_CASE("participation: the limit holds in the list over random books, steps, costs and solvers") {
    std::mt19937_64 rng{91};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    int limited = 0;
    for (int round = 0; round < 900; ++round) {
        const book b = ballast_test::random_book(
            rng, 1 + rng() % 10, {.shorts = round % 3 == 0, .steps = round % 2 == 0, .rows = round % 5 == 0, .minimums = round % 7 == 0});
        const double rate = 0.2 * unit(rng);
        std::vector<double> volume;
        for (std::size_t i = 0; i < b.assets(); ++i) volume.push_back(unit(rng) < 0.1 ? 0.0 : std::exp(14.0 * unit(rng)) / b.price[i]);
        const auto check = [&](const decision& d) {
            CAPTURE(round);
            CHECK_FALSE(d.problem);
            const std::vector<double> x = ballast_test::traded(b, d);
            for (std::size_t i = 0; i < b.assets(); ++i) CHECK(std::fabs(x[i]) <= rate * volume[i] * b.price[i] * (1.0 + 1e-12));
            for (const reason& r : d.reasons) limited += r.code == why::cut_by_participation;
        };
        check(decide(b, volume, {.rate = rate}, at_once, cost::proportional{.rate = 20_bps}, solver::to_target{}));
        check(decide(b, volume, {.rate = rate}, at_once, cost::proportional{.rate = 20_bps}, solver::closest{}));
        check(decide(b, volume, {.rate = rate}, trigger::band{.absolute = 0.02}, cost::zero{}, solver::to_band{}));
    }
    CHECK(limited > 500);
}

TEST_CASE("participation: bad rates are refused with parameter, value and range") {
    const auto text = [](const participation& g) -> std::string {
        const configuration_fault f = g.validate();
        return f ? invalid_configuration{f}.what() : "";
    };
    CHECK(text({.rate = -0.1}) == "ballast: participation.rate = -0.1: must be a share at or above 0");
    CHECK(text({.rate = {0.1, -0.2}}) == "ballast: participation.rate = -0.2: must be a share at or above 0");
    CHECK(text({.rate = {}}) == "ballast: participation.rate = 0: a rate has to be given");
    CHECK_THAT(text({.rate = not_a_number}), StartsWith("ballast: participation.rate = "));
    CHECK(text({}).empty());
    CHECK(participation{.rate = {0.1, 0.2}}.covers(2));
    CHECK_FALSE(participation{.rate = {0.1, 0.2}}.covers(3));
}
