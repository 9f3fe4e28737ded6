/// The host's targets, followed in small steps.
#pragma once

#include <limits>
#include <vector>

#include "../numeric/sum.hpp"
#include "concept.hpp"
#include "detail/bounded_simplex.hpp"
#include "detail/scaled.hpp"

namespace ballast::inline v0::target {

/// From the last targets toward those of the host, with no weight, cash's included, changing by more than `step`: of all weights that do so,
/// each between its last and its new target, and whose sum is the new one or as near to it as cash may change, the nearest to the new ones
/// (Euclidean). So a sum of 1 stays 1, which clamping each change on its own does not do; no weight passes its target or leaves bounds
/// that both targets keep; and a target that stands still is reached after at most Σ(tᵢ − lastᵢ)⁺/step steps, rounded up.
///
/// A step is a commit: the last targets are those that the last committed decision was made for, and the next call goes on from there, so
/// that a calendar or a cooldown has to say when. With `every` above 0 it is a time instead:
/// the targets then move by up to step·Δt/every, at every valuation and whether or not anything is traded, so that a trigger that waits for a
/// drift sees them go on. The first targets are the host's as they are. O(n) a pass, few passes.
struct smoothed {
    double step = std::numeric_limits<double>::quiet_NaN();  ///< largest change of a weight; to be given
    duration every{};                                        ///< in so much time; 0: from commit to commit

    static constexpr const char* name = "smoothed";
    static constexpr bool transforms = true;
    struct memory {
        std::vector<double> last{};           ///< targets
        timestamp seen = timestamp::never();  ///< when they were
        void prepare(const sizes& s) { last.assign(s.assets, 0.0); }
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.last);
            visit(m.seen);
        }
    };

    [[nodiscard]] fault weights(const look& l, const memory& m, std::span<double> out) const noexcept {
        const std::size_t n = out.size();
        if (m.last.size() < n) return {fault_code::not_prepared, no_index, static_cast<double>(n)};
        const double wanted = detail::target_sum(l.target);
        if (!m.seen.happened() || !detail::finite(wanted)) return detail::hand_on_targets(l, out), fault{};
        const double most = largest_change(l, m);
        const double before = detail::target_sum(std::span{m.last}.first(n));
        detail::project_weights(
            [&](std::size_t i) noexcept -> detail::bounded_weight {
                const double t = l.target[i];
                const double from = m.last[i];
                const double to = nearest(t, from, most);
                return {t, 1.0, from < to ? from : to, from < to ? to : from};
            },
            nearest(wanted, before, most), out);
        return {};
    }
    void observe(const look& l, memory& m) const noexcept {
        if (every.ns > 0) remember(m, l.now, l.target.size(), [&](std::size_t i) { return l.target[i]; });
    }
    void commit(const decision& d, timestamp at, memory& m) const noexcept {
        if (every.ns <= 0) remember(m, at, d.assets(), [&](std::size_t i) { return d.weight_before()[i] - d.drift()[i]; });
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(step > 0.0)) return {"smoothed.step", step, "has to be given: a weight above 0"};
        if (every.ns < 0) return {"smoothed.every", every.seconds(), "must be a time at or above 0 (seconds)"};
        return {};
    }

private:
    [[nodiscard]] double largest_change(const look& l, const memory& m) const noexcept {
        if (every.ns <= 0) return step;
        const duration passed = elapsed(m.seen, l.now);
        return passed.ns > 0 ? step * (static_cast<double>(passed.ns) / static_cast<double>(every.ns)) : 0.0;
    }
    /// The point on the way from `from` to `to` that is no further than `most` away; `to` itself where that is within reach.
    [[nodiscard]] static double nearest(double to, double from, double most) noexcept {
        if (detail::absolute(to - from) <= most) return to;
        return to > from ? from + most : from - most;
    }
    template <class Target>
    static void remember(memory& m, timestamp at, std::size_t n, const Target& target) noexcept {
        if (m.last.size() < n) return;
        for (std::size_t i = 0; i < n; ++i) m.last[i] = target(i);
        m.seen = at;
    }
};

}  // namespace ballast::inline v0::target
