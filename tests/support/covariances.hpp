// What every estimator of covariances has to keep, whatever its formula: a matrix that is one, whatever the ticks; the same bits saved, erased and
// permuted; faults that change nothing; and what it finds in a market that is known.
#pragma once

#include <ballast/any/estimator.hpp>
#include <ballast/core/archive.hpp>
#include <ballast/core/civil_date.hpp>
#include <ballast/core/state.hpp>

#include "support/catch.hpp"
#include "support/csv.hpp"
#include "support/same_bits.hpp"

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace test {

using real = long double;
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// A full matrix, row by row.
struct matrix {
    std::size_t n = 0;
    std::vector<double> at{};
    matrix() = default;
    explicit matrix(std::size_t size) : n(size), at(size * size, 0.0) {}
    matrix(std::size_t size, std::vector<double> numbers) : n(size), at(std::move(numbers)) {}
    [[nodiscard]] double& operator()(std::size_t i, std::size_t j) { return at[i * n + j]; }
    [[nodiscard]] double operator()(std::size_t i, std::size_t j) const { return at[i * n + j]; }
};

// Σ of a view in any layout.
inline matrix matrix_of(const ballast::risk_view& v) {
    matrix m{v.specific.size()};
    for (std::size_t i = 0; i < m.n; ++i)
        for (std::size_t j = 0; j < m.n; ++j) m(i, j) = v.covariance(i, j);
    return m;
}

inline double largest_entry(const matrix& m) {
    double most = 0.0;
    for (const double x : m.at) most = std::fmax(most, std::fabs(x));
    return most;
}

// Positive semidefinite up to rounding: of the matrix scaled to correlations, with `slack` on its diagonal, elimination meets no pivot below 0.
inline bool is_semidefinite(const matrix& m, double slack = 1e-12) {
    const std::size_t n = m.n;
    std::vector<real> a(n * n);
    for (std::size_t i = 0; i < n; ++i) {
        if (m(i, i) < 0.0) return false;
        for (std::size_t j = 0; j < n; ++j) {
            const real scale = std::sqrt(static_cast<real>(m(i, i))) * std::sqrt(static_cast<real>(m(j, j)));
            if (!(scale > 0) && m(i, j) != 0.0) return false;
            a[i * n + j] =
                (scale > 0 ? static_cast<real>(m(i, j)) / scale : 0) + (i == j ? static_cast<real>(slack) * static_cast<real>(n) : 0);
        }
    }
    for (std::size_t k = 0; k < n; ++k) {
        if (!(a[k * n + k] > 0)) return false;
        for (std::size_t i = k + 1; i < n; ++i) {
            const real f = a[i * n + k] / a[k * n + k];
            for (std::size_t j = k + 1; j < n; ++j) a[i * n + j] -= f * a[k * n + j];
        }
    }
    return true;
}

// Finite, symmetric to the last bit, its diagonal told beside it, positive semidefinite.
inline void check_matrix(const ballast::risk_view& v, double slack = 1e-12) {
    using ballast::risk_layout;
    const std::size_t n = v.specific.size();
    for (std::size_t i = 0; i < n; ++i) REQUIRE((v.variance(i) >= 0.0 && std::isfinite(v.variance(i)) && v.specific[i] >= 0.0));
    if (v.layout == risk_layout::dense) {
        REQUIRE(v.dense.size() == n * n);
        for (std::size_t i = 0; i < n; ++i) {
            REQUIRE(same_bits(v.dense[i * n + i], v.specific[i]));
            for (std::size_t j = 0; j < i; ++j) REQUIRE(same_bits(v.dense[i * n + j], v.dense[j * n + i]));
        }
    } else {
        REQUIRE(v.layout == risk_layout::factor);
        REQUIRE(v.loadings.size() == n * v.factors());
        REQUIRE((n == 0 || v.factor_covariance.size() == v.factors() * v.factors()));
    }
    const matrix m = matrix_of(v);
    for (const double x : m.at) REQUIRE(std::isfinite(x));
    REQUIRE(is_semidefinite(m, slack));
}

// An estimator with its estimate of some assets.
template <class E>
struct of_market {
    E estimator;
    typename E::estimate estimate{};

    of_market(E e, std::size_t n) : estimator(std::move(e)) { prepare(estimator, estimate, n); }
    static void prepare(const E& e, typename E::estimate& s, std::size_t n) {
        ballast::detail::prepare(s, ballast::sizes{.assets = n});
        ballast::detail::prepare_for(e, s, ballast::sizes{.assets = n});
    }
    ballast::fault tick(const ballast::market_view& m) { return estimator.observe(estimate, m); }
    ballast::fault tick(ballast::timestamp now, const std::vector<double>& price) { return tick({.now = now, .price = price}); }
    [[nodiscard]] ballast::risk_view view() const { return estimator.view(estimate); }
    [[nodiscard]] matrix covariance() const { return matrix_of(view()); }
};

// Prices that move together: one common factor with loading `common`, and noise of one's own. Volatility 0.3 a year.
struct walk {
    std::mt19937_64 rng;
    std::normal_distribution<double> noise{0.0, 1.0};
    double common;
    std::vector<double> price;
    walk(std::size_t n, std::uint64_t seed, double rho = 0.5) : rng(seed), common(std::sqrt(rho)), price(n, 100.0) {}
    [[nodiscard]] double unit() { return static_cast<double>(rng() >> 11) * (1.0 / 9007199254740992.0); }
    void move(double years, double volatility = 0.3) {
        const double shared = noise(rng);
        for (double& p : price)
            p *= std::exp(volatility * std::sqrt(years) * (common * shared + std::sqrt(1.0 - common * common) * noise(rng)));
    }
};

// Whatever the ticks, the matrix is one: assets that are listed late, quotes that are missing, old, repeated or no numbers, moves as large as they come,
// more assets than rows.
template <class E>
void check_always_a_matrix(const E& e, std::size_t series = 0, double slack = 1e-12) {
    using namespace ballast;
    for (const std::size_t n : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{19}}) {
        if (series > n) continue;
        for (std::uint64_t seed = 1; seed <= 6; ++seed) {
            of_market<E> s{e, n};
            walk w{n, 100 * n + seed, seed % 2 == 0 ? 0.999999 : 0.4};
            check_matrix(s.view());
            timestamp now = timestamp{} + days(15'000);
            std::vector<int> listed(n, 0);
            for (int& l : listed) l = static_cast<int>(w.rng() % 40);
            std::vector<timestamp> as_of(n, now);
            for (int k = 0; k < 120; ++k) {
                const auto passed = seconds(1 + static_cast<std::int64_t>(w.rng() % (w.rng() % 20 == 0 ? 864'000 : 7'200)));
                now = now + passed;
                w.move(passed.years(), w.rng() % 25 == 0 ? 3000.0 : 0.3);
                std::vector<double> told(n);
                for (std::size_t i = 0; i < n; ++i) {
                    if (!(w.price[i] > 1e-300 && w.price[i] < 1e300)) w.price[i] = 100.0;
                    const double bad[] = {not_a_number, 0.0, -1.0, std::numeric_limits<double>::infinity()};
                    told[i] = k < listed[i] || w.unit() < 0.2 ? bad[w.rng() % 4] : (w.unit() < 0.1 ? 100.0 : w.price[i]);
                    if (w.unit() < 0.8) as_of[i] = now - seconds(static_cast<std::int64_t>(w.rng() % 3600));
                }
                std::vector<double> factor(series);
                for (double& f : factor) f = w.unit() < 0.2 ? not_a_number : (w.unit() < 0.02 ? 1e99 : std::log(w.price[0]) + w.unit());
                market_view m{.now = now, .price = told, .factor = factor};
                if (seed % 3 == 0) m.as_of = as_of;
                REQUIRE_FALSE(s.tick(m));
                check_matrix(s.view(), slack);
            }
        }
    }
}

// A state that was saved and loaded goes on as if it had not been, an erased estimator gives the same bits, and a split is no return.
template <class E>
void check_same_elsewhere(const E& e, std::size_t series = 0) {
    using namespace ballast;
    const std::size_t n = 4;
    const auto prepared = [&](const auto& policy, auto& market) {
        market.prepare({.assets = n});
        detail::prepare_for(policy, detail::get<0>(market.estimates), {.assets = n});
    };
    const any_estimator erased = e;
    CHECK(erased.runtime_provides() == E::provides);
    market_state<E> plain, loaded;
    market_state<any_estimator> other;
    prepared(e, plain);
    prepared(erased, other);
    prepared(e, loaded);
    walk w{n, 5};
    for (int k = 0; k < 160; ++k) {
        w.move(days(1).years());
        std::vector<double> told = w.price;
        if (k % 7 == 3) told[1] = not_a_number;
        std::vector<double> factor(series);
        for (double& f : factor) f = std::log(w.price[0]) + 0.01 * w.unit();
        const market_view m{.now = timestamp{} + hours(24 * k), .price = told, .factor = factor};
        REQUIRE_FALSE(e.observe(detail::get<0>(plain.estimates), m));
        REQUIRE_FALSE(e.observe(detail::get<0>(loaded.estimates), m));
        REQUIRE_FALSE(erased.observe(detail::get<0>(other.estimates), m));
        if (k == 80) {
            REQUIRE_FALSE(plain.adjust(2, 0.1));
            REQUIRE_FALSE(loaded.adjust(2, 0.1));
            REQUIRE_FALSE(other.adjust(2, 0.1));
            w.price[2] *= 0.1;
        }
        const std::vector<std::byte> bytes = save(plain);
        REQUIRE(bytes == save(loaded));
        REQUIRE(bytes == save(other));
        prepared(e, loaded);
        REQUIRE_FALSE(load(loaded, bytes));
        const auto all_of = [](const risk_view& v) {
            return std::vector<std::span<const double>>{v.specific, v.dense, v.loadings, v.factor_covariance};
        };
        const auto a = all_of(e.view(detail::get<0>(plain.estimates)));
        const auto b = all_of(e.view(detail::get<0>(loaded.estimates)));
        const auto c = all_of(erased.view(detail::get<0>(other.estimates)));
        for (std::size_t part = 0; part < a.size(); ++part) REQUIRE((same_bits(a[part], b[part]) && same_bits(a[part], c[part])));
    }
    const risk_view v = e.view(detail::get<0>(plain.estimates));
    CHECK(v.ready);
    CHECK(std::sqrt(v.variance(2)) < 0.6);  // of 0.3; a split that is taken for a return makes it 4 and more
    CHECK(std::sqrt(v.variance(2)) > 0.15);
}

// What is wrong with a tick is told and changes nothing; an empty universe is ready.
template <class E>
void check_faults(const E& e) {
    using namespace ballast;
    of_market<E> s{e, 2};
    walk w{2, 9};
    for (int k = 0; k < 30; ++k) {
        w.move(days(1).years());
        REQUIRE_FALSE(s.tick(timestamp{} + days(k), w.price));
    }
    const matrix before = s.covariance();
    const std::vector<double> three{1.0, 2.0, 3.0};
    const std::vector<timestamp> one{timestamp{} + days(31)};
    for (const market_view& m : {market_view{.now = timestamp{} + days(31), .price = three},
                                 market_view{.now = timestamp{} + days(31), .price = w.price, .as_of = one}}) {
        const fault f = s.tick(m);
        CHECK(f.code == fault_code::size_mismatch);
        CHECK(f.index == no_index);
        CHECK(f.value == (m.price.size() == 3 ? 3.0 : 1.0));
        CHECK(same_bits(f, e.check(s.estimate, m)));
        CHECK(same_bits(before.at, s.covariance().at));
    }
    of_market<E> empty{e, 0};
    CHECK_FALSE(empty.tick({.now = timestamp{1}}));
    CHECK(empty.view().ready);
    CHECK(empty.view().specific.empty());
}

// Assets in another order give the same numbers in that order.
template <class E>
void check_permuted(const E& e, double tolerance = 0.0) {
    using namespace ballast;
    const std::vector<std::size_t> place{3, 0, 4, 1, 2};
    const std::size_t n = place.size();
    of_market<E> a{e, n}, b{e, n};
    walk w{n, 77};
    for (int k = 0; k < 150; ++k) {
        w.move(days(1).years());
        std::vector<double> told = w.price, moved(n);
        for (std::size_t i = 0; i < n; ++i)
            if (w.rng() % 10 == 0 || (i == 2 && k < 30)) told[i] = not_a_number;
        for (std::size_t i = 0; i < n; ++i) moved[place[i]] = told[i];
        REQUIRE_FALSE(a.tick(timestamp{} + days(k), told));
        REQUIRE_FALSE(b.tick(timestamp{} + days(k), moved));
    }
    const matrix p = a.covariance(), q = b.covariance();
    double worst = 0.0;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) worst = std::fmax(worst, std::fabs(p(i, j) - q(place[i], place[j])));
    CHECK(worst <= tolerance);
}

