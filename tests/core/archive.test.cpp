// A saved state is a function bytes = save(s) with
//   load(save(s)) = s                         to the last bit, for every state and every policy that remembers something;
//   load(b) changes nothing for every b that save did not write for this type and these sizes.
// The format stands in core/archive.hpp; the golden bytes and the resealing below are a second implementation of it.
#include <ballast/core/archive.hpp>

#include <ballast/cost/proportional.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/all_of.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/calendar.hpp>
#include <ballast/trigger/cooldown.hpp>
#include <ballast/trigger/every.hpp>
#include <ballast/trigger/hysteresis.hpp>
#include <ballast/trigger/not_.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include "support/catch.hpp"
#include "support/same_bits.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <vector>

using namespace ballast;
using test::same_bits;
using bytes = std::vector<std::byte>;

namespace {

// ---- a second implementation of the frame ----

std::uint64_t fnv(const bytes& b, std::size_t from, std::size_t to) {
    std::uint64_t h = 0xcbf29ce484222325u;
    for (std::size_t i = from; i < to; ++i) {
        h ^= static_cast<std::uint64_t>(b[i]);
        h *= 0x100000001b3u;
    }
    return h;
}
std::uint64_t fnv(const std::string& text) {
    bytes b;
    for (const char c : text) b.push_back(static_cast<std::byte>(c));
    return fnv(b, 0, b.size());
}
void store(bytes& b, std::size_t at, std::uint64_t value, unsigned width) {
    for (unsigned i = 0; i < width; ++i) b[at + i] = static_cast<std::byte>((value >> (8 * i)) & 0xff);
}
std::uint64_t fetch(const bytes& b, std::size_t at, unsigned width) {
    std::uint64_t value = 0;
    for (unsigned i = width; i-- > 0;) value = (value << 8) | static_cast<std::uint64_t>(b[at + i]);
    return value;
}
// Writes size and both checksums anew, as a program would that wrote these bytes on purpose.
bytes resealed(bytes b) {
    store(b, 12, b.size(), 8);
    store(b, 20, fnv(b, 0, 20), 8);
    store(b, b.size() - 8, fnv(b, 0, b.size() - 8), 8);
    return b;
}
// Where the section of this policy begins.
std::size_t section_of(const bytes& b, const std::string& name) {
    const std::uint64_t hash = fnv(name);
    for (std::size_t at = 28; at + 21 <= b.size(); ++at)
        if (b[at] == std::byte{64} && fetch(b, at + 1, 8) == hash) return at;
    FAIL("there is no section " << name);
    return 0;
}
constexpr std::size_t version_in_section = 9;
constexpr std::size_t length_in_section = 13;
constexpr std::size_t fields_in_section = 21;

std::string hex(const bytes& b) {
    const char* digits = "0123456789abcdef";
    std::string text;
    for (const std::byte x : b) {
        text += digits[static_cast<unsigned>(x) >> 4];
        text += digits[static_cast<unsigned>(x) & 15];
    }
    return text;
}

// ---- states ----

template <class State>
State prepared(std::size_t assets) {
    State s;
    s.prepare({.assets = assets});
    return s;
}

using nested_trigger =
    trigger::any_of<trigger::calendar, trigger::cooldown<trigger::any_of<trigger::every, trigger::band>>,
                    trigger::hysteresis<trigger::band, trigger::all_of<trigger::every, trigger::not_<trigger::calendar>>>>;
using nested_account = account_state<nested_trigger, solver::to_target, guard::max_turnover>;
using full_market = market_state<risk::ewma, risk::given>;

nested_account some_account() {
    auto a = prepared<nested_account>(2);
    a.last_observed = {1'600'000'000'123'456'789};
    auto& parts = detail::get<0>(a.memories).parts;
    auto& calendar = detail::get<0>(parts);
    calendar.period_seen = 18'506;
    calendar.first_seen = {1'599'000'000'000'000'001};
    calendar.period_done = -3;
    auto& cooldown = detail::get<1>(parts);
    cooldown.last = {1'598'000'000'000'000'002};
    detail::get<0>(detail::get<0>(cooldown.inner.parts).parts).last = {1'597'000'000'000'000'003};
    auto& hysteresis = detail::get<2>(parts);
    hysteresis.active = true;
    detail::get<0>(detail::get<1>(hysteresis.inner.parts).parts).last = {-5};
    return a;
}

full_market some_market(std::size_t n) {
    auto m = prepared<full_market>(n);
    std::mt19937_64 random{n + 1};
    std::uniform_real_distribution<double> uniform{0.1, 9.0};
    for (double& p : m.last_good_price) p = uniform(random);
    m.last_observed = {1'234'567'890'123'456'789};
    auto& ewma = detail::get<0>(m.estimates);
    for (std::size_t i = 0; i < n; ++i) {
        ewma.variance[i] = uniform(random);
        ewma.weight[i] = uniform(random);
        ewma.price[i] = uniform(random);
        ewma.seen[i] = {static_cast<std::int64_t>(random())};
        ewma.returns[i] = random();
    }
    ewma.fewest = random();
    auto& given = detail::get<1>(m.estimates);
    for (double& v : given.variance) v = uniform(random);
    given.ready = true;
    return m;
}

// load(target, b) says `code` and leaves the target as it was.
template <class State>
bool refused(State& target, std::span<const std::byte> b, fault_code code) {
    const bytes before = save(target);
    const fault f = load(target, b);
    return f.code == code && save(target) == before;
}

}  // namespace

