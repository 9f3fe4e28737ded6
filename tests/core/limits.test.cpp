#include <ballast/core/limits.hpp>

#include "support/catch.hpp"

#include <cstddef>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

using namespace ballast;

static_assert(std::is_trivially_copyable_v<box> && std::is_trivially_copyable_v<limits>);
static_assert(noexcept(box{}.intersect(0, 0.0, 0.0)) && noexcept(limits{}.narrow(0, 0.0, 0.0, why::full)));

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

struct room : limits_memory {
    limits lim;
    explicit room(std::size_t n) {
        prepare({.assets = n});
        lim = free(n);
    }
};
}  // namespace

TEST_CASE("limits: by default nothing is narrowed and the turnover is free") {
    const limits lim;
    CHECK_FALSE(lim.narrowed);
    CHECK(lim.turnover == infinity);
}

TEST_CASE("limits: a box takes what both sides allow, one asset at a time") {
    room r{2};
    const box b = r.lim.weight;
    b.intersect(1, 0.1, 0.4);
    CHECK(r.lower[1] == 0.1);
    CHECK(r.upper[1] == 0.4);
    CHECK(r.lower[0] == -infinity);
    CHECK(r.upper[0] == infinity);
    b.intersect(1, 0.0, 0.3);
    CHECK(r.lower[1] == 0.1);
    CHECK(r.upper[1] == 0.3);
    b.intersect(1, 0.2, 0.9);
    CHECK(r.lower[1] == 0.2);
    CHECK(r.upper[1] == 0.3);
    b.intersect(1, not_a_number, not_a_number);  // no limit at all
    CHECK(r.lower[1] == 0.2);
    CHECK(r.upper[1] == 0.3);
    b.intersect(1, 0.5, 1.0);  // a contradiction is kept, for whoever checks
    CHECK(r.lower[1] > r.upper[1]);
}

TEST_CASE("limits: the cause is the last that made them narrower") {
    room r{3};
    r.lim.narrow(0, -infinity, infinity, why::cut_by_bounds);
    CHECK_FALSE(r.lim.narrowed);
    CHECK(r.weight_cause[0] == why::full);
    r.lim.narrow(0, 0.0, 0.5, why::cut_by_bounds);
    CHECK(r.lim.narrowed);
    CHECK(r.weight_cause[0] == why::cut_by_bounds);
    CHECK(r.buy_cause[0] == why::full);
    r.lim.narrow_trade(0, 100.0, why::cut_by_trade_limit);
    CHECK(r.buy_cause[0] == why::cut_by_trade_limit);
    CHECK(r.sell_cause[0] == why::cut_by_trade_limit);
    r.lim.narrow_buy(0, 100.0, why::frozen_stale);  // not narrower
    CHECK(r.buy_cause[0] == why::cut_by_trade_limit);
    r.lim.narrow_buy(0, 0.0, why::frozen_stale);
    CHECK(r.buy_cause[0] == why::frozen_stale);
    CHECK(r.sell_cause[0] == why::cut_by_trade_limit);
    r.lim.narrow(0, 0.0, 0.5, why::frozen_stale);
    CHECK(r.weight_cause[0] == why::cut_by_bounds);
    r.lim.narrow_trade(0, not_a_number, why::cut_by_trade_limit);
    CHECK(r.buy[0] == 0.0);
    CHECK(r.sell[0] == 100.0);
    CHECK(r.buy_cause[1] == why::full);
}

TEST_CASE("limits: a trade goes as far as its side allows") {
    room r{2};
    CHECK(r.lim.nearest_trade(0, -1e300) == -1e300);
    CHECK(r.lim.may_trade(0));
    r.lim.narrow_buy(0, 10.0, why::cut_by_trade_limit);
    r.lim.narrow_sell(0, 4.0, why::cut_by_trade_limit);
    CHECK(r.lim.nearest_trade(0, 12.0) == 10.0);
    CHECK(r.lim.nearest_trade(0, 9.0) == 9.0);
    CHECK(r.lim.nearest_trade(0, -3.0) == -3.0);
    CHECK(r.lim.nearest_trade(0, -5.0) == -4.0);
    CHECK(r.lim.nearest_trade(1, -1e300) == -1e300);
    r.lim.narrow_buy(0, -5.0, why::cut_by_trade_limit);  // what may not be bought at all may not be bought by less than that
    CHECK(r.buy[0] == 0.0);
    CHECK(r.lim.may_trade(0));
    r.lim.narrow_sell(0, 0.0, why::cut_by_trade_limit);
    CHECK_FALSE(r.lim.may_trade(0));
    CHECK(r.lim.may_trade(1));
}

// After any sequence of narrowings: lower = max of all, upper = min of all, each side of the trade = min of all.
TEST_CASE("limits: random narrowings in any order come to the same") {
    std::mt19937_64 rng{5};
    std::uniform_real_distribution<double> any{-1.0, 1.0};
    for (int round = 0; round < 200; ++round) {
        room r{1};
        double lower = -infinity;
        double upper = infinity;
        double trade = infinity;
        bool narrowed = false;
        for (int step = 0; step < 6; ++step) {
            const double lo = any(rng);
            const double hi = any(rng);
            const double most = any(rng) + 1.0;
            narrowed = narrowed || lo > lower || hi < upper || (step % 2 == 0 && most < trade);
            lower = lo > lower ? lo : lower;
            upper = hi < upper ? hi : upper;
            r.lim.narrow(0, lo, hi, why::cut_by_bounds);
            if (step % 2 == 0) {
                trade = most < trade ? most : trade;
                r.lim.narrow_trade(0, most, why::cut_by_trade_limit);
            }
        }
        CHECK(r.lower[0] == lower);
        CHECK(r.upper[0] == upper);
        CHECK(r.buy[0] == trade);
        CHECK(r.sell[0] == trade);
        CHECK(r.lim.narrowed == narrowed);
    }
}
