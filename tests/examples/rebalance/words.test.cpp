// rebalance --help and list: every option and every policy that there is stands in them, and what list shows is what the options take.
#include <ballast/spec.hpp>

#include <string>
#include <vector>

#include "rebalance/options.hpp"
#include "support/catch.hpp"
#include "support/hosted.hpp"

using namespace ballast;

TEST_CASE("rebalance --help: every option of a command, and none of another") {
    for (const auto& [name, c] : std::vector<std::pair<std::string, host::command>>{{"plan", host::command::plan},
                                                                                    {"replay", host::command::replay},
                                                                                    {"list", host::command::list},
                                                                                    {"tune", host::command::tune}}) {
        for (const std::vector<std::string>& line :
             {std::vector<std::string>{name, "--help"}, {"--help", name}, {name, "-h"}, {"help", name}}) {
            const test::answer a = test::hosted(line);
            CHECK(a.code == 0);
            CHECK(a.err.empty());
            for (const host::option& o : host::known_options()) {
                CAPTURE(name, o.name);
                const bool known = (o.commands & static_cast<unsigned>(c)) != 0;
                CHECK((a.out.find("\n  " + std::string{o.name} + " ") != std::string::npos) == known);
            }
            for (const std::string& text : test::lines_of(a.out)) CHECK(text.size() <= 150);
        }
    }
    const test::answer all = test::hosted({"--help"});
    CHECK(all.code == 0);
    for (const char* word :
         {"rebalance plan", "rebalance replay", "rebalance list", "rebalance tune", "2 wrong usage; 3 bad data", "4 the limits"})
        CHECK(all.out.find(word) != std::string::npos);
    CHECK(test::hosted({"help"}).out == all.out);
    // With --help nothing else is needed.
    CHECK(test::hosted({"plan", "--book", "none.csv", "--help"}).code == 0);
}

TEST_CASE("rebalance list: every policy with every parameter, its unit and its default; a family; one") {
    const std::string all = test::hosted({"list"}).out;
    std::size_t policies = 0;
    for (const spec::description& d : spec::catalogue()) {
        CAPTURE(d.name);
        const std::string one = test::hosted({"list", d.name}).out;
        const std::string family = test::hosted({"list", spec::to_string(d.family)}).out;
        for (const std::string& text : {all, one, family}) {
            CHECK(text.find("\n  " + d.name + " ") != std::string::npos);
            CHECK(text.find(d.summary) != std::string::npos);
            for (const spec::parameter& p : d.parameters) {
                CAPTURE(p.name);
                CHECK(text.find("\n      " + p.name + " ") != std::string::npos);
                CHECK(text.find(p.unit) != std::string::npos);
                CHECK(text.find(p.by_default.empty() ? "no default" : "default " + p.by_default) != std::string::npos);
                for (const std::string& choice : p.choices) CHECK(text.find(choice) != std::string::npos);
            }
        }
        ++policies;
    }
    CHECK(policies > 25);
    for (const std::string& text : test::lines_of(all)) CHECK(text.size() <= 170);
    CHECK(test::lines_of(test::hosted({"list", "never", "zero"}).out) ==
          std::vector<std::string>{"trigger", "  never                 never fires: buy and hold", "      for example       never", "",
                                   "cost", "  zero                  no cost at all", "      for example       zero"});
}

TEST_CASE("rebalance list: each example is taken by the option of its family") {
    const test::temporary_file book{
        "asset,quantity,price,target,as_of,volatility,volume\nA,10,5,0.4,2020-01-01,0.2,900\nB,5,10,0.3,2020-01-01,0.2,900\n"
        "C,1,1,0.3,2020-01-01,0.2,900\nCASH,1,,,,,\n"};
    const std::string two = "asset,quantity,price,as_of,volatility\nA,10,5,2020-01-01,0.2\nB,5,10,2020-01-01,0.2\n";
    const test::temporary_file two_with_targets{
        "asset,quantity,price,target,as_of,volatility\nA,10,5,0.6,2020-01-01,0.2\nB,5,10,0.4,2020-01-01,0.2\n"};
    const test::temporary_file without_targets{two};
    const test::temporary_file three_without_targets{two + "C,1,1,2020-01-01,0.2\n"};
    std::string rows = "date,A,A.open,A.high,A.low,B,B.open,B.high,B.low\n";
    for (int day = 1; day <= 28; ++day) {
        const std::string a = std::to_string(100 + day % 5), b = std::to_string(50 + day % 3);
        rows +=
            "2020-01-" + std::string{day < 10 ? "0" : ""} + std::to_string(day) + "," + a + "," + a + ",110,90," + b + "," + b + ",60,40\n";
    }
    const test::temporary_file history{rows};
    for (const spec::description& d : spec::catalogue()) {
        CAPTURE(d.example);
        // These read what neither a book nor a price file has.
        if (d.name == "factor_model" || d.name == "given_regimes" || d.name == "given_covariance" || d.name == "given_factors") continue;
        const bool remembers =
            d.name == "drawdown" || d.name == "regime_band" || (d.family == spec::family::estimator && d.name != "given");
        std::vector<std::string> line;
        if (remembers) {
            line = {"replay", "--prices", history.path(), "--targets", "A=0.5,B=0.4"};
            if (d.family == spec::family::estimator) line.insert(line.end(), {"--trigger", "band:absolute=0.01"});
            if (d.name == "regime_band")
                line.insert(line.end(),
                            {"--estimator", "hamilton:calm_volatility=0.2,turbulent_volatility=0.6,calm_lasts=240d,turbulent_lasts=40d"});
        } else {
            const bool makes_targets = d.family == spec::family::target && !spec::target(d.example)->runtime_transforms();
            line = {"plan", "--now", "2020-01-01", "--book",
                    d.name == "risk_parity"       ? three_without_targets.path()
                    : makes_targets               ? without_targets.path()
                    : d.name == "black_litterman" ? two_with_targets.path()
                                                  : book.path()};
            if (d.family == spec::family::solver) line.insert(line.end(), {"--trigger", "band:absolute=0.05"});
            if (d.name == "constant_leverage") line.insert(line.end(), {"--mandate", "leverage=3"});
            if (d.name == "signal") line.insert(line.end(), {"--signals", "0.5"});
        }
        line.insert(line.end(), {"--" + std::string{spec::to_string(d.family)}, d.example});
        const test::answer a = test::hosted(line);
        CAPTURE(a.err);
        CHECK(a.code == 0);
    }
}
