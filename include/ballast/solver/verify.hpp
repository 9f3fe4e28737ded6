/// An answer to a program is checked from scratch, with nothing of what found it; and what each asset's trade is worth and costs at the margin.
///
/// By Karush, Kuhn and Tucker a w within all limits, with prices that its limits can have and that are 0 where there is room left, is the best
/// if for every asset the benefit of one unit more, less what limits charge for it, lies between the costs of one unit less and of one unit
/// more. How far it is from that is what is told here, absolutely and relative to the sizes of the terms. Terms are sized by |w| and |b| rather
/// than by |w − b|: the relative number is how much w, b and the prices would have to be changed, relatively, for the conditions to
/// hold exactly (a componentwise backward error: Oettli and Prager 1964). Of an asset whose terms are less than 2^-10 of the largest asset's, that
/// is taken instead: the prices that all assets share have no more digits. Sums that limits are set to have terms of the size of the largest of w,
/// b and what is held; a bound is kept by w as it is, or it is not. The tracking error and the costs are told beside their limits, with a
/// millionth of what rounding w, b and h to as many digits makes of them.
///
/// Where a tracking error of 0 is asked, or costs of 0 of trades whose first unit costs nothing, w is where nothing but b or h may be, and there
/// need be no prices that prove it best. It is told to be best with prices that are so large that what misses is within the tolerance of
/// their terms (for θ about |excess|/(tolerance·|Σ|(|w| + |b|)) of the worst asset), else to be `stopped`. Where costs have a rate above 0 on both
/// sides, prices that hold everything where it is exist, and are asked for like any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "../core/arithmetic.hpp"
#include "../core/fault.hpp"
#include "../cost/concept.hpp"
#include "../numeric/sum.hpp"
#include "detail/check_program.hpp"
#include "detail/definite_check.hpp"
#include "detail/infeasible.hpp"
#include "detail/limit_check.hpp"
#include "program.hpp"

namespace ballast::inline v0::solver {

/// What one unit more of an asset is worth at an answer, and what it costs; in units of the objective per unit of w. While the benefit lies
/// within the costs it pays neither to buy more nor to sell: that is why a trade stops where it does, and why an asset does not trade.
struct asset_margin {
    double risk = 0.0;  ///< (γ + θ)Σ(w − b)ᵢ: by so much the risk term rises, with what the price of the tracking error adds to it
    double expected_return = 0.0;  ///< αᵢ
    double charge = 0.0;           ///< ν + (Aᵀμ)ᵢ: what the budget and the rows charge for a unit more
    double benefit = 0.0;          ///< expected_return − risk − charge
    /// What trading one unit costs, with the prices of turnover, of leverage, of the costs and of a budget that they are paid of: `low` is that of the last
    /// unit bought, or less what the next unit sold would cost; `high` that of the next unit bought, or less the last one sold. The same number
    /// where w is no kink. At a bound the side beyond it is infinite.
    slope_interval cost{};
    double size = 0.0;  ///< sum of the sizes of all terms, of the cost that is the nearer to the benefit

