#include <ballast/venue/contract/balancer_stable.hpp>

#include <ballast/venue/stable.hpp>

#include "support/catch.hpp"
#include "support/json.hpp"
#include "support/pool_dice.hpp"

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

using namespace ballast;
using venue::contract::answer;
using venue::contract::balancer_stable;
using venue::contract::refusal;

static_assert(std::is_aggregate_v<balancer_stable> && std::is_trivially_copyable_v<balancer_stable>);

namespace {

uint256 whole(std::string_view decimal) { return uint256::from_decimal(decimal).value(); }
std::string text(const answer& a) { return a ? std::string{a.amount.to_decimal().view()} : std::string{to_string(a.why)}; }

// What a transcription of the contract in another language, with its integers of any size, says of random pools.
struct fact {
    std::uint64_t amplification, fee;
    std::vector<std::string> balances, scaling;
    std::string invariant;
    std::size_t in, out, tokens;
    std::string given_in, out_for_it, given_out, in_for_it;
};
const std::vector<fact> facts{
    {100000,
     5278618072501389,
     {"434375627320728144052224", "826329096563"},
     {"1552160000000000000", "1785903000000000000000000000000"},
     "2148250108504587722015832",
     0,
     1,
     2,
     "638273814802023317504",
     "557286026",
     "312098124581",
     "360041224448752897989200"},
    {5000000,
     9581504935936893,
     {"1282989307693", "845814475709"},
     {"1954222000000000000000000000000", "1775864000000000000000000000000"},
     "4009270522644606691507913",
     0,
     1,
     2,
     "1086046026696",
     "845486969024",
     "591291167659",
     "542819965966"},
    {1000,
     4477472857980052,
     {"1220452289705653947072512", "386799331709", "7622123410852"},
     {"1180718000000000000", "1148435000000000000000000000000", "1496493000000000000000000000000"},
     "8240759861330477529430919",
     0,
     1,
     3,
     "188979994804244480000",
     "66826720",
     "34376017283",
     "105209129164426483338966"},
    {5000000,
     8612537450125589,
     {"44380514518386", "506047577720370453544960", "693038271545"},
     {"17969100000000000000000000000", "1937439000000000000", "1956813000000000000000000000000"},
     "3134044794303537413749529",
     2,
     0,
     3,
     "97104126980",
     "10481577726005",
     "35016465526383",
     "324603020347"},
    {100000,
     4560585140163972,
     {"46123498575718", "228140772663787400462336", "132359894835", "204127746731478"},
     {"11437950000000000000000000000", "1436875000000000000", "1127529000000000000000000000000", "14114230000000000000000000000"},
     "3792198317263365949872751",
     1,
     3,
     4,
     "221997532185711607808",
     "28539195537",
     "174998964654938",
     "1714363613227828627769559"},
    {1000,
     1888543106420243,
     {"30784999062642", "6934967308421", "309244749001", "545593010613799396311040", "330425305359"},
     {"11693090000000000000000000000", "17406330000000000000000000000", "1452483000000000000000000000000", "1540651000000000000",
      "1423425000000000000000000000000"},
     "2044274216252563217780442",
     0,
     2,
     5,
     "51520634711",
     "472410795",
     "252159071648",
     "67571932465978"},
    {100000,
     4007546739678418,
     {"1761223388884", "1597318432893", "330938921318", "829765893102", "3237063966246343960166400"},
     {"1858761000000000000000000000000", "19919540000000000000000000000", "1271171000000000000000000000000",
      "14256670000000000000000000000", "1156623000000000000"},
     "4553126884546650739201525",
     0,
     2,
     5,
     "1343698415245",
     "223483146137",
     "135334955199",
     "552097796900"},
    {1500000,
     9704081454547406,
     {"599839661662455795286016", "134111156516652939476992"},
     {"1423601000000000000", "1399248000000000000"},
     "1041346976666286547264069",
     0,
     1,
     2,
     "473850929041886281728",
     "476253208234406619696",
     "87209913407243615731712",
     "87182696146897393996700"},
    {1000,
     1582706637469267,
     {"1820072816694385509924864", "196063117851800180359168", "208303171454329627344896"},
     {"1616989000000000000", "1227218000000000000", "1831116000000000000"},
     "2531568687791481235843222",
     1,
     2,
     3,
     "1271154060231838269440",
     "1257522036831915784151",
     "50657226239165083942912",
     "64938123882627805165305"},
    {10000,
     9065764460507109,
     {"97057977445460394115072", "141057733694594765291520", "1717046879844059578368", "6909242639649785398689792",
      "437140626683064028758016"},
     {"1007989000000000000", "1445860000000000000", "1213662000000000000", "1380141000000000000", "1978463000000000000"},
     "2746624585362570146693289",
     1,
     0,
     5,
     "44001024371294060544",
     "30384677967613774206",
     "15034020178871917215744",
     "25638338946662213948643"},
};

balancer_stable pool_of(const fact& f) {
    balancer_stable p{.tokens = f.tokens, .amplification = f.amplification, .swap_fee = f.fee};
    for (std::size_t k = 0; k < f.tokens; ++k) {
        p.balances[k] = whole(f.balances[k]);
        p.scaling[k] = whole(f.scaling[k]);
    }
    return p;
}

venue::stable in_doubles(const balancer_stable& p) {
    venue::stable s{.coins = p.tokens,
                    .amplification = static_cast<double>(p.amplification) * 1e-3,
                    .fee = static_cast<double>(p.swap_fee) * 1e-18,
                    .fee_from = venue::fee_side::input};
    for (std::size_t k = 0; k < p.tokens; ++k) {
        s.balances[k] = static_cast<double>(p.balances[k]);
        s.rates[k] = static_cast<double>(p.scaling[k]) * 1e-36;
    }
    return s;
}

using dice = test::pool_dice;

balancer_stable random_pool(dice& d, double spread) {
    balancer_stable p;
    p.tokens = 2 + d.below(4);
    p.amplification = uint256::from_double(d.scale(1e3, 5e6));
    p.swap_fee = uint256::from_double(d.scale(1e12, 1e17));
    const double size = d.scale(1e3, 1e8);
    for (std::size_t k = 0; k < p.tokens; ++k) {
        const int decimals = static_cast<int>(6 + d.below(13));
        p.scaling[k] = uint256::from_double(std::pow(10.0, 36 - decimals) * (1.0 + d.unit()));
        p.balances[k] = uint256::from_double(size * d.scale(1.0, spread) * std::pow(10.0, decimals));
    }
    return p;
}
}  // namespace

