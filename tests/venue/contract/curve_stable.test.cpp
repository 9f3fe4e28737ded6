#include <ballast/venue/contract/curve_stable.hpp>

#include <ballast/venue/stable.hpp>

#include "support/catch.hpp"
#include "support/json.hpp"
#include "support/pool_dice.hpp"

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

using namespace ballast;
using venue::contract::answer;
using venue::contract::curve_stable;
using venue::contract::curve_version;
using venue::contract::refusal;

static_assert(std::is_aggregate_v<curve_stable> && std::is_trivially_copyable_v<curve_stable>);

namespace {

uint256 whole(std::string_view decimal) { return uint256::from_decimal(decimal).value(); }
std::string text(const answer& a) { return a ? std::string{a.amount.to_decimal().view()} : std::string{to_string(a.why)}; }
uint256 ten_to(int exponent) {
    uint256 n{1};
    for (; exponent > 0; --exponent) n *= uint256{10};
    return n;
}

// What a transcription of the contracts in another language, with its integers of any size, says of random pools.
struct fact {
    curve_version version;
    std::uint64_t amplification, fee, multiplier;
    std::vector<std::string> balances, rates;
    std::string invariant;
    std::size_t in, out, coins;
    std::string amount, dy, paid, left, dx;  // dx: what get_dx says of dy; "0" where it refuses
};
const std::vector<fact> facts{
    {curve_version::classic,
     1,
     68206871,
     0,
     {"255776415074239", "4023916698872"},
     {"10000000000000000000000000000", "1000000000000000000000000000000"},
     "6498203529095708319850565",
     0,
     1,
     2,
     "62319369046",
     "779576075",
     "779576074",
     "4023134445918",
     "62319369100"},
    {curve_version::classic,
     1,
     77557446,
     0,
     {"555536781253471", "5697991572511", "6343196565744"},
     {"10000000000000000000000000000", "1000000000000000000000000000000", "1000000000000000000000000000000"},
     "17581858415362435645725770",
     2,
     1,
     3,
     "1060376464",
     "997737246",
     "997737246",
     "5696989935926",
     "1060376463"},
    {curve_version::classic,
     1,
     73617017,
     0,
     {"4646860516798", "6566324935725", "2864344535620633390743552", "2898630238063"},
     {"1000000000000000000000000000000", "1000000000000000000000000000000", "1000000000000000000", "1000000000000000000000000000000"},
     "16447839418611636415351588",
     0,
     2,
     4,
     "861717477",
     "652412872905620997997",
     "652412872905620997997",
     "2863689703503495607524719",
     "861717476"},
    {curve_version::base,
     10037,
     24227884,
     0,
     {"68929691336820", "23266791936623616"},
     {"1000000000000000000000000000000", "10000000000000000000000000000"},
     "300979698359407984207511200",
     0,
     1,
     2,
     "2650409807434",
     "269827174673799",
     "269827174673799",
     "22996637101022321",
     "2650409807433"},
    {curve_version::base,
     200037,
     89786414,
     0,
     {"12394318161983389715922944", "92049473198925", "40462533127594"},
     {"1000000000000000000", "10000000000000000000000000000", "10000000000000000000000000000"},
     "13674963655079136575415240",
     0,
     1,
     3,
     "42050703915841279229952",
     "3972726207085",
     "3972726207085",
     "88058750566393",
     "42050703915833448996247"},
    {curve_version::base,
     200037,
     51880050,
     0,
     {"31967288159687", "4274463631225437760258048", "123555731429049", "3756374037829366501605376"},
     {"10000000000000000000000000000", "1000000000000000000", "10000000000000000000000000000", "1000000000000000000"},
     "9581050345686427419010796",
     2,
     0,
     4,
     "211242571645019",
     "31760905708918",
     "31760905708918",
     "123564924216",
     "211242571643552"},
    {curve_version::base,
     200000,
     37469042,
     0,
     {"226025697071482", "7409797457988", "9176480639182608621633536", "1747026196472", "285060739476606"},
     {"10000000000000000000000000000", "1000000000000000000000000000000", "1000000000000000000", "1000000000000000000000000000000",
      "10000000000000000000000000000"},
     "23439578811300526795871848",
     3,
     2,
     5,
     "206325632187",
     "206139677296022485602014",
     "206139677296022485602014",
     "8969953316605530884281008",
     "206325632187"},
    {curve_version::base,
     100000000,
     53650032,
     0,
     {"21942429245360", "1905194452413", "1542196285334", "6137143109044", "1342365973710", "9507217101858", "7423869002867",
      "8722697061461940211023872"},
     {"10000000000000000000000000000", "1000000000000000000000000000000", "1000000000000000000000000000000",
      "1000000000000000000000000000000", "1000000000000000000000000000000", "1000000000000000000000000000000",
      "1000000000000000000000000000000", "1000000000000000000"},
     "36799829867463174498353548",
     6,
     0,
     8,
     "109014177321",
     "10816176616684",
     "10816176616684",
     "11097081715554",
     "109014177320"},
    {curve_version::ng,
     100000000,
     13718316,
     50000000000,
     {"446220599641503", "6047199878994"},
     {"11998680000000000000000000000", "1070619000000000000000000000000"},
     "11828305218231961615080189",
     0,
     1,
     2,
     "383747283049287",
     "4294401635606",
     "4294401635606",
     "1749628243713",
     "383711768497355"},
    {curve_version::ng,
     137,
     46087803,
     50000000000,
     {"114863671582388914225152", "79810204728534448", "4061283510185"},
     {"1665226000000000000", "12645110000000000000000000000", "1364264000000000000000000000000"},
     "102698145495535560491912042",
     1,
     0,
     3,
     "1680984698439369",
     "4715952503035102151629",
     "4751489355128605826443",
     "110056312389790503110266",
     "1680980848568388"},
    {curve_version::ng,
     100000000,
     44346886,
     20000000000,
     {"11379496517888", "24111620412323895479107584", "22475668000734996", "281868517841"},
     {"1723588000000000000000000000000", "1569557000000000000", "19585510000000000000000000000", "1028356000000000000000000000000"},
     "497630874000764562602789704",
     1,
     0,
     4,
     "11607124503635074821914624",
     "9787039302656",
     "9787039302656",
     "1565513079300",
     "11593590202581769018749233"},
    {curve_version::ng,
     200037,
     27530528,
     200000000000,
     {"2435860561520850301353984", "4325995127791", "13233067677077", "10099089183901340267446272", "37437978252711"},
     {"1372834000000000000", "1766513000000000000000000000000", "1030387000000000000000000000000", "1029294000000000000",
      "18284940000000000000000000000"},
     "35677577767022060252379578",
     4,
     0,
     5,
     "538198900075",
     "7350469060579104163795",
     "7350429640404417793410",
     "2428492874673391576191005",
     "538212163546"},
    {curve_version::ng,
     1037,
     17680355,
     10000000000,
     {"2555575110213938532319232", "668264571135806", "2996429606746890098966528", "4942655167495", "455046238663952100753408",
      "6629351177629", "759769080558887", "12541265720911157029502976"},
     {"1786579000000000000", "12090010000000000000000000000", "1501253000000000000", "1932195000000000000000000000000",
      "1187193000000000000", "1455003000000000000000000000000", "18274680000000000000000000000", "1666728000000000000"},
     "65659154955988651941453576",
     0,
     6,
     8,
     "5977154024835455253479424",
     "549746711859384",
     "549980301860010",
     "209301725222045",
     "5977154024835435262626467"},
};

curve_stable pool_of(const fact& f) {
    curve_stable p{.coins = f.coins,
                   .amplification = f.amplification,
                   .fee = f.fee,
                   .admin_fee = 5'000'000'000u,
                   .offpeg_fee_multiplier = f.multiplier,
                   .version = f.version};
    for (std::size_t k = 0; k < f.coins; ++k) {
        p.balances[k] = whole(f.balances[k]);
        p.rates[k] = whole(f.rates[k]);
    }
    return p;
}

// The same pool in doubles; amounts in units of 18 decimals, counted by the rates.
venue::stable in_doubles(const curve_stable& p) {
    venue::stable s{.coins = p.coins,
                    .amplification = static_cast<double>(p.amplification) / (p.version == curve_version::classic ? 1.0 : 100.0),
                    .fee = static_cast<double>(p.fee) * 1e-10,
                    .offpeg_fee_multiplier = p.version == curve_version::ng ? static_cast<double>(p.offpeg_fee_multiplier) * 1e-10 : 1.0,
                    .admin_share = static_cast<double>(p.admin_fee) * 1e-10};
    for (std::size_t k = 0; k < p.coins; ++k) {
        s.balances[k] = static_cast<double>(p.balances[k]);
        s.rates[k] = static_cast<double>(p.rates[k]) * 1e-36;
    }
    return s;
}

using dice = test::pool_dice;

curve_stable random_pool(dice& d, double spread) {
    curve_stable p;
    p.coins = 2 + d.below(7);
    const std::size_t v = d.below(3);
    p.version = v == 0 ? curve_version::classic : v == 1 ? curve_version::base : curve_version::ng;
    p.amplification = uint256::from_double(d.scale(1.0, 1e6)) * uint256{p.version == curve_version::classic ? 1u : 100u};
    p.fee = uint256::from_double(d.scale(1e5, 1e8));
    p.admin_fee = 5'000'000'000u;
    p.offpeg_fee_multiplier = uint256::from_double(d.scale(5e9, 2e11));
    const double size = d.scale(1e3, 1e9);
    for (std::size_t k = 0; k < p.coins; ++k) {
        const int decimals = static_cast<int>(6 + d.below(13));
        p.rates[k] = ten_to(36 - decimals);
        p.balances[k] = uint256::from_double(size * d.scale(1.0, spread) * std::pow(10.0, decimals));
    }
    return p;
}
}  // namespace

