// rebalance plan with a covariance matrix: what its file means, and what is refused.
#include <cmath>
#include <string>
#include <vector>

#include "rebalance/covariance.hpp"
#include "support/catch.hpp"
#include "support/hosted.hpp"

namespace {

const std::string the_book = "asset,quantity,price,target\nA,60,1,0.5\nB,30,1,0.3\nC,10,1,0.2\nCASH,0,,\n";
const std::string the_matrix = "asset,A,B,C\nA,0.04,0.01,0.02\nB,0.01,0.09,0\nC,0.02,0,0.0625\n";

test::answer plan(const std::string& matrix, const std::vector<std::string>& more) {
    const test::temporary_file book{the_book}, covariance{matrix};
    std::vector<std::string> line{"plan", "--book", book.path(), "--now", "2020-03-12T14:29:00Z", "--covariance", covariance.path()};
    line.insert(line.end(), more.begin(), more.end());
    return test::hosted(line);
}

bool says(const test::answer& a, const std::string& text) { return a.err.find(text) != std::string::npos; }

host::book book_of(const std::string& content) {
    host::table t;
    host::book b;
    REQUIRE_FALSE(t.take("BOOK.csv", content));
    REQUIRE_FALSE(host::read_book(t, {}, b));
    return b;
}

/// What is wrong with a file.
void refused(const std::string& content, const std::string& message) {
    const host::book b = book_of(the_book);
    host::table t;
    host::covariance_matrix m;
    host::failure f = t.take("C.csv", content);
    if (!f) f = host::read_covariance_matrix(t, b, m);
    CHECK(f.code == host::bad_data);
    CHECK(f.message == message);
}

}  // namespace

TEST_CASE("rebalance plan --covariance: the risk is that of the file") {
    // 0.1·(A − C): 0.01·(0.04 + 0.0625 − 2·0.02) = 0.025²
    const std::vector<std::string> measured{"--trigger", "tracking_error:limit=0.1%"};
    const test::answer a = plan(the_matrix, measured);
    CAPTURE(a.err);
    CHECK(a.code == 0);
    CHECK(says(a, "2.50%"));
    CHECK(says(a, "tracking_error fired"));
    // Rows and columns have names and no places.
    const test::answer b = plan("asset,C,A,B\nB,0,0.01,0.09\nA,0.02,0.04,0.01\nC,0.0625,0.02,0\n", measured);
    CHECK(b.out == a.out);
    CHECK(b.err == a.err);
    // Assets that the book does not have are told and passed over, whatever stands there.
    const test::answer more = plan("asset,A,B,Z,C\nA,0.04,0.01,x,0.02\nZ,,,,\nB,0.01,0.09,,0\nC,0.02,0,,0.0625\n", measured);
    CHECK(more.out == a.out);
    CHECK(says(more, ": not in the book: Z\n"));
    std::string header = "asset,A,B,C", rows = "A,0.04,0.01,0.02,,,,,,,\nB,0.01,0.09,0,,,,,,,\nC,0.02,0,0.0625,,,,,,,\n";
    for (const char* other : {"T", "U", "V", "W", "X", "Y", "Z"}) {
        header += std::string{","} + other;
        rows += other + std::string(10, ',') + "\n";
    }
    CHECK(says(plan(header + "\n" + rows, measured), ": not in the book: T, U, V, W, X and 2 more\n"));
}

TEST_CASE("rebalance plan --covariance: the solvers that weigh risk find the trades that the same risk as factors leads to") {
    const test::temporary_file book{the_book}, factors{"asset,a,b,c\nA,1,0,0\nB,0,1,0\nC,0,0,1\n"},
        covariance{"factor,a,b,c\na,0.04,0.01,0.02\nb,0.01,0.09,0\nc,0.02,0,0.0625\n"}, specific{"asset,variance\nA,0\nB,0\nC,0\n"};
    for (const char* solver : {"tracking:risk_aversion=0.5", "no_trade_region:risk_aversion=0.5"}) {
        const std::vector<std::string> how{"--solver", solver, "--cost", "proportional:10bps", "--certificate"};
        const test::answer a = plan(the_matrix, how);
        CAPTURE(a.err);
        REQUIRE(a.code == 0);
        CHECK(says(a, "the best trade, proved"));
        CHECK_FALSE(says(a, "price of exposure"));
        CHECK(test::lines_of(a.out).size() > 1);
        std::vector<std::string> line{"plan", "--book", book.path(), "--now", "2020-03-12T14:29:00Z", "--factors", factors.path()};
        line.insert(line.end(), {"--factor-covariance", covariance.path(), "--specific", specific.path()});
        line.insert(line.end(), how.begin(), how.end());
        const test::answer b = test::hosted(line);
        REQUIRE(b.code == 0);
        const auto one = test::lines_of(a.out), other = test::lines_of(b.out);
        REQUIRE(one.size() == other.size());
        for (std::size_t k = 1; k < one.size(); ++k) {
            const auto x = test::fields_of(one[k]), y = test::fields_of(other[k]);
            CHECK((x[0] == y[0] && x[1] == y[1]));
            CHECK(std::stod(x[2]) == Approx(std::stod(y[2])).epsilon(1e-6));
        }
    }
}

