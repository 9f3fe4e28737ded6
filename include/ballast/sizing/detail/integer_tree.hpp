/// Whole steps: branch and bound over the counts of few rows.
#pragma once

#include "integer_bound.hpp"
#include "integer_local.hpp"

namespace ballast::inline v0::detail {

/// Rows are branched on from the coarsest step to the finest. Only counts whose own value at the root's price leaves room below the best answer known
/// are looked at (Everett 1963 turned into a filter: with L the bound and hᵢ the row's least value, count k is out when L − hᵢ + hᵢ(k) is no
/// better). Rows with too many of them are *fine*: they stand at the end, bounded as a whole, and are filled in by their prices. The bound of
/// a node is, where rows are coupled by the budget alone, the best of a ladder of prices, from a table by depth and orders left; where risk couples them, it
/// is the tangent bound of integer_bound around the continuous answer given what is fixed (Fincke and Pohst 1985 for the order of ideas).
template <class Model>
class integer_tree {
public:
    double bound = integer_problem::infinity;  ///< of all that was left unexplored, or explored without an end
    std::uint64_t nodes = 0;
    double rounding = 0.0;  ///< of the bounds of nodes
    bool complete = true;   ///< the limit of nodes was not reached

    integer_tree(const Model& model, integer_local<Model>& best, std::uint64_t limit, double tolerance) noexcept
        : m_(model),
          s_(model.s),
          best_(best),
          limit_(limit),
          tolerance_(0.5 * tolerance),
          n_(model.m) {}

    /// `root` is solved; its slopes and price are in place. Returns the proved bound of the whole.
    double search(const integer_bound<Model>& root) noexcept {
        price_ = root.price;
        list_counts(root);
        for (std::size_t r = 0; r < n_; ++r)
            if (s_.cell_count[r] == 0) return cut() - best_.noise;  // no answer is better than the best known
        put_in_order();
        if (m_.coupled) {
            prepare_coupled(root);
            coupled_node(0, m_.constant, m_.means, m_.orders);
        } else {
            prepare_table();
            separable_node(0, m_.constant, m_.means, m_.orders, 0);
        }
        bound = (bound < cut() ? bound : cut()) - rounding;
        return bound;
    }

private:
    static constexpr std::size_t most = integer_scratch::most_exact;
    static constexpr std::size_t cells = integer_scratch::cells;
    static constexpr double infinity = integer_problem::infinity;

    const Model& m_;
    integer_scratch& s_;
    integer_local<Model>& best_;
    std::uint64_t limit_;
    double tolerance_;
    std::size_t n_;
    std::size_t branched_ = 0;  ///< rows before the fine ones
    double price_ = 0.0;
    double root_constant_ = 0.0;
    std::size_t ladder_ = 1, orders_dim_ = 1;
    double rung_[integer_scratch::prices] = {};
    std::uint32_t row_of_[most] = {};  ///< by depth
    double least_takes_[most + 1] = {};
    bool twin_[most] = {};  ///< the same as the row before in every respect
    std::int64_t chosen_[most] = {};
    double price_at_[most + 1] = {};

    [[nodiscard]] double cut() const noexcept {
        const double within = tolerance_ * absolute(best_.objective);
        return best_.objective - (within > best_.noise ? within : best_.noise);
    }
    [[nodiscard]] count_interval& cell(std::size_t r, std::size_t j) const noexcept { return s_.cell[r * cells + j]; }
    /// Columns of numbers of the cells: 0 value without cash (separable) or drift (coupled), 1 cash, 2 cost, 3 cash without the steps, 4 bound of a child.
    [[nodiscard]] double* number(std::size_t column, std::size_t r) const noexcept {
        return s_.cell_number.data() + (column * n_ + r) * cells;
    }
    [[nodiscard]] static std::uint64_t size_of(std::int64_t k) noexcept {
        return k < 0 ? 2 * static_cast<std::uint64_t>(-k) + 1 : 2 * static_cast<std::uint64_t>(k);
    }

    // ---- which counts ----