TEST_CASE("curve_stable: every version against a transcription of the contracts") {
    for (const fact& f : facts) {
        const curve_stable p = pool_of(f);
        CAPTURE(f.coins, f.amplification, f.amount);
        REQUIRE_FALSE(p.validate());
        CHECK(text(p.invariant()) == f.invariant);
        CHECK(text(p.get_dy(f.in, f.out, whole(f.amount))) == f.dy);
        CHECK(text(p.out_given_in(f.in, f.out, whole(f.amount))) == f.paid);
        CHECK(text(p.get_dx(f.in, f.out, whole(f.dy))) == f.dx);
        curve_stable moved = p;
        CHECK(text(moved.apply(f.in, f.out, whole(f.amount))) == f.paid);
        CHECK(moved.balances[f.out] == whole(f.left));
        CHECK(moved.balances[f.in] == p.balances[f.in] + whole(f.amount));
    }
}

TEST_CASE("curve_stable: the invariant of a pool far from even, as stableswap-ng's own tests have it") {
    const curve_stable p{.coins = 2,
                         .balances = {ten_to(23), ten_to(18)},
                         .rates = {ten_to(18), ten_to(18)},
                         .amplification = 1000u,
                         .version = curve_version::ng};
    CHECK(text(p.invariant()) == "9010395375710532394006");
    CHECK(in_doubles(p).invariant() * 1e18 == Approx(9010395375710532394006.0).epsilon(1e-15));
}

