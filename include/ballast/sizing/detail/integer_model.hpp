/// Whole steps: the rows that can move, in the order of their keys, in units of wealth; objective, cash, risk, and the best count of one row.
#pragma once

#include "integer_problem.hpp"

namespace ballast::inline v0::detail {

/// With ε = b + a·k the drift of a row as a weight, the objective is  constant + Σ (qᵢεᵢ² + p|εᵢ| + linearᵢεᵢ + costᵢ) + εᵀAε, where A is 0
/// but for tracking with a covariance. Rows that can not move are in the constant and in `linear`.
template <class Cost, class Takes>
class integer_model {
public:
    static constexpr double infinity = integer_problem::infinity;
    static constexpr std::size_t pieces = integer_scratch::pieces;

    struct choice {
        double bound = infinity;  ///< no count other than 0 has a smaller value
        double value = infinity;  ///< of k
        std::int64_t k = 0;       ///< 0: there is none
    };

    const integer_problem& p;
    const Cost& cost;
    const Takes& takes;
    integer_scratch& s;
    std::size_t m = 0;  ///< rows that can move
    std::size_t orders = 0;
    double abs_weight = 0.0;
    double constant = 0.0;
    double constant_size = 0.0;  ///< the magnitudes that went into it, without risk
    double fixed_risk = 0.0;     ///< Σ √Aᵢᵢ·(what the drift is a difference of) over the rows that can not move
    double means = 0.0;          ///< of wealth
    bool coupled = false;

    integer_model(const integer_problem& problem, const Cost& c, const Takes& t, integer_scratch& scratch) noexcept
        : p(problem),
          cost(c),
          takes(t),
          s(scratch),
          means(problem.means / problem.wealth) {
        const std::size_t n = p.rows.size();
        for (std::size_t i = 0; i < n; ++i) s.rank[i] = static_cast<std::uint32_t>(i);
        if (!p.key.empty())
            heap_sort(s.rank.data(), n,
                      [&](std::uint32_t x, std::uint32_t y) { return p.key[x] != p.key[y] ? p.key[x] < p.key[y] : x < y; });
        for (std::size_t j = 0; j < n; ++j) add(s.rank[j]);
        orders = p.max_orders < m ? p.max_orders : m;
        weigh();
    }

    [[nodiscard]] double eps(std::size_t r, std::int64_t k) const noexcept { return s.b[r] + s.a[r] * static_cast<double>(k); }
    [[nodiscard]] double cost_of(std::size_t r, std::int64_t k) const noexcept {
        return k == 0 ? 0.0 : cost_scale_ * cost(s.row[r], p.rows[s.row[r]].step * static_cast<double>(k));
    }
    /// Cash, as a share of wealth.
    [[nodiscard]] double take_of(std::size_t r, std::int64_t k) const noexcept { return k == 0 ? 0.0 : takes(s.row[r], k) / p.wealth; }
    /// What the row adds to the objective without A.
    [[nodiscard]] double own(std::size_t r, std::int64_t k) const noexcept {
        return distance_term(s.q[r], abs_weight, s.linear[r], eps(r, k)) + cost_of(r, k);
    }
    /// The least that cost and `takes − step·k`, both of wealth, can be from lo to hi, which have one sign.
    [[nodiscard]] double least_cost(std::size_t r, std::int64_t lo, std::int64_t hi) const noexcept {
        const double first = cost_of(r, lo);
        if (lo == hi) return first;
        if constexpr (tells_least_cost<Cost>) {
            const double step = p.rows[s.row[r]].step;
            return cost_scale_ * cost.least(s.row[r], step * static_cast<double>(lo), step * static_cast<double>(hi));
        } else {
            const double last = cost_of(r, hi);
            return first < last ? first : last;
        }
    }
    [[nodiscard]] double least_rest(std::size_t r, std::int64_t lo, std::int64_t hi) const noexcept {
        const double first = rest_of(r, lo);
        if (lo == hi) return first;
        if constexpr (tells_least_takes<Takes>) {
            return takes.least(s.row[r], lo, hi) / p.wealth;
        } else {
            const double last = rest_of(r, hi);
            return first < last ? first : last;
        }
    }
    [[nodiscard]] double rest_of(std::size_t r, std::int64_t k) const noexcept { return take_of(r, k) - s.a[r] * static_cast<double>(k); }