// ---- a restart at any time changes nothing ----

namespace {

// Two lives of one account on the same market: the first runs through, the second is killed after every single step, between proposing and
// committing as well, and goes on from its bytes. A third that forgets everything at each restart shows how often memory mattered.
template <class Rebalancer>
struct lives {
    int trades = 0;
    int different_without_memory = 0;
};

template <class Rebalancer>
lives<Rebalancer> live_through(const Rebalancer& r, std::uint64_t seed, int steps) {
    constexpr std::size_t n = 3;
    const sizes size{.assets = n};
    typename Rebalancer::market_state market, market2, market3;
    typename Rebalancer::account_state account, account2, account3;
    typename Rebalancer::workspace w;
    decision d, before_crash, after_restart, without_memory;
    r.prepare(market, size);
    r.prepare(account, size);
    r.prepare(w, size);
    for (auto* x : {&d, &before_crash, &after_restart, &without_memory}) r.prepare(*x, size);
    r.prepare(market2, size);
    r.prepare(account2, size);

    std::mt19937_64 random{seed};
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> uniform;
    timestamp now = timestamp_from_civil(2020, 1, 1);
    std::vector<double> price{100.0, 50.0, 8.0};
    const std::vector<double> target{0.5, 0.3, 0.2};
    std::vector<double> volatility(n, 0.2);
    holdings held{.cash = 0.0, .quantity = {50.0, 60.0, 250.0}};

    const auto crash = [&](auto& state) {
        const bytes b = save(state);
        std::remove_reference_t<decltype(state)> restored;
        r.prepare(restored, size);
        const fault f = load(restored, b);
        REQUIRE_FALSE(f);
        REQUIRE(save(restored) == b);
        state = restored;
    };

    lives<Rebalancer> seen;
    for (int step = 0; step < steps; ++step) {
        now = now + hours(1 + static_cast<int>(uniform(random) * 60.0));
        for (std::size_t i = 0; i < n; ++i) {
            price[i] *= std::exp(0.02 * normal(random));
            volatility[i] = 0.05 + 0.4 * uniform(random);
        }
        market_view view{.now = now, .price = price};
        if (uniform(random) < 0.7) view.volatility = volatility;
        const inputs in{.market = view, .account = held.view(), .target = target};

        REQUIRE_FALSE(r.observe(market, view));
        REQUIRE_FALSE(r.observe(market2, view));
        crash(market2);
        r.prepare(market3, size);
        REQUIRE_FALSE(r.observe(market3, view));
        r.prepare(account3, size);

        r.propose(market, account, in, w, d);
        r.propose(market2, account2, in, w, before_crash);
        crash(account2);
        r.propose(market2, account2, in, w, after_restart);
        REQUIRE(same_bits(before_crash, after_restart));
        REQUIRE(same_bits(d, after_restart));
        r.propose(market3, account3, in, w, without_memory);
        if (!same_bits(d, without_memory)) ++seen.different_without_memory;

        if (!d.orders.empty() && uniform(random) < 0.6) {
            ++seen.trades;
            REQUIRE_FALSE(r.commit(account, d, now));
            REQUIRE_FALSE(r.commit(account2, after_restart, now));
            crash(account2);
            CHECK_FALSE(apply(held, d));
        }
        REQUIRE_FALSE(r.observe(market, account, in, w));
        REQUIRE_FALSE(r.observe(market2, account2, in, w));
        crash(account2);
        REQUIRE(save(account) == save(account2));
        REQUIRE(save(market) == save(market2));
    }
    return seen;
}

template <class Trigger, class... More>
void restart_changes_nothing(Trigger t, More... more) {
    const rebalancer r{t, cost::proportional{.rate = 0.001}, solver::to_target{}, more...};
    int trades = 0;
    int mattered = 0;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        const auto seen = live_through(r, seed, 120);
        trades += seen.trades;
        mattered += seen.different_without_memory;
    }
    // Otherwise the test would say nothing.
    REQUIRE(trades > 8);
    REQUIRE(mattered > 20);
}

}  // namespace

