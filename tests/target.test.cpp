// Includes nothing else: target.hpp has to bring every target policy, and what they need.
#include <ballast/target.hpp>

#include "support/catch.hpp"
#include "support/family.hpp"

#include <string>

using namespace ballast;

TEST_CASE("target: the family's header brings every member") {
    STATIC_REQUIRE(target_policy<target::fixed>);
    STATIC_REQUIRE(target_policy<target::equal>);
    STATIC_REQUIRE(target_policy<target::inverse_volatility>);
    STATIC_REQUIRE(target_policy<target::risk_parity>);
    STATIC_REQUIRE(target_policy<target::minimum_variance>);
    STATIC_REQUIRE(target_policy<target::mean_variance>);
    STATIC_REQUIRE(target_policy<target::maximum_sharpe>);
    STATIC_REQUIRE(target_policy<target::glide_path>);
    STATIC_REQUIRE(target_policy<target::projected>);
    STATIC_REQUIRE(target_policy<target::smoothed>);
    STATIC_REQUIRE(target_policy<target::volatility_target>);
    STATIC_REQUIRE(target_policy<target::constant_leverage>);
    STATIC_REQUIRE(target_policy<target::cppi>);
    STATIC_REQUIRE(target_policy<target::tipp>);
    STATIC_REQUIRE(target_policy<target::mean_reversion>);
    STATIC_REQUIRE(target_policy<target::black_litterman>);
}

TEST_CASE("target: members are named after their classes, no two the same") {
    CHECK(std::string{target::fixed::name} == "fixed");
    CHECK(std::string{target::equal::name} == "equal");
    CHECK(std::string{target::inverse_volatility::name} == "inverse_volatility");
    CHECK(std::string{target::risk_parity::name} == "risk_parity");
    CHECK(std::string{target::minimum_variance::name} == "minimum_variance");
    CHECK(std::string{target::mean_variance::name} == "mean_variance");
    CHECK(std::string{target::maximum_sharpe::name} == "maximum_sharpe");
    CHECK(std::string{target::glide_path::name} == "glide_path");
    CHECK(std::string{target::projected::name} == "projected");
    CHECK(std::string{target::smoothed::name} == "smoothed");
    CHECK(std::string{target::volatility_target::name} == "volatility_target");
    CHECK(std::string{target::constant_leverage::name} == "constant_leverage");
    CHECK(std::string{target::cppi::name} == "cppi");
    CHECK(std::string{target::tipp::name} == "tipp");
    CHECK(std::string{target::mean_reversion::name} == "mean_reversion");
    CHECK(std::string{target::black_litterman::name} == "black_litterman");
    CHECK(test::names_differ<target::fixed, target::equal, target::inverse_volatility, target::risk_parity, target::minimum_variance,
                             target::mean_variance, target::maximum_sharpe, target::glide_path, target::projected, target::smoothed,
                             target::volatility_target, target::constant_leverage, target::cppi, target::tipp, target::mean_reversion,
                             target::black_litterman>());
}
