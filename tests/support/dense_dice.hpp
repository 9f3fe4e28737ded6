// Random programs whose risk is a dense Σ, positive semidefinite but for rounding, of all the kinds that users have: estimated from many observations
// or too few, all but singular, with assets that are copies, hedges or cash. The rest of them is drawn as program_dice.hpp does.
#pragma once

#include "program_dice.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace ballast_test {

enum class dense_kind : std::uint8_t {
    many,       // observations for each asset
    few,        // fewer observations than assets: singular
    as_many,    // about as many observations as assets
    ill,        // condition 1e8..1e14
    identical,  // assets that move as one
    cash,       // some assets do not move
    scaled,     // volatilities from 1e-4 to 1e2 times
    hedges,     // pairs that undo each other
    diagonal,
    factors,   // a factor model, written out
    repaired,  // correlations at the edge of what correlations can be
    negative,  // all correlations as far below 0 as they can be
    count
};
inline constexpr std::array dense_names{
    "T > n",           "T < n",    "T ~ n",       "ill", "identical", "cash", "scaled", "hedges", "diagonal written",
    "factors written", "repaired", "all negative"};
static_assert(dense_names.size() == static_cast<std::size_t>(dense_kind::count));

/// What a seed stands for.
struct dense_class {
    program_class rest{};
    dense_kind dense{};
    static constexpr std::size_t count = cost_names.size() * limit_names.size() * degenerate_names.size() * dense_names.size();
    /// As `program_class::of`: neighbours differ in all four.
    [[nodiscard]] static dense_class of(std::uint64_t seed) {
        std::uint64_t x = seed * 7919 % count;
        const auto next = [&](std::size_t kinds) {
            const std::uint64_t kind = x % kinds;
            x /= kinds;
            return kind;
        };
        dense_class c;
        c.rest.cost = static_cast<cost_kind>(next(cost_names.size()));
        c.rest.limit = static_cast<limit_kind>(next(limit_names.size()));
        c.dense = static_cast<dense_kind>(next(dense_names.size()));
        c.rest.degenerate = static_cast<degenerate_kind>(next(degenerate_names.size()));
        return c;
    }
};

/// The same program with its Σ written out.
[[nodiscard]] inline random_program written_dense(random_program r) {
    const ballast::risk_view risk = r.view().risk;
    const std::size_t n = r.assets(), k = r.layout == ballast::risk_layout::factor ? risk.factors() : 0;
    std::vector<long double> pull(k);
    r.dense.assign(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t a = 0; a < k; ++a) {
            pull[a] = 0.0L;
            for (std::size_t b = 0; b < k; ++b)
                pull[a] += static_cast<long double>(r.factor_covariance[a * k + b]) * static_cast<long double>(r.loadings[i * k + b]);
        }
        for (std::size_t j = 0; j <= i; ++j) {
            long double sum = i == j ? static_cast<long double>(r.specific[i]) : 0.0L;
            for (std::size_t a = 0; a < k; ++a) sum += static_cast<long double>(r.loadings[j * k + a]) * pull[a];
            r.dense[i * n + j] = r.dense[j * n + i] = static_cast<double>(sum);
        }
    }
    for (std::size_t i = 0; i < n; ++i) r.specific[i] = r.dense[i * n + i];
    r.layout = ballast::risk_layout::dense;
    r.loadings.clear();
    r.factor_covariance.clear();
    if (r.dense_name == nullptr) r.dense_name = risk_names[static_cast<std::size_t>(r.kind.risk)];
    return r;
}

class dense_dice : program_dice {
public:
    explicit dense_dice(std::uint64_t seed, std::size_t most_assets)
        : program_dice{seed, most_assets},
          dense_{dense_class::of(seed).dense} {
        r_.kind = dense_class::of(seed).rest;
        r_.kind.risk = risk_kind::factors;
    }
    [[nodiscard]] random_program draw() {
        choose_size();
        choose_scales();
        sigma_.assign(n_ * n_, 0.0);
        choose_sigma();
        r_.layout = ballast::risk_layout::dense;
        r_.dense_name = dense_names[static_cast<std::size_t>(dense_)];
        r_.dense = std::move(sigma_);
        r_.specific.resize(n_);
        for (std::size_t i = 0; i < n_; ++i) r_.specific[i] = r_.dense[i * n_ + i];
        random_program r = rest();
        if (d_.chance(0.1)) uneven(r);
        return r;
    }

private:
    [[nodiscard]] double& at(std::size_t i, std::size_t j) { return sigma_[i * n_ + j]; }

