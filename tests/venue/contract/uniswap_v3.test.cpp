#include <ballast/venue/contract/uniswap_v3.hpp>

#include "support/catch.hpp"
#include "support/onchain_quotes.hpp"
#include "support/uniswap_v3_swaps.hpp"

#include <ballast/venue/concentrated.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

// Against the chain, against the contract's own tests, and against the same steps in Python's whole numbers.

using namespace ballast;
using ballast::venue::concentrated;
using ballast::venue::concentrated_edge;
using ballast::venue::contract::refusal;
using ballast::venue::contract::uniswap_v3;
using ballast::venue::contract::uniswap_v3_swap;
using ballast::venue::contract::uniswap_v3_tick;
namespace v3 = ballast::detail::v3;

namespace {

static_assert(std::is_aggregate_v<uniswap_v3> && std::is_trivially_copyable_v<uniswap_v3>);
static_assert(uniswap_v3::sqrt_price_at_tick(0) == v3::one_ratio);  // in the compiler

std::string text(const uint256& n) { return std::string{n.to_decimal().view()}; }

/// A pool that owns its ticks.
struct pool {
    std::vector<uniswap_v3_tick> ticks{};
    uint256 price{};
    std::int32_t tick = 0;
    std::uint32_t fee = 3000;
    std::int32_t spacing = 60;

    void add(std::int32_t lower, std::int32_t upper, uint128 liquidity) {
        change(lower, static_cast<int128>(liquidity));
        change(upper, -static_cast<int128>(liquidity));
    }
    [[nodiscard]] uniswap_v3 made() const {
        uniswap_v3 p{ticks, price, tick, 0, fee, spacing};
        p.liquidity = p.liquidity_at(tick);
        return p;
    }

private:
    void change(std::int32_t index, int128 net) {
        auto at = std::find_if(ticks.begin(), ticks.end(), [&](const uniswap_v3_tick& t) { return t.index >= index; });
        if (at == ticks.end() || at->index != index) at = ticks.insert(at, {index, 0});
        at->net += net;
        if (at->net == 0) ticks.erase(at);
    }
};

pool at_price(const uint256& price, std::uint32_t fee, std::int32_t spacing) {
    pool p;
    p.price = price;
    p.tick = uniswap_v3::tick_at_sqrt_price(price);
    p.fee = fee;
    p.spacing = spacing;
    return p;
}

/// SplitMix64 (Steele, Lea and Flood 2014), which the reference in Python has too.
class draws {
public:
    explicit draws(std::uint64_t seed) : x_{seed} {}
    std::uint64_t operator()() {
        std::uint64_t z = x_ += 0x9E3779B97F4A7C15u;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }
    std::int32_t below(std::int32_t n) { return static_cast<std::int32_t>((*this)() % static_cast<std::uint64_t>(n)); }

private:
    std::uint64_t x_;
};

/// Some positions around a price, narrow and wide; the price on a tick or between two.
pool random_pool(draws& r) {
    const auto kind = static_cast<std::size_t>(r() % 4);
    pool p;
    p.spacing = std::array{1, 10, 60, 200}[kind];
    p.fee = std::array{100u, 500u, 3000u, 10000u}[kind];
    const std::int32_t centre = (r.below(800001) - 400000) / p.spacing * p.spacing;
    const int n = 1 + r.below(8);
    const std::int32_t end = 887272 / p.spacing * p.spacing;
    for (int k = 0; k < n; ++k) {
        std::int32_t lower = centre + (r.below(4001) - 2000) * p.spacing;
        const bool wide = r() % 2 != 0;
        std::int32_t upper = lower + (1 + r.below(wide ? 3000 : 20)) * p.spacing;
        lower = std::clamp(lower, -end, end);
        upper = std::clamp(upper, -end, end);
        std::uint64_t a = r();
        a >>= r() % 56;
        const uint128 liquidity = (uint128{a} + 1) << (r() % 40);
        if (lower < upper) p.add(lower, upper, liquidity);
    }
    p.tick = std::clamp(centre + r.below(4000 * p.spacing) - 2000 * p.spacing, -887271, 887270);
    p.price = uniswap_v3::sqrt_price_at_tick(p.tick);
    const std::uint64_t part = r();
    if (r() % 4 != 0) p.price += (uniswap_v3::sqrt_price_at_tick(p.tick + 1) - p.price) * uint256{part} >> 64;
    return p;
}

uint256 random_amount(draws& r) {
    std::uint64_t a = r();
    a >>= r() % 64;
    return (uint256{a} + 1) << static_cast<int>(r() % 90);
}

class digest {
public:
    void mix(std::uint64_t word) { h_ = (h_ ^ word) * 1099511628211u; }
    void mix(const uint256& n, std::size_t words = 4) {
        for (std::size_t k = 0; k < words; ++k) mix(n.word(k));
    }
    [[nodiscard]] std::uint64_t value() const { return h_; }

private:
    std::uint64_t h_ = 14695981039346656037u;
};

}  // namespace