TEST_CASE("curve_stable: what 3pool said on the chain") {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: amm_onchain_quotes.csv is skipped");
        return;
    }
    const test::json all = test::json::load(std::string{folder} + "/market/amm_pools.json");
    const test::json& from = all["curve_3pool"];
    REQUIRE(from["reserves"].size() == 3);
    curve_stable p{.coins = 3,
                   .amplification = static_cast<std::uint64_t>(from["amplification_A"].number()),
                   .fee = uint256::from_double(std::round(from["fee_bps"].number() * 1e6)),
                   .admin_fee = 5'000'000'000u};
    for (std::size_t k = 0; k < 3; ++k) {
        p.balances[k] = whole(from["reserves"][k].text());
        p.rates[k] = ten_to(36 - static_cast<int>(from["decimals"][k].number()));
    }
    REQUIRE_FALSE(p.validate());
    const auto index = [&](const std::string& name) {
        for (std::size_t k = 0; k < 3; ++k)
            if (from["tokens"][k].text() == name) return k;
        return std::size_t{99};
    };
    std::ifstream file{std::string{folder} + "/reference/amm_onchain_quotes.csv"};
    int rows = 0;
    for (std::string line; std::getline(file, line);) {
        std::vector<std::string> cells;
        std::istringstream cut{line};
        for (std::string cell; std::getline(cut, cell, ',');) cells.push_back(cell);
        if (cells.size() < 6 || cells[0] != "curve_3pool") continue;
        ++rows;
        CAPTURE(line);
        const std::size_t in = index(cells[2]);
        const std::size_t out = index(cells[3]);
        const answer said = p.get_dy(in, out, whole(cells[4]));
        CHECK(text(said) == cells[5]);
        // In doubles to 1e-13, and a unit of each rounding.
        const double near = in_doubles(p).out(in, out, static_cast<double>(whole(cells[4])));
        CHECK(near == Approx(static_cast<double>(said.amount)).epsilon(1e-13).margin(3.0));
        // What the exchange pays is at most one unit away, and it takes no more than was given.
        const answer paid = p.out_given_in(in, out, whole(cells[4]));
        CHECK((paid.amount <= said.amount + uint256{1} && said.amount <= paid.amount + uint256{1}));
        CHECK(p.in_given_out(in, out, paid.amount).amount <= whole(cells[4]));
    }
    CHECK(rows == 5);
}