TEST_CASE("archive: a restart after every step changes nothing: every") { restart_changes_nothing(trigger::every{.interval = days(9)}); }

TEST_CASE("archive: a restart after every step changes nothing: calendar") {
    restart_changes_nothing(trigger::calendar{.period = trigger::period::weekly});
    restart_changes_nothing(trigger::calendar{.period = trigger::period::monthly, .miss = trigger::on_miss::pending});
}

TEST_CASE("archive: a restart after every step changes nothing: cooldown") {
    restart_changes_nothing(trigger::cooldown{trigger::band{.absolute = 0.01}, days(6)});
}

TEST_CASE("archive: a restart after every step changes nothing: hysteresis") {
    restart_changes_nothing(trigger::hysteresis{trigger::band{.absolute = 0.02}, trigger::band{.absolute = 0.004}},
                            guard::max_turnover{.limit = 0.004});
}

TEST_CASE("archive: a restart after every step changes nothing: triggers of triggers") {
    restart_changes_nothing(
        trigger::any_of{trigger::calendar{.period = trigger::period::quarterly},
                        trigger::cooldown{trigger::any_of{trigger::every{.interval = days(20)}, trigger::band{.absolute = 0.03}}, days(4)},
                        trigger::hysteresis{trigger::band{.absolute = 0.05},
                                            trigger::all_of{trigger::every{.interval = days(2)}, trigger::not_{trigger::calendar{}}}}});
}

TEST_CASE("archive: a restart after every step changes nothing: estimators") {
    restart_changes_nothing(trigger::volatility_band{.width = 0.02, .reference = 0.3, .exponent = 1.0},
                            risk::ewma{.half_life = days(5), .warm_up = 5});
    restart_changes_nothing(trigger::volatility_band{.width = 0.02, .reference = 0.25, .exponent = -1.0}, risk::given{});
    restart_changes_nothing(trigger::volatility_band{.width = 0.02, .reference = 0.3, .exponent = 1.0, .estimator = 1}, risk::given{},
                            risk::ewma{.half_life = days(9), .warm_up = 3});
}

TEST_CASE("archive: a policy with other parameters goes on from what it remembers") {
    account_state<trigger::every> a;
    a.prepare({.assets = 1});
    detail::get<0>(a.memories).last = {77};
    account_state<trigger::every> b;
    b.prepare({.assets = 9});  // it holds nothing per asset
    REQUIRE_FALSE(load(b, save(a)));
    REQUIRE(detail::get<0>(b.memories).last == timestamp{77});
}

// ---- what is refused ----

TEST_CASE("archive: every damage to a single byte is found and changes nothing") {
    const auto all_refused = [](auto& target, const bytes& good) {
        bytes bad = good;
        for (std::size_t at = 0; at < good.size(); ++at) {
            for (unsigned other = 1; other < 256; ++other) {
                bad[at] = good[at] ^ static_cast<std::byte>(other);
                if (!refused(target, bad, fault_code::bytes_foreign)) return "byte " + std::to_string(at) + " ^ " + std::to_string(other);
            }
            bad[at] = good[at];
        }
        return std::string{};
    };
    auto account = prepared<nested_account>(2);
    CHECK(all_refused(account, save(some_account())) == "");
    auto market = prepared<full_market>(2);
    CHECK(all_refused(market, save(some_market(2))) == "");
}

TEST_CASE("archive: random damage is found and changes nothing") {
    const bytes good = save(some_market(3));
    auto market = prepared<full_market>(3);
    std::mt19937_64 random{7};
    for (int k = 0; k < 20'000; ++k) {
        bytes bad = good;
        const auto flips = 2 + random() % 6;
        for (std::uint64_t f = 0; f < flips; ++f) bad[random() % bad.size()] ^= static_cast<std::byte>(1u << (random() % 8));
        if (bad == good) continue;
        const bytes before = save(market);
        const fault f = load(market, bad);
        REQUIRE(f.code == fault_code::bytes_foreign);
        REQUIRE(save(market) == before);
    }
}

