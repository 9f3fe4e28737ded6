/// What a search for prices knows that does not depend on the kind of cost: the limits, the risk that assets share, Newton's step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "../../numeric/cholesky.hpp"
#include "../../numeric/octet.hpp"
#include "asset_answer.hpp"
#include "kinked_step.hpp"
#include "price_covariance.hpp"
#include "price_factors.hpp"
#include "price_memory.hpp"

namespace ballast::inline v0::detail {

/// Limits that are no rows, as these are numbered.
inline constexpr std::uint32_t budget_limit = 0xfffffffd, turnover_limit = 0xfffffffe, leverage_limit = 0xffffffff;

class price_model {
protected:
    /// f(the risk that assets share).
    template <class F>
    decltype(auto) shared(F&& f) noexcept {
        return dense_ ? f(covariance_) : f(factors_);
    }
    template <class F>
    decltype(auto) shared(F&& f) const noexcept {
        return dense_ ? f(covariance_) : f(factors_);
    }

public:
    price_model(const solver::program& p, price_memory& m) noexcept
        : p_{p},
          m_{m},
          n_{p.assets()},
          dense_{p.risk.layout == risk_layout::dense && p.risk_aversion > 0.0},
          factors_{p, m},
          covariance_{p, m} {
        k_ = shared([](auto& risk) { return risk.count(); });
    }

    /// Begins where factors and limits have no price: nearer to the end than the prices at which nobody would trade.
    void begin_cold() noexcept {
        for (std::size_t a = 0; a < k_; ++a) m_.factor[a] = 0.0;
        for (std::size_t j = 0; j < q_; ++j) m_.price[j] = 0.0;
    }
    /// Begins with the prices of an answer, those of limits by `of(j)`.
    template <class Of>
    void begin_warm(const solver::program_answer& a, Of&& of) noexcept {
        for (std::size_t j = 0; j < q_; ++j) {
            const double y = of(j);
            const limit_range& r = m_.range[j];
            m_.price[j] = (y > 0.0 && !finite(r.upper)) || (y < 0.0 && !finite(r.lower)) ? 0.0 : y;
        }
        shared([&](auto& risk) { risk.begin_warm(a); });
    }
    /// Limits that give way to their prices, and own curvature alone: what is found misses them least.
    void give_way() noexcept {
        for (std::size_t j = 0; j < q_; ++j) m_.give[j] = 1e-9 * m_.typical[j];
    }
    /// Whether the answer is the same wherever the search began.
    [[nodiscard]] bool from_pieces_alone() const noexcept { return from_pieces_alone_; }
    [[nodiscard]] int steps() const noexcept { return steps_; }

    // ---- what was found ----

