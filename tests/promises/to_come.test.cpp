// What is still to come: flows, cash that has not settled, orders that are on their way. The referee knows them: buys are paid with cash that is at hand (and,
// where the mandate asks for it, has settled), nothing is sent against an open order, and what is cancelled gets no new order in the same list.
#include "support/catch.hpp"
#include "support/random_run.hpp"

using namespace ballast_test;

TEST_CASE("promise: with cash and orders still to come every list is accepted by the referee") {
    std::size_t traded = 0;
    std::size_t cancelled = 0;
    std::size_t with_open = 0;
    std::size_t waiting = 0;
    constexpr std::uint64_t books = books_of(30'000);
    const std::size_t rejected = for_random_calls(books, {.pending = 1.0}, [&](const auto& call, std::uint64_t seed) {
        const std::string complaint = call.complaint();
        if (!complaint.empty()) {
            CAPTURE(seed);
            FAIL_CHECK(complaint);
        }
        traded += call.answer.orders.empty() ? 0u : 1u;
        cancelled += call.answer.cancels.empty() ? 0u : 1u;
        with_open += call.of.open.empty() ? 0u : 1u;
        for (const ballast::reason& r : call.answer.reasons) {
            const bool waits = r.code == ballast::why::cut_by_settlement || r.code == ballast::why::not_settled;
            if (waits) ++waiting;
        }
    });
    CAPTURE(rejected, traded, cancelled, with_open, waiting);
    CHECK(rejected < books / 10);
    CHECK(traded > books / 3);
    CHECK(with_open > books / 5);
    CHECK(cancelled > books / 50);
    CHECK(waiting > books / 50);
}

TEST_CASE("promise: once all that was to come has come, proposing again finds nothing unless it was said") {
    std::size_t compared = 0;
    std::size_t said_more = 0;
    constexpr std::uint64_t books = books_of(30'000);
    for_random_calls(books, {.pending = 1.0}, [&](auto& call, std::uint64_t seed) {
        if (call.answer.orders.empty() && call.answer.cancels.empty()) return;
        const bool more = call.answer.more_to_do();
        book& b = call.of;
        const double cash = b.held.cash;
        REQUIRE_FALSE(apply(b.held, call.answer));
        std::vector<ballast::open_order> left;
        for (std::size_t k = 0; k < b.open.size(); ++k) {
            bool kept = true;
            for (const std::uint32_t c : call.answer.cancels) kept = kept && c != k;
            if (kept) left.push_back(b.open[k]);
        }
        CAPTURE(seed, cash, b.flow, left.size(), call.answer.cancels.size());
        for (const ballast::open_order& o : left) {
            const std::size_t r = b.held.asset_of_row.empty() ? o.asset : o.row;
            const ballast::decimal_step s = b.step.empty() ? ballast::decimal_step{} : b.step[o.asset];
            if (b.held.steps.empty()) {
                b.held.quantity[r] = ballast::detail::add_quantity(b.held.quantity[r], o.quantity, s);
            } else {
                b.held.steps[r] += o.steps;
                b.held.quantity[r] = ballast::quantity_of(b.held.steps[r], s);
            }
            if (b.held.quantity[r] < 0.0) b.held.quantity[r] = 0.0;  // what is left of a sale of all
            b.held.cash -= o.quantity * b.worth(o.asset) + o.cost;
        }
        b.open.clear();
        b.flow = b.unsettled = 0.0;
        call.propose();
        if (more) {
            ++said_more;
            return;
        }
        ++compared;
        if (!call.answer.orders.empty()) {
            CAPTURE(call.answer.orders.size(), call.answer.orders[0].notional, call.answer.value);
            FAIL_CHECK("the next call trades");
        }
    });
    CAPTURE(compared, said_more);
    CHECK(compared > books / 5);
    CHECK(said_more > books / 50);
}