    // ---- A ----

    [[nodiscard]] double risk(std::size_t r, std::size_t c) const noexcept {
        if (!coupled) return 0.0;
        if (p.risk.layout == risk_layout::dense) return risk_scale_ * p.risk.dense[s.row[r] * p.rows.size() + s.row[c]];
        const std::size_t k = p.risk.factors();
        double sum = r == c ? risk_scale_ * p.risk.specific[s.row[r]] : 0.0;
        for (std::size_t f = 0; f < k; ++f) sum += s.loading[r * k + f] * p.risk.loadings[s.row[c] * k + f];
        return sum;
    }
    /// out = A·x, O(m²), O(m·k) with factors.
    void times(const double* x, double* out) const noexcept {
        if (!coupled) {
            for (std::size_t r = 0; r < m; ++r) out[r] = 0.0;
        } else if (p.risk.layout == risk_layout::dense) {
            for (std::size_t r = 0; r < m; ++r) {
                const double* line = p.risk.dense.data() + s.row[r] * p.rows.size();
                double sum = 0.0;
                for (std::size_t c = 0; c < m; ++c) sum += line[s.row[c]] * x[c];
                out[r] = risk_scale_ * sum;
            }
        } else {
            const std::size_t k = p.risk.factors();
            double* y = s.factor.data();
            for (std::size_t f = 0; f < k; ++f) y[f] = 0.0;
            for (std::size_t r = 0; r < m; ++r)
                for (std::size_t f = 0; f < k; ++f) y[f] += p.risk.loadings[s.row[r] * k + f] * x[r];
            for (std::size_t r = 0; r < m; ++r) {
                double sum = risk_scale_ * p.risk.specific[s.row[r]] * x[r];
                for (std::size_t f = 0; f < k; ++f) sum += s.loading[r * k + f] * y[f];
                out[r] = sum;
            }
        }
    }

    [[nodiscard]] double gross(std::size_t i) const noexcept { return (absolute(p.rows[i].value) + absolute(p.rows[i].goal)) / p.wealth; }
    /// What a drift is the sum of.
    [[nodiscard]] double width(std::size_t r, std::int64_t k) const noexcept {
        return gross(s.row[r]) + absolute(s.a[r] * static_cast<double>(k));
    }

    // ---- all rows ----

    /// The objective of counts, in the order of the rows; `size`, where wanted, is the sum of the magnitudes that went into it. Uses
    /// s.product and s.eps.
    [[nodiscard]] double objective(const std::int64_t* k, double* size = nullptr) const noexcept {
        double sum = constant, all = constant_size;
        for (std::size_t r = 0; r < m; ++r) {
            const double e = eps(r, k[r]), c = cost_of(r, k[r]), d = distance_term(s.q[r], abs_weight, s.linear[r], e);
            s.eps[r] = e;
            sum += d + c;
            // What is left of a drift may be small beside what it is the difference of, and has the rounding of that.
            const double w = width(r, k[r]);
            all += (2.0 * s.q[r] * absolute(e) + abs_weight + absolute(s.linear[r])) * w + absolute(c);
        }
        if (coupled) {
            times(s.eps.data(), s.product.data());
            // |Aij| is at most √Aii·√Ajj, so this is at least the sum of the magnitudes of all products.
            double wide = fixed_risk, left = fixed_risk;
            for (std::size_t r = 0; r < m; ++r) {
                const double volatility = __builtin_sqrt(at_least_zero(risk(r, r)));
                sum += s.eps[r] * s.product[r];
                wide += volatility * width(r, k[r]);
                left += volatility * absolute(s.eps[r]);
            }
            all += 2.0 * wide * left;
        }
        if (size != nullptr) *size = all;
        return sum;
    }
    /// Base currency, in the order of the rows.
    [[nodiscard]] double cash(const std::int64_t* k) const noexcept {
        double sum = 0.0;
        for (std::size_t r = 0; r < m; ++r)
            if (k[r] != 0) sum += takes(s.row[r], k[r]);
        return sum;
    }
    [[nodiscard]] std::size_t traded(const std::int64_t* k) const noexcept {
        std::size_t count = 0;
        for (std::size_t r = 0; r < m; ++r) count += k[r] != 0 ? 1U : 0U;
        return count;
    }
    [[nodiscard]] double volume(const std::int64_t* k) const noexcept {
        double sum = 0.0;
        for (std::size_t r = 0; r < m; ++r) sum += absolute(s.a[r] * static_cast<double>(k[r]));
        return sum;
    }
    [[nodiscard]] bool fits(const std::int64_t* k) const noexcept { return traded(k) <= orders && cash(k) <= p.means; }

