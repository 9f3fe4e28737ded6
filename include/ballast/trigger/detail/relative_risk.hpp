/// How an asset moves against the rest of the book: the law of its weight between trades.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../core/look.hpp"
#include "../../core/risk_view.hpp"
#include "../../risk/detail/covariance.hpp"

namespace ballast::inline v0::detail {

/// Of log(value of the asset / value of the rest), per year. `sigma2` is at or above 0, or no number where the risk view's are none.
struct relative_motion {
    double sigma2 = 0.0;  ///< variance
    double drift =
        0.0;  ///< where nothing is expected to return more than anything else: half of the rest's variance less half of the asset's
};

/// What the weight wᵢ does while nobody trades: x = log |wᵢ/(1 − wᵢ)| is log(asset) − log(rest). With an asset and a rest that are geometric
/// Brownian motions x is a Brownian motion with drift ν and variance s², where in terms of the covariance matrix
///   s² = Σᵢᵢ − 2 cov(i, rest) + var(rest),  ν = ½·(var(rest) − Σᵢᵢ)
/// and the rest is composed as the targets have it: of each other asset Tⱼ/(1 − Tᵢ), the remainder cash without risk. That is exact for two
/// assets, and for one asset and cash; with more assets the rest is no geometric Brownian motion, and its weights count as constant. The
/// targets, and not the weights of today, make it a number that no trade changes. Where Tᵢ is 1 within 1e-9 the rest counts as cash; near
/// it, among other assets, up to 1e-16/(1 − Tᵢ)² of their variance is rounding.
///
/// From a diagonal view: returns count as uncorrelated. O(1) per asset, after O(n); from a dense one O(n) after O(n²); in the factor layout
/// O(k²) after O(n·k²), with more than 64 factors O(n·k + k²) each.
class relative_risk {
public:
    /// The look and the view have to outlive it. The view has passed `check`, or is not ready: then nothing may be asked.
    relative_risk(const look& l, const risk_view& risk) noexcept : look_{&l}, risk_{&risk} {
        if (!risk.ready) return;
        if (risk.layout == risk_layout::factor && risk.factors() <= block) expose(0, exposure_);
        for (std::size_t i = 0; i < l.assets(); ++i) total_ += l.target[i] * with_book(i);
    }

    /// Why the view says nothing of the look's assets, if so; while it is not ready nobody asks.
    [[nodiscard]] static fault check(const look& l, const risk_view& r) noexcept { return r.ready ? check_view(r, l.assets()) : fault{}; }

    /// How asset i moves against the rest.
    [[nodiscard]] relative_motion of(std::size_t i) const noexcept {
        const double t = look_->target[i];
        const double own = risk_->variance(i);
        const double rest = 1.0 - t;
        if (rest < 1e-9 && rest > -1e-9) return {own, -0.5 * own};
        const double with = with_book(i);
        const double shared = (with - t * own) / rest;
        const double of_rest = at_least_0((total_ - 2.0 * t * with + t * t * own) / (rest * rest));
        return {at_least_0(own - 2.0 * shared + of_rest), 0.5 * (of_rest - own)};
    }

private:
    static constexpr std::size_t block = 64;

    /// What is below 0 by rounding; no number stays none.
    [[nodiscard]] static double at_least_0(double x) noexcept { return x < 0.0 ? 0.0 : x; }

    /// (Σ T)ᵢ.
    [[nodiscard]] double with_book(std::size_t i) const noexcept {
        const risk_view& r = *risk_;
        const double* t = look_->target.data();
        double sum = 0.0;
        if (r.layout == risk_layout::dense) {
            const double* row = r.dense.data() + i * look_->assets();
            for (std::size_t j = 0; j < look_->assets(); ++j) sum += row[j] * t[j];
            return sum;
        }
        sum = r.specific[i] * t[i];
        if (r.layout != risk_layout::factor) return sum;
        const std::size_t k = r.factors();
        double exposure[block];
        for (std::size_t from = 0; from < k; from += block) {
            const double* e = exposure_;
            if (k > block) {
                expose(from, exposure);
                e = exposure;
            }
            const std::size_t end = k - from < block ? k : from + block;
            for (std::size_t a = 0; a < k; ++a) {
                double pull = 0.0;
                for (std::size_t b = from; b < end; ++b) pull += r.factor_covariance[a * k + b] * e[b - from];
                sum += r.loadings[i * k + a] * pull;
            }
        }
        return sum;
    }
    /// The book's exposure to the factors of a block.
    void expose(std::size_t from, double* out) const noexcept {
        const std::size_t k = risk_->factors();
        const std::size_t count = k - from < block ? k - from : block;
        for (std::size_t b = 0; b < count; ++b) out[b] = 0.0;
        for (std::size_t j = 0; j < look_->assets(); ++j)
            for (std::size_t b = 0; b < count; ++b) out[b] += risk_->loadings[j * k + from + b] * look_->target[j];
    }

    const look* look_;
    const risk_view* risk_;
    double exposure_[block] = {};
    double total_ = 0.0;  ///< T′ΣT
};

}  // namespace ballast::inline v0::detail