// Doubles are within a relative 1e-12 (where the fee changes, 1.6e-10: the contract rounds it) and the roundings of the contract: some units of 1e-18 in D and y (the scaled balances), which count as
// much as the price says, and one of either coin.
TEST_CASE("curve_stable: the pool in doubles beside the one in integers") {
    dice d{std::mt19937_64{11}};
    double worst = 0.0;
    int without = 0;
    for (int trial = 0; trial < 600; ++trial) {
        const curve_stable p = random_pool(d, trial % 2 == 0 ? 1e2 : 1e6);
        REQUIRE_FALSE(p.validate());
        const venue::stable s = in_doubles(p);
        REQUIRE_FALSE(s.validate());
        const answer invariant = p.invariant();
        CAPTURE(trial, p.coins, text(invariant), s.invariant());
        if (!invariant) {  // as on the chain: the product of many coins, far apart, is too large
            ++without;
            CHECK((p.coins > 4 && trial % 2 == 1));
            continue;
        }
        CHECK(std::fabs(s.invariant() * 1e18 - static_cast<double>(invariant.amount)) <= 1e-14 * s.invariant() * 1e18 + 4.0);
        const bool changing = s.offpeg_fee_multiplier > 1.0;  // then the contract rounds the fee to 1e-10; it is at most 0.2
        for (std::size_t in = 0; in < p.coins; ++in)
            for (std::size_t out = 0; out < p.coins; ++out) {
                if (in == out) continue;
                const uint256 amount = uint256::from_double(d.scale(1e-6, 3.0) * s.balances[in]);
                const answer a = p.out_given_in(in, out, amount);
                const double x = static_cast<double>(amount);
                const double want = s.out(in, out, x);
                CAPTURE(trial, in, out, x, want, text(a), p.coins);
                if (!a) {
                    CHECK(want * s.rates[out] * 1e18 < 1e3);  // less than the contract's roundings
                    continue;
                }
                // D is whole, and y too: a unit of either, at the price of the trade.
                const double price = s.curve(in, out, x).marginal(0.0).low * s.rates[out] / s.rates[in];
                const double unit = 1e-18 / s.rates[out];
                const double slack = (changing ? 1.6e-10 : 1e-12) * want + 2.0 + unit * (8.0 + 8.0 * price) * static_cast<double>(p.coins);
                const double off = std::fabs(want - static_cast<double>(a.amount));
                worst = std::max(worst, off / slack);
                CHECK(off <= slack);
            }
    }
    CAPTURE(worst);
    CHECK(worst > 0.0);
    CHECK(without < 40);
}

TEST_CASE("curve_stable: the least that has to go in, and pools that never lose") {
    dice d{std::mt19937_64{12}};
    int found = 0;
    for (int trial = 0; trial < 150; ++trial) {
        curve_stable p = random_pool(d, 30.0);
        const std::size_t in = d.below(p.coins);
        const std::size_t out = (in + 1 + d.below(p.coins - 1)) % p.coins;
        const uint256 wanted = uint256::from_double(d.scale(1e-6, 0.9) * static_cast<double>(p.balances[out]));
        const answer a = p.in_given_out(in, out, wanted);
        CAPTURE(trial, text(a));
        if (a) {
            ++found;
            CHECK(p.out_given_in(in, out, a.amount).amount >= wanted);
            if (a.amount > uint256{1}) {
                const answer less = p.out_given_in(in, out, a.amount - uint256{1});
                CHECK((!less || less.amount < wanted));
            }
            const answer before = p.invariant();
            const answer paid = p.apply(in, out, a.amount);
            REQUIRE(paid);
            CHECK(p.invariant().amount + uint256{1} >= before.amount);
        }
    }
    CHECK(found > 100);
}

