#include <ballast/any/guard.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/same_bits.hpp"

#include <ballast/core/archive.hpp>
#include <ballast/core/civil_date.hpp>
#include <ballast/guard/max_trade.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/guard/stale_price.hpp>

#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace ballast;
using namespace ballast_test;

static_assert(guard_policy<any_guard> && detail::limiting_guard<any_guard> && detail::naming_guard<any_guard>);
static_assert(guard_policy<any_guards> && detail::limiting_guard<any_guards> && detail::naming_guard<any_guards>);
static_assert(std::is_copy_constructible_v<any_guard> && std::is_nothrow_move_constructible_v<any_guard> &&
              std::is_nothrow_move_assignable_v<any_guard>);
static_assert(std::is_convertible_v<guard::max_trade, any_guard> && std::is_convertible_v<any_guards, any_guard> &&
              !std::is_convertible_v<int, any_guard>);

namespace {

struct says {
    verdict answer = verdict::pass;
    static constexpr const char* name = "says";
    [[nodiscard]] verdict check(const proposal&) const noexcept { return answer; }
};
struct also_says {
    verdict answer = verdict::pass;
    static constexpr const char* name = "also_says";
    [[nodiscard]] verdict check(const proposal&) const noexcept { return answer; }
};

/// Counts what it is told of an account.
struct counting {
    static constexpr const char* name = "counting";
    struct memory {
        std::vector<std::int64_t> looks{};
        int commits = 0;
        void prepare(const sizes& s) { looks.assign(s.assets, 0); }
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.looks);
            visit(m.commits);
        }
    };
    void narrow(const look&, limits&) const noexcept {}
    void observe(const look&, memory& m) const noexcept {
        for (auto& n : m.looks) ++n;
    }
    void commit(const decision&, timestamp, memory& m) const noexcept { ++m.commits; }
};

/// Lets at most so many orders of the account's whole life pass: what it says depends on what it remembers.
struct patient {
    int most = 1;
    static constexpr const char* name = "patient";
    struct memory {
        int commits = 0;
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.commits);
        }
    };
    void narrow(const look&, const memory& m, limits& lim) const noexcept { lim.narrow_turnover(m.commits > 0 ? 0.05 : 1.0); }
    [[nodiscard]] verdict check(const proposal&, const memory& m) const noexcept {
        return m.commits < most ? verdict::pass : verdict::block;
    }
    void commit(const decision&, timestamp, memory& m) const noexcept { ++m.commits; }
};

/// What a rebalancer does with a guard: prepares its memory, then asks.
template <class G>
struct asked {
    const G& guard;
    typename G::memory memory{};
    explicit asked(const G& g) : guard{g} { g.prepare(memory, {.assets = 2}); }
    void narrow(const look& l, limits& lim) const { guard.narrow(l, memory, lim); }
    [[nodiscard]] verdict check(const proposal& p) const { return guard.check(p, memory); }
};

/// Bounds that are free at first.
struct free_limits {
    limits_memory memory{};
    limits lim{};
    explicit free_limits(std::size_t n) {
        memory.prepare({.assets = n});
        lim = memory.free(n);
    }
    free_limits(const free_limits&) = delete;
    free_limits& operator=(const free_limits&) = delete;
    [[nodiscard]] bool same_as(const free_limits& o) const {
        const limits_memory& a = memory;
        const limits_memory& b = o.memory;
        return a.lower == b.lower && a.upper == b.upper && a.buy == b.buy && a.sell == b.sell && a.weight_cause == b.weight_cause &&
               a.buy_cause == b.buy_cause && a.sell_cause == b.sell_cause && lim.turnover == o.lim.turnover &&
               lim.narrowed == o.lim.narrowed;
    }
};

}  // namespace

