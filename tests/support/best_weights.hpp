// Best weights are checked by their conditions, with long double sums of the test's own and with the library's verifier. A covariance matrix is
// shown as factors: F = 1, Ω = Σ, D = 0.
#pragma once

#include <ballast/solver/verify.hpp>
#include <ballast/target/detail/best_weights.hpp>

#include "support/targets.hpp"

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace test {

inline constexpr double infinite = std::numeric_limits<double>::infinity();
using numbers = std::vector<double>;

enum class shown { as_factors, as_variances, dense };

/// A look at n assets of which Σ is known.
class risky_look {
public:
    explicit risky_look(numbers sigma, shown how = shown::as_factors) : sigma_(std::move(sigma)) {
        n_ = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(sigma_.size()))));
        view_.ready = true;
        one_.assign(n_ * n_, 0.0);
        diagonal_.assign(n_, 0.0);
        for (std::size_t i = 0; i < n_; ++i) {
            one_[i * n_ + i] = 1.0;
            if (how != shown::as_factors) diagonal_[i] = sigma_[i * n_ + i];
        }
        view_.specific = diagonal_;
        view_.layout = how == shown::as_factors     ? ballast::risk_layout::factor
                       : how == shown::as_variances ? ballast::risk_layout::diagonal
                                                    : ballast::risk_layout::dense;
        if (how == shown::as_factors) {
            view_.loadings = one_;
            view_.factor_covariance = sigma_;
        }
        if (how == shown::dense) view_.dense = sigma_;
        show();
    }
    /// Any view, whose numbers live elsewhere.
    risky_look(std::size_t n, ballast::risk_view view) : n_(n), view_(view) { show(); }
    risky_look(const risky_look&) = delete;
    risky_look& operator=(const risky_look&) = delete;

    [[nodiscard]] const ballast::look& operator()() const { return look_; }
    [[nodiscard]] std::size_t size() const { return n_; }
    [[nodiscard]] const ballast::risk_view& view() const { return view_; }
    [[nodiscard]] double covariance(std::size_t i, std::size_t j) const {
        return sigma_.empty() ? view_.covariance(i, j) : sigma_[i * n_ + j];
    }
    /// The host's targets.
    void give(numbers target) {
        target_ = std::move(target);
        look_.target = target_;
    }

private:
    void show() {
        price_.assign(n_, 1.0);
        look_.price = price_;
        look_.position = price_;
        look_.value = static_cast<double>(n_);
        look_.risk = {&view_, 1};
    }
    numbers sigma_{}, one_{}, diagonal_{}, price_{}, target_{};
    std::size_t n_ = 0;
    ballast::risk_view view_{};
    ballast::look look_{};
};

/// What a policy answers, and the prices with which it proves it.
struct answered {
    ballast::fault fault{};
    numbers w{};
    ballast::target_scratch scratch{};

    template <class T>
    answered(const T& t, const risky_look& l) : w(l.size(), std::nan("")) {
        t.prepare(scratch, {.assets = l.size(), .dense_risk = l.view().layout == ballast::risk_layout::dense});
        for (double& x : scratch.numbers) x = std::nan("");
        fault = t.weights(l(), scratch, w);
    }
    [[nodiscard]] const ballast::detail::best_weights_memory& memory() const {
        return *scratch.own.get<ballast::detail::best_weights_memory>();
    }
};

/// What is asked: least γ/2·wᵀΣw − αᵀw.
struct question {
    double risk_aversion = 1.0;
    numbers expected_return{};
    numbers lower{}, upper{};
    double sum = 1.0;
    numbers rows{}, row_lower{}, row_upper{};
};

