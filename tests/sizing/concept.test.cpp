// What a sizing is: from wanted positions to orders. One of the test's own takes the place of the default.
#include <ballast/sizing/concept.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/sizing/reconciled.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/one_call.hpp"

#include <cstddef>
#include <string>
#include <vector>

using namespace ballast;
using test::propose_once;

namespace {

const auto at_once = trigger::every{.interval = {}};

// One order for each asset that moves by more than `least`, as it is.
struct unrounded {
    double least = 0.0;
    [[maybe_unused]] static constexpr const char* name = "unrounded";
    template <bound_cost View>
    [[nodiscard]] fault size(const problem& p, const View& view, solution& s, sizing_scratch&, decision& d) const noexcept {
        for (std::uint32_t i = 0; i < p.look.assets(); ++i) {
            const double x = s.move[i] != 0 ? s.trade(p.look, p.limits, i, s.wealth) : 0.0;
            d.writable_after()[i] = (p.look.position[i] + x) / s.wealth;
            if (x <= least && -x <= least) continue;
            d.orders.emplace_back();
            order& o = d.orders.back();
            o.row = o.asset = i;
            o.price = o.limit_price = p.look.price[i];
            o.quantity = x / o.price;
            o.notional = x;
            o.cost = view.cost(i, x);
            d.cost += o.cost;
            d.cash_after -= x + o.cost;
        }
        return {};
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        return least >= 0.0 ? configuration_fault{} : configuration_fault{"unrounded.least", least, "must be at or above 0"};
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return n <= 3; }
};
// Can never count what it should.
struct overflows {
    [[nodiscard]] fault size(const problem&, const auto&, solution&, sizing_scratch&, decision& d) const noexcept {
        d.orders.emplace_back();
        return {fault_code::overflow, 1, 2e40};
    }
};
struct may_throw {
    [[nodiscard]] fault size(const problem&, const auto&, solution&, sizing_scratch&, decision&) const { return {}; }
};
struct says_nothing {
    void size(const problem&, const auto&, solution&, sizing_scratch&, decision&) const noexcept {}
};

static_assert(sizing_policy<sizing::reconciled> && sizing_policy<unrounded> && sizing_policy<overflows>);
static_assert(!sizing_policy<may_throw> && !sizing_policy<says_nothing> && !sizing_policy<solver::to_target> && !sizing_policy<int>);

struct book {
    std::vector<double> price{4.0, 1.0};
    std::vector<double> quantity{15.0, 20.0};
    std::vector<double> target{0.5, 0.25};
    std::vector<decimal_step> step{decimal_step{1, 0}};
    [[nodiscard]] inputs view() const {
        return {
            .market = {.price = price}, .account = {.cash = 20.0, .quantity = quantity}, .target = target, .instruments = {.step = step}};
    }
};

}  // namespace

TEST_CASE("sizing_policy: one of the host's own takes the place of the default, wherever it stands") {
    const decision rounded = propose_once(rebalancer{at_once, cost::zero{}, solver::to_target{}}, book{}.view());
    REQUIRE(rounded.orders.size() == 2);
    CHECK(rounded.orders[0].quantity == -2.0);
    for (const decision& d :
         {propose_once(rebalancer{at_once, cost::zero{}, solver::to_target{}, unrounded{}}, book{}.view()),
          propose_once(rebalancer{at_once, cost::zero{}, solver::to_target{}, mandate{}, unrounded{}}, book{}.view())}) {
        REQUIRE(d.outcome == outcome::trade);
        REQUIRE(d.orders.size() == 2);
        CHECK(d.orders[0].quantity == -2.5);
        CHECK(d.orders[1].quantity == 5.0);
        CHECK(d.cash_after == 25.0);
        CHECK(d.weight_after()[0] == 0.5);
    }
    const decision none = propose_once(rebalancer{at_once, cost::zero{}, solver::to_target{}, unrounded{.least = 10.0}}, book{}.view());
    CHECK(none.outcome == outcome::hold);
}

TEST_CASE("sizing_policy: the default is named or not, the answer is the same") {
    const decision a = propose_once(rebalancer{at_once, cost::zero{}, solver::to_target{}}, book{}.view());
    const decision b = propose_once(rebalancer{at_once, cost::zero{}, solver::to_target{}, sizing::reconciled{}}, book{}.view());
    REQUIRE(a.orders.size() == b.orders.size());
    for (std::size_t k = 0; k < a.orders.size(); ++k) CHECK(a.orders[k].quantity == b.orders[k].quantity);
}

TEST_CASE("sizing_policy: a fault rejects the decision, and no order of it is left") {
    const decision d = propose_once(rebalancer{at_once, cost::zero{}, solver::to_target{}, overflows{}}, book{}.view());
    CHECK(d.outcome == outcome::rejected);
    CHECK(d.problem.code == fault_code::overflow);
    CHECK(d.problem.index == 1);
    CHECK(d.problem.value == 2e40);
    CHECK(d.orders.empty());
}

TEST_CASE("sizing_policy: its configuration is validated, its coverage asked at every look") {
    CHECK_THROWS_AS((rebalancer{at_once, cost::zero{}, solver::to_target{}, unrounded{.least = -1.0}}), invalid_configuration);
    const std::vector<double> four(4, 1.0), target(4, 0.1);
    const decision d = propose_once(rebalancer{at_once, cost::zero{}, solver::to_target{}, unrounded{}},
                                    {.market = {.price = four}, .account = {.quantity = four}, .target = target});
    CHECK(d.problem.code == fault_code::bad_parameter_count);
}

TEST_CASE("sizing_scratch: is prepared with the workspace, for the assets") {
    const rebalancer r{at_once, cost::zero{}, solver::to_target{}};
    test::one_call call{r, sizes{.assets = 3, .rows = 7}};
    CHECK(call.workspace.sizing.buys.size() == 3);
}
