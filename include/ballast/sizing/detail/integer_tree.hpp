/// Whole steps: what the trees of branch and bound share: which counts of a row are looked at, and in which order the rows are.
#pragma once

#include "integer_bound.hpp"
#include "integer_local.hpp"

namespace ballast::inline v0::detail {

/// Rows are branched on from the firmest to the loosest. Only counts whose own value at the root's price leaves room below the best answer known are
/// looked at: with L the bound and hᵢ the row's least value, count k is out when L − hᵢ + hᵢ(k) is no better (Everett 1963, turned into a
/// filter). Rows with too many of them are *fine*: they stand at the end, bounded as a whole, and are filled in by their prices.
template <class Model>
class integer_tree {
public:
    double bound = integer_problem::infinity;  ///< of all that was left unexplored, or explored without an end
    std::uint64_t nodes = 0;
    double rounding = 0.0;  ///< of the bounds of nodes
    bool complete = true;   ///< the limit of nodes was not reached

protected:
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
    std::uint32_t row_of_[most] = {};  ///< by depth
    double least_takes_[most + 1] = {};
    bool twin_[most] = {};  ///< the same as the row before in every respect
    std::int64_t chosen_[most] = {};

    integer_tree(const Model& model, integer_local<Model>& best, std::uint64_t limit, double tolerance) noexcept
        : m_(model),
          s_(model.s),
          best_(best),
          limit_(limit),
          tolerance_(0.5 * tolerance),
          n_(model.m) {}

    /// Lists the counts and puts the rows in order. False where no count of some row is better than the best known, which is then proved.
    bool plant(const integer_bound<Model>& root) noexcept {
        price_ = root.price;
        list_counts(root);
        for (std::size_t r = 0; r < n_; ++r)
            if (s_.cell_count[r] == 0) return false;
        put_in_order();
        return true;
    }
    /// The proved bound of the whole.
    double proved() noexcept {
        bound = (bound < cut() ? bound : cut()) - (rounding > 0.0 ? rounding : best_.noise);
        return bound;
    }

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
            // What is taken off and put on again may be large: its rounding must not cost a count.
            const double lost = 4.0 * (absolute(stay) + absolute(s_.gain[r])) * static_cast<double>(n_ + 32) / 9007199254740992.0;
            list_row(r, cut() - others + lost);
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
        // Of prices times cash, and of what rows without a trade would add where the table counts gains beside it.
        double cash = m_.means < infinity ? absolute(m_.means) : 0.0, stay = 0.0;
        for (std::size_t r = 0; r < n_; ++r) {
            double most_cash = m_.width(r, 0);
            for (std::size_t j = 0; j < s_.cell_count[r]; ++j)
                if (absolute(number(1, r)[j]) > most_cash) most_cash = absolute(number(1, r)[j]);
            cash += most_cash;
            if (!m_.coupled && m_.orders < n_) stay += absolute(m_.own(r, 0));
        }
        rounding = best_.noise + (32.0 * typical_price() * cash + stay) * static_cast<double>(n_ + 32) / 9007199254740992.0;
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
    /// The root's price of the budget, or where that is 0 one that a budget which binds further down may have.
    [[nodiscard]] double typical_price() const noexcept {
        if (price_ > 0.0) return price_;
        double most_pull = 1e-12;
        for (std::size_t r = 0; r < n_; ++r) {
            const double pull = 2.0 * s_.q[r] * absolute(s_.b[r]) + m_.abs_weight;
            if (pull > most_pull) most_pull = pull;
        }
        return 0.1 * most_pull;
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
};

}  // namespace ballast::inline v0::detail