TEST_CASE("archive: bytes that end too early are refused and change nothing") {
    const auto all_refused = [](auto& target, const bytes& good) {
        for (std::size_t size = 0; size < good.size(); ++size) {
            if (!refused(target, std::span{good}.first(size), fault_code::bytes_truncated)) return std::to_string(size) + " bytes";
            const fault f = load(target, std::span{good}.first(size));
            // The size needed, as far as it can be known.
            if (f.value != (size < 28 ? 28.0 : static_cast<double>(good.size()))) return "value at " + std::to_string(size) + " bytes";
        }
        return std::string{};
    };
    auto account = prepared<nested_account>(2);
    CHECK(all_refused(account, save(some_account())) == "");
    auto market = prepared<full_market>(2);
    CHECK(all_refused(market, save(some_market(2))) == "");
}

TEST_CASE("archive: bytes that go on after their end are refused") {
    bytes b = save(some_account());
    auto target = prepared<nested_account>(2);
    b.push_back(std::byte{0});
    CHECK(refused(target, b, fault_code::bytes_foreign));
    CHECK(load(target, b).value == static_cast<double>(b.size() - 1));
    // A last section that the composition does not have.
    b = save(some_account());
    bytes longer(b.begin(), b.end() - 8);
    longer.insert(longer.end(), 29, std::byte{0});
    CHECK(refused(target, resealed(longer), fault_code::bytes_foreign));
}

TEST_CASE("archive: what is not ballast's is foreign, however short") {
    auto target = prepared<nested_account>(2);
    for (const char* text : {"x", "GIF89a", "BALLAST", "\x89PNG\r\n\x1a\n and so on, and so on, and so on, and so on"}) {
        bytes b;
        for (const char* c = text; *c != '\0'; ++c) b.push_back(static_cast<std::byte>(*c));
        CHECK(refused(target, b, fault_code::bytes_foreign));
    }
}

TEST_CASE("archive: a market is no account and an account no market") {
    auto account = prepared<account_state<trigger::band>>(2);
    auto market = prepared<market_state<>>(2);
    CHECK(refused(account, save(market), fault_code::bytes_foreign));
    CHECK(refused(market, save(account), fault_code::bytes_foreign));
    bytes b = save(account);
    b[10] = std::byte{1};
    CHECK(refused(account, resealed(b), fault_code::bytes_foreign));
    b[10] = std::byte{3};
    CHECK(refused(account, resealed(b), fault_code::bytes_foreign));
}

namespace {
// Alike to the last byte but for their names.
template <int Which>
struct alike {
    static constexpr const char* name = Which == 0 ? "left" : "right";
    struct memory {
        double x = Which + 1.0;
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.x);
        }
    };
};
struct silent {};
}  // namespace

TEST_CASE("archive: other policies are foreign") {
    using left = alike<0>;
    using right = alike<1>;
    auto target = prepared<account_state<left>>(1);
    CHECK_FALSE(load(target, save(prepared<account_state<left>>(1))));
    CHECK(refused(target, save(prepared<account_state<right>>(1)), fault_code::bytes_foreign));
    CHECK(refused(target, save(prepared<account_state<>>(1)), fault_code::bytes_foreign));
    CHECK(refused(target, save(prepared<account_state<left, right>>(1)), fault_code::bytes_foreign));
    auto both = prepared<account_state<left, right>>(1);
    CHECK(refused(both, save(prepared<account_state<right, left>>(1)), fault_code::bytes_foreign));
    CHECK(refused(both, save(prepared<account_state<left>>(1)), fault_code::bytes_foreign));

    // The same holds for the parts of a composite, whose names are all that tells them apart.
    auto of_left = prepared<account_state<trigger::any_of<trigger::every, trigger::cooldown<trigger::band>>>>(1);
    auto of_right = prepared<account_state<trigger::any_of<trigger::cooldown<trigger::band>, trigger::every>>>(1);
    CHECK(saved_size(of_left) == saved_size(of_right));
    CHECK(refused(of_left, save(of_right), fault_code::bytes_foreign));

    auto market = prepared<market_state<risk::given>>(2);
    CHECK(refused(market, save(prepared<market_state<risk::ewma>>(2)), fault_code::bytes_foreign));
    CHECK(refused(market, save(prepared<market_state<>>(2)), fault_code::bytes_foreign));
}

TEST_CASE("archive: policies that remember nothing leave no trace") {
    account_state<silent, trigger::band, trigger::every, trigger::any_of<trigger::band, trigger::not_<trigger::band>>> with;
    account_state<trigger::every> without;
    detail::get<0>(without.memories).last = {3};
    CHECK(save(with).size() == save(without).size());
    REQUIRE_FALSE(load(with, save(without)));
    CHECK(detail::get<2>(with.memories).last == timestamp{3});
}