    // ---- counts of one row ----

    [[nodiscard]] const count_interval* piece(std::size_t r) const noexcept { return s.piece.data() + r * pieces; }
    /// The largest feasible count at or below x, the smallest at or above: the last one in that direction where there is none.
    [[nodiscard]] std::int64_t at_most(std::size_t r, std::int64_t x) const noexcept {
        const count_interval* c = piece(r);
        for (std::size_t j = s.piece_count[r]; j-- > 0;)
            if (c[j].lo <= x) return x < c[j].hi ? x : c[j].hi;
        return c[0].lo;
    }
    [[nodiscard]] std::int64_t at_least(std::size_t r, std::int64_t x) const noexcept {
        const count_interval* c = piece(r);
        for (std::size_t j = 0; j < s.piece_count[r]; ++j)
            if (c[j].hi >= x) return x > c[j].lo ? x : c[j].lo;
        return c[s.piece_count[r] - 1U].hi;
    }
    [[nodiscard]] std::int64_t above(std::size_t r, std::int64_t k) const noexcept { return at_least(r, k + 1); }
    [[nodiscard]] std::int64_t below(std::size_t r, std::int64_t k) const noexcept { return at_most(r, k - 1); }

    /// The count other than 0 that makes q·ε² + p|ε| + l·ε + cost + price·takes smallest, a constant aside (ε stands for a·k in the cash:
    /// price·(ε + rest)). Without proof it looks at the neighbours of two Newton steps in every interval; with proof it halves intervals until
    /// none is left that could hold a better one.
    [[nodiscard]] choice best_count(std::size_t r, double q, double l, double price, bool proof) const noexcept {
        choice c;
        const double slope = l + price;
        const count_interval* part = piece(r);
        for (std::size_t j = 0; j < s.piece_count[r]; ++j)
            if (part[j].lo != 0 || part[j].hi != 0) guess(r, q, slope, price, part[j], c);
        if (!proof) {
            c.bound = c.value;
            return c;
        }
        for (std::size_t j = 0; j < s.piece_count[r]; ++j)
            if (part[j].lo != 0 || part[j].hi != 0) halve(r, q, slope, price, part[j], c);
        if (c.value < c.bound) c.bound = c.value;
        return c;
    }
    /// The value that best_count makes small, over lo to hi of one sign.
    [[nodiscard]] double least_value(std::size_t r, double q, double slope, double price, std::int64_t lo, std::int64_t hi) const noexcept {
        return least_term(q, abs_weight, slope, eps(r, lo), eps(r, hi)) + least_cost(r, lo, hi) +
               (price > 0.0 ? price * least_rest(r, lo, hi) : 0.0);
    }

private:
    double cost_scale_ = 0.0;
    double risk_scale_ = 0.0;

