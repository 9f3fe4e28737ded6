/// Several costs at once.
#pragma once

#include <utility>

#include "../core/memory.hpp"
#include "../detail/pack.hpp"
#include "concept.hpp"

namespace ballast::inline v0::detail {

/// The sum of any bound costs.
template <class... Views>
struct any_sum_view {
    pack<Views...> parts;

    constexpr explicit any_sum_view(Views... views) noexcept : parts{std::move(views)...} {}
    [[nodiscard]] constexpr double cost(std::size_t i, double x) const noexcept {
        double c = 0.0;
        for_each(parts, [&](const auto& part) { c += part.cost(i, x); });
        return c;
    }
    [[nodiscard]] constexpr slope_interval marginal(std::size_t i, double x) const noexcept {
        slope_interval s;
        for_each(parts, [&](const auto& part) {
            const slope_interval of_part = part.marginal(i, x);
            s.low += of_part.low;
            s.high += of_part.high;
        });
        return s;
    }
    [[nodiscard]] constexpr double jump(std::size_t i) const noexcept {
        double j = 0.0;
        for_each(parts, [&](const auto& part) { j += jump_of(part, i); });
        return j;
    }
};

/// The sum of linear ones is linear.
template <template <class> class Base, class... Views>
struct linear_sum_view : Base<linear_sum_view<Base, Views...>> {
    pack<Views...> parts;

    constexpr explicit linear_sum_view(Views... views) noexcept : parts{std::move(views)...} {}
    [[nodiscard]] constexpr linear_cost linear(std::size_t i) const noexcept {
        linear_cost c;
        for_each(parts, [&](const auto& part) { c = c + part.linear(i); });
        return c;
    }
    [[nodiscard]] constexpr bool uniform() const noexcept {
        bool all = true;
        for_each(parts, [&](const auto& part) { all = all && uniform_of(part); });
        return all;
    }
};

template <bool Linear, bool Convex, class... Views>
struct sum_view {
    using type = any_sum_view<Views...>;
};
template <class... Views>
struct sum_view<true, false, Views...> {
    using type = linear_sum_view<linear_view, Views...>;
};
template <class... Views>
struct sum_view<true, true, Views...> {
    using type = linear_sum_view<convex_linear_view, Views...>;
};
}  // namespace ballast::inline v0::detail

namespace ballast::inline v0::cost {

/// The sum of its parts: `sum{fixed{.amount = 1.0}, proportional{.rate = 10_bps}}`. Linear where all parts are; convex where all parts are; where one
/// is of general shape so is the sum. Answers prices where it is linear and convex.
template <class... Parts>
class sum {
public:
    static_assert(sizeof...(Parts) > 0, "ballast: cost::sum needs at least one part; cost::zero costs nothing");
    static_assert((cost_model<Parts> && ...), "ballast: every part of cost::sum must be a cost model");

    constexpr sum() = default;
    /// The sum of these.
    constexpr explicit sum(Parts... parts) : parts_{std::move(parts)...} {}

    static constexpr const char* name = "sum";
    static constexpr cost_shape shape = ((Parts::shape == cost_shape::general) || ...)             ? cost_shape::general
                                        : ((Parts::shape == cost_shape::fixed_plus_convex) || ...) ? cost_shape::fixed_plus_convex
                                                                                                   : cost_shape::convex;

    /// Bound to a look: linear and responsive where the parts allow it.
    using view = typename detail::sum_view<(linear_bound_cost<bound_cost_of<Parts>> && ...), shape == cost_shape::convex,
                                           bound_cost_of<Parts>...>::type;

    [[nodiscard]] constexpr view bind(const look& l) const noexcept { return bind_parts(l, std::index_sequence_for<Parts...>{}); }
    /// What it is the sum of.
    [[nodiscard]] constexpr const detail::pack<Parts...>& parts() const noexcept { return parts_; }
    [[nodiscard]] bool covers(std::size_t n) const noexcept {
        bool all = true;
        detail::for_each(parts_, [&](const auto& part) { all = all && detail::covers(part, n); });
        return all;
    }
    [[nodiscard]] configuration_fault validate() const {
        configuration_fault f;
        detail::for_each(parts_, [&](const auto& part) {
            if (!f) f = detail::validate(part);
        });
        return f;
    }

private:
    template <std::size_t... Is>
    [[nodiscard]] constexpr view bind_parts(const look& l, std::index_sequence<Is...>) const noexcept {
        return view{detail::get<Is>(parts_).bind(l)...};
    }

    detail::pack<Parts...> parts_{};
};
template <class... Parts>
sum(Parts...) -> sum<Parts...>;

}  // namespace ballast::inline v0::cost