namespace {
template <unsigned Version>
struct counter {
    static constexpr const char* name = "counter";
    static constexpr unsigned memory_version = Version;
    struct memory {
        std::uint32_t count = 0;
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.count);
        }
    };
};
}  // namespace

TEST_CASE("archive: a newer memory is told as such, an older one as foreign") {
    account_state<counter<2>> target;
    detail::get<0>(target.memories).count = 5;
    const bytes same = save(target);
    CHECK_FALSE(load(target, same));
    CHECK(refused(target, save(account_state<counter<3>>{}), fault_code::bytes_newer));
    CHECK(load(target, save(account_state<counter<3>>{})).value == 3.0);
    CHECK(refused(target, save(account_state<counter<1>>{}), fault_code::bytes_foreign));

    // By hand, in a nested section, with a length that only the newer version understands.
    auto nested = prepared<nested_account>(2);
    bytes b = save(some_account());
    const std::size_t at = section_of(b, "cooldown");
    store(b, at + version_in_section, 2, 4);
    store(b, at + length_in_section, fetch(b, at + length_in_section, 8) - 1, 8);
    CHECK(refused(nested, resealed(b), fault_code::bytes_newer));
}

TEST_CASE("archive: a newer format is told as such, whatever follows its first 28 bytes") {
    auto target = prepared<nested_account>(2);
    bytes b = save(some_account());
    store(b, 8, 2, 2);
    CHECK(refused(target, resealed(b), fault_code::bytes_newer));
    CHECK(load(target, resealed(b)).value == 2.0);
    b = resealed(b);
    for (std::size_t at = 28; at < b.size(); ++at) b[at] ^= std::byte{0x5a};
    CHECK(refused(target, b, fault_code::bytes_newer));
    CHECK(refused(target, std::span{b}.first(28), fault_code::bytes_newer));
    // There has been none before the first.
    store(b, 8, 0, 2);
    CHECK(refused(target, resealed(b), fault_code::bytes_foreign));
}

// Sealed rightly and wrong inside: nothing in front of the fault has been taken over either.
TEST_CASE("archive: everything is checked before anything is changed") {
    auto target = prepared<nested_account>(2);
    const bytes good = save(some_account());
    const std::size_t hysteresis = section_of(good, "hysteresis");
    REQUIRE(good[hysteresis + fields_in_section] == std::byte{1});      // a bool,
    REQUIRE(good[hysteresis + fields_in_section + 1] == std::byte{1});  // which is true

    bytes b = good;
    b[hysteresis + fields_in_section + 1] = std::byte{2};
    CHECK(refused(target, resealed(b), fault_code::bytes_foreign));
    CHECK(target.last_observed == timestamp::never());
    b = good;
    b[hysteresis + fields_in_section] = std::byte{3};  // another kind of one byte
    CHECK(refused(target, resealed(b), fault_code::bytes_foreign));
    for (const int change : {-1, 1, 1000}) {
        b = good;
        store(b, hysteresis + length_in_section,
              fetch(b, hysteresis + length_in_section, 8) + static_cast<std::uint64_t>(static_cast<std::int64_t>(change)), 8);
        CHECK(refused(target, resealed(b), fault_code::bytes_foreign));
    }
    b = good;
    store(b, hysteresis + length_in_section, ~std::uint64_t{0}, 8);
    CHECK(refused(target, resealed(b), fault_code::bytes_foreign));

    auto market = prepared<full_market>(2);
    const bytes of_market = save(some_market(2));
    const std::size_t given = section_of(of_market, "given");
    for (const std::uint64_t count : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{3}, ~std::uint64_t{0}, ~std::uint64_t{0} / 8 + 3}) {
        b = of_market;
        store(b, given + fields_in_section + 1, count, 8);
        const bytes before = save(market);
        CHECK(load(market, resealed(b)));
        CHECK(save(market) == before);
    }
    CHECK(market.last_good_price == std::vector<double>(2, 0.0));
}