    void choose_sigma() {
        switch (dense_) {
            case dense_kind::few: return sample(1 + d_.below(std::max<std::size_t>(n_ / 2, 1)));
            case dense_kind::as_many: return sample(std::max<std::size_t>(n_ + d_.below(4), 2) - 1);
            case dense_kind::ill: return ill();
            case dense_kind::identical: return identical();
            case dense_kind::cash: return cash();
            case dense_kind::scaled: return scaled();
            case dense_kind::hedges: return hedges();
            case dense_kind::diagonal: return diagonal();
            case dense_kind::factors: return factors();
            case dense_kind::repaired: return repaired();
            case dense_kind::negative: return negative();
            default: return sample(5 * n_ + d_.below(5 * n_));
        }
    }

    // Covariances of so many observations of assets that follow a market, some of them against it.
    void sample(std::size_t observations) {
        std::vector<double> beta(n_), own(n_), seen(n_);
        for (double& b : beta) b = d_.chance(0.1) ? -d_.unit() : d_.between(0.5, 1.5);
        for (double& o : own) o = d_.power_of_ten(-0.7, 0.3);
        for (std::size_t t = 0; t < observations; ++t) {
            const double market = d_.normal();
            for (std::size_t i = 0; i < n_; ++i) seen[i] = volatility_ * (beta[i] * market + own[i] * d_.normal());
            for (std::size_t i = 0; i < n_; ++i)
                for (std::size_t j = 0; j <= i; ++j) at(i, j) += seen[i] * seen[j];
        }
        for (std::size_t i = 0; i < n_; ++i)
            for (std::size_t j = 0; j <= i; ++j) at(j, i) = at(i, j) /= static_cast<double>(observations);
    }
    // Eigenvalues that fall evenly over so many powers of ten, turned by three reflections: H = I − 2vvᵀ.
    void ill() {
        const double powers = d_.between(8.0, 14.0);
        for (std::size_t i = 0; i < n_; ++i)
            at(i, i) =
                volatility_ * volatility_ * std::pow(10.0, n_ > 1 ? -powers * static_cast<double>(i) / static_cast<double>(n_ - 1) : 0.0);
        for (int times = 0; times < 3; ++times) {
            std::vector<double> v(n_), sv(n_, 0.0);
            double length = 0.0, vsv = 0.0;
            for (double& x : v) x = d_.normal(), length += x * x;
            for (double& x : v) x /= std::sqrt(length);
            for (std::size_t i = 0; i < n_; ++i)
                for (std::size_t j = 0; j < n_; ++j) sv[i] += at(i, j) * v[j];
            for (std::size_t i = 0; i < n_; ++i) vsv += v[i] * sv[i];
            for (std::size_t i = 0; i < n_; ++i)
                for (std::size_t j = 0; j <= i; ++j)
                    at(j, i) = at(i, j) = at(i, j) - 2.0 * (v[i] * sv[j] + sv[i] * v[j]) + 4.0 * vsv * v[i] * v[j];
        }
    }
    void identical() {
        sample(3 * n_);
        std::vector<std::size_t> as(n_);
        for (std::size_t i = 0; i < n_; ++i) as[i] = i > 0 && d_.chance(0.5) ? as[d_.below(i)] : i;
        const std::vector<double> each = sigma_;
        for (std::size_t i = 0; i < n_; ++i)
            for (std::size_t j = 0; j < n_; ++j) at(i, j) = each[as[i] * n_ + as[j]];
    }
    // Both sides times a number of each asset.
    void scale_by(const std::vector<double>& s) {
        for (std::size_t i = 0; i < n_; ++i)
            for (std::size_t j = 0; j <= i; ++j) at(j, i) = at(i, j) *= s[i] * s[j];
    }
    void cash() {
        sample(3 * n_);
        std::vector<double> moves(n_, 1.0);
        for (double& m : moves)
            if (d_.chance(0.3)) m = 0.0;
        scale_by(moves);
    }
    void scaled() {
        sample(2 * n_ + 2);
        std::vector<double> s(n_);
        for (double& x : s) x = d_.power_of_ten(-4.0, 2.0);
        scale_by(s);
    }
    // Every other asset is −2, −1 or −½ times the one before; exactly, as these are powers of two.
    void hedges() {
        sample(3 * n_);
        for (std::size_t i = 1; i < n_; i += 2) {
            if (d_.chance(0.3)) continue;
            const double by = -std::ldexp(1.0, static_cast<int>(d_.below(3)) - 1);
            for (std::size_t j = 0; j < n_; ++j) at(i, j) = by * at(i - 1, j);
            for (std::size_t j = 0; j < n_; ++j) at(j, i) = by * at(j, i - 1);
        }
    }
    void diagonal() {
        const double none = d_.chance(0.5) ? 0.2 : 0.0;
        for (std::size_t i = 0; i < n_; ++i) at(i, i) = d_.chance(none) ? 0.0 : volatility_ * volatility_ * d_.power_of_ten(-1.0, 0.0);
    }
    void factors() {
        r_.kind.risk = static_cast<risk_kind>(1 + d_.below(risk_names.size() - 1));
        risk();
        r_.held.assign(n_, 0.0);
        random_program out = written_dense(r_);
        sigma_ = std::move(out.dense);
        r_.held.clear();
        r_.loadings.clear();
        r_.factor_covariance.clear();
    }
    // Correlations that are none, drawn to 0 until they just are.
    void repaired() {
        std::vector<double> wild(n_ * n_), s(n_);
        for (std::size_t i = 0; i < n_; ++i)
            for (std::size_t j = 0; j < i; ++j) wild[i * n_ + j] = d_.between(-1.0, 1.0);
        const auto draw_to = [&](double part) {
            for (std::size_t i = 0; i < n_; ++i) {
                for (std::size_t j = 0; j < i; ++j) at(j, i) = at(i, j) = part * wild[i * n_ + j];
                at(i, i) = 1.0;
            }
        };
        double right = 0.0, wrong = 1.0;
        for (int times = n_ <= 64 ? 50 : 10; times > 0; --times) {
            const double part = 0.5 * (right + wrong);
            draw_to(part);
            (semidefinite() ? right : wrong) = part;
        }
        draw_to(right);
        for (double& x : s) x = volatility_ * d_.power_of_ten(-0.5, 0.0);
        scale_by(s);
    }
    [[nodiscard]] bool semidefinite() const {
        std::vector<double> a = sigma_;
        for (std::size_t k = 0; k < n_; ++k) {
            if (!(a[k * n_ + k] >= 0.0)) return false;
            for (std::size_t i = k + 1; i < n_; ++i) {
                const double f = a[k * n_ + i] / a[k * n_ + k];
                if (f == 0.0) continue;
                for (std::size_t j = i; j < n_; ++j) a[i * n_ + j] -= f * a[k * n_ + j];
            }
        }
        return true;
    }
    // −1/(n − 1), at which the sum of all does not move; or a part of that.
    void negative() {
        const double part = d_.chance(0.5) ? 1.0 : d_.unit();
        std::vector<double> s(n_);
        for (std::size_t i = 0; i < n_; ++i)
            for (std::size_t j = 0; j < n_; ++j) at(i, j) = i == j ? 1.0 : -part / static_cast<double>(n_ - 1);
        for (double& x : s) x = volatility_ * d_.power_of_ten(-0.5, 0.0);
        scale_by(s);
    }
    // Two sides of Σ that differ by a rounding.
    void uneven(random_program& r) {
        for (std::size_t i = 0; i < n_; ++i)
            for (std::size_t j = 0; j < i; ++j)
                if (d_.chance(0.3)) r.dense[i * n_ + j] *= 1.0 + 0x1p-52;
    }

