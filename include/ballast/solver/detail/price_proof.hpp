/// What was found, and the proof of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "../../numeric/sum.hpp"
#include "price_run.hpp"

namespace ballast::inline v0::detail {

template <class View>
class price_proof : public price_run<View> {
    using base = price_run<View>;

public:
    using base::base;
    static constexpr double proved = 1e-9;  ///< of relative residuals

    /// Positions, prices and how good they are.
    void certify(solver::program_answer& a) noexcept {
        tell_prices(a, 1.0);
        for (std::size_t i = 0; i < n_; ++i) a.position[i] = m_.position[i];
        solver::certificate& c = a.certificate;
        c.how = search_end::best;
        c.iterations = steps_;
        judge(c);
    }
    /// Prices that prove a conflict, the largest of them ±1.
    void tell_conflict(solver::program_answer& a) noexcept {
        double largest = 0.0;
        for (std::size_t j = 0; j < q_; ++j) largest = larger_of(largest, absolute(m_.price[j]));
        tell_prices(a, largest > 0.0 ? 1.0 / largest : 1.0);
        a.certificate.how = search_end::infeasible;
        a.certificate.iterations = steps_;
    }
    /// How far the answer misses limits other than those that it was found for.
    void judge_by(const solver::program& asked, solver::certificate& c) const noexcept {
        c.primal = c.relative_primal = 0.0;
        for (std::size_t j = 0; j < q_; ++j) {
            const std::uint32_t what = m_.row_of[j];
            const double most = what == budget     ? asked.budget_upper
                                : what == turnover ? asked.turnover
                                : what == leverage ? asked.leverage
                                                   : asked.row_upper[what];
            const double least = what == budget && !asked.costs_inside ? asked.budget_lower
                                 : what < budget                       ? asked.row_lower[what]
                                                                       : -std::numeric_limits<double>::infinity();
            const double a = m_.activity[j];
            const double over = a > most ? a - most : a < least ? least - a : 0.0;
            c.primal = larger_of(c.primal, over);
            if (over > 0.0) c.relative_primal = larger_of(c.relative_primal, over / (m_.size[j] + absolute(a)));
        }
    }
    /// What was found so far, as the best if its conditions hold. Where it misses a limit, as far toward it from what is held as all limits
    /// allow, if what is held keeps them.
    void tell_what_there_is(solver::program_answer& a) noexcept {
        keep_limits();
        certify(a);
        double worst = larger_of(a.certificate.relative_primal, a.certificate.relative_dual);
        for (std::size_t j = 0; j < q_; ++j)
            if (const double y = m_.price[j]; y != 0.0)
                worst = larger_of(worst, absolute(m_.activity[j] - m_.range[j].side(y > 0.0 ? 1 : -1)) / m_.size[j]);
        if (!(worst <= proved)) a.certificate.how = search_end::stopped;
    }

private:
    using base::bending;
    using base::budget;
    using base::change_nothing;
    using base::cost;
    using base::larger_of;
    using base::leverage;
    using base::linear;
    using base::m_;
    using base::measure;
    using base::missed;
    using base::n_;
    using base::own_curvature;
    using base::p_;
    using base::price_of;
    using base::pulls_of;
    using base::q_;
    using base::row;
    using base::shared;
    using base::size_;
    using base::slopes_there;
    using base::steps_;
    using base::tell_prices;
    using base::told_;
    using base::told_by_prices;
    using base::turnover;
    using base::view_;
    using base::within;
    using base::wrong_by;