TEST_CASE("contract::uniswap_v3: prices at ticks", "[venue]") {
    CHECK(text(uniswap_v3::sqrt_price_at_tick(-887272)) == "4295128739");
    CHECK(text(uniswap_v3::sqrt_price_at_tick(887272)) == "1461446703485210103287273052203988822378723970342");
    CHECK(uniswap_v3::sqrt_price_at_tick(887273) == uint256{});
    CHECK(uniswap_v3::sqrt_price_at_tick(-887273) == uint256{});
    // TickMath.spec.ts and its snapshot.
    const std::pair<std::int32_t, const char*> known[] = {
        {-887271, "4295343490"},
        {887271, "1461373636630004318706518188784493106690254656249"},
        {-50, "79030349367926598376800521322"},
        {-100, "78833030112140176575862854579"},
        {-250, "78244023372248365697264290337"},
        {-500, "77272108795590369356373805297"},
        {-1000, "75364347830767020784054125655"},
        {-2500, "69919044979842180277688105136"},
        {-3000, "68192822843687888778582228483"},
        {-4000, "64867181785621769311890333195"},
        {-5000, "61703726247759831737814779831"},
        {-50000, "6504256538020985011912221507"},
        {-150000, "43836292794701720435367485"},
        {-250000, "295440463448801648376846"},
        {-500000, "1101692437043807371"},
        {-738203, "7409801140451"},
        {50, "79426470787362580746886972461"},
        {100, "79625275426524748796330556128"},
        {250, "80224679980005306637834519095"},
        {500, "81233731461783161732293370115"},
        {1000, "83290069058676223003182343270"},
        {2500, "89776708723587163891445672585"},
        {3000, "92049301871182272007977902845"},
        {4000, "96768528593268422080558758223"},
        {5000, "101729702841318637793976746270"},
        {50000, "965075977353221155028623082916"},
        {150000, "143194173941309278083010301478497"},
        {250000, "21246587762933397357449903968194344"},
        {500000, "5697689776495288729098254600827762987878"},
        {738203, "847134979253254120489401328389043031315994541"},
    };
    for (const auto& [tick, price] : known) CHECK(text(uniswap_v3::sqrt_price_at_tick(tick)) == price);

    // Every seventh, in Python's whole numbers.
    digest all;
    for (std::int32_t t = -887272; t <= 887272; t += 7) all.mix(uniswap_v3::sqrt_price_at_tick(t), 3);
    CHECK(all.value() == 0x17620097f608d3c3u);

    // Powers of two, √1.0001^tick·2^96 from Python's decimal module: right to 3e-18, and rounded up.
    for (const auto& [tick, exact] : {std::pair{1, 79232123823359799118286999567.0L},
                                      {65536, 2098478828474011932436660412517.007L},
                                      {-65536, 2991262837734375505310244436.953L},
                                      {131072, 55581415166113811149459800483533.890L},
                                      {-262144, 160982827401375763736068.109L},
                                      {-524288, 327099227039063106.267L}}) {
        const auto reckoned = static_cast<long double>(static_cast<double>(uniswap_v3::sqrt_price_at_tick(tick)));
        CHECK(std::fabs(static_cast<double>(reckoned / exact - 1.0L)) < 1.2e-16);
    }
}