    void add(std::uint32_t i) noexcept {
        const integer_row& x = p.rows[i];
        count_interval* part = s.piece.data() + m * pieces;
        std::uint8_t count = 0;
        std::int64_t least = -4503599627370496, most = 4503599627370496;
        if (!x.targeted) {
            const double away = (x.goal - x.value) / x.step;
            const std::int64_t whole = floor_count(absolute(away) * (1.0 + 1e-12) + 1e-9);
            least = away < 0.0 ? -whole : 0;
            most = away > 0.0 ? whole : 0;
        }
        bool zero = false, moves = false;
        const auto put = [&](std::int64_t lo, std::int64_t hi) {
            if (lo > hi || count == pieces) return;
            part[count] = {lo, hi};
            ++count;
            moves = moves || lo != 0;
        };
        const auto put_zero = [&] {
            if (!zero) put(0, 0);
            zero = true;
        };
        for (std::uint8_t j = 0; j < x.intervals; ++j) {
            const std::int64_t lo = x.allowed[j].lo > least ? x.allowed[j].lo : least;
            const std::int64_t hi = x.allowed[j].hi < most ? x.allowed[j].hi : most;
            if (lo > hi) continue;
            if (lo < 0) put(lo, hi < 0 ? hi : -1);
            if (hi >= 0) put_zero();
            if (hi > 0) put(lo > 0 ? lo : 1, hi);
        }
        if (!zero) put_zero();
        if (!moves) {
            fixed_ += 1;
            return;
        }
        s.row[m] = i;
        s.piece_count[m] = count;
        s.a[m] = x.step / p.wealth;
        s.b[m] = (x.value - x.goal) / p.wealth;
        ++m;
    }

    [[nodiscard]] bool moves(std::size_t i, std::size_t& next) const noexcept {
        if (next < m && s.row[next] == i) {
            ++next;
            return true;
        }
        return false;
    }

    void weigh() noexcept {
        cost_scale_ = p.cost_weight / p.wealth;
        const double scale = 1.0 / p.scale;
        const bool tracking = p.distance == integer_distance::tracking && p.risk.layout != risk_layout::none;
        abs_weight = p.distance == integer_distance::absolute ? scale : 0.0;
        risk_scale_ = 0.5 * p.risk_aversion * scale;
        coupled = tracking && p.risk.layout != risk_layout::diagonal;
        const double square = abs_weight > 0.0 ? 0.0 : scale;
        const std::size_t n = p.rows.size();
        const auto weight = [&](std::size_t i) { return coupled ? 0.0 : tracking ? risk_scale_ * p.risk.specific[i] : square; };
        const auto drift = [&](std::size_t i) { return (p.rows[i].value - p.rows[i].goal) / p.wealth; };
        for (std::size_t r = 0; r < m; ++r) {
            s.q[r] = weight(s.row[r]);
            s.linear[r] = 0.0;
        }
        if (coupled && p.risk.layout == risk_layout::factor) load();
        std::size_t next = 0;
        for (std::size_t j = 0; fixed_ > 0 && j < n; ++j)
            if (const std::size_t i = s.rank[j]; !moves(i, next)) {
                constant += distance_term(weight(i), abs_weight, 0.0, drift(i));
                constant_size += (2.0 * weight(i) * absolute(drift(i)) + abs_weight) * gross(i);
            }
        if (coupled && fixed_ > 0) couple_fixed(drift);
    }
    /// Loadings times factor covariance, scaled.
    void load() noexcept {
        const std::size_t k = p.risk.factors();
        for (std::size_t r = 0; r < m; ++r)
            for (std::size_t f = 0; f < k; ++f) {
                double sum = 0.0;
                for (std::size_t g = 0; g < k; ++g) sum += p.risk.loadings[s.row[r] * k + g] * p.risk.factor_covariance[g * k + f];
                s.loading[r * k + f] = risk_scale_ * sum;
            }
    }
    template <class Drift>
    void couple_fixed(const Drift& drift) noexcept {
        const std::size_t n = p.rows.size(), k = p.risk.factors();
        const bool dense = p.risk.layout == risk_layout::dense;
        double* y = s.factor.data();
        for (std::size_t f = 0; f < k && !dense; ++f) y[f] = 0.0;
        std::size_t next = 0;
        for (std::size_t j = 0; j < n; ++j) {
            const std::size_t i = s.rank[j];
            if (moves(i, next)) continue;
            const double e = drift(i);
            fixed_risk += __builtin_sqrt(at_least_zero(risk_scale_ * p.risk.variance(i))) * gross(i);
            if (!dense) {
                constant += risk_scale_ * p.risk.specific[i] * e * e;
                for (std::size_t f = 0; f < k; ++f) y[f] += p.risk.loadings[i * k + f] * e;
                continue;
            }
            for (std::size_t r = 0; r < m; ++r) s.linear[r] += 2.0 * risk_scale_ * p.risk.dense[s.row[r] * n + i] * e;
            std::size_t other = 0;
            for (std::size_t h = 0; h < n; ++h)
                if (const std::size_t c = s.rank[h]; !moves(c, other)) constant += risk_scale_ * p.risk.dense[i * n + c] * e * drift(c);
        }
        if (dense) return;
        for (std::size_t f = 0; f < k; ++f)
            for (std::size_t g = 0; g < k; ++g) constant += risk_scale_ * y[f] * p.risk.factor_covariance[f * k + g] * y[g];
        for (std::size_t r = 0; r < m; ++r)
            for (std::size_t f = 0; f < k; ++f) s.linear[r] += 2.0 * s.loading[r * k + f] * y[f];
    }