    /// By how much the benefit misses the costs: above 0 more of it should be held, below 0 less. 0 where all is right.
    [[nodiscard]] constexpr double excess() const noexcept {
        if (benefit > cost.high) return benefit - cost.high;
        if (benefit < cost.low) return benefit - cost.low;
        return 0.0;
    }
};

/// How many numbers the verifier needs as scratch: 4k + m, of a dense Σ n² + 4n + m.
[[nodiscard]] inline std::size_t verify_room(const program& p) noexcept {
    const std::size_t n = p.assets();
    if (p.risk.layout == risk_layout::dense) return n * n + 4 * n + p.row_count();
    return (p.risk.layout == risk_layout::factor ? 4 * p.risk.factors() : 0) + p.row_count();
}

/// The conditions of one answer, ready to be read asset by asset. Holds references to all that it is given.
template <class View>
class conditions {
    static_assert(bound_cost<View>, "ballast: the conditions of an answer are asked of a bound cost: model.bind(look)");

public:
    /// Reads the answer: O(n·k + k²), O(n²) of a dense Σ. `scratch` has `verify_room(p)` numbers. Costs are convex, and asked at W·(w − h).
    conditions(const program& p, const View& cost, std::span<const double> position, const shadow_prices& price,
               std::span<double> scratch) noexcept
        : p_{p},
          cost_{cost},
          w_{position},
          room_{scratch},
          fault_{what_is_wrong(position, price, scratch)} {
        if (fault_) return;
        price_ = detail::limit_check::usable(p, price);
        mu_ = price.row;
        given_ = price;
        weight_ = p.risk_aversion + price_.risk;
        if (p.risk.layout == risk_layout::factor) pull_of_factors(scratch);
        if (p.risk.layout == risk_layout::dense)
            pull_of_dense(scratch);
        else
            add_specific();
    }

    /// What is wrong with the program, or with the sizes and numbers of the answer; nothing else may be asked then.
    [[nodiscard]] v0::fault fault() const noexcept { return fault_; }

    /// Benefit and cost of asset i at the margin. Prices that their limits can not have count as 0. O(k + m).
    [[nodiscard]] asset_margin margin_of(std::size_t i) const noexcept { return within_bounds(i, margin_of(i, slopes(i))); }

    /// All conditions. `how` is `best` where every limit is kept, every asset's condition met, and every price is 0 or its limit reached, all
    /// to the tolerance relative to the terms; else `stopped`, or `none`. The gap holds whatever w and the prices are: Σ yⱼ·roomⱼ (of the tracking
    /// error θ·½(TE² − (w − b)ᵀΣ(w − b))), and for every asset what its excess could still earn within its bounds against the curvature of its
    /// specific risk; where Σ is dense against 2^-27 of its variance, if as much of all variances is the assets' own, else against none. That a
    /// dense Σ has no direction of negative variance is checked as well (`bad_risk`), as nothing here would be proof otherwise. O(n·(k + m)), O(n³)
    /// of a dense Σ.
    [[nodiscard]] certificate verify(double tolerance = 1e-9) const noexcept {
        certificate c;
        c.fault = fault_;
        if (c.fault) return c;
        const bool dense = p_.risk.layout == risk_layout::dense;
        const double own_part = dense ? detail::part_of_its_own(p_.risk, square_) : 1.0;
        if (own_part == 0.0) c.fault = detail::negative_variance(p_.risk, square_);
        if (c.fault) return c;
        detail::limit_check::limit_totals total;
        limits(c, total);
        double apart = 0.0;  // prices that should be 0, relative
        const double least_size = 0x1p-10 * largest_size();
        bool bounded = true;
        exact_sum gap;
        exact_sum objective;
        exact_sum terms;
        gap.add(total.unused);
        objective.add(0.5 * p_.risk_aversion * shared_variance_);
        terms.add(0.5 * p_.risk_aversion * detail::absolute(shared_variance_));
        for (std::size_t i = 0; i < p_.assets(); ++i) {
            bounds(c, i);
            const asset_margin a = margin_of(i, slopes(i));
            assets_condition(c, apart, total, i, a, least_size);
            const double more = worth(i, a, own_part);
            if (detail::finite(more))
                gap.add(more);
            else
                bounded = false;
            add_objective(objective, terms, i, a);
        }
        c.objective = objective.value();
        c.gap = bounded && detail::finite(gap.value()) ? detail::limit_check::at_least_zero(gap.value()) : infinity;
        c.relative_gap = detail::limit_check::ratio(c.gap, terms.value());
        const bool best =
            detail::finite(c.objective) && c.relative_primal <= tolerance && c.relative_dual <= tolerance && apart <= tolerance;
        c.how = best ? search_end::best : search_end::stopped;
        return c;
    }

private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();

