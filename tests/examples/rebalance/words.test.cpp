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
        "asset,quantity,price,target,as_of,volatility,volume\nA,10,5,0.5,2020-01-01,0.2,900\nB,5,10,0.5,2020-01-01,0.2,900\nCASH,1,,,,,\n"};
    const test::temporary_file equal{"asset,quantity,price,as_of\nA,10,5,2020-01-01\nB,5,10,2020-01-01\n"};
    for (const spec::description& d : spec::catalogue()) {
        if (d.family == spec::family::estimator && d.name != "given") continue;  // learns; plan refuses it with a reason
        CAPTURE(d.example);
        const bool target = d.family == spec::family::target;
        std::vector<std::string> line{
            "plan",   "--now", "2020-01-01", "--book", target ? equal.path() : book.path(), "--" + std::string{spec::to_string(d.family)},
            d.example};
        if (d.family == spec::family::solver) line.insert(line.end(), {"--trigger", "band:absolute=0.05"});
        const test::answer a = test::hosted(line);
        CAPTURE(a.err);
        CHECK(a.code == 0);
    }
}