/// The question that a policy with limits asks.
template <class T>
question question_of(const T& t, std::size_t n, double risk_aversion, const numbers& alpha) {
    question q{.risk_aversion = risk_aversion, .expected_return = alpha, .sum = 1.0 - t.cash};
    for (std::size_t i = 0; i < n; ++i) {
        q.lower.push_back(t.lower.given() ? t.lower[i] : -infinite);
        q.upper.push_back(t.upper.given() ? t.upper[i] : infinite);
    }
    const auto add = [&](const auto& l, auto coefficient) {
        for (std::size_t i = 0; i < n; ++i) q.rows.push_back(coefficient(i));
        q.row_lower.push_back(l.lower);
        q.row_upper.push_back(l.upper);
    };
    for (const auto& l : t.limits) add(l, [&](std::size_t i) { return l.coefficient[i]; });
    for (const auto& all : t.groups)
        for (std::size_t g = 0; g < all.groups.size(); ++g)
            add(all.groups[g], [&](std::size_t i) { return all.group_of[i] == g ? 1.0 : 0.0; });
    return q;
}

using real = long double;
inline std::vector<real> reals(const numbers& x) { return {x.begin(), x.end()}; }

/// αᵀw and wᵀΣw, rounded once.
/// @{
inline double gain_of(const numbers& alpha, const numbers& w) {
    const std::vector<real> a = reals(alpha), x = reals(w);
    real sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += a[i] * x[i];
    return static_cast<double>(sum);
}
inline double variance_of(const risky_look& l, const numbers& w) {
    const std::vector<real> x = reals(w);
    real sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
        for (std::size_t j = 0; j < x.size(); ++j) sum += x[i] * static_cast<real>(l.covariance(i, j)) * x[j];
    return static_cast<double>(sum);
}
/// @}

/// By how much the conditions are missed, relative to their terms; prices of the budget and the rows are given.
inline double missed(const risky_look& l, const question& q, const numbers& position, double budget, const numbers& prices) {
    constexpr real no_end = std::numeric_limits<real>::infinity();
    const std::size_t n = position.size(), m = q.row_lower.size();
    const std::vector<real> w = reals(position), price = reals(prices), rows = reals(q.rows), lower = reals(q.lower),
                            upper = reals(q.upper);
    const std::vector<real> row_lower = reals(q.row_lower), row_upper = reals(q.row_upper), alpha = reals(q.expected_return);
    real worst = 0;
    const auto miss = [&](real by, real size) {
        if (!(by <= 0)) worst = std::fmax(worst, size > 0 ? by / size : by);
        if (std::isnan(by)) worst = no_end;
    };
    const auto wanted = static_cast<real>(q.sum);
    real sum = 0, gross = 0;
    for (std::size_t i = 0; i < n; ++i) {
        sum += w[i];
        gross += std::fabs(w[i]);
        miss(lower[i] - w[i], 1e-6L);
        miss(w[i] - upper[i], 1e-6L);
    }
    miss(std::fabs(sum - wanted), gross + std::fabs(wanted));
    for (std::size_t j = 0; j < m; ++j) {
        real at = 0, size = 0;
        for (std::size_t i = 0; i < n; ++i) {
            at += rows[j * n + i] * w[i];
            size += std::fabs(rows[j * n + i] * w[i]);
        }
        const real up = row_upper[j], low = row_lower[j];
        if (up < no_end) miss(at - up, size + std::fabs(up));
        if (low > -no_end) miss(low - at, size + std::fabs(low));
        // A price only where that side is reached.
        if (price[j] > 0) miss(up - at, size + std::fabs(up));
        if (price[j] < 0) miss(at - low, size + std::fabs(low));
    }
    real largest = 0;
    std::vector<real> off(n), terms(n);
    for (std::size_t i = 0; i < n; ++i) {
        real g = 0, size = 0;
        const auto add = [&](real x) {
            g += x;
            size += std::fabs(x);
        };
        for (std::size_t j = 0; j < n; ++j) add(static_cast<real>(q.risk_aversion) * static_cast<real>(l.covariance(i, j)) * w[j]);
        if (!alpha.empty()) add(-alpha[i]);
        add(static_cast<real>(budget));
        for (std::size_t j = 0; j < m; ++j) add(price[j] * rows[j * n + i]);
        const bool at_lower = w[i] == lower[i], at_upper = w[i] == upper[i];
        off[i] = at_lower && at_upper ? 0 : at_lower ? std::fmax(real{0}, -g) : at_upper ? std::fmax(real{0}, g) : std::fabs(g);
        terms[i] = size;
        largest = std::fmax(largest, size);
    }
    for (std::size_t i = 0; i < n; ++i) miss(off[i], std::fmax(terms[i], largest / 1024));
    return static_cast<double>(worst);
}