    [[nodiscard]] v0::fault what_is_wrong(std::span<const double> position, const shadow_prices& price,
                                          std::span<double> scratch) const noexcept {
        if (const v0::fault f = detail::check_program(p_)) return f;
        if (position.size() != p_.assets()) return detail::program_check::wrong_size(position.size());
        if (price.row.size() != p_.row_count()) return detail::program_check::wrong_size(price.row.size());
        if (scratch.size() < verify_room(p_)) return {fault_code::not_prepared, no_index, static_cast<double>(verify_room(p_))};
        if (const v0::fault f = detail::program_check::all_finite(position, fault_code::bad_weight)) return f;
        return detail::limit_check::check_prices(price);
    }

    // Σ = FΩFᵀ + D: ΩFᵀ(w − b), and what it would be were all terms of one sign. The exposures are summed up as if with twice the digits.
    void pull_of_factors(std::span<double> scratch) noexcept {
        const std::size_t k = k_ = p_.risk.factors();
        double* const exposure = scratch.data();
        double* const lost = exposure + k;
        double* const size = lost + k;
        double* const pull_size = size + k;
        room_ = scratch.subspan(4 * k);
        for (std::size_t f = 0; f < 3 * k; ++f) exposure[f] = 0.0;
        for (std::size_t i = 0; i < p_.assets(); ++i) {
            const double d = w_[i] - p_.benchmark[i];
            const double apart = detail::absolute(w_[i]) + detail::absolute(p_.benchmark[i]);
            const double* const loading = p_.risk.loadings.data() + i * k;
            for (std::size_t f = 0; f < k; ++f) {
                const double term = loading[f] * d;
                const double sum = exposure[f] + term;
                lost[f] += detail::rounding_error(exposure[f], term, sum);
                exposure[f] = sum;
                size[f] += detail::absolute(loading[f]) * apart;
            }
        }
        for (std::size_t f = 0; f < k; ++f) exposure[f] += lost[f];
        double* const pull = lost;
        exact_sum variance;
        for (std::size_t f = 0; f < k; ++f) {
            pull[f] = 0.0;
            pull_size[f] = 0.0;
            double terms = 0.0;
            for (std::size_t g = 0; g < k; ++g) {
                pull[f] += p_.risk.factor_covariance[f * k + g] * exposure[g];
                pull_size[f] += detail::absolute(p_.risk.factor_covariance[f * k + g]) * size[g];
                terms += detail::absolute(p_.risk.factor_covariance[f * k + g] * exposure[g]);
            }
            variance.add(exposure[f] * pull[f]);
            risk_.terms += detail::absolute(exposure[f]) * terms;
            risk_.largest += size[f] * pull_size[f];
        }
        pull_ = pull;
        pull_size_ = pull_size;
        risk_.square = shared_variance_ = variance.value();
    }

    // A dense Σ: Σ(w − b), summed up as if with twice the digits, and what it would be were all terms of one sign, all along its rows: as it is
    // symmetric, row j is what asset j adds to all others.
    void pull_of_dense(std::span<double> scratch) noexcept {
        const std::size_t n = p_.assets();
        double* const pull = scratch.data();
        double* const lost = pull + n;
        double* const size = lost + n;
        double* const terms = size + n;
        square_ = terms + n;
        room_ = scratch.subspan(n * n + 4 * n);
        for (std::size_t i = 0; i < 4 * n; ++i) pull[i] = 0.0;
        for (std::size_t j = 0; j < n; ++j) {
            const double d = w_[j] - p_.benchmark[j];
            const double apart = detail::absolute(w_[j]) + detail::absolute(p_.benchmark[j]);
            if (apart == 0.0) continue;
            const double* const sigma = p_.risk.dense.data() + j * n;
            for (std::size_t i = 0; i < n; ++i) {
                const double term = sigma[i] * d;
                const double sum = pull[i] + term;
                lost[i] += detail::rounding_error(pull[i], term, sum);
                pull[i] = sum;
                terms[i] += detail::absolute(term);
                size[i] += detail::absolute(sigma[i]) * apart;
            }
        }
        exact_sum variance;
        for (std::size_t i = 0; i < n; ++i) {
            const double d = w_[i] - p_.benchmark[i];
            pull[i] += lost[i];
            variance.add(d * pull[i]);
            risk_.terms += detail::absolute(d) * terms[i];
            risk_.largest += (detail::absolute(w_[i]) + detail::absolute(p_.benchmark[i])) * size[i];
        }
        pull_ = pull;
        pull_size_ = size;
        risk_.square = shared_variance_ = variance.value();
    }

