#include <ballast/guard/concept.hpp>

#include <ballast/core/bps.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/keeper.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/guarded.hpp"

#include <cstddef>
#include <string>
#include <vector>

using namespace ballast;
using ballast_test::account_of;
using ballast_test::book;

namespace {
// The smallest legal guards: one that limits, one that judges.
struct limiting {
    static constexpr const char* name = "limiting";
    double most = 5.0;
    void narrow(const look& l, limits& lim) const noexcept {
        for (std::size_t i = 0; i < l.assets(); ++i) lim.narrow_trade(i, most, why::cut_by_trade_limit);
    }
};
struct judging {
    static constexpr const char* name = "judging";
    verdict answer = verdict::pass;
    [[nodiscard]] verdict check(const proposal&) const noexcept { return answer; }
};
struct also_judging : judging {
    static constexpr const char* name = "also_judging";
};
// Bounds on positions.
struct bounded {
    static constexpr const char* name = "bounded";
    double lower = 0.0;
    double upper = 1.0;
    void narrow(const look& l, limits& lim) const noexcept {
        for (std::size_t i = 0; i < l.assets(); ++i) lim.narrow(i, lower, upper, why::cut_by_bounds);
    }
};
// Not worth it where the costs exceed a share of what is moved.
struct worth {
    static constexpr const char* name = "worth";
    double most = 0.001;
    [[nodiscard]] verdict check(const proposal& p) const noexcept {
        return p.decision.cost > most * p.decision.turnover * p.look.value ? verdict::hold : verdict::pass;
    }
};
// Remembers what it was told.
struct patient {
    static constexpr const char* name = "patient";
    struct memory {
        int seen = 0;
        int commits = 0;
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.seen);
            visit(m.commits);
        }
    };
    // After a trade it lets nothing pass until it has looked on twice.
    void narrow(const look&, const memory& m, limits& lim) const noexcept {
        if (m.commits > 0) lim.narrow_turnover(0.01);
    }
    [[nodiscard]] verdict check(const proposal&, const memory& m) const noexcept {
        return m.commits > 0 && m.seen < 3 ? verdict::block : verdict::pass;
    }
    void observe(const look&, memory& m) const noexcept { ++m.seen; }
    void commit(const decision&, timestamp, memory& m) const noexcept { ++m.commits; }
};
struct nameless {
    void narrow(const look&, limits&) const noexcept {}
};
struct idle {
    [[maybe_unused]] static constexpr const char* name = "idle";
};
struct may_throw {
    [[maybe_unused]] static constexpr const char* name = "may_throw";
    [[nodiscard]] verdict check(const proposal&) const { return verdict::pass; }
};

const auto at_once = trigger::every{.interval = {}};
book two() {
    book b;
    b.price = {1.0, 1.0};
    b.quantity = {60.0, 40.0};
    b.target = {0.5, 0.5};
    return b;
}
}  // namespace

static_assert(guard_policy<limiting> && guard_policy<judging> && guard_policy<patient> && guard_policy<bounded>);
static_assert(!guard_policy<nameless> && !guard_policy<idle> && !guard_policy<may_throw> && !guard_policy<int>);
static_assert(detail::check_guard<limiting>() && detail::check_guard<judging>() && detail::check_guard<patient>());
static_assert(verdict::pass < verdict::hold && verdict::hold < verdict::block);

TEST_CASE("concept of guards: one that limits acts before the solver") {
    const book b = two();
    account_of a{rebalancer{at_once, cost::zero{}, solver::to_target{}, limiting{}}, b};
    const decision& d = a.propose(b);
    CHECK(d.outcome == outcome::trade);
    CHECK(ballast_test::traded(b, d)[0] == Approx(-5.0));
    CHECK(d.guard == nullptr);
}

