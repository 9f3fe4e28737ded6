#include <ballast/core/policy.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"

#include <cstddef>

using namespace ballast;

namespace {
struct counts {
    int observed = 0;
    timestamp committed = timestamp::never();
    template <class Self, class Visit>
    static void fields(Self& m, Visit&& visit) {
        visit(m.observed);
        visit(m.committed);
    }
};
struct silent {};
struct full {
    using memory = counts;
    static constexpr risk_need needs = risk_need::covariance;
    void observe(const look&, memory& m) const noexcept { ++m.observed; }
    void commit(const decision&, timestamp at, memory& m) const noexcept { m.committed = at; }
    [[nodiscard]] configuration_fault validate() const { return {}; }
    [[nodiscard]] bool covers(std::size_t) const { return true; }
};
struct needs_volatility {
    static constexpr risk_need needs = risk_need::volatility;
};
// Every optional name with a signature that is not the one.
struct misspelt {
    void observe(const look&) const noexcept {}
    void commit(timestamp) const noexcept {}
    void narrow() {}
    void check() {}
    void region() {}
    void explain() {}
    int leaves = 0;
    bool validate() const { return true; }
    void covers(int) const {}
    int needs = 0;
    void prepare() {}
};
struct throwing {
    using memory = counts;
    void observe(const look&, memory&) const {}
    void commit(const decision&, timestamp, memory&) const {}
};
struct closed final {
    using memory = counts;
    void observe(const look&, memory& m) const noexcept { ++m.observed; }
};
class hidden {
    [[maybe_unused]] void observe() {}
};
}  // namespace

static_assert(detail::observing<full> && detail::committing<full>);
static_assert(!detail::observing<silent> && !detail::committing<silent>);
static_assert(!detail::observing<throwing> && !detail::committing<throwing>);  // noexcept is part of the promise

static_assert(detail::need_of<silent>() == risk_need::nothing && detail::need_of<full>() == risk_need::covariance);
static_assert(detail::largest_need<>() == risk_need::nothing);
static_assert(detail::largest_need<silent, needs_volatility, silent>() == risk_need::volatility);
static_assert(detail::largest_need<needs_volatility, full, needs_volatility>() == risk_need::covariance);

// A name is seen whatever stands behind it, and nothing is seen where there is none.
static_assert(detail::names_observe<misspelt> && detail::names_commit<misspelt> && detail::names_narrow<misspelt> &&
              detail::names_check<misspelt> && detail::names_region<misspelt> && detail::names_explain<misspelt> &&
              detail::names_leaves<misspelt> && detail::names_validate<misspelt> && detail::names_covers<misspelt> &&
              detail::names_needs<misspelt> && detail::names_prepare<misspelt>);
static_assert(!detail::names_observe<silent> && !detail::names_commit<silent> && !detail::names_narrow<silent> &&
              !detail::names_check<silent> && !detail::names_region<silent> && !detail::names_explain<silent> &&
              !detail::names_leaves<silent> && !detail::names_validate<silent> && !detail::names_covers<silent> &&
              !detail::names_needs<silent> && !detail::names_prepare<silent>);
static_assert(detail::names_observe<hidden>);
static_assert(!detail::names_observe<closed> && !detail::names_observe<int>);
static_assert(detail::check_optional_members<full>() && detail::check_optional_members<silent>() &&
              detail::check_optional_members<closed>());

TEST_CASE("policy: what a policy has is called, what it lacks is not missed") {
    const ballast_test::test_look l{{0.5, 0.5}, {0.5, 0.5}};
    counts m;
    detail::observe(full{}, l, m);
    detail::observe(full{}, l, m);
    CHECK(m.observed == 2);
    const decision d;
    detail::commit(full{}, d, timestamp{42}, m);
    CHECK(m.committed == timestamp{42});
    no_memory none;
    detail::observe(silent{}, l, none);
    detail::commit(silent{}, d, timestamp{42}, none);
    detail::observe(closed{}, l, m);
    CHECK(m.observed == 3);
    detail::commit(closed{}, d, timestamp{43}, m);
    CHECK(m.committed == timestamp{42});
}