    void add_specific() noexcept {
        exact_sum variance;
        variance.add(shared_variance_);
        for (std::size_t i = 0; i < p_.assets(); ++i) {
            const double d = w_[i] - p_.benchmark[i];
            const double apart = detail::absolute(w_[i]) + detail::absolute(p_.benchmark[i]);
            const double term = p_.risk.specific[i] * d * d;
            variance.add(term);
            risk_.terms += term;
            risk_.largest += p_.risk.specific[i] * apart * apart;
        }
        risk_.square = variance.value();
    }

    // What of an asset's variance is its own, and no other's business.
    [[nodiscard]] double specific(std::size_t i) const noexcept { return p_.risk.layout == risk_layout::dense ? 0.0 : p_.risk.specific[i]; }

    // Σ(w − b) of an asset, and the sizes of its terms.
    struct sized_pull {
        double value;
        double size;
    };
    [[nodiscard]] sized_pull pull_of(std::size_t i) const noexcept {
        if (p_.risk.layout == risk_layout::dense) return {pull_[i], pull_size_[i]};
        const double own = p_.risk.specific[i];
        sized_pull pull{own * (w_[i] - p_.benchmark[i]), own * (detail::absolute(w_[i]) + detail::absolute(p_.benchmark[i]))};
        for (std::size_t f = 0; f < k_; ++f) {
            const double loading = p_.risk.loadings[i * k_ + f];
            pull.value += loading * pull_[f];
            pull.size += detail::absolute(loading) * pull_size_[f];
        }
        return pull;
    }

    [[nodiscard]] asset_margin within_bounds(std::size_t i, asset_margin a) const noexcept {
        if (w_[i] <= p_.lower[i]) a.cost.low = -infinity;
        if (w_[i] >= p_.upper[i]) a.cost.high = infinity;
        return a;
    }

    // The margin of an asset without bounds.
    [[nodiscard]] asset_margin margin_of(std::size_t i, const slope_interval& trading) const noexcept {
        asset_margin a;
        a.cost = trading;
        a.expected_return = p_.alpha(i);
        const sized_pull pull = pull_of(i);
        a.risk = weight_ * pull.value;
        a.size = weight_ * pull.size + detail::absolute(a.expected_return);
        a.charge = price_.budget;
        a.size += detail::absolute(price_.budget);
        for (std::size_t j = 0; j < mu_.size(); ++j) {
            if (mu_[j] == 0.0) continue;
            const double term = detail::limit_check::usable(mu_[j], p_.row_lower[j], p_.row_upper[j]) * p_.coefficient(j, i);
            a.charge += term;
            a.size += detail::absolute(term);
        }
        a.benefit = a.expected_return - a.risk - a.charge;
        a.size += detail::absolute(a.benefit > trading.high ? trading.high : a.benefit < trading.low ? trading.low : a.benefit);
        a.size += 0.5 * price_.turnover + price_.leverage;  // which costs may all but cancel
        return a;
    }

