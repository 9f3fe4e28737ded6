/// Whole steps: plain rounding, and the exchange search that starts from it.
#pragma once

#include "integer_model.hpp"

namespace ballast::inline v0::detail {

template <class Model>
class integer_local {
public:
    double objective = integer_problem::infinity;  ///< of the best counts so far, s.best; infinite: there are none
    double noise = 0.0;                            ///< differences of objectives up to this are rounding

    explicit integer_local(const Model& model) noexcept : m_(model), s_(model.s) {}

    /// Every row to the feasible count nearest to its goal from where it stands; if these are too many orders, those that gain most; if they take too
    /// much, all buys times the largest factor that fits. False where they still do. Counts into s.k.
    bool round_plainly() noexcept {
        const std::size_t m = m_.m;
        for (std::size_t r = 0; r < m; ++r) {
            const double x = -s_.b[r] / s_.a[r];
            const double slack = 1e-9 + absolute(x) * snap;
            if (x >= 0.0) {
                const std::int64_t k = m_.at_most(r, floor_count(x + slack));
                s_.k[r] = k > 0 ? k : 0;
            } else {
                const std::int64_t k = m_.at_least(r, -floor_count(-x + slack));
                s_.k[r] = k < 0 ? k : 0;
            }
        }
        if (m_.traded(s_.k.data()) > m_.orders) keep_best_orders();
        return shrink_buys();
    }

    /// From plain rounding: one step at a time to the row that is furthest below its goal, while cash and orders are left.
    void serve_deficits() noexcept {
        const std::size_t m = m_.m;
        double cash = m_.cash(s_.k.data());
        std::size_t traded = m_.traded(s_.k.data());
        for (std::size_t r = 0; r < m; ++r) s_.gain[r] = -m_.eps(r, s_.k[r]);
        for (std::size_t left = 8 * m + 64; left > 0; --left) {
            std::size_t r = 0;
            for (std::size_t j = 1; j < m; ++j)
                if (s_.gain[j] > s_.gain[r]) r = j;
            if (!(s_.gain[r] > 0.0)) break;
            const std::int64_t k = m_.above(r, s_.k[r]);
            const double after = cash + taken(r, k) - taken(r, s_.k[r]);
            if (k == s_.k[r] || !(after <= m_.p.means) || (s_.k[r] == 0 && traded >= m_.orders)) {
                s_.gain[r] = 0.0;
                continue;
            }
            traded += s_.k[r] == 0 ? 1U : 0U;
            traded -= k == 0 ? 1U : 0U;
            cash = after;
            s_.k[r] = k;
            s_.gain[r] = -m_.eps(r, k);
        }
    }

    /// Takes s.k as the best counts if they are: better by more than noise, or as good with fewer orders, or less traded.
    bool consider(const std::int64_t* k) noexcept {
        if (!m_.fits(k)) return false;
        double size = 0.0;
        const double f = m_.objective(k, &size);
        const double slack = size * static_cast<double>(m_.m + 8) / 2251799813685248.0;
        if (!(f - f == 0.0)) return false;
        if (objective < integer_problem::infinity) {
            if (f > objective + slack) return false;
            if (f >= objective - slack) {
                const std::size_t mine = m_.traded(k), other = m_.traded(s_.best.data());
                if (mine > other || (mine == other && !(m_.volume(k) < m_.volume(s_.best.data())))) return false;
            }
        }
        for (std::size_t r = 0; r < m_.m; ++r) s_.best[r] = k[r];
        objective = f;
        noise = slack;
        polished_ = false;
        return true;
    }

    /// From s.k, which fits: one row at a time, then two at a time, until nothing helps or the effort is spent; the result is considered.
    void improve(std::uint64_t pairs) noexcept {
        begin();
        if (m_.traded(s_.k.data()) > m_.orders || cash_ > m_.p.means) return;
        pairs_ = pairs;
        for (int round = 0; round < 200; ++round) {
            singles();
            if (pairs_ == 0 || !exchange()) break;
        }
        const bool spent = pairs_ == 0;
        if (consider(s_.k.data())) polished_ = !spent;
    }
    /// The same from the best counts, unless that is where they came from.
    void polish(std::uint64_t pairs) noexcept {
        if (!(objective < integer_problem::infinity) || polished_) return;
        for (std::size_t r = 0; r < m_.m; ++r) s_.k[r] = s_.best[r];
        improve(pairs);
    }

private:
    static constexpr std::size_t few = 128;  ///< rows of which all pairs are looked at; of more, the most promising on either side
    static constexpr std::int64_t stay = INT64_MIN;

    const Model& m_;
    integer_scratch& s_;
    double cash_ = 0.0;       ///< base currency
    double threshold_ = 0.0;  ///< what is an improvement
    std::size_t traded_ = 0;
    std::uint64_t pairs_ = 0;
    bool polished_ = false;  ///< nothing that the search knows makes the best counts better

    [[nodiscard]] double diagonal(std::size_t r) const noexcept { return s_.centre[r]; }
    [[nodiscard]] double taken(std::size_t r, std::int64_t k) const noexcept { return k == 0 ? 0.0 : m_.takes(s_.row[r], k); }

