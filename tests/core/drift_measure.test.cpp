#include <ballast/core/drift_measure.hpp>

#include "support/catch.hpp"
#include "support/enumerators.hpp"

#include <string>

using namespace ballast;

static_assert(drift_measure{} == drift_measure::squared);

TEST_CASE("drift_measure: every one has a name of its own") {
    CHECK(std::string{to_string(drift_measure::squared)} == "squared");
    CHECK(std::string{to_string(drift_measure::absolute)} == "absolute");
    CHECK(test::enumerators<drift_measure>().size() == 2);
    CHECK(std::string{to_string(static_cast<drift_measure>(77))} == "unknown");
}
