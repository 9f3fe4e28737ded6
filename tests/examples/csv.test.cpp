// The reader of price files that the examples and the tests share (examples/support/csv.hpp).
#include <cstdio>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/csv.hpp"

using namespace ballast;

namespace {

/// What the reader says is wrong with a text of which it is asked for the columns A and B.
std::string fault_of(std::string_view text) {
    csv::prices p;
    return csv::read(text, "p.csv", {"A", "B"}, p);
}

}  // namespace

TEST_CASE("csv: the chosen columns in the chosen order; rows with a blank among them are left out") {
    csv::prices p;
    const std::string text = "date,A,B,C\n2020-01-31,1,2,3\n2020-02-29,4,,6\n2020-03-01,7.5,8e2,\n\n";
    REQUIRE(csv::read(text, "p.csv", {"B", "A"}, p) == "");
    CHECK(p.assets == 2);
    CHECK(p.when == std::vector<timestamp>{timestamp_from_civil(2020, 1, 31), timestamp_from_civil(2020, 3, 1)});
    CHECK(p.price == std::vector<double>{2.0, 1.0, 800.0, 7.5});
    REQUIRE(csv::read(text, "p.csv", {"A"}, p) == "");
    CHECK(p.price == std::vector<double>{1.0, 4.0, 7.5});
    const sim::history h = p.view();
    CHECK(h.rows() == 3);
    CHECK(h.row(2)[0] == 7.5);
}

TEST_CASE("csv: times of day, ends of line, a byte order mark, quotes and spaces around fields, no end of the last line") {
    csv::prices p;
    REQUIRE(csv::read("\xEF\xBB\xBF\"date\",\"A\"\r\n2018-05-15T06:07:08Z, 1.25 \r\n\"2018-05-16\",\"2\"", "p.csv", {"A"}, p) == "");
    CHECK(p.when[0] == timestamp_from_civil(2018, 5, 15) + hours(6) + minutes(7) + seconds(8));
    CHECK(p.price == std::vector<double>{1.25, 2.0});
}

TEST_CASE("csv: what is wrong is told with the file, the row and the column") {
    CHECK(fault_of("") == "p.csv, row 1: no column is called 'A'; after the date there are: none");
    CHECK(fault_of("date,A,C\n") == "p.csv, row 1: no column is called 'B'; after the date there are: A, C");
    CHECK(fault_of("date,A,B,A\n") == "p.csv, row 1: two columns are called 'A'");
    CHECK(fault_of("A,B\n2020-01-01,1\n") == "p.csv, row 1: no column is called 'A'; after the date there are: B");
    CHECK(fault_of("date,A,B\n2020-01-01,1\n") == "p.csv, row 2: it has 2 fields, the header has 3");
    CHECK(fault_of("date,A,B\n2020-01-01,1,2\n2020-01-02,1,2,3\n") == "p.csv, row 3: it has 4 fields, the header has 3");
    CHECK(fault_of("date,A,B\n2020-01-01,1,2\n\n2020-01-02,1,x\n") == "p.csv, row 4: column 3 (B): 'x' is not a price above zero");
    for (const std::string bad : {"0", "-1", "nan", "inf", "1e999", "0x10", "1.2.3", "1 000", "1;5", "-", "."}) {
        CAPTURE(bad);
        CHECK(fault_of("date,A,B\n2020-01-01," + bad + ",2\n") == "p.csv, row 2: column 2 (A): '" + bad + "' is not a price above zero");
    }
    for (const std::string bad :
         {"", "01.02.2020", "2020-1-1", "2020-13-01", "2020-00-10", "2021-02-29", "2020-01-00", "2020-01-01T00:00", "2020-01-01T24:00:00Z",
          "2020-01-01T00:60:00Z", "2020-01-01T00:00:61Z", "2020-01-01 00:00:00Z", "2020/01/01", "+020-01-01"}) {
        CAPTURE(bad);
        CHECK(fault_of("date,A,B\n" + bad + ",1,2\n") ==
              "p.csv, row 2: column 1: '" + bad + "' is not a date (YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ)");
    }
    CHECK(fault_of("date,A,B\n2020-01-02,1,2\n2020-01-02,1,2\n") == "p.csv, row 3: column 1: '2020-01-02' is not after the row before");
    CHECK(fault_of("date,A,B\n2020-01-02,1,2\n2020-01-01,1,2\n") == "p.csv, row 3: column 1: '2020-01-01' is not after the row before");
    CHECK(fault_of("date,A,B\n2020-01-02,1,\n2020-01-03,,2\n") == "p.csv: no row has a price in every chosen column");
    CHECK(fault_of("date,A,B\n") == "p.csv: no row has a price in every chosen column");
    CHECK(fault_of("date,A,B\n2020-02-29,1,2\n") == "");
}

TEST_CASE("csv: a column that is not chosen may hold anything") { CHECK(fault_of("date,A,note,B\n2020-01-01,1,\"see below\",2\n") == ""); }

TEST_CASE("csv: a file that is not there, and a folder") {
    std::string content = "old";
    CHECK(csv::load("/no/such/file.csv", content) == "/no/such/file.csv: can not be opened");
    CHECK(content.empty());
    CHECK_FALSE(csv::load("/", content).empty());
}