/// The same with the prices that the policy found, and what the library's verifier says.
inline double missed(const risky_look& l, const question& q, const answered& a) {
    const auto& m = a.memory();
    const numbers price(m.row_price.begin(), m.row_price.begin() + static_cast<std::ptrdiff_t>(q.row_lower.size()));
    numbers zeros(a.w.size(), 0.0), row = price;
    ballast::solver::program p{.risk = l.view(), .risk_aversion = q.risk_aversion, .benchmark = zeros, .held = zeros};
    p.expected_return = q.expected_return;
    p.lower = q.lower;
    p.upper = q.upper;
    p.budget_lower = p.budget_upper = q.sum;
    p.rows = q.rows;
    p.row_lower = q.row_lower;
    p.row_upper = q.row_upper;
    ballast::solver::shadow_prices prices{.budget = m.budget_price, .row = row};
    numbers scratch(ballast::solver::verify_room(p) + 1);
    const auto c =
        ballast::solver::verify(p, ballast::cost::zero::view{}, std::span<const double>{a.w}, prices, std::span<double>{scratch});
    CHECK(c.how == ballast::search_end::best);
    return missed(l, q, a.w, m.budget_price, price);
}

/// Covariance times 252 and mean times 252 of the daily returns of twenty stocks, over the days on which all of them have a price; empty, with
/// a warning, without the data.
struct stocks {
    std::size_t n = 0;
    numbers sigma{}, mean{};

    stocks() {
        const char* folder = std::getenv("BALLAST_DATA");
        if (folder == nullptr) {
            WARN("BALLAST_DATA is not set: us20_stocks_daily_adjclose.csv is skipped");
            return;
        }
        std::ifstream file{std::string{folder} + "/prices/us20_stocks_daily_adjclose.csv"};
        REQUIRE(file.good());
        std::string line;
        std::getline(file, line);
        for (const char c : line) n += c == ',' ? 1 : 0;
        std::vector<numbers> move;
        numbers last;
        while (std::getline(file, line)) {
            numbers now;
            const char* at = line.c_str();
            while ((at = std::strchr(at, ',')) != nullptr) {
                char* end = nullptr;
                const double p = std::strtod(++at, &end);
                if (end != at) now.push_back(p);
            }
            if (now.size() == n && last.size() == n) {
                move.emplace_back();
                for (std::size_t i = 0; i < n; ++i) move.back().push_back(now[i] / last[i] - 1.0);
            }
            last = now;
        }
        REQUIRE(move.size() > 800);
        const auto count = static_cast<double>(move.size());
        mean.assign(n, 0.0);
        sigma.assign(n * n, 0.0);
        for (const numbers& r : move)
            for (std::size_t i = 0; i < n; ++i) mean[i] += r[i] / count;
        for (const numbers& r : move)
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j <= i; ++j) sigma[i * n + j] += 252.0 * (r[i] - mean[i]) * (r[j] - mean[j]) / (count - 1.0);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < i; ++j) sigma[j * n + i] = sigma[i * n + j];
        for (double& m : mean) m *= 252.0;
    }
};

