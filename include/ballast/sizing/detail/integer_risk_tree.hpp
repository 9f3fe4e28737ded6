/// Whole steps: branch and bound for rows that risk couples.
#pragma once

#include "integer_tree.hpp"

namespace ballast::inline v0::detail {

/// The bound of a node is the tangent bound of integer_bound for the rows that are left, around the continuous answer given what is fixed, which moves
/// with every row that is fixed by a row of −A⁻¹ (the sphere decoder's idea: Fincke and Pohst 1985). What a diagonal takes out of A is
/// found anew for every depth, as less of A is left.
template <class Model>
class integer_risk_tree : public integer_tree<Model> {
public:
    integer_risk_tree(const Model& model, integer_local<Model>& best, std::uint64_t limit, double tolerance) noexcept
        : integer_tree<Model>(model, best, limit, tolerance) {}

    /// `root` is solved; its slopes, point and price are in place. Returns the proved bound of the whole.
    double search(const integer_bound<Model>& root) noexcept {
        if (plant(root)) {
            prepare();
            node(0, m_.constant, m_.means, m_.orders);
        }
        return proved();
    }

private:
    using base = integer_tree<Model>;
    using base::accept, base::branched_, base::cell, base::cells, base::chosen_, base::cut, base::infinity, base::least_takes_,
        base::leave_open, base::m_, base::most, base::n_, base::number, base::overdrawn, base::plant, base::price_, base::proved,
        base::row_of_, base::s_, base::sort_children, base::stop;

    double price_at_[most + 1] = {};
    double least_cost_[most] = {}, least_rest_[most] = {};  ///< of all counts of a row

    [[nodiscard]] double* per_depth(std::size_t what, std::size_t d) const noexcept { return s_.tree.data() + (what * (n_ + 1) + d) * n_; }
    /// Linear parts given what is fixed; the tangent's point; the diagonal that is taken out; how the continuous answer moves with the row before.
    [[nodiscard]] double* linear(std::size_t d) const noexcept { return per_depth(0, d); }
    [[nodiscard]] double* centre(std::size_t d) const noexcept { return per_depth(1, d); }
    [[nodiscard]] double* taken_out(std::size_t d) const noexcept { return per_depth(2, d); }
    [[nodiscard]] double* follow(std::size_t d) const noexcept { return per_depth(3, d); }
    [[nodiscard]] double* slope(std::size_t d) const noexcept { return per_depth(4, d); }
    [[nodiscard]] double* answer(std::size_t d) const noexcept { return per_depth(5, d); }
    [[nodiscard]] double a(std::size_t i, std::size_t j) const noexcept { return s_.tree_matrix[i * n_ + j]; }

    void prepare() noexcept {
        double* part = s_.matrix.data();
        for (std::size_t r = 0; r < n_; ++r)
            for (std::size_t c = 0; c < s_.cell_count[r]; ++c) {
                if (number(2, r)[c] < least_cost_[r]) least_cost_[r] = number(2, r)[c];
                if (number(3, r)[c] < least_rest_[r]) least_rest_[r] = number(3, r)[c];
            }
        for (std::size_t i = 0; i < n_; ++i) {
            for (std::size_t j = 0; j < n_; ++j) s_.tree_matrix[i * n_ + j] = m_.risk(row_of_[i], row_of_[j]);
            linear(0)[i] = s_.linear[row_of_[i]];
            centre(0)[i] = s_.best_centre[row_of_[i]];
        }
        for (std::size_t d = 0; d < n_; ++d) {
            const std::size_t left = n_ - d;
            for (std::size_t i = 0; i < left; ++i)
                for (std::size_t j = 0; j < left; ++j) part[i * left + j] = a(d + i, d + j);
            double* memory = s_.tree_matrix.data() + n_ * n_;
            split_diagonal(part, left, taken_out(d) + d, memory);
            for (std::size_t i = 0; i < left; ++i) follow(d)[d + i] = 0.0;
            if (d == 0) continue;
            for (std::size_t i = 0; i < left; ++i) answer(d)[i] = 0.0;
            if (!cholesky_without(part, answer(d), left, memory)) continue;
            inverse_of(memory, left, memory + left * left);
            for (std::size_t i = 0; i < left; ++i)
                for (std::size_t j = 0; j < left; ++j) follow(d)[d + i] -= memory[left * left + i * left + j] * a(d + j, d - 1);
        }
        price_at_[0] = price_;
    }

