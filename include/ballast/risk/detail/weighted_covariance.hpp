/// Exponentially weighted moments of rows of returns.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "../../numeric/octet.hpp"
#include "return_rows.hpp"

namespace ballast::inline v0::detail {

/// m ← AmA + uuᵀ with A = diag(a), for a matrix of as many columns as `b` and `v` have and rows as `a` and `u`: of a square one both are
/// the same. To the bit symmetric where m is.
inline void fade_and_add(double* m, std::size_t rows, std::size_t columns, const double* a, const double* u, const double* b,
                         const double* v) noexcept {
    for (std::size_t i = 0; i < rows; ++i) {
        double* row = m + i * columns;
        const octet ai = every(a[i]);
        const octet ui = every(u[i]);
        for_each_octet(
            columns, [&](std::size_t j, auto lanes) __attribute__((always_inline)) {
                store(row + j, ai * load(b + j, lanes) * load(row + j, lanes) + ui * load(v + j, lanes), lanes);
            });
    }
}

/// How a row of returns changes each one's second moments: what was known fades to the share `keep`² of what is known after it, news² is
/// added. After a return r over Δ years, with δ = 2^(−Δ/half-life) and the sum of weights w ← δw + (1 − δ),
///   keep² = δw/(δw + 1 − δ),  news² = (1 − δ)/(δw + 1 − δ)·r²/Δ
/// as risk::ewma has it. Who is left out of a row keeps everything.
struct fading_weights {
    std::vector<double> weight{};  ///< sums of the weights so far, below 1

    // Of the row at hand: no part of what is remembered.
    std::vector<double> keep{};
    std::vector<double> news{};

    void make_room(std::size_t n) {
        for (auto* v : {&weight, &keep, &news}) v->assign(n, 0.0);
    }
    template <class Self, class Visit>
    static void fields(Self& w, Visit&& visit) {
        visit(w.weight);
    }
    void weigh(const return_rows& r, duration half_life) noexcept {
        duration last{};
        double decay = 0.0;
        double gain = 0.0;
        double root_of_years = 0.0;
        for (std::size_t i = 0; i < weight.size(); ++i) {
            keep[i] = 1.0;
            news[i] = 0.0;
            if (r.took[i].ns == 0) continue;
            if (r.took[i] != last) {
                last = r.took[i];
                const double lives = static_cast<double>(last.ns) / static_cast<double>(half_life.ns);
                decay = std::exp2(-lives);
                gain = -std::expm1(-lives * 0.69314718055994530942);
                root_of_years = __builtin_sqrt(last.years());
            }
            const double kept = decay * weight[i];
            weight[i] = kept + gain;
            keep[i] = __builtin_sqrt(kept / weight[i]);
            news[i] = __builtin_sqrt(gain / weight[i]) * (r.move[i] / root_of_years);
        }
    }
};

/// The covariance matrix of exponentially weighted rows: positive semidefinite, as it is only ever scaled from both sides and given
/// squares.
struct weighted_covariance {
    return_rows rows{};
    fading_weights weights{};
    std::vector<double> variance{};  ///< per year
    std::vector<double> dense{};     ///< n × n

    void prepare(const sizes& s) {
        rows.make_room(s.assets);
        weights.make_room(s.assets);
        variance.assign(s.assets, 0.0);
        dense.assign(s.assets * s.assets, 0.0);
    }
    template <class Self, class Visit>
    static void fields(Self& e, Visit&& visit) {
        visit(e.rows);
        visit(e.weights);
        visit(e.variance);
        visit(e.dense);
    }
    /// The next return is from the last price in new units.
    void adjust(std::size_t asset, double factor) noexcept { rows.adjust(asset, factor); }

    /// True where there was a row to learn from.
    bool learn(const market_view& m, duration half_life, duration every, duration patience) noexcept {
        const std::size_t n = variance.size();
        if (!rows.take(m, n, every, patience)) return false;
        weights.weigh(rows, half_life);
        fade_and_add(dense.data(), n, n, weights.keep.data(), weights.news.data(), weights.keep.data(), weights.news.data());
        for (std::size_t i = 0; i < n; ++i) variance[i] = dense[i * n + i];
        return true;
    }
};

}  // namespace ballast::inline v0::detail
