/// The best trade of one period: risk against costs, one asset, all assets, and cash.
///
///   minimise  ½(s − t)ᵀQ(s − t) + Σ φᵢ(W·(sᵢ − hᵢ))/W   over   lᵢ ≤ sᵢ ≤ uᵢ,  Σ sᵢ ≤ b
///
/// with shares s of a wealth W, t those that are best without costs, h those that are held, Q = risk aversion × covariance × horizon, and φ
/// convex. With y the price of cash (the multiplier of the last constraint) and Dᵢ the slopes of φᵢ, the conditions of Karush, Kuhn and
/// Tucker are, for g = Q(s − t):  −(gᵢ + y) ∈ Dᵢ(sᵢ) + the normals of [lᵢ, uᵢ],  y ≥ 0,  y·(b − Σs) = 0.
///
/// For one y: sweeps over the assets, each brought to its best share given the others (Tseng 2001: they converge, as what is not smooth is a
/// sum over the assets), find out which are bought, sold, kept and bounded. For costs that are linear on both sides the rest is a system of
/// linear equations in the shares that are free, solved by conjugate gradients with diagonal scaling (Hestenes and Stiefel 1952); a step
/// ends where a share meets its kink or bound. Where Q has no curvature the step goes on to there. Σs falls as y rises, piece by piece in
/// a straight line: Newton's method in a bracket. Where Σs jumps, what is between the two sides is as good as they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "../../cost/detail/best_answer.hpp"
#include "../../numeric/sum.hpp"
#include "../concept.hpp"
#include "risk_metric.hpp"

namespace ballast::inline v0::detail {

/// What the program works with, per asset.
struct region_columns {
    std::vector<double> held{}, lower{}, upper{}, aim{};  ///< h, l, u, t
    std::vector<double> share{};                          ///< s
    std::vector<double> gradient{};                       ///< Q(s − t)
    std::vector<double> off{};                            ///< s − t
    std::vector<double> own{};                            ///< Qᵢᵢ
    std::vector<double> blur{};                           ///< what the gradient can not tell from zero, but for costs
    std::vector<double> buy{}, sell{};                    ///< rates of linear costs
    std::vector<double> step{}, rest{}, way{}, bent{};    ///< of conjugate gradients
    std::vector<double> below{}, above{};                 ///< the shares at both ends of the bracket
    std::vector<double> factors{};                        ///< for the metric

    void prepare(std::size_t n) {
        for (auto* v :
             {&held, &lower, &upper, &aim, &share, &gradient, &off, &own, &blur, &buy, &sell, &step, &rest, &way, &bent, &below, &above})
            v->resize(n);
        factors.resize(2 * n);
    }
};

template <class View>
class region_program {
public:
    /// The columns `held`, `lower`, `upper`, `aim` and `share` are the caller's to fill; l ≤ u, both finite.
    region_program(const risk_view& risk, double scale, std::size_t assets, const View& view, region_columns& m) noexcept
        : metric_{risk, scale, assets, m.factors.data()},
          view_{view},
          m_{m},
          n_{assets} {
        for (std::size_t i = 0; i < n_; ++i) {
            m_.own[i] = metric_.own(i);
            if constexpr (linear) {
                const linear_cost c = view_.linear(i);
                m_.buy[i] = c.buy;
                m_.sell[i] = c.sell;
            }
        }
    }

    /// Of this wealth, with this much of it for all assets.
    void at(double wealth, double budget) noexcept {
        wealth_ = wealth;
        budget_ = budget;
    }

