// rebalance plan with a factor model and groups: what the columns of their files mean, what is refused, and what --certificate shows.
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "rebalance/factors.hpp"
#include "rebalance/groups.hpp"
#include "support/catch.hpp"
#include "support/hosted.hpp"

namespace {

struct files {
    std::string book = "asset,quantity,price,target\nA,60,1,0.5\nB,30,1,0.3\nC,10,1,0.2\nCASH,0,,\n";
    std::string factors = "asset,market,value\nA,1,0.5\nB,1,-0.5\nC,0.5,0\n";
    std::string covariance = "factor,market,value\nmarket,0.04,0.01\nvalue,0.01,0.09\n";
    std::string specific = "asset,variance\nA,0.02\nB,0\nC,0.01\n";
    std::string groups{};
};

test::answer plan(const files& f, const std::vector<std::string>& more = {}) {
    const test::temporary_file book{f.book}, factors{f.factors}, covariance{f.covariance}, specific{f.specific}, groups{f.groups};
    std::vector<std::string> line{"plan", "--book", book.path(), "--now", "2020-03-12T14:29:00Z", "--factors", factors.path()};
    line.insert(line.end(), {"--factor-covariance", covariance.path(), "--specific", specific.path()});
    if (!f.groups.empty()) line.insert(line.end(), {"--groups", groups.path()});
    line.insert(line.end(), more.begin(), more.end());
    return test::hosted(line);
}

bool says(const test::answer& a, const std::string& text) { return a.err.find(text) != std::string::npos; }

/// What is wrong with a file, without the folder of its name.
template <class Read>
void refused(const std::string& content, const std::string& message, Read&& read) {
    host::table t;
    host::failure f = t.take("F.csv", content);
    if (!f) f = read(t);
    CHECK(f.code == host::bad_data);
    CHECK(f.message == message);
}

host::book book_of(const std::string& content) {
    host::table t;
    host::book b;
    REQUIRE_FALSE(t.take("BOOK.csv", content));
    REQUIRE_FALSE(host::read_book(t, {}, b));
    return b;
}

const std::vector<std::string> measured{"--trigger", "tracking_error:limit=0.1%"};
// 0.1·(A − C): exposures (0.05, 0.05), specific 0.01·(0.02 + 0.01).
const double off = std::sqrt(0.0025 * (0.04 + 0.09 + 2 * 0.01) + 0.0003);

}  // namespace

TEST_CASE("rebalance plan --factors: the risk is that of the files") {
    CHECK(off == Approx(0.0259807621));
    const test::answer a = plan({}, measured);
    CAPTURE(a.err);
    CHECK(a.code == 0);
    CHECK(says(a, "2.60%"));
    CHECK(says(a, "tracking_error fired"));
    // Volatilities are variances, rows and columns have names and no places, and the files may know more assets than the book.
    files same;
    same.specific = "asset,volatility,sector\nZ,0.7,x\nC,0.1,y\nB,0,y\nA,0.141421356237309505,z\n";
    same.covariance = "factor,value,market\nvalue,0.09,0.01\nmarket,0.01,0.04\n";
    same.factors = "asset,market,value\nZ,9,9\nC,0.5,0\nB,1,-0.5\nA,1,0.5\n";
    const test::answer b = plan(same, measured);
    CHECK(b.out == a.out);
    CHECK(b.err == a.err);
}

