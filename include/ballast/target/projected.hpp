/// The host's targets, brought within bounds.
#pragma once

#include "../core/per_asset.hpp"
#include "concept.hpp"
#include "detail/bounded_simplex.hpp"
#include "detail/scaled.hpp"

namespace ballast::inline v0::target {

/// Who makes room where the bounds take or give weight.
enum class spread : std::uint8_t {
    equally,        ///< all that are free, by the same amount: the nearest weights there are (Euclidean)
    in_proportion,  ///< each in proportion to its target, which keeps the ratios of those that are free; a target of 0 gives and takes nothing
};

[[nodiscard]] constexpr const char* to_string(spread s) noexcept {
    switch (s) {
        case spread::equally: return "equally";
        case spread::in_proportion: return "in proportion";
    }
    return "unknown";
}

/// The weights nearest to the host's targets t that lie within the bounds and have the wanted sum: argmin Σ(wᵢ − tᵢ)²/aᵢ over lower ≤ w ≤ upper,
/// Σw = sum, with aᵢ = 1 (`equally`) or |tᵢ| (`in_proportion`). The answer is wᵢ = clamp(tᵢ + λaᵢ) and exact: λ is solved for on the
/// linear piece that holds it (Held, Wolfe and Crowder 1974; Duchi et al. 2008). The sum is right to rounding, and targets that are
/// within the bounds and have that sum stay as they are. Clamping and dividing by the sum, in contrast, breaks the bounds again.
///
/// The sum is of the risky assets: what it leaves over is cash. Bounds that leave no weights of that sum are a fault (`sum_out_of_reach`;
/// value: by how much the nearest sum is off). O(n) a pass, few passes.
struct projected {
    per_asset lower = 0.0;        ///< smallest weight
    per_asset upper = 1.0;        ///< largest weight
    double sum = 1.0;             ///< of the weights
    bool keep_sum = false;        ///< true: the sum of the host's targets instead
    spread by = spread::equally;  ///< who makes room

    static constexpr const char* name = "projected";
    static constexpr bool transforms = true;

    [[nodiscard]] fault weights(const look& l, std::span<double> out) const noexcept {
        const double given = detail::target_sum(l.target);
        if (!detail::finite(given)) return detail::hand_on_targets(l, out), fault{};
        const double wanted = keep_sum ? given : sum;
        const bool even = by == spread::equally;
        detail::project_weights(
            [&](std::size_t i) noexcept -> detail::bounded_weight {
                const double t = l.target[i];
                return {t, even ? 1.0 : detail::absolute(t), lower[i], upper[i]};
            },
            wanted, out);
        exact_sum size;
        for (const double w : out) size.add(detail::absolute(w));
        const double off = detail::target_sum(out) - wanted;
        const double rounding = 0x1p-50 * (size.value() + detail::absolute(wanted));
        if (!out.empty() && !(detail::absolute(off) <= rounding)) return {fault_code::sum_out_of_reach, no_index, off};
        return {};
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return lower.covers(n) && upper.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        const auto bad = [](double x) { return !detail::finite(x); };
        if (!lower.given()) return {"projected.lower", 0.0, "has to be given: the smallest weight"};
        if (const double* v = lower.find(bad)) return {"projected.lower", *v, "must be a finite weight, and not above the upper bound"};
        if (!upper.given()) return {"projected.upper", 0.0, "has to be given: the largest weight"};
        if (const double* v = upper.find(bad)) return {"projected.upper", *v, "must be a finite weight"};
        const std::size_t lists = lower.size() > upper.size() ? lower.size() : upper.size();
        for (std::size_t i = 0; i < (lists > 0 ? lists : 1); ++i) {
            if ((!lower.uniform() && i >= lower.size()) || (!upper.uniform() && i >= upper.size())) break;  // `covers` tells
            if (lower[i] > upper[i]) return {"projected.lower", lower[i], "must be a finite weight, and not above the upper bound"};
        }
        if (!detail::finite(sum)) return {"projected.sum", sum, "must be a finite sum of weights"};
        return {};
    }
};

}  // namespace ballast::inline v0::target