TEST_CASE("any_guard: narrows as the guards that it holds, one by one and as a list") {
    const guard::max_trade trade{.share = 0.03};
    const guard::max_turnover turnover{.limit = 0.1};
    const guard::stale_price stale{.max_age = minutes(10)};
    const any_guards list{{trade, turnover, stale}};
    std::mt19937_64 rng{4};
    for (const std::size_t n : look_sizes) {
        test_look l = random_look(rng, n);
        l.at(timestamp_from_civil(2022, 1, 3));
        for (std::size_t i = 0; i < n; ++i)
            l.as_of.push_back(timestamp_from_civil(2022, 1, 3) + minutes(-static_cast<std::int64_t>(rng() % 20)));
        l.refresh();
        free_limits exact{n}, one_by_one{n}, as_list{n};
        trade.narrow(l, exact.lim);
        turnover.narrow(l, exact.lim);
        stale.narrow(l, exact.lim);
        for (const any_guard& g : {any_guard{trade}, any_guard{turnover}, any_guard{stale}}) asked{g}.narrow(l, one_by_one.lim);
        asked{list}.narrow(l, as_list.lim);
        CHECK(one_by_one.same_as(exact));
        CHECK(as_list.same_as(exact));
        CHECK(exact.lim.turnover == 0.1);
        const decision nothing;
        CHECK(asked{list}.check(proposal{l, nothing}) == verdict::pass);
        // What only judges does not narrow.
        free_limits untouched{n}, same{n};
        const any_guard judge = says{verdict::block};
        asked{judge}.narrow(l, same.lim);
        CHECK(same.same_as(untouched));
    }
}

TEST_CASE("any_guard: judges as the guards that it holds, by their names") {
    const test_look l{{0.5, 0.5}, {0.6, 0.4}};
    const decision d;
    const proposal p{l.look(), d};
    const auto judged = [&](const auto& g) {
        const char* by = nullptr;
        memory_of<std::remove_cvref_t<decltype(g)>> m;
        detail::prepare_for(g, m, {.assets = 2});
        const verdict v = detail::judge(g, p, m, by);
        return std::pair{v, std::string{by}};
    };
    using answer = std::pair<verdict, std::string>;
    CHECK(judged(any_guard{says{verdict::hold}}) == answer{verdict::hold, "says"});
    CHECK(judged(any_guard{says{verdict::block}}) == answer{verdict::block, "says"});
    CHECK(judged(any_guard{guard::max_turnover{}}).first == verdict::pass);
    // The first of those that say the worst.
    CHECK(judged(any_guards{{says{verdict::hold}, also_says{verdict::block}, says{verdict::block}}}) ==
          answer{verdict::block, "also_says"});
    CHECK(judged(any_guards{{also_says{verdict::hold}, says{verdict::hold}}}) == answer{verdict::hold, "also_says"});
    CHECK(judged(any_guards{{guard::max_turnover{}, says{verdict::hold}}}) == answer{verdict::hold, "says"});
    CHECK(judged(any_guards{}).first == verdict::pass);
    // A list is a guard again.
    CHECK(judged(any_guard{any_guards{{says{verdict::pass}, also_says{verdict::hold}}}}) == answer{verdict::hold, "also_says"});
    CHECK(judged(says{verdict::hold}) == answer{verdict::hold, "says"});
}

