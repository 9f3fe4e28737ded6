/// Prices as a proof that the limits of a program contradict each other.
#pragma once

#include <cstddef>
#include <limits>

#include "../../core/arithmetic.hpp"
#include "../../cost/concept.hpp"
#include "../../numeric/sum.hpp"
#include "../program.hpp"
#include "check_program.hpp"
#include "limit_check.hpp"

namespace ballast::inline v0::detail {

/// min over the bounds of Σ yⱼ·rⱼ(w), asset by asset, against Σ σⱼ(yⱼ).
template <bound_cost View>
class infeasibility {
public:
    infeasibility(const solver::program& p, const View& cost, const solver::shadow_prices& y, double reach) noexcept
        : p_{p},
          cost_{cost},
          y_{y},
          reach_{reach},
          paid_{p.costs_inside ? y.budget : 0.0} {}

    [[nodiscard]] double margin() noexcept {
        if (check_program(p_) || y_.row.size() != p_.row_count() || limit_check::check_prices(y_) || !(reach_ >= 0.0)) return -infinity;
        if (first_crossed(p_) != no_index) return infinity;
        if (const double crossed = limits_cross(); crossed > 0.0) return crossed;
        if (!limits()) return -infinity;
        for (std::size_t i = 0; i < p_.assets(); ++i)
            if (!asset(i)) return -infinity;
        if (out_of_reach_) return infinity;
        return sum_.value() - 0x1p-53 * slack_;
    }

private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();

    // What one asset adds, as a function of its w: charge·w + τ/2·|w − h| + λ·|w| + paid·φ.
    struct share {
        const infeasibility& of;
        std::size_t i;
        double charge;
        double charge_size;

        [[nodiscard]] double held() const noexcept { return of.p_.held[i]; }
        [[nodiscard]] double rate() const noexcept { return 0.5 * of.y_.turnover + of.y_.leverage; }
        [[nodiscard]] double value(double w) const noexcept {
            double v = charge * w + 0.5 * of.y_.turnover * absolute(w - held()) + of.y_.leverage * absolute(w);
            if (of.paid_ > 0.0) v += of.paid_ * of.cost_.cost(i, of.p_.wealth * (w - held())) / of.p_.wealth;
            return v;
        }
        // What rounding may have made of that, in units of 2^-53.
        [[nodiscard]] double slack(double w) const noexcept {
            const double terms = static_cast<double>(of.p_.row_count() + 8);
            double v = terms * charge_size * absolute(w) + 8.0 * rate() * (absolute(w) + absolute(held()));
            if (of.paid_ > 0.0) v += 64.0 * of.paid_ * absolute(of.cost_.cost(i, of.p_.wealth * (w - held()))) / of.p_.wealth;
            return v;
        }
        [[nodiscard]] slope_interval slopes(double w) const noexcept {
            const double x = w - held();
            slope_interval s{charge, charge};
            s.low += x > 0.0 ? 0.5 * of.y_.turnover : -0.5 * of.y_.turnover;
            s.high += x < 0.0 ? -0.5 * of.y_.turnover : 0.5 * of.y_.turnover;
            s.low += w > 0.0 ? of.y_.leverage : -of.y_.leverage;
            s.high += w < 0.0 ? -of.y_.leverage : of.y_.leverage;
            if (of.paid_ > 0.0) {
                const slope_interval of_cost = of.cost_.marginal(i, of.p_.wealth * x);
                s.low += of.paid_ * of_cost.low;
                s.high += of.paid_ * of_cost.high;
            }
            return s;
        }
    };

    [[nodiscard]] double limits_cross() const noexcept {
        double most = p_.budget_lower > p_.budget_upper ? absolute(y_.budget) * (p_.budget_lower - p_.budget_upper) : 0.0;
        for (std::size_t j = 0; j < p_.row_count(); ++j) {
            const double by = absolute(y_.row[j]) * (p_.row_lower[j] - p_.row_upper[j]);
            if (by > most) most = by;
        }
        return most;
    }

    // −Σ σⱼ(yⱼ); false where a price is one that its limit can not have.
    [[nodiscard]] bool limits() noexcept {
        const auto one = [&](double y, double lower, double upper) {
            if (y == 0.0) return true;
            if (limit_check::usable(y, lower, upper) == 0.0) return false;
            const double term = y * (y > 0.0 ? upper : lower);
            add(-term, 2.0 * absolute(term));
            return true;
        };
        if (!one(y_.budget, p_.costs_inside ? -infinity : p_.budget_lower, p_.budget_upper)) return false;
        if (y_.risk != 0.0 || y_.costs != 0.0) return false;
        if (!one(y_.turnover, -infinity, p_.turnover) || !one(y_.leverage, -infinity, p_.leverage)) return false;
        for (std::size_t j = 0; j < p_.row_count(); ++j)
            if (!one(y_.row[j], p_.row_lower[j], p_.row_upper[j])) return false;
        return true;
    }