// Bytes of the sections changed, left out and put in, all of it sealed rightly: whatever load makes of it, it either takes it over whole or
// changes nothing.
TEST_CASE("archive: rightly sealed nonsense is taken over whole or not at all") {
    std::mt19937_64 random{11};
    const bytes good = save(some_market(2));
    auto target = prepared<full_market>(2);
    int taken = 0;
    for (int k = 0; k < 40'000; ++k) {
        bytes bad = good;
        const auto changes = 1 + random() % 3;
        for (std::uint64_t c = 0; c < changes; ++c) bad[28 + random() % (bad.size() - 36)] = static_cast<std::byte>(random() & 0xff);
        if (random() % 4 == 0) bad.erase(bad.begin() + 28 + static_cast<std::ptrdiff_t>(random() % (bad.size() - 36)));
        if (random() % 4 == 0) bad.insert(bad.begin() + 28 + static_cast<std::ptrdiff_t>(random() % (bad.size() - 36)), std::byte{1});
        bad = resealed(bad);
        const bytes before = save(target);
        const fault f = load(target, bad);
        REQUIRE(save(target) == (f ? before : bad));
        taken += f ? 0 : 1;
    }
    CHECK(taken > 1000);
}

TEST_CASE("archive: a state has to be prepared for the sizes that were saved") {
    const bytes of_three = save(some_market(3));
    full_market market;
    CHECK(refused(market, of_three, fault_code::not_prepared));
    CHECK(load(market, of_three).value == 3.0);
    CHECK(market.last_good_price.capacity() == 0);
    market.prepare({.assets = 2});
    CHECK(refused(market, of_three, fault_code::not_prepared));
    market.prepare({.assets = 4});
    CHECK(refused(market, of_three, fault_code::size_mismatch));
    CHECK(load(market, of_three).value == 3.0);
    market.prepare({.assets = 3});
    const double* const place = market.last_good_price.data();
    const std::size_t room = market.last_good_price.capacity();
    CHECK_FALSE(load(market, of_three));
    CHECK(save(market) == of_three);
    CHECK(market.last_good_price.data() == place);
    CHECK(market.last_good_price.capacity() == room);

    // Only a later vector differs.
    market.prepare({.assets = 3});
    detail::get<1>(market.estimates).variance.resize(1);
    CHECK(refused(market, of_three, fault_code::not_prepared));
    CHECK(market.last_good_price == std::vector<double>(3, 0.0));
}

TEST_CASE("archive: an empty universe") {
    const bytes b = save(prepared<full_market>(0));
    full_market market;
    market.last_observed = {4};
    CHECK_FALSE(load(market, b));
    CHECK_FALSE(market.last_observed.happened());
    CHECK(saved_size(market) == b.size());
}

// ---- writing into room that the host has ----

TEST_CASE("archive: saving into a span writes the same bytes and none beside them") {
    const auto a = some_account();
    const bytes whole = save(a);
    REQUIRE(saved_size(a) == whole.size());
    static_assert(noexcept(saved_size(a))&& noexcept(save(a, std::span<std::byte>{}, std::declval<std::size_t&>())));

    bytes room(whole.size() + 5, std::byte{0xee});
    std::size_t written = 99;
    CHECK_FALSE(save(a, room, written));
    CHECK(written == whole.size());
    CHECK(bytes(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(written)) == whole);
    CHECK(bytes(room.begin() + static_cast<std::ptrdiff_t>(written), room.end()) == bytes(5, std::byte{0xee}));
    CHECK_FALSE(save(a, std::span{room}.first(whole.size()), written));

    room.assign(whole.size() - 1, std::byte{0xee});
    const fault f = save(a, room, written);
    CHECK(f.code == fault_code::bytes_truncated);
    CHECK(f.value == static_cast<double>(whole.size()));
    CHECK(written == 0);
    CHECK(room == bytes(whole.size() - 1, std::byte{0xee}));
}

// ---- every kind of field ----

namespace {
enum class small_enum : std::int8_t { below = -2, above = 3 };
enum class big_enum : std::uint64_t { most = ~std::uint64_t{0} };

struct kitchen {
    static constexpr const char* name = "kitchen";
    struct drawer {
        std::int16_t a = 0;
        bool b = false;
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.a);
            visit(m.b);
        }
    };
    struct memory {
        bool truth = false;
        char c = 0;
        signed char i8 = 0;
        unsigned char u8 = 0;
        std::int16_t i16 = 0;
        std::uint16_t u16 = 0;
        std::int32_t i32 = 0;
        std::uint32_t u32 = 0;
        long l = 0;
        unsigned long ul = 0;
        long long i64 = 0;
        unsigned long long u64 = 0;
        int128 i128 = 0;
        uint128 u128 = 0;
        float f32 = 0;
        double f64 = 0;
        small_enum e8 = small_enum::below;
        big_enum e64{};
        timestamp at{};
        duration span{};
        std::vector<bool> truths{};
        std::vector<float> floats{};
        std::vector<double> doubles{};
        std::vector<small_enum> enums{};
        std::vector<timestamp> times{};
        std::vector<duration> spans{};
        std::vector<int128> wide{};
        drawer inner{};
        memories<trigger::every, silent, alike<1>> others{};

        void prepare(const sizes& s) {
            truths.assign(s.assets, false);
            floats.assign(s.assets, 0);
            doubles.assign(s.assets, 0);
            enums.assign(s.assets, small_enum::below);
            times.assign(s.assets, {});
            spans.assign(s.assets, {});
            wide.assign(s.assets, 0);
        }
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.truth), visit(m.c), visit(m.i8), visit(m.u8), visit(m.i16), visit(m.u16), visit(m.i32), visit(m.u32);
            visit(m.l), visit(m.ul), visit(m.i64), visit(m.u64), visit(m.i128), visit(m.u128), visit(m.f32), visit(m.f64);
            visit(m.e8), visit(m.e64), visit(m.at), visit(m.span);
            visit(m.truths), visit(m.floats), visit(m.doubles), visit(m.enums), visit(m.times), visit(m.spans), visit(m.wide);
            visit(m.inner);
            visit(m.others);
        }
    };
};
}  // namespace

