#include <ballast/venue/contract/concept.hpp>

#include <set>
#include <string>

#include "support/catch.hpp"
#include "support/enumerators.hpp"

using namespace ballast;
using venue::contract::answer;
using venue::contract::refusal;

static_assert(answer{uint256{5u}} && answer{uint256{5u}}.amount == uint256{5u});
static_assert(!answer{refusal::overflow} && answer{refusal::overflow}.amount == uint256{});

TEST_CASE("venue.contract: an answer holds an amount, or why there is none") {
    const answer zero{uint256{}};
    CHECK(zero);  // nothing comes out, but the contract would trade
    CHECK(zero.why == refusal::none);
    const answer none{refusal::no_liquidity};
    CHECK_FALSE(none);
    CHECK(none.amount == uint256{});
    CHECK(std::string{to_string(none.why)} == "the pool has no liquidity");
}

TEST_CASE("venue.contract: every reason has a text of its own") {
    std::set<std::string> texts;
    for (const refusal r : test::enumerators<refusal>()) texts.insert(to_string(r));
    CHECK(texts.size() == test::enumerators<refusal>().size());
    CHECK(texts.count("unknown") == 0);
}