    struct judged {
        double value = -integer_problem::infinity;
        double own = 0.0;   ///< what the row that is branched on adds to it
        double next = 0.0;  ///< what another row would gain by its order
        double takes = 0.0;
    };
    /// The tangent bound of what is left at depth d, at slopes `slope(d)`: answers into `answer(d)`.
    judged judge(std::size_t d, double price, double room, std::size_t orders) const noexcept {
        judged v;
        double gains[most], leasts[most], adds[most] = {}, takes[most], drifts[most];
        std::uint32_t which[most];
        std::size_t many = 0;
        for (std::size_t j = d; j < n_; ++j) {
            const std::size_t r = row_of_[j];
            const double q = taken_out(d)[j], l = slope(d)[j] + price, b = s_.b[r];
            const double *at = number(0, r), *cost = number(2, r), *rest = number(3, r), *cash = number(1, r);
            const double stay = (q * b + l) * b;
            double least = stay, e_least = b, takes_least = 0.0;
            const auto look = [&](std::size_t c, double e) {
                const double h = (q * e + l) * e + cost[c] + (price > 0.0 ? price * rest[c] : 0.0);
                if (h >= least) return;
                least = h;
                e_least = e;
                takes_least = s_.fine[r] == 0 ? cash[c] : e - b + rest[c];
            };
            const std::size_t count = s_.cell_count[r];
            if (s_.fine[r] != 0) {
                for (std::size_t c = 0; c < count; ++c)
                    if (const count_interval& k = cell(r, c); k.hi != 0)
                        look(c, least_term_at(q, 0.0, l, m_.eps(r, k.lo), m_.eps(r, k.hi)));
            } else {
                // From where the parabola is lowest to both sides, until it alone is above what was found.
                const double lowest = least_term_at(q, 0.0, l, at[0], at[count - 1]);
                const double extra = least_cost_[r] + (price > 0.0 ? price * least_rest_[r] : 0.0);
                std::size_t from = 0;
                for (std::size_t half = count; half > 0;) {
                    const std::size_t middle = half / 2;
                    if (at[from + middle] < lowest) {
                        from += middle + 1;
                        half -= middle + 1;
                    } else {
                        half = middle;
                    }
                }
                const auto hopeless = [&](std::size_t c) { return (q * at[c] + l) * at[c] + extra >= least; };
                for (std::size_t c = from; c < count && !hopeless(c); ++c)
                    if (cell(r, c).lo != 0) look(c, at[c]);
                for (std::size_t c = from; c-- > 0 && !hopeless(c);)
                    if (cell(r, c).lo != 0) look(c, at[c]);
            }
            answer(d)[j] = b;
            adds[j] = stay - price * b;
            if (least < stay) {
                gains[j] = least - stay;
                leasts[j] = least - price * b;
                takes[j] = takes_least;
                drifts[j] = e_least;
                which[many++] = static_cast<std::uint32_t>(j);
            }
        }
        const bool limited = orders < many;
        if (limited)
            heap_sort(which, many, [&](std::uint32_t x, std::uint32_t y) { return gains[x] != gains[y] ? gains[x] < gains[y] : x < y; });
        const std::size_t chosen = limited ? orders : many;
        for (std::size_t c = 0; c < chosen; ++c) {
            const std::size_t j = which[c];
            adds[j] = leasts[j];
            v.takes += takes[j];
            answer(d)[j] = drifts[j];
            if (j == d && limited) v.next = gains[which[orders]];
        }
        v.own = adds[d];
        v.value = 0.0;  // not as stays plus gains: those may be large and cancel
        for (std::size_t j = d; j < n_; ++j) v.value += adds[j];
        if (price > 0.0) v.value -= price * room;
        return v;
    }

