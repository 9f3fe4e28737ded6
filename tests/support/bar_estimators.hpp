// What every estimator over a window of bars has to keep, whatever its formula: the published values, its definition with all sums written
// out, and its rules for gaps, stale quotes, spikes and splits.
#pragma once

#include <ballast/any/estimator.hpp>
#include <ballast/core/archive.hpp>
#include <ballast/core/state.hpp>

#include "support/catch.hpp"
#include "support/csv.hpp"
#include "support/same_bits.hpp"

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <initializer_list>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test {

inline constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

// One asset's bar, as a host hands it over.
struct price_bar {
    double open = no_number, high = no_number, low = no_number, close = no_number;
};

// An estimator with its estimate of one asset, fed bar by bar.
template <class E>
struct single {
    E estimator;
    typename E::estimate estimate{};

    explicit single(E e) : estimator(std::move(e)) { prepare(estimator, estimate, 1); }
    static void prepare(const E& e, typename E::estimate& s, std::size_t n) {
        ballast::detail::prepare(s, ballast::sizes{.assets = n});
        ballast::detail::prepare_for(e, s, ballast::sizes{.assets = n});
    }

    ballast::fault bar(ballast::timestamp now, const price_bar& b) {
        return estimator.observe(estimate,
                                 {.now = now, .price = one(b.close), .open = one(b.open), .high = one(b.high), .low = one(b.low)});
    }
    ballast::fault price(ballast::timestamp now, const double& p) { return estimator.observe(estimate, {.now = now, .price = one(p)}); }
    ballast::fault price(ballast::timestamp now, const double& p, const ballast::timestamp& quoted) {
        return estimator.observe(estimate, {.now = now, .price = one(p), .as_of = {&quoted, 1}});
    }
    [[nodiscard]] double variance() const { return estimator.view(estimate).variance(0); }
    [[nodiscard]] double volatility() const { return std::sqrt(variance()); }
    [[nodiscard]] bool ready() const { return estimator.view(estimate).ready; }

    static ballast::column<double> one(const double& x) { return {&x, 1}; }
};

// A folder of the outside data, empty where it is not there; then says so.
inline std::string data_file(const std::string& name) {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: " << name << " is skipped");
        return "";
    }
    return std::string{folder} + "/" + name;
}
inline csv::prices read_columns(const std::string& path, const std::vector<std::string>& columns) {
    std::string text;
    csv::prices data;
    REQUIRE(csv::load(path, text) == "");
    REQUIRE(csv::read(text, path, columns, data) == "");
    return data;
}
inline csv::prices read_bars(const std::string& path) { return read_columns(path, {"open", "high", "low", "close"}); }
inline price_bar bar_of(const csv::prices& data, std::size_t row) {
    const double* p = &data.price[4 * row];
    return {p[0], p[1], p[2], p[3]};
}

// The volatilities that R's package TTR gives for bitcoin's daily bars, per year of 365 days: for a window of 10 and one of 30.
template <class Make>
void check_against_ttr(const std::string& name, Make&& window_of) {
    const std::string reference = data_file("reference/vol_estimators_ttr_btc.csv");
    if (reference.empty()) return;
    const csv::prices bars = read_bars(data_file("reference/vol_input_btc_2019-10_2020-12.csv"));
    const csv::prices expected = read_columns(reference, {name + "_n10", name + "_n30"});
    REQUIRE(expected.when.size() == 427);
    auto ten = single{window_of(10u)};
    auto thirty = single{window_of(30u)};
    std::size_t row = 0;
    double worst = 0.0;
    for (std::size_t k = 0; k < bars.when.size(); ++k) {
        REQUIRE_FALSE(ten.bar(bars.when[k], bar_of(bars, k)));
        REQUIRE_FALSE(thirty.bar(bars.when[k], bar_of(bars, k)));
        if (row == expected.when.size() || bars.when[k] != expected.when[row]) continue;
        const auto off = [&](const auto& e, std::size_t column) {
            const double v = std::sqrt(e.variance() * (365.0 / 365.25));
            return std::fabs(v - expected.price[2 * row + column]);
        };
        REQUIRE((ten.ready() && thirty.ready()));
        worst = std::fmax(worst, std::fmax(off(ten, 0), off(thirty, 1)));
        ++row;
    }
    CHECK(row == 427);
    CHECK(worst < 1e-10);  // TTR's are printed with 12 digits
}