TEST_CASE("contract::uniswap_v3: the tick of a price is the highest that is not above it", "[venue]") {
    // TickMath.spec.ts and its snapshot.
    const std::pair<const char*, std::int32_t> known[] = {
        {"4295128739", -887272},
        {"79228162514264337593543", -276325},
        {"79228162514264337593543950", -138163},
        {"9903520314283042199192993792", -41591},
        {"28011385487393069959365969113", -20796},
        {"56022770974786139918731938227", -6932},
        {"79228162514264337593543950336", 0},
        {"112045541949572279837463876454", 6931},
        {"224091083899144559674927752909", 20795},
        {"633825300114114700748351602688", 41590},
        {"79228162514264337593543950336000", 138162},
        {"79228162514264337593543950336000000", 276324},
        {"1461446703485210103287273052203988822378723970341", 887271},
    };
    for (const auto& [price, tick] : known) CHECK(uniswap_v3::tick_at_sqrt_price(test::whole(price)) == tick);
    CHECK(uniswap_v3::tick_at_sqrt_price(uint256{}) == -887272);
    CHECK(uniswap_v3::tick_at_sqrt_price(uint256::largest()) == 887271);

    draws r{2};
    const auto inverse = [](std::int32_t t) {
        const uint256 at = uniswap_v3::sqrt_price_at_tick(t);
        const uint256 next = uniswap_v3::sqrt_price_at_tick(t + 1);
        return at < next && uniswap_v3::tick_at_sqrt_price(at) == t && uniswap_v3::tick_at_sqrt_price(next - 1) == t &&
               uniswap_v3::tick_at_sqrt_price((at + next) >> 1) == t;
    };
    std::size_t right = 0;
    for (int k = 0; k < 20'000; ++k) right += inverse(r.below(2 * 887272) - 887272) ? 1u : 0u;
    CHECK(right == 20'000);
    for (std::int32_t t = -887272; t < -886272; ++t) REQUIRE(inverse(t));
    for (std::int32_t t = 886272; t < 887272; ++t) REQUIRE(inverse(t));
    for (std::int32_t t = -500; t < 500; ++t) REQUIRE(inverse(t));
    for (int k = 0; k < 20; ++k)
        for (const int d : {-1, 0, 1}) REQUIRE((inverse((1 << k) % 887272 + d) && inverse(-((1 << k) % 887272) + d)));
}

TEST_CASE("contract::uniswap_v3: the next price and one step (SqrtPriceMath.spec.ts, SwapMath.spec.ts)", "[venue]") {
    const uint256 one = v3::one_ratio;
    const uint256 most = uint256::largest();
    constexpr std::uint64_t ether = 1'000'000'000'000'000'000u;
    const auto in = [](const uint256& p, uint128 l, const uint256& x, bool down) {
        const v3::moved m = v3::move_by_input(p, l, x, down);
        return m.reached ? text(m.ratio) : "refused";
    };
    const auto out = [](const uint256& p, uint128 l, const uint256& x, bool down) {
        const v3::moved m = v3::move_by_output(p, l, x, down);
        return m.reached ? text(m.ratio) : "refused";
    };
    CHECK(in(0, 0, ether / 10, false) == "refused");
    CHECK(in(1, 0, ether / 10, true) == "refused");
    CHECK(in(uint256::power_of_two(160) - 1, 1024, 1024, false) == "refused");
    CHECK(in(1, 1, uint256::power_of_two(255), true) == "1");
    CHECK(in(one, ether / 10, 0, true) == text(one));
    CHECK(in(one, ether / 10, 0, false) == text(one));
    const uint256 highest = uint256::power_of_two(160) - 1;
    const uint128 all = ~uint128{0};
    CHECK(in(highest, all, most - (uint256{all} << 96) / highest, true) == "1");
    CHECK(in(one, ether, ether / 10, false) == "87150978765690771352898345369");
    CHECK(in(one, ether, ether / 10, true) == "72025602285694852357767227579");
    CHECK(in(one, uint128{ether} * 10, uint256::power_of_two(100), true) == "624999999995069620");
    CHECK(in(one, 1, most >> 1, true) == "1");
    const uint256 price = 20282409603651670423947251286016_u256;
    CHECK(out(price, 1024, 4, false) == "refused");
    CHECK(out(price, 1024, 5, false) == "refused");
    CHECK(out(price, 1024, 262145, true) == "refused");
    CHECK(out(price, 1024, 262144, true) == "refused");
    CHECK(out(price, 1024, 262143, true) == "77371252455336267181195264");
    CHECK(out(one, ether / 10, 0, true) == text(one));
    CHECK(out(one, ether, ether / 10, false) == "88031291682515930659493278152");
    CHECK(out(one, ether, ether / 10, true) == "71305346262837903834189555302");
    CHECK(out(one, 1, most, true) == "refused");
    CHECK(out(one, 1, most, false) == "refused");

    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: defi_cases.json is skipped");
        return;
    }
    const test::json cases = test::json::load(std::string{folder} + "/reference/defi_cases.json");
    std::size_t seen = 0;
    for (std::size_t k = 0; k < cases.size(); ++k) {
        const std::string& id = cases[k]["id"].text();
        const test::json& given = cases[k]["input"];
        const test::json& expected = cases[k]["expected"];
        if (id.rfind("univ3-", 0) != 0) continue;
        CAPTURE(id);
        ++seen;
        if (id.rfind("univ3-step", 0) == 0) {
            std::string amount = given["amount_remaining"].text();
            const bool given_in = amount[0] != '-';
            if (!given_in) amount.erase(0, 1);
            const uint256 target = test::whole(given["sqrt_target_x96"].text());
            const v3::swap_step s = v3::step_within(test::whole(given["sqrt_price_x96"].text()), target,
                                                    static_cast<uint128>(test::whole(given["liquidity"].text())), given_in,
                                                    test::whole(amount), static_cast<std::uint32_t>(given["fee_pips"].number()));
            REQUIRE(s.done);
            CHECK(text(s.in) == expected["amount_in"].text());
            CHECK(text(s.out) == expected["amount_out"].text());
            CHECK(text(s.fee) == expected["fee_amount"].text());
            CHECK((s.ratio == target) == (expected["ends_at"].text() == "target"));
        } else if (id == "univ3-tick-887272") {
            CHECK(text(uniswap_v3::sqrt_price_at_tick(887272)) == expected["sqrt_price_x96"].text());
        } else {
            const uint256 from = given["sqrt_price"].is(test::json::kind::null) ? test::whole(given["sqrt_price_x96"].text()) : one;
            const auto number = [&](const char* name) { return uint256::from_double(given[name].number()); };
            const bool down = given["zero_for_one"].text() == "true";
            const auto liquidity = static_cast<uint128>(number("liquidity"));
            const bool of_input = !given["amount_in"].is(test::json::kind::null);
            const std::string found =
                of_input ? in(from, liquidity, number("amount_in"), down) : out(from, liquidity, number("amount_out"), down);
            CHECK(found == (expected["error"].is(test::json::kind::null) ? expected["sqrt_price_x96"].text() : "refused"));
        }
    }
    CHECK(seen == 8);
}

TEST_CASE("contract::uniswap_v3: the swaps of the contract's own tests (UniswapV3Pool.swaps.spec.ts)", "[venue]") {
    constexpr uint128 two_ether = 2'000'000'000'000'000'000u;
    const uint256 one = v3::one_ratio;
    std::vector<pool> pools;
    const auto full = [&](const uint256& price, std::uint32_t fee, std::int32_t spacing, uint128 liquidity) {
        pool p = at_price(price, fee, spacing);
        const std::int32_t end = 887272 / spacing * spacing;
        p.add(-end, end, liquidity);
        pools.push_back(p);
    };
    full(one, 500, 10, two_ether);
    full(one, 3000, 60, two_ether);
    full(one, 10000, 200, two_ether);
    full(250541448375047931186413801569_u256, 3000, 60, two_ether);
    full(25054144837504793118641380156_u256, 3000, 60, two_ether);
    pools.push_back(at_price(one, 3000, 60));
    pools.back().add(-887220, -60, two_ether);
    pools.back().add(60, 887220, two_ether);
    pools.push_back(pools.back());
    pools.back().add(-887220, 887220, two_ether);
    pools.push_back(at_price(one, 500, 10));
    pools.back().add(-10, 10, two_ether);
    pools.push_back(at_price(one, 3000, 60));
    pools.back().add(0, 120000, two_ether);
    pools.push_back(at_price(one, 3000, 60));
    pools.back().add(-120000, 0, two_ether);
    full(1033437718471923706666374484006904511252097097914_u256, 3000, 60, two_ether);
    full(6085630636_u256, 3000, 60, two_ether);
    full(one, 3000, 60, ~uint128{0} / (2 * 887220 / 60 + 1));
    full(v3::highest_ratio - 1, 3000, 60, two_ether);
    full(v3::lowest_ratio, 3000, 60, two_ether);
    REQUIRE(pools.size() == 15);

    const uint256 half = 56022770974786139918731938227_u256;    // √0.5
    const uint256 twice = 112045541949572279837463876454_u256;  // √2
    const uint256 upper = 125270724187523965593206900784_u256;  // √2.5
    const uint256 lower = 50108289675009586237282760313_u256;   // √0.4
    const uint256 ether = 1'000'000'000'000'000'000u;
    const uint256 any = (uint256{1} << 255) - 1;
    struct order {
        bool down, given_in;
        uint256 amount, limit;
    };
    const order orders[16] = {
        {true, true, ether, 0},    {false, true, ether, 0},     {true, false, ether, 0},    {false, false, ether, 0},
        {true, true, ether, half}, {false, true, ether, twice}, {true, false, ether, half}, {false, false, ether, twice},
        {true, true, 1000, 0},     {false, true, 1000, 0},      {true, false, 1000, 0},     {false, false, 1000, 0},
        {false, true, any, upper}, {true, true, any, lower},    {true, true, any, upper},   {false, true, any, lower},
    };
    for (std::size_t k = 0; k < pools.size(); ++k) {
        const uniswap_v3 p = pools[k].made();
        REQUIRE_FALSE(p.validate());
        for (std::size_t i = 0; i < 16; ++i) {
            const order& o = orders[i];
            const test::uniswap_v3_outcome& expected = test::uniswap_v3_swaps[16 * k + i];
            CAPTURE(k, i, o.down, o.given_in);
            const std::size_t in = o.down ? 0 : 1;
            const uniswap_v3_swap s =
                o.given_in ? p.swap_given_in(in, 1 - in, o.amount, o.limit) : p.swap_given_out(in, 1 - in, o.amount, o.limit);
            if (expected.amount0[0] == '\0') {
                CHECK(s.why == refusal::beyond_price_limit);
                continue;
            }
            REQUIRE(s);
            const std::string out = s.out ? "-" + text(s.out) : "0";
            CHECK((o.down ? text(s.in) : out) == expected.amount0);
            CHECK((o.down ? out : text(s.in)) == expected.amount1);
            CHECK(s.tick == expected.tick);
            CHECK(s.unfilled == o.amount - (o.given_in ? s.in : s.out));
        }
    }
}

TEST_CASE("contract::uniswap_v3: random pools, three swaps each, as in Python's whole numbers", "[venue]") {
    // The reference takes every word of the bitmap in turn and reckons the tick as the contract does.
    draws r{1};
    digest all;
    int refused = 0;
    int partial = 0;
    for (int trial = 0; trial < 1000; ++trial) {
        const pool given = random_pool(r);
        uniswap_v3 p = given.made();
        REQUIRE_FALSE(p.validate());
        for (int k = 0; k < 3; ++k) {
            const bool down = r() % 2 == 0;
            const bool given_in = r() % 2 == 0;
            const uint256 amount = random_amount(r);
            const std::int32_t away = 1 + r.below(1000 * p.tick_spacing);
            uint256 limit;
            if (r() % 4 == 0) limit = uniswap_v3::sqrt_price_at_tick(std::clamp(down ? p.tick - away : p.tick + away, -887271, 887271));
            const std::size_t in = down ? 0 : 1;
            const uniswap_v3_swap s = given_in ? p.swap_given_in(in, 1 - in, amount, limit) : p.swap_given_out(in, 1 - in, amount, limit);
            if (!s) {
                ++refused;
                all.mix(0xdead);
                REQUIRE((s.sqrt_price_x96 == p.sqrt_price_x96 && !s.in && !s.out));
                continue;
            }
            if (s.unfilled) ++partial;
            REQUIRE((given_in ? s.in : s.out) + s.unfilled == amount);
            if (limit) REQUIRE((down ? s.sqrt_price_x96 >= limit : s.sqrt_price_x96 <= limit));
            p.move(s);
            REQUIRE_FALSE(p.validate());
            for (const uint256& n : {s.in, s.out, s.unfilled, s.sqrt_price_x96}) all.mix(n);
            all.mix(static_cast<std::uint64_t>(static_cast<std::int64_t>(s.tick)));
            all.mix(static_cast<std::uint64_t>(s.liquidity));
            all.mix(static_cast<std::uint64_t>(s.liquidity >> 64));
        }
    }
    CHECK(refused == 505);
    CHECK(partial == 1658);
    CHECK(all.value() == 0xbbf3d3f87eb67dd6u);
}

namespace {

/// The pool of WBTC and WETH as it was: ticks from the file beside it. No ticks where the data is not there.
pool onchain_pool(const test::onchain_pool& real) {
    pool p;
    if (real.quotes.empty()) return p;
    p = at_price(test::whole(real.state["sqrt_price_x96"].text()), static_cast<std::uint32_t>(real.state["fee_bps"].number() * 100.0),
                 static_cast<std::int32_t>(real.state["tick_spacing"].number()));
    std::ifstream file{std::string{std::getenv("BALLAST_DATA")} + "/market/" + real.state["ticks_file"].text()};
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::istringstream cells{line};
        std::string index, gross, net;
        std::getline(cells, index, ',');
        std::getline(cells, gross, ',');
        std::getline(cells, net, ',');
        const bool less = net[0] == '-';
        const auto size = static_cast<int128>(test::whole(less ? net.substr(1) : net));
        p.ticks.push_back({static_cast<std::int32_t>(std::stol(index)), less ? -size : size});
    }
    return p;
}

/// The same pool in doubles, in whole units.
struct doubles {
    std::vector<concentrated_edge> edges{};
    concentrated pool{};

    doubles(const uniswap_v3& p, int decimals0, int decimals1) : edges(p.ticks.size()) {
        REQUIRE_FALSE(concentrated::from_ticks(p.ticks, decimals0, decimals1, edges));
        pool = {.edges = edges,
                .sqrt_price = concentrated::sqrt_price_of(p.sqrt_price_x96, decimals0, decimals1),
                .fee = static_cast<double>(p.fee_pips) * 1e-6};
    }
};

/// The share of itself that an answer in doubles is right to: ticks are rounded to doubles, and of a narrow range that is more. The narrowest
/// that is passed whole counts, and what is passed of the first.
double share(const concentrated& pool, double from, double to) {
    double narrowest = 1e300;
    double before = from;
    const auto pass = [&](double edge) {
        if (from < to ? edge <= from || edge >= to : edge >= from || edge <= to) return;
        narrowest = std::min(narrowest, std::fabs(edge - before) / before);
        before = edge;
    };
    if (from < to)
        for (auto e = pool.edges.begin(); e != pool.edges.end(); ++e) pass(e->sqrt_price);
    else
        for (auto e = pool.edges.rbegin(); e != pool.edges.rend(); ++e) pass(e->sqrt_price);
    return 4e-15 + 4.5e-16 / narrowest;
}

/// Stops of a swap between two ticks, at least as many as there are.
double stops(const uniswap_v3& p, std::int32_t from, std::int32_t to) {
    const auto crossed = std::count_if(p.ticks.begin(), p.ticks.end(), [&](const uniswap_v3_tick& t) {
        return t.index >= std::min(from, to) - 1 && t.index <= std::max(from, to) + 1;
    });
    return static_cast<double>(crossed) + std::fabs(static_cast<double>(to - from)) / (256.0 * p.tick_spacing) + 2.0;
}

}  // namespace