    // What trading costs at the margin. A w that stands for a size at which the cost has a kink is off by a rounding: what is within two of them is
    // one place. Only holding on is told apart from all else: w is h, or it is not; and where it is, costs that begin with no slope are as good as
    // held if the trade that would be best is as small as rounding.
    [[nodiscard]] slope_interval slopes(std::size_t i) const noexcept {
        const double x = w_[i] - p_.held[i];
        const double weight = (p_.costs_inside ? 1.0 + price_.budget : 1.0) + price_.costs;
        slope_interval s = cost_slopes(i);
        s.low *= weight;
        s.high *= weight;
        s.low += x > 0.0 ? 0.5 * price_.turnover : -0.5 * price_.turnover;
        s.high += x < 0.0 ? -0.5 * price_.turnover : 0.5 * price_.turnover;
        s.low += w_[i] > 0.0 ? price_.leverage : -price_.leverage;
        s.high += w_[i] < 0.0 ? -price_.leverage : price_.leverage;
        return s;
    }

    // Of the costs alone.
    [[nodiscard]] slope_interval cost_slopes(std::size_t i) const noexcept {
        const double h = p_.held[i];
        const double x = w_[i] - h;
        const double largest = detail::absolute(h) > detail::absolute(w_[i]) ? detail::absolute(h) : detail::absolute(w_[i]);
        const double step = x == 0.0 ? 0x1p-46 * place_of(i) : 0x1p-51 * largest;
        const double below = x > 0.0 && x <= step ? 0x1p-10 * x : x - step;
        const double above = x < 0.0 && x >= -step ? 0x1p-10 * x : x + step;
        return {cost_.marginal(i, p_.wealth * below).low, cost_.marginal(i, p_.wealth * above).high};
    }
    // The steeper of the two; of one, where the other is infinite.
    [[nodiscard]] double steepest(std::size_t i) const noexcept {
        const slope_interval s = cost_slopes(i);
        double most = 0.0;
        for (const double slope : {s.low, s.high})
            if (detail::finite(slope) && detail::absolute(slope) > most) most = detail::absolute(slope);
        return most;
    }

    void bounds(certificate& c, std::size_t i) const noexcept {
        const double size = detail::absolute(w_[i]) + detail::absolute(p_.held[i]);
        if (w_[i] < p_.lower[i]) detail::limit_check::miss(c, p_.lower[i] - w_[i], size + detail::absolute(p_.lower[i]));
        if (w_[i] > p_.upper[i]) detail::limit_check::miss(c, w_[i] - p_.upper[i], size + detail::absolute(p_.upper[i]));
    }

    // The largest of where an asset is, was and is wanted: a w of 0 that everything was sold for, or that nothing is bought for, is as good as those.
    [[nodiscard]] double place_of(std::size_t i) const noexcept {
        double most = detail::absolute(w_[i]);
        for (const double x : {p_.held[i], p_.benchmark[i]})
            if (detail::absolute(x) > most) most = detail::absolute(x);
        return most;
    }

    // Budget, turnover, leverage, tracking error, costs and rows.
    void limits(certificate& c, detail::limit_check::limit_totals& total) const noexcept {
        detail::limit_check::sized_sum budget;
        detail::limit_check::sized_sum turnover;
        detail::limit_check::sized_sum leverage;
        detail::limit_check::sized_sum costs;
        const bool costs_matter = p_.costs < infinity;
        for (std::size_t i = 0; i < p_.assets(); ++i) {
            const double w = w_[i];
            const double h = p_.held[i];
            const double place = place_of(i);
            budget.add(w, place);
            const double cost = p_.costs_inside || costs_matter ? cost_.cost(i, p_.wealth * (w - h)) / p_.wealth : 0.0;
            if (p_.costs_inside) budget.add(cost);
            if (costs_matter) costs.add(cost, detail::absolute(cost) + 0x1p-20 * steepest(i) * place);
            turnover.add(0.5 * detail::absolute(w - h), place);
            leverage.add(detail::absolute(w), place);
        }
        total.budget = detail::limit_check::judge(c, total, budget, p_.budget_lower, p_.budget_upper, price_.budget);
        total.turnover = detail::limit_check::judge(c, total, turnover, -infinity, p_.turnover, price_.turnover);
        total.leverage = detail::limit_check::judge(c, total, leverage, -infinity, p_.leverage, price_.leverage);
        total.risk = detail::limit_check::judge_risk(c, total, risk_, p_.tracking_error, price_.risk);
        total.costs = detail::limit_check::judge(c, total, costs, -infinity, p_.costs, price_.costs);
        for (std::size_t j = 0; j < p_.row_count(); ++j) {
            detail::limit_check::sized_sum row;
            for (std::size_t i = 0; i < p_.assets(); ++i)
                row.add(p_.coefficient(j, i) * w_[i], detail::absolute(p_.coefficient(j, i)) * place_of(i));
            const double y = detail::limit_check::usable(mu_[j], p_.row_lower[j], p_.row_upper[j]);
            room_[j] = detail::limit_check::judge(c, total, row, p_.row_lower[j], p_.row_upper[j], y);
        }
    }

