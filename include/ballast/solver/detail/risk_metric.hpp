/// λ·Σ of a risk view, whatever its layout: multiplied with a vector, followed along one asset at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../../core/risk_view.hpp"
#include "../../numeric/sum.hpp"
#include "../../risk/detail/covariance.hpp"

namespace ballast::inline v0::detail {

/// Q = scale·Σ of a view that was checked. Products have their terms in the order of the assets, so that the same inputs give the same bits.
class risk_metric {
public:
    /// `factors`: memory for as many numbers as there are assets, twice.
    risk_metric(const risk_view& view, double scale, std::size_t assets, double* factors) noexcept
        : r_{view},
          scale_{scale},
          n_{assets},
          k_{view.layout == risk_layout::factor ? view.factors() : 0},
          exposure_{factors},
          pull_{factors + k_} {}

    /// Qᵢᵢ.
    [[nodiscard]] double own(std::size_t i) const noexcept {
        return scale_ * (r_.layout == risk_layout::dense ? r_.dense[i * n_ + i] : r_.variance(i));
    }

    /// y = Q·x. O(n), O(n²) dense, O(n·k + k²) with k factors; assets with x = 0 cost nothing in a dense one.
    void times(const double* x, double* y) noexcept {
        times_covariance(r_, n_, x, y, exposure_);
        for (std::size_t i = 0; i < n_; ++i) y[i] *= scale_;
        for (std::size_t a = 0; a < k_; ++a) pull_[a] *= scale_;
    }

    // y = Q·x, kept up to date while x changes asset by asset; after `times` of the same x.
    /// yᵢ.
    [[nodiscard]] double at(std::size_t i, const double* x, const double* y) const noexcept {
        if (k_ == 0) return y[i];
        double sum = scale_ * r_.specific[i] * x[i];
        for (std::size_t a = 0; a < k_; ++a) sum += r_.loadings[i * k_ + a] * pull_[a];
        return sum;
    }
    /// xᵢ has grown by `change`. O(1), O(n) dense, O(k²) with factors, whose y stays as it was.
    void follow(std::size_t i, double change, double* y) noexcept {
        if (r_.layout == risk_layout::dense) {
            const double* line = r_.dense.data() + i * n_;
            const double xi = scale_ * change;
            for (std::size_t j = 0; j < n_; ++j) y[j] += line[j] * xi;
            return;
        }
        if (k_ == 0) {
            y[i] += scale_ * r_.specific[i] * change;
            return;
        }
        for (std::size_t a = 0; a < k_; ++a) {
            double sum = 0.0;
            for (std::size_t b = 0; b < k_; ++b) sum += r_.factor_covariance[a * k_ + b] * r_.loadings[i * k_ + b];
            pull_[a] += scale_ * sum * change;
        }
    }

private:
    const risk_view& r_;
    double scale_;
    std::size_t n_;
    std::size_t k_;
    double* exposure_;  ///< Fᵀx
    double* pull_;      ///< scale·Ω·Fᵀx
};

}  // namespace ballast::inline v0::detail