TEST_CASE("contract::uniswap_v3: quotes of a pool on the chain", "[venue]") {
    const test::onchain_pool real = test::onchain("uniswap_v3_wbtc_weth");
    if (real.quotes.empty()) return;
    REQUIRE(real.quotes.size() == 12);
    const pool state = onchain_pool(real);
    const uniswap_v3 p = state.made();
    REQUIRE(p.ticks.size() == 458);
    REQUIRE_FALSE(p.validate());
    CHECK(p.tick == static_cast<std::int32_t>(real.state["tick"].number()));
    CHECK(text(uint256{p.liquidity}) == real.state["liquidity"].text());
    const doubles d{p, 8, 18};
    REQUIRE_FALSE(d.pool.validate());
    CHECK(d.pool.liquidity() == Approx(static_cast<double>(p.liquidity) * 1e-13).epsilon(1e-15));
    const double unit[2] = {1e-8, 1e-18};
    for (const test::onchain_quote& q : real.quotes) {
        const auto out = p.out_given_in(q.in, q.out, q.amount);
        CAPTURE(q.in, text(q.amount));
        REQUIRE(out);
        CHECK(text(out.amount) == text(q.answer));
        const uniswap_v3_swap s = p.swap_given_in(q.in, q.out, q.amount);
        CHECK((s.in == q.amount && !s.unfilled));

        // In doubles: to 4e-15, and two units in and one out for each step.
        const auto c = d.pool.curve(q.in, q.out);
        const double y = c.out(static_cast<double>(q.amount) * unit[q.in]);
        const double chain = static_cast<double>(q.answer) * unit[q.out];
        CHECK(std::fabs(y - chain) <= 4e-15 * chain + stops(p, p.tick, s.tick) * (unit[q.out] + 2.0 * unit[q.in] * venue::spot(c)));

        // What has to go in for that is no more, and gives it.
        if (!q.answer) continue;
        const auto in = p.in_given_out(q.in, q.out, q.answer);
        REQUIRE(in);
        CHECK(in.amount <= q.amount);
        CHECK(p.out_given_in(q.in, q.out, in.amount).amount >= q.answer);
    }
    // The whole pool: more than there is.
    for (const std::size_t in : {std::size_t{0}, std::size_t{1}}) {
        const uniswap_v3_swap s = p.swap_given_in(in, 1 - in, uint256::power_of_two(254));
        REQUIRE(s);
        CHECK(s.unfilled);
        CHECK(s.liquidity == 0);
        CHECK(p.in_given_out(in, 1 - in, s.out + 1).why == refusal::beyond_liquidity);
        CHECK(p.in_given_out(in, 1 - in, s.out));
        const double all = d.pool.curve(in, 1 - in).out(1e300);
        const double given = static_cast<double>(s.out) * unit[1 - in];
        CHECK((given <= all && all - given <= 1e-13 * all + stops(p, p.tick, s.tick) * unit[1 - in]));
    }
}

