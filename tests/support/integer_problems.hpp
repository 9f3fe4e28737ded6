// Random problems of whole steps, with brute force and rules of their own.
#pragma once

#include <ballast/sizing/detail/integer_search.hpp>

#include "random_book.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ballast_test {

/// Fees of one row: a fixed part, a rate, a minimum, and beyond a threshold another rate for the whole trade (a jump down).
struct steps_fee {
    double fixed = 0.0, rate = 0.0, minimum = 0.0, tier = 1e300, tier_rate = 0.0;
    [[nodiscard]] double operator()(double x) const noexcept {
        if (x == 0.0) return 0.0;
        const double size = std::fabs(x), part = fixed + (size > tier ? tier_rate : rate) * size;
        return part > minimum ? part : minimum;
    }
    /// Over sizes of one sign, of cost plus `extra` times the size.
    [[nodiscard]] double least(double lo, double hi, double extra = 0.0) const noexcept {
        const double a = std::min(std::fabs(lo), std::fabs(hi)), b = std::max(std::fabs(lo), std::fabs(hi));
        double v = std::min((*this)(a) + extra * a, (*this)(b) + extra * b);
        if (a <= tier && tier < b) v = std::min(v, std::max(fixed + tier_rate * tier, minimum) + extra * tier);
        return v;
    }
};

struct steps_problem {
    ballast::detail::integer_problem p{};
    std::vector<ballast::detail::integer_row> rows{};
    std::vector<std::uint64_t> key{};
    std::vector<steps_fee> fee{};
    double collar = 0.0;
    std::vector<double> specific{}, dense{}, loadings{}, factor_covariance{};

    struct cost_of {
        const steps_problem* of;
        double operator()(std::size_t i, double x) const noexcept { return of->fee[i](x); }
        [[nodiscard]] double least(std::size_t i, double lo, double hi) const noexcept { return of->fee[i].least(lo, hi); }
    };
    struct takes_of {
        const steps_problem* of;
        double operator()(std::size_t i, std::int64_t k) const noexcept {
            const double x = of->rows[i].step * static_cast<double>(k);
            return x + of->collar * std::fabs(x) + of->fee[i](x);
        }
        [[nodiscard]] double least(std::size_t i, std::int64_t lo, std::int64_t hi) const noexcept {
            return of->fee[i].least(of->rows[i].step * static_cast<double>(lo), of->rows[i].step * static_cast<double>(hi), of->collar);
        }
    };
    struct found {
        ballast::detail::integer_answer answer{};
        std::vector<std::int64_t> counts{};
    };
    struct best {
        bool feasible = false, binding = false;
        double objective = 0.0;
    };

    [[nodiscard]] ballast::detail::integer_problem view() const {
        ballast::detail::integer_problem v = p;
        v.rows = rows;
        v.key = key;
        v.risk.specific = specific;
        v.risk.dense = dense;
        v.risk.loadings = loadings;
        v.risk.factor_covariance = factor_covariance;
        return v;
    }
    [[nodiscard]] found search(const ballast::detail::integer_effort& e) const {
        ballast::detail::integer_scratch s;
        s.prepare(rows.size(), view().risk.factors());
        return search(e, s);
    }
    [[nodiscard]] found search(const ballast::detail::integer_effort& e, ballast::detail::integer_scratch& s) const {
        found f;
        f.counts.resize(rows.size());
        f.answer = ballast::detail::search_integers(view(), cost_of{this}, takes_of{this}, s, f.counts, e);
        return f;
    }
    /// By functions that tell nothing about ranges.
    [[nodiscard]] found search_untold(const ballast::detail::integer_effort& e) const {
        found f;
        f.counts.resize(rows.size());
        ballast::detail::integer_scratch s;
        s.prepare(rows.size(), view().risk.factors());
        f.answer = ballast::detail::search_integers(
            view(), [this](std::size_t i, double x) noexcept { return cost_of{this}(i, x); },
            [this](std::size_t i, std::int64_t k) noexcept { return takes_of{this}(i, k); }, s, f.counts, e);
        return f;
    }