TEST_CASE("any_guards: what a guard says may depend on what it remembers") {
    const test_look l{{0.5, 0.5}, {0.6, 0.4}};
    const decision d;
    const proposal p{l.look(), d};
    const any_guards list{{guard::max_turnover{.limit = 0.5}, patient{.most = 2}, says{verdict::pass}}};
    any_guards::memory m;
    free_limits unprepared{2};
    list.narrow(l.look(), m, unprepared.lim);
    CHECK(unprepared.lim.turnover == 0.5);
    CHECK(list.check(p, m) == verdict::block);  // what it would say is not known
    list.prepare(m, {.assets = 2});
    for (int commits = 0; commits < 4; ++commits) {
        free_limits lim{2};
        list.narrow(l.look(), m, lim.lim);
        CHECK(lim.lim.turnover == (commits == 0 ? 0.5 : 0.05));
        const char* by = nullptr;
        CHECK(list.check(p, m, by) == (commits < 2 ? verdict::pass : verdict::block));
        if (commits >= 2) CHECK(std::string{by} == "patient");
        list.commit(d, timestamp{}, m);
    }
    // Two levels of lists.
    const any_guards nested{{any_guard{list}}};
    any_guards::memory deep;
    nested.prepare(deep, {.assets = 2});
    CHECK(nested.check(p, deep) == verdict::pass);
    nested.commit(d, timestamp{}, deep);
    nested.commit(d, timestamp{}, deep);
    CHECK(nested.check(p, deep) == verdict::block);
}

TEST_CASE("any_guards: those that remember are told what happens, and saved in their order") {
    const test_look l{{0.5, 0.5}, {0.6, 0.4}};
    const any_guards list{{guard::max_turnover{}, counting{}, says{}, counting{}}};
    any_guards::memory m;
    CHECK_FALSE(list.prepared(m));
    list.prepare(m, {.assets = 2});
    CHECK(list.prepared(m));
    CHECK(m.each.size() == 2);
    detail::observe(list, l, m);
    detail::observe(list, l, m);
    detail::commit(list, decision{}, timestamp{}, m);
    account_state<any_guards> erased;
    detail::get<0>(erased.memories) = m;
    account_state<counting, counting> exact;
    exact.prepare({.assets = 2});
    detail::for_each(exact.memories, [](auto& of_guard) {
        of_guard.looks = {2, 2};
        of_guard.commits = 1;
    });
    CHECK(save(exact) == save(erased));
    list.prepare(m, {.assets = 2});
    CHECK(save(exact) != save(account_state<any_guards>{}));

    // Guards that remember nothing may come and go; those that remember may not.
    CHECK(any_guards{{counting{}, counting{}, guard::max_trade{.share = 0.1}}}.prepared(m));
    CHECK_FALSE(any_guards{{counting{}, guard::max_turnover{}}}.prepared(m));
    CHECK_FALSE(any_guards{}.prepared(m));
    // Too few memories are none of anyone's: nobody is told.
    any_guards::memory none;
    detail::observe(list, l, none);
    detail::commit(list, decision{}, timestamp{}, none);
    CHECK(none.each.empty());
}

TEST_CASE("any_guard: guards are values; an empty one blocks and does not validate") {
    const test_look l{{0.5, 0.5}, {0.6, 0.4}};
    const decision d;
    any_guard a = says{verdict::hold};
    any_guard b = a;
    a = says{verdict::pass};
    CHECK(asked{a}.check({l.look(), d}) == verdict::pass);
    CHECK(asked{b}.check({l.look(), d}) == verdict::hold);
    b = std::move(a);
    CHECK(asked{b}.check({l.look(), d}) == verdict::pass);
    const char* by = nullptr;
    CHECK(a.check({l.look(), d}, any_memory{}, by) == verdict::block);  // NOLINT: on purpose
    CHECK(by == std::string{"any_guard"});
    CHECK(a.validate().parameter == std::string{"any_guard"});
    CHECK(any_guards{{guard::max_turnover{}, any_guard{}}}.validate().parameter == std::string{"any_guard"});
    CHECK(any_guards{{guard::max_turnover{.limit = -1.0}}}.validate().parameter == std::string{"max_turnover.limit"});
    CHECK_FALSE(any_guards{{guard::max_trade{.share = {0.1, 0.1}}}}.covers(3));
    CHECK(any_guards{{guard::max_trade{.share = {0.1, 0.1}}}}.covers(2));
    const any_guards two{{guard::max_turnover{}, says{}}};
    CHECK(two.size() == 2);
    CHECK(two[1].runtime_name() == std::string{"says"});
}
