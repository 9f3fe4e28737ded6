// Words, numbers, times and CSV of the command-line host (examples/rebalance/text.hpp, times.hpp, table.hpp).
#include "rebalance/text.hpp"

#include <ballast/core/civil_date.hpp>

#include <limits>
#include <string>
#include <vector>

#include "rebalance/table.hpp"
#include "rebalance/times.hpp"
#include "support/catch.hpp"

using namespace ballast;

TEST_CASE("rebalance text: the distance of words counts letters changed, added, dropped and swapped") {
    CHECK(host::distance_between("", "") == 0);
    CHECK(host::distance_between("band", "band") == 0);
    CHECK(host::distance_between("BAND", "band") == 0);
    CHECK(host::distance_between("bnad", "band") == 1);
    CHECK(host::distance_between("bad", "band") == 1);
    CHECK(host::distance_between("bland", "band") == 1);
    CHECK(host::distance_between("bend", "band") == 1);
    CHECK(host::distance_between("", "band") == 4);
    CHECK(host::distance_between("every", "never") == 2);
    CHECK(host::distance_between("kitten", "sitting") == 3);
    const std::vector<std::string> words{"trigger", "cost", "solver"};
    CHECK(host::nearest("triger", words) == "trigger");
    CHECK(host::nearest("slover", words) == "solver");
    CHECK(host::nearest("xyzzy", words).empty());
    CHECK(host::advice("cots", words) == "; did you mean 'cost'?");
    CHECK(host::advice("xyzzy", words) == "; there are: trigger, cost, solver");
    CHECK(host::advice("x", std::vector<std::string>{}).empty());
}

TEST_CASE("rebalance text: numbers fill the whole field") {
    double x = -1.0;
    for (const auto& [text, value] : std::vector<std::pair<std::string, double>>{
             {"0", 0.0}, {"-0.5", -0.5}, {"+3", 3.0}, {".5", 0.5}, {"5.", 5.0}, {"1e3", 1000.0}, {"2.5E-3", 0.0025}, {"0.1", 0.1}}) {
        CAPTURE(text);
        CHECK(host::parse_number(text, x));
        CHECK(x == value);
    }
    x = 7.0;
    for (const std::string bad : {"",       " ",     "1 ",  " 1",  "1,5", "1'000", "nan", "inf", "-inf", "0x10", "1e999", "-1e999",
                                  "1e-400", "1.2.3", "--1", "+-1", "++1", "e5",    "-",   ".",   "1e",   "1f",   "5%"}) {
        CAPTURE(bad);
        CHECK_FALSE(host::parse_number(bad, x));
    }
    CHECK(x == 7.0);
}

TEST_CASE("rebalance text: numbers as they are printed") {
    CHECK(host::number12(0.0) == "0");
    CHECK(host::number12(-0.0) == "0");
    CHECK(host::number12(1.0 / 3.0) == "0.333333333333");
    CHECK(host::number12(44.552580670512) == "44.5525806705");
    CHECK(host::shortest(0.1) == "0.1");
    CHECK(host::shortest(-0.0) == "0");
    CHECK(host::shortest(123456789.0) == "123456789");
    CHECK(host::shortest(1e-8) == "0.00000001");
    CHECK(host::shortest(1e-10) == "1e-10");
    CHECK(host::fixed(1.005, 2) == "1.00");
    CHECK(host::csv_field("plain") == "plain");
    CHECK(host::csv_field("a,b") == "\"a,b\"");
    CHECK(host::csv_field("say \"x\"") == "\"say \"\"x\"\"\"");
    CHECK(host::csv_field(" edge") == "\" edge\"");
    CHECK(host::csv_field("") == "");
    CHECK(host::in_quotes("a\nb\x7f") == "'a?b?'");
    CHECK(host::in_quotes(std::string(100, 'x')).size() == 65);
}

