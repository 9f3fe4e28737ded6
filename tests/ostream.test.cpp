// What is printed is what describe and to_string say; describe.test.cpp holds those to the letter. Here: that every type has its operator,
// that no stream setting gets in, and that every enumerator has a text of its own.
#include <ballast/ostream.hpp>

#include "support/catch.hpp"
#include "support/enumerators.hpp"

#include <iomanip>
#include <locale>
#include <set>
#include <sstream>
#include <string>

using namespace ballast;

namespace {
template <class T>
std::string printed(const T& value) {
    std::ostringstream out;
    out << value;
    return out.str();
}

// Every enumerator has a text, no two the same, and nothing else has one.
template <class E>
void every_enumerator_has_a_text(std::size_t count) {
    const auto values = test::enumerators<E>();
    CHECK(values.size() == count);
    std::set<std::string> texts;
    for (const E value : values) {
        const std::string text = to_string(value);
        CAPTURE(text, static_cast<unsigned>(value));
        CHECK_FALSE(text.empty());
        CHECK(text.find("unknown") == std::string::npos);
        CHECK(texts.insert(text).second);
        CHECK(printed(value) == text);
    }
    for (unsigned v = 0; v < 256; ++v) {
        const std::string text = to_string(static_cast<E>(v));
        CAPTURE(text, v);
        CHECK((text.find("unknown") == std::string::npos) == (texts.count(text) == 1));
    }
    CHECK(std::string{to_string(static_cast<E>(255))}.find("unknown") == 0);
}

template <class T>
concept printable = requires(std::ostream& out, const T& value) {
    out << value;
};

enum class planted : std::uint8_t { first, second = 7, last = 255 };
}  // namespace

TEST_CASE("ostream: the test's own way of finding enumerators") {
    CHECK(test::enumerators<planted>() == std::vector<planted>{planted::first, planted::second, planted::last});
}

TEST_CASE("ostream: every enumerator has a text") {
    every_enumerator_has_a_text<fault_code>(58);
    every_enumerator_has_a_text<outcome>(7);
    every_enumerator_has_a_text<why>(56);
    every_enumerator_has_a_text<search_end>(5);
    every_enumerator_has_a_text<restriction>(5);
    every_enumerator_has_a_text<zero_crossing>(2);
}

TEST_CASE("ostream: enums without a text are not printed as numbers") {
    STATIC_REQUIRE(printable<outcome>);
    STATIC_REQUIRE_FALSE(printable<measure_unit>);
}

TEST_CASE("ostream: numbers and times") {
    using ballast::operator<<;
    std::ostringstream out;
    out << (static_cast<int128>(1) << 100) << ' ' << -static_cast<int128>(5);
    CHECK(out.str() == "1267650600228229401496703205376 -5");
    CHECK(printed(step_count{.steps = 12}) == "12");
    CHECK(printed(step_count{.steps = 12, .overflow = true}) == "overflow");
    CHECK(printed(decimal_step{1, -3}) == "0.001");
    CHECK(printed(timestamp{1'584'023'340'000'000'000}) == "2020-03-12T14:29:00Z");
    CHECK(printed(timestamp::never()) == "never");
    CHECK(printed(days(2) + seconds(1)) == "2 d 1 s");
}

TEST_CASE("ostream: faults, orders and decisions") {
    const fault bad{fault_code::bad_price, 1, -1.5};
    CHECK(printed(bad) == describe(bad));
    CHECK(printed(bad) == "price is not a number above zero: asset 1, value -1.5");
    const order o{.row = 0, .asset = 0, .steps = 3, .step = {1, 0}, .quantity = 3.0, .limit_price = 10.5, .notional = 31.5};
    CHECK(printed(o) == describe(o));
    CHECK(printed(o) == "BUY 3 asset 0 at \u2264 10.5, notional 31.50, cost 0.00 (traded in full)");
    CHECK(printed(open_order{.asset = 1, .quantity = -2.5, .limit_price = 3.0}) == "SELL 2.5 asset 1 at \u2265 3");
    const reason r{1, why::cut_by_cash, 5.0, 2.0};
    CHECK(printed(r) == describe(r));
    const firing f{.trigger = "mine", .measure = 1.0, .threshold = 2.0};
    CHECK(printed(f) == "mine: 1, 1 short of 2");
    decision d;
    d.firing = f;
    CHECK(printed(d) == describe(d));
}

TEST_CASE("ostream: stream settings and locales do not change numbers, width and fill apply to the whole") {
    struct german : std::numpunct<char> {
        char do_decimal_point() const override { return ','; }
        char do_thousands_sep() const override { return '.'; }
        std::string do_grouping() const override { return "\3"; }
    };
    using ballast::operator<<;
    std::ostringstream out;
    out.imbue(std::locale{std::locale::classic(), new german});
    out << std::hex << std::showpos << std::setprecision(2) << std::scientific;
    out << static_cast<int128>(1'000'000) << ' ' << decimal_step{0.0001} << ' ' << timestamp{0} << ' '
        << fault{fault_code::bad_price, 7, 1234567.5};
    CHECK(out.str() == "1000000 0.0001 1970-01-01T00:00:00Z price is not a number above zero: asset 7, value 1234567.5");
    out.str("");
    out << std::setw(8) << std::setfill('.') << outcome::hold << '|' << std::left << std::setw(6) << seconds(3);
    CHECK(out.str() == "....hold|3 s...");
}
