/// Hands the host's targets on: as they are, or scaled to a gross exposure, with a safe asset for what that leaves over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "../../core/look.hpp"
#include "../../numeric/sum.hpp"

namespace ballast::inline v0::detail {

/// The host's targets to the bit: where nothing is to be changed, and where they are no numbers, which the decision then names.
inline void hand_on_targets(const look& l, std::span<double> out) noexcept {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = l.target[i];
}

/// Σ of the host's targets, rounded once; not finite where one of them is not.
[[nodiscard]] inline double target_sum(std::span<const double> target) noexcept {
    exact_sum sum;
    for (const double t : target) sum.add(t);
    return sum.value();
}

/// Σ |target| without the safe asset's, which is `no_index` where cash is safe; not finite where a target is not.
[[nodiscard]] inline double gross_target(std::span<const double> target, std::uint32_t safe) noexcept {
    exact_sum sum;
    for (std::size_t i = 0; i < target.size(); ++i)
        if (i != safe) sum.add(absolute(target[i]));
    return sum.value();
}

/// The host's risky targets times `factor`; the safe asset, if any, has 1 less their sum.
inline void scale_targets(const look& l, double factor, std::uint32_t safe, std::span<double> out) noexcept {
    exact_sum risky;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (i == safe) continue;
        out[i] = factor * l.target[i];
        risky.add(out[i]);
    }
    if (safe < out.size()) out[safe] = 1.0 - risky.value();
}

/// The same so that Σ |w| of the risky assets is `exposure`; where the host wants none of them, all is safe.
inline void scale_targets_to(const look& l, double exposure, std::uint32_t safe, std::span<double> out) noexcept {
    const double all = gross_target(l.target, safe);
    if (!finite(all)) return hand_on_targets(l, out);
    scale_targets(l, all > 0.0 ? exposure / all : 0.0, safe, out);
}

/// True where a look at n assets has the safe one.
[[nodiscard]] constexpr bool covers_safe(std::uint32_t safe, std::size_t n) noexcept { return safe == no_index || safe < n; }

}  // namespace ballast::inline v0::detail