TEST_CASE("contract::uniswap_v3: doubles beside integers in random pools", "[venue]") {
    draws r{3};
    double worst = 0.0;
    int compared = 0;
    int paid_for = 0;
    for (int trial = 0; trial < 1500; ++trial) {
        const pool given = random_pool(r);
        const uniswap_v3 p = given.made();
        if (p.ticks.empty()) continue;
        doubles d{p, 0, 0};
        d.pool.sqrt_price = std::clamp(d.pool.sqrt_price, d.edges.front().sqrt_price, d.edges.back().sqrt_price);
        REQUIRE_FALSE(d.pool.validate());
        const std::size_t in = r() % 2;
        const uint256 amount = random_amount(r);
        const uniswap_v3_swap s = p.swap_given_in(in, 1 - in, amount);
        if (!s) continue;
        const auto c = d.pool.curve(in, 1 - in);
        // A unit of what goes in and of what comes out per step, and what one unit of the price is worth there.
        const double n = stops(p, p.tick, s.unfilled ? (in == 0 ? -887272 : 887272) : s.tick);
        uint128 most = 0;
        for (const uniswap_v3_tick& t : p.ticks) most = std::max(most, p.liquidity_at(t.index));
        const double low = std::min(static_cast<double>(p.sqrt_price_x96), static_cast<double>(s.sqrt_price_x96));
        const double q96 = 79228162514264337593543950336.0;
        const double l = static_cast<double>(most);
        const double of_price = in == 0 ? l / q96 : l * q96 / (low * low);
        const double x = static_cast<double>(s.in);
        const double y = static_cast<double>(s.out);
        const double rounding = n * (1.0 + of_price + 2.0 * venue::spot(c));
        CAPTURE(trial, in, x, y, c.out(x), n, rounding);
        if (!s.unfilled) {
            ++compared;
            const double bits = share(d.pool, d.pool.sqrt_price, concentrated::sqrt_price_of(s.sqrt_price_x96));
            CAPTURE(bits);
            REQUIRE(std::fabs(c.out(x) - y) <= bits * y + rounding);
            if (bits < 1e-14) worst = std::max(worst, (std::fabs(c.out(x) - y) - rounding) / y);
            // Never more than the curve gives, but for the bits of the double.
            REQUIRE(y <= c.out(x) * (1.0 + bits) + of_price);
            // For what comes out: what that is worth at the price where the trade ends.
            const double price = static_cast<double>(s.sqrt_price_x96) / q96;
            const double last = (in == 0 ? price * price : 1.0 / (price * price)) * (1.0 - 1e-6 * p.fee_pips);
            const auto needed = p.in_given_out(in, 1 - in, s.out);
            if (!s.out || y > c.out(c.depth())) continue;
            REQUIRE(needed);
            const double paid = static_cast<double>(needed.amount);
            CAPTURE(paid, c.in(y), last);
            REQUIRE(std::fabs(c.in(y)-paid) <= bits * (x + y / last) + 2.0 * n + n * (1.0 + of_price) / last);
            ++paid_for;
        } else if (std::abs(d.edges.front().sqrt_price) > 1e-7) {
            REQUIRE(std::fabs(c.out(static_cast<double>(amount)) - y) <= 1e-9 * y + rounding);
        }
    }
    CHECK(compared > 400);
    CHECK(paid_for > 300);
    CHECK(worst < 2e-15);
}

