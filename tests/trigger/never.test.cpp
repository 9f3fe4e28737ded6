#include <ballast/trigger/never.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"

#include <random>
#include <string>
#include <type_traits>

using namespace ballast;
using ballast::trigger::never;

static_assert(std::is_empty_v<never> && std::is_trivially_copyable_v<never> && trigger_policy<never> && !banded_trigger<never>);
static_assert(std::is_same_v<memory_of<never>, no_memory>&& noexcept(never{}.check(look{})));
static_assert(detail::check_trigger<never>());

TEST_CASE("never: stays quiet whatever it sees") {
    std::mt19937_64 rng{13};
    for (const std::size_t n : ballast_test::look_sizes) {
        const auto l = ballast_test::random_look(rng, n, {.spread = 10.0});
        CHECK_FALSE(never{}.check(l).fired);
        CHECK(std::string{never{}.check(l).trigger} == "never");
    }
}