TEST_CASE("curve_stable: there and back never pays, in either direction of all pairs") {
    dice d{std::mt19937_64{13}};
    for (int trial = 0; trial < 60; ++trial) {
        curve_stable p = random_pool(d, 10.0);
        const curve_stable begun = p;
        for (std::size_t in = 0; in < p.coins; ++in)
            for (std::size_t out = 0; out < p.coins; ++out) {
                if (in == out) continue;
                p = begun;
                const uint256 amount = uint256::from_double(d.scale(1e-3, 1.0) * static_cast<double>(p.balances[in]));
                const answer there = p.apply(in, out, amount);
                if (!there || !there.amount) continue;
                const answer back = p.apply(out, in, there.amount);
                if (back) CHECK(back.amount <= amount);
            }
    }
}

TEST_CASE("curve_stable: what is refused") {
    const curve_stable p = pool_of(facts[1]);
    CHECK(p.out_given_in(0, 0, 5).why == refusal::same_token);
    CHECK(p.out_given_in(0, 3, 5).why == refusal::unknown_token);
    CHECK(p.out_given_in(7, 0, 5).why == refusal::unknown_token);
    CHECK(p.out_given_in(0, 1, 0).why == refusal::zero_amount);
    CHECK(p.in_given_out(0, 1, 0).why == refusal::zero_amount);
    CHECK(p.in_given_out(0, 1, p.balances[1]).why == refusal::beyond_liquidity);
    CHECK(p.in_given_out(0, 1, p.balances[1] + uint256{1}).why == refusal::beyond_liquidity);
    CHECK(p.get_dx(0, 1, p.balances[1]).why == refusal::beyond_liquidity);
    CHECK(p.out_given_in(0, 1, uint256::largest()).why == refusal::overflow);
    curve_stable empty = p;
    empty.balances[2] = 0;
    CHECK(empty.out_given_in(0, 1, 5).why == refusal::no_liquidity);
    CHECK(empty.apply(0, 1, 5).why == refusal::no_liquidity);
    CHECK(curve_stable{}.out_given_in(0, 1, 5).why == refusal::unknown_token);
    CHECK_FALSE(curve_stable{}.invariant());
    // The last unit: what the pool holds is never all given.
    const answer all_but_one = p.in_given_out(0, 1, p.balances[1] - uint256{1});
    if (all_but_one) CHECK(p.out_given_in(0, 1, all_but_one.amount).amount >= p.balances[1] - uint256{1});
    // A refusal moves nothing.
    curve_stable same = p;
    CHECK_FALSE(same.apply(0, 1, uint256::largest()));
    CHECK((same.balances[0] == p.balances[0] && same.balances[1] == p.balances[1]));
}

TEST_CASE("curve_stable: what is no pool, and named") {
    const auto fault = [](auto change) {
        curve_stable p = pool_of(facts[9]);
        change(p);
        const configuration_fault f = p.validate();
        return std::string{f ? f.parameter : ""};
    };
    CHECK(fault([](curve_stable&) {}).empty());
    CHECK(fault([](curve_stable& p) { p.coins = 1; }) == "curve_stable.coins");
    CHECK(fault([](curve_stable& p) { p.coins = 9; }) == "curve_stable.coins");
    CHECK(fault([](curve_stable& p) { p.rates[1] = 0; }) == "curve_stable.rates");
    CHECK(fault([](curve_stable& p) { p.amplification = 99; }) == "curve_stable.amplification");
    CHECK(fault([](curve_stable& p) { p.amplification = 100'000'001; }) == "curve_stable.amplification");
    CHECK(fault([](curve_stable& p) { p.version = curve_version::classic, p.amplification = 1'000'001; }) == "curve_stable.amplification");
    CHECK(fault([](curve_stable& p) { p.fee = 5'000'000'001u; }) == "curve_stable.fee");
    CHECK(fault([](curve_stable& p) { p.admin_fee = 10'000'000'001u; }) == "curve_stable.admin_fee");
    CHECK(fault([](curve_stable& p) { p.offpeg_fee_multiplier = uint256::largest(); }) == "curve_stable.offpeg_fee_multiplier");
}
