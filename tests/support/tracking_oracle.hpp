// The best answer to a tiny program with linear costs, by trying everything: every asset at a bound, where it is held, at 0, or free on one side of
// its kinks; every set of limits that may be reached. Each such guess is a system of linear equations in the free positions and the prices of the
// limits. Of the answers that keep all conditions the one that keeps them best is told; in long doubles, with nothing of the library's formulas.
#pragma once

#include <ballast/core/risk_view.hpp>
#include <ballast/cost/concept.hpp>
#include <ballast/solver/program.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace ballast_test {

struct oracle_answer {
    double missed =
        std::numeric_limits<double>::infinity();  ///< largest condition missed, relative to its terms; infinite where no guess came through
    long double objective = 0.0L;
    std::vector<double> position{}, row{};
    double budget = 0.0, turnover = 0.0, leverage = 0.0;

    [[nodiscard]] bool found() const { return missed < 1e-11; }
    /// Looks at the numbers here.
    [[nodiscard]] ballast::solver::shadow_prices prices() {
        ballast::solver::shadow_prices y;
        y.budget = budget;
        y.turnover = turnover;
        y.leverage = leverage;
        y.row = row;
        return y;
    }
};

/// A program in long doubles.
struct wide_program {
    using real = long double;
    using column = std::vector<real>;

    template <class View>
    wide_program(const ballast::solver::program& p, const View& view)
        : n{p.assets()},
          m{p.row_count()},
          aversion{wide(p.risk_aversion)},
          budget_lower{wide(p.budget_lower)},
          budget_upper{wide(p.budget_upper)},
          turnover{wide(p.turnover)},
          leverage{wide(p.leverage)},
          costs_inside{p.costs_inside},
          benchmark{all(p.benchmark)},
          held{all(p.held)},
          lower{all(p.lower)},
          upper{all(p.upper)},
          expected_return(n, 0.0L),
          rows{all(p.rows)},
          row_lower{all(p.row_lower)},
          row_upper{all(p.row_upper)},
          covariance(n * n) {
        for (std::size_t i = 0; i < n; ++i) {
            const ballast::linear_cost c = view.linear(i);
            buy.push_back(wide(c.buy));
            sell.push_back(wide(c.sell));
            expected_return[i] = wide(p.alpha(i));
            for (std::size_t j = 0; j < n; ++j) covariance[i * n + j] = of(p.risk, i, j);
        }
    }
    [[nodiscard]] real coefficient(std::size_t row, std::size_t asset) const { return rows[row * n + asset]; }

    std::size_t n, m;
    real aversion, budget_lower, budget_upper, turnover, leverage;
    bool costs_inside;
    column benchmark, held, lower, upper, expected_return, rows, row_lower, row_upper, covariance;
    column buy{}, sell{};

private:
    [[nodiscard]] static real wide(double x) { return static_cast<real>(x); }
    [[nodiscard]] static column all(std::span<const double> x) {
        column c;
        for (const double v : x) c.push_back(wide(v));
        return c;
    }
    [[nodiscard]] static real of(const ballast::risk_view& r, std::size_t i, std::size_t j) {
        real c = i == j ? wide(r.specific[i]) : 0.0L;
        if (r.layout != ballast::risk_layout::factor) return c;
        const std::size_t k = r.factors();
        for (std::size_t a = 0; a < k; ++a)
            for (std::size_t b = 0; b < k; ++b)
                c += wide(r.loadings[i * k + a]) * wide(r.factor_covariance[a * k + b]) * wide(r.loadings[j * k + b]);
        return c;
    }
};

class tracking_oracle {
    using real = long double;
    using column = std::vector<real>;

public:
    template <class View>
    tracking_oracle(const ballast::solver::program& p, const View& view) : p_{p, view},
                                                                           n_{p_.n},
                                                                           state_(n_) {
        for (std::size_t i = 0; i < n_; ++i) largest_ = std::max({largest_, std::fabs(p_.held[i]), std::fabs(p_.benchmark[i])});
    }