TEST_CASE("contract::uniswap_v3: given out as given in, in two as in one, and to a tick", "[venue]") {
    draws r{4};
    int seen = 0;
    for (int trial = 0; trial < 1000; ++trial) {
        const pool given = random_pool(r);
        const uniswap_v3 p = given.made();
        const std::size_t in = r() % 2;
        const std::size_t out = 1 - in;
        const uniswap_v3_swap s = p.swap_given_in(in, out, random_amount(r));
        if (!s || s.unfilled || !s.out) continue;
        ++seen;
        // Paying for as much costs no more, and what is paid gives at least as much.
        const auto needed = p.in_given_out(in, out, s.out);
        REQUIRE(needed);
        REQUIRE(needed.amount <= s.in);
        const auto again = p.out_given_in(in, out, needed.amount);
        REQUIRE(again);
        REQUIRE(again.amount >= s.out);

        // In two: the second sees the first, and together they give no more than rounding may.
        const uint256 part = s.in >> static_cast<int>(1 + r() % 3);
        if (part && part < s.in) {
            uniswap_v3 two = p;
            const auto first = two.apply(in, out, part);
            REQUIRE(first);
            const uniswap_v3_swap second = two.swap_given_in(in, out, s.in - part);
            REQUIRE(second);
            REQUIRE(first.amount + second.out <= s.out);
        }
        // Back again it is less.
        uniswap_v3 moved = p;
        moved.move(s);
        const uniswap_v3_swap back = moved.swap_given_in(out, in, s.out);
        if (back) REQUIRE(back.out <= s.in);

        // To the next initialised tick and no further: crossed, and what lies behind it is there.
        const bool down = in == 0;
        auto at = p.ticks.end();
        for (auto t = p.ticks.begin(); t != p.ticks.end(); ++t)
            if (down ? t->index < p.tick : t->index > p.tick) {
                at = t;
                if (!down) break;
            }
        if (at == p.ticks.end()) continue;
        const uint256 there = uniswap_v3::sqrt_price_at_tick(at->index);
        if (there <= v3::lowest_ratio || there >= v3::highest_ratio) continue;
        const uniswap_v3_swap to = p.swap_given_in(in, out, uint256::power_of_two(254), there);
        REQUIRE(to);
        REQUIRE(to.sqrt_price_x96 == there);
        REQUIRE(to.tick == (down ? at->index - 1 : at->index));
        REQUIRE(to.liquidity == p.liquidity_at(to.tick));
        if (!to.in) continue;
        const uniswap_v3_swap exactly = p.swap_given_in(in, out, to.in);
        REQUIRE(exactly.sqrt_price_x96 == there);
        REQUIRE(exactly.out == to.out);
        REQUIRE(!exactly.unfilled);
        REQUIRE(exactly.tick == to.tick);
        uniswap_v3 on_tick = p;
        on_tick.move(exactly);
        REQUIRE_FALSE(on_tick.validate());
        // The step ends there anyway: to the tick and on from it is the same as all at once, to the last unit.
        const uint256 rest = random_amount(r);
        const uniswap_v3_swap on = on_tick.swap_given_in(in, out, rest);
        const uniswap_v3_swap once = p.swap_given_in(in, out, to.in + rest);
        if (on) {
            REQUIRE((once.in == to.in + on.in && once.out == to.out + on.out && once.unfilled == on.unfilled));
            REQUIRE((once.sqrt_price_x96 == on.sqrt_price_x96 && once.tick == on.tick && once.liquidity == on.liquidity));
        }
        // On the tick it does not matter from which side it came.
        uniswap_v3 other_side = on_tick;
        other_side.tick = down ? at->index : at->index - 1;
        other_side.liquidity = other_side.liquidity_at(other_side.tick);
        REQUIRE_FALSE(other_side.validate());
        for (const std::size_t way : {std::size_t{0}, std::size_t{1}}) {
            const uniswap_v3_swap a = on_tick.swap_given_in(way, 1 - way, rest);
            const uniswap_v3_swap b = other_side.swap_given_in(way, 1 - way, rest);
            REQUIRE((a.in == b.in && a.out == b.out && a.sqrt_price_x96 == b.sqrt_price_x96 && a.liquidity == b.liquidity));
        }
        const uniswap_v3_swap less = p.swap_given_in(in, out, to.in - 1);
        if (less) REQUIRE(less.out <= exactly.out);
        if (to.out) {
            const uniswap_v3_swap asked = p.swap_given_out(in, out, to.out);
            REQUIRE((asked.out == to.out && asked.in <= to.in));
            REQUIRE((down ? asked.sqrt_price_x96 >= there : asked.sqrt_price_x96 <= there));
        }
    }
    CHECK(seen > 300);
}

