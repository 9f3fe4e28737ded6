// The problems of dense_family.hpp as other solvers want them; units and names are those of forms.hpp.
//
// The first form has purchases and sales alone. At the best point one of both is 0, so that of Σ = M + D, with D a share of the diagonal that leaves M
// positive semidefinite, the risk of D may be that of b and of s apart: the Hessian is definite, which an active set method needs.
// The second has trades as variables as well, and Σ only once.
#pragma once

#include <ballast/numeric/definite.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "../dense_family.hpp"
#include "forms.hpp"

namespace bench {

/// What an answer is worth, reckoned plainly, and by how much it misses a limit.
[[nodiscard]] inline worth worth_of(const dense_instance& of, extra, std::size_t day, std::span<const double> w) {
    worth is;
    const auto now = of.program(extra::nothing, day);
    double total = -1.0;
    for (std::size_t i = 0; i < of.n; ++i) {
        double pull = 0.0;
        for (std::size_t j = 0; j < of.n; ++j) pull += of.sigma[i * of.n + j] * (w[j] - now.benchmark[j]);
        is.objective += 0.5 * now.risk_aversion * (w[i] - now.benchmark[i]) * pull + of.base.rate[i] * std::abs(w[i] - now.held[i]);
        is.violation = std::max({is.violation, w[i] - now.upper[i], now.lower[i] - w[i]});
        total += w[i];
    }
    is.violation = std::max(is.violation, std::abs(total));
    return is;
}

}  // namespace bench

namespace bench::rivals {

/// minimise ½xᵀPx + qᵀx subject to row_lower ≤ Ax ≤ row_upper, lower ≤ x ≤ upper. Of P the upper triangle.
struct dense_quadratic {
    using instance = dense_instance;
    columns p{}, a{};
    std::vector<double> q{}, row_lower{}, row_upper{}, lower{}, upper{};

    dense_quadratic(const dense_instance& of, extra, form shape) : of_{&of}, shape_{shape} {
        for (const double c : of.base.rate) average_ += c / static_cast<double>(of.n);
        scale_ = static_cast<double>(of.n) / average_;
        make_matrices();
        set_day(0);
    }

    /// The vectors of a day; the matrices are those of all days.
    void set_day(std::size_t day) {
        const auto now = of_->program(extra::nothing, day);
        const std::size_t n = of_->n;
        const double size = static_cast<double>(n), gamma = now.risk_aversion;
        held_.assign(now.held.begin(), now.held.end());
        q.assign(p.count(), 0.0);
        lower.assign(p.count(), 0.0);
        upper.assign(p.count(), infinity);
        double total = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            double pull = 0.0;
            for (std::size_t j = 0; j < n; ++j) pull += of_->sigma[i * n + j] * (now.benchmark[j] - held_[j]);
            pull *= gamma / size * scale_;
            const double fee = of_->base.rate[i] / size * scale_;
            q[i] = fee - (shape_ == form::pairs ? pull : 0.0);
            q[n + i] = fee + (shape_ == form::pairs ? pull : 0.0);
            upper[i] = std::max(now.upper[i] - held_[i], 0.0) * size;
            upper[n + i] = std::max(held_[i] - now.lower[i], 0.0) * size;
            if (shape_ == form::trades) {
                q[2 * n + i] = -pull;
                lower[2 * n + i] = -infinity;
            }
            total += held_[i];
        }
        row_lower.assign(1, (1.0 - total) * std::sqrt(size));
        if (shape_ == form::trades) row_lower.insert(row_lower.end(), n, 0.0);
        row_upper = row_lower;
    }

    /// How many of the rows are equalities: all.
    [[nodiscard]] std::size_t equalities() const { return row_lower.size(); }

    /// The weights of a solution.
    void weights(const double* x, std::vector<double>& w) const {
        const std::size_t n = of_->n;
        w.resize(n);
        for (std::size_t i = 0; i < n; ++i)
            w[i] = std::clamp(held_[i] + (x[i] - x[n + i]) / static_cast<double>(n), of_->base.lower[i], of_->base.upper[i]);
    }

    static constexpr double infinity = 1e30;

private:
    /// A share of the diagonal that can be taken off Σ: a power of ½.
    [[nodiscard]] double own_share() const {
        std::vector<double> room(of_->n * of_->n);
        double share = 0.5;
        while (!ballast::semidefinite(of_->sigma.data(), of_->n, of_->n, share, room.data(), of_->n)) share *= 0.5;
        return share;
    }
    void make_matrices() {
        const std::size_t n = of_->n;
        const double size = static_cast<double>(n), root = std::sqrt(size), unit = of_->base.risk_aversion / (size * size) * scale_;
        const double share = shape_ == form::pairs ? own_share() : 0.0;
        for (std::size_t column = 0; column < (shape_ == form::pairs ? 2 : 3) * n; ++column) {
            const std::size_t i = column % n;
            const double sign = column / n == 1 ? -1.0 : 1.0;
            const bool trade = column / n == 2;
            if (shape_ == form::pairs) {
                for (std::size_t r = 0; r <= column; ++r) {
                    const bool beside = r / n != column / n;
                    const double covariance = of_->sigma[(r % n) * n + i] * (beside && r % n == i ? 1.0 - share : 1.0);
                    p.put(r, (beside ? -1.0 : 1.0) * unit * covariance);
                }
            } else if (trade) {
                for (std::size_t r = 0; r <= i; ++r) p.put(2 * n + r, unit * of_->sigma[r * n + i]);
            }
            p.next_column();
            if (trade == (shape_ == form::trades)) a.put(0, sign / root);
            if (shape_ == form::trades) a.put(1 + i, trade ? 1.0 : -sign);
            a.next_column();
        }
        p.rows = p.count();
    }

    const dense_instance* of_;
    form shape_;
    double average_ = 0.0;
    double scale_ = 1.0;
    std::vector<double> held_{};
};

}  // namespace bench::rivals