    // A price is known as well as the largest terms that it was found from: to an asset with far smaller ones it can bring no more digits.
    [[nodiscard]] double largest_size() const noexcept {
        double largest = 0.0;
        for (std::size_t i = 0; i < p_.assets(); ++i)
            if (const double size = margin_of(i, slopes(i)).size; size > largest) largest = size;
        return largest;
    }

    void assets_condition(certificate& c, double& apart, const detail::limit_check::limit_totals& total, std::size_t i,
                          const asset_margin& a, double least_size) const noexcept {
        const double size = a.size > least_size ? a.size : least_size;
        double missed = detail::absolute(within_bounds(i, a).excess());
        if (!detail::finite(a.benefit) || a.cost.low != a.cost.low || a.cost.high != a.cost.high) missed = infinity;
        // A price that its limit can not have was taken for 0, and misses that by what it would have charged.
        const auto impossible = [&](double given, double taken, double coefficient) {
            const double charge = detail::absolute((given - taken) * coefficient);
            if (charge > missed) missed = charge;
        };
        impossible(given_.budget, price_.budget, 1.0);
        impossible(given_.turnover, price_.turnover, 0.5);
        impossible(given_.leverage, price_.leverage, 1.0);
        if (given_.risk != price_.risk) impossible(given_.risk, price_.risk, pull_of(i).size);
        if (given_.costs != price_.costs) impossible(given_.costs, price_.costs, steepest(i));
        // Either a price is nothing beside the other terms, or its limit is reached.
        const auto either = [&](double charge, double room) {
            const double of_all = detail::limit_check::ratio(detail::absolute(charge), size);
            const double less = of_all < room ? of_all : room;
            if (!(less <= apart)) apart = less;
        };
        either(price_.budget, total.budget);
        either(0.5 * price_.turnover, total.turnover);
        either(price_.leverage, total.leverage);
        if (total.risk > 0.0) either(price_.risk * pull_of(i).value, total.risk);
        if (total.costs > 0.0) either(price_.costs * steepest(i), total.costs);
        for (std::size_t j = 0; j < mu_.size(); ++j) {
            if (mu_[j] == 0.0) continue;
            const double y = detail::limit_check::usable(mu_[j], p_.row_lower[j], p_.row_upper[j]);
            impossible(mu_[j], y, p_.coefficient(j, i));
            either(y * p_.coefficient(j, i), room_[j]);
        }
        if (missed > c.dual) c.dual = missed;
        if (const double r = detail::limit_check::ratio(missed, size); r > c.relative_dual) c.relative_dual = r;
    }