    // Everything below is written from the definition, without the search's code.
    [[nodiscard]] std::size_t n() const { return rows.size(); }
    [[nodiscard]] double sigma(std::size_t i, std::size_t j) const {
        using ballast::risk_layout;
        if (p.risk.layout == risk_layout::dense) return dense[i * n() + j];
        double v = i == j ? specific[i] : 0.0;
        if (p.risk.layout == risk_layout::factor) {
            const std::size_t k = loadings.size() / n();
            for (std::size_t a = 0; a < k; ++a)
                for (std::size_t b = 0; b < k; ++b) v += loadings[i * k + a] * factor_covariance[a * k + b] * loadings[j * k + b];
        }
        return v;
    }
    [[nodiscard]] double objective(const std::vector<std::int64_t>& k) const {
        double distance = 0.0, cost = 0.0;
        std::vector<double> e(n());
        for (std::size_t i = 0; i < n(); ++i) {
            const double x = rows[i].step * static_cast<double>(k[i]);
            e[i] = (rows[i].value + x - rows[i].goal) / p.wealth;
            cost += fee[i](x);
        }
        for (std::size_t i = 0; i < n(); ++i) {
            if (p.distance == ballast::detail::integer_distance::squared) distance += e[i] * e[i];
            if (p.distance == ballast::detail::integer_distance::absolute) distance += std::fabs(e[i]);
            if (p.distance == ballast::detail::integer_distance::tracking)
                for (std::size_t j = 0; j < n(); ++j) distance += 0.5 * p.risk_aversion * e[i] * sigma(i, j) * e[j];
        }
        return distance / p.scale + p.cost_weight * cost / p.wealth;
    }
    /// Of no trade: what differences are measured by.
    [[nodiscard]] double size() const {
        const double x = objective(std::vector<std::int64_t>(n(), 0));
        return x > 1e-300 ? x : 1e-300;
    }
    /// What the drifts are differences of: their rounding is relative to it.
    [[nodiscard]] double gross() const {
        double sum = 0.0;
        for (const auto& r : rows) sum += std::fabs(r.value) + std::fabs(r.goal);
        return sum / (p.wealth * p.scale);
    }
    [[nodiscard]] double takes(const std::vector<std::int64_t>& k) const {
        double sum = 0.0;
        const auto order = key.empty() ? std::vector<std::size_t>{} : ordered();
        for (std::size_t j = 0; j < n(); ++j) {
            // In the order of the keys, as the search adds: a tie of the budget is decided by the last bit.
            const std::size_t i = order.empty() ? j : order[j];
            if (k[i] != 0) sum += takes_of{this}(i, k[i]);
        }
        return sum;
    }
    [[nodiscard]] std::vector<std::size_t> ordered() const {
        std::vector<std::size_t> o(n());
        for (std::size_t i = 0; i < n(); ++i) o[i] = i;
        std::stable_sort(o.begin(), o.end(), [&](std::size_t x, std::size_t y) { return key[x] < key[y]; });
        return o;
    }
    [[nodiscard]] bool count_allowed(std::size_t i, std::int64_t k) const {
        if (k == 0) return true;
        const auto& r = rows[i];
        if (!r.targeted) {
            const double before = r.value - r.goal, after = before + r.step * static_cast<double>(k);
            if (std::fabs(after) > std::fabs(before) || before * after < -1e-9 * r.step * std::fabs(before)) return false;
        }
        for (std::size_t j = 0; j < r.intervals; ++j)
            if (r.allowed[j].lo <= k && k <= r.allowed[j].hi) return true;
        return false;
    }
    [[nodiscard]] bool allowed(const std::vector<std::int64_t>& k) const {
        std::size_t orders = 0;
        for (std::size_t i = 0; i < n(); ++i) {
            orders += k[i] != 0;
            if (!count_allowed(i, k[i])) return false;
        }
        return orders <= p.max_orders && !(takes(k) > p.means);
    }
    [[nodiscard]] best brute_force() const {
        best b;
        std::vector<std::vector<std::int64_t>> options(n());
        for (std::size_t i = 0; i < n(); ++i) {
            options[i].push_back(0);
            for (std::size_t j = 0; j < rows[i].intervals; ++j)
                for (std::int64_t k = rows[i].allowed[j].lo; k <= rows[i].allowed[j].hi; ++k)
                    if (k != 0 && count_allowed(i, k)) options[i].push_back(k);
        }
        std::vector<std::size_t> at(n(), 0);
        std::vector<std::int64_t> k(n(), 0);
        double unbound = 1e300;
        while (true) {
            for (std::size_t i = 0; i < n(); ++i) k[i] = options[i][at[i]];
            const double f = objective(k);
            unbound = std::min(unbound, f);
            if ((!b.feasible || f < b.objective) && allowed(k)) {
                b.feasible = true;
                b.objective = f;
            }
            std::size_t i = 0;
            while (i < n() && ++at[i] == options[i].size()) at[i++] = 0;
            if (i == n()) break;
        }
        b.binding = b.feasible && b.objective > unbound * (1.0 + 1e-12);
        return b;
    }
};

