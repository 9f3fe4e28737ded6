// The problems of tracking_family.hpp as other solvers want them, in the form that is best for them.
//
// w = h + (b − s)/n with b, s ≥ 0: what is bought and sold, in units of the average weight. At the best point one of both is 0, so that the
// specific risk may be that of b and of s apart, and the bounds of w become bounds of b and s. The exposures y are variables of their own: the
// Hessian is a diagonal and the k × k covariance of the factors. The objective is divided by the average cost of a trade of the average
// weight, and each long row by √n, so that all numbers are about 1.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "../tracking_family.hpp"

namespace bench {

/// What an answer is worth, reckoned plainly, and by how much it misses a limit.
struct worth {
    double objective = 0.0, violation = 0.0;
};
[[nodiscard]] inline worth worth_of(const tracking_instance& of, extra with, std::size_t day, std::span<const double> w) {
    worth is;
    const auto now = of.program(with, day);
    std::vector<double> exposure(of.k, 0.0), sums(of.sectors, 0.0);
    double total = -1.0, traded = 0.0;
    for (std::size_t i = 0; i < of.n; ++i) {
        const double active = w[i] - of.target[i], trade = std::abs(w[i] - now.held[i]);
        for (std::size_t f = 0; f < of.k; ++f) exposure[f] += of.loadings[i * of.k + f] * active;
        is.objective += 0.5 * of.risk_aversion * of.specific[i] * active * active + of.rate[i] * trade;
        if (with == extra::root_costs) is.objective += of.root_factor(i) * trade * std::sqrt(trade);
        total += w[i];
        traded += 0.5 * trade;
        sums[i % of.sectors] += w[i];
        is.violation = std::max({is.violation, w[i] - of.upper[i], of.lower[i] - w[i]});
    }
    for (std::size_t f = 0; f < of.k; ++f)
        for (std::size_t g = 0; g < of.k; ++g) is.objective += 0.5 * of.risk_aversion * exposure[f] * of.omega[f * of.k + g] * exposure[g];
    is.violation = std::max(is.violation, std::abs(total));
    if (with == extra::turnover) is.violation = std::max(is.violation, traded - of.turnover);
    if (with == extra::groups)
        for (std::size_t g = 0; g < of.sectors; ++g)
            is.violation = std::max({is.violation, sums[g] - of.row_upper[g], of.row_lower[g] - sums[g]});
    return is;
}

}  // namespace bench

namespace bench::rivals {

/// A matrix column by column.
struct columns {
    std::size_t rows = 0;
    std::vector<std::size_t> start{0}, row{};
    std::vector<double> value{};

    void put(std::size_t r, double x) {
        if (x == 0.0) return;
        row.push_back(r);
        value.push_back(x);
        rows = std::max(rows, r + 1);
    }
    void next_column() { start.push_back(row.size()); }
    [[nodiscard]] std::size_t count() const { return start.size() - 1; }
};

/// The form of exposures: of purchases and sales, or of trades that are variables as well. The matrix of the first has fewer rows, that of the
/// second fewer numbers.
enum class form { pairs, trades };

/// minimise ½xᵀPx + qᵀx subject to row_lower ≤ Ax ≤ row_upper, lower ≤ x ≤ upper. Of P the upper triangle.
struct quadratic {
    using instance = tracking_instance;
    columns p{}, a{};
    std::vector<double> q{}, row_lower{}, row_upper{}, lower{}, upper{};

    quadratic(const tracking_instance& of, extra with, form shape) : of_{&of}, with_{with}, shape_{shape} {
        make_matrices();
        set_day(0);
    }