    void list_counts(const integer_bound<Model>& root) noexcept {
        // The root's bound, and of each row what the others add to it at least, whatever this row does.
        const auto whole = root.evaluate(price_, true, s_.trial.data());
        double next_gain = 0.0;
        bool limited = m_.orders < n_;
        if (limited) next_gain = s_.gain[s_.order[m_.orders]] < 0.0 ? s_.gain[s_.order[m_.orders]] : 0.0;
        bool in[most] = {};
        for (std::size_t j = 0; j < (limited ? m_.orders : n_); ++j) in[limited ? s_.order[j] : j] = true;
        for (std::size_t r = 0; r < n_; ++r) {
            const double stay = distance_term(s_.split[r], m_.abs_weight, s_.slope[r] + price_, s_.b[r]) - price_ * s_.b[r];
            const bool counts = in[r] && s_.gain[r] < 0.0;
            const double others = whole.value - stay - (counts ? s_.gain[r] - (limited ? next_gain : 0.0) : 0.0);
            list_row(r, cut() - others);
        }
    }
    [[nodiscard]] double at_root(std::size_t r, const count_interval& c) const noexcept {
        return m_.least_value(r, s_.split[r], s_.slope[r] + price_, price_, c.lo, c.hi) - price_ * s_.b[r];
    }
    void list_row(std::size_t r, double below) noexcept {
        std::size_t count = 0;
        for (std::size_t j = 0; j < s_.piece_count[r]; ++j)
            if (at_root(r, m_.piece(r)[j]) < below) cell(r, count++) = m_.piece(r)[j];
        for (bool wide = true; wide;) {
            std::size_t more = 0;
            for (std::size_t j = 0; j < count; ++j) more += cell(r, j).lo != cell(r, j).hi ? 1U : 0U;
            wide = more > 0;
            if (!wide || count + more > cells) break;
            // Halves are written from the back, then closed up.
            std::size_t write = count + more;
            for (std::size_t j = count; j-- > 0;) {
                const count_interval c = cell(r, j);
                if (c.lo == c.hi) {
                    cell(r, --write) = c;
                } else {
                    const std::int64_t middle = c.lo + (c.hi - c.lo) / 2;
                    cell(r, --write) = {middle + 1, c.hi};
                    cell(r, --write) = {c.lo, middle};
                }
            }
            const std::size_t all = count + more;
            count = 0;
            for (std::size_t j = 0; j < all; ++j)
                if (const count_interval c = cell(r, j); at_root(r, c) < below) cell(r, count++) = c;
        }
        s_.cell_count[r] = static_cast<std::uint16_t>(count);
        s_.fine[r] = 0;
        for (std::size_t j = 0; j < count; ++j) {
            const count_interval c = cell(r, j);
            if (c.lo != c.hi) s_.fine[r] = 1;
            number(2, r)[j] = m_.least_cost(r, c.lo, c.hi);
            number(3, r)[j] = m_.least_rest(r, c.lo, c.hi);
            number(0, r)[j] = m_.coupled ? m_.eps(r, c.lo) : m_.own(r, c.lo);
            number(1, r)[j] = c.lo == c.hi ? m_.take_of(r, c.lo) : s_.a[r] * static_cast<double>(c.lo) + number(3, r)[j];
        }
    }
    void put_in_order() noexcept {
        for (std::size_t r = 0; r < n_; ++r) {
            row_of_[r] = static_cast<std::uint32_t>(r);
            const double q = m_.coupled ? m_.risk(r, r) : s_.q[r];
            s_.gain[r] = (q * s_.a[r] + m_.abs_weight) * s_.a[r];
        }
        heap_sort(row_of_, n_, [&](std::uint32_t x, std::uint32_t y) {
            if (s_.fine[x] != s_.fine[y]) return s_.fine[x] < s_.fine[y];
            return s_.gain[x] != s_.gain[y] ? s_.gain[x] > s_.gain[y] : x < y;
        });
        if (m_.coupled) put_firmest_first();
        branched_ = 0;
        while (branched_ < n_ && s_.fine[row_of_[branched_]] == 0) ++branched_;
        least_takes_[n_] = 0.0;
        for (std::size_t d = n_; d-- > 0;) {
            const std::size_t r = row_of_[d];
            double least = infinity;
            for (std::size_t j = 0; j < s_.cell_count[r]; ++j)
                if (number(1, r)[j] < least) least = number(1, r)[j];
            least_takes_[d] = least_takes_[d + 1] + least;
        }
        double cash = m_.means < infinity ? absolute(m_.means) : 0.0;
        for (std::size_t r = 0; r < n_; ++r) {
            double most_cash = m_.width(r, 0);
            for (std::size_t j = 0; j < s_.cell_count[r]; ++j)
                if (absolute(number(1, r)[j]) > most_cash) most_cash = absolute(number(1, r)[j]);
            cash += most_cash;
        }
        rounding = best_.noise + 32.0 * price_ * cash * static_cast<double>(n_ + 32) / 9007199254740992.0;
        for (std::size_t d = 1; d < branched_; ++d) twin_[d] = !m_.coupled && alike(row_of_[d - 1], row_of_[d]);
    }
    /// Of the rows that are left, first the one of which a step off costs most while the others answer freely: a²/(A⁻¹)ᵢᵢ.
    void put_firmest_first() noexcept {
        double* part = s_.matrix.data();
        double* memory = s_.tree_matrix.data();
        const double none[most] = {};
        for (std::size_t d = 0; d + 1 < n_; ++d) {
            const std::size_t left = n_ - d;
            for (std::size_t i = 0; i < left; ++i)
                for (std::size_t j = 0; j < left; ++j) part[i * left + j] = m_.risk(row_of_[d + i], row_of_[d + j]);
            if (!cholesky_without(part, none, left, memory)) return;
            inverse_of(memory, left, memory + left * left);
            std::size_t at = 0;
            double firmest = -1.0;
            for (std::size_t i = 0; i < left && s_.fine[row_of_[d + i]] == s_.fine[row_of_[d]]; ++i) {
                const double step = s_.a[row_of_[d + i]], v = step * step / memory[left * left + i * left + i];
                if (v > firmest) {
                    firmest = v;
                    at = i;
                }
            }
            const std::uint32_t first = row_of_[d + at];
            for (std::size_t i = at; i > 0; --i) row_of_[d + i] = row_of_[d + i - 1];
            row_of_[d] = first;
        }
    }
    [[nodiscard]] bool alike(std::size_t x, std::size_t y) const noexcept {
        if (s_.a[x] != s_.a[y] || s_.b[x] != s_.b[y] || s_.cell_count[x] != s_.cell_count[y]) return false;
        for (std::size_t j = 0; j < s_.cell_count[x]; ++j)
            if (cell(x, j).lo != cell(y, j).lo || number(0, x)[j] != number(0, y)[j] || number(1, x)[j] != number(1, y)[j]) return false;
        return true;
    }
    [[nodiscard]] bool overdrawn(double room) const noexcept { return room < -1e-12 * (1.0 + absolute(m_.means)); }