TEST_CASE("rebalance plan --factors: more factors than assets are the same risk") {
    files few;
    few.factors = "asset,market,value,size,cheap\nA,1,0.5,0,0\nB,1,-0.5,0,1\nC,0.5,0,0,0\n";
    few.covariance = "factor,market,value,size,cheap\nmarket,0.04,0.01,0,0\nvalue,0.01,0.09,0,0\nsize,0,0,0.01,0\ncheap,0,0,0,0.04\n";
    const test::answer a = plan(few, measured);
    CAPTURE(a.err);
    CHECK(a.code == 0);
    CHECK(says(a, "2.60%"));
    host::table loadings, covariance, specific;
    REQUIRE_FALSE(loadings.take("F.csv", few.factors));
    REQUIRE_FALSE(covariance.take("C.csv", few.covariance));
    REQUIRE_FALSE(specific.take("S.csv", few.specific));
    const host::book b = book_of(few.book);
    host::factor_model m;
    REQUIRE_FALSE(host::read_factor_model(loadings, covariance, specific, b, m));
    CHECK(m.reduced);
    CHECK(m.loadings == std::vector<double>{1, 0, 0, 0, 1, 0, 0, 0, 1});
    // fᵢΩfⱼ by hand
    const std::vector<double> all{0.0725, 0.0175, 0.0225, 0.0175, 0.0925, 0.0175, 0.0225, 0.0175, 0.01};
    for (std::size_t k = 0; k < all.size(); ++k) CHECK(m.covariance[k] == Approx(all[k]));
}

TEST_CASE("rebalance plan --factors: a file that is wrong is told with row and column") {
    const files good;
    const host::book b = book_of(good.book);
    host::table loadings, covariance, specific;
    REQUIRE_FALSE(loadings.take("L.csv", good.factors));
    REQUIRE_FALSE(covariance.take("C.csv", good.covariance));
    REQUIRE_FALSE(specific.take("S.csv", good.specific));
    host::factor_model m;
    REQUIRE_FALSE(host::read_factor_model(loadings, covariance, specific, b, m));
    CHECK(m.factor == std::vector<std::string>{"market", "value"});
    CHECK(m.specific == std::vector<double>{0.02, 0.0, 0.01});

    const auto of_loadings = [&](const host::table& t) { return host::read_factor_model(t, covariance, specific, b, m); };
    refused("name,market\nA,1\n", "F.csv, row 1: the first column is called 'name', not 'asset'", of_loadings);
    refused("asset\nA\nB\nC\n", "F.csv, row 1: there is no column but 'asset'; a column per factor is expected", of_loadings);
    refused("asset,market,\nA,1,1\nB,1,1\nC,1,1\n", "F.csv, row 1: column 3 has no name", of_loadings);
    refused("asset,market,value\nA,1,1\nC,1,1\n", "F.csv: no row is of B, which the book has", of_loadings);
    refused("asset,market,value\nA,1,1\nb,1,1\nC,1,1\n", "F.csv: no row is of B, which the book has; there is 'b'", of_loadings);
    refused("asset,market,value\nA,1,1\nA,1,1\n", "F.csv, row 3, column 1 (asset): 'A' is there twice", of_loadings);
    refused("asset,market,value\n,1,1\n", "F.csv, row 2, column 1 (asset): it is blank, and names no asset", of_loadings);
    refused("asset,market,value\nA,1,1\nB,x,1\nC,1,1\n", "F.csv, row 3, column 2 (market): 'x' is not a number", of_loadings);
    refused("asset,market,value\nA,1,1\nB,1,\nC,1,1\n", "F.csv, row 3, column 3 (value): it is blank, and is not a number", of_loadings);

    const auto of_covariance = [&](const host::table& t) { return host::read_factor_model(loadings, t, specific, b, m); };
    refused("asset,market,value\n", "F.csv, row 1: the first column is called 'asset', not 'factor'", of_covariance);
    refused("factor,market,vlaue\n", "F.csv, row 1: no factor of L.csv is called 'vlaue'; did you mean 'value'?", of_covariance);
    refused("factor,market,value\nmarket,0.04,0\nvalue,0,0.09\nsize,0,0\n",
            "F.csv, row 4, column 1 (factor): 'size' is no factor of L.csv; there are: market, value", of_covariance);
    refused("factor,market\nmarket,0.04\nvalue,0\n", "F.csv, row 1: no column is called 'value', a factor of L.csv", of_covariance);
    refused("factor,market,value\nmarket,0.04,0\n", "F.csv: no row is of value, a factor of L.csv", of_covariance);
    refused("factor,market,value\nmarket,0.04,0\nvalue,0,x\n", "F.csv, row 3, column 3 (value): 'x' is not a number", of_covariance);
    refused("factor,market,value\nmarket,0.04,0\nvalue,0,-0.09\n", "F.csv, row 3, column 3 (value): '-0.09' is a variance below zero",
            of_covariance);
    refused("factor,market,value\nmarket,0.04,0.01\nvalue,0.02,0.09\n",
            "F.csv, row 3, column 2 (market): '0.02' is not what the same two have in row 2, 0.01: the matrix is not symmetric",
            of_covariance);
    refused("factor,market,value\nmarket,0.04,0.07\nvalue,0.07,0.09\n",
            "F.csv: the matrix is not positive semidefinite: its most negative eigenvalue is -0.0093; ballast::nearest_covariance makes "
            "the nearest one that is",
            of_covariance);

    const auto of_specific = [&](const host::table& t) { return host::read_factor_model(loadings, covariance, t, b, m); };
    refused("asset,risk\nA,1\nB,1\nC,1\n", "F.csv, row 1: no column is called 'volatility' or 'variance', per year", of_specific);
    refused("asset,variance,volatility\nA,1,1\nB,1,1\nC,1,1\n",
            "F.csv, row 1: there are columns 'volatility' and 'variance'; one of them is expected", of_specific);
    refused("asset,volatility\nA,0.1\nB,-0.1\nC,0.1\n", "F.csv, row 3, column 2 (volatility): '-0.1' is below zero", of_specific);
    refused("asset,volatility\nA,0.1\nB,1e200\nC,0.1\n", "F.csv, row 3, column 2 (volatility): '1e200' is too large", of_specific);

    const test::temporary_file book{good.book}, factors{good.factors};
    const test::answer half = test::hosted({"plan", "--book", book.path(), "--factors", factors.path()});
    CHECK(half.code == 2);
    CHECK(says(half, "a factor model is three files, --factors, --factor-covariance and --specific; --factor-covariance is missing"));
}

