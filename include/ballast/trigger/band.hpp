/// When a weight leaves a band around its target.
#pragma once

#include "../core/per_asset.hpp"
#include "concept.hpp"
#include "detail/band_check.hpp"

namespace ballast::inline v0::trigger {

/// Which of two widths counts where both are given.
enum class combine : std::uint8_t { smaller, larger };

/// Fires when |weight − target| exceeds its width. `band{.absolute = 0.05}`: five points of the portfolio; `band{.relative = 0.25}`: a
/// quarter of the target; both: the smaller, as in the 5/25 rule (Swedroe), or the larger. Widths are one number or one per asset; an
/// infinite absolute width takes an asset, or a side, out. Works with shorts (the relative width is of |target|; above and below mean the
/// signed weight); a target of 0 has a relative width of 0, so that any holding of it is outside. Strict: a drift equal to the width does
/// not fire, nor does one that exceeds it by less than 2^-48. Cash has no band. O(n); O(1) with one absolute width.
struct band {
    per_asset absolute{};  ///< weight
    per_asset relative{};  ///< share of |target|
    /// Which of the two widths counts.
    v0::trigger::combine combine = v0::trigger::combine::smaller;
    per_asset absolute_below{};  ///< stands for `absolute` below the target, where given
    per_asset relative_below{};  ///< stands for `relative` below the target, where given

    static constexpr const char* name = "band";

    [[nodiscard]] firing check(const look& l) const noexcept {
        if (absolute.given() && absolute.uniform() && !relative.given() && symmetric()) {
            // The look has found the largest drift already.
            return detail::check_band_of_one_width(l, name, absolute[0]);
        }
        if (absolute.given() && absolute.uniform() && relative.uniform() && symmetric()) {
            // The 5/25 rule and its like: two numbers for all.
            const double* target = l.target.data();
            const double a = absolute[0];
            const double r = relative[0];
            const auto check = [&](auto&& pick) {
                return detail::check_band(l, name, [=](std::size_t i) {
                    const double of_target = r * detail::absolute(target[i]);
                    const double w = pick(a, of_target);
                    return detail::half_widths{w, w};
                });
            };
            return combine == v0::trigger::combine::smaller ? check([](double x, double y) { return x < y ? x : y; })
                                                            : check([](double x, double y) { return x > y ? x : y; });
        }
        return detail::check_band(l, name, [&](std::size_t i) { return widths(i, l.target[i]); });
    }
    /// target − width below .. target + width above.
    void region(const look& l, const box& b) const noexcept {
        detail::narrow_to_band(l, b, [&](std::size_t i) { return widths(i, l.target[i]); });
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept {
        return absolute.covers(n) && relative.covers(n) && absolute_below.covers(n) && relative_below.covers(n);
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!absolute.given() && !relative.given()) return {"band.absolute", 0.0, "a band needs a width: absolute, relative or both"};
        const auto bad = [](double x) { return !(x >= 0.0); };
        const auto bad_share = [](double x) { return !(x >= 0.0) || !detail::finite(x); };  // infinity · 0 is no width
        if (const double* v = absolute.find(bad)) return {"band.absolute", *v, "must be a weight at or above 0"};
        if (const double* v = relative.find(bad_share)) return {"band.relative", *v, "must be a finite share at or above 0"};
        if (const double* v = absolute_below.find(bad)) return {"band.absolute_below", *v, "must be a weight at or above 0"};
        if (const double* v = relative_below.find(bad_share)) return {"band.relative_below", *v, "must be a finite share at or above 0"};
        return {};
    }

    /// The widths of asset i with this target. O(1).
    [[nodiscard]] detail::half_widths widths(std::size_t i, double target) const noexcept {
        const double size = detail::absolute(target);
        const double above = combined(absolute, relative, i, size);
        if (symmetric()) return {above, above};
        return {above,
                combined(absolute_below.given() ? absolute_below : absolute, relative_below.given() ? relative_below : relative, i, size)};
    }

private:
    [[nodiscard]] bool symmetric() const noexcept { return !absolute_below.given() && !relative_below.given(); }
    [[nodiscard]] double combined(const per_asset& a, const per_asset& r, std::size_t i, double size) const noexcept {
        if (!r.given()) return a[i];
        const double relative_width = r[i] * size;
        if (!a.given()) return relative_width;
        const bool a_counts = combine == combine::smaller ? a[i] < relative_width : a[i] > relative_width;
        return a_counts ? a[i] : relative_width;
    }
};

}  // namespace ballast::inline v0::trigger