    [[nodiscard]] oracle_answer solve() {
        assets(0);
        return best_;
    }

private:
    struct guess {
        bool free = false;
        real at = 0;    // where it is not free
        int trade = 0;  // 1 bought, −1 sold
        int side = 0;   // 1 long, −1 short
    };
    struct limit {
        enum { budget, turnover, leverage, row } kind;
        std::size_t j;
        real value;
        int sign;  // of its price
    };

    // Every guess for asset i and those after it.
    void assets(std::size_t i) {
        if (i == n_) {
            limits();
            return;
        }
        const bool leveraged = std::isfinite(p_.leverage);
        column points;
        for (const real at : {p_.lower[i], p_.upper[i], p_.held[i], 0.0L})
            if (std::isfinite(at) && at >= p_.lower[i] && at <= p_.upper[i] &&
                (at != 0.0L || leveraged || at == p_.held[i] || at == p_.lower[i] || at == p_.upper[i]) &&
                std::find(points.begin(), points.end(), at) == points.end())
                points.push_back(at);
        for (const real at : points) {
            state_[i] = {false, at, 0, 0};
            assets(i + 1);
        }
        for (const int trade : {1, -1}) {
            for (const int side : {1, -1}) {
                if (!leveraged && side < 0) continue;
                const real from = std::max(trade > 0 ? p_.held[i] : -infinity, leveraged && side > 0 ? 0.0L : -infinity);
                const real to = std::min(trade < 0 ? p_.held[i] : infinity, leveraged && side < 0 ? 0.0L : infinity);
                if (std::max(from, p_.lower[i]) > std::min(to, p_.upper[i])) continue;
                state_[i] = {true, 0, trade, side};
                assets(i + 1);
            }
        }
    }

    void limits() {
        std::vector<limit> all;
        if (std::isfinite(p_.budget_upper)) all.push_back({limit::budget, 0, p_.budget_upper, 1});
        if (std::isfinite(p_.budget_lower)) all.push_back({limit::budget, 0, p_.budget_lower, -1});
        if (std::isfinite(p_.turnover)) all.push_back({limit::turnover, 0, p_.turnover, 1});
        if (std::isfinite(p_.leverage)) all.push_back({limit::leverage, 0, p_.leverage, 1});
        for (std::size_t j = 0; j < p_.m; ++j) {
            if (std::isfinite(p_.row_upper[j])) all.push_back({limit::row, j, p_.row_upper[j], 1});
            if (std::isfinite(p_.row_lower[j])) all.push_back({limit::row, j, p_.row_lower[j], -1});
        }
        std::size_t free = 0;
        for (const guess& g : state_) free += g.free ? 1 : 0;
        std::vector<limit> reached;
        subsets(all, 0, free, reached);
    }
    void subsets(const std::vector<limit>& all, std::size_t from, std::size_t more, std::vector<limit>& reached) {
        try_guess(reached);
        if (more == 0) return;
        for (std::size_t l = from; l < all.size(); ++l) {
            reached.push_back(all[l]);
            subsets(all, l + 1, more - 1, reached);
            reached.pop_back();
        }
    }

