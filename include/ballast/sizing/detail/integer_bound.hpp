/// Whole steps: a lower bound of the objective, by a price of the budget (Everett 1963, Geoffrion 1974) and, where risk couples the rows, by a tangent of
/// what is left of it when a diagonal is taken out.
#pragma once

#include "diagonal_split.hpp"
#include "integer_model.hpp"

namespace ballast::inline v0::detail {

template <class Model>
class integer_bound {
public:
    struct dual {
        double value = 0.0;  ///< a lower bound, where it was proved
        double takes = 0.0;  ///< of the counts that go with it
    };

    double value = -integer_problem::infinity;  ///< the best bound so far
    double price = 0.0;                         ///< that it was reached at; s.slope has the linear parts
    double constant = 0.0;                      ///< and what belongs to no row

    explicit integer_bound(const Model& model) noexcept : m_(model), s_(model.s) {}

    /// The bound of the problem; s.found are counts that keep the budget, where the answer is true. For coupled rows `centre` is where the tangent
    /// starts: the drifts of good counts. Uses s.slope, s.split, s.centre, s.best_centre, s.product, s.gain, s.order, s.trial.
    bool solve(const double* start) noexcept {
        if (!m_.coupled) {
            for (std::size_t r = 0; r < m_.m; ++r) {
                s_.split[r] = s_.q[r];
                s_.slope[r] = s_.linear[r];
            }
            constant = m_.constant;
            const bool kept = search_price(40);
            prove();
            return kept;
        }
        split();
        for (std::size_t r = 0; r < m_.m; ++r) s_.centre[r] = start[r];
        tangent(s_.centre.data());
        bool kept = search_price(30);
        climb();
        tangent(s_.best_centre.data());
        kept = search_price(30) || kept;
        prove();
        return kept;
    }

    /// The best counts at a price: the sum over the rows of what each would choose for itself, with at most as many orders as allowed.
    dual evaluate(double at, bool proof, std::int64_t* k) const noexcept {
        const std::size_t m = m_.m;
        double sum = constant, all = absolute(constant) + m_.constant_size;
        if (at > 0.0) {
            sum -= at * m_.means;
            all += absolute(at * m_.means);
        }
        for (std::size_t r = 0; r < m; ++r) {
            const double stay = staying(r, at);
            const auto c = m_.best_count(r, s_.split[r], s_.slope[r], at, proof);
            s_.least[r] = c.bound;
            s_.gain[r] = c.bound - stay;
            k[r] = c.value < stay ? c.k : 0;
        }
        choose(k);
        dual d;
        for (std::size_t r = 0; r < m; ++r) {
            // Without differences of large numbers: what a row that trades adds, or what one that stays does.
            const double stay = staying(r, at), e = m_.eps(r, k[r]), l = s_.slope[r] + at;
            const double adds = s_.least[r] < stay ? s_.least[r] : stay;
            sum += adds - at * s_.b[r];
            all += absolute(adds) + (2.0 * s_.split[r] * absolute(e) + m_.abs_weight + absolute(l) + at) * m_.width(r, k[r]);
            d.takes += m_.take_of(r, k[r]);
        }
        d.value = sum - (proof ? all * static_cast<double>(m + 32) / 9007199254740992.0 : 0.0);
        return d;
    }
    [[nodiscard]] double staying(std::size_t r, double at) const noexcept {
        return distance_term(s_.split[r], m_.abs_weight, s_.slope[r] + at, s_.b[r]);
    }

    /// Tangent of the coupled rest at a point: slopes into s.slope, its height into `constant`.
    void tangent(const double* at) noexcept {
        m_.times(at, s_.product.data());
        constant = m_.constant;
        for (std::size_t r = 0; r < m_.m; ++r) {
            const double rest = s_.product[r] - s_.split[r] * at[r];
            s_.slope[r] = s_.linear[r] + 2.0 * rest;
            constant -= rest * at[r];
        }
    }

private:
    const Model& m_;
    integer_scratch& s_;