TEST_CASE("contract::uniswap_v3: gaps, empty pools and what is refused", "[venue]") {
    pool p = at_price(v3::one_ratio, 3000, 60);
    p.add(-600, -300, 1'000'000'000'000);
    p.add(300, 600, 1'000'000'000'000);
    uniswap_v3 gap = p.made();
    REQUIRE_FALSE(gap.validate());
    CHECK(gap.liquidity == 0);
    // The price jumps to where the liquidity begins.
    const uniswap_v3_swap s = gap.swap_given_in(0, 1, 1'000'000);
    REQUIRE(s);
    CHECK(s.liquidity == 1'000'000'000'000u);
    CHECK((s.tick < -300 && s.tick > -600));
    // One side exhausted.
    const auto all = gap.apply(0, 1, uint256::power_of_two(200));
    REQUIRE(all);
    CHECK(gap.liquidity == 0);
    CHECK(gap.sqrt_price_x96 == v3::lowest_ratio + 1);
    CHECK(gap.out_given_in(0, 1, 5).why == refusal::beyond_price_limit);
    REQUIRE(gap.out_given_in(1, 0, 5));
    // To a limit short of liquidity nothing goes in, but the price moves.
    const uniswap_v3_swap moved = p.made().swap_given_in(0, 1, 5, uniswap_v3::sqrt_price_at_tick(-60));
    REQUIRE(moved);
    CHECK((!moved.in && !moved.out && moved.unfilled == uint256{5} && moved.tick == -60));
    // At the end of a word the tick below it is told, as after a step.
    pool wide = at_price(v3::one_ratio, 3000, 60);
    wide.add(-60000, -59940, 5);
    const std::int32_t word = -256 * 60;
    CHECK(wide.made().swap_given_in(0, 1, 5, uniswap_v3::sqrt_price_at_tick(word)).tick == word - 1);
    CHECK(wide.made().swap_given_in(0, 1, 5, uniswap_v3::sqrt_price_at_tick(word) + 1).tick == word);
    CHECK(wide.made().swap_given_in(0, 1, 5, uniswap_v3::sqrt_price_at_tick(word + 60)).tick == word + 60);

    const pool none = at_price(v3::one_ratio, 3000, 60);
    const uniswap_v3 empty = none.made();
    REQUIRE_FALSE(empty.validate());
    CHECK(empty.out_given_in(0, 1, 5).why == refusal::no_liquidity);
    CHECK(empty.in_given_out(0, 1, 5).why == refusal::no_liquidity);
    const uniswap_v3 good = p.made();
    CHECK(good.out_given_in(0, 1, 0).why == refusal::zero_amount);
    CHECK(good.in_given_out(1, 0, 0).why == refusal::zero_amount);
    CHECK(good.out_given_in(0, 0, 5).why == refusal::same_token);
    CHECK(good.out_given_in(0, 2, 5).why == refusal::unknown_token);
    CHECK(good.out_given_in(2, 0, 5).why == refusal::unknown_token);
    CHECK(good.out_given_in(0, 1, uint256::power_of_two(255)).why == refusal::overflow);
    CHECK(good.in_given_out(0, 1, uint256::power_of_two(255)).why == refusal::overflow);
    CHECK(good.in_given_out(0, 1, uint256::power_of_two(254)).why == refusal::beyond_liquidity);
    for (const uint256& limit : {v3::lowest_ratio, v3::one_ratio, v3::one_ratio + 1})
        CHECK(good.swap_given_in(0, 1, 5, limit).why == refusal::beyond_price_limit);
    for (const uint256& limit : {v3::highest_ratio, v3::one_ratio, v3::one_ratio - 1})
        CHECK(good.swap_given_in(1, 0, 5, limit).why == refusal::beyond_price_limit);
    uniswap_v3 still = good;
    CHECK_FALSE(still.apply(0, 1, 0));
    CHECK(still.sqrt_price_x96 == good.sqrt_price_x96);
}