    void accept() noexcept {
        for (std::size_t d = 0; d < n_; ++d) s_.trial[row_of_[d]] = chosen_[d];
        best_.consider(s_.trial.data());
    }
    void leave_open(double at_least) noexcept {
        if (at_least < bound) bound = at_least;
    }
    bool stop() noexcept {
        if (nodes >= limit_) complete = false;
        return !complete;
    }
    /// The children of a depth that may be better than the best, the most promising first. Keys are in column 4.
    std::size_t sort_children(std::size_t r, std::size_t count, std::uint16_t* child) const noexcept {
        const double* key = number(4, r);
        heap_sort(child, count, [&](std::uint16_t x, std::uint16_t y) {
            return key[x] != key[y] ? key[x] < key[y] : size_of(cell(r, x).lo) < size_of(cell(r, y).lo);
        });
        return count;
    }

    // ---- rows that share the budget alone ----

    [[nodiscard]] double* table(std::size_t depth, std::size_t orders) const noexcept {
        return s_.tree.data() + (depth * orders_dim_ + orders) * ladder_;
    }
    void prepare_table() noexcept {
        ladder_ = m_.means < infinity ? integer_scratch::prices : 1;
        orders_dim_ = m_.orders < n_ ? m_.orders + 1 : 1;
        const double base = price_ > 0.0 ? price_ : 1e-6;
        if (ladder_ > 1) {
            // Close to the root's price, where rows without curvature have their kinks, and wider and wider away from it.
            constexpr std::size_t middle = integer_scratch::prices / 2;
            rung_[middle] = base;
            double away = 1.0, near = 1e-7;
            for (std::size_t j = 1; j < middle; ++j, near *= 4.0) {
                away = j < 10 ? 1.0 + near : away * (1.0 + 0.03 * static_cast<double>(j - 9));
                rung_[middle + j] = base * away;
                rung_[middle - j] = base / away;
            }
        }
        for (std::size_t x = 0; x < ladder_; ++x) {
            double stay = 0.0, gains[most] = {};
            std::size_t many = 0;
            for (std::size_t q = 0; q < orders_dim_; ++q) table(n_, q)[x] = 0.0;
            for (std::size_t d = n_; d-- > 0;) {
                double zero = 0.0, other = 0.0;
                least_of_row(row_of_[d], rung_[x], zero, other);
                stay += zero;
                if (const double gain = other - zero; gain < 0.0) {
                    std::size_t j = many++;
                    for (; j > 0 && gains[j - 1] > gain; --j) gains[j] = gains[j - 1];
                    gains[j] = gain;
                }
                double sum = stay;
                for (std::size_t j = 0; j < many && orders_dim_ == 1; ++j) sum += gains[j];
                for (std::size_t q = 0; q < orders_dim_; ++q) {
                    table(d, q)[x] = sum;
                    if (q < many) sum += gains[q];
                }
            }
        }
    }
    /// Least values at a price, of no trade and of a trade. Where no trade is out of the question it is far from good, not impossible.
    void least_of_row(std::size_t r, double price, double& zero, double& other) const noexcept {
        zero = m_.own(r, 0);
        other = infinity;
        if (s_.fine[r] != 0) {
            other = m_.best_count(r, s_.q[r], s_.linear[r], price, true).bound - price * s_.b[r];
            return;
        }
        for (std::size_t j = 0; j < s_.cell_count[r]; ++j)
            if (cell(r, j).lo != 0) {
                const double v = number(0, r)[j] + price * number(1, r)[j];
                if (v < other) other = v;
            }
    }
    /// The best rung for what is left. The table is concave in the price: climb from a hint.
    [[nodiscard]] double rest_bound(std::size_t depth, std::size_t orders, double room, std::size_t& hint) const noexcept {
        const double* g = table(depth, orders_dim_ > 1 ? orders : 0);
        if (ladder_ == 1) return g[0];
        if (overdrawn(room - least_takes_[depth])) return infinity;
        std::size_t x = hint;
        double v = g[x] - rung_[x] * room;
        for (; x + 1 < ladder_; ++x) {
            const double next = g[x + 1] - rung_[x + 1] * room;
            if (next <= v) break;
            v = next;
        }
        for (; x > 0; --x) {
            const double next = g[x - 1] - rung_[x - 1] * room;
            if (next <= v) break;
            v = next;
        }
        hint = x;
        return v;
    }

