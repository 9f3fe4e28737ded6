/// Targets that change with time along a path that is known beforehand.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <vector>

#include "../core/per_asset.hpp"
#include "concept.hpp"

namespace ballast::inline v0::target {

/// The weights at one time.
struct glide_point {
    timestamp at{};      ///< when
    per_asset weight{};  ///< one number for all or one for each
};

/// Points in the order of time: `{{begin, {0.8, 0.2}}, {end, {0.3, 0.7}}}`. Owned by the policy.
class glide_points {
public:
    glide_points() = default;
    /// In this order.
    glide_points(std::initializer_list<glide_point> points) : points_(points) {}

    /// One more, later than all before. Allocates.
    void push_back(glide_point p) { points_.push_back(static_cast<glide_point&&>(p)); }
    [[nodiscard]] std::size_t size() const noexcept { return points_.size(); }
    /// Whether there are none.
    [[nodiscard]] bool empty() const noexcept { return points_.empty(); }
    /// The points, from the first on.
    /// @{
    [[nodiscard]] const glide_point& operator[](std::size_t k) const noexcept { return points_[k]; }
    [[nodiscard]] const glide_point* begin() const noexcept { return points_.data(); }
    [[nodiscard]] const glide_point* end() const noexcept { return points_.data() + points_.size(); }
    /// @}

private:
    std::vector<glide_point> points_{};
};

/// In straight lines from point to point: between two of them w = a + (b − a)·(now − tₐ)/(t_b − tₐ), before the first and after the last as
/// there; exactly the point's weights at its time. Where all points have the same sum, so have the weights. What they leave over is cash.
/// O(n + log points).
struct glide_path {
    glide_points path{};  ///< to be given

    static constexpr const char* name = "glide_path";

    void weights(const look& l, std::span<double> out) const noexcept {
        if (path.empty()) return;
        // The first point after now.
        std::size_t next = 0;
        for (std::size_t many = path.size(); many > 0;) {
            const std::size_t half = many / 2;
            if (path[next + half].at <= l.now) {
                next += half + 1;
                many -= half + 1;
            } else {
                many = half;
            }
        }
        const glide_point& from = path[next == 0 ? 0 : next - 1];
        const glide_point& to = path[next == path.size() ? next - 1 : next];
        const double length = static_cast<double>(elapsed(from.at, to.at).ns);
        const double way = from.at < l.now && length > 0.0 ? static_cast<double>(elapsed(from.at, l.now).ns) / length : 0.0;
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = from.weight[i] + (to.weight[i] - from.weight[i]) * way;
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept {
        for (const glide_point& p : path)
            if (!p.weight.covers(n)) return false;
        return true;
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (path.empty()) return {"glide_path.path", 0.0, "has to be given: points in time, each with weights"};
        for (std::size_t k = 0; k < path.size(); ++k) {
            if (!path[k].at.happened() || (k > 0 && path[k].at <= path[k - 1].at))
                return {"glide_path.path", static_cast<double>(k), "must have points of rising times (which one, from 0)"};
            if (!path[k].weight.given())
                return {"glide_path.path", static_cast<double>(k), "must have weights at every point (which one, from 0)"};
            if (const double* v = path[k].weight.find([](double x) { return !detail::finite(x); }))
                return {"glide_path.path", *v, "must have finite weights"};
        }
        return {};
    }
};

}  // namespace ballast::inline v0::target