    [[nodiscard]] real rate(std::size_t i) const {
        const guess& g = state_[i];
        const int trade = g.free ? g.trade : g.at > p_.held[i] ? 1 : g.at < p_.held[i] ? -1 : 0;
        return trade > 0 ? p_.buy[i] : trade < 0 ? -p_.sell[i] : 0;
    }
    // What a limit's sum rises by with a free asset, on the guessed side of its kinks.
    [[nodiscard]] real slope(const limit& l, std::size_t i) const {
        switch (l.kind) {
            case limit::budget: return 1 + (p_.costs_inside ? rate(i) : 0);
            case limit::turnover: return real(0.5) * state_[i].trade;
            case limit::leverage: return state_[i].side;
            default: return p_.coefficient(l.j, i);
        }
    }
    [[nodiscard]] real cost(std::size_t i, real w) const {
        return w > p_.held[i] ? p_.buy[i] * (w - p_.held[i]) : p_.sell[i] * (p_.held[i] - w);
    }
    // What it is where the free assets are at their kink's line through `held` and 0: the part that is no unknown.
    [[nodiscard]] real constant(const limit& l, std::size_t i) const {
        const guess& g = state_[i];
        const real h = p_.held[i];
        switch (l.kind) {
            case limit::budget: return g.free ? (p_.costs_inside ? -rate(i) * h : 0) : g.at + (p_.costs_inside ? cost(i, g.at) : 0);
            case limit::turnover: return g.free ? real(-0.5) * g.trade * h : real(0.5) * std::fabs(g.at - h);
            case limit::leverage: return g.free ? 0 : std::fabs(g.at);
            default: return g.free ? 0 : p_.coefficient(l.j, i) * g.at;
        }
    }

    void try_guess(const std::vector<limit>& reached) {
        std::vector<std::size_t> free;
        for (std::size_t i = 0; i < n_; ++i)
            if (state_[i].free) free.push_back(i);
        const std::size_t f = free.size();
        const std::size_t size = f + reached.size();
        // Rows: the conditions of the free assets, then the limits. In units in which both are about 1.
        std::vector<real> a(size * (size + 1), 0);
        const auto at = [&](std::size_t r, std::size_t c) -> real& { return a[r * (size + 1) + c]; };
        const real gamma = p_.aversion;
        for (std::size_t r = 0; r < f; ++r) {
            const std::size_t i = free[r];
            real rest = p_.expected_return[i] - rate(i);
            for (std::size_t j = 0; j < n_; ++j) {
                rest += gamma * p_.covariance[i * n_ + j] * p_.benchmark[j];
                if (!state_[j].free) rest -= gamma * p_.covariance[i * n_ + j] * state_[j].at;
            }
            for (std::size_t c = 0; c < f; ++c) at(r, c) = gamma * p_.covariance[i * n_ + free[c]];
            for (std::size_t l = 0; l < reached.size(); ++l) at(r, f + l) = slope(reached[l], i);
            at(r, size) = rest;
        }
        for (std::size_t l = 0; l < reached.size(); ++l) {
            real rest = reached[l].value;
            for (std::size_t i = 0; i < n_; ++i) rest -= constant(reached[l], i);
            for (std::size_t c = 0; c < f; ++c) at(f + l, c) = slope(reached[l], free[c]);
            at(f + l, size) = rest;
        }
        column x(size);
        if (!eliminate(a, size, x)) return;
        column w(n_);
        for (std::size_t i = 0; i < n_; ++i) w[i] = state_[i].at;
        for (std::size_t c = 0; c < f; ++c) w[free[c]] = x[c];
        // What is off a kink by no more than doubles can tell is on it.
        for (const std::size_t i : free)
            for (const real kink : {p_.lower[i], p_.upper[i], p_.held[i], 0.0L})
                if (std::isfinite(kink) && std::fabs(w[i] - kink) <= 1e-15L * (std::fabs(kink) + largest_)) w[i] = kink;
        column y(reached.size());
        for (std::size_t l = 0; l < reached.size(); ++l) {
            y[l] = x[f + l];
            if (y[l] * reached[l].sign < 0) y[l] = 0;  // nothing, if it is rounding, and else no answer
        }
        judge(w, reached, y);
    }

