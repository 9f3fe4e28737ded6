#include <ballast/spec/result.hpp>

#include "support/catch.hpp"

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

using namespace ballast;

namespace {
struct no_default {
    explicit no_default(int x) : value{x} {}
    int value;
};
spec::result<no_default> half(int x) {
    if (x % 2 != 0) return spec::fault{3, 1, "odd"};
    return no_default{x / 2};
}
static_assert(!std::is_convertible_v<spec::result<int>, bool> && std::is_constructible_v<bool, spec::result<int>>);
static_assert(noexcept(static_cast<bool>(std::declval<const spec::result<std::string>&>())));
}  // namespace

TEST_CASE("result: a value or a fault") {
    const auto four = half(8);
    REQUIRE(four);
    CHECK(four->value == 4);
    CHECK((*four).value == 4);
    const auto none = half(7);
    REQUIRE_FALSE(none);
    CHECK(none.fault().at == 3);
    CHECK(none.fault().length == 1);
    CHECK(none.fault().message == "odd");
}

TEST_CASE("result: the value can be changed, and moved out") {
    spec::result<std::unique_ptr<int>> r{std::make_unique<int>(5)};
    **r = 6;
    CHECK(*r->get() == 6);
    const std::unique_ptr<int> out = *std::move(r);
    CHECK(*out == 6);
}

TEST_CASE("describe: the message, the line, and the place in it") {
    CHECK(describe(spec::fault{0, 4, "unknown trigger `bnad`; did you mean `band`?"}, "bnad:absolute=0.05") ==
          "unknown trigger `bnad`; did you mean `band`?\n"
          "  bnad:absolute=0.05\n"
          "  ^^^^");
    CHECK(describe(spec::fault{5, 0, "missing"}, "band:") == "missing\n  band:\n       ^");
    CHECK(describe(spec::fault{0, 0, "missing"}, "") == "missing\n  \n  ^");
    // One line of several, and no further than its end.
    CHECK(describe(spec::fault{7, 99, "wrong"}, "first\nsecond\nthird") == "wrong\n  second\n   ^^^^^");
    CHECK(describe(spec::fault{6, 1, "wrong"}, "first\nsecond") == "wrong\n  second\n  ^");
    CHECK(describe(spec::fault{5, 1, "wrong"}, "first\nsecond") == "wrong\n  first\n       ^");
    // Beyond the text, with tabs, with characters of several bytes.
    CHECK(describe(spec::fault{99, 9, "wrong"}, "abc") == "wrong\n  abc\n     ^");
    CHECK(describe(spec::fault{1, 1, "wrong"}, "\tx\x01") == "wrong\n   x \n   ^");
    CHECK(describe(spec::fault{3, 3, "wrong"}, "\xc3\xa9=\xe2\x82\xac") == "wrong\n  \xc3\xa9=\xe2\x82\xac\n    ^");
}

TEST_CASE("stated: a policy with its text") {
    const spec::stated<int> s;
    CHECK(s.text.empty());
    CHECK(s.assets == 0);
    CHECK(s.estimators == 0);
}