    void separable_node(std::size_t d, double partial, double room, std::size_t orders, std::size_t hint) noexcept {
        if (d == branched_) {
            separable_leaf(d, partial, room, orders, hint);
            return;
        }
        ++nodes;
        const std::size_t r = row_of_[d];
        std::uint16_t* child = s_.child.data() + d * cells;
        std::size_t count = 0;
        double* key = number(4, r);
        for (std::size_t j = 0; j < s_.cell_count[r]; ++j) {
            const std::int64_t k = cell(r, j).lo;
            if ((k != 0 && orders == 0) || (twin_[d] && size_of(k) > size_of(chosen_[d - 1]))) continue;
            const double value = partial + number(0, r)[j];
            key[j] = value + rest_bound(d + 1, orders - (k != 0 ? 1U : 0U), room - number(1, r)[j], hint);
            if (key[j] < cut()) child[count++] = static_cast<std::uint16_t>(j);
        }
        sort_children(r, count, child);
        for (std::size_t j = 0; j < count; ++j) {
            const std::size_t c = child[j];
            if (!(key[c] < cut())) break;
            if (stop()) {
                leave_open(key[c]);
                break;
            }
            chosen_[d] = cell(r, c).lo;
            separable_node(d + 1, partial + number(0, r)[c], room - number(1, r)[c], orders - (chosen_[d] != 0 ? 1U : 0U), hint);
        }
    }
    void separable_leaf(std::size_t d, double partial, double room, std::size_t orders, std::size_t hint) noexcept {
        if (d == n_) {
            if (!overdrawn(room)) accept();
            return;
        }
        leave_open(partial + rest_bound(d, orders, room, hint));
        nodes += 20;  // the work of so many
        double low = hint > 1 ? rung_[hint - 2] : 0.0, high = hint + 2 < ladder_ ? rung_[hint + 2] : rung_[ladder_ - 1];
        const auto fill = [&](double price) {
            double takes = 0.0;
            std::size_t left = orders;
            for (std::size_t f = d; f < n_; ++f) {
                const std::size_t r = row_of_[f];
                const auto c = m_.best_count(r, s_.q[r], s_.linear[r], price, false);
                const bool trade = left > 0 && c.value < distance_term(s_.q[r], m_.abs_weight, s_.linear[r] + price, s_.b[r]);
                chosen_[f] = trade ? c.k : 0;
                left -= trade ? 1U : 0U;
                takes += m_.take_of(r, chosen_[f]);
            }
            return takes <= room;
        };
        if (fill(low)) {
            if (low > 0.0) fill(0.0) ? accept() : static_cast<void>(fill(low));
        } else {
            if (!fill(high)) high = rung_[ladder_ - 1];
            for (int round = 0; round < 16; ++round) {
                const double middle = 0.5 * (low + high);
                (fill(middle) ? high : low) = middle;
            }
            if (!fill(high)) return;
        }
        accept();
    }