    /// Finds the shares, from those that stand there; `price` is where the search for the price of cash begins.
    void solve(double price = 0.0) noexcept {
        double low = 0.0, high = 0.0, last_price = 0.0, last_over = 0.0, width = 0.0;
        bool has_low = false, has_high = false, has_last = false, halve = false;
        for (std::size_t i = 0; i < n_; ++i) m_.share[i] = within(i, m_.share[i]);
        price_ = price;
        for (int pass = 0; pass < 200; ++pass) {
            minimise();
            const double over = sum() - budget_;
            if (absolute(over) <= slack() || (price_ == 0.0 && over <= 0.0)) return;
            if (over > 0.0) {
                low = price_;
                has_low = true;
                m_.below = m_.share;
            } else {
                high = price_;
                has_high = true;
                m_.above = m_.share;
            }
            const bool both = has_low && has_high;
            if (both && high - low <= rough * (high + largest_rate())) return between();
            // Newton's step, or that of the secant; halves, where two of them did not make the bracket half as wide, and around a jump.
            double fall = 0.0;  // of the sum, by the price
            if constexpr (linear)
                fall = face_answer();
            else if (has_last && last_price != price_)
                fall = (last_over - over) / (price_ - last_price);
            if constexpr (linear)
                if (fall > 0.0 && absolute(over / fall) <= rough * (price_ + largest_rate())) {
                    // The price is there, but for rounding; the sum comes to the budget on the piece.
                    for (std::size_t i = 0; i < n_; ++i)
                        if (is_free(i)) m_.share[i] = in_piece(i, m_.share[i] - over / fall * m_.step[i]);
                    return;
                }
            last_price = price_;
            last_over = over;
            has_last = true;
            const double middle = low + 0.5 * (high - low);
            const double straight = price_ + over / fall;
            const bool in = fall > 0.0 && finite(straight) && straight > (has_low ? low : 0.0) && (!has_high || straight < high);
            const bool newton = in && !halve && (both || pass % 8 != 7);
            double next = newton ? straight : both ? middle : over > 0.0 ? 2.0 * price_ + typical_slope() : 0.0;
            if (both && pass % 2 == 0) {
                halve = width > 0.0 && high - low > 0.25 * width;
                width = high - low;
            } else {
                halve = false;
            }
            if (both && !(next > low && next < high)) return between();
            if constexpr (linear)
                if (newton)
                    for (std::size_t i = 0; i < n_; ++i)
                        if (is_free(i)) m_.share[i] = in_piece(i, m_.share[i] - (next - price_) * m_.step[i]);
            price_ = next;
        }
        if (has_low && has_high) between();
    }

    /// y, in units of the objective per share of the wealth.
    [[nodiscard]] double price() const noexcept { return price_; }

    /// Is holding what is held within the conditions, but for what whole orders leave: `order(i, buy)`, the smallest share by which an asset
    /// can be bought or sold? Where purchases would pay it is, if the cash does not reach for one and no sale would pay for another.
    template <class Order>
    [[nodiscard]] bool holds(Order&& order) noexcept {
        for (std::size_t i = 0; i < n_; ++i) m_.share[i] = m_.held[i];
        price_ = 0.0;
        refresh();
        const double left = budget_ - sum();
        if (left < -slack()) return false;
        double least_price = 0.0;
        for (std::size_t i = 0; i < n_; ++i) {
            if (m_.held[i] != within(i, m_.held[i])) {
                const double way = within(i, m_.held[i]) - m_.held[i];
                if (absolute(way) >= order(i, way > 0.0)) return false;
            }
            const slope_interval d = slopes(i, m_.held[i]);
            const double noise = 4.0 * tolerance(i, d);
            const double smallest = order(i, true);
            const double need = -m_.gradient[i] - d.high - largest(m_.own[i] * smallest, noise);
            if (!(m_.held[i] + smallest <= m_.upper[i]) || !(need > 0.0)) continue;
            if (smallest <= left) return false;
            least_price = largest(least_price, need);
        }
        for (std::size_t i = 0; i < n_; ++i) {
            const slope_interval d = slopes(i, m_.held[i]);
            const double smallest = order(i, false);
            if (!(m_.held[i] - smallest >= m_.lower[i])) continue;
            if (m_.gradient[i] + least_price + d.low > largest(m_.own[i] * smallest, 4.0 * tolerance(i, d))) return false;
        }
        price_ = least_price;
        return true;
    }