    void try_count(std::size_t r, double q, double slope, double price, std::int64_t k, choice& c) const noexcept {
        const double v = least_value(r, q, slope, price, k, k);
        if (v < c.value || (v == c.value && (k < 0 ? -k : k) < (c.k < 0 ? -c.k : c.k))) {
            c.value = v;
            c.k = k;
        }
    }
    void guess(std::size_t r, double q, double slope, double price, const count_interval& part, choice& c) const noexcept {
        const auto inside = [&](std::int64_t k) { return k < part.lo ? part.lo : k > part.hi ? part.hi : k; };
        const auto rest = [&](std::int64_t k) { return cost_of(r, k) + (price > 0.0 ? price * rest_of(r, k) : 0.0); };
        double more = 0.0;
        for (int round = 0; round < 2; ++round) {
            const double at = least_term_at(q, abs_weight, slope + more, eps(r, part.lo), eps(r, part.hi));
            const std::int64_t k = inside(floor_count((at - s.b[r]) / s.a[r]));
            try_count(r, q, slope, price, k, c);
            if (k < part.hi) try_count(r, q, slope, price, k + 1, c);
            if (round == 1 || part.lo == part.hi) break;
            const std::int64_t from = inside(k / 2), to = from == k ? inside(k > 0 ? k + 1 + k / 2 : k - 1 + k / 2) : from;
            if (to == k) break;
            more = (rest(k) - rest(to)) / (s.a[r] * static_cast<double>(k - to));
            if (!(more - more == 0.0)) break;
        }
        try_count(r, q, slope, price, part.lo, c);
        if (part.hi != part.lo) try_count(r, q, slope, price, part.hi, c);
        const std::int64_t kink = inside(floor_count(-s.b[r] / s.a[r]));
        if (abs_weight > 0.0) {
            try_count(r, q, slope, price, kink, c);
            try_count(r, q, slope, price, inside(kink + 1), c);
        }
    }
    void halve(std::size_t r, double q, double slope, double price, const count_interval& part, choice& c) const noexcept {
        count_interval stack[64];
        std::size_t top = 0;
        stack[top++] = part;
        for (int looked = 0; top > 0; ++looked) {
            const count_interval x = stack[--top];
            if (x.lo == x.hi) {
                try_count(r, q, slope, price, x.lo, c);
                continue;
            }
            const double v = least_value(r, q, slope, price, x.lo, x.hi);
            if (v >= c.value) continue;
            if (looked >= 600 || top + 2 > 64 || v >= c.value - 1e-15 * absolute(c.value)) {
                if (v < c.bound) c.bound = v;
                continue;
            }
            const std::int64_t middle = x.lo + (x.hi - x.lo) / 2;
            stack[top++] = {middle + 1, x.hi};
            stack[top++] = {x.lo, middle};
        }
    }

    std::size_t fixed_ = 0;
};

template <class Cost, class Takes>
integer_model(const integer_problem&, const Cost&, const Takes&, integer_scratch&) -> integer_model<Cost, Takes>;

}  // namespace ballast::inline v0::detail