    /// With a limit of orders: the rows that gain most stand first in s.order; the others stay.
    void choose(std::int64_t* k) const noexcept {
        const std::size_t m = m_.m;
        if (m_.orders >= m) return;
        for (std::size_t r = 0; r < m; ++r) s_.order[r] = static_cast<std::uint32_t>(r);
        heap_sort(s_.order.data(), m,
                  [&](std::uint32_t x, std::uint32_t y) { return s_.gain[x] != s_.gain[y] ? s_.gain[x] < s_.gain[y] : x < y; });
        for (std::size_t j = m_.orders; j < m; ++j) {
            k[s_.order[j]] = 0;
            s_.least[s_.order[j]] = integer_problem::infinity;
        }
    }
    [[nodiscard]] bool kept(const dual& d) const noexcept { return !(d.takes > m_.means); }

    /// The price at which what the rows choose keeps the budget, by bisection; s.found: those counts.
    bool search_price(int rounds) noexcept {
        price = 0.0;
        if (kept(evaluate(0.0, false, s_.found.data()))) return true;
        double high = m_.abs_weight;
        for (std::size_t r = 0; r < m_.m; ++r) {
            const double x = absolute(2.0 * s_.split[r] * s_.b[r] + s_.slope[r]);
            if (x > high) high = x;
        }
        if (!(high > 1e-12)) high = 1e-12;
        double low = 0.0;
        bool done = false;
        for (int round = 0; round < 70 && !done; ++round) {
            done = kept(evaluate(high, false, s_.found.data()));
            if (!done) {
                low = high;
                high *= 2.0;
            }
        }
        price = high;
        if (!done) return false;
        for (int round = 0; round < rounds; ++round) {
            const double middle = 0.5 * (low + high);
            if (kept(evaluate(middle, false, s_.trial.data()))) {
                high = middle;
                for (std::size_t r = 0; r < m_.m; ++r) s_.found[r] = s_.trial[r];
            } else {
                low = middle;
            }
        }
        price = high;
        return true;
    }

    void prove() noexcept { value = evaluate(price, true, s_.trial.data()).value; }

    void split() noexcept {
        const std::size_t m = m_.m;
        const bool dense = m_.p.risk.layout == risk_layout::dense;
        if (m <= integer_scratch::most_exact || (dense && m <= integer_scratch::most_dense)) {
            double* a = s_.matrix.data();
            for (std::size_t r = 0; r < m; ++r)
                for (std::size_t c = 0; c < m; ++c) a[r * m + c] = m_.risk(r, c);
            split_diagonal(a, m, s_.split.data(), a + m * m);
        } else {
            for (std::size_t r = 0; r < m; ++r) s_.split[r] = 0.0;
        }
        if (dense || m <= integer_scratch::most_exact) return;
        const double scale = 0.5 * m_.p.risk_aversion / m_.p.scale;
        for (std::size_t r = 0; r < m; ++r) s_.split[r] = scale * m_.p.risk.specific[s_.row[r]];
    }

