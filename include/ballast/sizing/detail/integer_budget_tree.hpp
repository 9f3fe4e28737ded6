/// Whole steps: branch and bound for rows that nothing couples but the budget and the number of orders.
#pragma once

#include "integer_tree.hpp"

namespace ballast::inline v0::detail {

/// The bound of a node is what is fixed plus the best of a ladder of prices for the rest, from a table by depth and orders left. Rows alike in every
/// respect take their counts in falling order, so that no answer is looked at twice under other names.
template <class Model>
class integer_budget_tree : public integer_tree<Model> {
public:
    integer_budget_tree(const Model& model, integer_local<Model>& best, std::uint64_t limit, double tolerance) noexcept
        : integer_tree<Model>(model, best, limit, tolerance) {}

    /// `root` is solved; its slopes and price are in place. Returns the proved bound of the whole.
    double search(const integer_bound<Model>& root) noexcept {
        if (plant(root)) {
            prepare_table();
            node(0, m_.constant, m_.means, m_.orders, 0);
        }
        return proved();
    }

private:
    using base = integer_tree<Model>;
    using base::accept, base::branched_, base::cell, base::cells, base::chosen_, base::cut, base::infinity, base::least_takes_,
        base::leave_open, base::m_, base::most, base::n_, base::number, base::overdrawn, base::plant, base::price_, base::proved,
        base::row_of_, base::s_, base::size_of, base::sort_children, base::stop, base::twin_;

    std::size_t ladder_ = 1, orders_dim_ = 1;
    double rung_[integer_scratch::prices] = {};

    [[nodiscard]] double* table(std::size_t depth, std::size_t orders) const noexcept {
        return s_.tree.data() + (depth * orders_dim_ + orders) * ladder_;
    }
    void prepare_table() noexcept {
        ladder_ = m_.means < infinity ? integer_scratch::prices : 1;
        orders_dim_ = m_.orders < n_ ? m_.orders + 1 : 1;
        const double root = this->typical_price();
        if (ladder_ > 1) {
            // Close to the root's price, where rows without curvature have their kinks, and wider and wider away from it.
            constexpr std::size_t middle = integer_scratch::prices / 2;
            rung_[middle] = root;
            double away = 1.0, off = 1e-7;
            for (std::size_t j = 1; j < middle; ++j, off *= 4.0) {
                away = j < 10 ? 1.0 + off : away * (1.0 + 0.03 * static_cast<double>(j - 9));
                rung_[middle + j] = root * away;
                rung_[middle - j] = root / away;
            }
        }
        for (std::size_t x = 0; x < ladder_; ++x) {
            double stay = 0.0, all = 0.0, gains[most] = {};
            std::size_t many = 0;
            for (std::size_t q = 0; q < orders_dim_; ++q) table(n_, q)[x] = 0.0;
            for (std::size_t d = n_; d-- > 0;) {
                double zero = 0.0, other = 0.0;
                least_of_row(row_of_[d], rung_[x], zero, other);
                stay += zero;
                all += other < zero ? other : zero;
                if (const double gain = other - zero; gain < 0.0) {
                    std::size_t j = many++;
                    for (; j > 0 && gains[j - 1] > gain; --j) gains[j] = gains[j - 1];
                    gains[j] = gain;
                }
                double sum = orders_dim_ == 1 ? all : stay;
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

    void node(std::size_t d, double partial, double room, std::size_t orders, std::size_t hint) noexcept {
        if (d == branched_) {
            leaf(d, partial, room, orders, hint);
            return;
        }
        ++this->nodes;
        const std::size_t r = row_of_[d];
        std::uint16_t* child = s_.child.data() + d * cells;
        std::size_t count = 0;
        double* key = number(4, r);
        const std::uint64_t largest = d != 0 && twin_[d] ? size_of(chosen_[d - 1]) : ~std::uint64_t{0};
        for (std::size_t j = 0; j < s_.cell_count[r]; ++j) {
            const std::int64_t k = cell(r, j).lo;
            if ((k != 0 && orders == 0) || size_of(k) > largest) continue;
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
            node(d + 1, partial + number(0, r)[c], room - number(1, r)[c], orders - (chosen_[d] != 0 ? 1U : 0U), hint);
        }
    }
    void leaf(std::size_t d, double partial, double room, std::size_t orders, std::size_t hint) noexcept {
        if (d == n_) {
            if (!overdrawn(room)) accept();
            return;
        }
        leave_open(partial + rest_bound(d, orders, room, hint));
        this->nodes += 20;  // the work of so many
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
};

}  // namespace ballast::inline v0::detail
