/// What a search for prices knows of a dense covariance matrix: the risk that all assets share, told to each by where the others are thought to be.
///
/// With Σ = M + D, where D = share·diag Σ, the risk of M is γ/2·xᵀMx = max over v of γvᵀMx − γ/2·vᵀMv, x = w − b, which is best at v = x: the prices
/// are where all assets are thought to be, and each answers alone, with the curvature of its own part of D. Where M is positive semidefinite, so
/// that this holds, q is concave; D may be larger than that, and mostly is: fewer steps lead to the same answer, as long as they lead there, since where the
/// answers agree with v the conditions are those of Σ itself. Newton's step is a Cholesky of Σ over the assets that are on no kink.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../numeric/cholesky.hpp"
#include "../../numeric/definite.hpp"
#include "../../numeric/gram.hpp"
#include "../../numeric/octet.hpp"
#include "../../numeric/symmetric_product.hpp"
#include "../program.hpp"
#include "price_memory.hpp"

namespace ballast::inline v0::detail {

/// v is m.factor; the step's change of it is m.next_factor.
class price_covariance {
public:
    /// Of the variances, that assets keep for themselves: the one with which most searches take the fewest steps.
    static constexpr double usual_share = 0.3;

    price_covariance(const solver::program& p, price_memory& m) noexcept : p_{p}, m_{m}, n_{p.assets()} {}

    [[nodiscard]] std::size_t count() const noexcept { return n_; }
    /// Whether Σ is positive semidefinite, but for rounding; if not, a fault with its most negative eigenvalue.
    [[nodiscard]] fault take_risk() noexcept {
        const double* const sigma = p_.risk.dense.data();
        const std::size_t stride = gram_stride(n_);
        if (semidefinite(sigma, n_, n_, 0.0, m_.system.data(), stride)) return {};
        return {fault_code::bad_risk, no_index, most_negative_eigenvalue(sigma, n_, n_, m_.system.data(), stride)};
    }
    /// With so many limits beside.
    void lay_out(std::size_t limits) noexcept {
        q_ = limits;
        factored_ = false;
        most_ = size_ = 0.0;
        for (std::size_t i = 0; i < n_; ++i) {
            const double variance = p_.risk.specific[i], volatility = __builtin_sqrt(variance);
            most_ = variance > most_ ? variance : most_;
            m_.factor_scale[i] = volatility;
            size_ += volatility * (absolute(p_.held[i]) + absolute(p_.benchmark[i]));
        }
    }
    [[nodiscard]] double own_curvature(std::size_t i) const noexcept { return p_.risk_aversion * (share_ * p_.risk.specific[i]); }
    [[nodiscard]] double most_curvature() const noexcept { return p_.risk_aversion * most_; }
    /// How much of the variances is the assets' own; 0: none of it.
    void take_share(double share) noexcept {
        share_ = share;
        factored_ = false;
    }
    [[nodiscard]] double share() const noexcept { return share_; }
    /// Of what an asset's own curvature is known to be, whatever the others do: nothing, as M need not be positive semidefinite.
    [[nodiscard]] static double proved_curvature(std::size_t) noexcept { return 0.0; }

    // ---- prices ----

    void begin_warm(const solver::program_answer& a) noexcept {
        for (std::size_t i = 0; i < n_; ++i) m_.factor[i] = a.position[i] - p_.benchmark[i];
    }
    [[nodiscard]] double told() const noexcept {
        double sum = 0.0;
        for (std::size_t i = 0; i < n_; ++i) sum += absolute(m_.factor[i]) * m_.factor_scale[i];
        return p_.risk_aversion * __builtin_sqrt(most_) * sum;
    }
    void add_pull(const double* v, double* out) noexcept {
        double* const pulled = m_.pulled.data();
        if (v != m_.next_factor.data()) {
            times(v, pulled);
        } else if (!step_pulled_) {  // of the step: what was apart is known already, the rest is of assets on slopes
            times(m_.moved.data(), pulled);
            for (std::size_t i = 0; i < n_; ++i) pulled[i] += m_.apart_pull[i];
        }
        step_pulled_ = false;
        for (std::size_t i = 0; i < n_; ++i) out[i] += pulled[i];
    }
    void tell(solver::program_answer&, double) noexcept {}

    // ---- how far they are from agreeing ----

    /// In units of volatility, as what an asset that is elsewhere tells the others goes with it.
    [[nodiscard]] double measure(const double* off, double) noexcept {
        double most = 0.0, all = 1e-3 * size_;
        for (std::size_t i = 0; i < n_; ++i) {
            const double apart = off[i] - m_.factor[i], told = m_.factor_scale[i] * absolute(apart);
            m_.gradient[i] = apart;
            most = told > most ? told : most;
            all += m_.factor_scale[i] * absolute(off[i]);
        }
        return most > 0.0 ? most / all : 0.0;
    }
    [[nodiscard]] double first_slope() const noexcept { return dot(m_.gradient.data(), m_.pulled.data(), n_); }
    [[nodiscard]] double slope_without_assets(double part) const noexcept {
        double sum = 0.0;
        for (std::size_t i = 0; i < n_; ++i) sum += m_.pulled[i] * (p_.benchmark[i] + m_.factor[i] + part * m_.next_factor[i]);
        return sum;
    }

    // ---- the matrix ----