TEST_CASE("rebalance plan --covariance: a file that is wrong is told with row and column") {
    const host::book b = book_of(the_book);
    host::table t;
    host::covariance_matrix m;
    REQUIRE_FALSE(t.take("C.csv", the_matrix));
    REQUIRE_FALSE(host::read_covariance_matrix(t, b, m));
    CHECK(m.entry == std::vector<double>{0.04, 0.01, 0.02, 0.01, 0.09, 0.0, 0.02, 0.0, 0.0625});
    CHECK(m.not_in_book.empty());

    refused("name,A,B,C\nA,1,0,0\nB,0,1,0\nC,0,0,1\n", "C.csv, row 1: the first column is called 'name', not 'asset'");
    refused("asset,A,B,C,\nA,1,0,0,\nB,0,1,0,\nC,0,0,1,\n", "C.csv, row 1: column 5 has no name");
    refused("asset,A,C\nA,1,0\nB,0,1\nC,0,0\n", "C.csv, row 1: no column is called 'B', which the book has");
    refused("asset,A,b,C\nA,1,0,0\nB,0,1,0\nC,0,0,1\n", "C.csv, row 1: no column is called 'B', which the book has; there is 'b'");
    refused("asset,A,B,C\nA,1,0,0\nC,0,0,1\n", "C.csv: no row is of B, which the book has");
    refused("asset,A,B,C\nA,1,0,0\nb,0,1,0\nC,0,0,1\n", "C.csv: no row is of B, which the book has; there is 'b'");
    refused("asset,A,B,C\nA,1,0,0\nA,1,0,0\nC,0,0,1\n", "C.csv, row 3, column 1 (asset): 'A' is there twice");
    refused("asset,A,B,C\nA,1,0,0\nB,0,1,0\nC,0,0,1\nOTHER,0,0,0\n", "C.csv, row 5, column 1 (asset): 'OTHER' has a row and no column");
    refused("asset,A,B,C,OTHER\nA,1,0,0,0\nB,0,1,0,0\nC,0,0,1,0\n", "C.csv, row 1: 'OTHER' has a column and no row");
    refused("asset,A,B,C\nA,1,0,0\nB,0,1,x\nC,0,0,1\n", "C.csv, row 3, column 4 (C): 'x' is not a number");
    refused("asset,A,B,C\nA,1,0,0\nB,,1,0\nC,0,0,1\n", "C.csv, row 3, column 2 (A): it is blank, and is not a number");
    refused("asset,A,B,C\nA,inf,0,0\nB,0,1,0\nC,0,0,1\n", "C.csv, row 2, column 2 (A): 'inf' is not a number");
    refused("asset,A,B,C\nA,1,0,0\nB,0,1,nan\nC,0,0,1\n", "C.csv, row 3, column 4 (C): 'nan' is not a number");
    refused("asset,A,B,C\nA,1e999,0,0\nB,0,1,0\nC,0,0,1\n", "C.csv, row 2, column 2 (A): '1e999' is not a number");
    refused("asset,A,B,C\nA,1,0,0\nB,0,-1,0\nC,0,0,1\n", "C.csv, row 3, column 3 (B): '-1' is a variance below zero");
    refused("asset,A,B,C\nC,0.02,0,0.0625\nA,0.04,0.01,0.03\nB,0.01,0.09,0\n",
            "C.csv, row 2, column 2 (A): '0.02' is not what the same two have in row 3, 0.03: the matrix is not symmetric");
    refused("asset,A,B,C\nA,0.04,0.01,0\nB,0.01,0,0\nC,0,0,0.0625\n",
            "C.csv, row 3, column 2 (A): '0.01' is a covariance of B, which has no variance");
    // 0.065 − √(0.025² + 0.07²) = −0.009330
    refused("asset,A,B,C\nA,0.04,0.07,0\nB,0.07,0.09,0\nC,0,0,0.01\n",
            "C.csv: the matrix is not positive semidefinite: its most negative eigenvalue is -0.0093; ballast::nearest_covariance makes "
            "the nearest one that is");

    const test::answer both = plan(the_matrix, {"--factors", "F.csv"});
    CHECK(both.code == 2);
    CHECK(says(both, "--covariance beside --factors: risk is told as a matrix or as factors, not as both"));
}

TEST_CASE("rebalance plan --covariance: assets that never move, and a matrix without full rank, are risk as well") {
    CHECK(plan("asset,A,B,C\nA,0.04,0,0\nB,0,0,0\nC,0,0,0.01\n", {"--solver", "tracking:risk_aversion=2"}).code == 0);
    CHECK(plan("asset,A,B,C\nA,0.04,0.06,0\nB,0.06,0.09,0\nC,0,0,0.01\n", {"--solver", "tracking:risk_aversion=2"}).code == 0);
}

TEST_CASE("rebalance plan --covariance: a tracking error and a budget of costs are limits of the plan, with prices") {
    const std::vector<std::string> paid{"--cost", "proportional:10bps", "--certificate", "--solver"};
    const auto with = [&](const char* solver) {
        std::vector<std::string> line = paid;
        line.emplace_back(solver);
        return plan(the_matrix, line);
    };
    // Before trading it is 2.5 %.
    const test::answer near_by = with("tracking:risk_aversion=0,tracking_error=1%");
    CAPTURE(near_by.err);
    REQUIRE(near_by.code == 0);
    CHECK(test::lines_of(near_by.out).size() > 1);
    CHECK(says(near_by, "  price of tracking "));
    CHECK_FALSE(says(near_by, "  price of costs "));
    const test::answer cheap = with("tracking:risk_aversion=10,cost_budget=1bps");
    CAPTURE(cheap.err);
    REQUIRE(cheap.code == 0);
    CHECK(says(cheap, "  price of costs "));
    const test::answer neither = with("tracking:risk_aversion=10,tracking_error=0.1%,cost_budget=0.1bps");
    CHECK(neither.code == 4);
    CHECK(says(neither, "the limits can not all be kept: these contradict each other: the tracking error, the budget of costs\n"));
}