inline long double wide(double x) { return static_cast<long double>(x); }
inline long double years_of(ballast::duration d) { return static_cast<long double>(d.ns) / (365.25L * 86400.0L * 1e9L); }

// What is left to compare an estimate with: the bars that count, with the close before and the time that they took.
struct counted_bar {
    long double before, open, high, low, close, years;
    counted_bar(double close_before, const price_bar& b, ballast::duration took)
        : before(wide(close_before)),
          open(wide(b.open)),
          high(wide(b.high)),
          low(wide(b.low)),
          close(wide(b.close)),
          years(years_of(took)) {}
};

// A walk of bars inside which prices move, with nights between them.
struct random_bars {
    std::mt19937_64 rng;
    double last = 100.0;
    explicit random_bars(std::uint64_t seed) : rng(seed) {}

    [[nodiscard]] double unit() { return static_cast<double>(rng() >> 11) * (1.0 / 9007199254740992.0); }
    [[nodiscard]] price_bar next(double size = 0.02) {
        std::normal_distribution<double> noise{0.0, size};
        price_bar b;
        b.open = last * std::exp(0.3 * noise(rng));
        b.close = b.open * std::exp(noise(rng));
        b.high = std::fmax(b.open, b.close) * std::exp(std::fabs(0.5 * noise(rng)));
        b.low = std::fmin(b.open, b.close) * std::exp(-std::fabs(0.5 * noise(rng)));
        last = b.close;
        return b;
    }
};