TEST_CASE("balancer_stable: against a transcription of the contract") {
    for (const fact& f : facts) {
        const balancer_stable p = pool_of(f);
        CAPTURE(f.tokens, f.amplification);
        REQUIRE_FALSE(p.validate());
        CHECK(text(p.invariant()) == f.invariant);
        CHECK(text(p.out_given_in(f.in, f.out, whole(f.given_in))) == f.out_for_it);
        CHECK(text(p.in_given_out(f.in, f.out, whole(f.given_out))) == f.in_for_it);
    }
}

TEST_CASE("balancer_stable: published cases") {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: defi_cases.json is skipped");
        return;
    }
    const test::json cases = test::json::load(std::string{folder} + "/reference/defi_cases.json");
    const auto scaled = [](double x) { return uint256::from_double(std::round(x * 1e9)) * uint256{1'000'000'000u}; };
    const uint256 one = scaled(1.0);
    {
        const test::json& c = cases.by_id("stable-inv-extreme");
        balancer_stable p{.tokens = 3, .amplification = uint256::from_double(c["input"]["A"].number() * 1e3)};
        for (std::size_t k = 0; k < 3; ++k) {
            p.balances[k] = scaled(c["input"]["balances"][k].number());
            p.scaling[k] = one;
        }
        REQUIRE_FALSE(p.validate());
        const answer d = p.invariant();
        REQUIRE(d);
        CHECK(static_cast<double>(d.amount) * 1e-18 == Approx(c["expected"]["invariant"].number()).epsilon(1e-9));
        CHECK(in_doubles(p).invariant() == Approx(c["expected"]["invariant"].number()).epsilon(1e-14));
    }
    {
        const test::json& c = cases.by_id("stable-in-2");
        balancer_stable p{.tokens = 2, .amplification = uint256::from_double(c["input"]["A"].number() * 1e3)};
        for (std::size_t k = 0; k < 2; ++k) {
            p.balances[k] = scaled(c["input"]["balances"][k].number());
            p.scaling[k] = one;
        }
        const answer in = p.in_given_out(0, 1, scaled(c["input"]["amount_out"].number()));
        REQUIRE(in);
        CHECK(static_cast<double>(in.amount) * 1e-18 == Approx(c["expected"]["amount_in"].number()).epsilon(1e-12));
    }
}

// Doubles are within a relative 1e-12, and the roundings of the contract: some 1e-18 of the scaled balances at the price, one unit of either.
TEST_CASE("balancer_stable: the pool in doubles beside the one in integers") {
    dice d{std::mt19937_64{21}};
    int compared = 0;
    int without = 0;
    for (int trial = 0; trial < 500; ++trial) {
        const balancer_stable p = random_pool(d, trial % 2 == 0 ? 1e2 : 1e4);
        REQUIRE_FALSE(p.validate());
        const venue::stable s = in_doubles(p);
        REQUIRE_FALSE(s.validate());
        const answer invariant = p.invariant();
        CAPTURE(trial, p.tokens, text(invariant), s.invariant(), static_cast<double>(p.amplification));
        if (!invariant) {  // as on the chain: see below
            ++without;
            CHECK(invariant.why == refusal::no_convergence);
            continue;
        }
        CHECK(std::fabs(s.invariant() * 1e18 - static_cast<double>(invariant.amount)) <= 1e-14 * s.invariant() * 1e18 + 4.0);
        for (std::size_t in = 0; in < p.tokens; ++in)
            for (std::size_t out = 0; out < p.tokens; ++out) {
                if (in == out) continue;
                const auto c = s.curve(in, out);
                const double unit_out = 1e-18 / s.rates[out];
                const double unit_in = 1e-18 / s.rates[in];
                const double price = c.marginal(0.0).low;
                const uint256 amount = uint256::from_double(d.scale(1e-6, 3.0) * s.balances[in]);
                const answer a = p.out_given_in(in, out, amount);
                const double want = c.out(static_cast<double>(amount));
                CAPTURE(trial, in, out, want, text(a), p.tokens);
                if (a) {
                    ++compared;
                    const double roundings = (16.0 * unit_out + 16.0 * unit_in * price + price + 2.0) * static_cast<double>(p.tokens);
                    CHECK(std::fabs(want - static_cast<double>(a.amount)) <= 1e-12 * want + roundings);
                }
                const uint256 taken = uint256::from_double(d.scale(1e-6, 0.9) * s.balances[out]);
                const answer b = p.in_given_out(in, out, taken);
                if (!b) continue;
                const double need = c.in(static_cast<double>(taken));
                const double after = c.marginal(need).low;
                CAPTURE(need, text(b));
                CHECK(std::fabs(need - static_cast<double>(b.amount)) <=
                      1e-12 * need +
                          (16.0 * unit_in + 16.0 * (unit_out + 1.0) / after + 2.0) * static_cast<double>(p.tokens) / (1.0 - s.fee));
            }
    }
    CHECK(compared > 3'000);
    CHECK(without < 5);
}

// The steps of the contract's D go to and fro by 5 for ever here, as those of a transcription do: nobody can trade in such a pool.
TEST_CASE("balancer_stable: an iteration that does not end") {
    const uint256 one = 1'000'000'000'000'000'000u;
    balancer_stable p{.tokens = 4,
                      .balances = {whole("45115886739862008368482727"), whole("21666826186426505970137821"),
                                   whole("169647505655337891353132"), whole("24782948178147836200053")},
                      .scaling = {one, one, one, one},
                      .amplification = 14'370u};
    REQUIRE_FALSE(p.validate());
    CHECK(p.invariant().why == refusal::no_convergence);
    CHECK(p.out_given_in(0, 1, one).why == refusal::no_convergence);
    CHECK(p.in_given_out(0, 1, one).why == refusal::no_convergence);
    CHECK(p.apply(0, 1, one).why == refusal::no_convergence);
    CHECK(in_doubles(p).invariant() == Approx(19591524.7524666116 * 1e18 * 1e-18).epsilon(1e-14));
}

TEST_CASE("balancer_stable: out for what has to go in is what was asked for, and the pool never loses") {
    dice d{std::mt19937_64{22}};
    int done = 0;
    for (int trial = 0; trial < 300; ++trial) {
        balancer_stable p = random_pool(d, 30.0);
        const std::size_t in = d.below(p.tokens);
        const std::size_t out = (in + 1 + d.below(p.tokens - 1)) % p.tokens;
        const uint256 wanted = uint256::from_double(d.scale(1e-6, 0.9) * static_cast<double>(p.balances[out]));
        const answer a = p.in_given_out(in, out, wanted);
        if (!a) continue;
        const answer got = p.out_given_in(in, out, a.amount);
        if (!got) continue;
        ++done;
        // A unit of what goes in may be worth several of what comes out.
        const double price = in_doubles(p).curve(in, out).marginal(0.0).low;
        CHECK(static_cast<double>(got.amount) >= static_cast<double>(wanted) * (1.0 - 1e-15) - 2.0 - 2.0 * price);
        const answer before = p.invariant();
        const balancer_stable begun = p;
        const answer paid = p.apply(in, out, a.amount);
        REQUIRE(paid);
        CHECK(paid.amount == got.amount);
        CHECK(p.balances[in] == begun.balances[in] + a.amount);
        CHECK(p.balances[out] == begun.balances[out] - paid.amount);
        CHECK(p.invariant().amount + uint256{1} >= before.amount);
        const answer back = p.out_given_in(out, in, paid.amount);
        if (back) CHECK(back.amount <= a.amount);
    }
    CHECK(done > 200);
}

TEST_CASE("balancer_stable: what is refused, and what is no pool") {
    const balancer_stable p = pool_of(facts[2]);
    CHECK(p.out_given_in(0, 0, 5).why == refusal::same_token);
    CHECK(p.out_given_in(0, 3, 5).why == refusal::unknown_token);
    CHECK(p.out_given_in(0, 1, 0).why == refusal::zero_amount);
    CHECK(p.in_given_out(0, 1, 0).why == refusal::zero_amount);
    CHECK(p.in_given_out(0, 1, p.balances[1]).why == refusal::beyond_liquidity);
    CHECK(p.out_given_in(0, 1, uint256::power_of_two(112)).why == refusal::overflow);
    CHECK(p.out_given_in(0, 1, uint256::power_of_two(112) - p.balances[0]).why == refusal::overflow);
    balancer_stable empty = p;
    empty.balances[2] = 0;
    CHECK(empty.out_given_in(0, 1, 5).why == refusal::no_liquidity);
    CHECK_FALSE(balancer_stable{}.invariant());
    const auto fault = [&](auto change) {
        balancer_stable q = p;
        change(q);
        const configuration_fault f = q.validate();
        return std::string{f ? f.parameter : ""};
    };
    CHECK(fault([](balancer_stable&) {}).empty());
    CHECK(fault([](balancer_stable& q) { q.tokens = 6; }) == "balancer_stable.tokens");
    CHECK(fault([](balancer_stable& q) { q.balances[0] = uint256::power_of_two(112); }) == "balancer_stable.balances");
    CHECK(fault([](balancer_stable& q) { q.scaling[0] = 0; }) == "balancer_stable.scaling");
    CHECK(fault([](balancer_stable& q) { q.amplification = 999; }) == "balancer_stable.amplification");
    CHECK(fault([](balancer_stable& q) { q.amplification = 5'000'001; }) == "balancer_stable.amplification");
    CHECK(fault([](balancer_stable& q) { q.swap_fee = 1'000'000'000'000'000'000u; }) == "balancer_stable.swap_fee");
}