    void node(std::size_t d, double partial, double room, std::size_t orders) noexcept {
        if (d == n_) {
            if (!overdrawn(room)) accept();
            return;
        }
        if (overdrawn(room - least_takes_[d])) return;
        ++this->nodes;
        judged best;
        double price = price_at_[d], best_price = price;
        double kept_slope[most] = {}, kept_centre[most] = {}, kept_answer[most] = {};
        double step = 0.5;
        for (int round = 0; round < 6; ++round) {
            double height = 0.0;
            for (std::size_t i = d; i < n_; ++i) {
                double sum = -taken_out(d)[i] * centre(d)[i];
                for (std::size_t j = d; j < n_; ++j) sum += a(i, j) * centre(d)[j];
                slope(d)[i] = linear(d)[i] + 2.0 * sum;
                height -= sum * centre(d)[i];
            }
            judged v = judge(d, price, room, orders);
            v.value += partial + height;
            if (v.value > best.value) {
                best = v;
                best_price = price;
                for (std::size_t i = d; i < n_; ++i) {
                    kept_slope[i] = slope(d)[i];
                    kept_centre[i] = centre(d)[i];
                    kept_answer[i] = answer(d)[i];
                }
            } else {
                step *= 0.4;
            }
            if (best.value >= cut()) return;
            if (round > 1 && best.value < cut() - 0.6 * absolute(cut() - partial)) break;  // far from it: branching tells more
            const double over = best.takes - room;
            if (m_.means < infinity && (best_price > 0.0 || over > 0.0)) {
                const double polyak = step * (cut() - best.value) / (absolute(over) > 1e-12 ? over : 1e-12);
                price = best_price + polyak;
                if (price > 4.0 * best_price + price_ + 1e-3 * absolute(polyak))
                    price = 4.0 * best_price + price_ + 1e-3 * absolute(polyak);
                if (price < 0.3 * best_price) price = best_price > 1e-3 * price_ ? 0.3 * best_price : 0.0;
            }
            for (std::size_t i = d; i < n_; ++i) centre(d)[i] = kept_centre[i] + step * (kept_answer[i] - kept_centre[i]);
        }
        if (d == branched_) {
            fill(d, best.value, room);
            return;
        }
        const std::size_t r = row_of_[d];
        std::uint16_t* child = s_.child.data() + d * cells;
        double* key = number(4, r);
        std::size_t count = 0;
        for (std::size_t c = 0; c < s_.cell_count[r]; ++c) {
            const std::int64_t k = cell(r, c).lo;
            if (k != 0 && orders == 0) continue;
            const double e = number(0, r)[c], l = kept_slope[d] + best_price;
            key[c] = best.value - best.own + best.next + (taken_out(d)[d] * e + l) * e - best_price * s_.b[r] + number(2, r)[c] +
                     (best_price > 0.0 ? best_price * number(3, r)[c] : 0.0);
            if (key[c] < cut()) child[count++] = static_cast<std::uint16_t>(c);
        }
        sort_children(r, count, child);
        for (std::size_t j = 0; j < count; ++j) {
            const std::size_t c = child[j];
            if (!(key[c] < cut())) break;
            if (stop()) {
                leave_open(key[c]);
                break;
            }
            const double e = number(0, r)[c], moved = e - kept_centre[d];
            chosen_[d] = cell(r, c).lo;
            for (std::size_t i = d + 1; i < n_; ++i) {
                linear(d + 1)[i] = linear(d)[i] + 2.0 * a(i, d) * e;
                centre(d + 1)[i] = kept_centre[i] + follow(d + 1)[i] * moved;
            }
            price_at_[d + 1] = best_price;
            node(d + 1, partial + (a(d, d) * e + linear(d)[d]) * e + number(2, r)[c], room - number(1, r)[c],
                 orders - (chosen_[d] != 0 ? 1U : 0U));
        }
    }
    /// Fine rows, one after the other given the others; at a higher price while they take too much.
    void fill(std::size_t d, double value, double room) noexcept {
        leave_open(value);
        this->nodes += 20;  // the work of so many
        double price = price_at_[d];
        double e[most] = {};
        for (int attempt = 0; attempt < 12; ++attempt) {
            double takes = 0.0;
            for (std::size_t f = d; f < n_; ++f) e[f] = attempt == 0 ? centre(d)[f] : e[f];
            for (int sweep = 0; sweep < 4; ++sweep) {
                takes = 0.0;
                for (std::size_t f = d; f < n_; ++f) {
                    const std::size_t r = row_of_[f];
                    double l = linear(d)[f];
                    for (std::size_t g = d; g < n_; ++g)
                        if (g != f) l += 2.0 * a(f, g) * e[g];
                    const auto c = m_.best_count(r, a(f, f), l, price, false);
                    chosen_[f] = c.value < (a(f, f) * s_.b[r] + l + price) * s_.b[r] ? c.k : 0;
                    e[f] = m_.eps(r, chosen_[f]);
                    takes += m_.take_of(r, chosen_[f]);
                }
            }
            if (takes <= room) break;
            price = price > 0.0 ? 1.5 * price : price_ > 0.0 ? 0.1 * price_ : 1e-6;
        }
        accept();
    }
};

}  // namespace ballast::inline v0::detail