TEST_CASE("contract::uniswap_v3: what validate finds", "[venue]") {
    pool p = at_price(v3::one_ratio + 5, 3000, 60);
    p.add(-600, 600, 1'000'000);
    p.add(-120, 60, 500);
    const uniswap_v3 good = p.made();
    REQUIRE_FALSE(good.validate());
    const auto fault_of = [](const uniswap_v3& u) { return std::string{u.validate().parameter == nullptr ? "" : u.validate().parameter}; };
    uniswap_v3 bad = good;
    bad.fee_pips = 1'000'000;
    CHECK(fault_of(bad) == "uniswap_v3.fee_pips");
    for (const std::int32_t spacing : {0, -1, 16384}) {
        bad = good;
        bad.tick_spacing = spacing;
        CHECK(fault_of(bad) == "uniswap_v3.tick_spacing");
    }
    const auto with = [&](const std::vector<uniswap_v3_tick>& ticks) {
        uniswap_v3 u = good;
        u.ticks = ticks;
        u.liquidity = u.liquidity_at(u.tick);
        return fault_of(u);
    };
    constexpr int128 most = (int128{1} << 126) - 1 + (int128{1} << 126);
    CHECK(with({{-60, 5}, {60, -5}}).empty());
    CHECK(with({{-61, 5}, {60, -5}}) == "uniswap_v3.ticks");
    CHECK(with({{-887280, 5}, {60, -5}}) == "uniswap_v3.ticks");
    CHECK(with({{60, 5}, {-60, -5}}) == "uniswap_v3.ticks");
    CHECK(with({{60, 5}, {60, -5}}) == "uniswap_v3.ticks");
    CHECK(with({{-60, -5}, {60, 5}}) == "uniswap_v3.ticks");
    CHECK(with({{-60, 5}, {60, -4}}) == "uniswap_v3.ticks");
    CHECK(with({{-60, most}, {0, most}, {60, 5}, {120, -most}, {180, -most}, {240, -5}}) == "uniswap_v3.ticks");
    for (const uint256& price : {uint256{}, v3::lowest_ratio - 1, v3::highest_ratio}) {
        bad = good;
        bad.sqrt_price_x96 = price;
        CHECK(fault_of(bad) == "uniswap_v3.sqrt_price_x96");
    }
    bad = good;
    bad.tick = -1;  // right only on the tick itself
    bad.liquidity = bad.liquidity_at(-1);
    CHECK(fault_of(bad) == "uniswap_v3.tick");
    bad.sqrt_price_x96 = v3::one_ratio;
    CHECK(fault_of(bad).empty());
    bad = good;
    bad.tick = 1;
    CHECK(fault_of(bad) == "uniswap_v3.tick");
    bad = good;
    bad.liquidity += 1;
    CHECK(fault_of(bad) == "uniswap_v3.liquidity");
}
