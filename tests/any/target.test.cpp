#include <ballast/any/target.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/same_bits.hpp"

#include <ballast/target/equal.hpp>
#include <ballast/target/fixed.hpp>

#include <cmath>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace ballast;
using namespace ballast_test;
using test::same_bits;

static_assert(target_policy<any_target> && target_policy<detail::optional_target>);
static_assert(std::is_copy_constructible_v<any_target> && std::is_nothrow_move_constructible_v<any_target> &&
              std::is_nothrow_move_assignable_v<any_target>);
static_assert(std::is_convertible_v<target::equal, any_target> && std::is_convertible_v<target::fixed, std::optional<any_target>> &&
              !std::is_convertible_v<double, any_target>);

namespace {

/// The host's targets, halved for every commit so far.
struct fading {
    static constexpr const char* name = "fading";
    static constexpr bool transforms = true;
    static constexpr risk_need needs = risk_need::covariance;
    struct memory {
        double factor = 1.0;
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.factor);
        }
    };
    void weights(const look& l, const memory& m, std::span<double> out) const noexcept {
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = m.factor * l.target[i];
    }
    void commit(const decision&, timestamp, memory& m) const noexcept { m.factor *= 0.5; }
};

std::vector<double> weights_of(const auto& policy, const look& l, const any_memory& m) {
    std::vector<double> out(l.assets(), 7.0);
    target_scratch scratch;
    policy.prepare(scratch, {.assets = l.assets()});
    CHECK_FALSE(policy.weights(l, m, scratch, out));
    return out;
}
fault fault_of(const auto& policy, const look& l, const any_memory& m) {
    std::vector<double> out(l.assets(), 7.0);
    target_scratch scratch;
    return policy.weights(l, m, scratch, out);
}
/// 1 of a number of its own that has to be there.
struct working {
    void prepare(target_scratch& s, const sizes& of) const { s.ask_for(3 * of.assets); }
    [[nodiscard]] fault weights(const look&, target_scratch& s, std::span<double> out) const noexcept {
        if (!s.holds(3 * out.size())) return {fault_code::not_prepared, no_index, 1.0};
        for (double& w : out) w = 1.0 / static_cast<double>(out.size());
        return {};
    }
};

}  // namespace

TEST_CASE("any_target: gives the weights of the policy that it holds") {
    for (const std::size_t n : look_sizes) {
        const test_look l{std::vector<double>(n, 0.0), std::vector<double>(n, 0.0)};
        const any_target even = target::equal{.cash = 0.1};
        any_memory m;
        even.prepare(m, {.assets = n});
        std::vector<double> exact(n);
        target::equal{.cash = 0.1}.weights(l, exact);
        CHECK(weights_of(even, l, m) == exact);
        CHECK_FALSE(even.runtime_transforms());
    }
    const test_look l{{0.5, 0.5}, {0.8, 0.2}};
    const any_target given = target::fixed{{0.6, 0.3}};
    any_memory m;
    given.prepare(m, {.assets = 2});
    CHECK(weights_of(given, l, m) == std::vector{0.6, 0.3});
    CHECK(given.covers(2));
    CHECK_FALSE(given.covers(3));

    const any_target faded = fading{};
    CHECK(faded.runtime_transforms());
    CHECK(faded.runtime_needs() == risk_need::covariance);
    faded.prepare(m, {.assets = 2});
    CHECK(weights_of(faded, l, m) == std::vector{0.8, 0.2});
    detail::commit(faded, decision{}, timestamp{}, m);
    CHECK(weights_of(faded, l, m) == std::vector{0.4, 0.1});
}

TEST_CASE("any_target: without a memory of its own there are no weights") {
    const test_look l{{0.5, 0.5}, {0.8, 0.2}};
    const any_target faded = fading{};
    const any_target even = target::equal{};
    any_memory none, of_even;
    even.prepare(of_even, {.assets = 2});
    CHECK(fault_of(faded, l, none).code == fault_code::not_prepared);
    CHECK(fault_of(even, l, none).code == fault_code::not_prepared);
    CHECK(fault_of(faded, l, of_even).code == fault_code::not_prepared);
    CHECK(fault_of(any_target{}, l, of_even).code == fault_code::not_prepared);
    CHECK(any_target{target::fixed{{0.5, 0.5}}}.prepared(of_even));
}

TEST_CASE("any_target: room to work in is the policy's own to ask for, and its faults are handed on") {
    const test_look l{{0.5, 0.5}, {0.0, 0.0}};
    const any_target t = working{};
    const detail::optional_target some{t};
    any_memory m;
    t.prepare(m, {.assets = 2});
    CHECK(weights_of(t, l, m) == std::vector{0.5, 0.5});
    CHECK(weights_of(some, l, m) == std::vector{0.5, 0.5});
    CHECK(fault_of(t, l, m).code == fault_code::not_prepared);
    CHECK(fault_of(t, l, m).value == 1.0);
    CHECK(fault_of(some, l, m).code == fault_code::not_prepared);
}

TEST_CASE("any_target: none hands on the host's targets as they are") {
    const test_look l{{0.5, 0.5}, {0.8, -0.0}};
    const detail::optional_target none;
    any_memory m;
    CHECK_FALSE(none.prepared(m));
    none.prepare(m, {.assets = 2});
    CHECK(none.prepared(m));
    CHECK_FALSE(none.given());
    CHECK(none.runtime_transforms());
    CHECK(none.runtime_needs() == risk_need::nothing);
    CHECK(none.covers(9));
    CHECK_FALSE(none.validate());
    const std::vector<double> out = weights_of(none, l, m);
    CHECK(same_bits(std::span<const double>{out}, l.look().target));

    const detail::optional_target some{target::equal{.cash = 3.0}};
    CHECK(some.given());
    CHECK(some.prepared(m));
    CHECK_FALSE(some.runtime_transforms());
    CHECK(some.validate().parameter == std::string{"equal.cash"});
    CHECK_FALSE(detail::optional_target{fading{}}.prepared(m));
}

TEST_CASE("any_target: targets are values; an empty one does not validate") {
    const test_look l{{0.5, 0.5}, {0.8, 0.2}};
    any_target a = target::fixed{{0.6, 0.3}};
    any_target b = a;
    a = target::equal{};
    any_memory m;
    a.prepare(m, {.assets = 2});
    CHECK(weights_of(a, l, m) == std::vector{0.5, 0.5});
    CHECK(weights_of(b, l, m) == std::vector{0.6, 0.3});
    b = std::move(a);
    CHECK(weights_of(b, l, m) == std::vector{0.5, 0.5});
    CHECK(a.empty());  // NOLINT: on purpose
    CHECK(a.validate().parameter == std::string{"any_target"});
    CHECK_FALSE(a.runtime_transforms());
}
