// Texts are compared to the letter. They may change with any version: then these change with them, and a person has to have read the new
// ones. What may not change is what the numbers in them say: exact steps are held against schoolbook multiplication of digits, rounded
// numbers against printf in the C locale, times against the calendar.
#include <ballast/describe.hpp>

#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/guard/max_trade.hpp>
#include <ballast/guard/stale_price.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/risk/given_regimes.hpp>
#include <ballast/sizing/integer.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/all_of.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/breach_probability.hpp>
#include <ballast/trigger/calendar.hpp>
#include <ballast/trigger/cash_flow.hpp>
#include <ballast/trigger/cooldown.hpp>
#include <ballast/trigger/distance.hpp>
#include <ballast/trigger/every.hpp>
#include <ballast/trigger/never.hpp>
#include <ballast/trigger/not_.hpp>
#include <ballast/trigger/predictive_band.hpp>
#include <ballast/trigger/regime_band.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include "support/catch.hpp"

#include <array>
#include <bit>
#include <cfloat>
#include <clocale>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <locale>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace ballast;

namespace {
const std::vector<std::string> names{"SPY", "AGG", "GLD"};
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

// Digits of a · b · 10^e by hand.
std::string schoolbook(const std::string& a, const std::string& b, int e) {
    std::vector<int> product(a.size() + b.size(), 0);  // last digit first
    for (std::size_t i = 0; i < a.size(); ++i)
        for (std::size_t j = 0; j < b.size(); ++j) {
            product[i + j] += (a[a.size() - 1 - i] - '0') * (b[b.size() - 1 - j] - '0');
            for (std::size_t k = i + j; product[k] > 9; ++k) {
                product[k + 1] += product[k] / 10;
                product[k] %= 10;
            }
        }
    std::string text;
    for (const int digit : product) text.insert(text.begin(), static_cast<char>('0' + digit));
    if (e >= 0) text += std::string(static_cast<std::size_t>(e), '0');
    if (e < 0) {
        const auto places = static_cast<std::size_t>(-e);
        if (text.size() <= places) text = std::string(places + 1 - text.size(), '0') + text;
        text.insert(text.size() - places, ".");
        while (text.back() == '0') text.pop_back();
        if (text.back() == '.') text.pop_back();
    }
    while (text.size() > 1 && text[0] == '0' && text[1] != '.') text.erase(0, 1);
    return text;
}
std::string random_digits(std::mt19937_64& random, std::size_t most) {
    std::string s(1 + random() % most, '0');
    for (char& c : s) c = static_cast<char>('0' + random() % 10);
    s[0] = static_cast<char>('1' + random() % 9);
    return s;
}
int128 parse(const std::string& digits) {
    int128 n = 0;
    for (const char c : digits) n = 10 * n + (c - '0');
    return n;
}
}  // namespace

// ---- numbers ----

