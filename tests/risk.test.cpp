// Includes nothing else: risk.hpp has to bring every estimator, and what they need.
#include <ballast/risk.hpp>

#include "support/catch.hpp"
#include "support/family.hpp"

#include <string>

using namespace ballast;

TEST_CASE("risk: the family's header brings every member") {
    STATIC_REQUIRE(estimator_policy<risk::ewma>);
    STATIC_REQUIRE(estimator_policy<risk::given>);
}

TEST_CASE("risk: members are named after their classes, no two the same") {
    CHECK(std::string{risk::ewma::name} == "ewma");
    CHECK(std::string{risk::given::name} == "given");
    CHECK(test::names_differ<risk::ewma, risk::given>());
}