    /// The vectors of a day; the matrices are those of all days.
    void set_day(std::size_t day) {
        const auto now = of_->program(with_, day);
        const std::size_t n = of_->n, k = of_->k;
        const double gamma = of_->risk_aversion, size = static_cast<double>(n), scale = size / average_cost();
        held.assign(now.held.begin(), now.held.end());
        q.assign(p.count(), 0.0);
        lower.assign(p.count(), 0.0);
        upper.assign(p.count(), infinity);
        row_lower.clear();
        std::vector<double> exposure(k, 0.0), sums(of_->sectors, 0.0);
        double total = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            const double gap = of_->target[i] - held[i];
            const double pull = gamma * of_->specific[i] * gap / size * scale;
            const double fee = of_->rate[i] / size * scale;
            q[i] = fee - (shape_ == form::pairs ? pull : 0.0);
            q[n + i] = fee + (shape_ == form::pairs ? pull : 0.0);
            upper[i] = std::max(of_->upper[i] - held[i], 0.0) * size;
            upper[n + i] = std::max(held[i] - of_->lower[i], 0.0) * size;
            if (shape_ == form::trades) {
                q[2 * n + i] = -pull;
                lower[2 * n + i] = -infinity;
            }
            for (std::size_t f = 0; f < k; ++f) exposure[f] += of_->loadings[i * k + f] * gap;
            sums[i % of_->sectors] += held[i];
            total += held[i];
        }
        for (std::size_t f = 0; f < k; ++f) {
            lower[p.count() - k + f] = -infinity;
            row_lower.push_back(-exposure[f] * std::sqrt(size));
        }
        row_lower.push_back((1.0 - total) * std::sqrt(size));
        if (shape_ == form::trades) row_lower.insert(row_lower.end(), n, 0.0);
        row_upper = row_lower;
        if (with_ == extra::turnover) {
            row_lower.push_back(-infinity);
            row_upper.push_back(2.0 * of_->turnover * std::sqrt(size));
        }
        if (with_ == extra::groups)
            for (std::size_t g = 0; g < of_->sectors; ++g) {
                row_lower.push_back((of_->row_lower[g] - sums[g]) * std::sqrt(size));
                row_upper.push_back((of_->row_upper[g] - sums[g]) * std::sqrt(size));
            }
    }

    /// How many of the rows are equalities: they come first.
    [[nodiscard]] std::size_t equalities() const { return of_->k + 1 + (shape_ == form::trades ? of_->n : 0); }

    /// The weights of a solution.
    void weights(const double* x, std::vector<double>& w) const {
        const std::size_t n = of_->n;
        w.resize(n);
        for (std::size_t i = 0; i < n; ++i)
            w[i] = std::clamp(held[i] + (x[i] - x[n + i]) / static_cast<double>(n), of_->lower[i], of_->upper[i]);
    }

    static constexpr double infinity = 1e30;

private:
    [[nodiscard]] double average_cost() const {
        double sum = 0.0;
        for (const double c : of_->rate) sum += c;
        return sum / static_cast<double>(of_->n);
    }
    // Rows: k exposures, the budget, the trades, then those with two sides.
    void make_matrices() {
        const std::size_t n = of_->n, k = of_->k;
        const double gamma = of_->risk_aversion, size = static_cast<double>(n), scale = size / average_cost(), root = std::sqrt(size);
        const std::size_t two_sided = equalities();
        for (std::size_t column = 0; column < (shape_ == form::pairs ? 2 : 3) * n; ++column) {
            const std::size_t i = column % n;
            const double sign = column / n == 1 ? -1.0 : 1.0;
            const bool trade = column / n == 2;
            if (trade == (shape_ == form::trades)) p.put(column, gamma * of_->specific[i] / (size * size) * scale);
            p.next_column();
            if (trade == (shape_ == form::trades)) {
                for (std::size_t f = 0; f < k; ++f) a.put(f, -sign * of_->loadings[i * k + f] / root);
                a.put(k, sign / root);
            }
            if (shape_ == form::trades) a.put(k + 1 + i, trade ? 1.0 : -sign);
            if (with_ == extra::turnover && !trade) a.put(two_sided, 1.0 / root);
            if (with_ == extra::groups && trade == (shape_ == form::trades)) a.put(two_sided + i % of_->sectors, sign / root);
            a.next_column();
        }
        const std::size_t first = p.count();
        for (std::size_t f = 0; f < k; ++f) {
            for (std::size_t g = 0; g <= f; ++g) p.put(first + g, gamma * of_->omega[f * k + g] / size * scale);
            p.next_column();
            a.put(f, 1.0);
            a.next_column();
        }
        p.rows = p.count();
    }

    const tracking_instance* of_;
    extra with_;
    form shape_;
    std::vector<double> held{};
};

/// A way to ask a solver: the form, and how exact it is told to be.
struct way {
    form shape = form::pairs;
    double tolerance = 1e-9;
};

}  // namespace bench::rivals