TEST_CASE("archive: every kind of field at its extremes") {
    using state = account_state<kitchen>;
    using limits64 = std::numeric_limits<std::int64_t>;
    auto s = prepared<state>(3);
    auto& m = detail::get<0>(s.memories);
    const int128 huge = (static_cast<int128>(limits64::max()) << 63) + 12345;
    m.truth = true;
    m.c = '\xf0';
    m.i8 = -128;
    m.u8 = 255;
    m.i16 = -32'768;
    m.u16 = 65'535;
    m.i32 = std::numeric_limits<std::int32_t>::min();
    m.u32 = 4'294'967'295u;
    m.l = std::numeric_limits<long>::min();
    m.ul = std::numeric_limits<unsigned long>::max();
    m.i64 = limits64::min();
    m.u64 = ~0ull;
    m.i128 = -huge;
    m.u128 = ~uint128{0};
    m.f32 = -0.0f;
    m.f64 = std::bit_cast<double>(std::uint64_t{0x7ff8000000abcdef});  // a NaN that says something
    m.e8 = small_enum::below;
    m.e64 = big_enum::most;
    m.at = timestamp::never();
    m.span = {limits64::max()};
    m.truths = {true, false, true};
    m.floats = {std::numeric_limits<float>::denorm_min(), -std::numeric_limits<float>::infinity(), 1.0f};
    m.doubles = {std::numeric_limits<double>::denorm_min(), -0.0, std::numeric_limits<double>::infinity()};
    m.enums = {small_enum::above, small_enum::below, small_enum::above};
    m.times = {{-1}, timestamp::never(), {limits64::max()}};
    m.spans = {{1}, {-1}, {0}};
    m.wide = {-1, huge, -huge};
    m.inner = {-7, true};
    detail::get<0>(m.others.parts).last = {5};
    detail::get<2>(m.others.parts).x = 0.1;

    const bytes b = save(s);
    auto back = prepared<state>(3);
    REQUIRE_FALSE(load(back, b));
    const auto& r = detail::get<0>(back.memories);
    CHECK(r.truth);
    CHECK(r.c == m.c);
    CHECK((r.i8 == m.i8 && r.u8 == m.u8 && r.i16 == m.i16 && r.u16 == m.u16 && r.i32 == m.i32 && r.u32 == m.u32));
    CHECK((r.l == m.l && r.ul == m.ul && r.i64 == m.i64 && r.u64 == m.u64));
    CHECK(bool(r.i128 == m.i128));
    CHECK(bool(r.u128 == m.u128));
    CHECK(std::signbit(r.f32));
    CHECK(same_bits(r.f64, m.f64));
    CHECK((r.e8 == m.e8 && r.e64 == m.e64));
    CHECK((r.at == m.at && r.span == m.span));
    CHECK((r.truths == m.truths && r.floats == m.floats && r.enums == m.enums && r.times == m.times && r.spans == m.spans));
    CHECK(same_bits(r.doubles, m.doubles));
    CHECK(bool(r.wide == m.wide));
    CHECK((r.inner.a == -7 && r.inner.b));
    CHECK(detail::get<0>(r.others.parts).last == timestamp{5});
    CHECK(detail::get<2>(r.others.parts).x == 0.1);
    CHECK(save(back) == b);
}

// ---- a memory that is known at run time alone ----

namespace {
// Two pointers to functions are all that it takes.
struct erased_memory {
    static constexpr bool opens_sections = true;
    void* memory = nullptr;
    void (*save)(const void*, archive_writer&) = nullptr;
    void (*load)(void*, archive_reader&) = nullptr;

