// rebalance tune: the same numbers as the library's, policies that the other commands take, and what is wrong told by its option.
#include <ballast/spec.hpp>
#include <ballast/tune.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/hosted.hpp"

using namespace ballast;

namespace {
std::vector<std::string> tuned(std::vector<std::string> more, std::string weight = "0.6") {
    more.insert(more.begin(), {"tune", "--weight", weight, "--drift", "0.08", "--volatility", "0.2"});
    return more;
}
}  // namespace

TEST_CASE("rebalance tune: the library's numbers, of policies that can be composed") {
    const test::answer a = test::hosted(tuned({"--cash-rate", "0.03", "--bps", "10", "--fixed", "0.00001"}));
    REQUIRE(a.code == 0);
    CHECK(a.err.find("0.5 * 2.08 * tracking_error^2; with a risk aversion of 2.08 a weight of 0.6 is best") != std::string::npos);
    const std::vector<std::string> lines = test::lines_of(a.out);
    REQUIRE(lines.size() == 8);
    CHECK(lines[0] == "policy,log_growth,rebalances,turnover,cost,tracking_error,score");
    double best = -1.0;
    for (std::size_t k = 1; k < lines.size(); ++k) {
        CAPTURE(lines[k]);
        const std::vector<std::string> f = test::fields_of(lines[k]);
        REQUIRE(f.size() == 7);
        const auto parts = spec::policy("x: " + f[0]);
        CHECK(static_cast<bool>(parts));
        best = std::max(best, std::strtod(f[6].c_str(), nullptr));
    }
    // The last one is the best of all.
    CHECK(std::strtod(test::fields_of(lines.back())[6].c_str(), nullptr) == best);
    const tune::expectation e = tune::expect({.drift = 0.08, .volatility = 0.2, .other_drift = 0.03}, 0.6, tune::band{.half_width = 0.05},
                                             {.rate = 0.001, .fixed = 1e-5});
    const std::vector<std::string> f = test::fields_of(lines[4]);
    CHECK(f[0] == "trigger=band:absolute=0.05");
    const double expected[] = {e.log_growth, e.rebalances, e.turnover, e.cost, e.tracking_error};
    for (std::size_t k = 0; k < 5; ++k) CHECK(std::strtod(f[k + 1].c_str(), nullptr) == Approx(expected[k]).margin(5e-4));
}

TEST_CASE("rebalance tune: growth, and costs of nothing") {
    const test::answer a = test::hosted(tuned({"--growth"}));
    CHECK(a.code == 0);
    CHECK(a.err == "the score is log growth after costs\n");
    // To leave it alone is best; it is there once.
    CHECK(test::lines_of(a.out).size() == 5);
    const test::answer free = test::hosted(tuned({"--risk-aversion", "3"}));
    CHECK(free.code == 0);
    CHECK(free.out.find("trigger=every:interval=0s,") != std::string::npos);
}

TEST_CASE("rebalance tune: what is wrong is told") {
    const auto refused = [](const std::vector<std::string>& line, const std::string& said) {
        const test::answer a = test::hosted(line);
        CAPTURE(a.err);
        CHECK(a.code == 2);
        CHECK(a.out.empty());
        CHECK(a.err.find(said) != std::string::npos);
    };
    refused({"tune"}, "tune needs --weight");
    refused({"tune", "--weight", "0.6"}, "tune needs --drift");
    refused({"tune", "--weight", "0.6", "--drift", "0.1"}, "tune needs --volatility");
    for (const char* w : {"0", "1", "1.2", "-0.1", "half"}) refused(tuned({}, w), "--weight: '");
    refused(tuned({"--bps", "-1"}), "--bps: '-1' is not a number of basis points");
    refused(tuned({"--fixed", "0.7"}), "--fixed: '0.7' is not a share");
    refused(tuned({"--risk-aversion", "0"}), "--risk-aversion: '0' is not a number above 0");
    refused(tuned({"--risk-aversion", "2", "--growth"}), "--risk-aversion counts for nothing with --growth");
    refused(tuned({"--cash-rate", "0.09"}), "say --risk-aversion NUMBER");
    refused(tuned({"--book", "x"}), "--book is no option of tune, but of plan");
    refused(tuned({"--wieght", "1"}), "did you mean '--weight'?");
}