    /// How well the conditions hold at the shares.
    [[nodiscard]] optimality certificate() noexcept {
        refresh();
        optimality c{.made = true, .cash_price = price_};
        exact_sum objective, gap;
        for (std::size_t i = 0; i < n_; ++i) {
            const double x = (m_.share[i] - m_.held[i]) * wealth_;
            objective.add(0.5 * m_.off[i] * m_.gradient[i]);
            objective.add(m_.share[i] == m_.held[i] ? 0.0 : view_.cost(i, x) / wealth_);
            const double v = violation(i);
            c.residual = largest(c.residual, absolute(v));
            gap.add(absolute(v) * (m_.upper[i] - m_.lower[i]));
        }
        gap.add(price_ * absolute(budget_ - sum()));
        c.objective = objective.value();
        c.gap = gap.value();
        c.proved = true;
        for (std::size_t i = 0; i < n_; ++i)
            if (absolute(violation(i)) > 1024.0 * tolerance(i, slopes(i, m_.share[i]))) c.proved = false;
        return c;
    }

private:
    static constexpr bool linear = linear_bound_cost<View>;
    static constexpr double rough = 1.0 / 70368744177664.0;  // 2^-46

    [[nodiscard]] static double largest(double a, double b) noexcept { return a > b ? a : b; }
    [[nodiscard]] double within(std::size_t i, double s) const noexcept {
        return s > m_.upper[i] ? m_.upper[i] : s < m_.lower[i] ? m_.lower[i] : s;
    }
    [[nodiscard]] double sum() const noexcept {
        exact_sum all;
        for (std::size_t i = 0; i < n_; ++i) all.add(m_.share[i]);
        return all.value();
    }
    /// What the sum of the shares can not tell from nothing.
    [[nodiscard]] double slack() const noexcept {
        double all = 1.0;
        for (std::size_t i = 0; i < n_; ++i) all += absolute(m_.share[i]);
        return 4.0 * snap * all;
    }
    /// Of the costs: what prices are compared with.
    [[nodiscard]] double largest_rate() const noexcept {
        double most = 0.0;
        for (std::size_t i = 0; i < n_; ++i) {
            const slope_interval d = slopes(i, m_.share[i]);
            most = largest(most, largest(absolute(d.low), absolute(d.high)));
        }
        return most;
    }
    [[nodiscard]] double typical_slope() const noexcept {
        double most = 0.0;
        for (std::size_t i = 0; i < n_; ++i) {
            const slope_interval d = slopes(i, m_.share[i]);
            most = largest(most, absolute(m_.gradient[i]) + absolute(d.low) + absolute(d.high));
        }
        return most > 0.0 ? most : 1.0;
    }

    // ---- costs, per share ----

    /// Of the cost at a share.
    [[nodiscard]] slope_interval slopes(std::size_t i, double s) const noexcept {
        if constexpr (linear) {
            if (s > m_.held[i]) return {m_.buy[i], m_.buy[i]};
            if (s < m_.held[i]) return {-m_.sell[i], -m_.sell[i]};
            return {-m_.sell[i], m_.buy[i]};
        } else {
            return view_.marginal(i, s == m_.held[i] ? 0.0 : (s - m_.held[i]) * wealth_);
        }
    }
    /// The share that is best for asset i, the others given: minimises (g + y)(s − now) + q/2·(s − now)² + cost, within its bounds.
    [[nodiscard]] double best(std::size_t i, double g, double now) const noexcept {
        const double q = m_.own[i], held = m_.held[i];
        if constexpr (linear) {
            const double as_held = g + q * (held - now);
            double s = held;
            if (q > 0.0) {
                if (as_held + m_.buy[i] < 0.0)
                    s = now - (g + m_.buy[i]) / q;
                else if (as_held - m_.sell[i] > 0.0)
                    s = now - (g - m_.sell[i]) / q;
                if (as_held + m_.buy[i] < 0.0 ? s <= held : s >= held) s = held;
            } else {
                s = g + m_.buy[i] < 0.0 ? m_.upper[i] : g - m_.sell[i] > 0.0 ? m_.lower[i] : held;
            }
            return within(i, s);
        } else {
            const slope_interval d = slopes(i, held);
            const double as_held = g + q * (held - now);
            if (as_held + d.low <= 0.0 && as_held + d.high >= 0.0) return within(i, held);
            const response r = best_answer(view_, i, -g, q / wealth_, (now - held) * wealth_, (m_.lower[i] - held) * wealth_,
                                           (m_.upper[i] - held) * wealth_);
            return r.piece == 0    ? within(i, held)
                   : r.piece == 2  ? m_.upper[i]
                   : r.piece == -2 ? m_.lower[i]
                                   : within(i, held + r.x / wealth_);
        }
    }

