// Includes nothing else: risk.hpp has to bring every estimator, and what they need.
#include <ballast/risk.hpp>

#include "support/catch.hpp"
#include "support/family.hpp"

#include <string>

using namespace ballast;

TEST_CASE("risk: the family's header brings every member") {
    STATIC_REQUIRE(estimator_policy<risk::close_to_close>);
    STATIC_REQUIRE(estimator_policy<risk::ewma>);
    STATIC_REQUIRE(estimator_policy<risk::ewma_covariance>);
    STATIC_REQUIRE(estimator_policy<risk::factor_model>);
    STATIC_REQUIRE(estimator_policy<risk::garch>);
    STATIC_REQUIRE(estimator_policy<risk::garman_klass>);
    STATIC_REQUIRE(estimator_policy<risk::garman_klass_yang_zhang>);
    STATIC_REQUIRE(estimator_policy<risk::given>);
    STATIC_REQUIRE(estimator_policy<risk::given_covariance>);
    STATIC_REQUIRE(estimator_policy<risk::given_factors>);
    STATIC_REQUIRE(regime_model<risk::given_regimes>);
    STATIC_REQUIRE(regime_model<risk::hamilton>);
    STATIC_REQUIRE(regime_model<risk::threshold_regimes<risk::ewma>>);
    STATIC_REQUIRE(estimator_policy<risk::ledoit_wolf>);
    STATIC_REQUIRE(estimator_policy<risk::parkinson>);
    STATIC_REQUIRE(estimator_policy<risk::principal_factors>);
    STATIC_REQUIRE(estimator_policy<risk::realised>);
    STATIC_REQUIRE(estimator_policy<risk::rogers_satchell>);
    STATIC_REQUIRE(estimator_policy<risk::sample_covariance>);
    STATIC_REQUIRE(estimator_policy<risk::yang_zhang>);
}

TEST_CASE("risk: members are named after their classes, no two the same") {
    CHECK(std::string{risk::close_to_close::name} == "close_to_close");
    CHECK(std::string{risk::ewma::name} == "ewma");
    CHECK(std::string{risk::ewma_covariance::name} == "ewma_covariance");
    CHECK(std::string{risk::factor_model::name} == "factor_model");
    CHECK(std::string{risk::garch::name} == "garch");
    CHECK(std::string{risk::garman_klass::name} == "garman_klass");
    CHECK(std::string{risk::garman_klass_yang_zhang::name} == "garman_klass_yang_zhang");
    CHECK(std::string{risk::given::name} == "given");
    CHECK(std::string{risk::given_covariance::name} == "given_covariance");
    CHECK(std::string{risk::given_factors::name} == "given_factors");
    CHECK(std::string{risk::given_regimes::name} == "given_regimes");
    CHECK(std::string{risk::hamilton::name} == "hamilton");
    CHECK(std::string{risk::threshold_regimes<risk::ewma>::name} == "threshold_regimes");
    CHECK(std::string{risk::ledoit_wolf::name} == "ledoit_wolf");
    CHECK(std::string{risk::parkinson::name} == "parkinson");
    CHECK(std::string{risk::principal_factors::name} == "principal_factors");
    CHECK(std::string{risk::realised::name} == "realised");
    CHECK(std::string{risk::rogers_satchell::name} == "rogers_satchell");
    CHECK(std::string{risk::sample_covariance::name} == "sample_covariance");
    CHECK(std::string{risk::yang_zhang::name} == "yang_zhang");
    CHECK(test::names_differ<risk::close_to_close, risk::ewma, risk::garch, risk::garman_klass, risk::garman_klass_yang_zhang, risk::given,
                             risk::parkinson, risk::realised, risk::rogers_satchell, risk::yang_zhang, risk::ewma_covariance,
                             risk::factor_model, risk::ledoit_wolf, risk::principal_factors, risk::sample_covariance, risk::given_regimes,
                             risk::hamilton, risk::threshold_regimes<risk::ewma>, risk::given_covariance, risk::given_factors>());
}
