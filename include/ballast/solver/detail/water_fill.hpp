/// Cash shared out among assets that are short of their targets, or raised from those that are above them: water-filling.
///
/// Buys. Of the ways dᵢ that assets have to go, as much is bought as the cash B pays for: minimise Σ (dᵢ − xᵢ)² with Σ (xᵢ + φᵢ(xᵢ)) ≤ B and
/// lᵢ ≤ xᵢ ≤ uᵢ. For φᵢ = bᵢ·xᵢ the conditions of Karush, Kuhn and Tucker give xᵢ = dᵢ − λ·(1 + bᵢ), held within lᵢ..uᵢ, with one λ ≥ 0: what is
/// still short of a target is in proportion to what a unit of it costs, and without costs the same for all. λ is where the piecewise linear
/// Σ (xᵢ + φᵢ) meets B: Newton's method, bracketed, ends on the piece that holds it (Cominetti, Mascarenhas and Silva 2014, "A Newton's
/// method for the continuous quadratic knapsack problem"). For Σ |dᵢ − xᵢ| all units count the same, so that the cheapest go first, and those
/// that cost the same are filled to one level.
///
/// Where φᵢ is convex and answers prices, xᵢ minimises (xᵢ − dᵢ)²/(2λ) + xᵢ + φᵢ(xᵢ): its best answer to the price −1 at the curvature 1/λ,
/// and dxᵢ/dλ = −(1 + φ′ᵢ)·s/λ, with s the slope of that answer.
///
/// Sales that raise an amount. xᵢ = eᵢ − λ for excesses eᵢ: those furthest above go first, until all stand at one level; of all sales of the
/// same sum these leave the smallest Σ (eᵢ − xᵢ)². Here costs have no say: a sale that costs more would raise less, and count for more. For
/// Σ |eᵢ − xᵢ| only the sum of the sales counts, which is smallest where the cheapest go first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "../../core/drift_measure.hpp"
#include "../../numeric/sum.hpp"
#include "../concept.hpp"
#include "rounding.hpp"

namespace ballast::inline v0::detail {

/// Which side an asset trades on, if any.
enum class trade_side : std::uint8_t { none, buy, sell };

/// What there is to do for each asset, as amounts at or above 0, and what is done.
struct ways {
    std::vector<double> way{};    ///< to its target
    std::vector<double> least{};  ///< that has to be gone, for a bound on its weight
    std::vector<double> most{};   ///< that may be gone
    std::vector<double> rate{};   ///< cost per amount; where it is not linear the average over `most`
    std::vector<double> done{};   ///< notional that is traded
    std::vector<double> fee{};    ///< and its cost
    std::vector<trade_side> side{};
    std::vector<std::uint8_t> open{};   ///< 1: shares in what is left; 0: what is done is done
    std::vector<std::uint8_t> stays{};  ///< what `cash_plan::leave_out` remembers

    void prepare(std::size_t n) {
        for (auto* v : {&way, &least, &most, &rate, &done, &fee}) v->resize(n);
        side.resize(n);
        open.resize(n);
        stays.resize(n);
    }
};

template <class View>
class water_fill {
public:
    water_fill(const problem& p, const View& view, ways& m, trade_side side, drift_measure measure) noexcept
        : p_{p},
          view_{view},
          m_{m},
          side_{side},
          absolute_{measure == drift_measure::absolute} {}

    [[nodiscard]] bool is_open(std::size_t i) const noexcept { return m_.side[i] == side_ && m_.open[i] != 0; }

    /// What the trade of an amount takes from the cash, or brings; nothing where it costs as much as it moves.
    [[nodiscard]] double cash_of(std::size_t i, double amount) const noexcept {
        const bool buy = side_ == trade_side::buy;
        const double cost = view_.cost(i, buy ? amount : -amount);
        return amount > cost ? (buy ? amount + cost : amount - cost) : 0.0;
    }

    /// Sets `done` of all open assets, so that together they take, or bring, this much cash. Buys take no more where the costs jump, and
    /// sales bring no less.
    void operator()(double cash) noexcept {
        const std::size_t n = p_.look.assets();
        const double slack = p_.look.value * snap;
        tier_ = none;  // the cash reaches for all
        level_ = 0.0;
        const double least = all_at(&ways::least);
        if (least < cash)
            find_level(cash, slack);
        else if (least > 0.0 && side_ == trade_side::buy)
            within_least(cash, slack);
        else
            level_ = none;
        for (std::size_t i = 0; i < n; ++i)
            if (is_open(i)) m_.done[i] = amount(i, level_);
    }

private:
    static constexpr double none = std::numeric_limits<double>::infinity();  ///< a level at which nothing more than the least is done

    [[nodiscard]] double all_at(std::vector<double> ways::*column) const noexcept {
        exact_sum sum;
        for (std::size_t i = 0; i < p_.look.assets(); ++i)
            if (is_open(i)) sum.add(cash_of(i, (m_.*column)[i]));
        return sum.value();
    }

    /// What has to be bought can not be paid for: as much of it as can.
    void within_least(double cash, double slack) noexcept {
        for (std::size_t i = 0; i < p_.look.assets(); ++i) {
            if (!is_open(i)) continue;
            m_.way[i] = m_.most[i] = m_.least[i];
            m_.least[i] = 0.0;
        }
        if (cash > 0.0)
            find_level(cash, slack);
        else
            level_ = none;
    }