/// A covariance matrix of n assets: that of `observations` random returns, which is singular where these are too few.
inline numbers random_covariance(std::mt19937_64& random, std::size_t n, std::size_t observations, double common = 0.5) {
    std::normal_distribution<double> noise;
    numbers sigma(n * n, 0.0), scale(n), r(n);
    for (double& s : scale) s = 0.1 + 0.3 * std::fabs(noise(random));
    for (std::size_t t = 0; t < observations; ++t) {
        const double all = noise(random);
        for (std::size_t i = 0; i < n; ++i) r[i] = scale[i] * (common * all + noise(random));
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) sigma[i * n + j] += r[i] * r[j] / static_cast<double>(observations);
    }
    return sigma;
}

/// Limits of n assets at random, some of which contradict each other.
template <class T>
void draw_limits(std::mt19937_64& random, std::size_t n, T& p) {
    std::uniform_real_distribution<double> unit;
    const auto chance = [&](double c) { return unit(random) < c; };
    const double even = 1.0 / static_cast<double>(n);
    if (chance(0.5)) p.upper = even * (0.9 + 3.0 * unit(random));
    if (chance(0.3)) p.lower = -unit(random);
    if (chance(0.1)) p.upper = infinite;
    if (chance(0.2)) p.cash = 0.4 * unit(random) - 0.2;
    if (chance(0.5)) {
        ballast::solver::group_limits g{.groups = std::vector<ballast::solver::group_limit>(1 + random() % 4)};
        for (ballast::solver::group_limit& one : g.groups) {
            if (chance(0.5)) one.upper = 0.1 + unit(random);
            if (chance(0.4)) one.lower = one.upper < infinite ? one.upper - 0.3 * unit(random) : 0.3 * unit(random);
        }
        for (std::size_t i = 0; i < n; ++i)
            g.group_of.push_back(chance(0.1) ? ballast::no_index : static_cast<std::uint32_t>(random() % g.groups.size()));
        p.groups.push_back(g);
    }
    if (chance(0.3)) {
        numbers beta;
        for (std::size_t i = 0; i < n; ++i) beta.push_back(0.5 + unit(random));
        p.limits.push_back({.name = "beta", .coefficient = ballast::per_asset{beta}, .lower = 0.8, .upper = 1.1});
    }
}
/// Covariances at random, some of them singular, some with an asset that is there twice.
inline numbers draw_sigma(std::mt19937_64& random, std::size_t n) {
    std::uniform_real_distribution<double> unit;
    numbers sigma = random_covariance(random, n, unit(random) < 0.3 ? 1 + n / 2 : 2 * n + 3);
    if (unit(random) < 0.8 || n < 3) return sigma;
    const auto from = [](std::size_t i) { return i == 1 ? std::size_t{0} : i; };
    const numbers once = sigma;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) sigma[i * n + j] = once[from(i) * n + from(j)];
    return sigma;
}

/// x of Σx = b, in long double.
inline numbers solution(numbers sigma, numbers b) {
    const std::size_t n = b.size();
    std::vector<real> a = reals(sigma), x = reals(b);
    for (std::size_t k = 0; k < n; ++k) {
        std::size_t pivot = k;
        for (std::size_t i = k + 1; i < n; ++i)
            if (std::fabs(a[i * n + k]) > std::fabs(a[pivot * n + k])) pivot = i;
        for (std::size_t j = 0; j < n; ++j) std::swap(a[k * n + j], a[pivot * n + j]);
        std::swap(x[k], x[pivot]);
        for (std::size_t i = k + 1; i < n; ++i) {
            const real f = a[i * n + k] / a[k * n + k];
            for (std::size_t j = k; j < n; ++j) a[i * n + j] -= f * a[k * n + j];
            x[i] -= f * x[k];
        }
    }
    for (std::size_t k = n; k-- > 0;) {
        for (std::size_t j = k + 1; j < n; ++j) x[k] -= a[k * n + j] * x[j];
        x[k] /= a[k * n + k];
    }
    numbers rounded(n);
    for (std::size_t i = 0; i < n; ++i) rounded[i] = static_cast<double>(x[i]);
    return rounded;
}

}  // namespace test