TEST_CASE("rebalance times: all forms that price files have") {
    timestamp t;
    const auto noon = timestamp_from_civil(2018, 5, 15) + hours(12);
    for (const std::string text : {"2018-05-15T12:00:00Z", "2018-05-15T12:00:00", "2018-05-15 12:00:00", "2018-05-15T12:00Z",
                                   "2018-05-15 12:00", "2018-05-15T14:00:00+02:00", "2018-05-15T07:00-0500", "2018-05-15T12:00:00.000Z"}) {
        CAPTURE(text);
        REQUIRE(host::parse_time(text, t));
        CHECK(t == noon);
    }
    REQUIRE(host::parse_time("2018-05-15T12:00:00.25Z", t));
    CHECK(t == noon + milliseconds(250));
    for (const std::string text : {"2000-08-01", "Aug 1 2000", "aug 01 2000", "Aug 1, 2000"}) {
        CAPTURE(text);
        REQUIRE(host::parse_time(text, t));
        CHECK(t == timestamp_from_civil(2000, 8, 1));
    }
    REQUIRE(host::parse_time("1871-01-01", t));
    CHECK(t == timestamp_from_civil(1871, 1, 1));
    REQUIRE(host::parse_time("2000-02-29", t));
    for (const std::string bad : {"",
                                  "today",
                                  "01.02.2020",
                                  "2020-1-1",
                                  "2020-13-01",
                                  "2020-00-10",
                                  "2021-02-29",
                                  "2020-01-00",
                                  "2020-01-01T",
                                  "2020-01-01T00",
                                  "2020-01-01T24:00",
                                  "2020-01-01T00:60",
                                  "2020-01-01T00:00:60",
                                  "2020-01-01T00:00:00.",
                                  "2020-01-01T00:00:00.1234567890",
                                  "2020-01-01T00:00:00X",
                                  "2020-01-01T00:00+15:00",
                                  "2020-01-01T00:00+1",
                                  "2020/01/01",
                                  "20200101",
                                  "+020-01-01",
                                  "Foo 1 2000",
                                  "Aug 32 2000",
                                  "Aug 2000",
                                  "Aug 1 00",
                                  "1677-12-31",
                                  "2262-01-01",
                                  "2020-01-01 "}) {
        CAPTURE(bad);
        CHECK_FALSE(host::parse_time(bad, t));
    }
    CHECK(host::time_text(timestamp_from_civil(2004, 8, 19)) == "2004-08-19");
    CHECK(host::time_text(noon) == "2018-05-15T12:00:00Z");
}

namespace {

std::string refused(const std::string& content) {
    host::table t;
    return t.take("t.csv", content).message;
}

}  // namespace

TEST_CASE("rebalance table: quotes, line ends, blanks, a byte order mark") {
    host::table t;
    REQUIRE_FALSE(t.take("t.csv", "\xEF\xBB\xBF\"a\" , b,\"c,d\"\r\n1,\"x \"\"y\"\"\",\r\n\n \t\n\"two\nlines\", 2 ,3\n4,5,6"));
    REQUIRE(t.columns() == 3);
    REQUIRE(t.rows() == 3);
    CHECK(t.header()[0] == "a");
    CHECK(t.header()[2] == "c,d");
    CHECK(t.column("b") == 1);
    CHECK(t.column("B") == host::table::none);
    CHECK(t.field(0, 1) == "x \"y\"");
    CHECK(t.field(0, 2).empty());
    CHECK(t.field(1, 0) == "two\nlines");
    CHECK(t.field(1, 1) == "2");
    CHECK(t.line(1) == 5);
    CHECK(t.line(2) == 7);
    CHECK(t.place(2, 1) == "t.csv, row 7, column 2 (b)");
    CHECK(t.wrong_field(0, 2, "is needed").message == "t.csv, row 2, column 3 (c,d): it is blank, and is needed");
}

TEST_CASE("rebalance table: what is no table is told with its row and column") {
    CHECK(refused("") == "t.csv, row 1: it is empty; a header with the names of the columns is expected");
    CHECK(refused("\n\n") == "t.csv, row 1: it is empty; a header with the names of the columns is expected");
    CHECK(refused("a,b\n1\n") == "t.csv, row 2: it has 1 fields, the header has 2");
    CHECK(refused("a,b\n1,2\n\n1,2,3\n") == "t.csv, row 4: it has 3 fields, the header has 2");
    CHECK(refused("a,b,a\n") == "t.csv, row 1: columns 1 and 3 are both called 'a'");
    CHECK(refused("a,b\n1,\"2\n3,4\n") == "t.csv, row 2, column 2: a quote is opened and not closed");
    CHECK(refused("a,b\n1,\"2\" x\n") == "t.csv, row 2, column 2: something follows the closing quote");
    CHECK(refused(std::string("a,b\n1,\0\n", 8)) == "t.csv, row 2: it holds a zero byte; it is no text");
    CHECK(refused("\xFF\xFE"
                  "a\0,\0") == "t.csv: it is UTF-16; save it as UTF-8");
}