    // Gauss with the largest pivot of all; false where the system has not just one answer.
    [[nodiscard]] static bool eliminate(std::vector<real>& a, std::size_t size, column& x) {
        const std::size_t width = size + 1;
        std::vector<std::size_t> order(size);
        for (std::size_t c = 0; c < size; ++c) order[c] = c;
        // Rows and columns on one scale first.
        column row_scale(size, 1);
        column column_scale(size, 1);
        for (int pass = 0; pass < 4; ++pass) {
            for (std::size_t r = 0; r < size; ++r) {
                real most = 0;
                for (std::size_t c = 0; c < size; ++c) most = std::max(most, std::fabs(a[r * width + c]));
                if (!(most > 0)) return false;
                for (std::size_t c = 0; c < width; ++c) a[r * width + c] /= most;
            }
            for (std::size_t c = 0; c < size; ++c) {
                real most = 0;
                for (std::size_t r = 0; r < size; ++r) most = std::max(most, std::fabs(a[r * width + c]));
                if (!(most > 0)) return false;
                for (std::size_t r = 0; r < size; ++r) a[r * width + c] /= most;
                column_scale[c] /= most;
            }
        }
        for (std::size_t s = 0; s < size; ++s) {
            std::size_t pr = s, pc = s;
            for (std::size_t r = s; r < size; ++r)
                for (std::size_t c = s; c < size; ++c)
                    if (std::fabs(a[r * width + c]) > std::fabs(a[pr * width + pc])) pr = r, pc = c;
            if (!(std::fabs(a[pr * width + pc]) > 1e-15L)) return false;
            for (std::size_t c = 0; c < width; ++c) std::swap(a[s * width + c], a[pr * width + c]);
            for (std::size_t r = 0; r < size; ++r) std::swap(a[r * width + s], a[r * width + pc]);
            std::swap(order[s], order[pc]);
            for (std::size_t r = s + 1; r < size; ++r) {
                const real times = a[r * width + s] / a[s * width + s];
                for (std::size_t c = s; c < width; ++c) a[r * width + c] -= times * a[s * width + c];
            }
        }
        for (std::size_t s = size; s-- > 0;) {
            real rest = a[s * width + size];
            for (std::size_t c = s + 1; c < size; ++c) rest -= a[s * width + c] * x[order[c]];
            x[order[s]] = rest / a[s * width + s];
        }
        for (std::size_t c = 0; c < size; ++c) {
            x[c] *= column_scale[c];
            if (!std::isfinite(x[c])) return false;
        }
        return true;
    }