    /// Moves the point of the tangent toward what the rows answer to it, and the price with what they take: the bound is concave in both and
    /// rises that way. With factors it goes by Newton steps: few numbers, of which some pull hard.
    void climb() noexcept {
        const std::size_t m = m_.m;
        double* answer = s_.eps.data();
        double best_price = price, step = 1.0;
        dual best = evaluate(price, false, s_.trial.data());
        bool newton = true;
        const auto keep = [&] {
            for (std::size_t r = 0; r < m; ++r) {
                s_.best_centre[r] = s_.centre[r];
                answer[r] = m_.eps(r, s_.trial[r]);
            }
        };
        keep();
        const int rounds = m <= 64 ? 300 : 100;
        double price_move = 0.0, price_step = 0.3;
        bool fresh = true;
        for (int round = 0; round < rounds && step > 1e-7; ++round) {
            if (newton && fresh)
                newton = m_.p.risk.layout == risk_layout::factor ? newton_step(best, best_price, price_move)
                                                                 : dense_step(best, best_price, price_move);
            const double* toward = newton ? s_.gradient.data() : answer;
            for (std::size_t r = 0; r < m; ++r) s_.centre[r] = s_.best_centre[r] + step * (toward[r] - s_.best_centre[r]);
            tangent(s_.centre.data());
            double at = newton ? at_least_zero(best_price + step * price_move) : best_price;
            dual d = evaluate(at, false, s_.trial.data());
            if (!newton && (best_price > 0.0 || !kept(d))) {
                const double up = at > 0.0 ? at * (1.0 + price_step) : 1e-3 * (price > 0.0 ? price : 1e-3);
                const double other = kept(d) ? at / (1.0 + price_step) : up;
                const dual e = evaluate(other, false, s_.wish.data());
                if (e.value > d.value) {
                    d = e;
                    at = other;
                    for (std::size_t r = 0; r < m; ++r) s_.trial[r] = s_.wish[r];
                } else {
                    price_step *= 0.6;
                }
            }
            fresh = d.value > best.value;
            if (fresh) {
                best = d;
                best_price = at;
                step = step * 1.4 < 1.0 ? step * 1.4 : 1.0;
                keep();
            } else {
                step *= 0.5;
                if (newton && step < 1e-3) {
                    newton = false;
                    step = 0.5;
                }
            }
        }
    }