    // ---- conditions ----

    /// The gradient from the shares as they are, and what it can not tell from zero.
    void refresh() noexcept {
        double all = 0.0;
        for (std::size_t i = 0; i < n_; ++i) {
            m_.off[i] = m_.share[i] - m_.aim[i];
            all += __builtin_sqrt(m_.own[i]) * (absolute(m_.share[i]) + absolute(m_.aim[i]));
        }
        metric_.times(m_.off.data(), m_.gradient.data());
        // |Qij| is at most √Qii·√Qjj.
        for (std::size_t i = 0; i < n_; ++i) m_.blur[i] = rough * __builtin_sqrt(m_.own[i]) * all;
    }
    [[nodiscard]] double tolerance(std::size_t i, slope_interval d) const noexcept {
        return m_.blur[i] + rough * (absolute(d.low) + absolute(d.high) + price_);
    }
    /// How far −(gᵢ + y) is from the slopes of the cost and the normals of the bounds. A cost that bends sharply, as market impact does around
    /// nothing traded, may pass it between a share and the next number: then it is met.
    [[nodiscard]] double violation(std::size_t i) const noexcept {
        slope_interval d = slopes(i, m_.share[i]);
        const double g = m_.gradient[i] + price_;
        if constexpr (!linear) {
            const double grain = snap * (absolute(m_.share[i]) + absolute(m_.held[i]) + 1e-3);  // far below all trades
            if (g + d.high < 0.0)
                d.high = slopes(i, m_.share[i] + grain).high;
            else if (g + d.low > 0.0)
                d.low = slopes(i, m_.share[i] - grain).low;
        }
        if (g + d.high < 0.0 && m_.share[i] < m_.upper[i]) return g + d.high;
        if (g + d.low > 0.0 && m_.share[i] > m_.lower[i]) return g + d.low;
        return 0.0;
    }
    [[nodiscard]] bool conditions_hold() const noexcept {
        for (std::size_t i = 0; i < n_; ++i)
            if (absolute(violation(i)) > tolerance(i, slopes(i, m_.share[i]))) return false;
        return true;
    }

    // ---- one price ----

    void minimise() noexcept {
        refresh();
        for (int round = 0; round < (linear ? 200 : 20); ++round) {
            if (conditions_hold()) return;
            // Until a sweep changes no asset's piece; of costs that are not linear until nothing moves.
            int still = 0;
            for (int pass = 0; pass < (linear ? 24 : 400) && still < (linear ? 2 : 400); ++pass) {
                still = sweep() ? 0 : still + 1;
                if constexpr (!linear)
                    if (pass % 8 == 7) {
                        refresh();
                        if (conditions_hold()) return;
                    }
            }
            refresh();
            if constexpr (linear) {
                if (conditions_hold()) return;
                face_step(round < 3 ? 1 : n_ + 4);
            }
        }
    }