    /// How fast an amount falls when the level rises.
    [[nodiscard]] double pace(std::size_t i) const noexcept { return absolute_ || side_ == trade_side::sell ? 1.0 : 1.0 + m_.rate[i]; }
    /// The cash that goes along with a unit of it.
    [[nodiscard]] double cash_per_unit(std::size_t i) const noexcept {
        return side_ == trade_side::buy ? 1.0 + m_.rate[i] : 1.0 - m_.rate[i];
    }

    /// Costs that are not linear, but answer prices.
    static constexpr bool answers = responsive_cost<View> && !linear_bound_cost<View> && shape_of<View>() == cost_shape::convex;
    [[nodiscard]] bool is_answer() const noexcept { return answers && side_ == trade_side::buy && !absolute_; }

    /// How fast the cash falls when the level rises, for an asset that is inside its room.
    [[nodiscard]] double cash_slope(std::size_t i, double x, double level) const noexcept {
        if constexpr (answers)
            if (is_answer()) {
                const double price = (m_.way[i] - x) / level;  // of a unit: 1 + φ′
                const response r = view_.respond(i, -1.0, 1.0 / level, m_.way[i], m_.least[i], m_.most[i]);
                return price * price * (r.slope / level);
            }
        (void)x;
        (void)level;
        return cash_per_unit(i) * pace(i);
    }
    /// The level from which on an asset does no more than the least.
    [[nodiscard]] double top_of(std::size_t i) const noexcept {
        const double room = m_.way[i] - m_.least[i];
        if constexpr (answers)
            if (is_answer()) return room / (1.0 + view_.marginal(i, m_.least[i]).high);
        return room / pace(i);
    }

    [[nodiscard]] double amount(std::size_t i, double level) const noexcept {
        const double least = m_.least[i], most = m_.most[i];
        if (level == none) return least;
        if (absolute_ && m_.rate[i] != tier_) return m_.rate[i] < tier_ ? most : least;
        double x = m_.way[i] - level * pace(i);
        if constexpr (answers)
            if (is_answer() && level > 0.0) x = view_.respond(i, -1.0, 1.0 / level, m_.way[i], least, most).x;
        return x > most ? most : x < least ? least : x;
    }

    /// The rate of the assets for which the cash does not reach any more.
    void find_tier(double cash) noexcept {
        ranking cheapest{p_.ranks};
        exact_sum sum;
        for (std::size_t i = 0; i < p_.look.assets(); ++i) {
            if (!is_open(i)) continue;
            sum.add(cash_of(i, m_.least[i]));
            cheapest.push(p_.rank(i, -m_.rate[i]));
        }
        for (bool begun = false; !cheapest.empty(); begun = true) {
            const ranked next = cheapest.take();
            if (-next.score != tier_ && begun && sum.value() >= cash) return;
            tier_ = -next.score;
            sum.add(cash_of(next.index, m_.most[next.index]) - cash_of(next.index, m_.least[next.index]));
        }
    }

    void find_level(double cash, double slack) noexcept {
        const std::size_t n = p_.look.assets();
        if (all_at(&ways::most) <= cash + slack) return;
        if (absolute_) find_tier(cash);
        double low = 0.0, high = 0.0;
        exact_sum ways_sum, paces;
        for (std::size_t i = 0; i < n; ++i) {
            if (!is_open(i) || (absolute_ && m_.rate[i] != tier_)) continue;
            const double top = top_of(i);
            high = top > high ? top : high;
            ways_sum.add(cash_per_unit(i) * m_.way[i]);
            paces.add(cash_per_unit(i) * pace(i));
        }
        double level = (ways_sum.value() - cash) / paces.value();
        double width = high;
        for (int pass = 0; pass < 200; ++pass) {
            if (!(level > low && level < high)) level = low + 0.5 * (high - low);
            exact_sum sum, slope;
            for (std::size_t i = 0; i < n; ++i) {
                if (!is_open(i)) continue;
                const double x = amount(i, level);
                const double c = cash_of(i, x);
                sum.add(c);
                if (x > m_.least[i] && x < m_.most[i] && c != 0.0) slope.add(cash_slope(i, x, level));
            }
            const double over = sum.value() - cash;
            (over > 0.0 ? low : high) = level;
            level_ = level;
            if (absolute(over) <= slack) return;
            // On the piece that the level lies on this is the answer; where it lies outside it is a step toward it.
            const double middle = low + 0.5 * (high - low);
            const double next = slope.value() > 0.0 ? level + over / slope.value() : middle;
            if (next == level || !(middle > low && middle < high)) break;
            level = next;
            if (pass % 2 == 0) continue;
            if (high - low > 0.5 * width) level = middle;
            width = high - low;
        }
        level_ = side_ == trade_side::buy ? high : low;
    }

    const problem& p_;
    const View& view_;
    ways& m_;
    trade_side side_;
    bool absolute_;
    double tier_ = 0.0;
    double level_ = 0.0;
};

}  // namespace ballast::inline v0::detail