    static constexpr bool follows = false;
    void begin_pieces(bool) noexcept {
        moving_ = 0;
        factored_ = false;
    }
    template <class Fill>
    void add_piece(std::size_t i, double weight, Fill&& fill) noexcept {
        m_.moving[moving_] = static_cast<std::uint32_t>(i);
        m_.stiffness[moving_] = 1.0 / weight;
        fill(m_.coefficients.data() + moving_ * q_);
        ++moving_;
    }
    void end_pieces() noexcept { stride_ = gram_stride(moving_ + q_); }
    /// Eliminates the assets on slopes: what is left is what the prices of limits move, and what goes to the activities.
    void eliminate() noexcept {
        const std::size_t all = moving_ + q_;
        if (!factored_) {
            build_system();
            singular_ = cholesky(m_.system.data(), all, stride_, moving_, 1e-13, m_.diagonal.data(), m_.diagonal.data()) > 0;
            for (std::size_t j = 0; j < q_; ++j) {
                double* const line = m_.system.data() + (moving_ + j) * stride_ + moving_;
                for (std::size_t l = j; l < q_; ++l) line[l] = -line[l];
                m_.diagonal[moving_ + j] = line[j];
            }
            factored_ = true;
        }
        times(m_.gradient.data(), m_.apart_pull.data());
        for (std::size_t a = 0; a < moving_; ++a) m_.rhs[a] = m_.apart_pull[m_.moving[a]];
        for (std::size_t j = 0; j < q_; ++j) rest()[j] = 0.0;
        solve_transposed(m_.system.data(), all, stride_, moving_, m_.rhs.data());
        for (std::size_t a = 0; a < moving_; ++a) m_.rhs[a] = -m_.rhs[a];
    }
    [[nodiscard]] const double* schur() const noexcept { return m_.system.data() + moving_ * stride_ + moving_; }
    [[nodiscard]] std::size_t stride() const noexcept { return stride_; }
    [[nodiscard]] const double* own() const noexcept { return m_.diagonal.data() + moving_; }
    [[nodiscard]] double* rest() noexcept { return m_.rhs.data() + moving_; }
    /// Whether the prices of limits alone tell where all assets on slopes belong.
    [[nodiscard]] bool places_all() const noexcept { return !singular_; }
    void take_step() noexcept {
        solve_upper(m_.system.data(), moving_ + q_, stride_, moving_, m_.rhs.data());
        for (std::size_t i = 0; i < n_; ++i) m_.moved[i] = 0.0;
        for (std::size_t a = 0; a < moving_; ++a) m_.moved[m_.moving[a]] = m_.rhs[a];
        for (std::size_t i = 0; i < n_; ++i) m_.next_factor[i] = m_.gradient[i] + m_.moved[i];
    }

    // ---- the proof ----

    /// v is where the assets are, which the last measure was told.
    [[nodiscard]] double belonging() noexcept {
        for (std::size_t i = 0; i < n_; ++i) m_.next_factor[i] = m_.position[i] - p_.benchmark[i];
        times(m_.next_factor.data(), m_.pulled.data());
        step_pulled_ = true;
        return 0.5 * dot(m_.next_factor.data(), m_.pulled.data(), n_);
    }
    [[nodiscard]] double uncancelled(std::size_t i, double) const noexcept {
        double sum = 0.0;
        const double* const row = p_.risk.dense.data() + i * n_;
        for (std::size_t j = 0; j < n_; ++j) sum += absolute(row[j]) * (absolute(m_.position[j]) + absolute(p_.benchmark[j]));
        return p_.risk_aversion * sum;
    }

private:
    /// γMx
    void times(const double* x, double* out) const noexcept {
        for (std::size_t i = 0; i < n_; ++i) out[i] = 0.0;
        add_symmetric_product(p_.risk.dense.data(), n_, n_, x, out);
        for (std::size_t i = 0; i < n_; ++i) out[i] = p_.risk_aversion * (out[i] - share_ * p_.risk.specific[i] * x[i]);
    }
    /// [γM + κ, A; ·, 0] of the assets on slopes, κ the curvature of what each answers; upper triangle.
    void build_system() noexcept {
        for (std::size_t a = 0; a < moving_; ++a) {
            const std::size_t i = m_.moving[a];
            const double* const from = p_.risk.dense.data() + i * n_;
            double* const out = m_.system.data() + a * stride_;
            for (std::size_t b = a; b < moving_; ++b) out[b] = p_.risk_aversion * from[m_.moving[b]];
            out[a] += m_.stiffness[a] - own_curvature(i);
            m_.diagonal[a] = out[a];
            for (std::size_t j = 0; j < q_; ++j) out[moving_ + j] = m_.coefficients[a * q_ + j];
        }
        for (std::size_t j = 0; j < q_; ++j) {
            double* const out = m_.system.data() + (moving_ + j) * stride_ + moving_;
            for (std::size_t l = j; l < q_; ++l) out[l] = 0.0;
        }
    }

    const solver::program& p_;
    price_memory& m_;
    std::size_t n_;
    std::size_t q_ = 0;
    std::size_t stride_ = 8;
    std::size_t moving_ = 0;  ///< assets on slopes
    double share_ = usual_share;
    double most_ = 0.0;  ///< variance
    double size_ = 0.0;  ///< of positions, by volatility
    bool factored_ = false;
    bool step_pulled_ = false;  ///< what the step tells is known
    bool singular_ = false;     ///< assets on slopes hedge each other completely
};

}  // namespace ballast::inline v0::detail
