#include <ballast/spec/description.hpp>

#include "support/catch.hpp"
#include "support/enumerators.hpp"

#include <set>
#include <string>

using namespace ballast;

TEST_CASE("description: every family has a name of its own, as texts say it") {
    std::set<std::string> names;
    for (const spec::family f : test::enumerators<spec::family>()) names.insert(to_string(f));
    CHECK(names == std::set<std::string>{"trigger", "cost", "solver", "guard", "target", "estimator", "sizing", "mandate"});
    CHECK(std::string{to_string(static_cast<spec::family>(99))}.empty());
}

TEST_CASE("description: empty, it says that nothing has to be given") {
    const spec::description d;
    CHECK(d.parameters.empty());
    CHECK(d.least_parts == 0);
    CHECK(d.most_parts == 0);
    CHECK(spec::description::any_number > 1'000'000);
    const spec::parameter p;
    CHECK_FALSE(p.required);
    CHECK_FALSE(p.per_asset);
}