    [[nodiscard]] std::size_t limits() const noexcept { return q_; }
    /// Rows from 0 on; then budget, turnover and leverage.
    [[nodiscard]] std::uint32_t limit(std::size_t j) const noexcept { return m_.row_of[j]; }
    [[nodiscard]] const limit_range& range(std::size_t j) const noexcept { return m_.range[j]; }
    [[nodiscard]] double activity(std::size_t j) const noexcept { return m_.activity[j]; }
    [[nodiscard]] double size(std::size_t j) const noexcept { return m_.size[j]; }
    [[nodiscard]] double missed(std::size_t j) const noexcept {
        const double a = m_.activity[j];
        return a > m_.range[j].upper ? a - m_.range[j].upper : a < m_.range[j].lower ? m_.range[j].lower - a : 0.0;
    }
    void tell_prices(solver::program_answer& a, double scale) noexcept {
        a.price.budget = a.price.turnover = a.price.leverage = a.price.risk = a.price.costs = 0.0;
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
        shared([&](auto& risk) { risk.tell(a, scale); });
    }

protected:
    static constexpr std::uint32_t budget = budget_limit, turnover = turnover_limit, leverage = leverage_limit;

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
    /// The size of the terms of each limit: of what is held and wanted, and what is found.
    void find_sizes(bool found) noexcept {
        double* const gross = m_.trial.data();
        // At least as much as nothing beside the book: there are limits on what nobody holds or wants.
        const double nothing = 0x1p-60 * size_ / static_cast<double>(n_ > 0 ? n_ : 1);
        double all = 0.0;
        for (std::size_t i = 0; i < n_; ++i) {
            gross[i] = absolute(p_.held[i]) + absolute(p_.benchmark[i]) + nothing;
            if (found) gross[i] += absolute(m_.position[i]);
            all += gross[i];
        }
        for (std::size_t j = 0; j < q_; ++j) {
            if (m_.row_of[j] >= budget) {
                m_.size[j] = m_.row_of[j] == turnover ? 0.5 * all : all;
                continue;
            }
            octet sum = every(0.0);
            for_each_octet(
                n_, [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
                    sum = sum + absolute(load(row(j) + i, lanes, 0.0)) * load(gross + i, lanes, 0.0);
                });
            m_.size[j] = sum_of(sum);
        }
    }
    /// What one asset would make of a price.
    void find_typical() noexcept {
        double* const open = m_.trial.data();
        double most_inverse = 0.0, all_inverse = 0.0;
        for (std::size_t i = 0; i < n_; ++i) {
            open[i] = m_.lower[i] < m_.upper[i] ? m_.inverse[i] : 0.0;
            most_inverse = larger_of(most_inverse, m_.inverse[i]);
            all_inverse += open[i];
        }
        const double count = static_cast<double>(n_ > 0 ? n_ : 1);
        for (std::size_t j = 0; j < q_; ++j) {
            double most = m_.row_of[j] == turnover ? 0.5 : 1.0, sum = most * most * all_inverse;
            if (m_.row_of[j] < budget) {
                octet squares = every(0.0), largest = every(0.0);
                for_each_octet(
                    n_, [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
                        const octet c = absolute(load(row(j) + i, lanes, 0.0));
                        squares = squares + c * c * load(open + i, lanes, 0.0);
                        largest = larger(largest, c);
                    });
                sum = sum_of(squares);
                most = largest_of(largest);
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
        if (moved <= 1e-15 * (told_but_costs_ + told_by_prices())) return true;
        for (std::size_t i = 0; i < n_; ++i) {
            if (m_.nearness[i] > loosest_) hold(i, larger_of(0.1 * m_.nearness[i], loosest_));
        }
        hold_again();
        return false;
    }
    /// Where the digits of prices did not do for so little: as before, and from then on.
    void hold_tighter() noexcept {
        held_tighter_ = true;
        for (std::size_t i = 0; i < n_; ++i) {
            if (m_.nearness[i] > 0.0) hold(i, 10.0 * m_.nearness[i]);
            loosest_ = larger_of(loosest_, m_.nearness[i]);
        }
        hold_again();
    }
    /// As at first, wherever the search went, so that the same pieces have the same answer.
    void share_as_usual() noexcept {
        if (covariance_.share() == 0.0 || covariance_.share() == price_covariance::usual_share) return;
        covariance_.take_share(price_covariance::usual_share);
        for (std::size_t i = 0; i < n_; ++i) {
            hold(i, m_.nearness[i]);
            if (m_.piece[i] > 0.0) m_.weight[i] = m_.inverse[i];
        }
        hold_again();
    }
    /// Whether steps come closer, as they do where no more curvature was given to the assets than there is.
    [[nodiscard]] bool goes_on(double part, double off, double best) noexcept {
        lame_ = part > 0.1 && off < 0.7 * best ? 0 : lame_ + (deficient_ ? 1 : 4);
        return lame_ < 12;
    }
    void hold(std::size_t i, double nearness) noexcept {
        m_.curvature[i] = own_curvature(i) + nearness;
        m_.nearness[i] = nearness;
        m_.inverse[i] = 1.0 / m_.curvature[i];
    }
    void hold_again() noexcept {
        gram_made_ = false;
        find_typical();
        centre_again();
    }

    // ---- small things ----

    [[nodiscard]] static double larger_of(double a, double b) noexcept { return a > b ? a : b; }
    [[nodiscard]] double own_curvature(std::size_t i) const noexcept {
        return dense_ ? covariance_.own_curvature(i) : factors_.own_curvature(i);
    }
    [[nodiscard]] double within(std::size_t i, double w) const noexcept {
        const double at_least = w < m_.lower[i] ? m_.lower[i] : w;
        return at_least > m_.upper[i] ? m_.upper[i] : at_least;
    }
    /// By how much an asset that is pulled so misses its condition. Beyond a bound only one direction is left.
    [[nodiscard]] double wrong_by(std::size_t i, double pull, const slope_interval& s) const noexcept {
        const double w = m_.position[i];
        return pull > s.high && w < m_.upper[i] ? pull - s.high : pull < s.low && w > m_.lower[i] ? s.low - pull : 0.0;
    }
    /// False where one left its piece by more than rounding.
    [[nodiscard]] bool keep_to_pieces() noexcept {
        const double blur_of = 0x1p-40 * size_;
        bool kept = true;
        for (std::size_t i = 0; i < n_; ++i) {
            if (m_.piece[i] <= 0) continue;
            const double w = m_.position[i];
            double to = within(i, w);
            if (is_bought(m_.piece[i]) ? to < p_.held[i] : to > p_.held[i]) to = within(i, p_.held[i]);
            kept = kept && absolute(to - w) <= blur_of;
            m_.position[i] = to;
        }
        return kept;
    }
    [[nodiscard]] const double* row(std::size_t j) const noexcept { return p_.rows.data() + m_.row_of[j] * n_; }
    [[nodiscard]] double price_of(std::uint32_t what) const noexcept {
        for (std::size_t j = 0; j < q_; ++j)
            if (m_.row_of[j] == what) return m_.price[j];
        return 0.0;
    }
    /// The size of what prices tell an asset, before any of it cancels.
    [[nodiscard]] double told_by_prices() const noexcept {
        double told = shared([](const auto& risk) { return risk.told(); });
        for (std::size_t j = 0; j < q_; ++j)
            if (m_.price[j] != 0.0 && size_ > 0.0) told += absolute(m_.price[j]) * (m_.size[j] / size_);
        return told;
    }
    /// out = start − (what prices of factors and limits take off every asset)
    void pulls_of(const double* t, const double* price, double* out, bool from_alpha) noexcept {
        double nu = 0.0;
        for (std::size_t j = 0; j < q_; ++j)
            if (m_.row_of[j] == budget) nu = price[j];
        for (std::size_t i = 0; i < n_; ++i) out[i] = nu;
        for (std::size_t j = 0; j < q_; ++j)
            if (m_.row_of[j] < budget && price[j] != 0.0) add_multiple(out, row(j), price[j], n_);
        shared([&](auto& risk) { risk.add_pull(t, out); });
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
    void change_nothing() noexcept { set_zero(m_.change.data(), q_); }
    void take_trial() noexcept {
        m_.position.swap(m_.trial);
        m_.weight.swap(m_.trial_weight);
        m_.piece.swap(m_.trial_piece);
    }
    static void set_zero(double* x, std::size_t count) noexcept {
        for (std::size_t a = 0; a < count; ++a) x[a] = 0.0;
    }

    // ---- steps ----

    /// The step: into `next_factor` and `change`.
    void find_step() noexcept {
        shared([](auto& risk) { risk.eliminate(); });
        // Where the assets on slopes do not tell all prices apart, these first come to where the others are; then the rest goes on by itself.
        for (std::size_t j = 0; j < q_; ++j) m_.instead[j] = agreed_but_for_rest_ ? m_.typical[j] : std::numeric_limits<double>::infinity();
        deficient_ = false;
        const kinked_step step{q_,
                               schur(),
                               schur_stride(),
                               m_.activity.data(),
                               rest(),
                               m_.price.data(),
                               m_.range.data(),
                               m_.give.data(),
                               m_.anchor.data(),
                               own_part(),
                               m_.typical.data(),
                               m_.instead.data(),
                               &deficient_,
                               m_.next_price.data(),
                               m_.sign.data(),
                               m_.work.data(),
                               m_.step.data(),
                               gram_stride(m_.rows + 3)};
        if (q_ > 0) (void)step();
        for (std::size_t j = 0; j < q_; ++j) rest()[j] = m_.change[j] = m_.next_price[j] - m_.price[j];
        shared([](auto& risk) { risk.take_step(); });
    }
    /// M, what the limits' prices move of the activities; its diagonal by itself; and what the step of the others brings.
    /// @{
    [[nodiscard]] const double* schur() const noexcept {
        return shared([](const auto& risk) { return risk.schur(); });
    }
    [[nodiscard]] std::size_t schur_stride() const noexcept {
        return shared([](const auto& risk) { return risk.stride(); });
    }
    [[nodiscard]] const double* own_part() const noexcept {
        return shared([](const auto& risk) { return risk.own(); });
    }
    [[nodiscard]] double* rest() noexcept {
        return shared([](auto& risk) { return risk.rest(); });
    }
    /// @}
    /// The slope of q where the step begins.
    [[nodiscard]] double first_slope() const noexcept {
        double sum = shared([](const auto& risk) { return risk.first_slope(); });
        for (std::size_t j = 0; j < q_; ++j) {
            const double d = m_.change[j], y = m_.price[j];
            if (d == 0.0) continue;
            const double sign = y != 0.0 ? y : d;
            sum += d * (m_.activity[j] - (sign > 0.0 ? m_.range[j].upper : m_.range[j].lower) - m_.give[j] * (y - m_.anchor[j]));
        }
        return sum;
    }
    /// The rounding of the slope of q where the trial answers are.
    [[nodiscard]] double noise_of_slope() const noexcept {
        double sum = 0.0;
        for (std::size_t i = 0; i < n_; ++i) sum += absolute(m_.turn[i] * m_.trial[i]);
        return 0x1p-52 * sum;
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
    void find_signs() noexcept {
        for (std::size_t j = 0; j < q_; ++j) m_.sign[j] = m_.range[j].exact() ? 1 : m_.price[j] > 0.0 ? 1 : m_.price[j] < 0.0 ? -1 : 0;
    }
    void take_kept_prices() noexcept {
        for (std::size_t a = 0; a < k_; ++a) m_.factor[a] = m_.kept_factor[a];
        for (std::size_t j = 0; j < q_; ++j) m_.price[j] = m_.kept_price[j];
    }
    [[nodiscard]] bool signs_hold() const noexcept {
        for (std::size_t j = 0; j < q_; ++j)
            if (!m_.range[j].exact() && m_.price[j] * m_.sign[j] < 0.0) return false;
        return true;
    }
    /// Newton's step with the limits that are active as equations, the others without a price.
    void step_of_active() noexcept {
        std::size_t m = 0;
        const std::size_t ws = gram_stride(m_.rows + 3);
        double* const diagonal = m_.step.data() + q_;
        const double* const matrix = schur();
        const std::size_t stride = schur_stride();
        for (std::size_t j = 0; j < q_; ++j) {
            if (m_.sign[j] == 0) continue;
            std::size_t l = m;
            for (std::size_t i = j; i < q_; ++i)
                if (m_.sign[i] != 0) m_.work[m * ws + l++] = matrix[j * stride + i];
            m_.work[m * ws + m] += m_.give[j];
            diagonal[m] = own_part()[j] + m_.give[j];
            m_.step[m] = (m_.activity[j] - m_.range[j].side(m_.sign[j])) + rest()[j] - m_.give[j] * m_.price[j];
            ++m;
        }
        (void)cholesky(m_.work.data(), m, ws, m, 1e-11, diagonal);
        solve_transposed(m_.work.data(), m, ws, m, m_.step.data());
        solve_upper(m_.work.data(), m, ws, m, m_.step.data());
        std::size_t l = 0;
        for (std::size_t j = 0; j < q_; ++j) {
            const double d = m_.sign[j] != 0 ? m_.step[l++] : 0.0;
            rest()[j] = m_.change[j] = d;
        }
        shared([](auto& risk) { risk.take_step(); });
    }

    const solver::program& p_;
    price_memory& m_;
    std::size_t n_;
    bool dense_;
    price_factors factors_;
    price_covariance covariance_;
    std::size_t k_ = 0;  ///< prices of the risk that assets share
    std::size_t q_ = 0;  ///< limits that there are
    double size_ = 0.0;  ///< of positions: Σ(|h| + |b|)
    double told_ = 0.0;  ///< of what assets are told
    double told_but_costs_ = 0.0;
    double loosest_ = 0.0;  ///< the least that a proximal term bends
    int steps_ = 0;
    int lame_ = 0;                ///< steps that led hardly anywhere
    bool anything_does_ = false;  ///< nobody is told anything
    bool held_tighter_ = false;
    bool near_ = false;              ///< some assets are held near to where they are
    bool from_pieces_alone_ = true;  ///< the answer does not depend on where the search began
    bool conflict_ = false;          ///< the prices were seen to prove that the limits contradict each other
    bool gram_made_ = false;
    bool pull_known_ = false;           ///< of the prices where the search begins
    bool gram_fresh_ = false;           ///< of the pieces as they are, in the order of the assets
    bool deficient_ = false;            ///< the assets on slopes do not tell all prices apart
    bool agreed_but_for_rest_ = false;  ///< and those that they tell apart are where they belong
};

}  // namespace ballast::inline v0::detail