// `definition(bars)` is the variance per bar. Irregular times, bars that are missing, flat or late, holes and giant moves.
template <class E, class Definition>
void check_definition(const E& e, std::size_t window, bool spans_gaps, ballast::duration longest_gap, Definition&& definition) {
    using namespace ballast;
    single<E> s{e};
    random_bars bars{71};
    std::vector<counted_bar> counted;
    timestamp now = timestamp{} + days(18'000), taught = timestamp::never(), seen = timestamp::never();
    double close = 0.0;
    std::uint64_t ticks = 0;
    double worst = 0.0;
    for (int k = 0; k < 3000; ++k) {
        now = now + seconds(static_cast<std::int64_t>(bars.rng() % 86400)) + (bars.rng() % 50 == 0 ? days(9) : duration{});
        price_bar b = bars.next(bars.rng() % 100 == 0 ? 2.0 : 0.01);
        if (bars.rng() % 10 == 0 && close > 0.0) b = {close, close, close, close};
        bars.last = b.close;
        timestamp at = now;
        if (bars.rng() % 20 == 0) b.close = no_number;
        if (bars.rng() % 30 == 0) at = seen;
        const bool usable = b.close == b.close && at.happened() && at > seen;
        REQUIRE_FALSE(s.bar(at.happened() ? at : now, at.happened() ? b : price_bar{}));
        if (usable) {
            const duration took = elapsed(spans_gaps ? taught : seen, at);
            const double before = close;
            if (seen.happened() && (spans_gaps || took <= longest_gap)) ++ticks;
            seen = at;
            if (!(b.high == b.low && b.close == before)) {
                taught = at;
                close = b.close;
                if (before > 0.0 && (spans_gaps || took <= longest_gap)) counted.emplace_back(before, b, took);
            }
        }
        CHECK(s.ready() == (ticks >= window));
        if (counted.empty()) continue;
        if (counted.size() > window) counted.erase(counted.begin());
        long double years = 0;
        for (const counted_bar& c : counted) years += c.years;
        const auto expected = static_cast<double>(definition(counted) * static_cast<long double>(counted.size()) / years);
        worst = std::fmax(worst, std::fabs(s.variance() / expected - 1.0));
    }
    CHECK(counted.size() == window);
    CHECK(worst < 1e-12);
}

// A giant bar is forgotten to the last bit when the window has passed, by one that never saw it.
template <class E>
void check_forgets(const E& e, std::size_t window) {
    using namespace ballast;
    single<E> clean{e}, spiked{e};
    random_bars bars{72};
    bool differed = false;
    for (std::size_t k = 0; k < 6 * window + 3; ++k) {
        const price_bar b = bars.next();
        price_bar wild = b;
        if (k == 2 * window) wild = {b.open, 1e200, 1e-200, b.close};
        if (k == 3 * window) wild = {1e150, 1e150, b.low, b.close};  // the open is far from the close before
        const timestamp now = timestamp{} + hours(static_cast<std::int64_t>(k));
        REQUIRE_FALSE(clean.bar(now, b));
        REQUIRE_FALSE(spiked.bar(now, wild));
        differed = differed || clean.variance() != spiked.variance();
        if (k > 4 * window) CHECK(same_bits(clean.variance(), spiked.variance()));
    }
    (void)differed;
}

// Whatever the bars, a volatility is a number at or above 0.
template <class E>
void check_always_a_number(const E& e) {
    using namespace ballast;
    single<E> s{e};
    std::mt19937_64 rng{73};
    const auto any_price = [&] {
        const double known[] = {
            std::numeric_limits<double>::max(),     std::numeric_limits<double>::denorm_min(), 1.0, 1.0 + 1e-16, no_number, 0.0, -1.0,
            std::numeric_limits<double>::infinity()};
        return rng() % 3 == 0 ? known[rng() % 8] : std::exp(static_cast<double>(rng() % 100) - 50.0);
    };
    timestamp now{};
    int learnt = 0;
    for (int k = 0; k < 20'000; ++k) {
        now = now + duration{static_cast<std::int64_t>(rng() % 4 == 0 ? 1 : (rng() >> (1 + rng() % 40)))};
        price_bar b{any_price(), any_price(), any_price(), any_price()};
        if (b.high < b.low) std::swap(b.high, b.low);
        if (b.open < b.low || b.open > b.high) b.open = b.high;
        if (b.close < b.low || b.close > b.high) b.close = b.low;
        const double was = s.variance();
        REQUIRE_FALSE(s.bar(now, b));
        REQUIRE((s.variance() >= 0.0 && std::isfinite(s.variance())));
        learnt += s.variance() != was ? 1 : 0;
        if (k % 100 == 99) {
            s = single<E>{e};
            now = {};
        }
    }
    CHECK(learnt > 1000);
}

// A state that was saved and loaded goes on as if it had not been; an erased estimator gives the same bits; permuted assets permuted ones.
template <class E>
void check_same_elsewhere(const E& e) {
    using namespace ballast;
    const std::size_t n = 3;
    const auto prepared = [&](const auto& policy, auto& market) {
        market.prepare({.assets = n});
        detail::prepare_for(policy, detail::get<0>(market.estimates), {.assets = n});
    };
    const any_estimator erased = e;
    market_state<E> plain, loaded;
    market_state<any_estimator> other;
    prepared(e, plain);
    prepared(erased, other);
    prepared(e, loaded);
    std::vector<random_bars> source{random_bars{1}, random_bars{2}, random_bars{3}};
    for (int k = 0; k < 120; ++k) {
        std::vector<price_bar> bars(n);
        for (std::size_t i = 0; i < n; ++i) bars[i] = source[i].next();
        if (k % 7 == 3) bars[1] = {};
        const market_view m{.now = timestamp{} + hours(24 * k),
                            .price = {bars, &price_bar::close},
                            .open = {bars, &price_bar::open},
                            .high = {bars, &price_bar::high},
                            .low = {bars, &price_bar::low}};
        REQUIRE_FALSE(e.observe(detail::get<0>(plain.estimates), m));
        REQUIRE_FALSE(e.observe(detail::get<0>(loaded.estimates), m));
        REQUIRE_FALSE(erased.observe(detail::get<0>(other.estimates), m));
        if (k == 60) {
            REQUIRE_FALSE(plain.adjust(2, 0.5));
            REQUIRE_FALSE(loaded.adjust(2, 0.5));
            REQUIRE_FALSE(other.adjust(2, 0.5));
            source[2].last *= 0.5;
        }
        const std::vector<std::byte> bytes = save(plain);
        REQUIRE(bytes == save(loaded));
        REQUIRE(bytes == save(other));
        prepared(e, loaded);
        REQUIRE_FALSE(load(loaded, bytes));
        REQUIRE(same_bits(e.view(detail::get<0>(plain.estimates)).specific, e.view(detail::get<0>(loaded.estimates)).specific));
    }
    CHECK(e.view(detail::get<0>(plain.estimates)).ready);
    // No split is seen in asset 2.
    CHECK(std::sqrt(e.view(detail::get<0>(plain.estimates)).variance(2)) < 1.0);
    CHECK(same_bits(e.view(detail::get<0>(plain.estimates)).specific, erased.view(detail::get<0>(other.estimates)).specific));
}

// What is wrong with a bar is told with asset and value, and changes nothing.
template <class E>
void check_bar_faults(const E& e) {
    using namespace ballast;
    typename E::estimate s;
    single<E>::prepare(e, s, 2);
    std::vector<double> open{10.0, 20.0}, high{11.0, 21.0}, low{9.0, 19.0}, close{10.5, 20.5};
    timestamp now{};
    const auto tick = [&] { return market_view{.now = now, .price = close, .open = open, .high = high, .low = low}; };
    for (int k = 0; k < 5; ++k, now = now + days(1)) {
        close[0] += 0.01;
        REQUIRE_FALSE(e.observe(s, tick()));
    }
    const std::vector<double> before(e.view(s).specific.begin(), e.view(s).specific.end());
    const auto refused = [&](const market_view& m, fault_code code, std::uint32_t asset, double value) {
        const fault f = e.observe(s, m);
        CHECK(f.code == code);
        CHECK(f.index == asset);
        CHECK(f.value == value);
        CHECK(same_bits(f, e.check(s, m)));
        CHECK(same_bits(e.view(s).specific, before));
    };
    const auto with = [&](std::vector<double>& of, std::size_t i, double x, double value) {
        const double was = std::exchange(of[i], x);
        refused(tick(), fault_code::bad_bar, static_cast<std::uint32_t>(i), value);
        of[i] = was;
    };
    with(high, 1, 18.0, 18.0);  // below the low
    with(high, 1, 20.0, 20.5);  // below the close
    with(low, 0, 10.2, 10.0);   // above the open
    with(open, 0, 12.0, 12.0);
    with(close, 1, 1.0, 1.0);
    const std::vector<double> three{1.0, 1.0, 1.0};
    refused({.now = now, .price = close, .open = open, .high = three, .low = low}, fault_code::size_mismatch, no_index, 3.0);
    refused({.now = now, .price = close, .open = three, .high = high, .low = low}, fault_code::size_mismatch, no_index, 3.0);
    refused({.now = now, .price = three, .open = open, .high = high, .low = low}, fault_code::size_mismatch, no_index, 3.0);
    // No faults: a tick without bars, and a bar that is not there.
    CHECK_FALSE(e.observe(s, {.now = now, .price = close}));
    CHECK(same_bits(e.view(s).specific, before));
    high[0] = low[0] = open[0] = no_number;
    high[1] = low[1] = open[1] = -1.0;
    CHECK_FALSE(e.observe(s, tick()));
    CHECK(same_bits(e.view(s).specific, before));
}

// An estimate made for another window is not prepared.
template <class E>
void check_windows_differ(const E& one, const E& other) {
    using namespace ballast;
    typename E::estimate s;
    single<E>::prepare(one, s, 2);
    CHECK(one.prepared(s));
    CHECK_FALSE(other.prepared(s));
    const std::vector<double> price{1.0, 2.0};
    CHECK(other.observe(s, {.now = timestamp{1}, .price = price}).code == fault_code::not_prepared);
}

// Bars of a random walk of 40 % a year in a market that is open for `open` of each day: how much of the variance it finds. Between two of
// 100 moments of a bar the highest and the lowest price are drawn from the laws that they have there (of a Brownian bridge).
template <class E>
[[nodiscard]] double share_of_walk(const E& e, double drift_per_year, double open, std::size_t bars) {
    using namespace ballast;
    single<E> s{e};
    std::mt19937_64 rng{74};
    std::normal_distribution<double> noise{0.0, 1.0};
    const auto log_of_uniform = [&] { return std::log((static_cast<double>(rng() >> 11) + 0.5) * (1.0 / 9007199254740992.0)); };
    const double sigma = 0.4;
    const double day = days(1).years();
    double x = 0.0;
    const auto move = [&](double years) { x += drift_per_year * years + sigma * std::sqrt(years) * noise(rng); };
    for (std::size_t k = 0; k <= bars; ++k) {
        if (open < 1.0) move(day * (1.0 - open));
        const double first = x;
        double high = x, low = x;
        for (int m = 0; m < 100; ++m) {
            const double from = x, years = day * open / 100.0;
            move(years);
            const auto reach = [&] { return std::sqrt((x - from) * (x - from) - 2.0 * sigma * sigma * years * log_of_uniform()); };
            high = std::fmax(high, 0.5 * (x + from + reach()));
            low = std::fmin(low, 0.5 * (x + from - reach()));
        }
        REQUIRE_FALSE(
            s.bar(timestamp{} + days(static_cast<std::int64_t>(k)), {std::exp(first), std::exp(high), std::exp(low), std::exp(x)}));
    }
    return s.variance() / (sigma * sigma);
}

// ---- what holds for those that look inside of bars alone: `over(n)` makes one of n bars ----

// What a stale quote leaves out is not taken for calm, and after a hole in the data a bar says only where the next one begins.
template <class Make>
void check_stale_is_not_calm(Make&& over) {
    using namespace ballast;
    single s{over(10)};
    random_bars bars{5};
    timestamp now{};
    for (int k = 0; k < 30; ++k, now = now + hours(1)) REQUIRE_FALSE(s.bar(now, bars.next()));
    const double before = s.variance();
    CHECK(before > 0.0);
    for (int k = 0; k < 419; ++k, now = now + hours(1)) REQUIRE_FALSE(s.bar(now, {bars.last, bars.last, bars.last, bars.last}));
    CHECK(s.variance() == before);
    // The next bar takes an hour, as the others did.
    for (int k = 0; k < 10; ++k, now = now + hours(1)) REQUIRE_FALSE(s.bar(now, bars.next()));
    CHECK(s.estimate.window.span[0] == hours(10));
    // After a hole in the data a bar says only where the next one begins.
    const double after = s.variance();
    now = now + days(6);
    REQUIRE_FALSE(s.bar(now, bars.next()));
    CHECK(s.variance() == after);
    REQUIRE_FALSE(s.bar(now + hours(1), bars.next()));
    CHECK(s.variance() != after);
    CHECK(s.estimate.window.span[0] == hours(10));
}

// Daily bars of a stock with four splits that nobody told of: all prices of a bar are of one day, so that it never sees them.
// Three days have a false low, of a tenth of the price: in 20 bars that is forgotten.
template <class Make>
void check_splits_do_not_show(Make&& over) {
    using namespace ballast;
    const std::string path = data_file("prices/aapl_daily_raw_unadjusted.csv");
    if (path.empty()) return;
    const csv::prices data = read_bars(path);
    single s{over(20)};
    double highest = 0.0, lowest = 1.0;
    int since_false = 1000, false_lows = 0;
    for (std::size_t row = 0; row < data.when.size(); ++row) {
        REQUIRE_FALSE(s.bar(data.when[row], bar_of(data, row)));
        if (row < 20) continue;
        REQUIRE(s.ready());
        const price_bar b = bar_of(data, row);
        ++since_false;
        if (3.0 * b.low < b.close) {
            ++false_lows;
            since_false = 0;
            CHECK(s.volatility() > 4.0);
        }
        if (since_false < 20) continue;
        highest = std::fmax(highest, s.volatility());
        lowest = std::fmin(lowest, s.volatility());
    }
    CHECK(false_lows == 3);
    CHECK(highest < 1.5);
    CHECK(lowest > 0.05);
}

// Bars further apart than it takes for neighbours never get it ready.
template <class Make>
void check_neighbours_only(Make&& over) {
    using namespace ballast;
    single s{over(3)};
    random_bars bars{6};
    for (int week = 0; week < 20; ++week) REQUIRE_FALSE(s.bar(timestamp{} + days(7 * week), bars.next()));
    CHECK_FALSE(s.ready());
    CHECK(s.variance() == 0.0);
}

// Closes alone are no bars, and never get it ready.
template <class Make>
void check_closes_are_no_bars(Make&& over) {
    using namespace ballast;
    single s{over(3)};
    random_bars bars{7};
    for (int k = 0; k < 50; ++k) {
        const double p = bars.next().close;
        REQUIRE_FALSE(s.bar(timestamp{} + hours(k), {p, p, p, p}));
    }
    CHECK_FALSE(s.ready());
    CHECK(s.variance() == 0.0);
    // One of them among true bars is left out with its time.
    for (int k = 50; k < 60; ++k) REQUIRE_FALSE(s.bar(timestamp{} + hours(k), bars.next()));
    const double v = s.variance(), p = bars.last * 1.1;
    CHECK(v > 0.0);
    REQUIRE_FALSE(s.bar(timestamp{} + hours(60), {p, p, p, p}));
    CHECK(s.variance() == v);
    REQUIRE_FALSE(s.bar(timestamp{} + hours(61), bars.next()));
    CHECK(s.estimate.window.span[0] == hours(3));
    CHECK(s.ready());
}

template <class E>
[[nodiscard]] std::string refusal(const E& e) {
    const ballast::configuration_fault f = e.validate();
    return f ? ballast::invalid_configuration{f}.what() : "";
}

}  // namespace test