// | verdicts          | outcome      | guard named             |
// | all pass          | trade        | none                    |
// | some hold         | not worth it | the first that held     |
// | some block        | blocked      | the first that blocked  |
TEST_CASE("concept of guards: the hardest verdict counts, and its guard is named") {
    const book b = two();
    for (const verdict first : {verdict::pass, verdict::hold, verdict::block})
        for (const verdict second : {verdict::pass, verdict::hold, verdict::block}) {
            also_judging other;
            other.answer = second;
            account_of a{rebalancer{at_once, cost::proportional{.rate = 10_bps}, solver::to_target{}, judging{first}, other}, b};
            const decision& d = a.propose(b);
            const verdict worst = first < second ? second : first;
            CHECK(d.outcome == (worst == verdict::pass   ? outcome::trade
                                : worst == verdict::hold ? outcome::not_worth_it
                                                         : outcome::blocked));
            if (worst == verdict::pass) {
                CHECK(d.guard == nullptr);
                CHECK(d.orders.size() == 2);
                continue;
            }
            REQUIRE(d.guard != nullptr);
            CHECK(std::string{d.guard} == (first == worst ? "judging" : "also_judging"));
            CHECK(d.orders.empty());
            CHECK(d.cost == 0.0);
            CHECK(d.turnover == 0.0);
            CHECK(d.cash_after == d.cash);
            CHECK(d.weight_after()[0] == d.weight_before()[0]);
            for (const reason& r : d.reasons) {
                CHECK(r.code == why::held_back);
                CHECK(r.done == 0.0);
                CHECK(std::fabs(r.wished) == Approx(10.0));
            }
        }
}

TEST_CASE("concept of guards: one that judges sees costs and turnover of the list") {
    const book b = two();
    for (const double rate : {0.0004, 0.0006}) {  // costs of 20·rate for a turnover of 10
        account_of a{rebalancer{at_once, cost::proportional{.rate = rate}, solver::to_target{}, worth{}}, b};
        CHECK(a.propose(b).outcome == (rate < 0.0005 ? outcome::trade : outcome::not_worth_it));
    }
}

TEST_CASE("concept of guards: bounds hold afterwards, and contradictions are told") {
    book b = two();
    b.target = {0.7, 0.3};
    account_of a{rebalancer{at_once, cost::zero{}, solver::to_target{}, bounded{.upper = 0.65}}, b};
    const decision& d = a.propose(b);
    CHECK(d.outcome == outcome::trade);
    CHECK(d.weight_after()[0] == Approx(0.65));
    CHECK(d.reason_of(0).code == why::cut_by_bounds);
    account_of never{rebalancer{at_once, cost::zero{}, solver::to_target{}, bounded{.lower = 0.6, .upper = 0.4}}, b};
    CHECK(never.propose(b).outcome == outcome::infeasible);
    CHECK(never.propose(b).problem.code == fault_code::limits_conflict);
    CHECK(never.propose(b).problem.index == 0);
    CHECK(never.propose(b).problem.value == Approx(0.2));
    CHECK(never.propose(b).orders.empty());
}

TEST_CASE("concept of guards: one may remember") {
    keeper k{rebalancer{at_once, cost::zero{}, solver::to_target{}, patient{}}, {.assets = 2}};
    const book b = two();
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = b.price}));
    const decision& d = k.propose({.quantity = b.quantity}, b.target);
    REQUIRE_FALSE(k.commit(d));
    // Trigger, solver, guard: its memory is the third.
    CHECK(detail::get<2>(k.account().memories).seen == 1);
    CHECK(detail::get<2>(k.account().memories).commits == 1);

    // What it narrows and says depends on it.
    CHECK(k.propose({.quantity = b.quantity}, b.target).outcome == outcome::blocked);
    CHECK(std::string{k.propose({.quantity = b.quantity}, b.target).guard} == "patient");
    const decision& later = k.propose({.quantity = b.quantity}, b.target);
    CHECK(later.outcome == outcome::trade);
    CHECK(later.turnover == Approx(0.01));
}