TEST_CASE("rebalance plan --groups: limits, coefficients, several groups of an asset") {
    const host::book b = book_of(files{}.book);
    host::table t;
    REQUIRE_FALSE(t.take(
        "G.csv",
        "group,asset,coefficient,lower,upper\ntech,A,,,0.5\nbeta,A,1.5,0.8,1.2\ntech,C,,,\nbeta,C,-0.5,,1.2\nbeta,Z,3,,\ntech,Z,,,\n"));
    host::asset_groups g;
    REQUIRE_FALSE(host::read_groups(t, b, g));
    REQUIRE(g.all.size() == 2);
    CHECK(g.all[0].name == "tech");
    CHECK(g.all[0].coefficient == std::vector<double>{1, 0, 1});
    CHECK(std::isinf(g.all[0].lower));
    CHECK(g.all[0].upper == 0.5);
    CHECK(g.all[1].coefficient == std::vector<double>{1.5, 0, -0.5});
    CHECK(g.all[1].lower == 0.8);
    CHECK(g.all[1].upper == 1.2);
    CHECK(g.not_in_book == std::vector<std::string>{"Z"});

    const auto read = [&](const host::table& of) { return host::read_groups(of, b, g); };
    refused("group,assets,lower\n", "F.csv, row 1: no column of groups is called 'assets'; did you mean 'asset'?", read);
    refused("group,lower\nx,0\n", "F.csv, row 1: no column is called 'asset'", read);
    refused("group,asset\nx,A\n", "F.csv, row 1: no column is called 'lower' or 'upper': a group without limits is none", read);
    refused("group,asset,upper\n,A,1\n", "F.csv, row 2, column 1 (group): it is blank, and names no group", read);
    refused("group,asset,upper\nx,,1\n", "F.csv, row 2, column 2 (asset): it is blank, and names no asset", read);
    refused("group,asset,upper\nx,A,half\n", "F.csv, row 2, column 3 (upper): 'half' is not a number", read);
    refused("group,asset,upper,coefficient\nx,A,1,one\n", "F.csv, row 2, column 4 (coefficient): 'one' is not a number", read);
    refused("group,asset,upper\nx,A,0.5\nx,A,\n", "F.csv, row 3, column 2 (asset): 'A' is there twice in the group 'x'", read);
    refused("group,asset,upper\nx,A,0.5\nx,B,0.6\n",
            "F.csv, row 3, column 3 (upper): '0.6' is not the limit 0.5 that the group has in another row", read);
    refused("group,asset,upper\nx,A,0.5\ny,B,\n", "F.csv, row 3: the group 'y' has neither lower nor upper in any row", read);
    refused("group,asset,lower,upper\nx,A,0.5,\nx,B,,0.4\n", "F.csv, row 2: the group 'x' has lower 0.5 above upper 0.4", read);
}