inline std::string data_file(const std::string& name) {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: " << name << " is skipped");
        return "";
    }
    return std::string{folder} + "/" + name;
}
// All columns of a file of prices; what is blank is NaN.
inline csv::prices read_prices(const std::string& name) {
    std::string content;
    csv::prices data;
    const std::string path = data_file(name);
    if (path.empty()) return data;
    REQUIRE(csv::load(path, content) == "");
    std::string_view text = content;
    std::vector<std::string_view> fields;
    csv::split(csv::take_line(text), fields);
    data.assets = fields.size() - 1;
    while (!text.empty()) {
        csv::split(csv::take_line(text), fields);
        REQUIRE(fields.size() == data.assets + 1);
        ballast::timestamp when;
        REQUIRE(csv::parse_date(fields[0], when));
        data.when.push_back(when);
        for (std::size_t i = 1; i < fields.size(); ++i) {
            double p = not_a_number;
            REQUIRE((fields[i].empty() || csv::parse_number(fields[i], p)));
            data.price.push_back(p);
        }
    }
    return data;
}
inline ballast::market_view tick_of(const csv::prices& data, std::size_t row) {
    return {.now = data.when[row], .price = {&data.price[data.assets * row], data.assets}};
}

template <class E>
[[nodiscard]] std::string refusal(const E& e) {
    const ballast::configuration_fault f = e.validate();
    return f ? ballast::invalid_configuration{f}.what() : "";
}

}  // namespace test