    // Relative to the terms.
    void judge(const column& w, const std::vector<limit>& reached, const column& y) {
        real missed = 0;
        const auto miss = [&](real by, real size) {
            if (by > 0) missed = std::max(missed, size > 0 ? by / size : infinity);
        };
        real budget = 0, budget_size = 0, turnover = 0, turnover_size = 0, leverage = 0;
        for (std::size_t i = 0; i < n_; ++i) {
            const real h = p_.held[i];
            const guess& g = state_[i];
            miss(p_.lower[i] - w[i], largest_ + std::fabs(w[i]));
            miss(w[i] - p_.upper[i], largest_ + std::fabs(w[i]));
            if (g.free) {  // it has to be where it was guessed to be
                miss(-g.trade * (w[i] - h), largest_ + std::fabs(w[i]));
                if (std::isfinite(p_.leverage)) miss(-g.side * w[i], largest_ + std::fabs(w[i]));
            }
            const real paid = p_.costs_inside ? cost(i, w[i]) : 0;
            budget += w[i] + paid;
            budget_size += std::fabs(w[i]) + std::fabs(paid);
            turnover += std::fabs(w[i] - h) / 2;
            turnover_size += (std::fabs(w[i]) + std::fabs(h)) / 2;
            leverage += std::fabs(w[i]);
        }
        miss(budget - p_.budget_upper, budget_size + std::fabs(p_.budget_upper));
        miss(p_.budget_lower - budget, budget_size + std::fabs(p_.budget_lower));
        miss(turnover - p_.turnover, turnover_size + p_.turnover);
        miss(leverage - p_.leverage, leverage + p_.leverage);
        for (std::size_t j = 0; j < p_.m; ++j) {
            real sum = 0, size = 0;
            for (std::size_t i = 0; i < n_; ++i) {
                sum += p_.coefficient(j, i) * w[i];
                size += std::fabs(p_.coefficient(j, i) * w[i]);
            }
            miss(sum - p_.row_upper[j], size + std::fabs(p_.row_upper[j]));
            miss(p_.row_lower[j] - sum, size + std::fabs(p_.row_lower[j]));
        }
        if (missed > 1e-11L || missed >= least_missed_) return;
        real nu = 0, tau = 0, lambda = 0;
        column mu(p_.m, 0);
        for (std::size_t l = 0; l < reached.size(); ++l) {
            if (reached[l].kind == limit::budget) nu += y[l];
            if (reached[l].kind == limit::turnover) tau += y[l];
            if (reached[l].kind == limit::leverage) lambda += y[l];
            if (reached[l].kind == limit::row) mu[reached[l].j] += y[l];
        }
        real objective = 0;
        real size_of_all = 0;
        std::vector<std::pair<real, real>> conditions;
        for (std::size_t i = 0; i < n_; ++i) {
            real g = -p_.expected_return[i] + nu;
            real size = std::fabs(p_.expected_return[i]) + std::fabs(nu);
            for (std::size_t j = 0; j < n_; ++j) {
                const real term = p_.aversion * p_.covariance[i * n_ + j];
                g += term * (w[j] - p_.benchmark[j]);
                size += std::fabs(term) * (std::fabs(w[j]) + std::fabs(p_.benchmark[j]));
                objective += term * (w[i] - p_.benchmark[i]) * (w[j] - p_.benchmark[j]) / 2;
            }
            for (std::size_t j = 0; j < p_.m; ++j) {
                g += mu[j] * p_.coefficient(j, i);
                size += std::fabs(mu[j] * p_.coefficient(j, i));
            }
            objective += cost(i, w[i]) - p_.expected_return[i] * w[i];
            const guess& s = state_[i];
            const real dearer = 1 + (p_.costs_inside ? nu : 0);
            const int trade = s.free ? s.trade : s.at > p_.held[i] ? 1 : s.at < p_.held[i] ? -1 : 0;
            const int side = s.free ? s.side : s.at > 0 ? 1 : s.at < 0 ? -1 : 0;
            real low = dearer * (trade > 0 ? p_.buy[i] : -p_.sell[i]) + (trade > 0 ? tau : -tau) / 2 + (side > 0 ? lambda : -lambda);
            real high = dearer * (trade < 0 ? -p_.sell[i] : p_.buy[i]) + (trade < 0 ? -tau : tau) / 2 + (side < 0 ? -lambda : lambda);
            if (!s.free && s.at == p_.lower[i]) low = -infinity;
            if (!s.free && s.at == p_.upper[i]) high = infinity;
            const real by = std::max(-g - high, low + g);
            if (by > 0) size += std::fabs(-g > high ? high : low);
            conditions.push_back({by, size});
            size_of_all = std::max(size_of_all, size);
        }
        for (const auto& [by, size] : conditions) miss(by, std::max(size, size_of_all / 1024));
        if (missed > 1e-11L || missed >= least_missed_) return;
        least_missed_ = missed;
        best_.missed = static_cast<double>(missed);
        best_.objective = objective;
        best_.position.resize(n_);
        for (std::size_t i = 0; i < n_; ++i) best_.position[i] = static_cast<double>(std::min(std::max(w[i], p_.lower[i]), p_.upper[i]));
        best_.row.clear();
        for (const real price : mu) best_.row.push_back(static_cast<double>(price));
        best_.budget = static_cast<double>(nu);
        best_.turnover = static_cast<double>(tau);
        best_.leverage = static_cast<double>(lambda);
    }

    static constexpr real infinity = std::numeric_limits<real>::infinity();
    wide_program p_;
    std::size_t n_;
    std::vector<guess> state_;
    real largest_ = 0;  // position held or wanted
    real least_missed_ = infinity;
    oracle_answer best_{};
};
}  // namespace ballast_test