TEST_CASE("rebalance plan --groups: the solver tracking keeps them, says what each is worth, and which contradict each other") {
    files f;
    f.groups = "group,asset,upper\nheavy,A,0.75\nheavy,B,\n";
    const std::vector<std::string> tracking{"--solver", "tracking:risk_aversion=10", "--cost", "proportional:10bps", "--certificate"};
    test::answer a = plan(f, tracking);
    CAPTURE(a.err);
    REQUIRE(a.code == 0);
    CHECK(says(a, "the best was found"));
    double heavy = 0.9;
    const auto lines = test::lines_of(a.out);
    for (std::size_t k = 1; k < lines.size(); ++k) {
        const auto fields = test::fields_of(lines[k]);
        if (fields[0] == "C") continue;
        heavy += (fields[1] == "BUY" ? 1.0 : -1.0) * std::stod(fields[5]) / 100.0;
    }
    CHECK(heavy == Approx(0.75).margin(0.001));  // of the wealth after costs
    CHECK(says(a, "  heavy      -   0.75   0.75  "));
    CHECK(says(a, "  factor  price of exposure\n  market  "));
    // A turnover that does not reach.
    a = plan(f, {"--solver", "tracking:risk_aversion=10", "--turnover", "0.05"});
    CHECK(a.code == 4);
    CHECK(says(a, "the limits can not all be kept: these contradict each other: heavy at most 0.75, the turnover"));
    f.groups = "group,asset,lower,upper\nheavy,A,,0.2\nheavy,B,,\nlight,C,,0.1\nall,A,0.9,\nall,B,,\nall,C,,\n";
    a = plan(f, tracking);
    CHECK(a.code == 4);
    CHECK(says(a, "heavy at most 0.2, light at most 0.1, all at least 0.9\n"));
    f.groups = "group,asset,upper\nheavy,A,0.75\nheavy,Z,\n";
    CHECK(says(plan(f, tracking), ": not in the book: Z\n"));
    a = plan(f);
    CHECK(a.code == 2);
    CHECK(says(a, "--groups is about the solver tracking: add --solver tracking:risk_aversion=..."));
}

