/// The search for the few prices at which all assets' answers agree.
///
/// With Ω = UᵀU and z = U·Fᵀ(w − b), the risk of the factors is γ/2·|z|². Told prices t of the z, ν of the budget, μ of the rows, τ of turnover, λ of leverage, each
/// asset answers alone: it minimises its own curvature, costs and bounds against its pull α − fᵀUᵀt − ν − aᵀμ. What they are worth
/// together, the dual q, is concave in the prices, with the slopes z(w) − t/γ and (activity of a limit − its limit), and is made of pieces of
/// parabolas where costs are linear on both sides. It is largest where the answers agree: at the best w.
///
/// Newton's method on that (semismooth: Qi and Sun 1993): the matrix I/γ + Σ c·cᵀ/κ over the assets that are on no kink, one Gram product; kinks of q at
/// prices of 0 inside the step (kinked_step.hpp); then as far along the step as q rises, where steps by themselves would go in circles. Two
/// to six steps at any number of assets. Assets whose own curvature is next to nothing are held near to where they are, and let go round by round
/// (Rockafellar 1976, the proximal point algorithm).
///
/// What is found is reckoned once more from the pieces alone, in the order of the assets, so that it does not depend on where the search began.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "../../numeric/cholesky.hpp"
#include "../../numeric/octet.hpp"
#include "../../numeric/sum.hpp"
#include "asset_answer.hpp"
#include "price_memory.hpp"

namespace ballast::inline v0::detail {

/// y = Fx (added to y), x = Fᵀy of n × k loadings row by row. x has room for `gram_stride(k)`, and zeros from k on.
/// @{
inline void add_loadings(const double* loadings, std::size_t n, std::size_t k, const double* x, double* y) noexcept {
    for (std::size_t i = 0; i < n; ++i) y[i] += dot(loadings + i * k, x, k);
}
inline void sum_loadings(const double* loadings, std::size_t n, std::size_t k, const double* y, double* x) noexcept {
    for (std::size_t a = 0; a < k; ++a) x[a] = 0.0;
    for (std::size_t i = 0; i < n; ++i)
        if (y[i] != 0.0) add_multiple(x, loadings + i * k, y[i], k);
}
/// @}

/// Limits that are no rows, as these are numbered.
inline constexpr std::uint32_t budget_limit = 0xfffffffd, turnover_limit = 0xfffffffe, leverage_limit = 0xffffffff;

template <class View>
class price_run {
public:
    price_run(const solver::program& p, const View& view, price_memory& m) noexcept
        : p_{p},
          view_{view},
          m_{m},
          n_{p.assets()},
          k_{p.risk.layout == risk_layout::factor && p.risk_aversion > 0.0 ? p.risk.factors() : 0} {}

    /// Lays everything out. False where Ω is no covariance matrix.
    [[nodiscard]] bool lay_out() noexcept {
        list_limits();
        stride_ = gram_stride(k_ + q_);
        if (!take_root()) return false;
        take_assets();
        sum_into(p_.benchmark.data(), m_.benchmark_exposure.data());
        return true;
    }
    /// Limits that give way to their prices, and own curvature alone: what is found misses them least.
    void give_way() noexcept {
        for (std::size_t j = 0; j < q_; ++j) m_.give[j] = 1e-9 * m_.typical[j];
    }

    /// From where it was told to begin. False where it stopped early.
    [[nodiscard]] bool search(int allowed) noexcept {
        for (int round = 0;; ++round) {
            if (!settle(allowed)) return false;
            if (!near_) return true;
            if (let_go() || round == 60) return true;
        }
    }
    [[nodiscard]] int steps() const noexcept { return steps_; }

    /// Begins where factors and limits have no price: nearer to the end than the prices at which nobody would trade.
    void begin_cold() noexcept {
        for (std::size_t a = 0; a < k_; ++a) m_.factor[a] = 0.0;
        for (std::size_t j = 0; j < q_; ++j) m_.price[j] = 0.0;
    }
    /// Begins with given prices, of the factors as they come out of an answer, of limits by `of(j)`.
    template <class Of>
    void begin_warm(const double* factor_prices, Of&& of) noexcept {
        for (std::size_t j = 0; j < q_; ++j) {
            const double y = of(j);
            const limit_range& r = m_.range[j];
            m_.price[j] = (y > 0.0 && !finite(r.upper)) || (y < 0.0 && !finite(r.lower)) ? 0.0 : y;
        }
        // Uᵀt = π: rows of U from the first on.
        for (std::size_t a = 0; a < k_; ++a) m_.factor[a] = factor_prices[a];
        solve_transposed(m_.root.data(), k_, root_stride(), k_, m_.factor.data());
    }

    // ---- what was found ----

    [[nodiscard]] const double* position() const noexcept { return m_.position.data(); }
    [[nodiscard]] std::size_t limits() const noexcept { return q_; }
    /// Rows from 0 on; then budget, turnover and leverage.
    [[nodiscard]] std::uint32_t limit(std::size_t j) const noexcept { return m_.row_of[j]; }
    [[nodiscard]] double price(std::size_t j) const noexcept { return m_.price[j]; }
    [[nodiscard]] const limit_range& range(std::size_t j) const noexcept { return m_.range[j]; }
    [[nodiscard]] double activity(std::size_t j) const noexcept { return m_.activity[j]; }
    [[nodiscard]] double missed(std::size_t j) const noexcept {
        const double a = m_.activity[j];
        return a > m_.range[j].upper ? a - m_.range[j].upper : a < m_.range[j].lower ? m_.range[j].lower - a : 0.0;
    }
    /// Whether the prices of the limits prove that these contradict each other.
    [[nodiscard]] bool proves_conflict() noexcept {
        exact_sum margin;
        double sizes = 0.0;
        bool any = false;
        for (std::size_t j = 0; j < q_; ++j) {
            const double y = m_.price[j];
            if (y == 0.0) continue;
            any = true;
            const double term = -y * (y > 0.0 ? m_.range[j].upper : m_.range[j].lower);
            margin.add(term);
            sizes += absolute(term);
        }
        if (!any) return false;
        double* const slope = m_.turn.data();
        const double nu = price_of(budget), tau = 0.5 * price_of(turnover), lambda = price_of(leverage);
        for (std::size_t i = 0; i < n_; ++i) slope[i] = nu;
        for (std::size_t j = 0; j < q_; ++j)
            if (m_.row_of[j] < budget && m_.price[j] != 0.0) add_multiple(slope, row(j), m_.price[j], n_);
        const double inside = p_.costs_inside ? nu : 0.0;
        for (std::size_t i = 0; i < n_; ++i) {
            double least = std::numeric_limits<double>::infinity(), size = 0.0;
            const auto ask = [&](double w) {
                if (!(w >= m_.lower[i] && w <= m_.upper[i])) return;
                if (!finite(w)) {
                    // Straight on for ever: what is left of the slopes out there has to bring it back.
                    const double outward = w > 0.0 ? slope[i] : -slope[i];
                    const double drag = tau + lambda + (inside > 0.0 ? inside * far_rate(i, w > 0.0) : 0.0);
                    if (outward + drag < 0.0) least = -std::numeric_limits<double>::infinity();
                    return;
                }
                const double x = w - p_.held[i];
                const double parts[] = {slope[i] * w, tau * absolute(x), lambda * absolute(w), inside > 0.0 ? inside * cost(i, x) : 0.0};
                double sum = 0.0, all = 0.0;
                for (const double part : parts) {
                    sum += part;
                    all += absolute(part);
                }
                if (sum < least) least = sum;
                if (all > size) size = all;
            };
            ask(m_.lower[i]);
            ask(m_.upper[i]);
            if (tau > 0.0 || inside > 0.0) ask(p_.held[i]);
            if (lambda > 0.0) ask(0.0);
            if constexpr (!linear)
                if (inside > 0.0) {
                    const bending_prices only{inside, tau, lambda};
                    ask(bent_answer(view_, i, p_.wealth, only, -slope[i], 0.0, p_.held[i], p_.held[i], m_.lower[i], m_.upper[i]).position);
                }
            if (least == std::numeric_limits<double>::infinity()) least = 0.0;  // free on both sides, and told nothing
            if (!finite(least)) return false;
            margin.add(least);
            sizes += size;
        }
        return margin.value() > 1e-12 * sizes;
    }

