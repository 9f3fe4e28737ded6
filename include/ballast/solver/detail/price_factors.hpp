/// What a search for prices knows of factors: the risk that all assets share, told to each by a few prices.
///
/// With Ω = UᵀU and z = U·Fᵀ(w − b) that risk is γ/2·|z|² = max over t of tᵀz − |t|²/(2γ): t are the prices of the z.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../numeric/cholesky.hpp"
#include "../../numeric/definite.hpp"
#include "../../numeric/gram.hpp"
#include "../../numeric/loadings.hpp"
#include "../../numeric/octet.hpp"
#include "../program.hpp"
#include "price_memory.hpp"

namespace ballast::inline v0::detail {

/// Prices are m.factor; the step's change of them is m.next_factor.
class price_factors {
public:
    price_factors(const solver::program& p, price_memory& m) noexcept
        : p_{p},
          m_{m},
          k_{p.risk.layout == risk_layout::factor && p.risk_aversion > 0.0 ? p.risk.factors() : 0} {}

    [[nodiscard]] std::size_t count() const noexcept { return k_; }
    /// What depends on the risk alone: the root of Ω and the sizes of loadings. A fault where Ω is no covariance matrix, with its most negative
    /// eigenvalue.
    [[nodiscard]] fault take_risk() noexcept {
        if (!take_root()) {
            const double* const omega = p_.risk.factor_covariance.data();
            return {fault_code::bad_risk, no_index, most_negative_eigenvalue(omega, k_, k_, m_.root.data(), root_stride())};
        }
        find_scale();
        return {};
    }
    /// With so many limits beside.
    void lay_out(std::size_t limits) noexcept {
        q_ = limits;
        stride_ = gram_stride(k_ + q_);
        factored_ = false;
        sum_into(p_.benchmark.data(), m_.benchmark_exposure.data());
    }
    /// Of an asset's own variance.
    [[nodiscard]] double own_curvature(std::size_t i) const noexcept {
        return p_.risk.layout != risk_layout::none ? p_.risk_aversion * p_.risk.specific[i] : 0.0;
    }
    [[nodiscard]] double proved_curvature(std::size_t i) const noexcept { return own_curvature(i); }
    /// The most that an asset's share of the common risk bends its objective.
    [[nodiscard]] double most_curvature() const noexcept {
        double most = 0.0;
        for (std::size_t a = 0; a < k_; ++a) {
            const double f = m_.factor_scale[a], c = p_.risk_aversion * f * f;
            most = c > most ? c : most;
        }
        return most;
    }

    // ---- prices ----

    void begin_warm(const solver::program_answer& a) noexcept {
        // Uᵀt = π: rows of U from the first on.
        for (std::size_t f = 0; f < k_; ++f) m_.factor[f] = a.factor_price[f];
        solve_transposed(m_.root.data(), k_, root_stride(), k_, m_.factor.data());
    }
    /// The size of what prices tell an asset, before any of it cancels.
    [[nodiscard]] double told() const noexcept {
        double sum = 0.0;
        for (std::size_t a = 0; a < k_; ++a) sum += absolute(m_.factor[a]) * m_.factor_scale[a];
        return sum;
    }
    /// Adds what prices of t tell each asset.
    void add_pull(const double* t, double* out) noexcept {
        root_transposed_times(t, m_.pulled.data());
        bool priced = false;
        for (std::size_t a = 0; a < k_; ++a) priced = priced || m_.pulled[a] != 0.0;
        if (priced) add_loadings(p_.risk.loadings.data(), p_.assets(), k_, m_.pulled.data(), out);
    }
    void tell(solver::program_answer& a, double scale) noexcept {
        root_transposed_times(m_.factor.data(), m_.pulled.data());
        for (std::size_t f = 0; f < a.factor_price.size(); ++f) a.factor_price[f] = f < k_ ? scale * m_.pulled[f] : 0.0;
    }

    // ---- how far they are from agreeing ----