    // ---- rows coupled by risk ----

    [[nodiscard]] double* per_depth(std::size_t what, std::size_t d) const noexcept { return s_.tree.data() + (what * (n_ + 1) + d) * n_; }
    /// Linear parts given what is fixed; the tangent's point; the diagonal that is taken out; how the continuous answer moves with the row before.
    [[nodiscard]] double* linear(std::size_t d) const noexcept { return per_depth(0, d); }
    [[nodiscard]] double* centre(std::size_t d) const noexcept { return per_depth(1, d); }
    [[nodiscard]] double* taken_out(std::size_t d) const noexcept { return per_depth(2, d); }
    [[nodiscard]] double* follow(std::size_t d) const noexcept { return per_depth(3, d); }
    [[nodiscard]] double* slope(std::size_t d) const noexcept { return per_depth(4, d); }
    [[nodiscard]] double* answer(std::size_t d) const noexcept { return per_depth(5, d); }
    [[nodiscard]] double a(std::size_t i, std::size_t j) const noexcept { return s_.tree_matrix[i * n_ + j]; }

    void prepare_coupled(const integer_bound<Model>& root) noexcept {
        root_constant_ = root.constant;
        double* part = s_.matrix.data();
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
            split_diagonal(part, left, taken_out(d) + d, memory, true);
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
        v.value = 0.0;
        double gains[most], takes[most], drifts[most];
        std::uint32_t which[most];
        std::size_t many = 0;
        double own_stay = 0.0;
        for (std::size_t j = d; j < n_; ++j) {
            const std::size_t r = row_of_[j];
            const double q = taken_out(d)[j], l = slope(d)[j] + price, b = s_.b[r];
            const double *at = number(0, r), *cost = number(2, r), *rest = number(3, r), *cash = number(1, r);
            const double stay = (q * b + l) * b;
            double least = infinity, e_least = b, takes_least = 0.0;
            for (std::size_t c = 0; c < s_.cell_count[r]; ++c) {
                const count_interval& k = cell(r, c);
                if (k.lo == 0 && k.hi == 0) continue;
                const double e = s_.fine[r] == 0 ? at[c] : least_term_at(q, 0.0, l, m_.eps(r, k.lo), m_.eps(r, k.hi));
                const double h = (q * e + l) * e + cost[c] + (price > 0.0 ? price * rest[c] : 0.0);
                if (h < least) {
                    least = h;
                    e_least = e;
                    takes_least = s_.fine[r] == 0 ? cash[c] : e - b + rest[c];
                }
            }
            answer(d)[j] = b;
            v.value += stay - price * b;
            if (j == d) own_stay = stay - price * b;
            if (least < stay) {
                gains[j] = least - stay;
                takes[j] = takes_least;
                drifts[j] = e_least;
                which[many++] = static_cast<std::uint32_t>(j);
            }
        }
        const bool limited = orders < many;
        if (limited)
            heap_sort(which, many, [&](std::uint32_t x, std::uint32_t y) { return gains[x] != gains[y] ? gains[x] < gains[y] : x < y; });
        const std::size_t chosen = limited ? orders : many;
        v.own = own_stay;
        for (std::size_t c = 0; c < chosen; ++c) {
            const std::size_t j = which[c];
            v.value += gains[j];
            v.takes += takes[j];
            answer(d)[j] = drifts[j];
            if (j == d) {
                v.own += gains[j];
                if (limited) v.next = gains[which[orders]];
            }
        }
        if (price > 0.0) v.value -= price * room;
        return v;
    }

    void coupled_node(std::size_t d, double partial, double room, std::size_t orders) noexcept {
        if (d == n_) {
            if (!overdrawn(room)) accept();
            return;
        }
        if (overdrawn(room - least_takes_[d])) return;
        ++nodes;
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
            fill_coupled(d, best.value, room);
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
            coupled_node(d + 1, partial + (a(d, d) * e + linear(d)[d]) * e + number(2, r)[c], room - number(1, r)[c],
                         orders - (chosen_[d] != 0 ? 1U : 0U));
        }
    }
    /// Fine rows, one after the other given the others; at a higher price while they take too much.
    void fill_coupled(std::size_t d, double value, double room) noexcept {
        leave_open(value);
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