    /// Where the tangent's point and the price would have to be for the rows' answers to agree with them, if every row that trades went
    /// on along its parabola. The factors' exposures y and the price are what counts: with q the split and P·Fᵀ the rest of A,
    ///     (1 + Σ F'P/q)·dy + ΣF/2q·dprice = F'·(answer − point),   −ΣP/q·dy − Σ1/2q·dprice = means − takes.
    /// Writes the point into s.gradient.
    bool newton_step(const dual& now, double at, double& price_move) const noexcept {
        const std::size_t m = m_.m, k = m_.p.risk.factors(), n = k + 1, width = n + 1;
        const bool priced = at > 0.0 || !kept(now);
        double* t = s_.factor.data();
        for (std::size_t i = 0; i < n * width; ++i) t[i] = 0.0;
        for (std::size_t f = 0; f < k; ++f) t[f * width + f] = 1.0;
        for (std::size_t r = 0; r < m; ++r) {
            const double* load = m_.p.risk.loadings.data() + s_.row[r] * k;
            const double* pull = s_.loading.data() + r * k;
            const double off = s_.eps[r] - s_.best_centre[r];
            const double soft = pliant(r) ? 1.0 / s_.split[r] : 0.0;
            for (std::size_t f = 0; f < k; ++f) {
                t[f * width + n] += load[f] * off;
                if (soft == 0.0) continue;
                for (std::size_t g = 0; g < k; ++g) t[f * width + g] += load[f] * pull[g] * soft;
                t[f * width + k] += 0.5 * load[f] * soft;
                t[k * width + f] -= pull[f] * soft;
            }
            t[k * width + k] -= 0.5 * soft;
        }
        t[k * width + n] = m_.means - now.takes;
        if (!priced || !(t[k * width + k] < 0.0)) {
            for (std::size_t f = 0; f < width; ++f) t[k * width + f] = f == k ? 1.0 : 0.0;
        }
        if (!eliminate(t, n)) return false;
        price_move = t[k * width + n];
        for (std::size_t r = 0; r < m; ++r) {
            double sum = 0.0;
            for (std::size_t f = 0; f < k; ++f) sum += s_.loading[r * k + f] * t[f * width + n];
            s_.gradient[r] = s_.eps[r] - (pliant(r) ? (sum + 0.5 * price_move) / s_.split[r] : 0.0);
        }
        return true;
    }
    /// The same without factors: with the point's move δ, rows that do not follow go to their answers, and for those that do
    ///     A·δ = q·(answer − point) − dprice/2,   by conjugate gradients (Hestenes and Stiefel 1952).
    bool dense_step(const dual& now, double at, double& price_move) const noexcept {
        const std::size_t m = m_.m;
        double *answer = s_.eps.data(), *move = s_.gradient.data(), *by_price = s_.gain.data(), *right = s_.least.data();
        for (std::size_t r = 0; r < m; ++r) s_.centre[r] = pliant(r) ? 0.0 : answer[r] - s_.best_centre[r];
        m_.times(s_.centre.data(), s_.product.data());
        std::size_t follow = 0;
        for (std::size_t r = 0; r < m; ++r) {
            right[r] = s_.split[r] * (answer[r] - s_.best_centre[r]) - s_.product[r];
            follow += pliant(r) ? 1U : 0U;
        }
        if (follow == 0) return false;
        conjugate_gradients(right, move);
        price_move = 0.0;
        if (at > 0.0 || !kept(now)) {
            for (std::size_t r = 0; r < m; ++r) right[r] = -0.5;
            conjugate_gradients(right, by_price);
            double missing = m_.means - now.takes, each = 0.0;
            for (std::size_t r = 0; r < m; ++r) {
                if (!pliant(r)) continue;
                missing -= s_.best_centre[r] + move[r] - answer[r];
                each += by_price[r];
            }
            if (each < 0.0) price_move = missing / each;
        }
        for (std::size_t r = 0; r < m; ++r) {
            if (!pliant(r))
                move[r] = answer[r];
            else
                move[r] += s_.best_centre[r] + (price_move != 0.0 ? price_move * by_price[r] : 0.0);
            if (!finite(move[r])) return false;
        }
        return finite(price_move);
    }
    /// A·x = right among the rows that follow; `right` is used up. Uses s.centre and s.product.
    void conjugate_gradients(double* right, double* x) const noexcept {
        const std::size_t m = m_.m;
        double size = 0.0;
        for (std::size_t r = 0; r < m; ++r) {
            x[r] = 0.0;
            if (!pliant(r)) right[r] = 0.0;
            s_.centre[r] = right[r];
            size += right[r] * right[r];
        }
        const double enough = 1e-14 * size;
        for (int round = 0; round < 30 && size > enough; ++round) {
            m_.times(s_.centre.data(), s_.product.data());
            double curvature = 0.0;
            for (std::size_t r = 0; r < m; ++r) curvature += s_.centre[r] * s_.product[r];
            if (!(curvature > 0.0)) return;
            const double go = size / curvature;
            double next = 0.0;
            for (std::size_t r = 0; r < m; ++r) {
                x[r] += go * s_.centre[r];
                if (pliant(r)) right[r] -= go * s_.product[r];
                next += right[r] * right[r];
            }
            for (std::size_t r = 0; r < m; ++r) s_.centre[r] = right[r] + next / size * s_.centre[r];
            size = next;
        }
    }
    [[nodiscard]] bool pliant(std::size_t r) const noexcept { return s_.split[r] > 0.0 && s_.eps[r] != s_.b[r]; }

    /// Solves the n equations of n + 1 columns in place, the answer in the last column: Gauss with the largest pivot of the column.
    static bool eliminate(double* t, std::size_t n) noexcept {
        const std::size_t width = n + 1;
        for (std::size_t c = 0; c < n; ++c) {
            std::size_t p = c;
            for (std::size_t i = c + 1; i < n; ++i)
                if (absolute(t[i * width + c]) > absolute(t[p * width + c])) p = i;
            if (!(absolute(t[p * width + c]) > 0.0)) return false;
            for (std::size_t j = 0; j < width && p != c; ++j) {
                const double x = t[c * width + j];
                t[c * width + j] = t[p * width + j];
                t[p * width + j] = x;
            }
            for (std::size_t i = 0; i < n; ++i) {
                if (i == c || t[i * width + c] == 0.0) continue;
                const double by = t[i * width + c] / t[c * width + c];
                for (std::size_t j = c; j < width; ++j) t[i * width + j] -= by * t[c * width + j];
            }
        }
        for (std::size_t i = 0; i < n; ++i) {
            t[i * width + n] /= t[i * width + i];
            if (!finite(t[i * width + n])) return false;
        }
        return true;
    }
};

}  // namespace ballast::inline v0::detail