    /// The slopes of q by the prices, where assets are so far `off` their benchmarks, which comes to `scale`. Returns the largest as a share of the
    /// sizes of its terms.
    [[nodiscard]] double measure(const double* off, double scale) noexcept {
        double worst = 0.0;
        double* const z = m_.rhs.data();
        sum_into(off, m_.exposure.data());
        root_times(m_.exposure.data(), z);
        for (std::size_t a = 0; a < k_; ++a) {
            const double told = m_.factor[a] / p_.risk_aversion;
            z[a] -= told;
            m_.gradient[a] = z[a];
            if (z[a] == 0.0) continue;
            const double share = absolute(z[a]) / (absolute(told) + m_.factor_scale[a] * scale);
            worst = share > worst ? share : worst;
        }
        return worst;
    }
    /// The slope of q along the step where it begins.
    [[nodiscard]] double first_slope() const noexcept {
        double sum = 0.0;
        for (std::size_t a = 0; a < k_; ++a) sum += m_.gradient[a] * m_.next_factor[a];
        return sum;
    }
    /// What does not depend on the assets of that slope at a part of the step, whose pull was the last one that was added.
    [[nodiscard]] double slope_without_assets(double part) const noexcept {
        double sum = 0.0;
        for (std::size_t a = 0; a < k_; ++a)
            sum +=
                m_.pulled[a] * m_.benchmark_exposure[a] + (m_.factor[a] + part * m_.next_factor[a]) * m_.next_factor[a] / p_.risk_aversion;
        return sum;
    }

    // ---- the matrix ----

    /// What is known of the pieces may be kept up to date by those that changed.
    static constexpr bool follows = true;
    /// Σ c·cᵀ/κ over assets on slopes, with the coefficients c of factors and limits: from nothing, or on top of what there is.
    void begin_pieces(bool anew) noexcept {
        rows_ = 0;
        factored_ = false;
        if (anew) set_zero(m_.gram.data(), stride_ * stride_);
    }
    /// `fill(at)` writes the coefficients of the limits.
    template <class Fill>
    void add_piece(std::size_t i, double weight, Fill&& fill) noexcept {
        double* const line = m_.panel.data() + rows_ * stride_;
        double* const scaled = m_.scaled.data() + rows_ * stride_;
        __builtin_memcpy(line, p_.risk.loadings.data() + i * k_, k_ * sizeof(double));
        fill(line + k_);
        for (std::size_t a = k_ + q_; a < stride_; ++a) line[a] = 0.0;
        const octet by = every(weight);
        for (std::size_t a = 0; a < stride_; a += 8) store(scaled + a, by * load(line + a));
        if (++rows_ == price_memory::panel_rows) end_pieces();
    }
    void end_pieces() noexcept {
        if (rows_ > 0) add_gram(m_.panel.data(), m_.scaled.data(), rows_, k_ + q_, m_.gram.data());
        rows_ = 0;
    }
    /// Eliminates the factors: what is left is M, and what goes to the activities.
    void eliminate() noexcept {
        const std::size_t all = k_ + q_;
        if (!factored_) {
            build_system();
            (void)cholesky(m_.system.data(), all, stride_, k_, 1e-15, m_.diagonal.data());
            factored_ = true;
        }
        set_zero(rest(), q_);
        solve_transposed(m_.system.data(), all, stride_, k_, m_.rhs.data());
    }
    [[nodiscard]] const double* schur() const noexcept { return m_.system.data() + k_ * stride_ + k_; }
    [[nodiscard]] std::size_t stride() const noexcept { return stride_; }
    /// The diagonal of M before the factors took their part of it.
    [[nodiscard]] const double* own() const noexcept { return m_.diagonal.data() + k_; }
    /// What goes to the activities; then the step of the limits' prices.
    [[nodiscard]] double* rest() noexcept { return m_.rhs.data() + k_; }
    [[nodiscard]] static bool places_all() noexcept { return true; }
    void take_step() noexcept {
        solve_upper(m_.system.data(), k_ + q_, stride_, k_, m_.rhs.data());
        for (std::size_t a = 0; a < k_; ++a) m_.next_factor[a] = m_.rhs[a];
    }

    // ---- the proof ----