    static void fields(const erased_memory& m, archive_writer& visit) {
        if (m.save != nullptr) m.save(m.memory, visit);
    }
    static void fields(erased_memory& m, archive_reader& visit) {
        if (m.load != nullptr) m.load(m.memory, visit);
    }
    template <class Other>
    static void fields(erased_memory&, Other&&) {}
};
struct erased {
    using memory = erased_memory;
};
template <class Policy>
erased_memory erase(typename Policy::memory& m) {
    using memory = typename Policy::memory;
    return {&m, [](const void* p, archive_writer& w) { w.section(Policy::name, 1, [&] { w(*static_cast<const memory*>(p)); }); },
            [](void* p, archive_reader& r) { r.section(Policy::name, 1, [&] { r(*static_cast<memory*>(p)); }); }};
}
}  // namespace

TEST_CASE("archive: an erased memory saves what the memory itself does") {
    using calendar = trigger::calendar;
    account_state<calendar> plain;
    detail::get<0>(plain.memories) = {10, {20}, 30};
    plain.last_observed = {40};

    calendar::memory behind = detail::get<0>(plain.memories);
    account_state<erased> hidden;
    hidden.last_observed = {40};
    detail::get<0>(hidden.memories) = erase<calendar>(behind);
    CHECK(save(hidden) == save(plain));

    behind = {};
    CHECK_FALSE(load(hidden, save(plain)));
    CHECK(behind.period_seen == 10);
    CHECK(behind.first_seen == timestamp{20});
    CHECK(behind.period_done == 30);

    trigger::every::memory other;
    detail::get<0>(hidden.memories) = erase<trigger::every>(other);
    CHECK(refused(hidden, save(plain), fault_code::bytes_foreign));
    detail::get<0>(hidden.memories) = {};
    CHECK(save(hidden).size() == save(account_state<silent>{}).size());
}

// ---- a namespace that takes any call ----

namespace greedy {
template <class... Ts>
void get(Ts&&...) = delete;
template <class... Ts>
void policies_of(Ts&&...) = delete;
template <class... Ts>
void saved_size(Ts&&...) = delete;
template <class... Ts>
void visit_field(Ts&&...) = delete;
template <class... Ts>
void visit_policy(Ts&&...) = delete;

struct policy_without_memory {};
struct policy {
    static constexpr const char* name = "greedy";
    struct memory {
        double x = 0.0;
        memories<trigger::every, policy_without_memory> inner{};
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.x);
            visit(m.inner);
        }
    };
};
}  // namespace greedy

TEST_CASE("archive: calls inside the library are not looked up in the user's namespace") {
    account_state<greedy::policy> a;
    detail::get<0>(a.memories).x = 2.5;
    account_state<greedy::policy> b;
    std::size_t written = 0;
    bytes room(200);
    REQUIRE_FALSE(save(a, room, written));
    REQUIRE_FALSE(load(b, std::span{room}.first(written)));
    CHECK(detail::get<0>(b.memories).x == 2.5);
    CHECK(save(b).size() == written);
}

// ---- golden bytes ----

// These bytes may change with a new format version (2 bytes at position 8), in which case load must still tell the old ones apart, and with
// `state_version` or the memory of `every` or `given`. They must not change with the compiler, the machine or anything else: accounts are
// kept in them. Written down from the table in core/archive.hpp.
TEST_CASE("archive: golden bytes") {
    account_state<trigger::band, trigger::every> a;
    a.prepare({.assets = 2});
    a.last_observed = {0x0102030405060708};
    detail::get<1>(a.memories).last = timestamp::never();
    CHECK(hex(save(a)) == "89424c53540d0a1a0100020060000000000000002f770526110aa00c407a79852c00173af50100000009000000000000000e080706050403"
                          "02014064c9d179009753110100000009000000000000000e00000000000000802d8776cce750b21a");

    market_state<risk::given> m;
    m.prepare({.assets = 2});
    m.last_observed = {-2};
    m.last_good_price = {1.0, -0.5};
    detail::get<0>(m.estimates).variance = {0.25, 0.0};
    detail::get<0>(m.estimates).ready = true;
    CHECK(hex(save(m)) == "89424c53540d0a1a010001008b000000000000001febce3ec3cebaba405f32d76bf86e6ca90100000022000000000000008d020000000000"
                          "0000000000000000f03f000000000000e0bf0efeffffffffffffff4016dd6869ffdab96b010000001b000000000000008d02000000000000"
                          "00000000000000d03f0000000000000000010198e01a3c12960614");
}