TEST_CASE("describe: step counts are printed with all their digits") {
    CHECK(to_string(int128{0}) == "0");
    CHECK(to_string(int128{-7}) == "-7");
    CHECK(to_string(int128{1'000'000'007}) == "1000000007");
    const int128 least = -(static_cast<int128>(1) << 126) - (static_cast<int128>(1) << 126);
    CHECK(to_string(least) == "-170141183460469231731687303715884105728");
    CHECK(to_string(-(least + 1)) == "170141183460469231731687303715884105727");
    CHECK(to_string(step_count{.steps = 42}) == "42");
    CHECK(to_string(step_count{.steps = 42, .overflow = true}) == "overflow");
    std::mt19937_64 random{1};
    for (int k = 0; k < 2000; ++k) {
        const std::string digits = random_digits(random, 38);
        REQUIRE(to_string(parse(digits)) == digits);
        REQUIRE(to_string(-parse(digits)) == "-" + digits);
    }
}

TEST_CASE("describe: quantities in steps are exact decimals") {
    const decimal_step wei{1, -18};
    CHECK(to_string(parse("2300000000000000000000001"), wei) == "2300000.000000000000000001");
    CHECK(to_string(parse("2300000000000000000000000"), wei) == "2300000");
    CHECK(to_string(int128{1}, wei) == "0.000000000000000001");
    CHECK(to_string(int128{-1}, wei) == "-0.000000000000000001");
    CHECK(to_string(int128{0}, wei) == "0");
    CHECK(to_string(int128{150}, decimal_step{1, -2}) == "1.5");
    CHECK(to_string(int128{150}, decimal_step{25, -2}) == "37.5");
    CHECK(to_string(int128{7}, decimal_step{1, 6}) == "7000000");
    CHECK(to_string(int128{10}, decimal_step{1, 0}) == "10");
    // The product has more than 128 bits.
    const int128 most = parse("170141183460469231731687303715884105727");
    CHECK(to_string(most, decimal_step{9'223'372'036'854'775'807, -18}) ==
          schoolbook("170141183460469231731687303715884105727", "9223372036854775807", -18));
    std::mt19937_64 random{2};
    for (int k = 0; k < 4000; ++k) {
        const std::string steps = random_digits(random, 38);
        const std::string mantissa = random_digits(random, 18);
        const int exponent = static_cast<int>(random() % 25) - 18;
        const decimal_step step{std::stoll(mantissa), exponent};
        REQUIRE(to_string(parse(steps), step) == schoolbook(steps, mantissa, exponent));
        REQUIRE(to_string(-parse(steps), step) == std::string{"-"}.append(schoolbook(steps, mantissa, exponent)));
    }
}

TEST_CASE("describe: steps") {
    CHECK(to_string(decimal_step{0.01}) == "0.01");
    CHECK(to_string(decimal_step{25, -2}) == "0.25");
    CHECK(to_string(decimal_step{1, 3}) == "1000");
    CHECK(to_string(decimal_step{}) == "continuous");
    CHECK(to_string(decimal_step{-1.0}) == "invalid");
    CHECK(to_string(decimal_step{not_a_number}) == "invalid");
}

TEST_CASE("describe: the shortest text of a double reads back as the same double") {
    using detail::shortest_text;
    CHECK(shortest_text(402.11) == "402.11");
    CHECK(shortest_text(0.1 + 0.2) == "0.30000000000000004");
    CHECK(shortest_text(-0.0) == "0");
    CHECK(shortest_text(1e15) == "1000000000000000");
    CHECK(shortest_text(1e300) == "1e+300");
    CHECK(shortest_text(0.00000012) == "0.00000012");
    CHECK(shortest_text(infinity) == "inf");
    CHECK(shortest_text(-infinity) == "-inf");
    CHECK(shortest_text(not_a_number) == "nan");
    CHECK(shortest_text(-not_a_number) == "nan");
    std::mt19937_64 random{3};
    for (int k = 0; k < 20'000; ++k) {
        const double x = k % 2 == 0 ? std::bit_cast<double>(random()) : std::ldexp(static_cast<double>(random()), -60);
        if (!std::isfinite(x)) continue;
        REQUIRE(std::strtod(shortest_text(x).c_str(), nullptr) == x);
        REQUIRE(shortest_text(x).size() <= 30);
    }
}

// Two places after the point, and two digits that say something.
TEST_CASE("describe: amounts and weights are rounded, small ones to two digits") {
    using detail::amount_text;
    using detail::percent_text;
    CHECK(amount_text(0.0) == "0.00");
    CHECK(amount_text(-0.0) == "0.00");
    CHECK(amount_text(1234.567) == "1234.57");
    CHECK(amount_text(-1234.567) == "-1234.57");
    CHECK(amount_text(0.5) == "0.50");
    CHECK(amount_text(0.05) == "0.05");
    CHECK(amount_text(0.0512) == "0.051");
    CHECK(amount_text(0.00001234) == "0.000012");
    CHECK(amount_text(1e-300) == "0.00");
    CHECK(amount_text(999.995) == "1000.00");
    CHECK(amount_text(0.999) == "1.00");
    CHECK(amount_text(1e18) == "1e+18");
    CHECK(amount_text(not_a_number) == "nan");
    CHECK(amount_text(-infinity) == "-inf");
    CHECK(percent_text(0.0630) == "6.30%");
    CHECK(percent_text(1.0) == "100.00%");
    CHECK(percent_text(-0.25) == "-25.00%");
    CHECK(percent_text(0.000012345) == "0.0012%");
    std::mt19937_64 random{4};
    for (int k = 0; k < 20'000; ++k) {
        const double x = std::ldexp(static_cast<double>(static_cast<std::int64_t>(random())), -static_cast<int>(random() % 90));
        char buffer[64];
        std::snprintf(buffer, sizeof buffer, "%.2f", x);
        const std::string text = amount_text(x);
        if (std::abs(x) >= 1.0 && std::abs(x) < 1e15) REQUIRE(text == buffer);
        // Never off by more than half of its last place, and never 0 where there is something.
        if (std::abs(x) < 1e10) REQUIRE(std::abs(std::strtod(text.c_str(), nullptr) - x) <= 0.005001);
        if (std::abs(x) > 1e-14 && std::abs(x) < 1.0) REQUIRE(std::abs(std::strtod(text.c_str(), nullptr) / x - 1.0) < 0.06);
    }
}

// ---- times ----

TEST_CASE("describe: time stamps as ISO 8601") {
    CHECK(to_string(timestamp{0}) == "1970-01-01T00:00:00Z");
    CHECK(to_string(timestamp{1'584'023'340'000'000'000}) == "2020-03-12T14:29:00Z");
    CHECK(to_string(timestamp{1'584'023'340'250'000'000}) == "2020-03-12T14:29:00.25Z");
    CHECK(to_string(timestamp{-1}) == "1969-12-31T23:59:59.999999999Z");
    CHECK(to_string(timestamp::never()) == "never");
    CHECK(to_string(timestamp{std::numeric_limits<std::int64_t>::max()}) == "2262-04-11T23:47:16.854775807Z");
    CHECK(to_string(timestamp{std::numeric_limits<std::int64_t>::min() + 1}) == "1677-09-21T00:12:43.145224193Z");
    std::mt19937_64 random{5};
    for (int k = 0; k < 5000; ++k) {
        const auto ns = static_cast<std::int64_t>(random());
        int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, read = 0;
        const std::string text = to_string(timestamp{ns});
        REQUIRE(std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &y, &mo, &d, &h, &mi, &s, &read) == 6);
        const double fraction = std::strtod(text.c_str() + read, nullptr);
        const std::int64_t seconds = (day_number(civil_date{y, mo, d}) * 24 + h) * 3600 + mi * 60 + s;
        const auto of_second = static_cast<std::int64_t>(std::llround(fraction * 1e9));
        REQUIRE(bool(static_cast<int128>(seconds) * 1'000'000'000 + of_second == ns));
    }
}

TEST_CASE("describe: durations are exact") {
    CHECK(to_string(duration{}) == "0 s");
    CHECK(to_string(days(30) + hours(4)) == "30 d 4 h");
    CHECK(to_string(seconds(60) + milliseconds(500)) == "1 min 0.5 s");
    CHECK(to_string(hours(-2)) == "-2 h");
    CHECK(to_string(duration{-1}) == "-0.000000001 s");
    CHECK(to_string(days(1) + duration{1}) == "1 d 0.000000001 s");
    CHECK(to_string(duration{std::numeric_limits<std::int64_t>::min()}) == "-106751 d 23 h 47 min 16.854775808 s");
}

TEST_CASE("describe: spans as a person says them") {
    using detail::span_text;
    CHECK(span_text(0.0) == "0 s");
    CHECK(span_text(0.25) == "0.25 s");
    CHECK(span_text(1e-6) == "0.000001 s");
    CHECK(span_text(59.0) == "59 s");
    CHECK(span_text(59.9996) == "1 min");
    CHECK(span_text(61.2) == "1 min 1 s");
    CHECK(span_text(3'599.6) == "1 h");
    CHECK(span_text(3'661.0) == "1 h 1 min");
    CHECK(span_text(86'399.0) == "1 d");
    CHECK(span_text(30 * 86'400.0) == "30 d");
    CHECK(span_text(30 * 86'400.0 + 4 * 3'600.0 + 59.0) == "30 d 4 h");
    CHECK(span_text(-7'200.0) == "-2 h");
    CHECK(span_text(9.3e9) == "more than 290 years");
    CHECK(span_text(not_a_number) == "nan");
}

// ---- symbols ----

TEST_CASE("describe: symbols come in every usual shape, or not at all") {
    struct instrument {
        double tick;
        std::string symbol;
        const char* short_name;
    };
    const std::vector<instrument> instruments{{0.1, "SPY", "S"}, {0.2, "AGG", nullptr}};
    const char* const literals[] = {"SPY", "AGG"};
    const std::array<std::string_view, 2> views{"SPY", "AGG"};
    const std::vector<const char*> pointers{"SPY", "AGG"};
    const fault f{fault_code::bad_price, 1, -1.0};
    const std::string expected = "price is not a number above zero: AGG, value -1";
    CHECK(describe(f, names) == expected);
    CHECK(describe(f, std::span{names}) == expected);
    CHECK(describe(f, literals) == expected);
    CHECK(describe(f, views) == expected);
    CHECK(describe(f, pointers) == expected);
    CHECK(describe(f, {"SPY", "AGG"}) == expected);
    CHECK(describe(f, column<std::string>{instruments, &instrument::symbol}) == expected);
    const std::string nameless = "price is not a number above zero: asset 1, value -1";
    CHECK(describe(f) == nameless);
    CHECK(describe(f, {}) == nameless);
    CHECK(describe(f, {"SPY"}) == nameless);
    CHECK(describe(f, {"SPY", ""}) == nameless);
    CHECK(describe(f, column<const char*>{instruments, &instrument::short_name}) == nameless);
    CHECK(describe(f, std::vector<std::string>{}) == nameless);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<symbol_view, std::string>);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<symbol_view, std::vector<double>>);
}

// ---- faults ----

// The sentences stand beside the codes; here, what follows them.
TEST_CASE("describe: faults name the asset or the row, and the value") {
    const auto after = [](const fault& f, const char* rest) { return describe(f, names) == to_string(f.code) + std::string{rest}; };
    CHECK(describe(fault{}) == "no fault");
    CHECK(describe(fault{fault_code::bad_price, 0, not_a_number}, names) == "price is not a number above zero: SPY, value nan");
    CHECK(after({fault_code::bad_price, 0, not_a_number}, ": SPY, value nan"));
    CHECK(after({fault_code::bad_price, 7, 0.0}, ": asset 7, value 0"));
    CHECK(after({fault_code::targets_missing}, ""));
    CHECK(after({fault_code::bad_step, 1, 0.0}, ": AGG"));  // a step that is none has no value
    CHECK(after({fault_code::not_prepared, no_index, 12.0}, ": value 12"));
    CHECK(after({fault_code::over_leveraged, no_index, 1.25}, ": value 1.25"));
    CHECK(after({fault_code::venue_shared, 2, 4.0}, ": GLD, value 4"));
    CHECK(after({fault_code::limits_conflict, 2, 0.02}, ": GLD, value 0.02"));
    CHECK(after({fault_code::limits_conflict}, ""));
    CHECK(after({fault_code::bad_fill, 2, 0.5}, ": fill 2, value 0.5"));
    CHECK(after({fault_code::bad_open_order, 2, -5.0}, ": open order 2, value -5"));
    CHECK(after({fault_code::bad_regime, 1, -0.5}, ": regime 1, value -0.5"));
    CHECK(after({fault_code::bad_regime, no_index, 0.9}, ": value 0.9"));
    CHECK(after({fault_code::bad_loading, 1, not_a_number}, ": AGG, value nan"));
    CHECK(after({fault_code::bad_covariance, 1, -0.5}, ": AGG, value -0.5"));
    CHECK(after({fault_code::bad_factor_covariance, 1, -0.5}, ": factor 1, value -0.5"));
    CHECK(after({fault_code::bad_signal, 2, not_a_number}, ": signal 2, value nan"));
    CHECK(after({fault_code::bad_time, no_index, 1'584'023'340e9}, ": 2020-03-12T14:29:00Z"));
    CHECK(after({fault_code::bad_time, no_index, -infinity}, ": value -inf"));
    CHECK(after({fault_code::bytes_newer, no_index, 2.0}, ": value 2"));
}

TEST_CASE("describe: rows are named through the account's map") {
    const std::vector<std::uint32_t> asset_of_row{0, 0, 1, 2};
    const auto after = [](const fault& f, const symbol_view& symbols, const column<std::uint32_t>& map, const char* rest) {
        return describe(f, symbols, map) == to_string(f.code) + std::string{rest};
    };
    for (const fault_code code : {fault_code::bad_quantity, fault_code::bad_weight, fault_code::short_not_allowed}) {
        CHECK(after({code, 3, -2.5}, names, asset_of_row, ": row 3 (GLD), value -2.5"));
        CHECK(after({code, 3, -2.5}, {}, asset_of_row, ": row 3 (asset 2), value -2.5"));
        CHECK(after({code, 9, -2.5}, names, asset_of_row, ": row 9, value -2.5"));
        // Without a map row 2 is asset 2.
        CHECK(after({code, 2, -2.5}, names, {}, ": GLD, value -2.5"));
    }
    // Here the map itself is wrong.
    CHECK(after({fault_code::bad_asset_of_row, 1, 7.0}, names, asset_of_row, ": row 1, value 7"));
    // These are of assets, whatever the rows are.
    CHECK(after({fault_code::bad_price, 2, -1.0}, names, asset_of_row, ": GLD, value -1"));
}

// ---- triggers ----

TEST_CASE("describe: what a trigger measured, and how far that is from its threshold") {
    const auto text = [](firing f) { return describe(f, names); };
    firing f{.trigger = "band", .measure = 0.032, .threshold = 0.05, .unit = measure_unit::weight, .asset = 0};
    CHECK(text(f) == "band: SPY is 3.20% of the portfolio away from its target, 1.80% short of the 5.00% allowed");
    f.fired = true;
    f.measure = 0.063;
    CHECK(text(f) == "band fired: SPY is 6.30% of the portfolio away from its target, 1.30% beyond the 5.00% allowed");
    f.asset = no_index;
    CHECK(text(f) == "band fired: the book is 6.30% of the portfolio away from its targets, 1.30% beyond the 5.00% allowed");
    f = {.trigger = "band", .measure = 0.05, .threshold = 0.05, .unit = measure_unit::weight, .asset = 1};
    CHECK(text(f) == "band: AGG is 5.00% of the portfolio away from its target, exactly the 5.00% allowed");
    f.measure = std::nextafter(0.05, 1.0);  // a rounding error is no distance
    CHECK(text(f) == "band: AGG is 5.00% of the portfolio away from its target, exactly the 5.00% allowed");
    f.measure = 0.0500004;
    CHECK(text(f) == "band: AGG is 5.00% of the portfolio away from its target, 0.00004% beyond the 5.00% allowed");

    f = {.trigger = "every", .measure = 31 * 86'400.0 + 4 * 3'600.0, .threshold = 30 * 86'400.0, .unit = measure_unit::seconds};
    CHECK(text(f) == "every: 31 d 4 h since the last trade, 1 d 4 h beyond its 30 d");
    f.measure = 86'400.0 * 12;
    CHECK(text(f) == "every: 12 d since the last trade, 18 d short of its 30 d");
    f.measure = f.threshold;
    CHECK(text(f) == "every: 30 d since the last trade, exactly its 30 d");
    f.measure = -3'600.0;
    CHECK(text(f) == "every: -1 h since the last trade, 30 d 1 h short of its 30 d");
    f.measure = static_cast<double>(elapsed(timestamp::never(), {}).ns) * 1e-9;
    CHECK(text(f) == "every: no trade yet");

    CHECK(text({.fired = true,
                .trigger = "breach_probability",
                .measure = 0.63,
                .threshold = 0.5,
                .unit = measure_unit::chance,
                .asset = 0}) == "breach_probability fired: SPY leaves its band with a chance of 63.00%, 13.00% beyond the 50.00% allowed");
    CHECK(text({.trigger = "mine", .measure = 0.25, .threshold = 0.5, .unit = measure_unit::chance}) ==
          "mine: it happens with a chance of 25.00%, 25.00% short of the 50.00% allowed");
    CHECK(text({.fired = true, .trigger = "calendar", .measure = 1, .threshold = 1, .unit = measure_unit::yes_no}) ==
          "calendar fired: due");
    CHECK(text({.trigger = "calendar", .measure = 0, .threshold = 1, .unit = measure_unit::yes_no}) == "calendar: not due");
    CHECK(text({.trigger = "mine", .measure = 1.25, .threshold = 2}) == "mine: 1.25, 0.75 short of 2");
    CHECK(text({.fired = true, .trigger = "mine", .measure = 3, .threshold = 2, .asset = 2}) == "mine fired: 3 for GLD, 1 beyond 2");
    CHECK(text({.trigger = "mine", .problem = {fault_code::bad_risk, 1, -1.0}}) ==
          "mine: can not tell, volatility is not a number at or above zero: AGG, value -1");
    CHECK(text({}) == "trigger: 0, exactly 0");
    CHECK(text({.trigger = nullptr}) == "trigger: 0, exactly 0");
}

TEST_CASE("describe: a trigger turned around is told as what it turns around") {
    firing f{.fired = true, .trigger = "not_", .measure = -0.032, .threshold = -0.05, .unit = measure_unit::weight, .asset = 0};
    CHECK(describe(f, names) == "not_ fired: what it turns around did not fire, SPY is 3.20% of the portfolio away from its target, 1.80% "
                                "short of the 5.00% allowed");
    f = {.trigger = "not_", .measure = -1.0, .threshold = -1.0, .unit = measure_unit::yes_no};
    CHECK(describe(f, names) == "not_: what it turns around fired, due");
}

// ---- real decisions ----

namespace {
struct desk {
    std::vector<double> price{400.0, 100.0, 50.0};
    std::vector<double> target{0.5, 0.3, 0.2};
    std::vector<double> quantity{140.0, 290.0, 300.0};
    std::vector<decimal_step> step{};
    std::vector<double> least{};
    std::vector<timestamp> as_of{};
    double cash = 0.0;
    timestamp now = timestamp_from_civil(2020, 3, 12) + hours(14) + minutes(29);

    inputs in() const {
        return {.market = {.now = now, .price = price, .as_of = as_of},
                .account = {.cash = cash, .quantity = quantity},
                .target = target,
                .instruments = {.step = step, .min_notional = least}};
    }
};

template <class Rebalancer>
struct kept {
    Rebalancer r;
    typename Rebalancer::market_state m{};
    typename Rebalancer::account_state a{};
    typename Rebalancer::workspace w{};
    decision d{};
    kept(Rebalancer rebalancer, std::size_t n) : r{std::move(rebalancer)} {
        r.prepare(m, {.assets = n});
        r.prepare(a, {.assets = n});
        r.prepare(w, {.assets = n});
        r.prepare(d, {.assets = n});
    }
    const decision& propose(const desk& x) {
        REQUIRE_FALSE(r.observe(m, {.now = x.now, .price = x.price}));
        r.propose(m, a, x.in(), w, d);
        return d;
    }
};
}  // namespace

// 140·400 + 290·100 + 300·50 = 100000; weights 0.56, 0.29, 0.15.
TEST_CASE("describe: a trade list") {
    desk x;
    x.step = {decimal_step{1, 0}, decimal_step{1, -2}, decimal_step{}};
    x.least = {0.0, 1500.0, 0.0};
    kept k{rebalancer{trigger::any_of{trigger::calendar{}, trigger::cooldown{trigger::band{.absolute = 0.05}, days(5)},
                                      trigger::distance{.limit = 0.2}},
                      cost::proportional{.rate = 0.001}, solver::to_target{}},
           3};
    (void)k.r.observe(k.m, k.a, x.in(), k.w);  // the month's chance is taken
    x.now = x.now + hours(1);
    CHECK(
        describe(k.propose(x), names) ==
        "TRADE at 2020-03-12T15:29:00Z, portfolio 100000.00: band fired: SPY is 6.00% of the portfolio above its target, 1.00% beyond the "
        "5.00% allowed; calendar: not due; cooldown fired: no trade yet; distance: the book is 6.00% of the portfolio away from its "
        "targets, 14.00% short of the 20.00% allowed\n"
        "  SELL 15 SPY at \u2265 400, notional 6000.00, cost 6.00 (rounded to whole steps)\n"
        "  BUY 99.95600879824043 GLD at \u2264 50, notional 4997.80, cost 5.00 (traded in full)\n"
        "  AGG not traded, 1000.00 below its target (below the minimum notional)\n"
        "  cost 11.00, turnover 5.99%, cash 0.00 before and 991.20 after");
}

TEST_CASE("describe: a trade list cut by whole steps and by a limit") {
    desk x;
    x.quantity = {150.0, 250.0, 300.0};
    x.step = {decimal_step{1, 0}, decimal_step{7, 0}, decimal_step{1, -18}};
    kept k{rebalancer{trigger::every{.interval = days(30)}, cost::proportional{.rate = 0.001}, solver::to_target{},
                      guard::max_trade{.share = {1.0, 1.0, 0.01}}, mandate{.reserve = 0.02}},
           3};
    CHECK(describe(k.propose(x), {"SPY", "AGG"}) ==
          "TRADE at 2020-03-12T14:29:00Z, portfolio 100000.00: every fired: no trade yet\n"
          "  SELL 18 SPY at \u2265 400, notional 7200.00, cost 7.20 (cut: others could not move)\n"
          "  BUY 42 AGG at \u2264 100, notional 4200.00, cost 4.20 (cut: not enough cash)\n"
          "  BUY 19.757197945995894628 asset 2 at \u2264 50, notional 987.86, cost 0.99 (cut: not enough cash)\n"
          "  SPY traded in part, 2800.00 above its target (cut: others could not move)\n"
          "  AGG traded in part, 800.00 below its target (cut: not enough cash)\n"
          "  asset 2 traded in part, 4012.14 below its target (cut: not enough cash)\n"
          "  cost 12.39, turnover 7.19%, cash 0.00 before and 1999.75 after\n"
          "  more to do once these are filled: SPY, asset 2");
    REQUIRE_FALSE(k.r.commit(k.a, k.d, x.now));
    x.now = x.now + days(12) + hours(6);
    CHECK(describe(k.propose(x), {"SPY", "AGG"}) == "HOLD at 2020-03-24T20:29:00Z, portfolio 100000.00: the trigger did not fire; every: "
                                                    "12 d 6 h since the last trade, 17 d 18 h short "
                                                    "of its 30 d\n"
                                                    "  no orders, cash stays 0.00");
}

TEST_CASE("describe: rows, places and swaps stand in the order's line") {
    order o{.row = 5,
            .asset = 1,
            .place = 2,
            .steps = -5,
            .step = {1, -1},
            .quantity = -0.5,
            .price = 100.0,
            .limit_price = 99.5,
            .notional = -50.0,
            .cost = 0.0};
    CHECK(describe(o, names) == "SELL 0.5 AGG of row 5 in place 2 at \u2265 99.5, notional 50.00, cost 0.00 (traded in full)");
    o = {.row = 0,
         .asset = 0,
         .against = 4,
         .venue = 3,
         .parent = 7,
         .quantity = 1e-9,
         .price = 1.0,
         .limit_price = 1.0,
         .notional = 1e-9,
         .cost = -2.5,
         .reason = why::exposure_kept};
    CHECK(describe(o, names) == "BUY 0.000000001 SPY on venue 3 against row 4 as a part of 7 at \u2264 1, notional 0.000000001, cost -2.50 "
                                "(moved to keep the exposure)");
    o = {.asset = 2, .steps = parse("170141183460469231731687303715884105727"), .step = {1, -18}, .quantity = 1.7e20, .limit_price = 1.0};
    CHECK(describe(o) == "BUY 170141183460469231731.687303715884105727 asset 2 at \u2264 1, notional 0.00, cost 0.00 (traded in full)");
    o.steps = -o.steps - 1;
    o.quantity = -o.quantity;
    CHECK(describe(o) == "SELL 170141183460469231731.687303715884105728 asset 2 at \u2265 1, notional 0.00, cost 0.00 (traded in full)");
}

TEST_CASE("describe: reasons say what is missing, and on which side") {
    CHECK(describe(reason{0, why::cut_by_cash, 1000.0, 400.0}, names) ==
          "SPY traded in part, 600.00 below its target (cut: not enough cash)");
    CHECK(describe(reason{0, why::cut_by_holding, -1000.0, -400.0}, names) ==
          "SPY traded in part, 600.00 above its target (cut: no more is held)");
    CHECK(describe(reason{1, why::frozen_stale, -12.5, 0.0}, names) ==
          "AGG not traded, 12.50 above its target (frozen: its price is too old)");
    CHECK(describe(reason{1, why::full, 12.5, 12.5}, names) == "AGG traded (traded in full)");
    CHECK(describe(reason{1, why::full, 0.1 + 0.2, 0.3}, names) == "AGG traded (traded in full)");
    CHECK(describe(reason{7, why::inside_band, 0.0, 0.0}, names) == "asset 7 not traded (inside its band)");
    CHECK(describe(reason{0, why::cut_by_maximum, 1000.0, 400.0}, names) ==
          "SPY traded in part, 600.00 below its target (cut to the largest order that is taken)");
    CHECK(describe(reason{0, why::cut_by_borrow, -1000.0, -400.0}, names) ==
          "SPY traded in part, 600.00 above its target (cut: no more can be borrowed)");
    CHECK(describe(reason{0, why::cut_to_close, -1000.0, -400.0}, names) ==
          "SPY traded in part, 600.00 above its target (cut: its position may only be closed)");
    CHECK(describe(reason{2, why::cut_by_settlement, 1000.0, 400.0}, names) ==
          "GLD traded in part, 600.00 below its target (cut: cash that would reach has not settled yet)");
    CHECK(describe(reason{2, why::open_order, -250.0, 0.0}, names) ==
          "GLD not traded, 250.00 above its target (open orders of the other side are to be cancelled first)");
    // More than wished is not a part.
    CHECK(describe(reason{0, why::cash_raised, -1000.0, -1100.0}, names) ==
          "SPY traded, 100.00 below its target (sold a little more to raise the cash)");
    CHECK(describe(reason{0, why::exposure_reduced, -1000.0, -1100.0}, names) ==
          "SPY traded, 100.00 below its target (reduced to keep leverage and margin)");
    CHECK(describe(reason{2, why::exposure_full, 400.0, 0.0}, names) ==
          "GLD not traded, 400.00 below its target (leverage or margin leave no room for an order)");
}

// Held: w = 0.52, 0.29, 0.19; the band is 5 points.
TEST_CASE("describe: holding says how far every leaf is from firing") {
    desk x;
    x.quantity = {130.0, 290.0, 380.0};
    kept k{rebalancer{trigger::any_of{trigger::band{.absolute = 0.05},
                                      trigger::distance{.limit = 0.1, .measure = trigger::distance_measure::euclidean},
                                      trigger::not_{trigger::every{}}, trigger::never{}},
                      cost::proportional{.rate = 0.001}, solver::to_target{}},
           3};
    CHECK(describe(k.propose(x), names) ==
          "HOLD at 2020-03-12T14:29:00Z, portfolio 100000.00: the trigger did not fire; band: SPY is 2.00% of the portfolio above its "
          "target, "
          "3.00% short of the 5.00% allowed; distance: the book is 2.45% of the portfolio away from its targets, 7.55% short of the 10.00% "
          "allowed; every fired: no trade yet; never: not due\n"
          "  no orders, cash stays 0.00");
}

// The cooldown gives its own firing where it holds back one that fired.
TEST_CASE("describe: a trigger that is held back by another") {
    desk x;
    kept k{rebalancer{trigger::cooldown{trigger::band{.absolute = 0.05}, days(5)}, cost::proportional{.rate = 0.001}, solver::to_target{}},
           3};
    REQUIRE_FALSE(k.r.commit(k.a, k.propose(x), x.now));
    x.now = x.now + days(2) + hours(3);
    CHECK(describe(k.propose(x), names) ==
          "HOLD at 2020-03-14T17:29:00Z, portfolio 100000.00: the trigger did not fire; cooldown: 2 d 3 h since the last trade, 2 d 21 h "
          "short "
          "of its 5 d; band fired: SPY is 6.00% of the portfolio above its target, 1.00% beyond the 5.00% allowed\n"
          "  no orders, cash stays 0.00");
}

TEST_CASE("describe: nothing that can be traded") {
    desk x;
    x.step = {decimal_step{1000, 0}};
    kept k{rebalancer{trigger::band{.absolute = 0.05}, cost::proportional{.rate = 0.001}, solver::to_target{}}, 3};
    CHECK(describe(k.propose(x), names) ==
          "HOLD at 2020-03-12T14:29:00Z, portfolio 100000.00: nothing can be traded; band fired: SPY is 6.00% of the portfolio above its "
          "target, 1.00% beyond the 5.00% allowed\n"
          "  SPY not traded, 6000.00 above its target (less than one step)\n"
          "  AGG not traded, 1000.00 below its target (less than one step)\n"
          "  GLD not traded, 5000.00 below its target (less than one step)\n"
          "  no orders, cash stays 0.00");
}

TEST_CASE("describe: a guard that blocks") {
    desk x;
    kept k{rebalancer{trigger::band{.absolute = 0.05}, cost::proportional{.rate = 0.001}, solver::to_target{}, guard::stale_price{}}, 3};
    CHECK(
        describe(k.propose(x), names) ==
        "BLOCKED at 2020-03-12T14:29:00Z, portfolio 100000.00: stale_price forbids to trade now; band fired: SPY is 6.00% of the portfolio "
        "above its target, 1.00% beyond the 5.00% allowed\n"
        "  SPY not traded, 6000.00 above its target (held back by a guard)\n"
        "  AGG not traded, 1000.00 below its target (held back by a guard)\n"
        "  GLD not traded, 5000.00 below its target (held back by a guard)\n"
        "  no orders, cash stays 0.00");
    decision d = k.d;
    d.outcome = outcome::not_worth_it;
    d.guard = "worth_it";
    CHECK_THAT(describe(d, names),
               StartsWith("NOT WORTH IT at 2020-03-12T14:29:00Z, portfolio 100000.00: worth_it says that the trades are "
                          "not worth it; band fired: SPY"));
    d.guard = nullptr;
    CHECK_THAT(describe(d, names), ContainsSubstring(": a guard says that the trades are not worth it"));
}

TEST_CASE("describe: inputs that are refused") {
    desk x;
    kept k{rebalancer{trigger::band{.absolute = 0.05}, cost::proportional{.rate = 0.001}, solver::to_target{}}, 3};
    x.quantity[2] = -1.0;
    CHECK(describe(k.propose(x), names) ==
          "REJECTED at 2020-03-12T14:29:00Z: short position, but the mandate does not allow shorts: GLD, value -1");
    x.quantity[2] = 1.0;
    x.target = {0.6, 0.4, 0.25};
    CHECK(describe(k.propose(x), names) == "REJECTED at 2020-03-12T14:29:00Z, portfolio 85050.00: targets ask for more than the mandate's "
                                           "leverage: value 1.25");
}

namespace {
// Leaves one asset no weight at all.
struct contradiction {
    static constexpr const char* name = "contradiction";
    void narrow(const look&, limits& lim) const noexcept {
        lim.narrow(1, 0.5, 1.0, why::cut_by_bounds);
        lim.narrow(1, 0.0, 0.25, why::cut_by_bounds);
    }
};
// Does not get to the end.
struct hasty : solver::to_target {
    template <bound_cost View>
    [[nodiscard]] status solve(const problem& p, const View& view, solution& s) const noexcept {
        (void)solver::to_target::solve(p, view, s);
        return status::inexact;
    }
};
}  // namespace

TEST_CASE("describe: limits that contradict each other, a solver that stopped short") {
    desk x;
    kept k{rebalancer{trigger::band{.absolute = 0.05}, cost::proportional{.rate = 0.001}, solver::to_target{}, contradiction{}}, 3};
    CHECK(describe(k.propose(x), names) ==
          "INFEASIBLE at 2020-03-12T14:29:00Z, portfolio 100000.00: the limits leave the asset no weight at all: AGG, value 0.25");
    kept h{rebalancer{trigger::band{.absolute = 0.05}, cost::proportional{}, hasty{}}, 3};
    x.step = {decimal_step{1, -6}};
    CHECK(describe(h.propose(x), names) == "INEXACT at 2020-03-12T14:29:00Z, portfolio 100000.00: the solver stopped short, the orders are "
                                           "its best feasible point; band fired: "
                                           "SPY is 6.00% of the portfolio above its target, 1.00% beyond the 5.00% allowed\n"
                                           "  SELL 15 SPY at \u2265 400, notional 6000.00, cost 0.00 (traded in full)\n"
                                           "  BUY 10 AGG at \u2264 100, notional 1000.00, cost 0.00 (traded in full)\n"
                                           "  BUY 100 GLD at \u2264 50, notional 5000.00, cost 0.00 (traded in full)\n"
                                           "  cost 0.00, turnover 6.00%, cash 0.00 before and 0.00 after");
}

// The band lets SPY go down to 0.55; what it gives goes to those below their targets, in the same part of their ways.
TEST_CASE("describe: assets that keep the exposure") {
    desk x;
    x.step = {decimal_step{1, -6}};
    kept k{rebalancer{trigger::band{.absolute = 0.05}, cost::proportional{}, solver::to_band{}}, 3};
    CHECK(
        describe(k.propose(x), names) ==
        "TRADE at 2020-03-12T14:29:00Z, portfolio 100000.00: band fired: SPY is 6.00% of the portfolio above its target, 1.00% beyond the "
        "5.00% allowed\n"
        "  SELL 2.500001 SPY at \u2265 400, notional 1000.00, cost 0.00 (traded in full)\n"
        "  BUY 1.666667 AGG at \u2264 100, notional 166.67, cost 0.00 (moved to keep the exposure)\n"
        "  BUY 16.666674 GLD at \u2264 50, notional 833.33, cost 0.00 (moved to keep the exposure)\n"
        "  cost 0.00, turnover 1.00%, cash 0.00 before and 0.00 after");
}

TEST_CASE("describe: an empty universe") {
    desk x;
    x.price = x.target = x.quantity = {};
    x.cash = 10.0;
    kept k{rebalancer{trigger::band{.absolute = 0.05}, cost::proportional{}, solver::to_target{}}, 0};
    CHECK(describe(k.propose(x)) ==
          "HOLD at 2020-03-12T14:29:00Z, portfolio 10.00: the trigger did not fire; band: the book is 0.00% of the "
          "portfolio away from its targets, 5.00% short of the 5.00% allowed\n"
          "  no orders, cash stays 10.00");
    decision nothing;
    CHECK(describe(nothing) ==
          "HOLD at 1970-01-01T00:00:00Z: the trigger did not fire; trigger: 0, exactly 0\n  no orders, cash stays 0.00");
}

namespace {
/// A desk whose account has open orders, a flow, cash that has not settled.
struct open_desk : desk {
    std::vector<open_order> open{};
    double flow = 0.0, unsettled = 0.0;

    template <class Rebalancer>
    const decision& propose(kept<Rebalancer>& k) const {
        inputs in = desk::in();
        in.account.open = open;
        in.account.flow = flow;
        in.account.unsettled = unsettled;
        REQUIRE_FALSE(k.r.observe(k.m, in.market));
        k.r.propose(k.m, k.a, in, k.w, k.d);
        return k.d;
    }
};
}  // namespace

// 140 + 20 of SPY, 290 − 40 of AGG, 300 of GLD at 400, 100, 50: 64 %, 25 %, 15 % of 100000, for 8000 paid and 4000 received.
TEST_CASE("describe: open orders that are to be cancelled, told with the orders themselves or by number") {
    open_desk x;
    x.quantity = {140.0, 290.0, 300.0};
    x.open = {{.asset = 0, .quantity = 20.0, .limit_price = 401.5}, {.asset = 1, .quantity = -40.0}};
    kept k{rebalancer{trigger::every{}, cost::proportional{}, solver::to_target{}}, 3};
    (void)x.propose(k);
    const std::string head = "TRADE at 2020-03-12T14:29:00Z, portfolio 100000.00: every fired: no trade yet\n";
    const std::string tail = "  SPY not traded, 14000.00 above its target (open orders of the other side are to be cancelled first)\n"
                             "  AGG not traded, 5000.00 below its target (open orders of the other side are to be cancelled first)\n"
                             "  GLD not traded, 5000.00 below its target (cut: others could not move)\n"
                             "  no orders, cash stays 0.00\n";
    const std::string more = "  more to do once these are cancelled: SPY, AGG, GLD";
    CHECK(describe(k.d, names, {}, x.open) ==
          head + "  CANCEL open order 0: BUY 20 SPY at \u2264 401.5\n  CANCEL open order 1: SELL 40 AGG\n" + tail + more);
    CHECK(describe(k.d, names) == head + "  CANCEL open order 0\n  CANCEL open order 1\n" + tail + more);
    CHECK(describe(open_order{.asset = 1, .row = 5, .quantity = -0.25, .limit_price = 109.3}, names) ==
          "SELL 0.25 AGG of row 5 at \u2265 109.3");
}

TEST_CASE("describe: a flow, and cash that has not settled") {
    open_desk x;
    x.quantity = {125.0, 300.0, 400.0};
    x.cash = 5000.0;
    x.flow = 5000.0;
    x.unsettled = 4000.0;
    x.step = {decimal_step{1, 0}};
    kept k{rebalancer{trigger::every{}, cost::proportional{}, solver::to_target{}, mandate{.proceeds = proceeds::when_settled}}, 3};
    // 6000 of the 10000 may be spent: of 5000, 3000 and 2000 six tenths in whole steps, and what is left over for two more of AGG.
    CHECK(describe(x.propose(k), names) ==
          "TRADE at 2020-03-12T14:29:00Z, portfolio 110000.00: every fired: no trade yet\n"
          "  BUY 7 SPY at \u2264 400, notional 2800.00, cost 0.00 (cut: cash that would reach has not settled yet)\n"
          "  BUY 20 AGG at \u2264 100, notional 2000.00, cost 0.00 (cut: cash that would reach has not settled yet)\n"
          "  BUY 24 GLD at \u2264 50, notional 1200.00, cost 0.00 (cut: cash that would reach has not settled yet)\n"
          "  SPY traded in part, 2200.00 below its target (cut: cash that would reach has not settled yet)\n"
          "  AGG traded in part, 1000.00 below its target (cut: cash that would reach has not settled yet)\n"
          "  GLD traded in part, 800.00 below its target (cut: cash that would reach has not settled yet)\n"
          "  cost 0.00, turnover 5.45%, cash 10000.00 before (5000.00 paid in) and 4000.00 after\n"
          "  more to do once these are filled and the cash has settled: SPY, AGG, GLD");
    x.flow = -3000.0;
    x.cash = x.unsettled = 0.0;
    CHECK(describe(x.propose(k), names) ==
          "TRADE at 2020-03-12T14:29:00Z, portfolio 97000.00: every fired: no trade yet\n"
          "  SELL 4 SPY at \u2265 400, notional 1600.00, cost 0.00 (sold a little more to raise the cash)\n"
          "  SELL 9 AGG at \u2265 100, notional 900.00, cost 0.00 (traded in full)\n"
          "  SELL 12 GLD at \u2265 50, notional 600.00, cost 0.00 (traded in full)\n"
          "  cost 0.00, turnover 3.20%, cash -3000.00 before (3000.00 to be paid out) and 100.00 after");
    // Where nothing can be sent at all, cash that settles is still more to do.
    x.flow = 0.0;
    x.cash = x.unsettled = 1000.0;
    CHECK_THAT(describe(x.propose(k), names), StartsWith("HOLD at 2020-03-12T14:29:00Z, portfolio 101000.00: nothing can be traded;"));
    CHECK_THAT(k.d.more_to_do() ? describe(k.d, names) : "", ContainsSubstring("\n  more to do once the cash has settled: SPY, AGG, GLD"));
    x.flow = -3000.0;
    x.cash = x.unsettled = 0.0;
    kept quiet{rebalancer{trigger::never{}, cost::proportional{}, solver::to_target{}}, 3};
    CHECK_THAT(describe(x.propose(quiet), names), ContainsSubstring("\n  no orders, cash stays -3000.00 (3000.00 to be paid out)"));
}

TEST_CASE("describe: how good a choice of whole steps is") {
    desk x;
    x.step = {decimal_step{7, 0}};
    x.target = {0.37, 0.33, 0.3};
    const auto with = [&](const sizing::integer& s) {
        kept k{rebalancer{trigger::every{}, cost::zero{}, solver::to_target{}, s}, 3};
        return describe(k.propose(x), names);
    };
    const std::string proved = with({});
    CHECK_THAT(proved, ContainsSubstring("\n  whole steps proved to be the best: distance and cost "));
    CHECK_THAT(proved, ContainsSubstring(" where each asset is rounded by itself"));
    CHECK_THAT(proved, !ContainsSubstring("no choice is below"));

    decision d;
    d.value = 100.0;
    const auto told = [&](const step_certificate& c) {
        d.steps = c;
        const std::string text = describe(d);
        const std::size_t at = text.find("\n  whole steps ");
        return at == std::string::npos ? std::string{} : text.substr(at + 3);
    };
    CHECK(told({}).empty());
    CHECK(told({.proved = true, .objective = 0.0021, .bound = 0.0021, .plain = 0.0064, .nodes = 12}) ==
          "whole steps proved to be the best: distance and cost 0.21%, 0.64% where each asset is rounded by itself");
    CHECK(told({.proved = true}) ==
          "whole steps proved to be the best: distance and cost 0.00%, 0.00% where each asset is rounded by itself");
    CHECK(
        told({.objective = 0.0021, .bound = 0.0020, .plain = infinity}) ==
        "whole steps not proved to be the best (found by exchanges): distance and cost 0.21%, too little cash where each asset is rounded "
        "by itself; no choice is below 0.20%, better by 0.01% at most");
    CHECK(told({.objective = 0.0021, .bound = -1e-20, .plain = 0.0064, .nodes = 100'000}) ==
          "whole steps not proved to be the best (the search ended after 100000 nodes): distance and cost 0.21%, 0.64% where each asset is "
          "rounded by itself; no choice is below 0.00%, better by 0.21% at most");
    CHECK_THAT(told({.objective = 0.0021, .bound = -infinity, .plain = 0.0064}), EndsWith("; nothing is known of what would be better"));
    // A step too much is no trade in part.
    CHECK(describe(reason{0, why::steps_chosen, 1000.0, 1200.0}, names) ==
          "SPY traded, 200.00 above its target (whole steps chosen for the book as a whole)");
    CHECK(describe(reason{0, why::steps_chosen, -1000.0, -800.0}, names) ==
          "SPY traded in part, 200.00 above its target (whole steps chosen for the book as a whole)");
}

TEST_CASE("describe: how good the solver's answer is") {
    decision d;
    d.value = 100.0;
    CHECK_THAT(describe(d), !ContainsSubstring("best trade"));
    d.optimality = {.made = true, .proved = true, .objective = 0.0021};
    CHECK_THAT(describe(d), EndsWith("\n  the best trade, proved: risk and cost 0.21%"));
    d.optimality.cash_price = 0.0125;
    CHECK_THAT(describe(d),
               EndsWith("\n  the best trade, proved: risk and cost 0.21%; another share of cash would improve it by 1.25% of the share"));
    d.optimality = {.made = true, .objective = 0.0021, .gap = 0.0002};
    CHECK_THAT(describe(d), EndsWith("\n  not proved to be the best trade: risk and cost 0.21%, better by 0.02% at most"));
    d.optimality.end = search_end::stopped;
    d.optimality.turnover_price = 0.004;
    d.optimality.leverage_price = 0.01;
    d.optimality.tracking_error_price = 0.02;
    d.optimality.cost_price = 0.5;
    CHECK_THAT(
        describe(d),
        EndsWith("better by 0.02% at most (stopped after as many steps as are allowed); of turnover, by 0.40%; of leverage, by 1.00%; "
                 "of tracking error, by 2.00%; of the cost budget, by 50.00%"));
    d.optimality = {.made = true, .proved = true};
    d.prices.limits = {{.name = "tech", .upper = 0.3, .price = 0.0008}, {.name = "rest"}, {.lower = -0.1, .price = -0.0005}};
    CHECK_THAT(describe(d),
               EndsWith("\n  limits that bind: tech at most 0.3 (another unit would improve it by 0.08%), limit 2 at least -0.1 "
                        "(another unit would improve it by 0.05%)"));
    d.outcome = outcome::infeasible;
    d.problem = {fault_code::limits_contradict, 0};
    d.optimality = {.made = true, .turnover_price = 1.0, .tracking_error_price = 1.0, .cost_price = 0.5};
    CHECK_THAT(describe(d), EndsWith(": limits on several assets contradict each other: tech, limit 2, turnover, tracking error, costs"));
    d.prices.limits.clear();
    d.optimality = {};
    CHECK_THAT(describe(d), EndsWith(": limits on several assets contradict each other: limit 0"));
    CHECK(describe(fault{fault_code::views_contradict, 1, 0.01}) == "views that are held for certain contradict each other: view 1");
    CHECK(describe(fault{fault_code::return_out_of_reach, no_index, 0.08}) ==
          "no weights within the limits have the wanted expected return: value 0.08");
    CHECK(describe(fault{fault_code::unknown_factor, 2, 7.0}) == "limit on a factor that the risk view does not have: limit 2, value 7");
    CHECK(describe(reason{0, why::hedged, 1000.0, -200.0}, names) ==
          "SPY traded, 1200.00 below its target (moved for the risk that it shares with others)");
    CHECK(describe(reason{0, why::cut_to_rate, 1000.0, 200.0}, names) ==
          "SPY traded in part, 800.00 below its target (a part of the way at a time)");
}

// ---- what the texts lean on ----

TEST_CASE("describe: every trigger tells the unit of its measure") {
    desk x;
    const auto unit_of = [&](auto trigger, auto... more) {
        kept k{rebalancer{trigger, cost::proportional{}, solver::to_target{}, more...}, 3};
        const auto& d = k.propose(x);
        REQUIRE_FALSE(d.problem);
        return d.firing.unit;
    };
    CHECK(unit_of(trigger::band{.absolute = 0.05}) == measure_unit::weight);
    CHECK(unit_of(trigger::band{.absolute = {0.05, 0.1, 0.2}, .relative = 0.25}) == measure_unit::weight);
    CHECK(unit_of(trigger::volatility_band{.width = 0.05, .reference = 0.2, .exponent = 1.0}, risk::ewma{}) == measure_unit::weight);
    CHECK(unit_of(trigger::predictive_band{.deviations = 1.0}, risk::ewma{}) == measure_unit::weight);
    CHECK(unit_of(trigger::regime_band{.width = {0.05, 0.1}}, risk::given_regimes{}) == measure_unit::weight);
    CHECK(unit_of(trigger::breach_probability{.width = 0.05, .limit = 0.5}, risk::ewma{}) == measure_unit::chance);
    CHECK(unit_of(trigger::distance{}) == measure_unit::weight);
    CHECK(unit_of(trigger::cash_flow{}) == measure_unit::weight);
    CHECK(unit_of(trigger::every{}) == measure_unit::seconds);
    CHECK(unit_of(trigger::calendar{}) == measure_unit::yes_no);
    CHECK(unit_of(trigger::never{}) == measure_unit::yes_no);
    CHECK(unit_of(trigger::not_{trigger::every{}}) == measure_unit::seconds);
    CHECK(unit_of(trigger::all_of{trigger::every{}, trigger::distance{}}) == measure_unit::weight);
    kept k{rebalancer{trigger::cooldown{trigger::never{}, days(5)}, cost::proportional{}, solver::to_target{}}, 3};
    REQUIRE(k.propose(x).leaves.size() == 2);
    CHECK(k.d.leaves[1].unit == measure_unit::seconds);
}

TEST_CASE("describe: no locale changes a text") {
    desk x;
    x.least = {1500.0};
    kept k{rebalancer{trigger::band{.absolute = 0.05}, cost::proportional{.rate = 0.001}, solver::to_target{}}, 3};
    const std::string expected = describe(k.propose(x), names);
    struct german : std::numpunct<char> {
        char do_decimal_point() const override { return ','; }
        char do_thousands_sep() const override { return '.'; }
        std::string do_grouping() const override { return "\3"; }
    };
    const std::locale before = std::locale::global(std::locale{std::locale::classic(), new german});
    const char* const c_before = std::setlocale(LC_ALL, nullptr);
    const std::string c_name = c_before == nullptr ? "C" : c_before;
    for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"})
        if (std::setlocale(LC_ALL, name) != nullptr) break;
    const std::string text = describe(k.d, names);
    std::setlocale(LC_ALL, c_name.c_str());
    std::locale::global(before);
    CHECK(text == expected);
}