/// Chances of what makes such problems hard; with `few`, no row has more than about nine counts.
inline steps_problem random_steps_problem(dice& d, std::size_t n, bool few = true) {
    using namespace ballast;
    steps_problem s;
    const double wealth = d.scale(1e3, 1e9), typical = wealth / static_cast<double>(n + 1);
    s.p.wealth = wealth;
    s.p.distance = static_cast<detail::integer_distance>(d.below(3));
    s.p.scale = d.chance(0.5) ? 1.0 : d.scale(0.01, 100.0);
    const bool costs = d.chance(0.7);
    const double coarse = few ? d.scale(0.05, 0.5) : d.scale(0.002, 0.2);
    const int fees = static_cast<int>(d.below(5));
    const bool same = d.chance(0.1), shorts = d.chance(0.2);
    s.collar = d.chance(0.3) ? 0.01 * d.unit() : 0.0;
    double wanted = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        if (same && i > 0 && d.chance(0.8)) {
            s.rows.push_back(s.rows.back());
            s.fee.push_back(s.fee.back());
        } else {
            detail::integer_row r;
            r.goal = d.chance(0.15) ? 0.0 : typical * d.scale(0.3, 2.0);
            if (shorts && d.chance(0.3)) r.goal = -r.goal;
            r.value = d.chance(0.3) ? 0.0 : typical * d.scale(0.1, 2.0) * (shorts && d.chance(0.3) ? -1.0 : 1.0);
            r.targeted = r.goal != 0.0;
            r.step = typical * coarse * d.scale(0.5, 2.0);
            if (d.chance(0.1)) r.step *= 5.0;
            if (d.chance(0.1)) r.value = r.goal;
            if (d.chance(0.1)) r.value = r.goal - r.step * (0.5 + static_cast<double>(d.below(4)));
            const auto exact = static_cast<std::int64_t>(std::llround((r.goal - r.value) / r.step));
            const auto room = few ? static_cast<std::int64_t>(2 + d.below(3)) : static_cast<std::int64_t>(4 + d.below(400));
            const std::int64_t lo = std::min<std::int64_t>(exact, 0) - room / 2, hi = std::max<std::int64_t>(exact, 0) + room / 2;
            const int kind = static_cast<int>(d.below(6));
            auto put = [&](std::int64_t x, std::int64_t y) {
                if (x <= y) r.allowed[r.intervals++] = {x, y};
            };
            if (few) {  // around 0 and around the goal
                if (exact > 4) {
                    put(-1, 2);
                    put(exact - room, exact + 1);
                } else if (exact < -4) {
                    put(exact - 1, exact + room);
                    put(-2, 1);
                } else if (kind == 0) {
                    put(lo, -2);
                    put(2, hi);
                } else {
                    put(lo, hi);
                }
            } else if (kind == 0) {  // a minimum on both sides
                put(lo, -1 - static_cast<std::int64_t>(d.below(6)));
                put(1 + static_cast<std::int64_t>(d.below(6)), hi);
            } else if (kind == 1) {  // no sales
                put(1, hi);
            } else if (kind == 2) {  // no buys
                put(lo, -1);
            } else if (kind == 3 && hi > 8) {  // a hole
                put(lo, hi / 4);
                put(hi / 2, hi);
            } else {
                put(lo, hi);
            }
            if (d.chance(0.05)) r.intervals = 0;
            for (std::size_t j = 1; j < r.intervals; ++j)  // without overlap
                r.allowed[j].lo = std::max(r.allowed[j].lo, r.allowed[j - 1].hi + 1);
            s.rows.push_back(r);
            steps_fee f;
            if (costs) {
                if (fees == 1 || fees == 4) f.rate = d.scale(1e-4, 2e-2);
                if (fees == 2 || fees == 4) f.fixed = typical * d.scale(1e-4, 0.1);
                if (fees == 3) {
                    f.rate = 1e-3;
                    f.minimum = typical * d.scale(1e-4, 0.05);
                }
                if (fees == 4) {
                    f.tier = typical * d.scale(0.05, 1.0);
                    f.tier_rate = f.rate * (d.chance(0.7) ? 0.5 : 2.0) - (d.chance(0.2) ? 0.003 : 0.0);
                }
            }
            s.fee.push_back(f);
        }
        const auto& r = s.rows.back();
        wanted += r.goal - r.value;
    }
    if (d.chance(0.7)) s.p.means = wanted * d.between(0.0, 1.3) + (d.chance(0.2) ? -typical * 0.3 : 0.02 * typical);
    if (d.chance(0.05)) s.p.means = 0.0;
    if (d.chance(0.25)) s.p.max_orders = d.below(n + 1);
    s.p.cost_weight = d.chance(0.5) ? 1.0 : d.scale(0.01, 3.0);
    if (d.chance(0.4))
        for (std::size_t i = 0; i < n; ++i) s.key.push_back(d.below(2 * n + 2));
    if (s.p.distance == ballast::detail::integer_distance::tracking) {
        s.p.risk_aversion = d.scale(0.5, 20.0);
        s.p.risk.layout = static_cast<risk_layout>(1 + d.below(3));
        s.p.risk.ready = true;
        for (std::size_t i = 0; i < n; ++i) s.specific.push_back(d.scale(0.002, 0.2));
        if (same) s.specific.assign(n, 0.04);
        const std::size_t k = 1 + d.below(3);
        std::vector<double> load(n * k);
        for (double& x : load) x = d.normal();
        for (std::size_t i = 0; i < n; ++i) load[i * k] = d.between(0.5, 1.5);
        if (s.p.risk.layout == risk_layout::factor) {
            s.loadings = load;
            s.factor_covariance.assign(k * k, 0.0);
            for (std::size_t a = 0; a < k; ++a) s.factor_covariance[a * k + a] = d.scale(0.005, 0.05);
            if (k > 1)
                s.factor_covariance[1] = s.factor_covariance[k] = -0.3 * std::sqrt(s.factor_covariance[0] * s.factor_covariance[k + 1]);
        }
        if (s.p.risk.layout == risk_layout::dense) {
            const bool singular = d.chance(0.1);
            s.dense.assign(n * n, 0.0);
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j) {
                    double v = i == j && !singular ? s.specific[i] : 0.0;
                    for (std::size_t a = 0; a < k; ++a) v += 0.02 * load[i * k + a] * load[j * k + a];
                    s.dense[i * n + j] = v;
                }
        }
    }
    return s;
}

}  // namespace ballast_test