    /// Brings every asset to its best share, one after another. True where one changed its piece.
    bool sweep() noexcept {
        bool changed = false;
        for (std::size_t i = 0; i < n_; ++i) {
            const double now = m_.share[i];
            const double s = best(i, metric_.at(i, m_.off.data(), m_.gradient.data()) + price_, now);
            if (s == now) continue;
            changed = changed || piece_of(i, s) != piece_of(i, now);
            m_.share[i] = s;
            m_.off[i] += s - now;
            metric_.follow(i, s - now, m_.gradient.data());
        }
        return changed;
    }
    /// −2 and 2 on a bound, −1 and 1 sold and bought, 0 kept.
    [[nodiscard]] int piece_of(std::size_t i, double s) const noexcept {
        if (s == m_.held[i]) return 0;
        if (s == m_.lower[i]) return -2;
        if (s == m_.upper[i]) return 2;
        return s > m_.held[i] ? 1 : -1;
    }
    [[nodiscard]] bool is_free(std::size_t i) const noexcept {
        const int piece = piece_of(i, m_.share[i]);
        return piece == 1 || piece == -1;
    }
    /// The ends of the piece that a free share lies on.
    [[nodiscard]] double piece_low(std::size_t i) const noexcept {
        return m_.share[i] > m_.held[i] && m_.held[i] > m_.lower[i] ? m_.held[i] : m_.lower[i];
    }
    [[nodiscard]] double piece_high(std::size_t i) const noexcept {
        return m_.share[i] < m_.held[i] && m_.held[i] < m_.upper[i] ? m_.held[i] : m_.upper[i];
    }
    [[nodiscard]] double in_piece(std::size_t i, double s) const noexcept {
        const double low = piece_low(i), high = piece_high(i);
        return s < low ? low : s > high ? high : s;
    }

    /// The free shares go to where the objective is least on their pieces; where a share meets the end of its piece first it stays there,
    /// and the others go on, up to so many times.
    void face_step(std::size_t times) noexcept {
        for (std::size_t k = 0; k < times; ++k) {
            for (std::size_t i = 0; i < n_; ++i) m_.rest[i] = is_free(i) ? -(m_.gradient[i] + price_ + slopes(i, m_.share[i]).high) : 0.0;
            const end_of_way end = conjugate_gradients(true);
            const bool all = go(m_.step, 1.0);
            if (all && end != end_of_way::there) (void)go(m_.way, reach_);
            refresh();
            if (all && end == end_of_way::there) return;
        }
    }
    /// So many times the way, or as far as the first end of a piece: then false.
    bool go(const std::vector<double>& way, double furthest) noexcept {
        double part = furthest;
        for (std::size_t i = 0; i < n_; ++i) {
            if (!is_free(i) || way[i] == 0.0) continue;
            const double room = ((way[i] > 0.0 ? piece_high(i) : piece_low(i)) - m_.share[i]) / way[i];
            part = room < part ? room : part;
        }
        for (std::size_t i = 0; i < n_; ++i) {
            if (!is_free(i) || way[i] == 0.0) continue;
            const double end = way[i] > 0.0 ? piece_high(i) : piece_low(i);
            const double room = (end - m_.share[i]) / way[i];
            m_.share[i] = room <= part ? end : in_piece(i, m_.share[i] + part * way[i]);
        }
        return part == furthest;
    }
    /// By how much the sum of the free shares falls where the price of cash rises by 1; `step` is what each of them falls by.
    [[nodiscard]] double face_answer() noexcept {
        for (std::size_t i = 0; i < n_; ++i) m_.rest[i] = is_free(i) ? 1.0 : 0.0;
        if (conjugate_gradients(false) != end_of_way::there) return 0.0;
        exact_sum all;
        for (std::size_t i = 0; i < n_; ++i)
            if (is_free(i)) all.add(m_.step[i]);
        return all.value();
    }

    /// Where conjugate gradients stopped: at the answer; where the next part of the `way`, `reach_` times it, would leave the pieces that the
    /// shares lie on; or where Q has no curvature on it.
    enum class end_of_way : std::uint8_t { there, outside, flat };