TEST_CASE("rebalance plan --certificate: each trade stops where its worth is its cost, and the rest is not worth any") {
    const test::answer a = plan({}, {"--solver", "tracking:risk_aversion=0.5", "--cost", "proportional:10bps", "--certificate"});
    CAPTURE(a.err);
    REQUIRE(a.code == 0);
    std::size_t traded = 0, stayed = 0;
    bool rows = false;
    for (const std::string& line : test::lines_of(a.err)) {
        if (line.substr(0, 9) == "  asset  ") rows = true;
        if (!rows || line.substr(0, 9) == "  asset  ") continue;
        // "  A   -8.00 %   -10.00 bps  -10.00 bps  -10.00 bps  sold ..."
        std::vector<double> numbers;
        for (std::size_t at = 3; at < line.size() && numbers.size() < 4;) {
            at = line.find_first_of("-0123456789", at);
            const std::size_t end = line.find(' ', at);
            numbers.push_back(std::stod(line.substr(at, end - at)));
            at = end;
        }
        REQUIRE(numbers.size() == 4);
        if (line.find("stays") != std::string::npos) {
            ++stayed;
            CHECK(numbers[0] == 0.0);
            CHECK(std::abs(numbers[1]) <= 10.0);
            CHECK((numbers[2] == -10.0 && numbers[3] == 10.0));
        } else {
            ++traded;
            const double cost = numbers[0] > 0.0 ? 10.0 : -10.0;
            CHECK((numbers[1] == cost && numbers[2] == cost && numbers[3] == cost));
            CHECK(line.find(cost > 0.0 ? "bought until" : "sold until") != std::string::npos);
        }
    }
    CHECK(traded + stayed == 3);
    CHECK(traded > 0);
    CHECK(says(plan({}, {"--certificate", "--trigger", "never"}), "no certificate: nothing was asked of the solver"));
    CHECK(says(plan({}, {"--certificate"}), "no certificate: the solver goes by a rule"));
    const test::answer region = plan({}, {"--certificate", "--solver", "no_trade_region:risk_aversion=0.5"});
    CHECK(says(region, "  price of cash"));
    CHECK_FALSE(says(region, "price of turnover"));
}

TEST_CASE("rebalance plan --certificate: a book that is where it should be has one as well") {
    files f;
    f.book = "asset,quantity,price,target\nA,50,1,0.5\nB,30,1,0.3\nC,20,1,0.2\nCASH,0,,\n";
    const test::answer a = plan(f, {"--solver", "tracking:risk_aversion=0.5", "--cost", "proportional:10bps", "--certificate"});
    CAPTURE(a.err);
    CHECK(a.code == 0);
    CHECK(test::lines_of(a.out).size() == 1);
    CHECK(says(a, "  objective         0.00 bps"));
    CHECK(says(a, "  C      0.00 %               0.00 bps  -10.00 bps   10.00 bps  stays: neither side is worth its cost\n"));
}

TEST_CASE("rebalance: --turnover and --leverage are what a guard and the mandate say") {
    const test::temporary_file book{files{}.book};
    const auto both = [&](const std::vector<std::string>& one, const std::vector<std::string>& other) {
        std::vector<std::string> line{"plan", "--book", book.path(), "--now", "2020-03-12"}, again = line;
        line.insert(line.end(), one.begin(), one.end());
        again.insert(again.end(), other.begin(), other.end());
        const test::answer a = test::hosted(line), b = test::hosted(again);
        CHECK(a.code == 0);
        CHECK(a.out == b.out);
        CHECK(a.err == b.err);
        CHECK(a.out != test::hosted({"plan", "--book", book.path(), "--now", "2020-03-12"}).out);
    };
    both({"--turnover", "0.05"}, {"--guard", "max_turnover:limit=0.05"});
    both({"--turnover", "5%"}, {"--guard", "max_turnover:limit=0.05"});
    const test::temporary_file levered{"asset,quantity,price,target\nA,60,1,0.9\nB,40,1,0.5\nCASH,0,,\n"};
    const auto with = [&](const std::vector<std::string>& more) {
        std::vector<std::string> line{"plan", "--book", levered.path(), "--now", "2020-03-12"};
        line.insert(line.end(), more.begin(), more.end());
        return test::hosted(line);
    };
    CHECK(with({}).code != 0);
    CHECK(with({"--leverage", "1.5"}).code == 0);
    CHECK(with({"--leverage", "1.5"}).out == with({"--mandate", "leverage=1.5"}).out);
    CHECK(with({"--leverage", "1.2"}).code != 0);
}