    dense_kind dense_;
    std::vector<double> sigma_{};
};

/// The program of a seed. O(n³): of n² numbers, some of them added up over 10·n observations.
[[nodiscard]] inline random_program draw_dense_program(std::uint64_t seed, std::size_t most_assets = 60) {
    return dense_dice{seed, most_assets}.draw();
}

/// (w − b)ᵀΣ(w − b).
[[nodiscard]] inline double squared_tracking_error(const random_program& r, const std::vector<double>& w) {
    const ballast::risk_view risk = r.view().risk;
    long double sum = 0.0L;
    for (std::size_t i = 0; i < w.size(); ++i)
        for (std::size_t j = 0; j < w.size(); ++j)
            sum += (static_cast<long double>(w[i]) - static_cast<long double>(r.benchmark[i])) *
                   static_cast<long double>(risk.covariance(i, j)) *
                   (static_cast<long double>(w[j]) - static_cast<long double>(r.benchmark[j]));
    return static_cast<double>(std::max(sum, 0.0L));
}

/// Limits the tracking error, the costs or both, of any random program, to what a point that keeps all other limits takes of them, or to a
/// little more; never to 0.
inline void limit_risk_and_costs(random_program& r, std::uint64_t seed) {
    seeded d{seed + 77};
    const std::size_t which = 1 + d.below(3);
    const auto room = [&] { return d.chance(0.3) ? 1.0 : 1.0 + d.power_of_ten(-3.0, 0.5); };
    if (const double te = std::sqrt(squared_tracking_error(r, r.inside)); which != 2 && te > 0.0) r.tracking_error = te * room();
    if (const double cost = r.cost_of(r.inside); which != 1 && cost > 0.0) r.most_costs = cost * room();
}

}  // namespace ballast_test