    /// Solves Q·step = rest for the free shares; the rest of `rest` is 0. `on_pieces`: as far as the shares stay on their pieces, and until
    /// the rest is what the gradient can not tell from zero; otherwise to 2^-46 of what it was.
    [[nodiscard]] end_of_way conjugate_gradients(bool on_pieces) noexcept {
        double rz = 0.0;
        std::size_t free = 0;
        for (std::size_t i = 0; i < n_; ++i) {
            m_.step[i] = m_.way[i] = 0.0;
            if (m_.rest[i] == 0.0) continue;
            ++free;
            m_.way[i] = scaled(i);
            rz += m_.rest[i] * m_.way[i];
        }
        const double first = rz;
        for (std::size_t pass = 0; pass < 4 * free + 16 && rz > 0.0; ++pass) {
            metric_.times(m_.way.data(), m_.bent.data());
            double curvature = 0.0, size = 0.0;
            for (std::size_t i = 0; i < n_; ++i) {
                curvature += m_.way[i] * m_.bent[i];
                size += __builtin_sqrt(m_.own[i]) * absolute(m_.way[i]);
            }
            const double least = 4.0 * rough * size * size;
            if (!(curvature > least)) {
                // No curvature that can be told from rounding. Nothing to gain either, but for rounding: there.
                reach_ = rz / least;
                return rz > first * (1.0 / 1048576.0) && finite(reach_) ? end_of_way::flat : end_of_way::there;
            }
            const double length = rz / curvature;
            if (on_pieces && leaves(length)) {
                reach_ = length;
                return end_of_way::outside;
            }
            double next = 0.0;
            bool negligible = true;
            for (std::size_t i = 0; i < n_; ++i) {
                if (!is_free(i)) continue;
                m_.step[i] += length * m_.way[i];
                m_.rest[i] -= length * m_.bent[i];
                if (absolute(m_.rest[i]) > 0.125 * m_.blur[i]) negligible = false;
                next += m_.rest[i] * scaled(i);
            }
            if (on_pieces ? negligible : !(next > first * (rough * rough))) return end_of_way::there;
            const double turn = next / rz;
            rz = next;
            for (std::size_t i = 0; i < n_; ++i)
                if (is_free(i)) m_.way[i] = scaled(i) + turn * m_.way[i];
        }
        return end_of_way::there;
    }
    /// Would so much more of the way bring a share off its piece?
    [[nodiscard]] bool leaves(double length) const noexcept {
        for (std::size_t i = 0; i < n_; ++i) {
            if (!is_free(i)) continue;
            const double s = m_.share[i] + (m_.step[i] + length * m_.way[i]);
            if (s < piece_low(i) || s > piece_high(i)) return true;
        }
        return false;
    }
    [[nodiscard]] double scaled(std::size_t i) const noexcept { return m_.own[i] > 0.0 ? m_.rest[i] / m_.own[i] : m_.rest[i]; }

    /// Both ends of a bracket that is as narrow as can be are best, and so is what is between them: the one that the budget allows.
    void between() noexcept {
        exact_sum low, high;
        for (std::size_t i = 0; i < n_; ++i) {
            low.add(m_.below[i]);
            high.add(m_.above[i]);
        }
        const double drop = low.value() - high.value();
        const double part = drop > 0.0 ? (budget_ - high.value()) / drop : 0.0;
        for (std::size_t i = 0; i < n_; ++i)
            m_.share[i] = m_.below[i] == m_.above[i] ? m_.above[i] : within(i, m_.above[i] + part * (m_.below[i] - m_.above[i]));
    }

    risk_metric metric_;
    const View& view_;
    region_columns& m_;
    std::size_t n_;
    double wealth_ = 1.0;
    double budget_ = 0.0;
    double price_ = 0.0;
    double reach_ = 0.0;  ///< how far to go on the way where conjugate gradients end before they are there
};

}  // namespace ballast::inline v0::detail
