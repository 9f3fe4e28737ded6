#include <ballast/core/fault.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <type_traits>

using namespace ballast;

static_assert(std::is_trivially_copyable_v<fault> && std::is_aggregate_v<fault>);
// `bool b = f` would hide what is wrong; `if (f)` is meant.
static_assert(!std::is_convertible_v<fault, bool> && std::is_constructible_v<bool, fault>);

TEST_CASE("fault: none is false, any other true") {
    STATIC_REQUIRE_FALSE(fault{});
    STATIC_REQUIRE(fault{}.index == no_index);
    STATIC_REQUIRE(fault{fault_code::bad_price, 3, -1.0});
    for (int c = 1; c <= static_cast<int>(fault_code::bytes_newer); ++c) CHECK(fault{static_cast<fault_code>(c)});
}

TEST_CASE("fault: every code has a text of its own") {
    std::set<std::string> texts;
    const int codes = static_cast<int>(fault_code::bytes_newer) + 1;
    for (int c = 0; c < codes; ++c) {
        const std::string text = to_string(static_cast<fault_code>(c));
        CHECK(text != "unknown fault");
        CHECK_FALSE(text.empty());
        texts.insert(text);
    }
    CHECK(static_cast<int>(texts.size()) == codes);
    CHECK(std::string{to_string(static_cast<fault_code>(255))} == "unknown fault");
}