    [[nodiscard]] bool asset(std::size_t i) noexcept {
        share s{*this, i, y_.budget, absolute(y_.budget)};
        for (std::size_t j = 0; j < p_.row_count(); ++j) {
            if (y_.row[j] == 0.0) continue;
            const double term = y_.row[j] * p_.coefficient(j, i);
            s.charge += term;
            s.charge_size += absolute(term);
        }
        const double lower = p_.lower[i] > -reach_ ? p_.lower[i] : -reach_;
        const double upper = p_.upper[i] < reach_ ? p_.upper[i] : reach_;
        if (lower > upper) {  // nothing of it is within reach
            out_of_reach_ = true;
            return true;
        }
        if (s.charge == 0.0 && s.rate() == 0.0 && !(paid_ > 0.0)) return true;
        return paid_ > 0.0 ? least_curved(s, lower, upper) : least_linear(s, lower, upper);
    }

    // Piecewise linear: least at a bound, where it is held, or at 0.
    [[nodiscard]] bool least_linear(const share& s, double lower, double upper) noexcept {
        if (upper == infinity && s.charge + s.rate() < 0.0) return false;
        if (lower == -infinity && s.charge - s.rate() > 0.0) return false;
        double least = infinity;
        double slack = 0.0;
        for (const double w : {lower, upper, s.held(), 0.0}) {
            if (!finite(w) || w < lower || w > upper) continue;
            const double v = s.value(w);
            if (v < least) least = v;
            if (const double of_w = s.slack(w); of_w > slack) slack = of_w;
        }
        add(least, slack);
        return true;
    }

    // Any convex sum: between two points at which its slopes point at each other, halved until nothing lies between. Tangents at both bound it.
    [[nodiscard]] bool least_curved(const share& s, double lower, double upper) noexcept {
        const auto nearest = [&](double w) { return w < lower ? lower : w > upper ? upper : w; };
        for (const double w : {nearest(s.held()), nearest(0.0)}) {
            const slope_interval here = s.slopes(w);
            if ((here.low <= 0.0 || w == lower) && (here.high >= 0.0 || w == upper)) return found(s, w);
        }
        const double from = nearest(s.held());
        const bool rising = s.slopes(from).high < 0.0;  // the least lies above
        const double bound = rising ? upper : lower;
        double a = from;
        double b = bound;
        if (!finite(bound)) {
            double step = 1.0 + absolute(from);
            const auto beyond = [&](double w) { return rising ? s.slopes(w).low >= 0.0 : s.slopes(w).high <= 0.0; };
            for (b = from + (rising ? step : -step); !beyond(b); b = from + (rising ? step : -step)) {
                step *= 2.0;
                if (!(step < 0x1p900)) return false;
            }
        } else if (rising ? s.slopes(b).low <= 0.0 : s.slopes(b).high >= 0.0) {
            return found(s, b);
        }
        if (a > b) {
            const double swap = a;
            a = b;
            b = swap;
        }
        for (double w = 0.5 * a + 0.5 * b; w > a && w < b; w = 0.5 * a + 0.5 * b) {
            const slope_interval here = s.slopes(w);
            if (here.low <= 0.0 && here.high >= 0.0) return found(s, w);
            (here.high < 0.0 ? a : b) = w;
            if (!(here.low == here.low) || !(here.high == here.high)) return false;
        }
        const double after_a = s.value(a) + s.slopes(a).high * (b - a);
        const double before_b = s.value(b) - s.slopes(b).low * (b - a);
        const double slack_a = s.slack(a);
        const double slack_b = s.slack(b);
        add(after_a > before_b ? after_a : before_b, slack_a > slack_b ? slack_a : slack_b);
        return true;
    }
    [[nodiscard]] bool found(const share& s, double w) noexcept {
        add(s.value(w), s.slack(w));
        return true;
    }

    void add(double term, double slack) noexcept {
        sum_.add(term);
        slack_ += slack + absolute(term);
    }

    const solver::program& p_;
    const View& cost_;
    const solver::shadow_prices& y_;
    double reach_;
    double paid_;  ///< the price of the costs
    exact_sum sum_{};
    double slack_ = 0.0;  ///< in units of 2^-53
    bool out_of_reach_ = false;
};

}  // namespace ballast::inline v0::detail