    /// Positions, prices and how good they are.
    void certify(solver::program_answer& a) noexcept {
        tell_prices(a, 1.0);
        for (std::size_t i = 0; i < n_; ++i) a.position[i] = m_.position[i];
        solver::certificate& c = a.certificate;
        c.how = solver::ending::solved;
        c.iterations = steps_;
        judge(c);
    }
    /// Prices that prove a conflict, the largest of them ±1.
    void tell_conflict(solver::program_answer& a) noexcept {
        double largest = 0.0;
        for (std::size_t j = 0; j < q_; ++j) largest = larger_of(largest, absolute(m_.price[j]));
        tell_prices(a, largest > 0.0 ? 1.0 / largest : 1.0);
        a.certificate.how = solver::ending::infeasible;
        a.certificate.iterations = steps_;
    }
    void tell_stopped(solver::program_answer& a) noexcept {
        certify(a);
        a.certificate.how = solver::ending::stopped;
    }

private:
    static constexpr bool linear = linear_bound_cost<View>;
    static constexpr std::uint32_t budget = budget_limit, turnover = turnover_limit, leverage = leverage_limit;

    void tell_prices(solver::program_answer& a, double scale) noexcept {
        a.price.budget = a.price.turnover = a.price.leverage = 0.0;
        for (double& y : a.price.row) y = 0.0;
        for (std::size_t j = 0; j < q_; ++j) {
            const double y = scale * m_.price[j];
            switch (m_.row_of[j]) {
                case budget: a.price.budget = y; break;
                case turnover: a.price.turnover = y; break;
                case leverage: a.price.leverage = y; break;
                default: a.price.row[m_.row_of[j]] = y;
            }
        }
        root_transposed_times(m_.factor.data(), m_.pulled.data());
        for (std::size_t f = 0; f < a.factor_price.size(); ++f) a.factor_price[f] = f < k_ ? scale * m_.pulled[f] : 0.0;
    }
    /// The conditions at the answer, with the slopes of the risk as they are there.
    void judge(solver::certificate& c) noexcept {
        root_times(m_.exposure.data(), m_.gradient.data());
        double* const told = m_.next_factor.data();
        exact_sum objective, gap;
        double size = 0.0;
        for (std::size_t a = 0; a < k_; ++a) {
            told[a] = p_.risk_aversion * m_.gradient[a];
            objective.add(0.5 * told[a] * m_.gradient[a]);
        }
        size += told_ * size_;
        pulls_of(told, m_.price.data(), m_.turn.data(), true);
        for (std::size_t j = 0; j < q_; ++j) m_.change[j] = 0.0;
        const bending_prices b = bending(0.0);
        double largest = told_;
        for (std::size_t i = 0; i < n_; ++i) {
            const double w = m_.position[i], held = p_.held[i], x = w - held, off = w - p_.benchmark[i];
            const double own = m_.curvature[i] - m_.nearness[i];
            const double pull = m_.turn[i] - own * off;
            const slope_interval s = slopes_at(i, x);
            double low = b.cost * s.low, high = b.cost * s.high;
            if (b.half_turnover > 0.0) {
                low += x > 0.0 ? b.half_turnover : -b.half_turnover;
                high += x < 0.0 ? -b.half_turnover : b.half_turnover;
            }
            if (b.leverage > 0.0) {
                low += w > 0.0 ? b.leverage : -b.leverage;
                high += w < 0.0 ? -b.leverage : b.leverage;
            }
            // Beyond a bound only one direction is left.
            double missed = 0.0;
            if (pull > high && w < m_.upper[i]) missed = pull - high;
            if (pull < low && w > m_.lower[i]) missed = low - pull;
            const double paid = cost(i, x);
            const double gain = p_.alpha(i) * w;
            objective.add(0.5 * own * off * off);
            objective.add(paid);
            objective.add(-gain);
            size += 0.5 * own * (w * w + p_.benchmark[i] * p_.benchmark[i]) + absolute(paid) + absolute(gain);
            largest = larger_of(largest, absolute(m_.turn[i]) + own * (absolute(w) + absolute(p_.benchmark[i])) +
                                             larger_of(absolute(low), absolute(high)));
            c.dual = larger_of(c.dual, missed);
            if (missed > 0.0) {
                const double range = m_.upper[i] - m_.lower[i];
                const double by_curvature = own > 0.0 ? missed / (2.0 * own) : range;
                gap.add(missed * (by_curvature < range ? by_curvature : range));
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
            gap.add(absolute(y) * room);
            size += absolute(y) * of;
        }
        c.objective = objective.value();
        c.gap = gap.value();
        c.relative_gap = c.gap > 0.0 ? c.gap / size : 0.0;
        c.relative_dual = c.dual > 0.0 ? c.dual / largest : 0.0;
    }
    [[nodiscard]] slope_interval slopes_at(std::size_t i, double x) const noexcept {
        if constexpr (linear) {
            return {x > 0.0 ? m_.buy[i] : -m_.sell[i], x < 0.0 ? -m_.sell[i] : m_.buy[i]};
        } else {
            // As far as a position can be told from its neighbours.
            const double least = 0x1p-51 * (absolute(p_.held[i] + x) + absolute(p_.held[i]));
            return {view_.marginal(i, p_.wealth * (x - least)).low, view_.marginal(i, p_.wealth * (x + least)).high};
        }
    }

    // ---- laying out ----

    void list_limits() noexcept {
        q_ = 0;
        const auto add = [&](std::uint32_t what, double lower, double upper) {
            if (!finite(lower) && !finite(upper)) return;
            m_.row_of[q_] = what;
            m_.range[q_] = {lower, upper};
            m_.give[q_] = m_.anchor[q_] = 0.0;
            ++q_;
        };
        add(budget, p_.costs_inside ? -std::numeric_limits<double>::infinity() : p_.budget_lower, p_.budget_upper);
        for (std::size_t j = 0; j < p_.row_count(); ++j) add(static_cast<std::uint32_t>(j), p_.row_lower[j], p_.row_upper[j]);
        add(turnover, -std::numeric_limits<double>::infinity(), p_.turnover);
        add(leverage, -std::numeric_limits<double>::infinity(), p_.leverage);
    }
    [[nodiscard]] std::size_t root_stride() const noexcept { return gram_stride(k_); }
    /// U of Ω = UᵀU. Where rounding made a singular Ω worse than singular, of one that is larger by that much. False where it is no covariance
    /// matrix.
    [[nodiscard]] bool take_root() noexcept {
        const std::size_t s = root_stride();
        for (const double more : {0.0, 1e-13, 1e-12}) {
            diagonal_root_ = true;
            std::size_t without = 0;
            for (std::size_t a = 0; a < k_; ++a) {
                const double* const from = p_.risk.factor_covariance.data() + a * k_;
                m_.diagonal[a] = from[a];
                without += from[a] == 0.0 ? 1 : 0;
                for (std::size_t b = 0; b < s; ++b) {
                    m_.root[a * s + b] = b < k_ ? from[b] : 0.0;
                    if (a != b && b < k_ && from[b] != 0.0) diagonal_root_ = false;
                    // What does not move goes with nothing.
                    if (a != b && b < k_ && from[a] == 0.0 && from[b] != 0.0) return false;
                }
                m_.root[a * s + a] *= 1.0 + more;
            }
            if (cholesky(m_.root.data(), k_, s, k_, 1e-14, m_.diagonal.data()) == without) return true;
        }
        return false;
    }
    void take_assets() noexcept {
        const double gamma = p_.risk_aversion;
        const bool has_specific = p_.risk.layout != risk_layout::none;
        size_ = 0.0;
        told_ = 0.0;
        double most = 0.0;
        for (std::size_t i = 0; i < n_; ++i) {
            const double held = absolute(p_.held[i]), aim = absolute(p_.benchmark[i]);
            m_.curvature[i] = has_specific ? gamma * p_.risk.specific[i] : 0.0;
            m_.lower[i] = p_.lower[i];
            m_.upper[i] = p_.upper[i];
            size_ += held + aim;
            told_ = larger_of(told_, m_.curvature[i] * (held + aim));
            told_ = larger_of(told_, absolute(p_.alpha(i)));
            most = larger_of(most, m_.curvature[i]);
            if constexpr (linear) {
                const linear_cost c = view_.linear(i);
                m_.buy[i] = c.buy;
                m_.sell[i] = c.sell;
                told_ = larger_of(told_, larger_of(absolute(c.buy), absolute(c.sell)));
            } else {
                const slope_interval s = view_.marginal(i, 0.0);
                told_ = larger_of(told_, larger_of(absolute(s.low), absolute(s.high)));
            }
            m_.piece_in_gram[i] = 0;
            m_.in_gram[i] = 0.0;
        }
        find_factor_scale();
        for (std::size_t a = 0; a < k_; ++a) {
            const double f = m_.factor_scale[a];
            told_ = larger_of(told_, gamma * f * f * size_);
            most = larger_of(most, gamma * f * f);
        }
        // A curvature that moves an asset by about the whole of the book for what it is told.
        const double usual = told_ > 0.0 && size_ > 0.0 ? told_ / size_ : most > 0.0 ? most : 1.0;
        near_ = false;
        loosest_ = 1e-8 * usual;
        for (std::size_t i = 0; i < n_; ++i) {
            m_.nearness[i] = m_.curvature[i] < 1e-6 * usual ? 1e-2 * usual : 0.0;
            near_ = near_ || m_.nearness[i] > 0.0;
            m_.near_to[i] = within(i, m_.curvature[i] > 0.0 ? p_.benchmark[i] : p_.held[i]);
            m_.curvature[i] += m_.nearness[i];
            m_.inverse[i] = 1.0 / m_.curvature[i];
        }
        centre_again();
        for (std::size_t j = 0; j < q_; ++j) {
            m_.size[j] = 0.0;
            for (std::size_t i = 0; i < n_; ++i) m_.size[j] += steering(j, i) * (absolute(p_.held[i]) + absolute(p_.benchmark[i]));
        }
        find_typical();
    }
    /// The largest |z| that a position of 1 can have.
    void find_factor_scale() noexcept {
        for (std::size_t a = 0; a < k_; ++a) m_.exposure[a] = 0.0;
        for (std::size_t i = 0; i < n_; ++i)
            for (std::size_t a = 0; a < k_; ++a) m_.exposure[a] = larger_of(m_.exposure[a], absolute(p_.risk.loadings[i * k_ + a]));
        for (std::size_t a = 0; a < k_; ++a) {
            m_.factor_scale[a] = 0.0;
            for (std::size_t b = a; b < k_; ++b) m_.factor_scale[a] += absolute(m_.root[a * root_stride() + b]) * m_.exposure[b];
        }
    }
    /// By how much of an asset a limit is filled, without a sign.
    [[nodiscard]] double steering(std::size_t j, std::size_t i) const noexcept {
        return m_.row_of[j] < budget ? absolute(row(j)[i]) : m_.row_of[j] == turnover ? 0.5 : 1.0;
    }
    /// What one asset would make of a price.
    void find_typical() noexcept {
        double most_inverse = 0.0;
        for (std::size_t i = 0; i < n_; ++i) most_inverse = larger_of(most_inverse, m_.inverse[i]);
        const double count = static_cast<double>(n_ > 0 ? n_ : 1);
        for (std::size_t j = 0; j < q_; ++j) {
            double sum = 0.0, most = 0.0;
            for (std::size_t i = 0; i < n_; ++i) {
                if (!(m_.lower[i] < m_.upper[i])) continue;
                const double c = steering(j, i);
                sum += c * c * m_.inverse[i];
                most = larger_of(most, c);
            }
            m_.typical[j] = sum > 0.0 ? sum / count : most > 0.0 ? most * most * most_inverse : most_inverse;
            if (!(m_.typical[j] > 0.0)) m_.typical[j] = 1.0;
        }
    }
    /// c = (γD·b + ρ·ŵ)/κ
    void centre_again() noexcept {
        for (std::size_t i = 0; i < n_; ++i)
            m_.centre[i] = m_.nearness[i] == 0.0 ? p_.benchmark[i]
                                                 : p_.benchmark[i] + (m_.nearness[i] * m_.inverse[i]) * (m_.near_to[i] - p_.benchmark[i]);
    }
    /// Whether what was found is where the proximal terms hold it anyway; otherwise they go there, and hold it less.
    [[nodiscard]] bool let_go() noexcept {
        double moved = 0.0;
        for (std::size_t i = 0; i < n_; ++i) {
            moved = larger_of(moved, m_.nearness[i] * absolute(m_.position[i] - m_.near_to[i]));
            m_.near_to[i] = m_.position[i];
        }
        if (moved <= 1e-15 * told_) return true;
        for (std::size_t i = 0; i < n_; ++i) {
            if (!(m_.nearness[i] > loosest_)) continue;
            m_.curvature[i] -= m_.nearness[i];
            m_.nearness[i] = larger_of(0.1 * m_.nearness[i], loosest_);
            m_.curvature[i] += m_.nearness[i];
            m_.inverse[i] = 1.0 / m_.curvature[i];
        }
        gram_made_ = false;
        find_typical();
        centre_again();
        return false;
    }

    // ---- small things ----

    [[nodiscard]] static double larger_of(double a, double b) noexcept { return a > b ? a : b; }
    [[nodiscard]] double within(std::size_t i, double w) const noexcept {
        const double at_least = w < m_.lower[i] ? m_.lower[i] : w;
        return at_least > m_.upper[i] ? m_.upper[i] : at_least;
    }
    [[nodiscard]] const double* row(std::size_t j) const noexcept { return p_.rows.data() + m_.row_of[j] * n_; }
    [[nodiscard]] double price_of(std::uint32_t what) const noexcept {
        for (std::size_t j = 0; j < q_; ++j)
            if (m_.row_of[j] == what) return m_.price[j];
        return 0.0;
    }
    [[nodiscard]] double cost(std::size_t i, double x) const noexcept {
        if constexpr (linear)
            return x > 0.0 ? m_.buy[i] * x : -m_.sell[i] * x;
        else
            return x == 0.0 ? 0.0 : view_.cost(i, p_.wealth * x) / p_.wealth;
    }
    /// The slope of the costs far out, as an amount.
    [[nodiscard]] double far_rate(std::size_t i, bool bought) const noexcept {
        if constexpr (linear) return bought ? m_.buy[i] : m_.sell[i];
        const slope_interval s = view_.marginal(i, bought ? 1e200 : -1e200);
        return bought ? s.high : -s.low;
    }
    [[nodiscard]] double cost_slope(std::size_t i, double w, std::int8_t piece) const noexcept {
        if constexpr (linear) {
            (void)w;
            return (piece & 2) != 0 ? m_.buy[i] : -m_.sell[i];
        } else {
            (void)piece;
            const slope_interval s = view_.marginal(i, p_.wealth * (w - p_.held[i]));
            return 0.5 * (s.low + s.high);
        }
    }
    void sum_into(const double* off, double* exposure) noexcept {
        if (k_ > 0) sum_loadings(p_.risk.loadings.data(), n_, k_, off, exposure);
    }
    /// U·e
    void root_times(const double* e, double* z) const noexcept {
        const std::size_t s = root_stride();
        for (std::size_t a = 0; a < k_; ++a) z[a] = dot(m_.root.data() + a * s + a, e + a, k_ - a);
    }
    /// Uᵀ·t
    void root_transposed_times(const double* t, double* x) const noexcept {
        const std::size_t s = root_stride();
        for (std::size_t a = 0; a < s; ++a) x[a] = 0.0;
        for (std::size_t a = 0; a < k_; ++a) add_multiple(x + a, m_.root.data() + a * s + a, t[a], k_ - a);
    }
    /// out = start − (what prices of factors and limits take off every asset)
    void pulls_of(const double* t, const double* price, double* out, bool from_alpha) noexcept {
        root_transposed_times(t, m_.pulled.data());
        double nu = 0.0;
        for (std::size_t j = 0; j < q_; ++j)
            if (m_.row_of[j] == budget) nu = price[j];
        for (std::size_t i = 0; i < n_; ++i) out[i] = nu;
        for (std::size_t j = 0; j < q_; ++j)
            if (m_.row_of[j] < budget && price[j] != 0.0) add_multiple(out, row(j), price[j], n_);
        if (k_ > 0) add_loadings(p_.risk.loadings.data(), n_, k_, m_.pulled.data(), out);
        if (from_alpha && !p_.expected_return.empty()) {
            for (std::size_t i = 0; i < n_; ++i) out[i] = p_.expected_return[i] - out[i];
        } else {
            for (std::size_t i = 0; i < n_; ++i) out[i] = -out[i];
        }
    }
    /// The prices that bend costs, at prices + part·change.
    [[nodiscard]] bending_prices bending(double part) const noexcept {
        bending_prices b;
        for (std::size_t j = 0; j < q_; ++j) {
            const double y = m_.price[j] + part * m_.change[j];
            if (m_.row_of[j] == budget && p_.costs_inside) b.cost = 1.0 + (y > 0.0 ? y : 0.0);
            if (m_.row_of[j] == turnover) b.half_turnover = y > 0.0 ? 0.5 * y : 0.0;
            if (m_.row_of[j] == leverage) b.leverage = y > 0.0 ? y : 0.0;
        }
        return b;
    }

    // ---- answers ----

    /// All answers at a part of the step. True where one changed its piece.
    bool answer(double part) noexcept {
        const bending_prices b = bending(part);
        bool changed = false;
        if constexpr (linear) {
            const bool bent = b.cost != 1.0 || b.half_turnover != 0.0 || b.leverage != 0.0;
            for (std::size_t i = 0; i < n_; ++i) {
                const double inverse = m_.inverse[i], held = p_.held[i];
                const double centre = m_.centre[i] + (m_.pull[i] + part * m_.turn[i]) * inverse;
                double buy = m_.buy[i], sell = m_.sell[i];
                if (bent) {
                    buy = b.cost * buy + b.half_turnover;
                    sell = b.cost * sell + b.half_turnover;
                }
                const double w = linear_answer(centre, buy * inverse, sell * inverse, b.leverage * inverse, held, m_.lower[i], m_.upper[i]);
                const std::int8_t piece = piece_of(w, held, m_.lower[i], m_.upper[i], b.leverage > 0.0);
                m_.trial[i] = w;
                m_.trial_weight[i] = piece > 0 ? inverse : 0.0;
                m_.trial_piece[i] = piece;
                changed = changed || piece != m_.piece[i];
            }
        } else {
            for (std::size_t i = 0; i < n_; ++i) {
                const asset_answer a = bent_answer(view_, i, p_.wealth, b, m_.pull[i] + part * m_.turn[i], m_.curvature[i], m_.centre[i],
                                                   p_.held[i], m_.lower[i], m_.upper[i]);
                m_.trial[i] = a.position;
                m_.trial_weight[i] = a.weight;
                m_.trial_piece[i] = a.piece;
                changed = changed || a.piece != m_.piece[i];
            }
        }
        return changed;
    }
    void take_trial() noexcept {
        m_.position.swap(m_.trial);
        m_.weight.swap(m_.trial_weight);
        m_.piece.swap(m_.trial_piece);
    }
    /// The slope of q at a part of the step, where the trial answers are; of both sides of a kink the one before it.
    [[nodiscard]] double slope(double part) const noexcept {
        double of_assets = -dot(m_.turn.data(), m_.trial.data(), n_);
        for (std::size_t j = 0; j < q_; ++j) {
            const double d = m_.change[j];
            if (d == 0.0) continue;
            const std::uint32_t what = m_.row_of[j];
            if (what == turnover || what == leverage || (what == budget && p_.costs_inside))
                of_assets += d * bent_activity(what, m_.trial.data());
            const double y = m_.price[j] + part * d;
            const double sign = y != 0.0 ? y : -d;
            const double side = sign > 0.0 ? m_.range[j].upper : m_.range[j].lower;
            of_assets -= d * (side + m_.give[j] * (y - m_.anchor[j]));
        }
        double of_factors = 0.0;
        for (std::size_t a = 0; a < k_; ++a)
            of_factors +=
                m_.pulled[a] * m_.benchmark_exposure[a] + (m_.factor[a] + part * m_.next_factor[a]) * m_.next_factor[a] / p_.risk_aversion;
        return of_assets - of_factors;
    }
    /// ½Σ|w − h|, Σ|w|, or Σφ.
    [[nodiscard]] double bent_activity(std::uint32_t what, const double* w) const noexcept {
        if (what == budget) {
            double sum = 0.0;
            for (std::size_t i = 0; i < n_; ++i) sum += cost(i, w[i] - p_.held[i]);
            return sum;
        }
        const bool two_way = what == turnover;
        octet sum = every(0.0);
        for_each_octet(
            n_, [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
                const octet at = load(w + i, lanes, 0.0);
                sum = sum + absolute(two_way ? at - load(p_.held.data() + i, lanes, 0.0) : at);
            });
        return two_way ? 0.5 * sum_of(sum) : sum_of(sum);
    }
    /// What the answers come to: the slopes of q. Returns the largest of what is off, as a share of the sizes of its terms.
    double measure() noexcept {
        double* const off = m_.trial.data();  // nobody reads it before the next answers
        octet gross = every(0.0), total = every(0.0);
        for_each_octet(
            n_, [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
                const octet w = load(m_.position.data() + i, lanes, 0.0);
                const octet d = w - load(p_.benchmark.data() + i, lanes, 0.0);
                gross = gross + absolute(d);
                total = total + w;
                store(off + i, d, lanes);
            });
        sum_into(off, m_.exposure.data());
        double worst = 0.0;
        double* const z = m_.rhs.data();
        root_times(m_.exposure.data(), z);
        const double scale = sum_of(gross) + 1e-6 * size_;
        for (std::size_t a = 0; a < k_; ++a) {
            const double told = m_.factor[a] / p_.risk_aversion;
            z[a] -= told;
            m_.gradient[a] = z[a];
            if (z[a] != 0.0) worst = larger_of(worst, absolute(z[a]) / (absolute(told) + m_.factor_scale[a] * scale));
        }
        for (std::size_t j = 0; j < q_; ++j) {
            const std::uint32_t what = m_.row_of[j];
            double activity = what < budget ? dot(row(j), m_.position.data(), n_) : what == budget ? sum_of(total) : 0.0;
            if (what > budget || (what == budget && p_.costs_inside)) activity += bent_activity(what, m_.position.data());
            m_.activity[j] = activity;
            const double y = m_.price[j];
            const limit_range& r = m_.range[j];
            const double given = activity - m_.give[j] * (y - m_.anchor[j]);
            const double at = y > 0.0 || r.exact() ? r.upper
                              : y < 0.0            ? r.lower
                              : given > r.upper    ? r.upper
                              : given < r.lower    ? r.lower
                                                   : given;
            if (given != at) worst = larger_of(worst, absolute(given - at) / (m_.size[j] + absolute(activity) + absolute(at)));
        }
        return worst;
    }

    // ---- the matrix ----

    void fill_panel_row(std::size_t at, std::size_t i, double w, double weight, std::int8_t piece) noexcept {
        double* const line = m_.panel.data() + at * stride_;
        double* const scaled = m_.scaled.data() + at * stride_;
        const double* const f = p_.risk.loadings.data() + i * k_;
        for (std::size_t a = 0; a < k_; ++a) line[a] = f[a];
        for (std::size_t j = 0; j < q_; ++j) {
            const std::uint32_t what = m_.row_of[j];
            line[k_ + j] = what < budget      ? row(j)[i]
                           : what == budget   ? 1.0 + (p_.costs_inside ? cost_slope(i, w, piece) : 0.0)
                           : what == turnover ? ((piece & 2) != 0 ? 0.5 : -0.5)
                                              : ((piece & 4) != 0 ? 1.0 : -1.0);
        }
        for (std::size_t a = k_ + q_; a < stride_; ++a) line[a] = 0.0;
        for (std::size_t a = 0; a < stride_; ++a) scaled[a] = weight * line[a];
    }
    void add_panel(std::size_t rows) noexcept {
        if (rows > 0) add_gram(m_.panel.data(), m_.scaled.data(), rows, k_ + q_, m_.gram.data());
    }
    /// Brings Σ c·cᵀ/κ up to date with the pieces: by those that changed, or anew where these are many. `anew`: in any case.
    void follow_pieces(bool anew) noexcept {
        std::size_t changed = 0, free = 0;
        if (linear && !anew && gram_made_) {
            for (std::size_t i = 0; i < n_; ++i) {
                free += m_.piece[i] > 0 ? 1u : 0u;
                if (m_.piece[i] != m_.piece_in_gram[i]) changed += (m_.piece[i] > 0 ? 1u : 0u) + (m_.piece_in_gram[i] > 0 ? 1u : 0u);
            }
            anew = changed * 2 > free;
            if (changed == 0) return;
        } else {
            anew = true;
        }
        std::size_t rows = 0;
        const auto push = [&](std::size_t i, double weight, std::int8_t piece) {
            fill_panel_row(rows, i, m_.position[i], weight, piece);
            if (++rows == price_memory::panel_rows) {
                add_panel(rows);
                rows = 0;
            }
        };
        if (anew) set_zero(m_.gram.data(), stride_ * stride_);
        for (std::size_t i = 0; i < n_; ++i) {
            if (!anew && m_.piece[i] == m_.piece_in_gram[i]) continue;
            if (!anew && m_.piece_in_gram[i] > 0) push(i, -m_.in_gram[i], m_.piece_in_gram[i]);
            if (m_.piece[i] > 0) push(i, m_.weight[i], m_.piece[i]);
            m_.piece_in_gram[i] = m_.piece[i];
            m_.in_gram[i] = m_.weight[i];
        }
        add_panel(rows);
        gram_made_ = true;
        gram_fresh_ = anew;
    }
    static void set_zero(double* x, std::size_t count) noexcept {
        for (std::size_t a = 0; a < count; ++a) x[a] = 0.0;
    }
    /// The Hessian of −q with the factors in terms of t: [I/γ + U S Uᵀ, U S; ·, S]; upper triangle.
    void build_system() noexcept {
        const std::size_t all = k_ + q_, s = root_stride();
        for (std::size_t i = 0; i < k_; ++i)  // what is below the diagonal is read as well
            for (std::size_t j = i + 1; j < k_; ++j) m_.gram[j * stride_ + i] = m_.gram[i * stride_ + j];
        for (std::size_t a = 0; a < k_; ++a) {
            double* const line = m_.product.data() + a * stride_;
            set_zero(line, stride_);
            const std::size_t last = diagonal_root_ ? a + 1 : k_;
            for (std::size_t b = a; b < last; ++b)
                if (const double u = m_.root[a * s + b]; u != 0.0) add_multiple(line, m_.gram.data() + b * stride_, u, all);
        }
        for (std::size_t a = 0; a < k_; ++a) {
            const double* const line = m_.product.data() + a * stride_;
            double* const out = m_.system.data() + a * stride_;
            for (std::size_t b = a; b < k_; ++b)
                out[b] = diagonal_root_ ? line[b] * m_.root[b * s + b] : dot(line + b, m_.root.data() + b * s + b, k_ - b);
            for (std::size_t j = k_; j < all; ++j) out[j] = line[j];
            out[a] += 1.0 / p_.risk_aversion;
        }
        for (std::size_t i = k_; i < all; ++i)
            for (std::size_t j = i; j < all; ++j) m_.system[i * stride_ + j] = m_.gram[i * stride_ + j];
        for (std::size_t i = 0; i < all; ++i) m_.diagonal[i] = m_.system[i * stride_ + i];
    }
    /// Eliminates the factors: what is left is M, and what of the activities they do not explain.
    void eliminate() noexcept {
        const std::size_t all = k_ + q_;
        for (std::size_t j = 0; j < q_; ++j) m_.rhs[k_ + j] = m_.activity[j];
        (void)cholesky(m_.system.data(), all, stride_, k_, 1e-15, m_.diagonal.data());
        solve_transposed(m_.system.data(), all, stride_, k_, m_.rhs.data());
    }
    [[nodiscard]] const double* schur() const noexcept { return m_.system.data() + k_ * stride_ + k_; }

    // ---- steps ----

    /// The step: into `next_factor` and `change`.
    void find_step() noexcept {
        build_system();
        eliminate();
        // Where the assets on slopes do not tell all prices apart, these first come to where the others are; then the rest goes on by itself.
        for (std::size_t j = 0; j < q_; ++j) m_.instead[j] = agreed_but_for_rest_ ? m_.typical[j] : std::numeric_limits<double>::infinity();
        deficient_ = false;
        const kinked_step step{q_,
                               schur(),
                               stride_,
                               m_.rhs.data() + k_,
                               m_.price.data(),
                               m_.range.data(),
                               m_.give.data(),
                               m_.anchor.data(),
                               m_.diagonal.data() + k_,
                               m_.typical.data(),
                               m_.instead.data(),
                               &deficient_,
                               m_.next_price.data(),
                               m_.sign.data(),
                               m_.work.data(),
                               m_.step.data(),
                               gram_stride(m_.rows + 3)};
        if (q_ > 0) (void)step();
        for (std::size_t j = 0; j < q_; ++j) m_.rhs[k_ + j] = m_.change[j] = m_.next_price[j] - m_.price[j];
        take_factor_step();
    }
    void take_factor_step() noexcept {
        solve_upper(m_.system.data(), k_ + q_, stride_, k_, m_.rhs.data());
        for (std::size_t a = 0; a < k_; ++a) m_.next_factor[a] = m_.rhs[a];
    }

    /// Newton's steps until the answers agree. False where they do not after as many as were allowed.
    [[nodiscard]] bool settle(int allowed) noexcept {
        const bool gives = q_ > 0 && m_.give[0] > 0.0;
        const auto some = [&] { return allowed - steps_ > patience ? steps_ + patience : allowed; };
        double off = step_by_step(some());
        if (off <= close_by) off = from_pieces();
        if (off <= good || gives || q_ == 0 || conflict_) return off <= good;
        off = step_anchored(allowed, some);
        if (off <= close_by) off = from_pieces();
        return off <= good;
    }
    /// Returns what is off at the end.
    double step_by_step(int allowed) noexcept {
        for (std::size_t j = 0; j < q_; ++j) m_.change[j] = 0.0;
        agreed_but_for_rest_ = false;
        pulls_of(m_.factor.data(), m_.price.data(), m_.pull.data(), true);
        set_zero(m_.turn.data(), n_);
        (void)answer(0.0);
        take_trial();
        double off = measure(), best = off;
        for (int stuck = 0; off > agreed && steps_ < allowed; ++steps_) {
            if ((steps_ & 7) == 7 && off > good && (conflict_ = proves_conflict())) break;
            follow_pieces(false);
            find_step();
            pulls_of(m_.next_factor.data(), m_.change.data(), m_.turn.data(), false);
            move(go(first_slope()));
            off = measure();
            stuck = off < 0.5 * best || off > close_by ? 0 : stuck + 1;
            best = off < best ? off : best;
            if (stuck >= 3) break;  // rounding
        }
        return off;
    }
    /// Where the assets on slopes do not tell the prices apart, and steps go to and fro between kinks: limits that give way, less and less,
    /// around prices that follow (the method of multipliers: Rockafellar 1976).
    template <class Some>
    double step_anchored(int allowed, Some&& some) noexcept {
        double off = 1.0, softness = 1.0;
        for (int round = 0; round < 200 && steps_ < allowed; ++round) {
            for (std::size_t j = 0; j < q_; ++j) {
                m_.anchor[j] = m_.price[j];
                m_.give[j] = softness * m_.typical[j];
            }
            (void)step_by_step(some());
            for (std::size_t j = 0; j < q_; ++j) m_.give[j] = m_.anchor[j] = 0.0;
            off = measure();
            if (off <= 1e-12 || conflict_) break;
            softness = softness > 1e-6 ? 0.3 * softness : softness;
        }
        return off;
    }
    /// The slope of q where the step begins.
    [[nodiscard]] double first_slope() const noexcept {
        double sum = 0.0;
        for (std::size_t a = 0; a < k_; ++a) sum += m_.gradient[a] * m_.next_factor[a];
        for (std::size_t j = 0; j < q_; ++j) {
            const double d = m_.change[j], y = m_.price[j];
            if (d == 0.0) continue;
            const double sign = y != 0.0 ? y : d;
            sum += d * (m_.activity[j] - (sign > 0.0 ? m_.range[j].upper : m_.range[j].lower) - m_.give[j] * (y - m_.anchor[j]));
        }
        return sum;
    }
    /// How far along the step: as far as q rises. The trial answers are those of there.
    [[nodiscard]] double go(double first) noexcept {
        const bool same = !answer(1.0);
        const bool onward = deficient_ && agreed_but_for_rest_;
        agreed_but_for_rest_ = deficient_ && same && !agreed_but_for_rest_;
        if (linear && same && !onward) return 1.0;
        const double enough = 1e-3 * first;
        double low = 0.0, of_low = first, high = 1.0, of_high = slope(1.0);
        if (absolute(of_high) <= enough || !(first > 0.0)) return 1.0;  // or no rise that can be told from rounding
        // Further, while it rises nearly as fast as at first: where no asset answers yet, or never will.
        if (of_high > 0.0) {
            if (!onward) return 1.0;
            const double end = sign_ends();
            while (of_high > 0.5 * first && high < end) {
                low = high;
                of_low = of_high;
                high = 4.0 * high < end ? 4.0 * high : end;
                (void)answer(high);
                of_high = slope(high);
                if (!(high < 0x1p60)) return high;
            }
            if (of_high >= 0.0) return high;
        }
        double weigh_low = of_low, weigh_high = of_high;
        int side = 0;
        for (int times = 0; times < 100; ++times) {
            double part = low + (high - low) * (weigh_low / (weigh_low - weigh_high));
            if (times % 4 == 3 || !(part > low && part < high)) part = low + 0.5 * (high - low);
            if (!(part > low && part < high)) break;
            (void)answer(part);
            const double s = slope(part);
            if (absolute(s) <= enough) return part;
            if (s > 0.0) {
                low = part;
                weigh_low = s;
                if (side == 1) weigh_high *= 0.5;
                side = 1;
            } else {
                high = part;
                weigh_high = s;
                if (side == -1) weigh_low *= 0.5;
                side = -1;
            }
        }
        return again(low > 0.0 ? low : high);
    }
    /// How far the step may go before a price has the sign of a side that its limit does not have.
    [[nodiscard]] double sign_ends() const noexcept {
        double end = std::numeric_limits<double>::infinity();
        for (std::size_t j = 0; j < q_; ++j) {
            const double d = m_.change[j];
            if (d == 0.0 || finite(d > 0.0 ? m_.range[j].upper : m_.range[j].lower)) continue;
            const double reach = -m_.price[j] / d;
            end = reach < end ? reach : end;
        }
        return end > 1.0 ? end : 1.0;
    }
    [[nodiscard]] double again(double part) noexcept {
        (void)answer(part);
        return part;
    }
    void move(double part) noexcept {
        for (std::size_t i = 0; i < n_; ++i) m_.pull[i] += part * m_.turn[i];
        for (std::size_t a = 0; a < k_; ++a) m_.factor[a] += part * m_.next_factor[a];
        for (std::size_t j = 0; j < q_; ++j) m_.price[j] = part == 1.0 ? m_.next_price[j] : m_.price[j] + part * m_.change[j];
        take_trial();
    }

    // ---- the answer from its pieces ----

    /// With all pieces as they are: where each lies is a straight line in the prices, and the prices solve linear equations. Keeps what there was if
    /// that is not at least as good.
    double from_pieces() noexcept {
        for (std::size_t a = 0; a < k_; ++a) m_.kept_factor[a] = m_.factor[a];
        for (std::size_t j = 0; j < q_; ++j) m_.kept_price[j] = m_.price[j];
        if constexpr (!linear) {
            double off = measure();
            if (off <= agreed) return off;
            follow_pieces(true);
            find_signs();
            off = refine_by_pieces(false);
            (void)keep_to_pieces();
            return measure();
        }
        settle_ties();
        bool same = gram_fresh_ && gram_made_;
        for (std::size_t i = 0; i < n_ && same; ++i)
            same = (m_.piece[i] > 0 ? m_.piece[i] : 0) == (m_.piece_in_gram[i] > 0 ? m_.piece_in_gram[i] : 0);
        if (!same) follow_pieces(true);
        find_signs();
        // From no prices; where these lie too far for the digits that there are, from those that were found.
        begin_cold();
        double off = refine_by_pieces(true);
        bool kept = keep_to_pieces() && off <= 64.0 * agreed;
        if (!kept) {
            take_kept_prices();
            off = refine_by_pieces(true);
            kept = keep_to_pieces() && off <= 64.0 * agreed;
        }
        set_zero(m_.turn.data(), n_);
        pulls_of(m_.factor.data(), m_.price.data(), m_.pull.data(), true);
        if (kept && signs_hold() && all_answer_so()) return off;
        // Where no asset lies on a slope, or limits stand for each other, prices may be any of many: those that were found.
        take_kept_prices();
        pulls_of(m_.factor.data(), m_.price.data(), m_.pull.data(), true);
        if (kept && all_answer_so()) return measure();
        (void)answer(0.0);
        take_trial();
        return measure();
    }
    void find_signs() noexcept {
        for (std::size_t j = 0; j < q_; ++j) m_.sign[j] = m_.range[j].exact() ? 1 : m_.price[j] > 0.0 ? 1 : m_.price[j] < 0.0 ? -1 : 0;
    }
    void take_kept_prices() noexcept {
        for (std::size_t a = 0; a < k_; ++a) m_.factor[a] = m_.kept_factor[a];
        for (std::size_t j = 0; j < q_; ++j) m_.price[j] = m_.kept_price[j];
    }
    /// Newton's steps with all pieces as they are, until what is off is rounding.
    double refine_by_pieces(bool anew) noexcept {
        pulls_of(m_.factor.data(), m_.price.data(), m_.pull.data(), true);
        for (std::size_t j = 0; j < q_; ++j) m_.change[j] = 0.0;
        set_zero(m_.turn.data(), n_);
        if (anew) place_by_pieces(true);
        double off = measure();
        for (int round = 0; round < 6; ++round) {
            build_system();
            eliminate();
            step_of_active();
            pulls_of(m_.next_factor.data(), m_.change.data(), m_.turn.data(), false);
            place_by_pieces(false);
            for (std::size_t a = 0; a < k_; ++a) m_.factor[a] += m_.next_factor[a];
            for (std::size_t j = 0; j < q_; ++j) m_.price[j] += m_.change[j];
            const double before = off;
            off = measure();
            if (off <= 0.25 * agreed || (round > 1 && off > 0.5 * before)) break;
        }
        return off;
    }
    [[nodiscard]] bool signs_hold() const noexcept {
        for (std::size_t j = 0; j < q_; ++j)
            if (!m_.range[j].exact() && m_.price[j] * m_.sign[j] < 0.0) return false;
        return true;
    }
    /// Whether the answers to the prices are the positions, but for rounding.
    [[nodiscard]] bool all_answer_so() noexcept {
        for (std::size_t j = 0; j < q_; ++j) m_.change[j] = 0.0;
        (void)answer(0.0);
        double most = 0.0;
        for (std::size_t i = 0; i < n_; ++i) most = larger_of(most, m_.curvature[i] * absolute(m_.trial[i] - m_.position[i]));
        return most <= 1e-12 * told_;
    }
    /// What lies on a kink or bound but for rounding lies there.
    void settle_ties() noexcept {
        const double blur_of = 0x1p-43 * size_;
        for (std::size_t i = 0; i < n_; ++i) {
            if (m_.piece[i] <= 0) continue;
            const double w = m_.position[i];
            const double at = absolute(w - p_.held[i]) <= blur_of    ? within(i, p_.held[i])
                              : absolute(w - m_.lower[i]) <= blur_of ? m_.lower[i]
                              : absolute(w - m_.upper[i]) <= blur_of ? m_.upper[i]
                                                                     : w;
            if (at == w) continue;
            m_.position[i] = at;
            m_.piece[i] = piece_of(at, p_.held[i], m_.lower[i], m_.upper[i], false);
            m_.weight[i] = 0.0;
        }
    }
    /// False where one left its piece by more than rounding.
    [[nodiscard]] bool keep_to_pieces() noexcept {
        const double blur_of = 0x1p-40 * size_;
        bool kept = true;
        for (std::size_t i = 0; i < n_; ++i) {
            if (m_.piece[i] <= 0) continue;
            const double w = m_.position[i];
            double to = within(i, w);
            if ((m_.piece[i] & 2) != 0 ? to < p_.held[i] : to > p_.held[i]) to = within(i, p_.held[i]);
            kept = kept && absolute(to - w) <= blur_of;
            m_.position[i] = to;
        }
        return kept;
    }
    /// Each asset on its slope goes where it belongs at the prices; `anew`, or by what the step changes, which keeps the digits that prices
    /// lose where slopes are steep.
    void place_by_pieces(bool anew) noexcept {
        const bending_prices b = anew ? bending(0.0) : bending_change();
        for (std::size_t i = 0; i < n_; ++i) {
            const std::int8_t piece = m_.piece[i];
            if (piece <= 0) continue;
            const bool bought = (piece & 2) != 0, held_long = (piece & 4) != 0;
            const double rate = cost_slope(i, m_.position[i], piece);
            const double bent = b.cost * rate + (bought ? b.half_turnover : -b.half_turnover) + (held_long ? b.leverage : -b.leverage);
            if (anew)
                m_.position[i] = m_.centre[i] + (m_.pull[i] - bent) * m_.inverse[i];
            else
                m_.position[i] += (m_.turn[i] - bent) * m_.weight[i];
        }
    }
    /// By how much the step changes the prices that bend costs: not as a difference, which would be 0 for small steps.
    [[nodiscard]] bending_prices bending_change() const noexcept {
        bending_prices b{.cost = 0.0};
        for (std::size_t j = 0; j < q_; ++j) {
            if (m_.row_of[j] == budget && p_.costs_inside) b.cost = m_.change[j];
            if (m_.row_of[j] == turnover) b.half_turnover = 0.5 * m_.change[j];
            if (m_.row_of[j] == leverage) b.leverage = m_.change[j];
        }
        return b;
    }
    /// Newton's step with the limits that are active as equations, the others without a price.
    void step_of_active() noexcept {
        std::size_t m = 0;
        const std::size_t ws = gram_stride(m_.rows + 3);
        double* const diagonal = m_.step.data() + q_;
        for (std::size_t j = 0; j < q_; ++j) {
            if (m_.sign[j] == 0) continue;
            std::size_t l = m;
            for (std::size_t i = j; i < q_; ++i)
                if (m_.sign[i] != 0) m_.work[m * ws + l++] = schur()[j * stride_ + i];
            m_.work[m * ws + m] += m_.give[j];
            diagonal[m] = m_.diagonal[k_ + j] + m_.give[j];
            m_.step[m] = m_.rhs[k_ + j] - m_.range[j].side(m_.sign[j]) - m_.give[j] * m_.price[j];
            ++m;
        }
        (void)cholesky(m_.work.data(), m, ws, m, 1e-11, diagonal);
        solve_transposed(m_.work.data(), m, ws, m, m_.step.data());
        solve_upper(m_.work.data(), m, ws, m, m_.step.data());
        std::size_t l = 0;
        for (std::size_t j = 0; j < q_; ++j) {
            const double d = m_.sign[j] != 0 ? m_.step[l++] : 0.0;
            m_.rhs[k_ + j] = m_.change[j] = d;
        }
        take_factor_step();
    }

    static constexpr double agreed = 0x1p-43;
    static constexpr double good = 1e-10;     ///< so that the answer is one
    static constexpr double close_by = 1e-5;  ///< so that its pieces are likely to be right
    static constexpr int patience = 40;       ///< steps

    const solver::program& p_;
    const View& view_;
    price_memory& m_;
    std::size_t n_;
    std::size_t k_;
    std::size_t q_ = 0;
    std::size_t stride_ = 8;
    double size_ = 0.0;     ///< of positions: Σ(|h| + |b|)
    double told_ = 0.0;     ///< of what assets are told
    double loosest_ = 0.0;  ///< the least that a proximal term bends
    int steps_ = 0;
    bool near_ = false;
    bool conflict_ = false;
    bool diagonal_root_ = false;
    bool gram_made_ = false;
    bool gram_fresh_ = false;
    bool deficient_ = false;            ///< the assets on slopes do not tell all prices apart
    bool agreed_but_for_rest_ = false;  ///< and those that they tell apart are where they belong
};

}  // namespace ballast::inline v0::detail