    /// The conditions at the answer, with the slopes of the risk as they are there.
    void judge(solver::certificate& c) noexcept {
        exact_sum objective, gap;
        bool bounded = true;
        const auto could_be_better = [&](double by) {
            if (finite(by))
                gap.add(by);
            else
                bounded = false;
        };
        double size = 0.0;
        objective.add(shared([](auto& risk) { return risk.belonging(); }));
        size += told_ * size_;
        pulls_of(m_.next_factor.data(), m_.price.data(), m_.turn.data(), true);
        change_nothing();
        const bending_prices b = bending(0.0);
        double largest = 0.0;
        for (std::size_t i = 0; i < n_; ++i) {
            const double w = m_.position[i], held = p_.held[i], x = w - held, off = w - p_.benchmark[i];
            const double own = own_curvature(i);
            const double pull = m_.turn[i] - own * off;
            const slope_interval s = slopes_there(i, b);
            const double wrong = wrong_by(i, pull, s);
            const double paid = cost(i, x);
            const double alpha = p_.alpha(i), gain = alpha * w;
            objective.add(0.5 * own * off * off);
            objective.add(paid);
            objective.add(-gain);
            size += 0.5 * own * (w * w + p_.benchmark[i] * p_.benchmark[i]) + absolute(paid) + absolute(gain);
            const double terms = absolute(alpha) + absolute(m_.turn[i] - alpha) + own * (absolute(w) + absolute(p_.benchmark[i])) +
                                 larger_of(absolute(s.low), absolute(s.high));
            largest = larger_of(largest, terms);
            m_.trial[i] = wrong;
            m_.trial_weight[i] = terms;
            c.dual = larger_of(c.dual, wrong);
            if (wrong > 0.0) {
                const double range = m_.upper[i] - m_.lower[i];
                const double bent = shared([&](const auto& risk) { return risk.proved_curvature(i); });
                const double by_curvature = bent > 0.0 ? wrong / (2.0 * bent) : range;
                could_be_better(wrong * (by_curvature < range ? by_curvature : range));
            }
        }
        for (std::size_t j = 0; j < q_; ++j) {
            const double a = m_.activity[j], y = m_.price[j];
            const double over = missed(j);
            c.primal = larger_of(c.primal, over);
            const double of = m_.size[j] + absolute(a);
            if (over > 0.0) c.relative_primal = larger_of(c.relative_primal, over / of);
            if (y == 0.0) continue;
            const double room = absolute((y > 0.0 ? m_.range[j].upper : m_.range[j].lower) - a);
            c.complementarity = larger_of(c.complementarity, absolute(y) * room);
            could_be_better(absolute(y) * room);
            size += absolute(y) * of;
        }
        c.objective = objective.value();
        c.gap = bounded ? gap.value() : std::numeric_limits<double>::infinity();
        c.relative_gap = c.gap > 0.0 ? c.gap / size : 0.0;
        // Of an asset with next to no terms, the digits of the prices that all share.
        const auto relative = [&] {
            double most = 0.0;
            for (std::size_t i = 0; i < n_; ++i)
                if (m_.trial[i] > 0.0) most = larger_of(most, m_.trial[i] / larger_of(m_.trial_weight[i], 0x1p-10 * largest));
            return most;
        };
        c.relative_dual = c.dual > 0.0 ? relative() : 0.0;
        if (!(c.relative_dual > 1e-10)) return;
        for (std::size_t i = 0; i < n_; ++i) largest = larger_of(largest, m_.trial_weight[i] += uncancelled(i));
        c.relative_dual = relative();
    }
    /// The sizes of what the risk that all share and the limits tell an asset, with all terms of one sign.
    [[nodiscard]] double uncancelled(std::size_t i) const noexcept {
        double sum = shared([&](const auto& risk) { return risk.uncancelled(i, size_); });
        for (std::size_t j = 0; j < q_; ++j)
            sum += absolute(m_.price[j] * (m_.row_of[j] < budget ? row(j)[i] : m_.row_of[j] == turnover ? 0.5 : 1.0));
        return sum;
    }
    void keep_limits() noexcept {
        (void)measure();
        if (limits_kept()) return;
        double* const found = m_.near_to.data();  // the search is over
        for (std::size_t i = 0; i < n_; ++i) found[i] = m_.position[i];
        const auto at = [&](double part) {
            for (std::size_t i = 0; i < n_; ++i) {
                const double held = within(i, p_.held[i]);
                m_.position[i] = part == 0.0 ? held : held + part * (found[i] - held);
            }
            (void)measure();
            return limits_kept();
        };
        if (!at(0.0)) {
            (void)at(1.0);
            return;
        }
        double low = 0.0, high = 1.0;
        for (int times = 0; times < 48; ++times) (at(0.5 * (low + high)) ? low : high) = 0.5 * (low + high);
        (void)at(low);
    }
    [[nodiscard]] bool limits_kept() const noexcept {
        for (std::size_t j = 0; j < q_; ++j)
            if (missed(j) > 1e-12 * (m_.size[j] + absolute(m_.activity[j]))) return false;
        return true;
    }
};

}  // namespace ballast::inline v0::detail