    void keep_best_orders() noexcept {
        const std::size_t m = m_.m;
        for (std::size_t r = 0; r < m; ++r) {
            s_.order[r] = static_cast<std::uint32_t>(r);
            const double diag = m_.coupled ? m_.risk(r, r) : 0.0;
            const double before = m_.eps(r, 0), after = m_.eps(r, s_.k[r]);
            s_.gain[r] = m_.own(r, s_.k[r]) + diag * after * after - m_.own(r, 0) - diag * before * before;
        }
        heap_sort(s_.order.data(), m, [&](std::uint32_t x, std::uint32_t y) {
            const bool a = s_.k[x] != 0, b = s_.k[y] != 0;
            return a != b ? a : s_.gain[x] != s_.gain[y] ? s_.gain[x] < s_.gain[y] : x < y;
        });
        for (std::size_t j = m_.orders; j < m; ++j) s_.k[s_.order[j]] = 0;
    }

    bool shrink_buys() noexcept {
        if (m_.fits(s_.k.data())) return true;
        double low = 0.0, high = 1.0;
        const auto scaled = [&](double x) {
            for (std::size_t r = 0; r < m_.m; ++r) {
                const std::int64_t k = s_.k[r] > 0 ? m_.at_most(r, floor_count(static_cast<double>(s_.k[r]) * x)) : s_.k[r];
                s_.trial[r] = s_.k[r] > 0 && k < 0 ? 0 : k;
            }
            return m_.fits(s_.trial.data());
        };
        for (int round = 0; round < 40; ++round) (scaled(0.5 * (low + high)) ? low : high) = 0.5 * (low + high);
        const bool kept = scaled(low);
        for (std::size_t r = 0; r < m_.m; ++r) s_.k[r] = s_.trial[r];
        return kept;
    }

    // ---- the state of the search: s.k, s.eps, s.gradient of the coupled part, its diagonal, cash, orders ----

    void begin() noexcept {
        const std::size_t m = m_.m;
        double size = 0.0;
        static_cast<void>(m_.objective(s_.k.data(), &size));  // fills s.eps and s.product
        threshold_ = size * static_cast<double>(m + 8) / 2251799813685248.0;
        cash_ = m_.cash(s_.k.data());
        traded_ = m_.traded(s_.k.data());
        for (std::size_t r = 0; r < m; ++r) {
            if (m_.coupled) {
                s_.gradient[r] = 2.0 * s_.product[r] + s_.linear[r];
                s_.centre[r] = m_.risk(r, r);
            } else {
                s_.wish[r] = alone(r, s_.q[r], s_.linear[r]);
            }
        }
    }
    /// The best count of a row as if nothing else existed.
    [[nodiscard]] std::int64_t alone(std::size_t r, double q, double l) const noexcept {
        const auto c = m_.best_count(r, q, l, 0.0, false);
        return c.value < distance_term(q, m_.abs_weight, l, s_.b[r]) ? c.k : 0;
    }
    [[nodiscard]] std::int64_t wish(std::size_t r) const noexcept {
        return m_.coupled ? alone(r, diagonal(r), s_.gradient[r] - 2.0 * diagonal(r) * s_.eps[r]) : s_.wish[r];
    }
    [[nodiscard]] double change(std::size_t r, std::int64_t k) const noexcept {
        if (!m_.coupled) return m_.own(r, k) - m_.own(r, s_.k[r]);
        const double d = s_.a[r] * static_cast<double>(k - s_.k[r]);
        return (diagonal(r) * d + s_.gradient[r]) * d + m_.cost_of(r, k) - m_.cost_of(r, s_.k[r]);
    }
    [[nodiscard]] bool orders_allow(std::size_t r, std::int64_t k) const noexcept { return k == 0 || s_.k[r] != 0 || traded_ < m_.orders; }
    void move(std::size_t r, std::int64_t k) noexcept {
        traded_ += (k != 0 ? 1U : 0U);
        traded_ -= (s_.k[r] != 0 ? 1U : 0U);
        if (m_.coupled) {
            const double d = 2.0 * s_.a[r] * static_cast<double>(k - s_.k[r]);
            for (std::size_t c = 0; c < m_.m; ++c) s_.gradient[c] += d * m_.risk(c, r);
        }
        s_.k[r] = k;
        s_.eps[r] = m_.eps(r, k);
        cash_ = m_.cash(s_.k.data());
    }
    /// The count nearest to `want`, seen from where the row is, that takes at most `room` more than it takes now; `stay`: there is none.
    [[nodiscard]] std::int64_t within(std::size_t r, std::int64_t want, double room) const noexcept {
        const std::int64_t k = s_.k[r];
        const double now = taken(r, k);
        if (taken(r, want) - now <= room) return want;
        const double each = want > k ? (taken(r, want) - now) / static_cast<double>(want - k) : m_.p.rows[s_.row[r]].step;
        if (!(each > 0.0)) return stay;
        std::int64_t x = m_.at_most(r, k + floor_count(room / each));
        if (want > k && x < k && room >= 0.0) x = k;
        for (int round = 0; round < 3; ++round) {
            if (taken(r, x) - now <= room) return x;
            const std::int64_t next = m_.below(r, x);
            if (next == x) break;
            x = next;
        }
        return stay;
    }

