/// The tagged layout of numbers that every risk model emits and every policy reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ballast::inline v0 {

/// How a risk view stores the covariance matrix of yearly returns.
enum class risk_layout : std::uint8_t {
    none,
    diagonal,  ///< variances alone
    dense,     ///< all of Σ
    factor,    ///< Σ = F Ω Fᵀ + D
};

/// What a policy asks of a risk model, and what a model offers: a set, joined by `|`. A model that offers covariance offers volatility as well.
enum class risk_need : std::uint8_t {
    nothing = 0,
    volatility = 1,
    covariance = 3,
    regimes = 4,  ///< chances of regimes, in `look.regime`
};
/// Both, and what two of them have in common.
/// @{
[[nodiscard]] constexpr risk_need operator|(risk_need a, risk_need b) noexcept {
    return static_cast<risk_need>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
[[nodiscard]] constexpr risk_need operator&(risk_need a, risk_need b) noexcept {
    return static_cast<risk_need>(static_cast<unsigned>(a) & static_cast<unsigned>(b));
}
/// @}

/// A view of risk per year. Which spans are filled depends on `layout`; `specific` is D in the factor layout and the variances in the
/// others. With the layout `none` all are empty, and nothing may be asked of it.
struct risk_view {
    risk_layout layout = risk_layout::none;       ///< which of the spans are set
    bool ready = false;                           ///< false while the model has seen too little
    std::span<const double> specific{};           ///< n: variance per year (diagonal, dense) or specific variance (factor)
    std::span<const double> dense{};              ///< n × n, row by row
    std::span<const double> loadings{};           ///< F, n × k, row by row
    std::span<const double> factor_covariance{};  ///< Ω, k × k, row by row

    /// Number of factors k.
    [[nodiscard]] std::size_t factors() const noexcept { return specific.empty() ? 0 : loadings.size() / specific.size(); }

    /// Variance per year of asset i, which has to be one of the n: dᵢ, in the factor layout dᵢ + fᵢ Ω fᵢᵀ. O(1), O(k²) in the factor
    /// layout.
    [[nodiscard]] double variance(std::size_t i) const noexcept {
        double v = specific[i];
        if (layout != risk_layout::factor) return v;
        const std::size_t k = factors();
        for (std::size_t a = 0; a < k; ++a)
            for (std::size_t b = 0; b < k; ++b) v += loadings[i * k + a] * factor_covariance[a * k + b] * loadings[i * k + b];
        return v;
    }

    /// Covariance per year of assets i and j, which have to be two of the n; their variance where they are one, 0 of two in the diagonal layout.
    /// O(1), O(k²) in the factor layout.
    [[nodiscard]] double covariance(std::size_t i, std::size_t j) const noexcept {
        if (i == j) return variance(i);
        if (layout == risk_layout::dense) return dense[i * specific.size() + j];
        double c = 0.0;
        if (layout != risk_layout::factor) return c;
        const std::size_t k = factors();
        for (std::size_t a = 0; a < k; ++a)
            for (std::size_t b = 0; b < k; ++b) c += loadings[i * k + a] * factor_covariance[a * k + b] * loadings[j * k + b];
        return c;
    }
    /// Correlation of assets i and j, within [-1, 1]; 0 where one of them does not move, also with itself.
    [[nodiscard]] double correlation(std::size_t i, std::size_t j) const noexcept {
        const double a = variance(i);
        const double b = variance(j);
        if (!(a > 0.0) || !(b > 0.0)) return 0.0;
        const double c = covariance(i, j) / (__builtin_sqrt(a) * __builtin_sqrt(b));
        return c > 1.0 ? 1.0 : (c < -1.0 ? -1.0 : c);
    }
    /// By how much asset i is expected to move with a move of 1 of asset j: their covariance over the variance of j; 0 where j does not move.
    [[nodiscard]] double beta(std::size_t i, std::size_t j) const noexcept {
        const double b = variance(j);
        return b > 0.0 ? covariance(i, j) / b : 0.0;
    }
};

}  // namespace ballast::inline v0