    /// The prices that belong to the exposures of the last measure, into m.next_factor; and the risk that they stand for, as a part of the objective.
    [[nodiscard]] double belonging() noexcept {
        double risk = 0.0;
        root_times(m_.exposure.data(), m_.gradient.data());
        for (std::size_t a = 0; a < k_; ++a) {
            m_.next_factor[a] = p_.risk_aversion * m_.gradient[a];
            risk += 0.5 * m_.next_factor[a] * m_.gradient[a];
        }
        return risk;
    }
    /// The sizes of what the common risk of positions of `size` tells an asset, with all terms of one sign.
    [[nodiscard]] double uncancelled(std::size_t i, double size) const noexcept {
        double sum = 0.0;
        for (std::size_t a = 0; a < k_; ++a) {
            double of_factor = 0.0;
            for (std::size_t b = a; b < k_; ++b) of_factor += absolute(m_.root[a * root_stride() + b] * p_.risk.loadings[i * k_ + b]);
            sum += p_.risk_aversion * of_factor * m_.factor_scale[a] * size;
        }
        return sum;
    }

private:
    [[nodiscard]] std::size_t root_stride() const noexcept { return gram_stride(k_); }
    static void set_zero(double* x, std::size_t count) noexcept {
        for (std::size_t a = 0; a < count; ++a) x[a] = 0.0;
    }
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
    /// The largest |z| that a position of 1 can have.
    void find_scale() noexcept {
        largest_loadings(p_.risk.loadings.data(), p_.assets(), k_, m_.exposure.data());
        for (std::size_t a = 0; a < k_; ++a) {
            m_.factor_scale[a] = 0.0;
            for (std::size_t b = a; b < k_; ++b) m_.factor_scale[a] += absolute(m_.root[a * root_stride() + b]) * m_.exposure[b];
        }
    }
    void sum_into(const double* off, double* exposure) noexcept {
        if (k_ > 0) sum_loadings(p_.risk.loadings.data(), p_.assets(), k_, off, exposure);
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
    /// The Hessian of −q with the factors in terms of t: [I/γ + U S Uᵀ, U S; ·, S]; upper triangle.
    void build_system() noexcept {
        const std::size_t all = k_ + q_, s = root_stride();
        if (diagonal_root_) {
            for (std::size_t a = 0; a < k_; ++a) {
                const double u = m_.root[a * s + a];
                const double* const from = m_.gram.data() + a * stride_;
                double* const out = m_.system.data() + a * stride_;
                for (std::size_t b = a; b < k_; ++b) out[b] = u * from[b] * m_.root[b * s + b];
                for (std::size_t j = k_; j < all; ++j) out[j] = u * from[j];
            }
        } else {
            for (std::size_t i = 0; i < k_; ++i)  // what is below the diagonal is read as well
                for (std::size_t j = i + 1; j < k_; ++j) m_.gram[j * stride_ + i] = m_.gram[i * stride_ + j];
            for (std::size_t a = 0; a < k_; ++a) {
                double* const line = m_.product.data() + a * stride_;
                set_zero(line, stride_);
                for (std::size_t b = a; b < k_; ++b) add_multiple(line, m_.gram.data() + b * stride_, m_.root[a * s + b], all);
                double* const out = m_.system.data() + a * stride_;
                for (std::size_t b = a; b < k_; ++b) out[b] = dot(line + b, m_.root.data() + b * s + b, k_ - b);
                for (std::size_t j = k_; j < all; ++j) out[j] = line[j];
            }
        }
        for (std::size_t a = 0; a < k_; ++a) m_.system[a * stride_ + a] += 1.0 / p_.risk_aversion;
        for (std::size_t i = k_; i < all; ++i)
            for (std::size_t j = i; j < all; ++j) m_.system[i * stride_ + j] = m_.gram[i * stride_ + j];
        for (std::size_t i = 0; i < all; ++i) m_.diagonal[i] = m_.system[i * stride_ + i];
    }

    const solver::program& p_;
    price_memory& m_;
    std::size_t k_;
    std::size_t q_ = 0;
    std::size_t stride_ = 8;
    std::size_t rows_ = 0;  ///< of the panel
    bool diagonal_root_ = false;
    bool factored_ = false;  ///< the factors are eliminated from the matrix as it is
};

}  // namespace ballast::inline v0::detail