    void singles() noexcept {
        for (int pass = 0; pass < 40; ++pass) {
            bool moved = false;
            for (std::size_t r = 0; r < m_.m; ++r) {
                double best = -threshold_;
                std::int64_t to = stay;
                const double room = m_.p.means - cash_;
                const auto attempt = [&](std::int64_t k) {
                    if (k == stay || k == s_.k[r] || !orders_allow(r, k) || taken(r, k) - taken(r, s_.k[r]) > room) return;
                    const double d = change(r, k);
                    if (d < best) {
                        best = d;
                        to = k;
                    }
                };
                attempt(within(r, wish(r), room));
                attempt(m_.above(r, s_.k[r]));
                attempt(m_.below(r, s_.k[r]));
                attempt(0);
                if (to == stay) continue;
                move(r, to);
                moved = true;
            }
            if (!moved) return;
        }
    }

    /// Looks at two rows at a time: one is moved whether or not its cash is there, the other answers as well as it can with what is left.
    /// True where a pair was found and moved.
    bool exchange() noexcept {
        const std::size_t m = m_.m;
        const bool all = m <= few;
        const std::size_t count = all ? m : few;
        if (!all) promising();
        bool moved = false;
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t a = all ? i : s_.order[i];
            const std::int64_t own_wish = wish(a);
            const std::int64_t options[4] = {m_.above(a, s_.k[a]), m_.below(a, s_.k[a]), own_wish, 0};
            for (std::size_t o = 0; o < 4; ++o) {
                const std::int64_t to = options[o];
                if (to == s_.k[a] || (o > 1 && (to == options[0] || to == options[1])) || (o == 3 && to == own_wish)) continue;
                if (answer(a, to, all)) {
                    moved = true;
                    break;
                }
                if (pairs_ == 0) return moved;
            }
        }
        return moved;
    }
    bool answer(std::size_t a, std::int64_t to, bool all) noexcept {
        const double first = change(a, to), d = s_.a[a] * static_cast<double>(to - s_.k[a]);
        const double room = m_.p.means - cash_ - (taken(a, to) - taken(a, s_.k[a]));
        double best = -threshold_;
        std::size_t with = 0;
        std::int64_t with_to = stay;
        const std::size_t m = m_.m, count = all ? m : few;
        for (std::size_t j = 0; j < count; ++j) {
            const std::size_t b = all ? j : s_.order[m - 1 - j];
            if (b == a) continue;
            if (pairs_ == 0) break;
            --pairs_;
            const double cross = m_.coupled ? 2.0 * m_.risk(a, b) * d : 0.0;
            const auto attempt = [&](std::int64_t k) {
                if (k == stay || k == s_.k[b] || taken(b, k) - taken(b, s_.k[b]) > room) return;
                const std::size_t after =
                    traded_ + (to != 0 ? 1U : 0U) + (k != 0 ? 1U : 0U) - (s_.k[a] != 0 ? 1U : 0U) - (s_.k[b] != 0 ? 1U : 0U);
                if (after > m_.orders) return;
                const double both = first + change(b, k) + cross * s_.a[b] * static_cast<double>(k - s_.k[b]);
                if (both < best) {
                    best = both;
                    with = b;
                    with_to = k;
                }
            };
            const std::int64_t want = m_.coupled ? answer_to(b, cross) : s_.wish[b];
            attempt(within(b, want, room));
            if (want == s_.k[b] || room < 0.0) attempt(within(b, m_.below(b, s_.k[b]), room));
            attempt(0);
        }
        if (with_to == stay) return false;
        move(a, to);
        move(with, with_to);
        return true;
    }
    /// About the best count of a row once another one has moved; its cost is left to be looked at afterwards.
    [[nodiscard]] std::int64_t answer_to(std::size_t b, double cross) const noexcept {
        if (!(diagonal(b) > 0.0)) return s_.k[b];
        const double steps = -(s_.gradient[b] + cross) / (2.0 * diagonal(b) * s_.a[b]);
        return m_.at_most(b, floor_count(static_cast<double>(s_.k[b]) + steps + 0.5));
    }
    /// s.order: from the rows that want a step up most to those that want one down most.
    void promising() noexcept {
        const std::size_t m = m_.m;
        for (std::size_t r = 0; r < m; ++r) {
            s_.order[r] = static_cast<std::uint32_t>(r);
            s_.gain[r] = change(r, m_.above(r, s_.k[r])) - change(r, m_.below(r, s_.k[r]));
        }
        heap_sort(s_.order.data(), m,
                  [&](std::uint32_t x, std::uint32_t y) { return s_.gain[x] != s_.gain[y] ? s_.gain[x] < s_.gain[y] : x < y; });
    }
};

}  // namespace ballast::inline v0::detail