    // The most that moving the asset within its bounds could earn: −min of −excess·t + γD/2·t² over l − w ≤ t ≤ u − w. Where neither bound nor
    // curvature ends it, an excess that is but the rounding of its terms earns nothing.
    [[nodiscard]] double worth(std::size_t i, const asset_margin& a, double own_part) const noexcept {
        const double excess = a.excess();
        const double curvature = weight_ * own_part * p_.risk.specific[i];
        double t = excess == 0.0 ? 0.0 : excess / curvature;  // infinite without curvature
        if (t > p_.upper[i] - w_[i]) t = p_.upper[i] - w_[i];
        if (t < p_.lower[i] - w_[i]) t = p_.lower[i] - w_[i];
        if (t == 0.0) return 0.0;
        if (!detail::finite(t)) return detail::absolute(excess) <= 0x1p-44 * a.size ? 0.0 : infinity;
        return (excess - 0.5 * curvature * t) * t;
    }

    void add_objective(exact_sum& objective, exact_sum& terms, std::size_t i, const asset_margin& a) const noexcept {
        const double d = w_[i] - p_.benchmark[i];
        const double own = 0.5 * p_.risk_aversion * specific(i) * d * d;
        const double expected = a.expected_return * w_[i];
        const double cost = cost_.cost(i, p_.wealth * (w_[i] - p_.held[i])) / p_.wealth;
        objective.add(own);
        objective.add(-expected);
        objective.add(cost);
        terms.add(own + detail::absolute(expected) + detail::absolute(cost));
        // Where w is all but b and nothing is paid, what is left of the objective is rounding: below so small a part of what its terms are the
        // differences of it is no measure.
        terms.add(0x1p-30 * a.size * (detail::absolute(w_[i]) + detail::absolute(p_.benchmark[i])));
    }

    const program& p_;
    const View& cost_;
    std::span<const double> w_;
    std::span<double> room_;  ///< per row: how far it is from the limit that has the price, relative to its terms
    std::span<const double> mu_{};
    shadow_prices price_{};  ///< what of the given prices the limits can have
    shadow_prices given_{};
    const double* pull_ = nullptr;  ///< ΩFᵀ(w − b); of a dense Σ, Σ(w − b)
    const double* pull_size_ = nullptr;
    double* square_ = nullptr;  ///< n² numbers, where Σ is dense
    std::size_t k_ = 0;
    double weight_ = 0.0;           ///< γ + θ
    double shared_variance_ = 0.0;  ///< that of the factors, or of a dense Σ
    detail::limit_check::sized_risk risk_{};
    v0::fault fault_;
};

/// Checks an answer: `conditions::verify`. Allocates nothing; `scratch` has `verify_room(p)` numbers. O(n·(k + m)), O(n³) of a dense Σ.
template <bound_cost View>
[[nodiscard]] certificate verify(const program& p, const View& cost, std::span<const double> position, const shadow_prices& price,
                                 std::span<double> scratch, double tolerance = 1e-9) noexcept {
    return conditions<View>{p, cost, position, price, scratch}.verify(tolerance);
}

/// By how much prices prove that no w keeps all limits: the least of Σ yⱼ·rⱼ(w) over all w within the bounds, less Σ (yⱼ > 0 ? upperⱼ : lowerⱼ)·yⱼ and
/// less what rounding can make of it. Above 0 it is a proof (see `search_end::infeasible`; Farkas 1902, and Rockafellar 1970, §22, for sums that are
/// not linear); −infinity where a price is one that its limit can not have, where the sum falls for ever, or where the program is none. Bounds that
/// cross are proof enough (infinity), and so are limits that cross, with any price at all. With prices of the tracking error or of the costs nothing
/// is proved: −infinity.
///
/// Where bounds are infinite it takes prices that leave just nothing of an asset, which rounding seldom does: with a `reach` the proof is for
/// all w that are no larger than that. Allocates nothing. O(n·(m + 1)), and with a price of a budget that the costs are paid of, as many times the
/// cost of an asset as it takes to find its least by halving.
template <bound_cost View>
[[nodiscard]] double proves_infeasible(const program& p, const View& cost, const shadow_prices& price,
                                       double reach = std::numeric_limits<double>::infinity()) noexcept {
    return detail::infeasibility<View>{p, cost, price, reach}.margin();
}

}  // namespace ballast::inline v0::solver
