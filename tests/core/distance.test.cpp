#include <ballast/core/distance.hpp>

#include "support/catch.hpp"
#include "support/enumerators.hpp"

#include <string>

using namespace ballast;

static_assert(distance{} == distance::squared);

TEST_CASE("distance: every one has a name of its own") {
    CHECK(std::string{to_string(distance::squared)} == "squared");
    CHECK(std::string{to_string(distance::absolute)} == "absolute");
    CHECK(std::string{to_string(distance::tracking)} == "tracking");
    CHECK(test::enumerators<distance>().size() == 3);
    CHECK(std::string{to_string(static_cast<distance>(77))} == "?");
}
